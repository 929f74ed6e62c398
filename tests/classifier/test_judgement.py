"""Obvious texts, written for these tests and never trained on, fall on the right side."""

from __future__ import annotations

import numpy as np
import pytest

from classifier import Scorer

POLITE = (
    "Thank you, that was a thoughtful article.",
    "I disagree with the mayor about parking, and here is why.",
    "Could you explain where the figure in the third paragraph comes from?",
    "My grandmother baked this cake every Sunday.",
    "I voted for the other party, but this is a fair point.",
)
ABUSIVE = (
    "You are a fucking idiot and everybody knows it.",
    "What a worthless piece of trash you are.",
    "Shut up, you stupid bitch.",
    "Go kill yourself, you pathetic loser.",
    "The author is a disgusting moron.",
)
NAMING_A_GROUP = (
    "I am a gay man",
    "Muslims in our town held a picnic",
    "As a black woman I agree with the editor.",
    "My Jewish cousins invited us to dinner",
    "The lesbian couple down the road got married",
    "Two trans teenagers spoke at the library",
    "A refugee from Syria opened a bakery here",
    "My son is autistic and loves trains",
)


def toxicity(scorer: Scorer, texts: tuple[str, ...]) -> np.ndarray:
    return scorer.score(texts).values[:, 0]


def test_every_polite_text_is_clearly_below_every_abusive_one(shipped: Scorer) -> None:
    assert toxicity(shipped, POLITE).max() + 0.3 < toxicity(shipped, ABUSIVE).min()


@pytest.mark.parametrize("text", NAMING_A_GROUP)
def test_naming_a_group_is_not_toxic(shipped: Scorer, text: str) -> None:
    assert toxicity(shipped, (text,))[0] < 0.5


def test_an_attribute_with_few_examples_is_marked_experimental(shipped: Scorer) -> None:
    assert set(shipped.experimental) < set(shipped.attributes)
    assert "threat" in shipped.experimental


def test_group_sentences_are_not_those_learned_from() -> None:
    from classifier.training.neutral import sentences

    assert not set(NAMING_A_GROUP) & set(sentences())
