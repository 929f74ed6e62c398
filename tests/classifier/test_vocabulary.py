"""The list of words gives disguised ones back."""

from __future__ import annotations

import pytest

from classifier.text.vocabulary import frequent, is_known, is_sensitive, segmented, uncensored, unstretched_word, words


@pytest.mark.parametrize(
    ("written", "meant"),
    [(b"f*ck", b"fuck"), (b"s**t", b"shit"), (b"*diot", b"idiot"), (b"f***", b"fuck"), (b"xq*zk", None)],
)
def test_starred_words_come_back_if_any_fits(written: bytes, meant: bytes | None) -> None:
    assert uncensored(written) == meant


def test_letters_without_spaces_are_cut_into_words() -> None:
    assert segmented(b"youareanidiot") == [b"you", b"are", b"an", b"idiot"]


def test_what_is_no_word_stays_together() -> None:
    assert segmented(b"qxzvk") == [b"qxzvk"]


@pytest.mark.parametrize(
    ("written", "meant"), [(b"gooood", b"good"), (b"soooo", b"so"), (b"iiddiioott", b"idiot"), (b"zzqqzz", b"zqz")]
)
def test_drawn_out_words_come_back(written: bytes, meant: bytes) -> None:
    assert unstretched_word(written) == meant


def test_what_people_disguise_comes_first() -> None:
    assert is_sensitive(words()[0])
    assert is_known(b"bridge")
    assert not is_sensitive(b"bridge")


def test_a_word_of_one_source_is_a_name() -> None:
    texts = ["bridge toll"] * 30 + ["@fowler bridge"] * 30 + ["bridge"] * 30
    sources = ["here"] * 30 + ["there"] * 30 + ["elsewhere"] * 30
    assert frequent(texts, sources) == ["bridge"]
