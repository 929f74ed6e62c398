"""Undoes what people do to words so that no filter sees them: leetspeak, stars for letters, letters set apart.

Works on lower-case bytes, and only on texts that `looks_disguised` names: one in ten of ordinary comments. Every
pattern starts at a word's first letter and never gives back what it took, so the time is linear in the length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from classifier.vocabulary import is_known, is_sensitive, segmented, uncensored, unstretched_word

Edit = tuple[int, int, bytes]
"""Where a stretch begins, where it ends, and what stands there instead."""
Repair = Callable[[bytes], Iterator[Edit]]

_ORDINARY: Final = bytes(byte for byte in range(256) if chr(byte).isalpha() or byte >= 128) + b" .,;:?'\"\r\n-()/"
_LEET: Final = bytes.maketrans(b"01345678@$!|+9", b"oieasgtbasiitg")
_DIGITS: Final = b"0123456789"
_SYMBOLS: Final = b"@$!|+*#%"

# After a letter or before two: 1d10t, 5tupid, $hit; not 1990, 21st, 10am or 7%. A name after @ is a mention, unless it
# begins as the words do that people write with it. One class first: only then does `re` skip ordinary letters fast.
_MARKED: Final = re.compile(
    rb"[0-9$@*!|+#%](?:"
    rb"(?<=[A-Za-z][0-9$*])"
    rb"|(?<=[0-9])(?=[A-Za-z]{2})(?!(?:st|nd|rd|th|[ap]m)\b)"
    rb"|(?<=\$)(?=[A-Za-z]{2})"
    rb"|(?<=[A-Za-z][@!|+#%])(?=[A-Za-z*$0-9])"
    rb"|(?<=[@])(?=[sS$][sS$]|[rR][sS]|[nN][aAuU])"
    rb"|(?<=[!])(?=[A-Za-z][*!0-9A-Za-z]))"
)
_THREE_LETTERS_APART: Final = b" a a a "
_SHAPES: Final = bytes(
    97 if chr(byte).isalpha() and byte < 128 else 32 if byte in b" .,;:-_*~/|\t\r\n\"'()" else 98 for byte in range(256)
)

_APART: Final = re.compile(rb"(?<![a-z0-9'])[a-z](?P<by>[ .,\-_*~/|]{1,3})[a-z](?:(?P=by)[a-z])+(?![a-z0-9'])")
_WORD: Final = re.compile(rb"(?<![a-z0-9@$!|+*#%'])(?:[a-z']++[0-9@$!|+*#%]|[0-9@$*#!]++(?=[a-z]))[a-z0-9@$!|+*#%']*+")
_MEASURE: Final = re.compile(rb"[0-9]+(?:[a-z]{1,2}|th|bn|hrs?|min|mph|lbs?|mm|km)")
_LETTERS: Final = re.compile(rb"[a-z]")


def looks_disguised(text: bytes) -> bool:
    """Whether anything here could be a disguised word; errs towards yes."""
    return has_marked_words(text) or has_letters_apart(text)


def has_marked_words(text: bytes) -> bool:
    """Whether a digit or a symbol stands where a letter could."""
    return bool(text.translate(None, _ORDINARY) and _MARKED.search(text))


def has_letters_apart(text: bytes) -> bool:
    """Whether three letters stand alone in a row."""
    return _THREE_LETTERS_APART in text.translate(_SHAPES)


def read_word(word: re.Match[bytes]) -> bytes:
    """What a word with digits or symbols in it was before."""
    written = word.group()
    body = written.rstrip(b"!|+#%")
    tail = written[len(body) :]
    return _reading(body) + tail


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
        return read if is_known(read) else word
    if letters != word and not is_known(read):
        return letters.translate(_LEET) + word[len(letters) :]
    return read


def close_up(run: re.Match[bytes]) -> bytes:
    """Letters set apart, as the words that they spell."""
    if b"*" in run["by"] and (meant := uncensored(run.group())):  # m*r*n
        return meant
    letters = bytes(letter for letter in run.group() if 97 <= letter <= 122)
    return b" ".join(segmented(letters))


def closed_up(text: bytes) -> Iterator[Edit]:
    """Every run of letters set apart, in lower case, with the words that it spells."""
    if has_letters_apart(text):
        yield from ((run.start(), run.end(), close_up(run)) for run in _APART.finditer(text))


def read(text: bytes) -> Iterator[Edit]:
    """Every word with digits or symbols in it, in lower case, as it was meant."""
    places = (mark.start() for mark in _MARKED.finditer(text))
    for begin, end in words_around(text, places):
        yield from ((word.start(), word.end(), read_word(word)) for word in _WORD.finditer(text, begin, end))


REPAIRS: Final[tuple[Repair, ...]] = (closed_up, read)


def undisguised(lower: bytes) -> bytes:
    """The text with every disguised word as it was meant; in time linear in its length."""
    for repair in REPAIRS:
        lower = edited(lower, repair(lower))
    return lower


def edited(text: bytes, edits: Iterable[Edit]) -> bytes:
    """The text with all edits made; they come in order and do not overlap."""
    pieces: list[bytes] = []
    done = 0
    for begin, end, new in edits:
        pieces += (text[done:begin], new)
        done = end
    return b"".join([*pieces, text[done:]])


def words_around(text: bytes, places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where the words begin and end that these places, in order, are in; each word once."""
    done = 0
    for place in places:
        if place >= done:
            begin = max(done, text.rfind(b" ", done, place) + 1)
            done = text.find(b" ", place)
            if done < 0:
                done = len(text)
            yield begin, done


_STRETCHED: Final = re.compile(rb"(?<![a-z])(?=[a-z]*?([a-z])(?:\1\1|\1([a-z])\2([a-z])\3))[a-z]++")


def unstretched(lower: bytes, places: Iterable[int]) -> Iterator[Edit]:
    """Words at these places with letters drawn out, or every letter twice, as known words where they are any."""
    for begin, end in words_around(lower, places):
        for word in _STRETCHED.finditer(lower, begin, end):
            yield word.start(), word.end(), unstretched_word(word.group())
