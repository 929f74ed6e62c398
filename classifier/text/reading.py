"""How a language is spelled before it is cut into fragments: Korean by its letters, Chinese a character a word.

A reading is a table for `str.translate`: each character becomes what it is read as, on its own, so that a place in
the reading leads back to a place in the text. A model's papers name its reading; without one nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from classifier.text.normalise import Joined, join

PLAIN, JAMO, SPACED = "plain", "jamo", "spaced"

# Every Korean syllable is two or three letters. As one Latin letter or two each, a fragment of three to five bytes
# holds one to two syllables, and ㅅㅂ and 시발 have something in common.
_INITIALS: Final = "g gg n d dd r m b bb s ss v j jj c k t p h".split()
_VOWELS: Final = "a q ya yq e x ye yx o wa wq wo yo u wv wx wi yu z zi i".split()
_FINALS: Final = ["", *"g gg gs n nj nh d r rg rm rb rs rt rp rh m b bs s ss f j c k t p h".split()]
_ALONE: Final = "g gg gs n nj nh d dd r rg rm rb rs rt rp rh m b bb bs s ss v j jj c k t p h".split()
_FIRST_SYLLABLE, _FIRST_ALONE = 0xAC00, 0x3131
_HAN: Final = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))


def _letters_of_syllables() -> dict[int, str]:
    spelled = (first + vowel + last for first in _INITIALS for vowel in _VOWELS for last in _FINALS)
    syllables = {_FIRST_SYLLABLE + number: letters for number, letters in enumerate(spelled)}
    alone = {_FIRST_ALONE + number: letters for number, letters in enumerate(_ALONE + _VOWELS)}
    return syllables | alone


class _Spaced(dict[int, str]):
    """Sets each Chinese character apart: then words are characters and word pairs are pairs of characters."""

    def __missing__(self, code: int) -> str:
        if any(first <= code <= last for first, last in _HAN):
            return f" {chr(code)} "
        raise LookupError  # `str.translate` leaves the character as it is


_TABLES: Final[dict[str, Mapping[int, str]]] = {PLAIN: {}, JAMO: _letters_of_syllables(), SPACED: _Spaced()}


def table_of(reading: str) -> Mapping[int, str]:
    """What each character is read as; characters that it lacks stay as they are."""
    return _TABLES[reading]


def read_in(texts: Sequence[str], reading: str = PLAIN) -> Joined:
    """Read and normalise many texts at once."""
    if reading == PLAIN:
        return join(texts)
    table = table_of(reading)
    return join([text.translate(table) for text in texts])
