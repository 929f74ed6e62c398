"""Every byte that the model sees is traced to the characters of the original that it came from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifier.measuring.attacks import ATTACKS, disguised
from classifier.text.normalise import SPACE, join
from classifier.text.origins import traced
from tests.classifier.hostile import HOSTILE

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
marked_text = st.text(st.sampled_from("ab1il0s @$!*#%.-_'&<>;pvéʇɐ\u200b😀"), max_size=40)


def word_origins(text: str) -> list[str]:
    """The stretch of the original behind each word that the model sees."""
    found = traced(text)
    edges = [*np.flatnonzero(found.joined.buffer == SPACE), len(found.joined.buffer)]
    return [text[found.begins[a + 1 : b].min() : found.ends[a + 1 : b].max()] for a, b in pairwise(edges) if b > a + 1]


@settings(max_examples=300)
@given(any_text | marked_text)
@example("iddiioott ʇoᴉpᴉ&#105; a.b.c f**k")
def test_tracing_sees_what_scoring_sees(text: str) -> None:
    found = traced(text)
    np.testing.assert_array_equal(found.joined.buffer, join([text]).buffer)
    assert len(found.begins) == len(found.ends) == len(found.joined.buffer)


@given(any_text | marked_text)
def test_origins_lie_within_the_text(text: str) -> None:
    found = traced(text)
    assert (found.begins[1:] >= 0).all()
    assert (found.begins[1:] < found.ends[1:]).all()
    assert (found.ends[1:] <= len(text)).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You, Sir, are  kind!", ["You", "Sir", "are", "kind"]),
        ("an i.d.i.o.t he is", ["an", "i.d.i.o.t", "he", "is"]),
        ("y o u a r e mad", ["y o u", "a r e", "mad"]),
        ("what a f**k &amp; 1d10t", ["what", "a", "f**k", "1d10t"]),
        ("so i\u200bd\u200biot <b>bold</b> id<i></i>iot", ["so", "i\u200bd\u200biot", "bold", "id<i></i>iot"]),
        ("𝓲𝓭𝓲𝓸𝓽 don't sooooo ʇoᴉpᴉ ʎɐs", ["𝓲𝓭𝓲𝓸𝓽", "don't", "sooooo", "ʇoᴉpᴉ", "ʎɐs"]),
    ],
)
def test_words_point_at_what_was_written(text: str, words: list[str]) -> None:
    assert word_origins(text) == words


@pytest.mark.parametrize("attack", ATTACKS)
def test_disguised_texts_are_traced(attack: str) -> None:
    text = disguised("You are a stupid idiot, Mr Fowler, with a vivid phantasy!", attack, share=1)
    np.testing.assert_array_equal(traced(text).joined.buffer, join([text]).buffer)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_traced(text: str) -> None:
    np.testing.assert_array_equal(traced(text[:100_000]).joined.buffer, join([text[:100_000]]).buffer)
