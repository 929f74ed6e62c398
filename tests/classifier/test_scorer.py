"""The port: load once, score many, never fail on a text."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import Pipeline

from classifier import Scorer
from classifier.scorer import NO_MODEL
from classifier.text.hashing import LONGEST_BUFFER
from tests.classifier.hostile import HOSTILE

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)


def test_a_row_per_text_and_a_column_per_attribute(shipped: Scorer) -> None:
    scores = shipped.score(["first", "second", "third"])
    assert scores.values.shape == (3, len(shipped.attributes))
    assert scores.values.dtype == np.float32
    assert (scores.attributes, scores.version) == (shipped.attributes, shipped.version)


def test_no_texts_give_no_rows(shipped: Scorer) -> None:
    assert shipped.score([]).values.shape == (0, len(shipped.attributes))


def test_the_shipped_model_offers_toxicity_first(shipped: Scorer) -> None:
    assert shipped.attributes[0] == "toxicity"
    assert shipped.version.startswith("en-")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_get_probabilities(english: Scorer, text: str) -> None:
    values = english.score([text]).values
    assert np.all((values >= 0) & (values <= 1))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_get_probabilities_or_have_no_model(shipped: Scorer, text: str) -> None:
    scores = shipped.score([text])
    is_scored = (scores.values >= 0) & (scores.values <= 1)
    assert is_scored[0, 0] or scores.versions == (NO_MODEL,)


def test_a_very_long_text_takes_linear_time(shipped: Scorer) -> None:
    begun = time.perf_counter()
    shipped.score(["some words " * 200_000])
    assert time.perf_counter() - begun < 5


@given(texts=st.lists(any_text, min_size=1, max_size=8))
def test_scores_do_not_depend_on_neighbours(small_scorer: Scorer, texts: list[str]) -> None:
    together = small_scorer.score(texts).values
    alone = np.vstack([small_scorer.score([text]).values for text in texts])
    np.testing.assert_array_equal(together, alone)


def test_long_neighbours_change_nothing(shipped: Scorer) -> None:
    texts = ["short one", "word " * LONGEST_BUFFER, "", "x" * (2 * LONGEST_BUFFER), "you fool"]
    alone = np.vstack([shipped.score([text]).values for text in texts])
    np.testing.assert_array_equal(shipped.score(texts).values, alone)


def test_known_words_looked_up_and_summed_give_the_same(shipped: Scorer) -> None:
    texts = [f"you are a {word} person and nobody likes your vxqzj" for word in ("kind", "stupid", "qwzzx", "good")]
    alone = np.vstack([shipped.score([text]).values for text in texts])
    np.testing.assert_array_equal(shipped.score(texts * 10).values[:4], alone)


def test_scoring_twice_gives_the_same(shipped: Scorer) -> None:
    texts = list(HOSTILE.values())[:8]
    np.testing.assert_array_equal(shipped.score(texts).values, shipped.score(texts).values)


@settings(max_examples=30)
@given(texts=st.lists(any_text, min_size=1, max_size=5))
def test_the_scorer_agrees_with_the_pipeline(small_scorer: Scorer, small_pipeline: Pipeline, texts: list[str]) -> None:
    expected = small_pipeline.predict_proba(texts)
    np.testing.assert_allclose(small_scorer.score(texts).values, expected, atol=1e-5)


@pytest.mark.parametrize(
    "text",
    ["you are a moron, thank you", "word and another " * LONGEST_BUFFER, "ab" * LONGEST_BUFFER, "", "one, two"],
    ids=["ordinary", "many pieces", "one long word", "empty", "two words"],
)
def test_the_scorer_agrees_with_the_pipeline_at_any_length(
    small_scorer: Scorer, small_pipeline: Pipeline, text: str
) -> None:
    expected = small_pipeline.predict_proba([text, "neighbour"])
    np.testing.assert_allclose(small_scorer.score([text, "neighbour"]).values, expected, atol=1e-5)


def test_a_kind_sentence_repeated_does_not_become_an_attack(shipped: Scorer) -> None:
    sentence = "you are a nice person "
    often, very_often = shipped.score([sentence * 1_000, sentence * 100_000]).values[:, 0]
    assert very_often == pytest.approx(often, abs=1e-3)


def test_scoring_needs_neither_scikit_learn_nor_pyarrow() -> None:
    program = (
        "import sys; from classifier import Scorer; Scorer.load().score(['a']);"
        "print({'sklearn', 'scipy', 'pyarrow', 'matplotlib'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"
