"""Two opinions as one scorer: the first model decides what is clear, the second is asked about the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from classifier.arithmetic import probabilities
from classifier.encoder.second_opinion import EncoderMissing, LogOdds, Mixing, SecondOpinion
from classifier.scorer import Scorer, Scores

Rows = NDArray[np.intp]

_NEARLY: Final = 1e-6  # probabilities are kept this far from 0 and 1 before they become log-odds again


class Asked(Protocol):
    """What a `Scorer` and a `Cascade` have in common."""

    @property
    def version(self) -> str: ...

    def score(self, texts: Sequence[str]) -> Scores: ...


class Cascade:
    """Scores like `Scorer`, slower and better where the first opinion is doubtful, within bounds of number and time.

    Texts beyond the bounds keep their first opinion, and their version says so.
    """

    def __init__(
        self, first: Scorer, second: SecondOpinion, *, texts_at_most: int = 256, seconds_at_most: float = 2.0
    ) -> None:
        self._first, self._second = first, second
        self._texts_at_most, self._seconds_at_most = texts_at_most, seconds_at_most
        self.attributes = first.attributes
        self.experimental = first.experimental
        self.version = f"{first.version}+{second.version}"
        self._mixings = [mixing for mixing in second.mixings if mixing.attribute in first.attributes]

    def score(self, texts: Sequence[str]) -> Scores:
        """Score every text, the doubtful ones twice; `versions` says which models spoke."""
        scores = self._first.score(texts)
        rows = self.doubtful(scores)
        asked = rows[: self._texts_at_most]
        log_odds, is_reached = self._second.log_odds([texts[row] for row in asked], seconds=self._seconds_at_most)
        reached = asked[is_reached]
        values = scores.values.copy()
        values[reached] = self._mixed(scores.values[reached], log_odds[is_reached])
        return replace(scores, values=values, version=self.version, versions=self._versions(scores, rows, reached))

    def doubtful(self, scores: Scores) -> Rows:
        """The rows whose first opinion lies within the band, of texts in the language that the second reads."""
        band = self._second.band
        is_doubtful = band.holds(scores.values[:, scores.attributes.index(band.attribute)])
        return np.flatnonzero(is_doubtful & (np.array(scores.languages, dtype=object) == self._second.language))

    def _mixed(self, values: NDArray[np.float32], second: LogOdds) -> NDArray[np.float32]:
        near = np.clip(values.astype(np.float64), _NEARLY, 1 - _NEARLY)
        first = np.log(near) - np.log1p(-near)
        mixed = values.copy()
        for mixing in self._mixings:
            mixed[:, self.attributes.index(mixing.attribute)] = probabilities(self._sum(mixing, first, second))
        banded = mixed[:, self.attributes.index(self._second.band.attribute)]
        np.maximum(banded, self._second.band.floor, out=banded)
        return mixed

    def _sum(self, mixing: Mixing, first: LogOdds, second: LogOdds) -> LogOdds:
        total = np.full(len(first), mixing.offset)
        for name, share in mixing.first.items():
            total += share * first[:, self.attributes.index(name)]
        for name, share in mixing.second.items():
            total += share * second[:, self._second.outputs.index(name)]
        return total

    def _versions(self, scores: Scores, doubtful: Rows, reached: Rows) -> tuple[str, ...]:
        versions = np.array(scores.versions, dtype=object)
        versions[doubtful] = f"{self._first.version} (second opinion not reached)"
        versions[reached] = self.version
        return tuple(versions.tolist())


def with_second_opinion(first: Scorer, *, is_wanted: bool, seconds_at_most: float = 2.0) -> Scorer | Cascade:
    """The first model with the shipped second one, or alone where that is not installed and not insisted on.

    An altered or unreadable second model raises `ModelRefused` either way: then somebody should look.
    """
    try:
        return Cascade(first, SecondOpinion.load(), seconds_at_most=seconds_at_most)
    except EncoderMissing:
        if is_wanted:
            raise
        return first
