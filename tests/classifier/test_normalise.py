"""Many ways of writing the same words become one, in time linear in the length."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifier.normalise import LONGEST_NORMALISED_BYTES_PER_CHARACTER, join, normalise
from tests.classifier.hostile import HOSTILE

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        pytest.param("You IDIOT", "you idiot", id="capitals"),
        pytest.param("a  b\t\nc", "a b c", id="spaces"),
        pytest.param("sooooo", "soo", id="repeated letters"),
        pytest.param("well, said.", "well said", id="separating punctuation"),
        pytest.param("what?!!!!", "what?!!", id="exclamation"),
        pytest.param("don’t", "don't", id="curly quotes"),
        pytest.param("ｉｄｉｏｔ", "idiot", id="full width"),
        pytest.param("i\u200bd\u200biot", "idiot", id="zero-width"),
        pytest.param("ídíöt", "idiot", id="accents"),
        pytest.param("i\u0301diot", "idiot", id="combining marks"),
        pytest.param("ѕtuрid", "stupid", id="Cyrillic lookalikes"),
        pytest.param("&lt;b&gt; Tom &amp; Ann", "b tom ann", id="entities"),
        pytest.param("한국", "한국", id="Korean stays"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("\ud800 a", "a", id="lone surrogate"),
    ],
)
def test_disguises_are_undone(written: str, seen: str) -> None:
    assert normalise(written) == seen


@given(any_text)
@example("&amp;amp;lt;")
@example("ẞ\u0345ΐ")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(any_text)
def test_the_result_is_never_longer_than_a_fixed_multiple(text: str) -> None:
    assert len(normalise(text).encode()) <= LONGEST_NORMALISED_BYTES_PER_CHARACTER * len(text)


@given(st.lists(any_text, max_size=6))
def test_a_batch_is_normalised_as_each_text_alone(texts: list[str]) -> None:
    assert [text.decode() for text in join(texts).texts()] == [normalise(text) for text in texts]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_normalised(text: str) -> None:
    assert len(normalise(text).encode()) <= LONGEST_NORMALISED_BYTES_PER_CHARACTER * len(text)


def test_combining_marks_take_linear_time() -> None:
    begun = time.perf_counter()
    normalise("a" + "\u0301\u0316" * 500_000)
    assert time.perf_counter() - begun < 5
