"""The whole model on one screen: fragments counted, weighed by rarity, one linear judge per attribute."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from classifier.features import FragmentCounter, RarityWeights

Matrix = NDArray[np.float64]


def build_pipeline(strength: float = 4.0, seed: int = 0) -> Pipeline:
    """The model, untrained. `strength` is scikit-learn's C: higher follows the examples more closely."""
    counter = FragmentCounter()
    judge = LogisticRegression(C=strength, max_iter=200, tol=1e-5, random_state=seed)
    return Pipeline(
        [
            ("fragments", counter),
            ("rarity", RarityWeights(blocks=counter.blocks)),
            ("judges", PartlyLabelled(judge)),
        ]
    )


class PartlyLabelled(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """One copy of `judge` per attribute, each trained on the rows that carry that attribute's label.

    A label that is NaN says nothing, and neither does a weight of zero.
    """

    def __init__(self, judge: Any) -> None:
        self.judge = judge

    def fit(self, features: Any, labels: Matrix, sample_weight: Matrix | None = None) -> Self:
        """Labels and weights: one column an attribute. Coefficients are rounded to half precision, as shipped."""
        weights = np.ones_like(labels) if sample_weight is None else sample_weight
        judges = [self._one(features, labels[:, i], weights[:, i]) for i in range(labels.shape[1])]
        self.coef_ = np.vstack([judge.coef_ for judge in judges]).astype(np.float16).astype(np.float64)
        self.intercept_ = np.concatenate([judge.intercept_ for judge in judges])
        self.slope_ = np.ones(len(judges))
        self.offset_ = np.zeros(len(judges))
        return self

    def _one(self, features: Any, labels: Matrix, weights: Matrix) -> Any:
        rows = np.flatnonzero(~np.isnan(labels) & (weights > 0))
        return clone(self.judge).fit(features[rows], labels[rows] >= 0.5, sample_weight=weights[rows])

    def calibrate(self, features: Any, labels: Matrix, sample_weight: Matrix) -> Self:
        """Fit slope and offset per attribute (Platt) on rows that were not trained on."""
        decisions = self.raw_decision(features)
        for i in range(labels.shape[1]):
            rows = np.flatnonzero(~np.isnan(labels[:, i]) & (sample_weight[:, i] > 0))
            platt = LogisticRegression(C=1e6).fit(
                decisions[rows, i : i + 1], labels[rows, i] >= 0.5, sample_weight=sample_weight[rows, i]
            )
            self.slope_[i], self.offset_[i] = platt.coef_[0, 0], platt.intercept_[0]
        return self

    def raw_decision(self, features: Any) -> Matrix:
        """Log-odds before calibration."""
        check_is_fitted(self)
        return np.asarray(features @ self.coef_.T + self.intercept_)

    def predict_proba(self, features: Any) -> Matrix:
        """Calibrated probabilities, one column an attribute."""
        return np.asarray(1 / (1 + np.exp(-(self.raw_decision(features) * self.slope_ + self.offset_))))

    def predict(self, features: Any) -> NDArray[np.bool_]:
        """More likely than not, per attribute."""
        return self.predict_proba(features) >= 0.5
