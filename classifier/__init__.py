"""Knows texts and labels; knows neither sites nor replies."""

from classifier.polyglot import Polyglot as Scorer
from classifier.scorer import Scores

__all__ = ["Scorer", "Scores"]
