"""For operators: health, figures, dead letters."""
