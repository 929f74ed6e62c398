"""What a language's model is worth on held-out texts, beside scikit-learn's stock pipeline on the same."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import Pipeline, make_pipeline, make_union

from classifier.labels import FEWEST_HELD_OUT_POSITIVES
from classifier.measuring.evaluate import auc, expected_calibration_error
from classifier.registry import Model
from classifier.scorer import Scorer
from classifier.training.dataset import HELD_OUT, TRAINING
from classifier.training.language_data import LabelledTexts, Labels

THRESHOLDS: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
LOWEST_STEADY_AUC: Final = 0.75
"""Lower than for English: raters of these sets agree less, and the models of others on them are no better."""


def measured(model: Model, parts: dict[str, LabelledTexts]) -> dict[str, Any]:
    """Figures, threshold table and the stock pipeline's figures, per attribute, on the held-out part."""
    unseen = parts[HELD_OUT]
    promised = Scorer(model).score(unseen.texts).values.astype(np.float64)
    columns = enumerate(model.attributes)
    held_out = {name: _figures(unseen.labels[:, i], promised[:, i]) for i, name in columns}
    return {
        "held_out": held_out,
        "thresholds": {
            name: _thresholds(unseen.labels[:, i], promised[:, i]) for i, name in enumerate(model.attributes)
        },
        "stock": {name: _stock(parts, i) for i, name in enumerate(model.attributes)},
    }


def experimental(figures: dict[str, Any]) -> list[str]:
    """Attributes that are offered with a warning."""
    return [
        name
        for name, found in figures["held_out"].items()
        if found["positives"] < FEWEST_HELD_OUT_POSITIVES or (found["auc"] or 0) < LOWEST_STEADY_AUC
    ]


def _figures(labels: Labels, promised: Labels) -> dict[str, Any]:
    rows = ~np.isnan(labels)
    truth, given = labels[rows], promised[rows]
    return {
        "texts": len(truth),
        "positives": int(truth.sum()),
        "auc": auc(truth, given),
        "average_precision": round(float(average_precision_score(truth, given)), 4),
        "ece": expected_calibration_error(truth, given, np.ones(len(truth))),
    }


def _thresholds(labels: Labels, promised: Labels) -> list[dict[str, float | None]]:
    """For each threshold: the share of texts at or above it, how many of these were called so, how many are found."""
    rows = ~np.isnan(labels)
    truth, given = labels[rows], promised[rows]
    return [_at(threshold, truth, given >= threshold) for threshold in THRESHOLDS]


def _at(threshold: float, truth: Labels, is_above: Any) -> dict[str, float | None]:
    right = float(truth[is_above].sum())
    return {
        "threshold": threshold,
        "share": round(float(is_above.mean()), 4),
        "precision": round(right / float(is_above.sum()), 4) if is_above.any() else None,
        "recall": round(right / float(truth.sum()), 4),
        "missed": round(float(truth[~is_above].mean()), 4) if (~is_above).any() else None,
    }


def _stock(parts: dict[str, LabelledTexts], column: int) -> dict[str, Any]:
    known = parts[TRAINING]
    labels = known.labels[:, column]
    rows = np.flatnonzero(~np.isnan(labels))
    stock = _stock_pipeline().fit([known.texts[row] for row in rows], labels[rows])
    unseen = parts[HELD_OUT]
    found = _figures(unseen.labels[:, column], stock.predict_proba(unseen.texts)[:, 1])
    return {name: found[name] for name in ("auc", "average_precision", "ece")}


def _stock_pipeline() -> Pipeline:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    fragments = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    return make_pipeline(make_union(words, fragments), LogisticRegression(C=2.0, max_iter=300))
