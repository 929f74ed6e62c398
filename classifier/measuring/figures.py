"""Everything measured about an English model on texts it has not seen, as numbers and as charts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from classifier.labels import FEWEST_HELD_OUT_POSITIVES, FEWEST_HELD_OUT_TEXTS, LOWEST_STEADY_AUC
from classifier.measuring import evaluate, fairness, plots
from classifier.registry import Model
from classifier.scorer import Scorer
from classifier.training.dataset import HELD_OUT, Dataset

BATCH: Final = 4096


def figures(model: Model, known: Dataset, public: Dataset, data: Path) -> dict[str, Any]:
    """Everything measured about a model on texts it has not seen; `data` may hold fairness templates."""
    score, unseen = scoring(model), known.part(HELD_OUT)
    return {
        "held_out": evaluate.overall(unseen, model.attributes, score),
        "held_out_by_source": evaluate.by_source(unseen, model.attributes, score),
        "public_by_source": evaluate.by_source(public, model.attributes, score),
        "thresholds": evaluate.promised(unseen, model.attributes, score),
        "fairness": fairness.measured(score, data),
    }


def plotted(model: Model, known: Dataset, public: Dataset, measured: dict[str, Any], folder: Path) -> list[Path]:
    """Charts of the attributes that are offered without a warning, on held-out and public texts, and of fairness."""
    score, files = scoring(model), []
    for column, attribute in enumerate(model.attributes):
        if attribute in model.experimental:
            continue
        judged = {
            **evaluate.judged(known.part(HELD_OUT), attribute, column, score),
            **{f"{name}, public": each for name, each in evaluate.judged(public, attribute, column, score).items()},
        }
        files += plots.draw(folder, judged, attribute=attribute, model=model.version)
    names = measured["fairness"].get("templates", {}).get("names", {})
    return files + (plots.draw_fairness(folder, names, model=model.version) if names else [])


def scoring(model: Model) -> evaluate.Score:
    """Probabilities by this model, in batches."""
    scorer = Scorer(model)

    def score(texts: Sequence[str]) -> evaluate.Probabilities:
        batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
        return np.vstack([scorer.score(batch).values for batch in batches]).astype(np.float64)

    return score


def experimental(measured: dict[str, Any]) -> list[str]:
    """Attributes that are offered with a warning: too few held-out examples, or poor discrimination."""
    return [
        attribute
        for attribute, found in measured["held_out"].items()
        if found["positives"] < FEWEST_HELD_OUT_POSITIVES
        or found["texts"] < FEWEST_HELD_OUT_TEXTS
        or (found["auc"] or 0) < LOWEST_STEADY_AUC
    ]
