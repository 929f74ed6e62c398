"""The commands of `python -m classifier` beside training and scoring."""
