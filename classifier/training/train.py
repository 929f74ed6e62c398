"""Data in, model directory out. The same data and seed give the same weights, byte for byte."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy
import sklearn
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifier import registry
from classifier.labels import FEWEST_POSITIVES
from classifier.measuring import card
from classifier.measuring.figures import experimental, figures
from classifier.registry import Model, Weights
from classifier.training import dataset, neutral, own
from classifier.training.counterweight import take_back
from classifier.training.dataset import CALIBRATION, TRAINING, Dataset, Labels
from classifier.training.features import columns_of_words
from classifier.training.pipeline import Watch, build_pipeline

SERIES: Final = "en-2026.11"
TRAINING_FILE, EVALUATION_FILE = "train.parquet", "evaluate.parquet"
SPAM_FILE: Final = "comment_spam.parquet"  # may be missing: then there is no such attribute

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be chosen about a training run; written into the model's papers."""

    strength: float = 2.0
    seed: int = 0
    neutral_weight: float = 3.0  # of each sentence in neutral.py, against 1 for an ordinary labelled text
    balanced_weight: float = 0.5  # of each whole sentence in balanced.py
    phrase_weight: float = 0.3  # of each phrase in balanced.py
    holding: float = 0.2  # what columns that stand for the names of groups are stretched by
    names_share: float = 0.5  # a column stands for names if more of it than this goes when they go
    leaning: float = 0.5  # share of identity_attack's log-odds that toxicity takes over
    taken_back: float = 0.8  # of what the fragments of a group's name add, the name takes back this share
    assumed_weight: float = 0.1  # of a text that nobody checked for spam, as a negative


def train(data: Path, models: Path, recipe: Recipe, tell: Tell, watch: Watch = iter) -> Path:
    """Train, measure and save a model; answers the directory it was written to. `watch` shows the progress."""
    known, public = read(data)
    tell(f"{len(known):,} texts to learn from, {len(public):,} to be measured on")
    attributes = learnable(known.part(TRAINING))
    tell(f"learning {', '.join(attributes)}")
    pipeline = fitted(known.with_only(attributes), recipe, watch)
    tell("measuring")
    content = registry.packed(weights_of(pipeline))
    metadata = _papers(known, attributes, pipeline, content, recipe)
    metadata["figures"] = figures(Model(weights_of(pipeline), metadata), known, public, data)
    metadata["experimental"] = experimental(metadata["figures"])
    directory = models / str(metadata["version"])
    registry.save(directory, content, metadata, card.written(metadata))
    return directory


def read(data: Path) -> tuple[Dataset, Dataset]:
    """The texts to learn from, free of any that is measured on, and those to measure on."""
    public = dataset.read(data / EVALUATION_FILE)
    spam = [path for path in (data / SPAM_FILE,) if path.exists()]
    return dataset.without(dataset.read(data / TRAINING_FILE, *spam), public), public


def learnable(known: Dataset) -> tuple[str, ...]:
    """The attributes of which there are enough examples to try."""
    labels, weights = dataset.lessons(known)
    positives = ((labels == 1) & (weights > 0)).sum(axis=0)
    return tuple(
        attribute for attribute, count in zip(known.attributes, positives, strict=True) if count >= FEWEST_POSITIVES
    )


def fitted(known: Dataset, recipe: Recipe, watch: Watch = iter) -> Pipeline:
    """The pipeline, trained on the training part and calibrated on the calibration part."""
    pipeline = build_pipeline(recipe.strength, recipe.seed)
    texts, labels, weights = _lessons(known.part(TRAINING), recipe)
    is_name = columns_of_words(pipeline["fragments"], texts, neutral.names(), recipe.names_share)
    pipeline.set_params(judges__judge__held_back=is_name, judges__judge__holding=recipe.holding)
    with threadpool_limits(limits=1):  # sums over more threads differ in the last bit, and so would the weights
        pipeline.fit(texts, labels, judges__sample_weight=weights, judges__watch=watch)
    _lean(pipeline, known.attributes, recipe.leaning)
    take_back(pipeline, neutral.names(), texts, recipe.taken_back)
    unseen = known.part(CALIBRATION)
    labels, weights = dataset.lessons(unseen)
    pipeline["judges"].calibrate(pipeline[:-1].transform(unseen.texts.tolist()), labels, weights)
    return pipeline


def _lessons(known: Dataset, recipe: Recipe) -> tuple[list[str], Labels, Labels]:
    """What the data teaches, followed by what our own sentences teach."""
    labels, weights = dataset.with_assumed(known, *dataset.lessons(known), recipe.assumed_weight)
    emphasis = own.Emphasis(recipe.neutral_weight, recipe.balanced_weight, recipe.phrase_weight)
    texts, own_labels, own_weights = own.lessons(known.attributes, emphasis)
    return known.texts.tolist() + texts, np.vstack([labels, own_labels]), np.vstack([weights, own_weights])


def _lean(pipeline: Pipeline, attributes: tuple[str, ...], share: float) -> None:
    """An attack on a group is toxic too, and hate-only sources teach identity_attack far better than toxicity."""
    if {"toxicity", "identity_attack"} <= set(attributes):
        column, on = map(attributes.index, ("toxicity", "identity_attack"))
        pipeline["judges"].lean(column, on, share)


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
        bend=judges.bend_,
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
