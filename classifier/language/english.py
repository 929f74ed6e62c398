"""Recognises English at a glance, a whole batch at once: by its function words, or because most words are known.

Works on the normalised buffer that the English model reads anyway, and on the hashes of its words: one microsecond
a text, where looking each word up would take four and asking the identifier a hundred.
"""

from __future__ import annotations

from functools import cache
from itertools import repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.language.telling import telling_words
from classifier.text.hashing import Hashes, Layout, mixed, pieces, word_slots
from classifier.text.normalise import Joined, Positions, join
from classifier.text.vocabulary import FILE

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]

# Frequent in English and rare in every other language with Latin letters.
FUNCTION_WORDS: Final = frozenset(
    """the and you that this with have are they what your it's don't my not would can't there their from about who
    because people when how which been than just like think know get should could he's you're why them then some
    these those other into only also does did its where make right good really even never too being said say see want
    need back his but she by all if it has were i up out going doesn't isn't didn't that's there's we're they're
    always every much many very any more most own same such through while after before again against still our
    shut fuck fucking shit yes please thank thanks love hate""".split()
)
_ENOUGH: Final = 2  # function words
_LARGEST_INTERVAL: Final = 7  # at least one word in so many must be one
_KNOWN_SHARE: Final = 0.6  # of a text's words, above which it is English whatever they are

_LAYOUT: Final = Layout()
_HALF: Final = 32  # bits of an integer: known words are counted below, function words above
_WORTH: Final = np.array([0, 1, 1 + (1 << _HALF)], dtype=np.int64)
_BITS: Final = 17  # of a word's place in the table
_FEW_BYTES: Final = 2_048  # fewer are split into words sooner than arrays are made of them


def is_plainly_english(joined: Joined) -> Mask:
    """For each normalised text whether it is English beyond doubt."""
    few = len(joined.starts) == 1 and len(joined.buffer) <= _FEW_BYTES
    evidence, words = _of_one(joined) if few else _of_many(joined)
    function, known = evidence >> _HALF, evidence & ((1 << _HALF) - 1)
    has_function_words = (function >= _ENOUGH) & (function * _LARGEST_INTERVAL >= words)
    return np.atleast_1d(has_function_words | (known > _KNOWN_SHARE * words))


def _of_one(joined: Joined) -> tuple[int, int]:
    """The evidence and the number of words of a single text, the same as `_of_many` counts, without arrays."""
    words = joined.buffer[1:].tobytes().split(b" ")
    return sum(map(_known().spelled.get, words, repeat(0))), len(words)


def _of_many(joined: Joined) -> tuple[Counts, Counts]:
    evidence = np.zeros(len(joined.starts), dtype=np.int64)
    words = np.zeros_like(evidence)
    for first, piece in pieces(joined):
        last = first + len(piece.starts)
        found = word_slots(piece, _LAYOUT)
        evidence[first:last] += np.add.reduceat(_known().evidence(found.hashes), found.starts)
        words[first:last] += np.diff(np.append(found.starts, len(found.hashes)))
    return evidence, words


@cache
def english_words() -> frozenset[str]:
    """The words that are known to be English, as they are written; without those that tell another language."""
    return (frozenset(FILE.read_text("ascii").split()) - telling_words().keys()) | FUNCTION_WORDS


class _Known:
    """What each known word counts: one, and for a function word one in the upper half as well.

    Looked up by the word's hash, or by its spelling; of words that share a place only the last one is known to both.
    """

    def __init__(self) -> None:
        words = sorted(english_words())
        worths = [int(_WORTH[2 if word in FUNCTION_WORDS else 1]) for word in words]
        normalised = join(words)
        hashes = np.concatenate([word_slots(piece, _LAYOUT).hashes for _, piece in pieces(normalised)])
        places = _places(hashes)
        last = dict(zip(places.tolist(), zip(normalised.texts(), hashes.tolist(), worths, strict=True), strict=True))
        self.spelled = {word: worth for word, _, worth in last.values()}
        self._hashes = np.zeros(1 << _BITS, dtype=np.uint64)
        self._hashes[list(last)] = [each for _, each, _ in last.values()]
        self._is_known = np.zeros(1 << _BITS, dtype=np.uint8)  # 2 for a function word
        self._is_known[list(last)] = [1 if worth == 1 else 2 for _, _, worth in last.values()]

    def evidence(self, hashes: Hashes) -> Counts:
        places = _places(hashes)
        return np.asarray(_WORTH[self._is_known[places] * (self._hashes[places] == hashes)])


@cache
def _known() -> _Known:
    return _Known()


def _places(hashes: Hashes) -> Positions:
    return (mixed(hashes) >> np.uint64(64 - _BITS)).astype(np.intp)
