"""Undoes what people do to words so that no filter sees them: leetspeak, stars for letters, letters set apart.

Works on a batch of lower-case texts at once: NumPy finds the few places where a word could be disguised, Python looks
at those words. Patterns start at a word's first letter and never give back what they took, so the time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.text.vocabulary import is_known, is_sensitive, segmented, uncensored, unstretched_word

Edit = tuple[int, int, bytes]
"""Where a stretch begins, where it ends, and what stands there instead."""
Repair = Callable[[bytes], Iterator[Edit]]
Kinds = NDArray[np.uint8]

_LEET: Final = bytes.maketrans(b"01345678@$!|+9", b"oieasgtbasiitg")
_DIGITS: Final = b"0123456789"

BREAK: Final = 10
"""The byte between two texts of a batch; no text holds it, and no word or run goes beyond it."""

_LETTER, _DIGIT, _DOLLAR, _STAR, _SIGN, _GAP, _EDGE = (1 << bit for bit in range(7))


_BETWEEN: Final = _GAP | _EDGE


def _kinds() -> bytes:
    """What each byte can be in a disguise."""
    kinds = {_LETTER: b"abcdefghijklmnopqrstuvwxyz", _DIGIT: _DIGITS, _DOLLAR: b"$", _STAR: b"*", _SIGN: b"@!|+#%"}
    kinds |= {_GAP: b" .,;:-_*~/|()", _EDGE: bytes([BREAK])}
    return bytes(sum(kind for kind, members in kinds.items() if byte in members) for byte in range(256))


_KINDS: Final = _kinds()

# A name after @ is a mention, unless it begins as the words do that people write with it.
# Two patterns, because `re` skips to a single first character ten times as fast as to one of two.
_LEADING: Final = (re.compile(rb"@(?:ss|s\$|\$|nus|nal|rse)"), re.compile(rb"![a-z][a-z0-9*!$]"))

_APART: Final = re.compile(rb"(?<![a-z0-9'])[a-z](?P<by>[ .,\-_*~/|]{1,3})[a-z](?:(?P=by)[a-z])+(?![a-z0-9'])")
_WORD: Final = re.compile(rb"(?<![a-z0-9@$!|+*#%'])(?:[a-z']++[0-9@$!|+*#%]|[0-9@$*#!]++(?=[a-z]))[a-z0-9@$!|+*#%']*+")
_MEASURE: Final = re.compile(rb"[0-9]+(?:[a-z]{1,2}|th|bn|hrs?|min|mph|lbs?|mm|km)")
_LETTERS: Final = re.compile(rb"[a-z]")


def read_word(word: re.Match[bytes]) -> bytes:
    """What a word with digits or symbols in it was before."""
    written = word.group()
    body = written.rstrip(b"!|+#%")
    tail = written[len(body) :]
    return _reading(body) + tail


@lru_cache(maxsize=4096)
def _reading(word: bytes) -> bytes:
    if not _LETTERS.search(word) or word.startswith(b"#"):
        return word
    if b"*" in word or b"#" in word or b"%" in word:
        return _without_stars(word)
    if word.startswith((b"@", b"!")):  # a mention or a slip, unless it is an insult
        read = word.translate(_LEET)
        return read if is_sensitive(read) else word
    return _without_leet(word)


def _without_stars(word: bytes) -> bytes:
    bare = word.strip(b"*") if word.startswith(b"*") and word.endswith(b"*") else word
    stars = bare.replace(b"#", b"*").replace(b"%", b"*").translate(_LEET)
    if b"*" not in stars:
        return bare
    return uncensored(stars) or uncensored(stars.strip(b"*")) or bare


def _without_leet(word: bytes) -> bytes:
    read = word.translate(_LEET)
    if is_sensitive(read):
        return read
    if _MEASURE.fullmatch(word) or (word.startswith(b"$") and word[1:2] in _DIGITS):
        return word
    letters = word.rstrip(_DIGITS)
    if letters.isalpha():  # ends in digits: a year, a number, a name
        return read if len(read) > 3 and is_known(read) else word
    if letters != word and not is_known(read):
        return letters.translate(_LEET) + word[len(letters) :]
    return read


def close_up(run: re.Match[bytes]) -> bytes:
    """Letters set apart, as the words that they spell."""
    if b"*" in run["by"] and (meant := uncensored(run.group())):  # m*r*n
        return meant
    letters = bytes(letter for letter in run.group() if 97 <= letter <= 122)
    return b" ".join(segmented(letters))


def closed_up(batch: bytes) -> Iterator[Edit]:
    """Every run of letters set apart, in a lower-case batch, with the words that it spells."""
    done = 0
    for place in _letters_apart(_kinds_of(batch)).tolist():
        if place >= done and (run := _APART.match(batch, place + 1)):
            yield run.start(), run.end(), close_up(run)
            done = run.end()


def read(batch: bytes) -> Iterator[Edit]:
    """Every word with digits or symbols in it, in a lower-case batch, as it was meant."""
    leading = [mark.start() for pattern in _LEADING for mark in pattern.finditer(batch)]
    places = _marked(_kinds_of(batch)).tolist()
    for begin, end in words_around(batch, sorted(places + leading) if leading else places):
        for word in _WORD.finditer(batch, begin, end):
            yield word.start(), word.end(), read_word(word)


def _kinds_of(batch: bytes) -> Kinds:
    return np.frombuffer(batch.translate(_KINDS) + b"\0", dtype=np.uint8)


def _letters_apart(kinds: Kinds) -> NDArray[np.intp]:
    """The places before three letters that stand alone in a row."""
    alone = (kinds[:-2] & _BETWEEN) != 0
    alone &= (kinds[1:-1] & _LETTER).view(np.bool_)
    found = alone[:-4] & alone[2:-2]
    found &= alone[4:]
    found &= (kinds[6:] & _BETWEEN) != 0
    places: NDArray[np.intp] = found.nonzero()[0]
    return places


def _marked(kinds: Kinds) -> NDArray[np.intp]:
    """The places where a digit or a symbol stands as a letter could: 1d10t, 5tupid, $hit; not 1990 or 7%."""
    is_letter = (kinds & _LETTER).view(np.bool_)
    here, after, next_one = kinds[1:-2], is_letter[:-3], kinds[2:-1]
    within = after & ((here & (_DIGIT | _DOLLAR | _STAR)) != 0)
    leading = is_letter[2:-1] & is_letter[3:] & ((here & (_DIGIT | _DOLLAR)) != 0)
    between = after & ((here & _SIGN) != 0) & ((next_one & (_LETTER | _DIGIT | _DOLLAR | _STAR)) != 0)
    places: NDArray[np.intp] = (within | leading | between).nonzero()[0]
    return places + 1


REPAIRS: Final[tuple[Repair, ...]] = (closed_up, read)
"""In this order: letters that were set apart may spell a word with digits in it."""


def edited(text: bytes, edits: Iterable[Edit]) -> bytes:
    """The text with all edits made; they come in order and do not overlap."""
    pieces: list[bytes] = []
    done = 0
    for begin, end, new in edits:
        pieces += (text[done:begin], new)
        done = end
    return b"".join([*pieces, text[done:]]) if pieces else text


def words_around(batch: bytes, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where the words begin and end that these places, in order, are in; each word once."""
    done = 0
    for place in places:
        if place >= done:
            begin = max(done, batch.rfind(b" ", done, place) + 1)
            begin = max(begin, batch.rfind(b"\n", begin, place) + 1)
            rest = _REST.match(batch, place)
            done = rest.end() if rest else place
            yield begin, done


_REST: Final = re.compile(rb"[^ \n]*")
_STRETCHED: Final = re.compile(rb"(?<![a-z])(?=[a-z]*?([a-z])(?:\1\1|\1([a-z])\2([a-z])\3))[a-z]++")


def unstretched(batch: bytes, places: Iterable[int]) -> Iterator[Edit]:
    """Words at these places with letters drawn out, or every letter twice, as known words where they are any."""
    for begin, end in words_around(batch, places):
        for word in _STRETCHED.finditer(batch, begin, end):
            yield word.start(), word.end(), unstretched_word(word.group())
