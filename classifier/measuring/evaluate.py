"""How good a model is: discrimination per source, and whether its probabilities mean what they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from classifier.measuring.plots import Judged
from classifier.measuring.promises import Promise, table
from classifier.training.dataset import Dataset, Labels, lessons

Probabilities = NDArray[np.float64]
Score = Callable[[Sequence[str]], Probabilities]
Figures = dict[str, float | int | None]

BINS: Final = 15
PROMISES: Final = (Promise(0.01), Promise(0.02), Promise(0.05), Promise(0.1))


def auc(labels: NDArray[np.float64], probabilities: NDArray[np.float64]) -> float | None:
    """ROC-AUC, or None where only one kind of label is present."""
    if len(np.unique(labels)) < 2:
        return None
    return round(float(roc_auc_score(labels, probabilities)), 4)


def expected_calibration_error(
    labels: NDArray[np.float64], probabilities: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    """Mean distance between what was promised and what came true, in bins of equal width, weighted."""
    bins = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=weights * (labels - probabilities), minlength=BINS)
    return round(float(np.abs(gaps).sum() / weights.sum()), 4)


def by_source(dataset: Dataset, attributes: tuple[str, ...], score: Score) -> dict[str, dict[str, Figures]]:
    """Figures per attribute and source; raw labels, contested rows aside, hate-only sources as labelled."""
    known = dataset.with_only(attributes).where(~dataset.is_contested)
    probabilities = score(known.texts.tolist())
    return {
        attribute: {
            str(source): figures
            for source in sorted(set(known.sources))
            if (figures := _figures(known.labels[:, i], probabilities[:, i], known.sources == source))
        }
        for i, attribute in enumerate(attributes)
    }


def judged(dataset: Dataset, attribute: str, column: int, score: Score) -> dict[str, Judged]:
    """The labelled texts of each source with the probabilities of one attribute, for charts."""
    known = dataset.with_only((attribute,)).where(~dataset.is_contested)
    known = known.where(~np.isnan(known.labels[:, 0]))
    if not len(known):
        return {}
    truth, probabilities = (known.labels[:, 0] >= 0.5).astype(float), score(known.texts.tolist())[:, column]
    rows = {str(source): known.sources == source for source in sorted(set(known.sources))}
    return {source: Judged(truth[chosen], probabilities[chosen]) for source, chosen in rows.items()}


def _figures(labels: Labels, probabilities: Probabilities, rows: NDArray[np.bool_]) -> Figures:
    rows = rows & ~np.isnan(labels)
    truth = (labels[rows] >= 0.5).astype(float)
    if not len(truth):
        return {}
    return {
        "texts": len(truth),
        "positives": int(truth.sum()),
        "auc": auc(truth, probabilities[rows]),
        "ece": expected_calibration_error(truth, probabilities[rows], np.ones(len(truth))),
    }


def overall(dataset: Dataset, attributes: tuple[str, ...], score: Score) -> dict[str, Figures]:
    """Figures per attribute over everything that may be learned from, weighted as in training."""
    known = dataset.with_only(attributes)
    labels, weights = lessons(known)
    probabilities = score(known.texts.tolist())
    return {
        attribute: _weighted(labels[:, i], probabilities[:, i], weights[:, i]) for i, attribute in enumerate(attributes)
    }


def promised(dataset: Dataset, attributes: tuple[str, ...], score: Score) -> dict[str, list[dict[str, Any]]]:
    """The threshold table: what `PROMISES` come to per attribute, every learnable held-out text counting once."""
    known = dataset.with_only(attributes)
    labels, weights = lessons(known)
    probabilities = score(known.texts.tolist())
    return {
        attribute: table(probabilities[rows, i], labels[rows, i], PROMISES)
        for i, attribute in enumerate(attributes)
        if (rows := weights[:, i] > 0).any()
    }


def _weighted(labels: Labels, probabilities: Probabilities, weights: Labels) -> Figures:
    rows = weights > 0
    truth, promised, weight = labels[rows], probabilities[rows], weights[rows]
    if len(np.unique(truth)) < 2:
        return {"texts": int(rows.sum()), "positives": int(truth.sum()), "auc": None, "ece": None}
    return {
        "texts": int(rows.sum()),
        "positives": int(truth.sum()),
        "auc": round(float(roc_auc_score(truth, promised, sample_weight=weight)), 4),
        "average_precision": round(float(average_precision_score(truth, promised, sample_weight=weight)), 4),
        "ece": expected_calibration_error(truth, promised, weight),
    }
