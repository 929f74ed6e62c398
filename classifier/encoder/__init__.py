"""The second opinion: a sentence encoder that is asked about doubtful texts."""
