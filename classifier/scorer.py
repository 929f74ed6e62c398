"""Scores texts with a loaded model: load once, score many, say which model did it. Needs NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from classifier import registry
from classifier.arithmetic import calibrated, divisors, probabilities
from classifier.registry import Model, Table
from classifier.text.hashing import WordSlots, character_slots, pieces, word_slots
from classifier.text.known import KnownWords, batches, only
from classifier.text.normalise import SPACE, Joined, Positions
from classifier.text.reading import read_in

if TYPE_CHECKING:
    from classifier.explain import Explanation

Rows = NDArray[np.float32]

NO_MODEL: Final = "none"

# A row of eight floats is half a cache line and is copied as one piece: 4 ns a fragment for all attributes
# together, against 38 ns for six tables of one column.
_ROW: Final = 8
_SHORT: Final = 512  # bytes
_BLOCKS: Final = 2  # fragments, and words with their pairs


@dataclass(frozen=True, slots=True)
class Scores:
    """Calibrated probabilities: one row a text, one column an attribute."""

    values: NDArray[np.float32]  # NaN where no model of the text's language offers the attribute
    attributes: tuple[str, ...]
    version: str  # of the model of the default language
    languages: tuple[str, ...]  # of each text
    versions: tuple[str, ...]  # of the model that scored each text; `NO_MODEL` where its language has none


@dataclass(frozen=True, slots=True)
class Parts:
    """One text's log-odds before calibration, taken apart: rows are words, columns attributes."""

    base: NDArray[np.float64]
    words: NDArray[np.float64]
    positions: Positions  # in the normalised buffer, of the space before each word


class Scorer:
    """A loaded model. Safe to share between threads: scoring changes nothing."""

    def __init__(self, model: Model) -> None:
        self.version: str = model.version
        self.language: str = model.language
        self.attributes: tuple[str, ...] = model.attributes
        self.experimental: tuple[str, ...] = model.experimental
        weights = model.weights
        self._layout = model.layout
        self.reading: str = model.reading
        self._fragments = _table(weights.character_weights, weights.character_rarity)
        self._words = _table(weights.word_weights, weights.word_rarity)
        self._known = KnownWords(model.layout)
        self._known_rows = self._known_words_rows()
        self._longest = weights.longest
        self._intercept = weights.intercept
        self._slope, self._bend, self._offset = weights.slope, weights.bend, weights.offset

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """The model in `directory`, or the shipped one; raises `registry.ModelRefused` if it cannot be trusted."""
        return cls(registry.load(directory))

    def score(self, texts: Sequence[str]) -> Scores:
        """Score every text, whatever it contains; a text's scores do not depend on the others in the batch."""
        values = self._scored(read_in(texts, self.reading))
        count = len(texts)
        return Scores(values, self.attributes, self.version, (self.language,) * count, (self.version,) * count)

    def probabilities(self, log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """What log-odds before calibration mean; the last axis is attributes."""
        return probabilities(calibrated(log_odds, self._slope, self._bend, self._offset))

    def _scored(self, normalised: Joined) -> Rows:
        return self.probabilities(self._decisions(normalised)).astype(np.float32)

    def explain(self, text: str, attribute: str, threshold: float | None = None) -> Explanation:
        """Why the text scores as it does, and without which words it would score below the threshold.

        Raises `explain.TooLongToExplain`, and ValueError for an attribute that this model does not score.
        """
        from classifier.explain import explained  # only who asks why pays for it

        return explained(self, text, attribute, threshold)

    def parts(self, joined: Joined) -> Parts:
        """What the log-odds of one text are made of; base and parts add up to them exactly.

        A fragment counts for the word that it is in, a pair half for each of its words.
        """
        count = len(self.attributes)
        fragments, words, positions, before = [], [], [], 0
        for _, piece in pieces(joined):
            found = word_slots(piece, self._layout)
            fragments.append(self._fragments_by_word(piece, found))
            words.append(self._shared_word_rows(found))
            before -= int(joined.buffer[before] != SPACE)  # a cut within a word put a space there
            positions.append(found.positions + before)
            before += len(piece.buffer)
        parts = _shares(np.concatenate(fragments), count, self._longest[0])
        parts += _shares(np.concatenate(words), count, self._longest[1])
        return Parts(self._intercept, parts, np.concatenate(positions))

    def _shared_word_rows(self, found: WordSlots) -> Rows:
        """For each word, what it and half of both its pairs add."""
        halves = _gathered(self._words, found.pairs) / np.float32(2)
        total = _gathered(self._words, found.words) + halves
        total[1:] += halves[:-1]
        return np.ascontiguousarray(total)

    def _decisions(self, joined: Joined) -> NDArray[np.float64]:
        """Log-odds before calibration."""
        sums = np.zeros((len(joined.starts), _BLOCKS * _ROW), dtype=np.float32)
        for first, piece in pieces(joined):
            found = word_slots(piece, self._layout)
            rows = np.empty((len(found.words), _BLOCKS * _ROW), dtype=np.float32)
            rows[:, :_ROW] = self._fragments_by_word(piece, found)
            rows[:, _ROW:] = self._word_rows(found)
            sums[first : first + len(piece.starts)] += _sums(rows, found.starts)
        blocks = sums.reshape(-1, _BLOCKS, _ROW)
        shares = blocks[..., : len(self.attributes)] / divisors(blocks[..., -1], self._longest)[..., None]
        return np.asarray(shares[:, 0] + shares[:, 1] + self._intercept)

    def _fragments_by_word(self, piece: Joined, found: WordSlots) -> Rows:
        """For each word, what its fragments add: looked up if the word is known, summed if not.

        Both give the same numbers to the last bit; for a single text looking up takes longer than summing.
        """
        if len(piece.buffer) <= _SHORT:
            return _sums(self._fragment_rows(piece), found.positions)
        numbers = self._known.numbers(found.hashes)
        rows = _gathered(self._known_rows, numbers)
        unknown = (numbers == 0).nonzero()[0]
        if len(unknown):
            rest = only(piece, found, unknown)
            rows[unknown] = _sums(self._fragment_rows(rest), rest.starts)
        return rows

    def _known_words_rows(self) -> Rows:
        """What the fragments of every known word add, behind a row of zeros for those that are not known."""
        summed = [_sums(self._fragment_rows(batch), batch.starts) for batch in batches()]
        return np.concatenate([np.zeros((1, _ROW), dtype=np.float32), *summed])

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
    return table.take(slots, axis=0, out=out, mode="clip")


def _sums(rows: Rows, starts: Positions) -> Rows:
    """Sum the rows of each word or text."""
    return np.asarray(np.add.reduceat(rows, starts, axis=0))


def _shares(rows: Rows, count: int, longest: np.float64) -> NDArray[np.float64]:
    """The parts of one text, each divided by what the whole is divided by."""
    return np.asarray(rows[:, :count] / divisors(rows[:, -1].sum(dtype=np.float64), longest))
