"""Normalises one text again, slowly, remembering for every byte which characters of the original it came from.

The steps and their order are those of `normalise.join`; a test holds both to the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from classifier.text.disguise import REPAIRS, unstretched
from classifier.text.lookalikes import FOLDS, WORD, is_turned, turned_word
from classifier.text.normalise import (
    BYTES,
    DIGRAPHS,
    ENTITY,
    LOWER,
    SPACE,
    TAG,
    UNWRITTEN,
    Joined,
    resolved,
    squeezed,
    stretched,
    untagged,
)
from classifier.text.reading import PLAIN, table_of

Offsets = NDArray[np.int64]
Text = TypeVar("Text", str, bytes)

_REACH: Final = 16
"""Within how many characters a letter's origin is looked for: farther than any separator, and bounds the work."""


@dataclass(frozen=True, slots=True)
class Written(Generic[Text]):
    """A text on its way, with the first original character of each unit and the one after the last."""

    text: Text
    begins: Offsets
    ends: Offsets


@dataclass(frozen=True, slots=True)
class Traced:
    """One normalised text, and for each byte of its buffer where in the original it stood (code points)."""

    joined: Joined
    begins: Offsets
    ends: Offsets


def traced(text: str, reading: str = PLAIN) -> Traced:
    """The same buffer as `read_in([text], reading)`, with origins; some hundred times slower."""
    seen = _batch(_plain(_read(text, reading)))
    joined, is_kept = squeezed(seen.text)
    kept = np.flatnonzero(is_kept)
    last = np.append(kept[1:], len(seen.text) - 1) - 1  # of the bytes that were left out behind each
    is_letter = np.frombuffer(seen.text, dtype=np.uint8)[last] != SPACE
    return Traced(joined, seen.begins[kept], np.where(is_letter, seen.ends[last], seen.ends[kept]))


def _read(text: str, reading: str) -> Written[str]:
    written = Written(text, np.arange(len(text)), np.arange(1, len(text) + 1))
    if reading == PLAIN:
        return written
    forms = [character.translate(table_of(reading)) for character in text]
    return Written("".join(forms), *_repeated(written, [len(form) for form in forms]))


def _plain(written: Written[str]) -> Written[str]:
    written = _replaced(written, ENTITY, resolved)
    written = _replaced(written, TAG, untagged)
    if is_turned(written.text):
        written = _replaced(written, WORD, lambda word: turned_word(word.group()))
    forms = [FOLDS[ord(character)] if ord(character) > 127 else character for character in written.text]
    return Written("".join(forms), *_repeated(written, [len(form) for form in forms]))


def _batch(written: Written[str]) -> Written[bytes]:
    """The text as a batch of its own, between two breaks."""
    sizes = [len(character.encode("utf-8", "replace")) for character in written.text]
    begins, ends = (np.concatenate([[0], side, [0]]) for side in _repeated(written, sizes))
    text = b"\n%b\n" % written.text.encode("utf-8", "replace").translate(LOWER)
    seen = Written(text, begins, ends)
    for repair in REPAIRS:
        seen = _edited(seen, repair(seen.text))
    seen = _translated(seen)
    for two, one in DIGRAPHS:
        seen = _edited(seen, [(found.start(), found.end(), one) for found in re.finditer(two, seen.text)])
    return _edited(seen, unstretched(seen.text, stretched(seen.text)))


def _translated(written: Written[bytes]) -> Written[bytes]:
    """`bytes.translate` with its second argument."""
    is_kept = np.array([byte not in UNWRITTEN for byte in written.text], dtype=np.bool_)
    return Written(written.text.translate(BYTES, UNWRITTEN), written.begins[is_kept], written.ends[is_kept])


def _repeated(written: Written[str], sizes: list[int]) -> tuple[Offsets, Offsets]:
    return np.repeat(written.begins, sizes), np.repeat(written.ends, sizes)


def _replaced(written: Written[str], pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> Written[str]:
    """`pattern.sub` with origins."""
    return _edited(written, ((match.start(), match.end(), replace(match)) for match in pattern.finditer(written.text)))


def _edited(written: Written[Text], edits: Iterable[tuple[int, int, Text]]) -> Written[Text]:
    """`disguise.edited` with origins: a letter that was there before keeps its own, a new one has all of the edit's."""
    pieces: list[Text] = []
    begins: list[Offsets] = []
    ends: list[Offsets] = []
    done = 0
    for begin, end, new in edits:
        origins = begin + _aligned(written.text[begin:end], new)
        kept = slice(done, begin)
        pieces += [written.text[kept], new]
        begins += [written.begins[kept], written.begins[origins[:, 0]]]
        ends += [written.ends[kept], written.ends[origins[:, 1] - 1]]
        done = end
    rest = slice(done, None)
    pieces.append(written.text[rest])
    text = written.text[:0].join(pieces)
    return Written(text, np.concatenate([*begins, written.begins[rest]]), np.concatenate([*ends, written.ends[rest]]))


def _aligned(old: Text, new: Text) -> Offsets:
    """For each unit of `new`, where it begins and ends in `old`; found from left to right."""
    if len(old) == len(new):
        return np.column_stack([np.arange(len(new)), np.arange(1, len(new) + 1)])
    origins, next_one = np.empty((len(new), 2), dtype=np.int64), 0
    for place in range(len(new)):
        found = old.find(new[place : place + 1], next_one, next_one + _REACH)
        if found < 0:
            origins[place] = 0, len(old)
        else:
            origins[place] = found, found + 1
            next_one = found + 1
    origins[-1:, 1] = len(old)  # letters drawn out at the end belong to the last one
    return origins
