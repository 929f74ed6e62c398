"""Whether naming a group, or writing a dialect, costs a reader: figures on sentences that were never trained on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.measuring.dialect import PAIRS
from classifier.measuring.evaluate import Probabilities, Score, auc

TEMPLATES_FILE: Final = "bias_madlibs_77k.parquet"
THRESHOLDS: Final = {"held": 0.5, "rejected": 0.97}
_NAMES: Final = (
    "african american", "middle eastern", "middle aged", "lesbian", "gay", "bisexual", "transgender", "trans",
    "queer", "lgbt", "lgbtq", "homosexual", "straight", "heterosexual", "male", "female", "nonbinary", "african",
    "black", "white", "european", "hispanic", "latino", "latina", "latinx", "mexican", "canadian", "american",
    "asian", "indian", "chinese", "japanese", "christian", "muslim", "jewish", "buddhist", "catholic",
    "protestant", "sikh", "taoist", "old", "older", "young", "younger", "teenage", "millenial", "elderly", "blind",
    "deaf", "paralyzed",
)  # fmt: skip

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Templates:
    """Sentences from templates, toxic or not, with the group that each names."""

    texts: list[str]
    is_toxic: Mask
    names: dict[str, Mask]


def read(data: Path) -> Templates | None:
    """The template sentences of the data folder, or None where it has none."""
    path = data / TEMPLATES_FILE
    if not path.exists():
        return None
    import pyarrow.parquet as parquet

    table = parquet.read_table(path, columns=["text", "toxicity"]).to_pydict()
    texts = [str(text) for text in table["text"]]
    groups = {name: _naming(texts, name) for name in _NAMES}
    return Templates(texts, np.array(table["toxicity"]) >= 0.5, {n: rows for n, rows in groups.items() if rows.any()})


def _naming(texts: Sequence[str], name: str) -> Mask:
    pattern = re.compile(rf"\b{name}\b", re.IGNORECASE)
    return np.array([pattern.search(text) is not None for text in texts])


def by_name(templates: Templates, toxicity: Probabilities) -> dict[str, Any]:
    """Per group: AUC within it (subgroup), its kind against others' toxic (BPSN), the reverse (BNSP), and rates.

    `toxicity` has one probability a sentence.
    """
    return {
        "overall_auc": auc(templates.is_toxic.astype(float), toxicity),
        "texts": len(templates.texts),
        "names": {name: _one(rows, templates.is_toxic, toxicity) for name, rows in templates.names.items()},
    }


def _one(rows: Mask, is_toxic: Mask, toxicity: Probabilities) -> dict[str, float | None]:
    compared = {
        "subgroup_auc": rows,
        "bpsn_auc": np.where(is_toxic, ~rows, rows),
        "bnsp_auc": np.where(is_toxic, rows, ~rows),
    }
    figures = {name: auc(is_toxic[some].astype(float), toxicity[some]) for name, some in compared.items()}
    return figures | wrongly_treated(toxicity[rows & ~is_toxic])


def wrongly_treated(toxicity: Probabilities) -> dict[str, float | None]:
    """The share of harmless sentences that the shipped thresholds hold or reject."""
    return {
        name: round(float((toxicity >= least).mean()), 4) if len(toxicity) else None
        for name, least in THRESHOLDS.items()
    }


def by_dialect(score: Score) -> dict[str, Any]:
    """The same harmless sentences in African-American and in standard English (`dialect.py`): rates and means."""
    african_american, standard = (score(list(side))[:, 0] for side in zip(*PAIRS, strict=True))
    return {
        "pairs": len(PAIRS),
        "african_american": _treated(african_american),
        "standard": _treated(standard),
        "mean_difference": round(float((african_american - standard).mean()), 4),
    }


def _treated(toxicity: Probabilities) -> dict[str, float | None]:
    return {"mean": round(float(toxicity.mean()), 4)} | wrongly_treated(toxicity)


def measured(score: Score, data: Path) -> dict[str, Any]:
    """Everything above for one model; toxicity is the first column of what `score` answers."""
    templates = read(data)
    figures = {"dialect": by_dialect(score)}
    if templates:
        figures["templates"] = by_name(templates, score(templates.texts)[:, 0])
    return figures
