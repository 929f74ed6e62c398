"""An explanation adds up, points at the original text, and says without which words it would have passed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier import Scorer
from classifier.explain import LONGEST_EXPLAINED, TooLongToExplain, is_marked, left
from classifier.text.hashing import LONGEST_BUFFER
from tests.classifier.hostile import HOSTILE

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
RUDE = "👍🏽 The mayor is an i.d.i.o.t and, in my view, a stupid 1iar!"


@pytest.mark.parametrize(
    "text",
    [RUDE, "", "a", "words and others " * LONGEST_BUFFER, "ab" * LONGEST_BUFFER, "ab" * LONGEST_BUFFER + " end"],
    ids=["ordinary", "empty", "short", "many pieces", "one long word", "a long word and another"],
)
def test_contributions_add_up_to_the_score(shipped: Scorer, text: str) -> None:
    text = text[:LONGEST_EXPLAINED]
    found = shipped.explain(text, "toxicity")
    total = found.base + sum(word.contribution for word in found.words)
    score = float(shipped.score([text]).values[0, 0])
    assert shipped.probabilities(np.full(len(shipped.attributes), total))[0] == pytest.approx(score, abs=1e-5)
    assert found.probability == pytest.approx(score, abs=1e-5)


@settings(max_examples=50)
@given(text=any_text)
def test_contributions_of_any_text_add_up(small_scorer: Scorer, text: str) -> None:
    found = small_scorer.explain(text, "insult")
    assert found.probability == pytest.approx(float(small_scorer.score([text]).values[0, 1]), abs=1e-5)


def test_the_words_that_decided_are_marked_as_they_were_written(shipped: Scorer) -> None:
    spans = shipped.explain(RUDE, "toxicity").spans
    assert "i.d.i.o.t" in [RUDE[span.start : span.end] for span in spans]
    assert max(spans, key=lambda span: span.contribution).contribution > 1


def test_a_word_says_what_it_was_read_as(shipped: Scorer) -> None:
    readings = {RUDE[word.start : word.end]: word.read_as for word in shipped.explain(RUDE, "toxicity").words}
    assert readings["i.d.i.o.t"] == "idiot"


def test_utf_16_offsets_point_at_the_same_words(shipped: Scorer) -> None:
    units = RUDE.encode("utf-16-le")
    for word in shipped.explain(RUDE, "toxicity").words:
        seen = units[2 * word.utf16_start : 2 * word.utf16_end].decode("utf-16-le")
        assert seen == RUDE[word.start : word.end]


def test_neighbouring_marks_are_one(shipped: Scorer) -> None:
    text = "what fucking fucking fucking nonsense"
    spans = [text[span.start : span.end] for span in shipped.explain(text, "toxicity").spans]
    assert spans == ["fucking fucking fucking"]


def test_words_that_hardly_matter_are_not_marked() -> None:
    assert not is_marked(np.array([0.1, 0.2, -0.5])).any()
    assert is_marked(np.array([2.0, 1.0, 1.5])).tolist() == [True, False, True]


def test_the_counterfactual_is_true(shipped: Scorer) -> None:
    found = shipped.explain(RUDE, "toxicity", threshold=0.5).counterfactual
    assert found is not None
    rescored = float(shipped.score([left(RUDE, found.without)]).values[0, 0])
    assert found.probability == pytest.approx(rescored)
    assert found.probability < 0.5


def test_no_word_of_the_counterfactual_is_needless(shipped: Scorer) -> None:
    found = shipped.explain(RUDE, "toxicity", threshold=0.5).counterfactual
    assert found is not None
    for kept in found.without:
        fewer = [word for word in found.without if word is not kept]
        assert shipped.score([left(RUDE, fewer)]).values[0, 0] >= 0.5


@pytest.mark.parametrize("threshold", [None, 0.999999])
def test_below_the_threshold_there_is_nothing_to_leave_out(shipped: Scorer, threshold: float | None) -> None:
    assert shipped.explain("Thank you.", "toxicity", threshold).counterfactual is None


def test_what_no_choice_of_words_would_change_has_no_counterfactual(shipped: Scorer) -> None:
    assert shipped.explain(RUDE, "toxicity", threshold=0.0).counterfactual is None


def test_an_attribute_that_is_not_scored_is_refused(shipped: Scorer) -> None:
    with pytest.raises(ValueError, match="This model scores toxicity"):
        shipped.explain("words", "politeness")


def test_a_text_too_long_to_explain_says_so(shipped: Scorer) -> None:
    with pytest.raises(TooLongToExplain, match="Explain a part of it"):
        shipped.explain("word " * LONGEST_EXPLAINED, "toxicity")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_explained(english: Scorer, text: str) -> None:
    text = text[: LONGEST_EXPLAINED // 5]
    found = english.explain(text, "toxicity", threshold=0.01)
    assert found.probability == pytest.approx(float(english.score([text]).values[0, 0]), abs=1e-5)
