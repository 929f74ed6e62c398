"""One spelling for every way of writing the same words: what the model is allowed to see of a text.

Every character is folded on its own, by a table, so the work is linear in the length whatever is sent:
`unicodedata.normalize` on a whole text sorts combining marks in quadratic time, 8 s for 100,000 of them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

SPACE: Final = 32
LONGEST_FOLD: Final = 4
LONGEST_NORMALISED_BYTES_PER_CHARACTER: Final = 16

Bytes = NDArray[np.uint8]
Positions = NDArray[np.intp]

_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")

# Letters of other alphabets that are drawn like Latin ones, and punctuation that Unicode does not unify.
_LOOKALIKES: Final = dict(
    zip(
        "абвгдеёзікмнорстухуьѕјԁһѵԝγαβεηικνορτυχıɑɡ‘’‚‛′“”„‟″–—‐‑‒―…•·",
        "abbrдee3ikmhopctyxybsjdhvwyabenikvoptuxiag'''''\"\"\"\"\"------...",
        strict=True,
    )
)

_DROPPED: Final = frozenset({"Mn", "Me", "Cf"})  # marks, enclosures, zero-width and direction controls
_BLANK: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})


def _byte_table() -> bytes:
    """What becomes of each byte: capitals small, controls and separating punctuation to spaces."""
    blank = set(range(33)) | {127} | set(b'.,;:()[]{}"<>|/\\~=^`&')
    return bytes(SPACE if byte in blank else ord(chr(byte).lower()) if byte < 128 else byte for byte in range(256))


_BYTES: Final = _byte_table()


class _Folds(dict[int, str]):
    """What each character outside ASCII becomes; worked out when first met, then remembered."""

    REMEMBERED: Final = 20_000  # a hostile text could otherwise fill memory with all of Unicode

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < self.REMEMBERED:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in _DROPPED:
        return ""
    if category in _BLANK:
        return " "
    bare = "".join(part for part in unicodedata.normalize("NFKD", character.casefold()) if _is_kept(part))
    folded = unicodedata.normalize("NFKC", bare).casefold()
    return "".join(_LOOKALIKES.get(part, part) for part in folded)[:LONGEST_FOLD]


def _is_kept(character: str) -> bool:
    return unicodedata.category(character) not in _DROPPED


_FOLDS: Final = _Folds()


def _fold(text: str) -> bytes:
    """One text as bytes with single-byte letters folded, not yet squeezed."""
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
    if not text.isascii():
        text = _FOREIGN.sub(lambda run: run.group().translate(_FOLDS), text)
    return text.encode("utf-8", "replace").translate(_BYTES).strip()


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
    lengths = np.fromiter(map(len, folded), dtype=np.intp, count=len(folded))
    buffer = np.frombuffer(b" " + b" ".join(folded), dtype=np.uint8)
    starts = np.cumsum(lengths + 1) - lengths - 1
    return _squeeze(buffer, starts)


def _squeeze(buffer: Bytes, starts: Positions) -> Joined:
    """Leave one space of several, and two of any character but a digit repeated more often."""
    same = buffer[1:] == buffer[:-1]
    superfluous = np.zeros(len(buffer), dtype=np.bool_)
    superfluous[1:] = same & (buffer[1:] == SPACE)
    superfluous[2:] |= same[1:] & same[:-1] & ~_is_digit(buffer[2:])
    superfluous[starts] = False
    dropped = np.add.reduceat(superfluous, starts, dtype=np.intp) if len(starts) else starts
    return Joined(buffer[~superfluous], starts - np.cumsum(dropped) + dropped)


def _is_digit(buffer: Bytes) -> NDArray[np.bool_]:
    return buffer - np.uint8(ord("0")) < 10  # unsigned: what is below "0" wraps round to large


def normalise(text: str) -> str:
    """The text as the model sees it: for people and tests; scoring uses `join`."""
    return join([text]).texts()[0].decode("utf-8", "replace")
