"""Texts are disguised in every known way, always in the same way, and most of it is undone again."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.measuring.attacks import ATTACKS, attacked, disguised
from classifier.measuring.withstand import ALL_SOURCES, measured, written
from classifier.text.normalise import normalise
from classifier.training.dataset import TRAINING, Dataset

TEXT = "What a stupid idiot you are, Mr Fowler, and everybody knows it"

# Where letters are gone nobody can tell what stood there; only known words come back.
LOSSY = {"middle starred"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_attack_changes_the_text(attack: str) -> None:
    assert disguised(TEXT, attack, share=1) != TEXT


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_same_seed_gives_the_same_disguise(attack: str) -> None:
    assert disguised(TEXT, attack, seed=3) == disguised(TEXT, attack, seed=3)


@pytest.mark.parametrize("attack", sorted(set(ATTACKS) - LOSSY))
def test_words_people_disguise_are_read_through(attack: str) -> None:
    for seed in range(5):
        words = normalise(disguised("you stupid idiot", attack, seed, share=1)).split()
        assert {"stupid", "idiot"} <= set(words), disguised("you stupid idiot", attack, seed, share=1)


def test_short_words_and_what_is_no_word_stay() -> None:
    assert disguised("I am 12, ok?", "leetspeak", share=1) == "I am 12, ok?"


def test_a_share_of_the_texts_is_attacked_for_training() -> None:
    texts = [f"{TEXT} {number}" for number in range(400)]
    rows, copies = attacked(texts, share=0.25, seed=1)
    assert (rows, copies) == attacked(texts, share=0.25, seed=1)
    assert 60 < len(rows) == len(copies) < 140
    changed = sum(copy != texts[row] for row, copy in zip(rows, copies, strict=True))
    assert changed > 0.8 * len(rows)  # "ph and vv" finds nothing to do in some


def a_dataset(texts: list[str], toxicity: list[float]) -> Dataset:
    return Dataset(
        texts=np.array(texts, dtype=object),
        labels=np.array(toxicity)[:, None],
        attributes=("toxicity",),
        sources=np.array(["here"] * len(texts), dtype=object),
        is_contested=np.zeros(len(texts), dtype=bool),
        parts=np.array([TRAINING] * len(texts), dtype=object),
    )


def test_the_loss_is_what_all_attacks_together_cost() -> None:
    known = a_dataset(["you stupid idiot", "thank you very much", "what about the stupid bridge"], [1, 0, np.nan])

    def blind(texts: object) -> np.ndarray:
        return np.array([float("stupid" in text) for text in texts])  # type: ignore[attr-defined]

    endurance = measured(known, blind, share=1)
    assert endurance.clean[ALL_SOURCES] == 1
    assert endurance.attacked["emoji attached"]["here"] == 1
    assert endurance.attacked["leetspeak"]["here"] == 0.5
    assert 0 < endurance.loss("here") <= 0.5
    assert "| leetspeak | 0.5000 | 0.5000 |" in written(endurance)
