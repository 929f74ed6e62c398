"""Knows texts and labels; knows neither sites nor replies."""

from classifier.scorer import Scorer, Scores

__all__ = ["Scorer", "Scores"]
