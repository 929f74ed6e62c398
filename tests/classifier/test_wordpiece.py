"""Texts are cut as the encoder's original tokeniser cuts them; its answers were written down once."""

from __future__ import annotations

import time

import pytest

from classifier.encoder.second_opinion import VOCABULARY, shipped
from classifier.encoder.wordpiece import WordPieces

ORIGINAL: dict[str, list[int]] = {
    "": [101, 102],
    "You are a clown, sir!": [101, 2017, 2024, 1037, 15912, 1010, 2909, 999, 102],
    "don’t—stop… it's 100% FREE": [101, 2123, 1521, 1056, 1517, 2644, 1529, 2009, 1005, 1055, 2531, 1003, 2489, 102],
    "İstanbul Ünlü Crème brûlée": [101, 9960, 4895, 7630, 13675, 21382, 7987, 9307, 2063, 102],
    "日本語 and 한국어": [101, 1864, 1876, 1950, 1998, 1469, 30006, 30021, 29991, 30014, 30020, 29999, 30008, 102],
    "zero\u200bwidth soft\xadhyphen": [101, 5717, 9148, 11927, 2232, 3730, 10536, 8458, 2368, 102],
    "½ ﬁne ª Ａ＄＋": [101, 1092, 1984, 2638, 1076, 100, 102],
    "antidisestablishmentarianism": [101, 3424, 10521, 4355, 7875, 13602, 3672, 12199, 2964, 102],
    "emoji 😀 here": [101, 7861, 29147, 2072, 100, 2182, 102],
    "tab\there\nline": [101, 21628, 2182, 2240, 102],
}


@pytest.fixture(scope="module")
def pieces() -> WordPieces:
    return WordPieces.read(shipped() / VOCABULARY)


@pytest.mark.parametrize("text", ORIGINAL)
def test_pieces_are_those_of_the_original(pieces: WordPieces, text: str) -> None:
    assert pieces.numbers(text, 64) == ORIGINAL[text]


def test_only_so_many_pieces_are_read(pieces: WordPieces) -> None:
    assert len(pieces.numbers("a kind reply " * 100, 64)) == 64


@pytest.mark.parametrize(
    "text",
    ["\u0301" * 100_000, "x" * 1_000_000, "\u200b" * 100_000, "\x00" * 100_000, "\ud800" * 1_000, "日" * 100_000],
    ids=["marks", "one word", "zero width", "NUL", "lone surrogates", "ideographs"],
)
def test_hostile_texts_are_cut_at_once(pieces: WordPieces, text: str) -> None:
    begun = time.perf_counter()
    assert len(pieces.numbers(text, 64)) <= 64
    assert time.perf_counter() - begun < 0.5
