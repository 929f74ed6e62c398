"""Texts to numbers by scikit-learn's conventions, from the same slots that the scorer gathers weights at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, Self

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from classifier.arithmetic import divisors
from classifier.text.hashing import Layout, character_slots, pieces, word_slots
from classifier.text.normalise import Joined, Positions
from classifier.text.reading import PLAIN, read_in

BATCH: Final = 512
_REAL: Final = [np.float32, np.float64]


class FragmentCounter(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Counts hashed character fragments, words and word pairs; learns nothing.

    The first `2**character_bits` columns are fragments, the next `2**word_bits` words and pairs.
    """

    def __init__(
        self,
        orders: tuple[int, ...] = (3, 4, 5),
        character_bits: int = 18,
        word_bits: int = 17,
        reading: str = PLAIN,
    ) -> None:
        self.orders = orders
        self.character_bits = character_bits
        self.word_bits = word_bits
        self.reading = reading

    @property
    def layout(self) -> Layout:
        return Layout(tuple(self.orders), self.character_bits, self.word_bits)

    @property
    def blocks(self) -> tuple[int, int]:
        """How many columns are fragments and how many are words."""
        return 1 << self.character_bits, 1 << self.word_bits

    def fit(self, texts: Iterable[str], y: object = None) -> Self:
        """Nothing to learn; refuses what is not a list of texts."""
        _require_texts(texts)
        return self

    def transform(self, texts: Iterable[str]) -> sparse.csr_matrix:
        """A matrix of counts, one row a text."""
        known = _require_texts(texts)
        shape = (0, sum(self.blocks))
        batches = [self._count(known[i : i + BATCH]) for i in range(0, len(known), BATCH)]
        return sparse.vstack(batches, format="csr") if batches else sparse.csr_matrix(shape, dtype=np.float32)

    def _count(self, texts: list[str]) -> sparse.csr_matrix:
        rows, columns = zip(*self._entries(read_in(texts, self.reading)), strict=True)
        row, column = np.concatenate(rows), np.concatenate(columns)
        ones = np.ones(len(row), dtype=np.float32)
        shape = (len(texts), sum(self.blocks))
        counts = sparse.coo_matrix((ones, (row, column)), shape=shape).tocsr()
        counts.sum_duplicates()
        return counts

    def _entries(self, joined: Joined) -> Iterator[tuple[Positions, Positions]]:
        """Row and column of everything found, batch part by batch part."""
        fragments = self.blocks[0]
        for first, piece in pieces(joined):
            owners = first + np.repeat(
                np.arange(len(piece.starts)), np.diff(np.append(piece.starts, len(piece.buffer)))
            )
            for slots in character_slots(piece, self.layout):
                yield owners[slots != 0], slots[slots != 0]
            found = word_slots(piece, self.layout)
            for slots in (found.words, found.pairs):
                yield owners[found.positions][slots != 0], slots[slots != 0] + fragments

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags


def columns_of_words(
    counter: FragmentCounter, texts: list[str], words: frozenset[str], share: float
) -> NDArray[np.bool_]:
    """Which columns mostly stand for these words: of what they count, at least `share` goes when the words go.

    That finds the words, their pairs with neighbours and the fragments that hardly occur elsewhere.
    """
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(words))) + r")\b", re.IGNORECASE)
    naming = [text for text in texts if pattern.search(text)]
    lost = counter.transform(naming) - counter.transform([pattern.sub(" ", text) for text in naming])
    lost.data = np.maximum(lost.data, 0)
    gone, all_of_them = (np.asarray(counts.sum(axis=0)).ravel() for counts in (lost, counter.transform(texts)))
    return np.asarray(gone > share * np.maximum(all_of_them, 1))


def _require_texts(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str):
        raise ValueError("Expected a list of texts, got one text. Put it in a list: [text].")
    known = list(texts)
    for text in known:
        if not isinstance(text, str):
            raise ValueError(f"Expected texts (str), got {type(text).__name__}. Decode or drop it first.")
    return known


class RarityWeights(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Weighs counts by how rare a column is and scales every block of a row to a fixed length.

    The length is the root of the sum over *occurrences* of the squared rarity, not scikit-learn's Euclidean
    length: that keeps the model a plain sum over positions, which the scorer needs (decision 0004). Texts longer
    than `ordinary_share` of those learned from count by their mean.
    """

    def __init__(
        self, blocks: tuple[int, ...] | None = None, fewest_texts: int = 2, ordinary_share: float = 0.97
    ) -> None:
        self.blocks = blocks
        self.fewest_texts = fewest_texts
        self.ordinary_share = ordinary_share

    def fit(self, counts: Any, y: object = None) -> Self:
        """Learn how rare each column is; rounded to half precision, as it is shipped."""
        counts = validate_data(self, counts, accept_sparse="csr", dtype=_REAL, ensure_non_negative=True)
        found = sparse.csr_matrix(counts)
        texts = np.bincount(found.indices[found.data > 0], minlength=found.shape[1])
        rarity = np.log((1 + found.shape[0]) / (1 + texts)) + 1
        rarity[texts < self.fewest_texts] = 0
        self.rarity_: NDArray[np.float32] = rarity.astype(np.float16).astype(np.float32)
        squared = [_squared_lengths(*block) for block in self._by_block(found)]
        self.longest_ = np.array([np.quantile(lengths, self.ordinary_share) or 1.0 for lengths in squared])
        return self

    def transform(self, counts: Any) -> sparse.csr_matrix:
        """The weighted matrix: what the linear model is trained on."""
        check_is_fitted(self)
        counts = validate_data(self, counts, reset=False, accept_sparse="csr", dtype=_REAL)
        found = sparse.csr_matrix(counts)
        parts = [
            _scaled(block, rarity, longest)
            for (block, rarity), longest in zip(self._by_block(found), self.longest_, strict=True)
        ]
        return sparse.hstack(parts, format="csr", dtype=found.dtype)

    def _by_block(self, found: sparse.csr_matrix) -> Iterator[tuple[sparse.csr_matrix, NDArray[np.float32]]]:
        start = 0
        for width in self.blocks or (found.shape[1],):
            yield found[:, start : start + width], self.rarity_[start : start + width]
            start += width

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        return tags


def _squared_lengths(counts: sparse.csr_matrix, rarity: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(counts @ (rarity.astype(np.float64) ** 2))


def _scaled(counts: sparse.csr_matrix, rarity: NDArray[np.float32], longest: float) -> sparse.csr_matrix:
    scales = 1 / divisors(_squared_lengths(counts, rarity), longest)
    rows = np.repeat(scales, np.diff(counts.indptr))
    values = (counts.data * rarity[counts.indices] * rows).astype(counts.dtype)
    return sparse.csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)
