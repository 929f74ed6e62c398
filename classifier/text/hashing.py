"""Where every fragment of a text lives in the weight tables: rolling hashes over a whole batch at once.

Needs NumPy only, because the web process scores with it; `features.py` builds scikit-learn's matrices from the
same slots, so that training and scoring cannot drift apart.

Slot 0 of both tables belongs to windows that are no fragment (they cross a word's end); its weight is zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.text.normalise import SPACE, Bytes, Joined, Positions

Hashes = NDArray[np.uint64]

LONGEST_BUFFER: Final = 1 << 17
"""Bytes hashed at once: small enough for the processor's cache, and bounds memory on hostile input."""

_ROLL = np.uint32(0x2C1B3C6D)
# One odd factor an order, so that "ab" and "cde" share a slot by chance only.
_SPREADS: Final = {order: np.uint32((0x9E3779B1 * (2 * order + 1)) & 0xFFFFFFFF) for order in range(1, 9)}
_BASE: Final = 0x9E3779B97F4A7C15
_BLANK = np.uint8(SPACE)
_PAIR = np.uint64(_BASE)
_MIX64 = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which fragments are looked at and how large the two tables are; a model is tied to its layout."""

    orders: tuple[int, ...] = (3, 4, 5)
    character_bits: int = 18
    word_bits: int = 17


def _powers(base: int) -> Hashes:
    factors = np.full(LONGEST_BUFFER + 1, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


_POWERS: Final = _powers(_BASE)
_INVERSES: Final = _powers(pow(_BASE, -1, 1 << 64))


def character_slots(joined: Joined, layout: Layout) -> Iterator[Positions]:
    """For each order, the slot of the fragment that starts at each byte; fragments stay within one word.

    A fragment may begin or end with the space around a word, never hold one inside.
    """
    length, longest = len(joined.buffer), max(layout.orders)
    padded = np.full(length + longest, SPACE, dtype=np.uint32)
    padded[:length] = joined.buffer
    is_letter = (padded != SPACE).astype(np.uint32)  # 0 and 1: multiplied without a conversion
    is_inside = np.ones(length, dtype=np.uint32)
    rolled = padded[:length].copy()
    for order in range(2, longest + 1):
        if order > 2:
            is_inside *= is_letter[order - 2 : length + order - 2]
        rolled *= _ROLL
        rolled += padded[order - 1 : length + order - 1]
        if order in layout.orders:
            slots = rolled * _SPREADS[order]
            slots >>= np.uint32(32 - layout.character_bits)
            slots *= is_inside
            yield slots.astype(np.intp)


@dataclass(frozen=True, slots=True)
class WordSlots:
    """Slots of the words and of the pairs that begin with them, one of each per space in the buffer."""

    words: Positions
    pairs: Positions
    positions: Positions  # of the space before each word
    starts: Positions  # of each text within `words`
    hashes: Hashes  # of the words, in full


def word_slots(joined: Joined, layout: Layout) -> WordSlots:
    """Hash whole words: a word is what follows a space, so every text has at least one, perhaps empty."""
    spaces = (joined.buffer == SPACE).nonzero()[0]
    values = (joined.buffer - _BLANK).astype(np.uint64)
    values *= _POWERS[: len(values)]
    count = len(spaces)
    both = np.zeros(2 * count, dtype=np.uint64)  # hashes of words, then of pairs
    words, pairs = both[:count], both[count:]
    np.multiply(np.add.reduceat(values, spaces), _INVERSES[spaces], out=words)
    starts = spaces.searchsorted(joined.starts)
    pairs[:-1] = words[1:]
    pairs[starts[1:] - 1] = 0  # the next text is not a neighbour
    is_pair = (pairs != 0) & (words != 0)
    pairs += words * _PAIR
    pairs *= is_pair
    slots = _slots(both, layout)
    return WordSlots(slots[:count], slots[count:], spaces, starts, words)


def _slots(hashes: Hashes, layout: Layout) -> Positions:
    return (mixed(hashes) >> np.uint64(64 - layout.word_bits)).astype(np.intp)


def mixed(hashes: Hashes) -> Hashes:
    """Every bit of the answer depends on every bit of the hash; the first bits serve as a place in a table."""
    spread = hashes * _MIX64
    spread ^= spread >> np.uint64(32)
    spread *= _MIX64
    return spread


def pieces(joined: Joined) -> Iterator[tuple[int, Joined]]:
    """The batch in parts that fit the cache, each with the number of its first text.

    Where a text is cut depends on that text alone, so that its score does not depend on its neighbours.
    """
    if len(joined.buffer) <= LONGEST_BUFFER:
        yield 0, joined
        return
    edges = np.append(joined.starts, len(joined.buffer))
    first = 0
    while first < len(joined.starts):
        last = int(np.searchsorted(edges, edges[first] + LONGEST_BUFFER, side="right")) - 1
        if last > first:
            start, end = edges[first], edges[last]
            yield first, Joined(joined.buffer[start:end], joined.starts[first:last] - start)
        else:
            last = first + 1
            for part in _parts(joined.buffer[edges[first] : edges[last]]):
                yield first, Joined(part, np.zeros(1, dtype=np.intp))
        first = last


def _parts(text: Bytes) -> Iterator[Bytes]:
    """One very long text, cut before words where it has any; every part begins with a space."""
    blank = np.full(1, SPACE, dtype=np.uint8)
    while len(text):
        end = len(text)
        if end > LONGEST_BUFFER:
            spaces = np.flatnonzero(text[1:LONGEST_BUFFER] == SPACE)
            end = int(spaces[-1]) + 1 if len(spaces) else LONGEST_BUFFER - 1
        yield text[:end] if text[0] == SPACE else np.concatenate([blank, text[:end]])
        text = text[end:]
