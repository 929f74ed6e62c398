"""Words to the numbers of their pieces, as encoders of the BERT family were trained to read them (uncased).

Sixty lines of our own instead of a package that would bring a client for a model registry along. A test holds them to
what the original tokeniser answers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

LONGEST_WORD: Final = 100  # characters; a longer word is one unknown piece, as in the original
CHARACTERS_READ: Final = 2_000  # more never fit into the pieces that are read, and hostile texts end here
WORDS_REMEMBERED: Final = 50_000
_KEPT_CONTROLS: Final = frozenset("\t\n\r")
_WORDS: Final = re.compile(r"\S+")


class WordPieces:
    """A vocabulary that cuts texts. Safe to share between threads: a lost entry of its memory is worked out again."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(vocabulary)}
        self._begin, self._end, self._unknown = (self._numbers[name] for name in ("[CLS]", "[SEP]", "[UNK]"))
        self._known: dict[str, list[int]] = {}

    @classmethod
    def read(cls, path: Path) -> Self:
        """One piece a line; its number is the line's."""
        return cls(path.read_text("utf-8").split("\n"))

    def numbers(self, text: str, at_most: int) -> list[int]:
        """The numbers of the text's first pieces between those that mark beginning and end."""
        found: list[int] = []
        for word in _WORDS.findall(_spread(text[:CHARACTERS_READ])):
            found += self._of_word(word)
            if len(found) > at_most - 2:
                break
        return [self._begin, *found[: at_most - 2], self._end]

    def _of_word(self, word: str) -> list[int]:
        known = self._known.get(word)
        if known is None:
            known = self._cut(word)
            if len(self._known) < WORDS_REMEMBERED:
                self._known[word] = known
        return known

    def _cut(self, word: str) -> list[int]:
        """The longest piece that fits, again and again; a word with a rest that no piece fits is unknown."""
        if len(word) > LONGEST_WORD:
            return [self._unknown]
        numbers, start = [], 0
        while start < len(word):
            for end in range(len(word), start, -1):
                number = self._numbers.get(word[start:end] if start == 0 else "##" + word[start:end])
                if number is not None:
                    break
            else:
                return [self._unknown]
            numbers.append(number)
            start = end
        return numbers


def _spread(text: str) -> str:
    """Small letters without accents, every punctuation mark and every ideograph a word of its own."""
    if text.isascii():
        return text.translate(_ASCII)
    # As in the original, capitals become small after the accents went: a capital with a dot leaves a bare letter.
    bare = "".join(map(_spelled, text))
    decomposed = unicodedata.normalize("NFD", bare)
    return "".join(_apart(part) for part in decomposed if unicodedata.category(part) != "Mn").lower()


def _spelled(character: str) -> str:
    """Controls go, white space becomes a space, an ideograph stands alone."""
    if character in _KEPT_CONTROLS or unicodedata.category(character) == "Zs":
        return " "
    if character == "\ufffd" or unicodedata.category(character).startswith("C"):
        return ""
    return f" {character} " if _is_ideograph(ord(character)) else character


def _apart(character: str) -> str:
    return f" {character} " if _is_punctuation(character) else character


def _is_punctuation(character: str) -> bool:
    if character.isascii():
        return character.isprintable() and not character.isalnum() and character != " "
    return unicodedata.category(character).startswith("P")


def _is_ideograph(code: int) -> bool:
    return any(first <= code <= last for first, last in _IDEOGRAPHS)


_IDEOGRAPHS: Final = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
_ASCII: Final = {code: _apart(_spelled(chr(code))).lower() for code in range(128)}
