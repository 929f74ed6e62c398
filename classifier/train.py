"""Data in, model directory out. The same data and seed give the same weights, byte for byte."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy
import sklearn
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifier import card, dataset, evaluate, neutral, registry
from classifier.dataset import CALIBRATION, HELD_OUT, TRAINING, Dataset, Labels
from classifier.labels import FEWEST_HELD_OUT_POSITIVES, FEWEST_POSITIVES, LOWEST_STEADY_AUC
from classifier.pipeline import build_pipeline
from classifier.registry import Model, Weights
from classifier.scorer import Scorer

SERIES: Final = "en-2026.11"
TRAINING_FILE, EVALUATION_FILE = "train.parquet", "evaluate.parquet"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be chosen about a training run; written into the model's papers."""

    strength: float = 2.0
    seed: int = 0
    neutral_weight: float = 3.0  # of each sentence in neutral.py, against 1 for an ordinary labelled text


def train(data: Path, models: Path, recipe: Recipe, tell: Tell) -> Path:
    """Train, measure and save a model; answers the directory it was written to."""
    known, public = read(data)
    tell(f"{len(known):,} texts to learn from, {len(public):,} to be measured on")
    attributes = learnable(known.part(TRAINING))
    tell(f"learning {', '.join(attributes)}")
    pipeline = fitted(known.with_only(attributes), recipe)
    content = registry.packed(weights_of(pipeline))
    metadata = _papers(known, attributes, pipeline, content, recipe)
    metadata["figures"] = figures(Model(weights_of(pipeline), metadata), known, public)
    metadata["experimental"] = experimental(metadata["figures"])
    directory = models / str(metadata["version"])
    registry.save(directory, content, metadata, card.written(metadata))
    return directory


def read(data: Path) -> tuple[Dataset, Dataset]:
    """The texts to learn from, free of any that is measured on, and those to measure on."""
    public = dataset.read(data / EVALUATION_FILE)
    return dataset.without(dataset.read(data / TRAINING_FILE), public), public


def learnable(known: Dataset) -> tuple[str, ...]:
    """The attributes of which there are enough examples to try."""
    labels, weights = dataset.lessons(known)
    positives = ((labels == 1) & (weights > 0)).sum(axis=0)
    return tuple(
        attribute for attribute, count in zip(known.attributes, positives, strict=True) if count >= FEWEST_POSITIVES
    )


def fitted(known: Dataset, recipe: Recipe) -> Pipeline:
    """The pipeline, trained on the training part and calibrated on the calibration part."""
    pipeline = build_pipeline(recipe.strength, recipe.seed)
    texts, labels, weights = _with_neutral(known.part(TRAINING), recipe.neutral_weight)
    with threadpool_limits(limits=1):  # sums over more threads differ in the last bit, and so would the weights
        pipeline.fit(texts, labels, judges__sample_weight=weights)
    unseen = known.part(CALIBRATION)
    labels, weights = dataset.lessons(unseen)
    pipeline["judges"].calibrate(pipeline[:-1].transform(unseen.texts.tolist()), labels, weights)
    return pipeline


def _with_neutral(lessons: Dataset, weight: float) -> tuple[list[str], Labels, Labels]:
    """The lessons, followed by our own sentences as negatives of every attribute."""
    labels, weights = dataset.lessons(lessons)
    own = neutral.sentences()
    shape = (len(own), labels.shape[1])
    return (
        lessons.texts.tolist() + own,
        np.vstack([labels, np.zeros(shape)]),
        np.vstack([weights, np.full(shape, weight)]),
    )


def weights_of(pipeline: Pipeline) -> Weights:
    """What the scorer needs of a trained pipeline."""
    fragments = pipeline["fragments"].blocks[0]
    judges, rarity = pipeline["judges"], pipeline["rarity"].rarity_
    return Weights(
        character_weights=judges.coef_[:, :fragments].T,
        word_weights=judges.coef_[:, fragments:].T,
        character_rarity=rarity[:fragments],
        word_rarity=rarity[fragments:],
        longest=pipeline["rarity"].longest_,
        intercept=judges.intercept_,
        slope=judges.slope_,
        offset=judges.offset_,
    )


def _papers(
    known: Dataset, attributes: tuple[str, ...], pipeline: Pipeline, content: bytes, recipe: Recipe
) -> dict[str, Any]:
    counter = pipeline["fragments"]
    return {
        "version": f"{SERIES}-{registry.checksum(content)[:8]}",
        "language": "en",
        "attributes": list(attributes),
        "layout": {
            "orders": list(counter.orders),
            "character_bits": counter.character_bits,
            "word_bits": counter.word_bits,
        },
        "recipe": asdict(recipe),
        "data": {"fingerprint": known.fingerprint(), "sources": card.counted(known)},
        "made_with": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
        },
    }


def figures(model: Model, known: Dataset, public: Dataset) -> dict[str, Any]:
    """Everything measured about a model on texts it has not seen."""
    scorer = Scorer(model)

    def score(texts: Sequence[str]) -> evaluate.Probabilities:
        return scorer.score(texts).values.astype(np.float64)

    unseen = known.part(HELD_OUT)
    return {
        "held_out": evaluate.overall(unseen, model.attributes, score),
        "held_out_by_source": evaluate.by_source(unseen, model.attributes, score),
        "public_by_source": evaluate.by_source(public, model.attributes, score),
    }


def experimental(measured: dict[str, Any]) -> list[str]:
    """Attributes that are offered with a warning: too few held-out examples, or poor discrimination."""
    return [
        attribute
        for attribute, found in measured["held_out"].items()
        if found["positives"] < FEWEST_HELD_OUT_POSITIVES or (found["auc"] or 0) < LOWEST_STEADY_AUC
    ]
