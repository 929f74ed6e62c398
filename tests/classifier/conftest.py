"""A small model trained on invented sentences, the shipped model, and the labelled data where it is present."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from classifier import Scorer, registry
from classifier.registry import Model
from classifier.training.features import FragmentCounter, RarityWeights
from classifier.training.pipeline import build_pipeline
from classifier.training.train import weights_of

ATTRIBUTES = ("toxicity", "insult")
DATA = Path(os.environ.get("CIVILITY_DATA", Path(__file__).parents[3] / "shared" / "data"))

KIND = ("thank you for this", "what a lovely garden", "I see it another way", "the bridge opens on Monday")
RUDE = ("you are a moron", "shut up you idiot", "what a stupid clown", "nobody likes you, loser")


@pytest.fixture(scope="session")
def small_pipeline() -> Pipeline:
    """Trained in a moment, with small tables; good for agreement, not for judgement."""
    texts = [f"{text} {number}" for number in range(12) for text in KIND + RUDE]
    is_rude = np.array([float(any(rude in text for rude in RUDE)) for text in texts])
    labels = np.column_stack([is_rude, is_rude])
    labels[::5, 1] = np.nan
    pipeline = build_pipeline()
    counter = FragmentCounter(orders=(2, 3, 4), character_bits=12, word_bits=10)
    pipeline.set_params(fragments=counter, rarity=RarityWeights(blocks=counter.blocks))
    pipeline.fit(texts, labels)
    pipeline["judges"].calibrate(pipeline[:-1].transform(texts), labels, np.ones_like(labels))
    return pipeline


@pytest.fixture(scope="session")
def small_metadata(small_pipeline: Pipeline) -> dict[str, object]:
    counter = small_pipeline["fragments"]
    layout = {
        "orders": list(counter.orders),
        "character_bits": counter.character_bits,
        "word_bits": counter.word_bits,
    }
    return {"version": "en-test-00000000", "attributes": list(ATTRIBUTES), "layout": layout}


@pytest.fixture(scope="session")
def small_scorer(small_pipeline: Pipeline, small_metadata: dict[str, object]) -> Scorer:
    return Scorer(Model(weights_of(small_pipeline), small_metadata))


@pytest.fixture
def model_directory(tmp_path: Path, small_pipeline: Pipeline, small_metadata: dict[str, object]) -> Path:
    directory = tmp_path / "en-test-00000000"
    registry.save(directory, registry.packed(weights_of(small_pipeline)), small_metadata, "# A card\n")
    return directory


@pytest.fixture(scope="session")
def shipped() -> Scorer:
    return Scorer.load()


@pytest.fixture(scope="session")
def english(shipped: Scorer) -> Scorer:
    """The shipped English model alone, whatever the language of the text."""
    alone = shipped.for_language("en")
    assert alone is not None
    return alone


@pytest.fixture(scope="session")
def data() -> Path:
    if not (DATA / "train.parquet").exists():
        pytest.skip("the labelled data is not here; name its folder in CIVILITY_DATA")
    return DATA
