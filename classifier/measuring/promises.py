"""Thresholds asked for by promise: "at most 2 % of what is approved is toxic, with 95 % confidence".

Candidates are a fixed list of probabilities, tried upwards from the first that approves enough texts for the question
to make sense; the first that fails ends the search (fixed-sequence testing). None of that looks at a label, so the
bound holds for the threshold that is chosen, and not only for one that was fixed beforehand.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

CANDIDATES: Final = np.arange(1, 200) / 200
# A perfect record over n texts just proves the promise; starting with three times as many forgives a few mistakes.
_FORGIVING: Final = 3


class PromiseUnsupported(Exception):
    """The decisions at hand cannot support the promise; the message says how far they are from it."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Of what scores below the threshold, at most `share` has the attribute, with this confidence."""

    share: float = 0.02
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold that keeps a promise, with the decisions that it rests on."""

    below: float
    approved: int
    wrong: int
    bound: float  # the upper Clopper-Pearson bound for the share of wrong ones
    approved_share: float


def upper_bound(wrong: int, total: int, confidence: float) -> float:
    """The exact (Clopper-Pearson) upper bound of a share; 1.0 where nothing was seen."""
    from scipy.stats import beta

    return 1.0 if wrong >= total else float(beta.ppf(confidence, wrong + 1, total - wrong))


def threshold_for(
    probabilities: NDArray[np.floating[Any]], labels: NDArray[np.floating[Any]], promise: Promise
) -> Threshold:
    """The highest threshold that keeps the promise on these held-out decisions (labels 0 or 1, in step).

    Raises `PromiseUnsupported` where none does. The promise is about texts like these, in this proportion.
    """
    is_wrong = np.asarray(labels) >= 0.5
    kept: Threshold | None = None
    for below in CANDIDATES:
        is_approved = probabilities < below
        approved, wrong = int(is_approved.sum()), int((is_approved & is_wrong).sum())
        if approved < _FORGIVING * fewest_decisions(promise):
            continue
        found = upper_bound(wrong, approved, promise.confidence)
        if found > promise.share:
            break
        kept = Threshold(float(below), approved, wrong, round(found, 5), round(approved / len(is_wrong), 4))
    if kept is None:
        raise PromiseUnsupported(_explained(len(is_wrong), int(is_wrong.sum()), promise))
    return kept


def fewest_decisions(promise: Promise) -> int:
    """How many approved texts without one mistake are needed to prove the promise: 149 for 2 % at 95 %."""
    return math.ceil(math.log(1 - promise.confidence) / math.log(1 - promise.share))


def _explained(total: int, wrong: int, promise: Promise) -> str:
    return (
        f"No threshold keeps the promise of at most {promise.share:.1%} with {promise.confidence:.0%} confidence on "
        f"{total} decisions, {wrong} of them against it. Bring more decisions of your own, or promise less."
    )


def table(probabilities: NDArray[Any], labels: NDArray[Any], promises: tuple[Promise, ...]) -> list[dict[str, Any]]:
    """What each promise comes to: the threshold, or why there is none. For a model's papers."""
    return [asdict(promise) | _answer(probabilities, labels, promise) for promise in promises]


def _answer(probabilities: NDArray[Any], labels: NDArray[Any], promise: Promise) -> dict[str, Any]:
    try:
        return asdict(threshold_for(probabilities, labels, promise))
    except PromiseUnsupported as error:
        return {"below": None, "reason": str(error)}
