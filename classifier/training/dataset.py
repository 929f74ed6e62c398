"""Labelled texts: read, cleaned, freed of repetitions, split by a hash of the text, and fingerprinted.

What each source may teach stands in `SOURCES`; its reasons are in docs/decisions/0004-first-model.md.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.labels import ATTRIBUTES, COLUMNS
from classifier.text.normalise import join

Labels = NDArray[np.float64]
Mask = NDArray[np.bool_]

NAMES: Final = tuple(attribute.name for attribute in ATTRIBUTES)
TRAINING, CALIBRATION, HELD_OUT = "training", "calibration", "held out"
_PARTS: Final = {0: HELD_OUT, 1: CALIBRATION}  # of ten; the rest is for training


@dataclass(frozen=True, slots=True)
class Source:
    """How far one source is trusted, and for which attributes its zeros mean no."""

    weight: float = 1.0
    hate_only: bool = False  # a plain insult is labelled 0: its zeros say nothing about toxicity
    free_of_spam: bool = False  # moderated or hand-picked: nobody labelled spam, but there is next to none


SOURCES: Final = {
    "davidson2017": Source(weight=0.3),  # confuses African-American English with abuse
    "vicomtech_stormfront": Source(weight=0.5, hate_only=True),
    "cad_v1_1": Source(weight=0.7),  # labelled in the context of a thread that we do not see
    "cat_large_wiki": Source(free_of_spam=True),
    "civil_comments_toxic_spans": Source(free_of_spam=True),
    "fox_news_hate": Source(hate_only=True),
    "gab_hate_corpus_devtest": Source(hate_only=True),
}
ORDINARY: Final = Source()


@dataclass(frozen=True, slots=True)
class Dataset:
    """Texts with labels; NaN where nobody labelled. All arrays run in step."""

    texts: NDArray[np.object_]
    labels: Labels  # one column per attribute
    attributes: tuple[str, ...]
    sources: NDArray[np.object_]
    is_contested: Mask
    parts: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.texts)

    def where(self, rows: Any) -> Dataset:
        """Only some rows, by mask or by number."""
        return replace(
            self,
            texts=self.texts[rows],
            labels=self.labels[rows],
            sources=self.sources[rows],
            is_contested=self.is_contested[rows],
            parts=self.parts[rows],
        )

    def part(self, name: str) -> Dataset:
        """The training, calibration or held-out part."""
        return self.where(self.parts == name)

    def with_only(self, attributes: tuple[str, ...]) -> Dataset:
        """Only these attributes' labels, in this order."""
        columns = [self.attributes.index(name) for name in attributes]
        return replace(self, labels=self.labels[:, columns], attributes=attributes)

    def fingerprint(self) -> str:
        """Changes when any text, label or source changes, or their order."""
        digest = hashlib.sha256()
        for text, source in zip(self.texts, self.sources, strict=True):
            digest.update(f"{len(text)}:{source}:".encode() + text.encode("utf-8", "surrogatepass"))
        digest.update(np.nan_to_num(self.labels, nan=-1.0).astype("<f8").tobytes())
        digest.update(self.is_contested.tobytes())
        return digest.hexdigest()


def read(*paths: Path) -> Dataset:
    """Read parquet files in the form of DATA.md as one, drop empty texts and repetitions, and split it."""
    table = _joined([_columns(path) for path in paths])
    texts = np.array(table["text"], dtype=object)
    keys = [_key(text) for text in join(list(texts)).texts()]
    rows = _first_of_each(keys)
    labels = np.array([table[attribute.column] for attribute in ATTRIBUTES], dtype=np.float64).T
    return Dataset(
        texts=texts[rows],
        labels=labels[rows],
        attributes=NAMES,
        sources=np.array(table["source"], dtype=object)[rows],
        is_contested=np.array([quality == "contested" for quality in table["label_quality"]])[rows],
        parts=np.array([_part(texts[row]) for row in rows], dtype=object),
    )


def _columns(path: Path) -> dict[str, list[Any]]:
    if not path.exists():
        raise FileNotFoundError(f"No labelled data at {path}. Name the folder that holds it with --data DIR.")
    import pyarrow.parquet as parquet

    needed = ("text", "source", "label_quality", *COLUMNS)
    present = set(parquet.read_schema(path).names)
    table: dict[str, list[Any]] = parquet.read_table(path, columns=[n for n in needed if n in present]).to_pydict()
    unknown = [None] * len(table["text"])  # a file need not know every attribute
    return {name: table.get(name, unknown) for name in needed}


def _joined(tables: list[dict[str, list[Any]]]) -> dict[str, list[Any]]:
    return {name: [value for table in tables for value in table[name]] for name in tables[0]}


def _key(normalised: bytes) -> str:
    """The same for texts that the model cannot tell apart."""
    return hashlib.sha256(normalised).hexdigest()[:15]


def _part(text: str) -> str:
    """Training, calibration or held out, by the text as written: a better normaliser is measured on the same."""
    written = " ".join(text.casefold().split()).encode("utf-8", "surrogatepass")
    return _PARTS.get(int(hashlib.sha256(written).hexdigest()[:15], 16) % 10, TRAINING)


def _first_of_each(keys: list[str]) -> list[int]:
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    first.pop(_key(b""), None)
    return sorted(first.values())


def without(dataset: Dataset, other: Dataset) -> Dataset:
    """Leave out every text that also stands in `other`: nothing that is measured may have been learned."""
    seen = set(join(list(other.texts)).texts())
    return dataset.where(np.array([text not in seen for text in join(list(dataset.texts)).texts()]))


def lessons(dataset: Dataset) -> tuple[Labels, Labels]:
    """What may be learned: labels of 0 and 1 with their weights, 0 where a label must not be used."""
    labels = np.where(np.isnan(dataset.labels), np.nan, dataset.labels >= 0.5)
    trust = np.array([SOURCES.get(source, ORDINARY).weight for source in dataset.sources])
    weights = np.where(np.isnan(labels), 0.0, trust[:, None])
    weights[dataset.is_contested[:, None] & (labels == 0)] = 0.0
    return labels, weights * ~_says_nothing(dataset, labels)


def with_assumed(dataset: Dataset, labels: Labels, weights: Labels, weight: float) -> tuple[Labels, Labels]:
    """The same lessons, with texts of sources free of spam as doubtful negatives of spam; only to train with."""
    if "spam" not in dataset.attributes:
        return labels, weights
    column = dataset.attributes.index("spam")
    is_assumed = np.array([SOURCES.get(source, ORDINARY).free_of_spam for source in dataset.sources])
    is_assumed &= np.isnan(labels[:, column])
    labels, weights = labels.copy(), weights.copy()
    labels[is_assumed, column], weights[is_assumed, column] = 0.0, weight
    return labels, weights


def _says_nothing(dataset: Dataset, labels: Labels) -> Mask:
    """Zeros of hate-only sources: true of identity attacks, silent on everything else."""
    is_hate_only = np.array([SOURCES.get(source, ORDINARY).hate_only for source in dataset.sources])
    is_other = np.array([name != "identity_attack" for name in dataset.attributes])
    silent: Mask = is_hate_only[:, None] & is_other[None, :] & (labels == 0)
    return silent
