"""The words that make up nine tenths of every text: their fragments are summed once, when a model is loaded.

Fragments stay within words, so a word adds the same wherever it stands. Looking up one row for a known word replaces
looking up three for each of its letters; only the other words are still taken apart (decision 0012).
"""

from __future__ import annotations

from typing import Final

import numpy as np

from classifier.text.hashing import LONGEST_BUFFER, Hashes, Layout, WordSlots, mixed, word_slots
from classifier.text.normalise import Joined, Positions, join
from classifier.text.vocabulary import words

_BITS: Final = 16
_COUNTING: Final = np.arange(LONGEST_BUFFER + 1)
_WORDS_AT_ONCE: Final = LONGEST_BUFFER // 64


def batches() -> list[Joined]:
    """The known words as the model sees them, a text each, in batches that can be hashed at once."""
    known = [word.decode() for word in words()]
    return [join(known[first : first + _WORDS_AT_ONCE]) for first in range(0, len(known), _WORDS_AT_ONCE)]


class KnownWords:
    """Finds the number of a word by its hash. Number 0 stands for every word that is not known.

    Two words that would share a place are told apart by their whole hash; only the later one is known then.
    """

    def __init__(self, layout: Layout) -> None:
        hashes = [np.zeros(1, dtype=np.uint64), *(word_slots(batch, layout).hashes for batch in batches())]
        self._hashes: Hashes = np.concatenate(hashes)
        self._numbers = np.zeros(1 << _BITS, dtype=np.uint16)  # small enough for the cache
        numbers = np.arange(1, len(self._hashes), dtype=np.uint16)
        self._numbers[_places(self._hashes[1:])] = numbers

    def numbers(self, hashes: Hashes) -> Positions:
        """For each word its number."""
        found = self._numbers[_places(hashes)].astype(np.intp)
        found *= self._hashes[found] == hashes
        return found


def _places(hashes: Hashes) -> Positions:
    return (mixed(hashes) >> np.uint64(64 - _BITS)).astype(np.intp)


def only(piece: Joined, found: WordSlots, chosen: Positions) -> Joined:
    """Some words of a piece, by number, each as a text of its own."""
    ends = np.empty_like(found.positions)
    ends[:-1], ends[-1] = found.positions[1:], len(piece.buffer)
    first = found.positions[chosen]
    lengths = ends[chosen] - first
    ends_in_rest = lengths.cumsum()
    starts = ends_in_rest - lengths
    bytes_of_words = (first - starts).repeat(lengths)
    bytes_of_words += _COUNTING[: len(bytes_of_words)]
    return Joined(piece.buffer[bytes_of_words], starts)
