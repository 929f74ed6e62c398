"""The whole model on one screen: fragments counted, weighed by rarity, one linear judge per attribute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.utils import Tags, check_array, check_consistent_length
from sklearn.utils.validation import check_is_fitted, validate_data

from classifier.arithmetic import calibrated, probabilities
from classifier.training.features import FragmentCounter, RarityWeights

Matrix = NDArray[np.float64]
Watch = Callable[[Iterable[int]], Iterable[int]]


def build_pipeline(strength: float = 2.0, seed: int = 0) -> Pipeline:
    """The model, untrained. `strength` is scikit-learn's C: higher follows the examples more closely."""
    counter = FragmentCounter()
    judge = TellingColumns(LogisticRegression(C=strength, max_iter=200, tol=1e-5, random_state=seed))
    return Pipeline(
        [
            ("fragments", counter),
            ("rarity", RarityWeights(blocks=counter.blocks)),
            ("judges", PartlyLabelled(judge)),
        ]
    )


class TellingColumns(BaseEstimator):  # type: ignore[misc]
    """Trains `judge` with columns stretched by how differently they occur in the two classes (NB-SVM).

    The coefficients it answers are for the columns as they came, so nothing changes for whoever uses them.
    `evenness` is the part of the stretch that is the same for all columns. Columns marked in `held_back` are
    stretched by `holding` in addition: below 1, other columns must explain the labels first.
    """

    def __init__(
        self,
        judge: Any,
        smoothing: float = 0.1,
        evenness: float = 0.5,
        held_back: NDArray[np.bool_] | None = None,
        holding: float = 0.2,
    ) -> None:
        self.judge = judge
        self.smoothing = smoothing
        self.evenness = evenness
        self.held_back = held_back
        self.holding = holding

    def fit(self, X: Any, y: Any, sample_weight: Any) -> Self:  # noqa: N803
        """Learn one attribute from labels that are true or false."""
        stretch = self._stretch(X, np.asarray(y, dtype=np.float64), sample_weight)
        stretched = sparse.csr_matrix(X) @ sparse.diags(stretch.astype(X.dtype))
        judge = clone(self.judge).fit(stretched.tocsr(), y, sample_weight=sample_weight)
        self.coef_ = judge.coef_ * stretch
        self.intercept_ = judge.intercept_
        return self

    def _stretch(self, features: Any, labels: Matrix, weights: Matrix) -> Matrix:
        yes, no = ((weights * side) @ features + self.smoothing for side in (labels, 1 - labels))
        ratios = np.abs(np.log(yes / yes.sum()) - np.log(no / no.sum()))
        stretch = self.evenness + (1 - self.evenness) * ratios / ratios.mean()
        if self.held_back is not None:
            stretch = np.where(self.held_back, stretch * self.holding, stretch)
        return np.asarray(stretch)


