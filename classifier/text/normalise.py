"""One spelling for every way of writing the same words: what the model is allowed to see of a text.

The model sees l as i: in "Ioser" and "1oser" nobody can tell which is meant, and in ordinary English nothing depends
on the difference (decision 0012).
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.text.disguise import BREAK, REPAIRS, edited, unstretched
from classifier.text.lookalikes import FOLDS, turned_back

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
    """What becomes of each byte of a lower-case batch: punctuation to spaces, breaks stay."""
    blank = set(b'.,;:()[]{}"<>|/\\~=^`&*_#!?')
    return bytes(SPACE if byte in blank else byte for byte in range(256))


BYTES: Final = _byte_table()
UNWRITTEN: Final = b"'"
DIGRAPHS: Final = ((b"ph", b"f"), (b"vv", b"w"))
LOWER: Final = bytes(
    SPACE if byte < SPACE or byte == 127 else ord(chr(byte).lower()) if byte < 128 else byte for byte in range(256)
)


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
    """A batch of normalised texts in one buffer: each text is preceded by the space at its start.

    One more may follow it, which is an empty word and weighs nothing; `texts` leaves it out.
    """

    buffer: Bytes
    starts: Positions

    def texts(self) -> list[bytes]:
        edges = [*self.starts.tolist(), len(self.buffer)]
        return [self.buffer[a + 1 : b].tobytes().rstrip() for a, b in pairwise(edges)]


def join(texts: Sequence[str]) -> Joined:
    """Normalise many texts at once; far quicker than one at a time."""
    if not texts:
        return Joined(np.full(1, SPACE, dtype=np.uint8), np.zeros(0, dtype=np.intp))
    seen = _repaired(texts).translate(BYTES, UNWRITTEN)
    for two, one in DIGRAPHS:
        seen = seen.replace(two, one)
    return squeezed(edited(seen, unstretched(seen, stretched(seen))))[0]


def _repaired(texts: Sequence[str]) -> bytes:
    """Disguises undone, in small letters; punctuation as written, a break around every text."""
    batch = b"\n%b\n" % b"\n".join([_plain(text).encode("utf-8", "replace").translate(LOWER) for text in texts])
    for repair in REPAIRS:
        batch = edited(batch, repair(batch))
    return batch


def repaired(text: str) -> str:
    """The text as its words were meant, for who reads words: in small letters, with its punctuation."""
    return _repaired([text]).decode("utf-8", "replace").strip()


def stretched(batch: bytes) -> list[int]:
    """Where a letter stands three times, or three letters in a row stand twice."""
    buffer = np.frombuffer(batch, dtype=np.uint8)
    is_same = np.zeros(len(buffer) + _PAIRS_REACH, dtype=np.bool_)
    is_same[: len(buffer) - 1] = (buffer[1:] == buffer[:-1]) & (buffer[1:] > _LAST_DIGIT)
    found = is_same[:-4] & (is_same[1:-3] | (is_same[2:-2] & is_same[4:]))
    places: list[int] = found.nonzero()[0].tolist()
    return places


def squeezed(batch: bytes) -> tuple[Joined, NDArray[np.bool_]]:
    """Leave one space of several, none at the start, and two of any character but a digit repeated more often.

    Writes l as i. Answers which bytes were kept, too.
    """
    buffer = np.frombuffer(batch, dtype=np.uint8)
    is_break = buffer == BREAK
    is_space = buffer == SPACE
    is_same = (buffer[1:] == buffer[:-1]) & (buffer[1:] > _LAST_DIGIT)
    is_kept = np.ones(len(buffer), dtype=np.bool_)
    is_kept[1:] = ~(is_space[1:] & (is_space | is_break)[:-1])
    is_kept[:-1] &= ~(is_space[:-1] & is_break[1:])
    is_kept[2:] &= ~(is_same[1:] & is_same[:-1])
    is_kept[-1] = False
    left = buffer[is_kept]
    starts = (left == BREAK).nonzero()[0]
    left[starts] = SPACE
    left[left == _L] = _I
    return Joined(left, starts), is_kept


def normalise(text: str) -> str:
    """The text as the model sees it: for people and tests; scoring uses `join`."""
    return join([text]).texts()[0].decode("utf-8", "replace")
