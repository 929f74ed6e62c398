"""Undoes what people do to words so that no filter sees them: leetspeak, stars for letters, letters set apart.

Works on lower-case bytes, and only on texts that `looks_disguised` names: one in seven of ordinary comments. Every
pattern starts at a word's first letter and never gives back what it took, so the time is linear in the length.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from classifier.vocabulary import is_known, is_sensitive, segmented, uncensored, unstretched_word

Replace = Callable[["re.Match[bytes]"], bytes]

_ORDINARY: Final = bytes(byte for byte in range(256) if chr(byte).isalpha() or byte >= 128) + b" .,;:?'\"\r\n-()/"
_LEET: Final = bytes.maketrans(b"01345678@$!|+9", b"oieasgtbasiitg")
_DIGITS: Final = b"0123456789"
_SYMBOLS: Final = b"@$!|+*#%"

# After a letter, or before two: 1d10t, b4stard, 5tupid, but neither 1990 nor 7%.
_MARKED: Final = re.compile(
    rb"[0-9$@](?:(?<=[A-Za-z].)|(?=[A-Za-z][A-Za-z]))|[*](?:(?<=[A-Za-z].)|(?=[A-Za-z]))|[!|+#%](?<=[A-Za-z].)(?=[A-Za-z*])|!(?=[A-Za-z])"
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
    if text.translate(None, _ORDINARY) and _MARKED.search(text):
        return True
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


REPAIRS: Final[tuple[tuple[re.Pattern[bytes], Replace], ...]] = ((_APART, close_up), (_WORD, read_word))


def undisguised(lower: bytes) -> bytes:
    """The text with every disguised word as it was meant; in time linear in its length."""
    for pattern, replace in REPAIRS:
        lower = pattern.sub(replace, lower)
    return lower


STRETCHED: Final = re.compile(rb"(?<![a-z])(?=[a-z]*?([a-z])(?:\1\1|\1([a-z])\2([a-z])\3))[a-z]++")


def unstretched(lower: bytes) -> bytes:
    """Words with letters drawn out, or every letter twice, as known words where they are any."""
    return STRETCHED.sub(unstretched_match, lower)


def unstretched_match(word: re.Match[bytes]) -> bytes:
    """One match of `STRETCHED`."""
    return unstretched_word(word.group())