class PartlyLabelled(BaseEstimator):  # type: ignore[misc]
    """One copy of `judge` per attribute, each trained on the rows that carry that attribute's label.

    A label that is NaN says nothing, and neither does a weight of zero. Labels and weights have one column an
    attribute; a single attribute may come as a plain list.
    """

    def __init__(self, judge: Any) -> None:
        self.judge = judge

    def fit(self, X: Any, y: Any, sample_weight: Any = None, watch: Watch = iter) -> Self:  # noqa: N803
        """Learn every attribute; coefficients are rounded to half precision, as they are shipped.

        `watch` is handed the columns and iterates over them: a progress bar.
        """
        features, labels, weights = self._checked(X, y, sample_weight)
        judges = [self._one(features, labels[:, i], weights[:, i]) for i in watch(range(labels.shape[1]))]
        self.coef_ = np.vstack([judge.coef_ for judge in judges]).astype(np.float16).astype(np.float64)
        self.intercept_ = np.concatenate([judge.intercept_ for judge in judges])
        self.slope_ = np.ones(len(judges))
        self.bend_ = np.zeros(len(judges))
        self.offset_ = np.zeros(len(judges))
        return self

    def _checked(self, features: Any, labels: Any, weights: Any) -> tuple[Any, Matrix, Matrix]:
        features = validate_data(self, features, accept_sparse="csr", dtype=[np.float32, np.float64])
        if labels is None:
            raise ValueError("This estimator requires y to be passed, but the target y is None.")
        labels = _columns(labels)
        weights = np.ones_like(labels) if weights is None else _columns(weights)
        check_consistent_length(features, labels, weights)
        return features, labels, np.broadcast_to(weights, labels.shape)

    def _one(self, features: Any, labels: Matrix, weights: Matrix) -> Any:
        rows = np.flatnonzero(~np.isnan(labels) & (weights > 0))
        if not len(rows):
            raise ValueError("No row has both a label and a sample weight above zero: there is nothing to learn.")
        return clone(self.judge).fit(features[rows], labels[rows] >= 0.5, sample_weight=weights[rows])

    def lean(self, column: int, on: int, share: float) -> Self:
        """Add a share of one attribute's log-odds to another's, before calibration; still one sum over columns."""
        leaning = self.coef_[column] + share * self.coef_[on]
        self.coef_[column] = leaning.astype(np.float16).astype(np.float64)
        self.intercept_[column] += share * self.intercept_[on]
        return self

    def calibrate(self, features: Any, labels: Matrix, sample_weight: Matrix) -> Self:
        """Fit a curve per attribute on rows that were not trained on."""
        decisions = self.raw_decision(features)
        for i in range(labels.shape[1]):
            self.calibrate_one(i, decisions[:, i], labels[:, i], sample_weight[:, i])
        return self

    def calibrate_one(self, column: int, decisions: Matrix, labels: Matrix, sample_weight: Matrix) -> None:
        """Fit the curve of one attribute to its log-odds; rows without a label or a weight say nothing."""
        rows = np.flatnonzero(~np.isnan(labels) & (sample_weight > 0))
        curve = _curve(decisions[rows], labels[rows] >= 0.5, sample_weight[rows])
        self.slope_[column], self.bend_[column], self.offset_[column] = curve

    def raw_decision(self, X: Any) -> Matrix:  # noqa: N803
        """Log-odds before calibration."""
        check_is_fitted(self)
        features = validate_data(self, X, reset=False, accept_sparse="csr", dtype=[np.float32, np.float64])
        return np.asarray(features @ self.coef_.T + self.intercept_)

    def predict_proba(self, X: Any) -> Matrix:  # noqa: N803
        """Calibrated probabilities, one column an attribute."""
        return probabilities(calibrated(self.raw_decision(X), self.slope_, self.bend_, self.offset_))

    def predict(self, X: Any) -> NDArray[np.bool_]:  # noqa: N803
        """More likely than not, per attribute."""
        return self.predict_proba(X) >= 0.5

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags


def _curve(decisions: Matrix, is_so: NDArray[np.bool_], weights: Matrix) -> tuple[float, float, float]:
    """Slope, bend and offset of a beta calibration that falls nowhere (Kull, Silva Filho and Flach, 2017)."""
    sides = np.c_[-np.logaddexp(0, -decisions), np.logaddexp(0, decisions)]  # what rises below zero, and above
    rates = np.zeros(2)
    rising = [0, 1]
    while True:
        fit = LogisticRegression(C=1e6).fit(sides[:, rising], is_so, sample_weight=weights)
        if (fit.coef_[0] >= 0).all() or len(rising) == 1:
            break
        rising = [int(np.argmax(fit.coef_[0]))]  # one side would fall: it stays level
    rates[rising] = np.maximum(fit.coef_[0], 0)
    return float(rates[0]), float(rates[1] - rates[0]), float(fit.intercept_[0])


def _columns(values: Any) -> Matrix:
    """Labels or weights as columns; NaN is allowed, infinity is not."""
    checked = check_array(values, ensure_2d=False, dtype=np.float64, ensure_all_finite="allow-nan")
    return np.asarray(checked.reshape(len(checked), -1))
