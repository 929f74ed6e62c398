"""Our own sentences as lessons: what each of them is an example of, and how much it counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classifier.training import balanced, neutral
from classifier.training.dataset import Labels

_ABUSE = frozenset({"toxicity", "insult"})
_ABUSE_OF_A_GROUP = _ABUSE | {"identity_attack"}


@dataclass(frozen=True, slots=True)
class Emphasis:
    """What one sentence of each kind counts, against 1 for an ordinary labelled text."""

    neutral: float = 3.0
    sentence: float = 3.0
    phrase: float = 0.3


def lessons(attributes: tuple[str, ...], emphasis: Emphasis) -> tuple[list[str], Labels, Labels]:
    """Texts, labels and weights; a label is NaN where a sentence says nothing of the attribute."""
    kind, unkind = balanced.whole_sentences()
    praise, blame = balanced.phrases()
    nothing: frozenset[str] = frozenset()
    taught = (
        (neutral.sentences(), nothing, emphasis.neutral),
        (kind, nothing, emphasis.sentence),
        (unkind, _ABUSE_OF_A_GROUP, emphasis.sentence),
        (praise, nothing, emphasis.phrase),
        (blame, _ABUSE, emphasis.phrase),
    )
    texts = [text for some, _, _ in taught for text in some]
    labels = np.vstack([np.tile(_labels(attributes, yes), (len(some), 1)) for some, yes, _ in taught])
    weights = np.concatenate([np.full(len(some), weight) for some, _, weight in taught])
    return texts, labels, np.where(np.isnan(labels), 0.0, weights[:, None])


def _labels(attributes: tuple[str, ...], yes: frozenset[str]) -> Labels:
    """Kind sentences are nothing bad at all; unkind ones are silent on what they were not written for."""
    no = np.nan if yes else 0.0
    return np.array([1.0 if name in yes else no for name in attributes])
