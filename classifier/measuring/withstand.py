"""How well a model still tells toxic from other texts when they come in disguise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from classifier.measuring.attacks import ATTACKS, DEFAULT_SHARE, disguised
from classifier.training.dataset import Dataset

Numbers = NDArray[np.float64]
Score = Callable[[Sequence[str]], Numbers]
ALL_SOURCES = "all"


@dataclass(frozen=True, slots=True)
class Endurance:
    """ROC-AUC by source, and over all sources together: plain, under each attack, and under all attacks pooled."""

    clean: dict[str, float]
    attacked: dict[str, dict[str, float]]  # by attack
    pooled: dict[str, float]

    def loss(self, source: str = ALL_SOURCES) -> float:
        """What all attacks together cost; negative if they help."""
        return self.clean[source] - self.pooled[source]


def measured(known: Dataset, score: Score, seed: int = 0, share: float = DEFAULT_SHARE) -> Endurance:
    """Attack every text that has a label in the first attribute's column, in every way.

    `score` answers that attribute's probability for each text.
    """
    known = known.where(~known.is_contested & ~np.isnan(known.labels[:, 0]))
    truth, texts, sources = known.labels[:, 0] >= 0.5, known.texts.tolist(), known.sources
    scores = {attack: score([disguised(text, attack, seed, share) for text in texts]) for attack in ATTACKS}
    return Endurance(
        clean=_by_source(truth, score(texts), sources),
        attacked={attack: _by_source(truth, found, sources) for attack, found in scores.items()},
        pooled=_by_source(
            np.tile(truth, len(scores)), np.concatenate(list(scores.values())), np.tile(sources, len(scores))
        ),
    )


def _by_source(truth: NDArray[np.bool_], scores: Numbers, sources: NDArray[np.object_]) -> dict[str, float]:
    rows = {str(source): sources == source for source in sorted(set(sources))}
    rows = {source: mask for source, mask in rows.items() if len(np.unique(truth[mask])) == 2}
    found = {source: float(roc_auc_score(truth[mask], scores[mask])) for source, mask in rows.items()}
    return {ALL_SOURCES: float(roc_auc_score(truth, scores)), **found}


def written(endurance: Endurance) -> str:
    """The figures as a Markdown table, the hardest attack first."""
    sources = list(endurance.clean)
    rows = sorted(endurance.attacked.items(), key=lambda pair: pair[1][ALL_SOURCES])
    table = [("attack", *sources), tuple("---" for _ in range(len(sources) + 1))]
    table += [(attack, *(f"{found[source]:.4f}" for source in sources)) for attack, found in rows]
    table.append(("**all attacks pooled**", *(f"{endurance.pooled[source]:.4f}" for source in sources)))
    table.append(("**clean**", *(f"{endurance.clean[source]:.4f}" for source in sources)))
    table.append(("**loss**", *(f"{endurance.loss(source):+.4f}" for source in sources)))
    return "\n".join("| " + " | ".join(row) + " |" for row in table)
