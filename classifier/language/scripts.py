"""Which script a text is written in, where scripts tell languages apart; look-alikes in Latin words do not count."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import Final

LATIN: Final = "Latin"
MIXED: Final = frozenset({"Arabic", "Cyrillic", "Devanagari"})
"""Scripts that several languages share: the identifier has to say which."""

LANGUAGES: Final = {
    "Hangul": "ko", "Han": "zh", "Kana": "ja", "Greek": "el", "Armenian": "hy", "Hebrew": "he", "Bengali": "bn",
    "Gurmukhi": "pa", "Gujarati": "gu", "Oriya": "or", "Tamil": "ta", "Telugu": "te", "Kannada": "kn",
    "Malayalam": "ml", "Sinhala": "si", "Thai": "th", "Lao": "lo", "Burmese": "my", "Georgian": "ka",
    "Ethiopic": "am", "Khmer": "km", "Arabic": "ar", "Cyrillic": "ru", "Devanagari": "hi",
}  # fmt: skip
"""The language of each script, or the most frequent one of several."""

_RANGES: Final = (
    (0x0370, 0x03FF, "Greek"), (0x0400, 0x052F, "Cyrillic"), (0x0531, 0x058F, "Armenian"), (0x0591, 0x05FF, "Hebrew"),
    (0x0620, 0x06FF, "Arabic"), (0x0750, 0x077F, "Arabic"), (0x0900, 0x097F, "Devanagari"),
    (0x0980, 0x09FF, "Bengali"), (0x0A00, 0x0A7F, "Gurmukhi"), (0x0A80, 0x0AFF, "Gujarati"),
    (0x0B00, 0x0B7F, "Oriya"), (0x0B80, 0x0BFF, "Tamil"), (0x0C00, 0x0C7F, "Telugu"), (0x0C80, 0x0CFF, "Kannada"),
    (0x0D00, 0x0D7F, "Malayalam"), (0x0D80, 0x0DFF, "Sinhala"), (0x0E01, 0x0E5B, "Thai"), (0x0E80, 0x0EFF, "Lao"),
    (0x1000, 0x109F, "Burmese"), (0x10A0, 0x10FF, "Georgian"), (0x1100, 0x11FF, "Hangul"),
    (0x1200, 0x139F, "Ethiopic"), (0x1780, 0x17FF, "Khmer"), (0x1F00, 0x1FFF, "Greek"), (0x3041, 0x30FF, "Kana"),
    (0x3131, 0x318E, "Hangul"), (0x3400, 0x4DBF, "Han"), (0x4E00, 0x9FFF, "Han"), (0xAC00, 0xD7AF, "Hangul"),
    (0xF900, 0xFAFF, "Han"), (0x20000, 0x323AF, "Han"),
)  # fmt: skip
_FIRSTS: Final = [first for first, _, _ in _RANGES]
FOREIGN: Final = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last, _ in _RANGES) + "]")

_LOOK_ALIKE: Final = frozenset({"Greek", "Cyrillic", "Armenian", "Ethiopic"})
CAN_DISGUISE: Final = _LOOK_ALIKE | {LATIN}
"""Scripts that an English text may be written in: what reads as English by its looks is English in disguise."""
_DENSE: Final = frozenset({"Han", "Hangul", "Kana"})  # a character holds as much as two letters or more
_ASCII_LETTER: Final = re.compile("[A-Za-z]")
_LEAST_KANA: Final = 0.05  # of a Japanese text; a quoted の does not make a Chinese one Japanese
_LEAST_WEIGHT: Final = 2  # a single character may be part of a drawing
_KNOWN_BY: Final = 1_000  # characters


def script_of(text: str) -> str:
    """The script that most of the text is written in; `LATIN` where none of those that we tell apart prevails."""
    if text.isascii() or not FOREIGN.search(text):
        return LATIN
    weights: Counter[str] = Counter()
    for word in text[:_KNOWN_BY].split():
        weights.update(_weights(word))
    latin = weights.pop(LATIN, 0)
    if sum(weights.values()) <= max(latin, _LEAST_WEIGHT):
        return LATIN
    if weights["Kana"] > _LEAST_KANA * weights["Han"]:
        weights["Kana"] += weights["Han"]
    return max(weights, key=weights.__getitem__)


def _weights(word: str) -> Counter[str]:
    """How much of a word stands in each script. With any Latin letter in it, look-alike letters are Latin ones."""
    found = Counter(_script(character) for character in FOREIGN.findall(word))
    letters = len(_ASCII_LETTER.findall(word))
    if letters:
        letters += sum(found.pop(script, 0) for script in _LOOK_ALIKE)
        found[LATIN] += letters
    return Counter({script: count * (2 if script in _DENSE else 1) for script, count in found.items()})


def _script(character: str) -> str:
    return _RANGES[bisect_right(_FIRSTS, ord(character)) - 1][2]
