"""Trains a model for a language beside English: labelled texts and our own sentences in, a model directory out."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import scipy
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from classifier import registry
from classifier.language.languages import Language
from classifier.measuring import language_card, language_figures
from classifier.registry import Model
from classifier.training import language_data
from classifier.training.dataset import CALIBRATION, TRAINING
from classifier.training.features import FragmentCounter, RarityWeights
from classifier.training.language_data import LabelledTexts
from classifier.training.pipeline import PartlyLabelled, TellingColumns
from classifier.training.sentences import OWN
from classifier.training.train import weights_of

SERIES: Final = "2026.11"
OWN_WEIGHT: Final = 2.0  # of each sentence of ours, against 1 for a labelled text
FOLDS: Final = 5
LARGEST_SHARE_OF_OWN: Final = 0.15  # of all weight: a small data set must not drown in frames

Tell = Callable[[str], None]


def train(data: Path, models: Path, language: Language, tell: Tell, seed: int = 0) -> Path:
    """Train, measure and save a model; answers the directory it was written to."""
    parts = language_data.read(data, language)
    tell(f"{language.name}: " + ", ".join(f"{len(known):,} {part}" for part, known in parts.items()))
    pipeline = fitted(parts, language, seed)
    weights = weights_of(pipeline)
    content = registry.packed(weights)
    metadata = _papers(parts, language, content, seed)
    metadata["figures"] = language_figures.measured(Model(weights, metadata), parts)
    metadata["experimental"] = language_figures.experimental(metadata["figures"])
    directory = models / str(metadata["version"])
    registry.save(directory, content, metadata, language_card.written(metadata))
    return directory


def measured_again(data: Path, directory: Path | None, language: Language) -> str:
    """The card of a model with figures that are measured now."""
    model = registry.load(directory or registry.current(language=language.code))
    figures = language_figures.measured(model, language_data.read(data, language))
    metadata = {**model.metadata, "figures": figures, "experimental": language_figures.experimental(figures)}
    return language_card.written(metadata)


def fitted(parts: dict[str, LabelledTexts], language: Language, seed: int = 0) -> Pipeline:
    """The pipeline, trained on all that may be learned, and calibrated on texts that it had not seen."""
    with threadpool_limits(limits=1):  # sums over more threads differ in the last bit, and so would the weights
        pipeline = _trained(parts[TRAINING], language, seed)
    unseen = parts[CALIBRATION]
    if len(unseen):
        pipeline["judges"].calibrate(pipeline[:-1].transform(unseen.texts), unseen.labels, unseen.weights)
    else:
        calibrate_across(pipeline["judges"], parts[TRAINING], language, seed)
    return pipeline


def _trained(known: LabelledTexts, language: Language, seed: int) -> Pipeline:
    lessons = with_own(known, language)
    pipeline = _untrained(language, seed)
    return pipeline.fit(lessons.texts, lessons.labels, judges__sample_weight=lessons.weights)


def calibrate_across(judges: PartlyLabelled, known: LabelledTexts, language: Language, seed: int) -> None:
    """The curves from texts that each were judged by a model trained on the other folds.

    So a small data set gives none of its texts away, and the curves rest on all of them.
    """
    decisions = np.empty_like(known.labels)
    fold_of = np.arange(len(known)) % FOLDS
    for fold in range(FOLDS):
        with threadpool_limits(limits=1):
            pipeline = _trained(known.where(fold_of != fold), language, seed)
        held = known.where(fold_of == fold)
        decisions[fold_of == fold] = pipeline["judges"].raw_decision(pipeline[:-1].transform(held.texts))
    for column in range(known.labels.shape[1]):
        labels = known.labels[:, column]
        judges.calibrate_one(column, decisions[:, column], labels, np.ones_like(labels))


def _untrained(language: Language, seed: int) -> Pipeline:
    counter = FragmentCounter(language.orders, language.character_bits, language.word_bits, language.reading)
    judge = TellingColumns(
        LogisticRegression(C=language.strength, max_iter=200, tol=1e-5, random_state=seed), evenness=language.evenness
    )
    return Pipeline(
        [
            ("fragments", counter),
            ("rarity", RarityWeights(blocks=counter.blocks)),
            ("judges", PartlyLabelled(judge)),
        ]
    )


def with_own(lessons: LabelledTexts, language: Language) -> LabelledTexts:
    """The labelled texts, followed by our own: neutral sentences and plain insults."""
    own = OWN[language.code]
    neutral = own.neutral()
    weight = min(OWN_WEIGHT, LARGEST_SHARE_OF_OWN * len(lessons) / len(neutral))
    is_insult = np.repeat([0.0, 1.0], [len(neutral), len(own.insults)])
    labels = np.tile(is_insult[:, None], len(language.attributes))
    weights = np.where(labels == 1, OWN_WEIGHT, weight)
    for column, attribute in enumerate(language.attributes):
        if attribute != "toxicity":
            weights[is_insult == 1, column] = 0.0  # an insult need not attack a group
    return LabelledTexts(
        lessons.texts + neutral + list(own.insults),
        np.vstack([lessons.labels, labels]),
        np.vstack([lessons.weights, weights]),
    )


def _papers(parts: dict[str, LabelledTexts], language: Language, content: bytes, seed: int) -> dict[str, Any]:
    return {
        "version": f"{language.code}-{SERIES}-{registry.checksum(content)[:8]}",
        "language": language.code,
        "reading": language.reading,
        "attributes": list(language.attributes),
        "layout": {
            "orders": list(language.orders),
            "character_bits": language.character_bits,
            "word_bits": language.word_bits,
        },
        "recipe": {**asdict(language), "seed": seed, "own_weight": OWN_WEIGHT},
        "data": {
            "fingerprint": language_data.fingerprint(parts),
            "texts": {part: len(known) for part, known in parts.items()},
        },
        "made_with": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
        },
    }
