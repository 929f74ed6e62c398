"""Scores texts with a loaded model: load once, score many, say which model did it. Needs NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from classifier import registry
from classifier.arithmetic import divisors, probabilities
from classifier.hashing import WordSlots, character_slots, pieces, word_slots
from classifier.normalise import Joined, Positions, join
from classifier.registry import Model, Table

Rows = NDArray[np.float32]

# A row of eight floats is half a cache line and is copied as one piece: 4 ns a fragment for all attributes
# together, against 38 ns for six tables of one column.
_ROW: Final = 8


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities: one row a text, one column an attribute."""

    values: NDArray[np.float32]
    attributes: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Opinions:
    """Scores, and for each text the model or models that they come from."""

    values: NDArray[np.float32]
    attributes: tuple[str, ...]
    versions: tuple[str, ...]


class Scorer:
    """A loaded model. Safe to share between threads: scoring changes nothing."""

    def __init__(self, model: Model) -> None:
        self.version: str = model.version
        self.attributes: tuple[str, ...] = model.attributes
        self.experimental: tuple[str, ...] = model.experimental
        weights = model.weights
        self._layout = model.layout
        self._fragments = _table(weights.character_weights, weights.character_rarity)
        self._words = _table(weights.word_weights, weights.word_rarity)
        self._longest_fragments, self._longest_words = weights.longest.tolist()
        self._intercept, self._slope, self._offset = weights.intercept, weights.slope, weights.offset

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """The model in `directory`, or the shipped one; raises `registry.ModelRefused` if it cannot be trusted."""
        return cls(registry.load(directory))

    def score(self, texts: Sequence[str]) -> Scores:
        """Score every text, whatever it contains; a text's scores do not depend on the others in the batch."""
        decisions = self._decisions(join(texts)) * self._slope + self._offset
        return Scores(probabilities(decisions).astype(np.float32), self.attributes, self.version)

    def opinions(self, texts: Sequence[str]) -> Opinions:
        """Like `score`, with each text's model: the same for all of them here, not in a cascade."""
        return Opinions(self.score(texts).values, self.attributes, (self.version,) * len(texts))

    def contributions(self, text: str) -> tuple[NDArray[np.float64], list[tuple[str, NDArray[np.float64]]]]:
        """What the calibrated log-odds are made of: a base, and a part for every normalised word in order.

        Base and parts add up to the log-odds exactly. A fragment counts for the word that it is in, a pair for
        its first word.
        """
        joined = join([text])
        count = len(self.attributes)
        fragments, words, spelled = [], [], []
        for _, piece in pieces(joined):
            found = word_slots(piece, self._layout)
            fragments.append(_sums(self._fragment_rows(piece), found.positions))
            words.append(self._word_rows(found))
            spelled += Joined(piece.buffer, found.positions).texts()
        parts = _shares(np.concatenate(fragments), count, self._longest_fragments)
        parts += _shares(np.concatenate(words), count, self._longest_words)
        names = [word.decode("utf-8", "replace") for word in spelled]
        base = self._intercept * self._slope + self._offset
        return base, list(zip(names, parts * self._slope, strict=True))

    def _decisions(self, joined: Joined) -> NDArray[np.float64]:
        """Log-odds before calibration."""
        fragments = np.zeros((len(joined.starts), _ROW), dtype=np.float32)
        words = np.zeros_like(fragments)
        for first, piece in pieces(joined):
            last = first + len(piece.starts)
            found = word_slots(piece, self._layout)
            fragments[first:last] += _sums(self._fragment_rows(piece), piece.starts)
            words[first:last] += _sums(self._word_rows(found), found.starts)
        count = len(self.attributes)
        log_odds = _scaled(fragments, count, self._longest_fragments)
        log_odds += _scaled(words, count, self._longest_words)
        return log_odds + self._intercept

    def _fragment_rows(self, piece: Joined) -> Rows:
        """For each byte, what the fragments that start there add."""
        slots = character_slots(piece, self._layout)
        total = _gathered(self._fragments, next(slots))
        gathered = np.empty_like(total)
        for more in slots:
            total += _gathered(self._fragments, more, gathered)
        return total

    def _word_rows(self, found: WordSlots) -> Rows:
        """For each word, what it and the pair that it begins add."""
        total = _gathered(self._words, found.words)
        total += _gathered(self._words, found.pairs)
        return total


def _table(weights: NDArray[np.floating[Any]], rarity: NDArray[np.floating[Any]]) -> Table:
    """What each slot adds: to every attribute, and in the last column to the squared length of the text."""
    table = np.zeros((len(weights), _ROW), dtype=np.float32)
    known = rarity.astype(np.float32)
    table[:, : weights.shape[1]] = weights.astype(np.float32) * known[:, None]
    table[:, -1] = known**2
    table[0] = 0
    return table


def _gathered(table: Table, slots: Positions, out: Rows | None = None) -> Rows:
    # mode="clip" skips NumPy's own check and buffering; the hash cannot exceed the table.
    return np.take(table, slots, axis=0, out=out, mode="clip")


def _sums(rows: Rows, starts: Positions) -> Rows:
    """Sum the rows of each text. Two columns at a time as one complex number: twice as fast as row by row."""
    pairs = rows.view(np.complex64)
    summed = np.empty((len(starts), pairs.shape[1]), dtype=np.complex64)
    for column in range(pairs.shape[1]):
        summed[:, column] = np.add.reduceat(pairs[:, column], starts)
    return summed.view(np.float32)


def _scaled(sums: Rows, count: int, longest: float) -> NDArray[np.float64]:
    return np.asarray(sums[:, :count] / divisors(sums[:, -1:], longest))


def _shares(rows: Rows, count: int, longest: float) -> NDArray[np.float64]:
    """Like `_scaled`, for the parts of one text: each divided by what the whole is divided by."""
    return np.asarray(rows[:, :count] / divisors(rows[:, -1].sum(dtype=np.float64), longest))
