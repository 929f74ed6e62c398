"""Copies are recognised when a few words were changed, and strangers are not."""

from __future__ import annotations

import random
import subprocess
import sys

from hypothesis import assume, given
from hypothesis import strategies as st

from service.domain.likeness import ALIKE_AT_LEAST, likeness_of, resemblance

_VOCABULARY = [a + b for a in "bdfgklmnprst" for b in ("anker", "older", "ipsum", "ender", "uster", "opping")]
sentences = st.lists(st.sampled_from(_VOCABULARY), min_size=30, max_size=60).map(" ".join)


def alike(one: str, other: str) -> bool:
    """As storage asks: a common key brings them together, the sketches confirm it."""
    a, b = likeness_of(one), likeness_of(other)
    return bool(set(a.keys) & set(b.keys)) and resemblance(a.sketch, b.sketch) >= ALIKE_AT_LEAST


@given(st.text(min_size=1, max_size=200))
def test_the_same_text_has_the_same_likeness(text: str) -> None:
    assert likeness_of(text) == likeness_of(text)
    assert likeness_of(text).exact == likeness_of(f"  {text}\n").exact


@given(st.text(max_size=200))
def test_every_number_fits_a_signed_64_bit_column(text: str) -> None:
    likeness = likeness_of(text)

    assert all(-(2**63) <= number < 2**63 for number in (*likeness.keys, likeness.sketch))


def test_the_likeness_is_the_same_in_another_process() -> None:
    text = " ".join(_VOCABULARY[:20])

    program = f"from service.domain.likeness import likeness_of; print(likeness_of({text!r}))"
    elsewhere = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert elsewhere.stdout.strip() == repr(likeness_of(text))


def test_most_copies_with_one_word_changed_are_recognised() -> None:
    chance = random.Random(7)
    copies = 0
    for _ in range(200):
        words = [chance.choice(_VOCABULARY) for _ in range(40)]
        changed = [*words]
        changed[chance.randrange(40)] = "otherword"
        copies += alike(" ".join(words), " ".join(changed))

    assert copies >= 180


def test_hardly_any_two_texts_that_share_only_the_language_are_taken_for_copies() -> None:
    chance = random.Random(8)
    pairs = [[" ".join(chance.choices(_VOCABULARY, k=40)) for _ in range(2)] for _ in range(500)]

    assert sum(alike(*pair) for pair in pairs) <= 1


@given(sentences, sentences)
def test_resemblance_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    a, b = likeness_of(one).sketch, likeness_of(other).sketch

    assert 0 <= resemblance(a, b) == resemblance(b, a) <= 1
    assert resemblance(a, a) == 1


@given(st.text("abc ", max_size=12), st.text("abc ", max_size=12))
def test_short_replies_are_alike_only_when_they_are_the_same(one: str, other: str) -> None:
    assume(one.split() != other.split())

    assert not set(likeness_of(one).keys) & set(likeness_of(other).keys)
