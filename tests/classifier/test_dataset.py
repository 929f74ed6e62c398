"""The traps in the data are honoured, and nothing that is measured has been learned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest

from classifier.labels import ATTRIBUTES, COLUMNS
from classifier.training import dataset
from classifier.training.dataset import CALIBRATION, HELD_OUT, TRAINING, Dataset, lessons
from classifier.training.train import read

TOXICITY, IDENTITY_ATTACK = 0, 3


def a_file(folder: Path, rows: list[dict[str, object]]) -> Path:
    ordinary = {"source": "somewhere", "label_quality": "ok", **dict.fromkeys(COLUMNS, float("nan"))}
    path = folder / "train.parquet"
    parquet.write_table(arrow.Table.from_pylist([{**ordinary, **row} for row in rows]), path)
    return path


def read_rows(folder: Path, *rows: dict[str, object]) -> Dataset:
    return dataset.read(a_file(folder, list(rows)))


def parts_of(known: Dataset) -> dict[str, str]:
    return dict(zip(known.texts, known.parts, strict=True))


def test_texts_that_look_the_same_are_read_once(tmp_path: Path) -> None:
    known = read_rows(tmp_path, {"text": "Hello there"}, {"text": "hello  THERE!".replace("!", "")}, {"text": "bye"})
    assert known.texts.tolist() == ["Hello there", "bye"]


def test_empty_texts_are_left_out(tmp_path: Path) -> None:
    assert read_rows(tmp_path, {"text": " \u200b "}, {"text": "words"}).texts.tolist() == ["words"]


def test_the_part_depends_on_the_text_alone(tmp_path: Path) -> None:
    rows = [{"text": f"text number {number}"} for number in range(300)]
    forward, backward = read_rows(tmp_path, *rows), read_rows(tmp_path, *rows[::-1])
    assert parts_of(forward) == parts_of(backward)
    assert set(forward.parts) == {TRAINING, CALIBRATION, HELD_OUT}


def test_contested_rows_are_never_negatives(tmp_path: Path) -> None:
    known = read_rows(
        tmp_path,
        {"text": "raters disagreed", "toxicity": 0.0, "label_quality": "contested"},
        {"text": "raters disagreed less", "toxicity": 0.8, "label_quality": "contested"},
    )
    _, weights = lessons(known)
    assert weights[:, TOXICITY].tolist() == [0.0, 1.0]


def test_zeros_of_hate_only_sources_do_not_say_that_insults_are_fine(tmp_path: Path) -> None:
    known = read_rows(
        tmp_path,
        {"text": "a plain insult", "source": "vicomtech_stormfront", "toxicity": 0.0, "identity_attack": 0.0},
        {"text": "an attack", "source": "vicomtech_stormfront", "toxicity": 1.0, "identity_attack": 1.0},
    )
    _, weights = lessons(known)
    assert weights[:, TOXICITY].tolist() == [0.0, 0.5]
    assert weights[:, IDENTITY_ATTACK].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(("source", "weight"), [("davidson2017", 0.3), ("cad_v1_1", 0.7), ("cat_large_wiki", 1.0)])
def test_doubtful_sources_count_for_less(tmp_path: Path, source: str, weight: float) -> None:
    _, weights = lessons(read_rows(tmp_path, {"text": "words", "source": source, "toxicity": 1.0}))
    assert weights[0, TOXICITY] == weight


def test_a_file_need_not_know_every_attribute(tmp_path: Path) -> None:
    path = tmp_path / "spam.parquet"
    parquet.write_table(arrow.table({"text": ["buy now"], "source": ["videos"], "spam": [1.0]}), path)
    known = dataset.read(a_file(tmp_path, [{"text": "words", "toxicity": 0.0}]), path)
    assert known.texts.tolist() == ["words", "buy now"]
    assert known.labels[1, known.attributes.index("spam")] == 1.0
    assert np.isnan(known.labels[1, TOXICITY])


def test_sources_free_of_spam_are_doubtful_negatives_of_it(tmp_path: Path) -> None:
    known = read_rows(tmp_path, {"text": "words", "source": "cat_large_wiki"}, {"text": "other", "source": "chat"})
    _, weights = dataset.with_assumed(known, *lessons(known), weight=0.1)
    assert weights[:, known.attributes.index("spam")].tolist() == [0.1, 0.0]


def test_what_nobody_labelled_has_no_weight(tmp_path: Path) -> None:
    labels, weights = lessons(read_rows(tmp_path, {"text": "words"}))
    assert np.isnan(labels).all()
    assert not weights.any()


def test_the_fingerprint_notices_one_changed_label(tmp_path: Path) -> None:
    known = read_rows(tmp_path, {"text": "words", "toxicity": 1.0})
    changed = replace(known, labels=np.where(np.isnan(known.labels), np.nan, 0.0))
    assert known.fingerprint() != changed.fingerprint()
    assert known.fingerprint() == read_rows(tmp_path, {"text": "words", "toxicity": 1.0}).fingerprint()


def test_a_missing_file_says_how_to_name_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="--data DIR"):
        dataset.read(tmp_path / "train.parquet")


def test_nothing_measured_was_learned(data: Path) -> None:
    known, public = read(data)
    assert known.attributes == tuple(attribute.name for attribute in ATTRIBUTES)
    assert not set(known.texts) & set(public.texts)
