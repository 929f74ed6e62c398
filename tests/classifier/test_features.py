"""Our transformers and estimators keep scikit-learn's conventions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import parametrize_with_checks

from classifier.training.features import FragmentCounter, RarityWeights
from classifier.training.pipeline import PartlyLabelled

LABELS_ARE_SHARES = "a label of 0.5 or more means yes, so the check's classes 1 and 2 are one class to us"
ONE_COLUMN_AN_ATTRIBUTE = "answers one probability per attribute, not one per class"

EXPECTED_FAILURES: dict[str, dict[str, str]] = {
    "PartlyLabelled": {
        "check_estimators_dtypes": LABELS_ARE_SHARES,
        "check_sample_weights_not_an_array": LABELS_ARE_SHARES,
        "check_sample_weights_shape": LABELS_ARE_SHARES,
        "check_sample_weights_not_overwritten": LABELS_ARE_SHARES,
        "check_fit2d_1feature": LABELS_ARE_SHARES,
        "check_estimator_sparse_array": ONE_COLUMN_AN_ATTRIBUTE,
        "check_estimator_sparse_matrix": ONE_COLUMN_AN_ATTRIBUTE,
    }
}


# FragmentCounter is not in the list: it takes texts, and every check of scikit-learn feeds it numbers.
@parametrize_with_checks(
    [RarityWeights(), PartlyLabelled(LogisticRegression())],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES.get(type(estimator).__name__, {}),
)
def test_scikit_learn_conventions(estimator: Any, check: Any) -> None:
    check(estimator)


def test_a_counter_is_cloned_with_its_parameters() -> None:
    assert clone(FragmentCounter(orders=(3,), word_bits=5)).get_params()["orders"] == (3,)


def test_one_text_instead_of_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Put it in a list: \[text\]"):
        FragmentCounter().transform("one text")


def test_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="Expected texts"):
        FragmentCounter().transform([b"raw"])  # type: ignore[list-item]


def test_the_same_words_give_the_same_columns_wherever_they_stand() -> None:
    counter = FragmentCounter(character_bits=12, word_bits=12)
    first, second = counter.transform(["red roses", "roses red"]).toarray()[:, : counter.blocks[0]]
    np.testing.assert_array_equal(first, second)


def test_word_pairs_know_their_order() -> None:
    counter = FragmentCounter(character_bits=12, word_bits=16)
    first, second = counter.transform(["red roses", "roses red"]).toarray()[:, counter.blocks[0] :]
    assert (first != second).any()


def test_no_texts_give_no_rows() -> None:
    assert FragmentCounter(character_bits=8, word_bits=8).transform([]).shape == (0, 512)


def test_unlabelled_rows_teach_nothing() -> None:
    features = np.array([[0.0], [1.0], [5.0], [-5.0]])
    labels = np.array([[0.0], [1.0], [np.nan], [0.0]])
    weights = np.array([[1.0], [1.0], [1.0], [0.0]])
    learned = PartlyLabelled(LogisticRegression()).fit(features, labels, weights)
    again = PartlyLabelled(LogisticRegression()).fit(features[:2], labels[:2])
    np.testing.assert_allclose(learned.coef_, again.coef_)
