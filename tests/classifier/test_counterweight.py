"""What is said of a group may count; that it is named may not."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from classifier.training import own
from classifier.training.counterweight import take_back
from classifier.training.features import FragmentCounter, columns_of_words
from classifier.training.pipeline import PartlyLabelled, TellingColumns, build_pipeline

NAMED = ["the zork is here", "a zork shop", "zork again", "no zork"]
UNNAMED = ["the house is here", "a small shop", "once again", "no bread"]


def added_by_zork(pipeline: Pipeline) -> float:
    """To the log-odds of a sentence with the proportions of those learned from."""
    features = pipeline[:-1].transform(["the zork is once here", "the is once here"])
    named, unnamed = pipeline["judges"].raw_decision(features)[:, 0]
    return float(named - unnamed)


def test_a_name_that_only_occurs_in_abuse_takes_back_its_weight() -> None:
    texts = (NAMED + UNNAMED) * 5
    pipeline = build_pipeline().fit(texts, np.tile(np.repeat([1.0, 0.0], 4), 5))
    before = added_by_zork(pipeline)
    take_back(pipeline, frozenset({"zork"}), texts, share=1.0)
    assert abs(added_by_zork(pipeline)) < before / 2, before


def test_a_name_that_training_never_met_is_left_alone() -> None:
    pipeline = build_pipeline().fit(NAMED + UNNAMED, np.repeat([1.0, 0.0], 4))
    before = pipeline["judges"].coef_.copy()
    take_back(pipeline, frozenset({"unheard"}), NAMED, share=1.0)
    np.testing.assert_array_equal(pipeline["judges"].coef_, before)


def test_columns_of_a_word_are_those_that_go_with_it() -> None:
    counter = FragmentCounter(character_bits=12, word_bits=12)
    is_name = columns_of_words(counter, NAMED + UNNAMED, frozenset({"zork"}), share=0.5)
    word = counter.transform(["zork"]).indices
    other = counter.transform(["house"]).indices
    assert is_name[word].mean() > 0.9
    assert is_name[other].mean() < 0.1


def test_columns_held_back_explain_less() -> None:
    features = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    labels, weights = np.array([1, 1, 0, 0]), np.ones(4)
    judge = TellingColumns(LogisticRegression(), held_back=np.array([True, False, False]), holding=0.1)
    held, free, _ = judge.fit(features, labels, weights).coef_[0]
    assert held < free / 5


def test_toxicity_can_lean_on_another_attribute() -> None:
    features, labels = np.eye(4), np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    judges = PartlyLabelled(LogisticRegression()).fit(features, labels)
    alone = judges.raw_decision(features)
    leaning = judges.lean(0, on=1, share=0.5).raw_decision(features)
    np.testing.assert_allclose(leaning[:, 0], alone[:, 0] + 0.5 * alone[:, 1], atol=1e-3)


def test_abuse_of_nobody_in_particular_is_no_identity_attack() -> None:
    texts, labels, weights = own.lessons(("toxicity", "identity_attack", "spam"), own.Emphasis())
    row = texts.index("what a pathetic person")
    assert labels[row, 0] == 1.0
    assert weights[row, 1:].tolist() == [0.0, 0.0]
