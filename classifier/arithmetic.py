"""The few formulas that training and scoring must share to give the same numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def probabilities(log_odds: Numbers) -> Numbers:
    """The logistic function; beyond 60 the answer is 0 or 1 in any precision, so nothing overflows."""
    return np.asarray(1 / (1 + np.exp(np.minimum(np.maximum(-log_odds, -60), 60))))  # np.clip takes longer


def divisors(squared_lengths: NDArray[np.floating], longest: float | Numbers) -> Numbers:
    """What sums over a text are divided by: its length, and for a long text in proportion to its size.

    Dividing by the root alone lets the log-odds grow with the root of the text: a kind sentence repeated a
    million times scored 1.0. Above `longest` (a squared length) the text counts by its mean instead.
    """
    squared = np.asarray(squared_lengths, dtype=np.float64)
    found = np.maximum(np.sqrt(squared), squared / np.sqrt(longest))
    return np.where(found > 0, found, 1.0)
