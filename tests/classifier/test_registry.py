"""A model that is not what its papers say is refused, with a sentence that says what to do."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from classifier import Scorer, registry
from classifier.registry import ModelRefused
from classifier.training.train import weights_of


def test_a_saved_model_loads_and_scores_the_same(model_directory: Path, small_scorer: Scorer) -> None:
    loaded = Scorer.load(model_directory)
    np.testing.assert_array_equal(loaded.score(["you fool"]).values, small_scorer.score(["you fool"]).values)
    assert loaded.version == "en-test-00000000"


def test_equal_weights_give_equal_bytes(small_pipeline: Pipeline) -> None:
    assert registry.packed(weights_of(small_pipeline)) == registry.packed(weights_of(small_pipeline))


def test_altered_weights_are_refused(model_directory: Path) -> None:
    weights = model_directory / registry.WEIGHTS
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelRefused, match=r"SHA-256 differs.*Restore the directory"):
        Scorer.load(model_directory)


def test_another_format_is_refused(model_directory: Path) -> None:
    papers = json.loads((model_directory / registry.METADATA).read_text())
    (model_directory / registry.METADATA).write_text(json.dumps({**papers, "format": 99}))
    with pytest.raises(ModelRefused, match="has format 99, this program reads format"):
        Scorer.load(model_directory)


@pytest.mark.parametrize("name", [registry.WEIGHTS, registry.METADATA])
def test_a_missing_file_is_named(model_directory: Path, name: str) -> None:
    (model_directory / name).unlink()
    with pytest.raises(ModelRefused, match=name):
        Scorer.load(model_directory)


def test_pickled_arrays_are_refused(model_directory: Path) -> None:
    path = model_directory / registry.WEIGHTS
    np.savez(path, character_weights=np.array([{"a": 1}], dtype=object))
    papers = json.loads((model_directory / registry.METADATA).read_text())
    papers["weights_sha256"] = registry.checksum(path.read_bytes())
    (model_directory / registry.METADATA).write_text(json.dumps(papers))
    with pytest.raises(ModelRefused, match="cannot be read"):
        Scorer.load(model_directory)


def test_a_folder_without_a_current_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="names no current model"):
        registry.current(tmp_path)


def test_promoting_makes_a_model_current(model_directory: Path) -> None:
    registry.promote(model_directory, model_directory.parent)
    assert registry.current(model_directory.parent) == model_directory


def test_the_shipped_model_has_a_card_and_stays_small() -> None:
    directory = registry.current()
    assert registry.load().version in (directory / registry.CARD).read_text()
    assert sum(path.stat().st_size for path in directory.iterdir()) < 6_000_000
