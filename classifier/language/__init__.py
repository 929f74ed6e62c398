"""Which language a text is in, and which languages there are models for."""
