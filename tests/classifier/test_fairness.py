"""Groups are compared as the figures say, and what fairness is measured with was not trained on."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from classifier import Scorer
from classifier.measuring import fairness
from classifier.measuring.dialect import PAIRS
from classifier.measuring.fairness import Templates
from classifier.training import balanced, neutral


def two_groups() -> Templates:
    """Harmless and toxic sentences for each of two groups."""
    texts = ["good ann", "bad ann", "good bob", "bad bob"]
    names = {name: np.array([name in text for text in texts]) for name in ("ann", "bob")}
    return Templates(texts, np.array([False, True, False, True]), names)


def test_a_name_that_outweighs_the_abuse_is_seen() -> None:
    figures = fairness.by_name(two_groups(), np.array([0.6, 0.9, 0.1, 0.5]))
    assert figures["names"]["ann"]["bpsn_auc"] == 0.0
    assert figures["names"]["bob"]["bpsn_auc"] == 1.0
    assert figures["names"]["ann"]["held"] == 1.0
    assert figures["names"]["ann"]["rejected"] == 0.0


def test_no_adjective_of_ours_stands_in_the_templates(data: Path) -> None:
    templates = fairness.read(data)
    assert templates
    seen = {word for text in templates.texts for word in re.findall(r"[a-z-]+", text.lower())}
    assert not seen & set(balanced.adjectives())


def test_no_sentence_of_ours_is_measured_with(data: Path) -> None:
    templates = fairness.read(data)
    assert templates
    ours = [*neutral.sentences(), *(text for side in balanced.whole_sentences() for text in side)]
    ours += [text for side in balanced.phrases() for text in side]
    assert not set(ours) & (set(templates.texts) | {text for pair in PAIRS for text in pair})


def test_every_group_is_praised_as_often_as_it_is_abused() -> None:
    frames = balanced.KIND_FRAMES + balanced.UNKIND_FRAMES
    assert all("{one}" in frame for frame in frames)
    assert abs(len(balanced.KIND_FRAMES) - len(balanced.UNKIND_FRAMES)) <= 1


def test_the_shipped_model_holds_few_harmless_sentences_for_their_dialect(shipped: Scorer) -> None:
    figures = fairness.by_dialect(lambda texts: shipped.score(texts).values)
    assert figures["african_american"]["rejected"] == 0.0
    assert figures["african_american"]["held"] - figures["standard"]["held"] < 0.1
