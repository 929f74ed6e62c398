"""One spelling for every way of writing the same words: what the model is allowed to see of a text.

The model sees l as i: in "Ioser" and "1oser" nobody can tell which is meant, and in ordinary English nothing depends
on the difference (decision 0012).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.disguise import edited, looks_disguised, undisguised, unstretched
from classifier.lookalikes import FOLDS, turned_back

SPACE: Final = 32
_LAST_DIGIT: Final = ord("9")
_PAIRS_REACH: Final = 4  # from the first of three pairs of letters to the last
_L: Final = ord("l")
_I: Final = ord("i")
LONGEST_NORMALISED_BYTES_PER_CHARACTER: Final = 16

Bytes = NDArray[np.uint8]
Positions = NDArray[np.intp]

FOREIGN: Final = re.compile(r"[^\x00-\x7f]+")
ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
TAG: Final = re.compile(r"</?([a-zA-Z]{1,12})(?:\s[^<>]{0,300})?/?>|<!--[^<>]{0,300}-->")
_WITHIN_WORDS: Final = frozenset("a b big em font i ins mark s small span strong sub sup tt u wbr".split())


def _byte_table() -> bytes:
    """What becomes of each byte: capitals small, controls and punctuation to spaces."""
    blank = set(range(33)) | {127} | set(b'.,;:()[]{}"<>|/\\~=^`&*_#!?')
    return bytes(SPACE if byte in blank else ord(chr(byte).lower()) if byte < 128 else byte for byte in range(256))


BYTES: Final = _byte_table()
LOWER: Final = bytes(SPACE if byte < SPACE else ord(chr(byte).lower()) if byte < 128 else byte for byte in range(256))
UNWRITTEN: Final = b"'"
DIGRAPHS: Final = ((b"ph", b"f"), (b"vv", b"w"))


def _fold(text: str) -> bytes:
    """One text as bytes, every word as it was meant, not yet squeezed."""
    written = _plain(text).encode("utf-8", "replace")
    if looks_disguised(written):
        written = undisguised(written.translate(LOWER))
    seen = written.translate(BYTES, UNWRITTEN).strip()
    for two, one in DIGRAPHS:
        seen = seen.replace(two, one)
    return seen


def _plain(text: str) -> str:
    """Entities resolved, tags taken out, characters outside ASCII folded."""
    if "&" in text:
        text = ENTITY.sub(resolved, text)
    if "<" in text:
        text = TAG.sub(untagged, text)
    if not text.isascii():
        text = FOREIGN.sub(lambda run: run.group().translate(FOLDS), turned_back(text))
    return text


def resolved(entity: re.Match[str]) -> str:
    """The character that an entity stands for; remembered, because few make up almost all."""
    return _resolved(entity.group())


@lru_cache(maxsize=1024)
def _resolved(entity: str) -> str:
    return html.unescape(entity)


def untagged(tag: re.Match[str]) -> str:
    """Nothing for a tag that stands within words, a space for one that parts them."""
    return "" if (tag.group(1) or "b").lower() in _WITHIN_WORDS else " "


@dataclass(frozen=True, slots=True)
class Joined:
    """A batch of normalised texts in one buffer: each text is preceded by the space at its start."""

    buffer: Bytes
    starts: Positions

    def texts(self) -> list[bytes]:
        edges = [*self.starts.tolist(), len(self.buffer)]
        return [self.buffer[a + 1 : b].tobytes() for a, b in pairwise(edges)]


def join(texts: Sequence[str]) -> Joined:
    """Normalise many texts at once; far quicker than one at a time."""
    folded = [_fold(text) for text in texts]
    buffer, starts = _in_one(folded)
    places = stretched(buffer)
    if len(places):
        for number, within in _by_text(places, starts):
            folded[number] = edited(folded[number], unstretched(folded[number], within))
        buffer, starts = _in_one(folded)
    return squeezed(buffer, starts)[0]


def _in_one(folded: list[bytes]) -> tuple[Bytes, Positions]:
    """The texts one after the other, each behind a space, and where those spaces are."""
    lengths = np.fromiter(map(len, folded), dtype=np.intp, count=len(folded))
    buffer = np.frombuffer(b" " + b" ".join(folded), dtype=np.uint8)
    return buffer, np.cumsum(lengths + 1) - lengths - 1


def _by_text(places: Positions, starts: Positions) -> Iterator[tuple[int, list[int]]]:
    """The numbers of the texts that these places in the buffer are in, each with the places within it."""
    numbers = np.searchsorted(starts, places, side="right") - 1
    within = places - starts[numbers] - 1
    for number, group in groupby(zip(numbers.tolist(), within.tolist(), strict=True), itemgetter(0)):
        yield number, [place for _, place in group]


def stretched(buffer: Bytes) -> Positions:
    """Where a letter stands three times, or three letters in a row stand twice."""
    is_same = np.zeros(len(buffer) + _PAIRS_REACH, dtype=np.bool_)
    is_same[: len(buffer) - 1] = (buffer[1:] == buffer[:-1]) & (buffer[1:] > _LAST_DIGIT)
    return np.flatnonzero(is_same[:-4] & (is_same[1:-3] | (is_same[2:-2] & is_same[4:])))


def squeezed(buffer: Bytes, starts: Positions) -> tuple[Joined, NDArray[np.bool_]]:
    """Leave one space of several, and two of any character but a digit repeated more often; write l as i.

    Answers which bytes were kept, too.
    """
    is_same = buffer[1:] == buffer[:-1]
    superfluous = np.zeros(len(buffer), dtype=np.bool_)
    superfluous[1:] = is_same & (buffer[1:] == SPACE)
    superfluous[2:] |= is_same[1:] & is_same[:-1] & (buffer[2:] > _LAST_DIGIT)
    superfluous[starts] = False
    dropped = np.add.reduceat(superfluous, starts, dtype=np.intp) if len(starts) else starts
    is_kept = ~superfluous
    left = buffer[is_kept]
    left[left == _L] = _I
    return Joined(left, starts - np.cumsum(dropped) + dropped), is_kept


def normalise(text: str) -> str:
    """The text as the model sees it: for people and tests; scoring uses `join`."""
    return join([text]).texts()[0].decode("utf-8", "replace")
