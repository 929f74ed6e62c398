"""Does the explanation point at the words that people called toxic? SemEval-2021 task 5's measure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from classifier.explain import marked, weighed
from classifier.scorer import Scorer

FILE: Final = "toxic_spans.parquet"
ATTRIBUTE: Final = "toxicity"


@dataclass(frozen=True, slots=True)
class Annotated:
    """A text with the offsets of the characters that people marked; none is an answer too."""

    text: str
    toxic: frozenset[int]


def read(data: Path, part: str) -> list[Annotated]:
    """One part, `train` or `dev`, of the annotated texts."""
    import pyarrow.parquet as parquet

    table = parquet.read_table(data / FILE, columns=["text", "spans", "split"]).to_pydict()
    rows = zip(table["text"], table["spans"], table["split"], strict=True)
    return [Annotated(text, frozenset(spans)) for text, spans, split in rows if split == part]


def character_f1(found: frozenset[int], toxic: frozenset[int]) -> float:
    """Of one text, by the task's definition: where people marked nothing, marking nothing is 1 and anything else 0."""
    if not toxic or not found:
        return float(found == toxic)
    return 2 * len(found & toxic) / (len(found) + len(toxic))


def mean_f1(scorer: Scorer, texts: Iterable[Annotated]) -> float:
    """The task's figure: the mean over texts."""
    return float(np.mean([character_f1(shown(scorer, known.text), known.toxic) for known in texts]))


def shown(scorer: Scorer, text: str) -> frozenset[int]:
    """Offsets of the characters that an explanation marks."""
    _, words = weighed(scorer, text, ATTRIBUTE)
    return frozenset(place for span in marked(words) for place in range(span.start, span.end))
