"""Labelled texts of one language: read, freed of repetitions, and split into training, calibration and held out."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.language.languages import Language
from classifier.text.reading import read_in
from classifier.training.dataset import CALIBRATION, HELD_OUT, TRAINING

FOLDER: Final = "languages"
MENTION: Final = re.compile(r"@\w+")

Labels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """Texts with labels and weights, one column an attribute; NaN where nobody labelled."""

    texts: list[str]
    labels: Labels
    weights: Labels

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, is_chosen: NDArray[np.bool_]) -> LabelledTexts:
        """Only some of them."""
        rows = np.flatnonzero(is_chosen)
        return LabelledTexts([self.texts[row] for row in rows], self.labels[rows], self.weights[rows])


def read(data: Path, language: Language) -> dict[str, LabelledTexts]:
    """The texts by part. What is held out or calibrated on is never trained on, not even as a repetition."""
    path = data / FOLDER / language.file
    if not path.exists():
        raise FileNotFoundError(f"No labelled data at {path}. Name the folder that holds it with --data DIR.")
    import pyarrow.parquet as parquet

    table = parquet.read_table(path, columns=["text", "split", *language.attributes]).to_pydict()
    keys = [hashlib.sha256(text).hexdigest() for text in read_in(table["text"], language.reading).texts()]
    parts = _parts(keys, table["split"], language)
    return {part: _of_part(table, parts, part, language) for part in (TRAINING, CALIBRATION, HELD_OUT)}


def _parts(keys: list[str], splits: list[str], language: Language) -> list[str]:
    """The part of every text; empty for repetitions. The strictest use comes first: held out, then calibration."""
    has_test = "test" in splits
    parts = [_part(int(key[:15], 16), split, has_test, language) for key, split in zip(keys, splits, strict=True)]
    seen: set[str] = set()
    for part in (HELD_OUT, CALIBRATION, TRAINING):
        for row in (row for row, own in enumerate(parts) if own == part):
            if keys[row] in seen:
                parts[row] = ""
            seen.add(keys[row])
    return parts


def _part(number: int, split: str, has_test: bool, language: Language) -> str:
    if split == "test":
        return CALIBRATION if language.calibrates_on_test and number % 2 else HELD_OUT
    if not has_test and number % 10 == 0:
        return HELD_OUT
    return TRAINING


def _of_part(table: dict[str, list[Any]], parts: list[str], part: str, language: Language) -> LabelledTexts:
    rows = [row for row, own in enumerate(parts) if own == part]
    given = np.array([[table[name][row] for name in language.attributes] for row in rows], dtype=np.float64)
    labels = np.where(np.isnan(given), np.nan, given >= 0.5)
    is_split = (given > 0) & (given < 1)
    weights = np.where(is_split, language.split_vote_weight, 1.0) if part == TRAINING else np.ones_like(given)
    texts = [table["text"][row] for row in rows]
    if part == TRAINING:  # who is addressed says much about the label in the data, and nothing elsewhere
        texts = [MENTION.sub("@", text) for text in texts]
    return LabelledTexts(texts, labels, np.where(np.isnan(labels), 0.0, weights))


def fingerprint(parts: dict[str, LabelledTexts]) -> str:
    """Changes when any text, label, weight or part changes."""
    digest = hashlib.sha256()
    for part, known in parts.items():
        digest.update(part.encode())
        for text in known.texts:
            digest.update(f"{len(text)}:".encode() + text.encode("utf-8", "surrogatepass"))
        digest.update(np.nan_to_num(known.labels, nan=-1.0).astype("<f8").tobytes())
        digest.update(known.weights.astype("<f8").tobytes())
    return digest.hexdigest()
