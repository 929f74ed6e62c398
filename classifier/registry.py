"""Where models are kept: a directory each with weights, papers and checksums.

The file `current` names the shipped one of each language, a directory a line; its name begins with the language.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.text.hashing import Layout
from classifier.text.reading import PLAIN

MODELS: Final = Path(__file__).parent / "models"
DEFAULT_LANGUAGE: Final = "en"
FORMAT: Final = 2
WEIGHTS, METADATA, CARD = "weights.npz", "metadata.json", "card.md"
CURRENT, PREVIOUS = "current", "previous"
_LARGEST_BYTES: Final = 256 << 20  # a weights file that claims to unpack to more is not one of ours

Table = NDArray[np.float32]


class ModelRefused(Exception):
    """A model directory cannot be trusted or read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything that was learned, as plain arrays. Columns of `*_weights` are attributes."""

    character_weights: NDArray[np.floating[Any]]
    word_weights: NDArray[np.floating[Any]]
    character_rarity: NDArray[np.floating[Any]]
    word_rarity: NDArray[np.floating[Any]]
    longest: NDArray[np.float64]  # squared lengths above which texts count by their mean: fragments, words
    intercept: NDArray[np.float64]
    slope: NDArray[np.float64]
    bend: NDArray[np.float64]
    offset: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Model:
    """Weights with the papers that say what they are."""

    weights: Weights
    metadata: dict[str, Any]

    @property
    def version(self) -> str:
        return str(self.metadata["version"])

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple(self.metadata["attributes"])

    @property
    def experimental(self) -> tuple[str, ...]:
        """Attributes for which the data is too poor to rely on."""
        return tuple(self.metadata.get("experimental", ()))

    @property
    def language(self) -> str:
        return str(self.metadata.get("language", DEFAULT_LANGUAGE))

    @property
    def reading(self) -> str:
        """How its language is spelled before it is cut into fragments; see `reading.py`."""
        return str(self.metadata.get("reading", PLAIN))

    @property
    def layout(self) -> Layout:
        known = self.metadata["layout"]
        return Layout(tuple(known["orders"]), known["character_bits"], known["word_bits"])


_ROUNDED: Final = frozenset({"character_weights", "word_weights", "character_rarity", "word_rarity"})


def packed(weights: Weights) -> bytes:
    """The weights as the bytes of an .npz file; equal weights give equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in Weights.__dataclass_fields__:
            array = getattr(weights, name).astype(np.float16 if name in _ROUNDED else np.float64)
            member = io.BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, member.getvalue())
    return target.getvalue()


def checksum(content: bytes) -> str:
    """The SHA-256 by which weights are recognised."""
    return hashlib.sha256(content).hexdigest()


def save(directory: Path, content: bytes, metadata: dict[str, Any], card: str) -> None:
    """Write packed weights with their papers; the metadata gains format and checksum."""
    directory.mkdir(parents=True, exist_ok=True)
    papers = {"format": FORMAT, "weights_sha256": checksum(content), **metadata}
    (directory / WEIGHTS).write_bytes(content)
    (directory / METADATA).write_text(json.dumps(papers, indent=2, ensure_ascii=False) + "\n", "utf-8")
    (directory / CARD).write_text(card, "utf-8")


def promote(directory: Path, models: Path = MODELS) -> None:
    """Make this model the one that is loaded for its language when none is named; the one before is remembered."""
    replaced = all_current(models).get(_language(directory.name))
    _name(directory.name, models / CURRENT)
    if replaced and replaced.name != directory.name:
        _name(replaced.name, models / PREVIOUS)


def rollback(language: str, models: Path = MODELS) -> Path:
    """Go back to the model before the last promotion, and answer its directory."""
    before = {_language(name): name for name in _listed(models / PREVIOUS)}.get(language)
    if before is None or not (models / before).is_dir():
        raise ModelRefused(
            f"{models} has no earlier model for the language {language!r} to go back to. "
            "Promote one by its directory instead."
        )
    promote(models / before, models)
    return models / before


def _name(name: str, file: Path) -> None:
    """Put this directory's name into the list in the place of its language's."""
    others = [each for each in _listed(file) if _language(each) != _language(name)]
    file.write_text("\n".join(sorted([name, *others])) + "\n", "utf-8")


def current(models: Path = MODELS, language: str = DEFAULT_LANGUAGE) -> Path:
    """The directory of the shipped model for a language."""
    try:
        return all_current(models)[language]
    except KeyError as error:
        raise ModelRefused(
            f"{models} names no current model for the language {language!r}. Install the package again, or train one "
            f"with `python -m classifier train --language {language} --promote`."
        ) from error


def all_current(models: Path = MODELS) -> dict[str, Path]:
    """The directory of every shipped model, by language."""
    return {_language(name): models / name for name in _listed(models / CURRENT)}


def _listed(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").split()
    except FileNotFoundError:
        return []


def _language(name: str) -> str:
    return name.partition("-")[0]


def load(directory: Path | None = None) -> Model:
    """Read a model and check it; refuses with `ModelRefused` what is missing, altered or from another format."""
    place = directory or current()
    try:
        metadata = json.loads((place / METADATA).read_text("utf-8"))
        content = (place / WEIGHTS).read_bytes()
    except (OSError, ValueError) as error:
        raise ModelRefused(
            f"{place} is not a readable model directory ({error}). It needs {WEIGHTS} and {METADATA}; "
            "restore it, or name another directory."
        ) from error
    _check(place, metadata, content)
    return Model(_unpacked(place, content), metadata)


def _check(place: Path, metadata: dict[str, Any], content: bytes) -> None:
    if metadata.get("format") != FORMAT:
        raise ModelRefused(
            f"The model in {place} has format {metadata.get('format')!r}, this program reads format {FORMAT}. "
            "Train it again with this version, or install the version that made it."
        )
    if checksum(content) != metadata.get("weights_sha256"):
        raise ModelRefused(
            f"The weights in {place} are not the ones its papers describe (SHA-256 differs), so they are not used. "
            "Restore the directory from the package or a backup, or train the model again."
        )


def _unpacked(place: Path, content: bytes) -> Weights:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST_BYTES:
                raise ValueError("unpacks to more than any model of ours")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            return Weights(**{name: arrays[name] for name in Weights.__dataclass_fields__})
    except (ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ModelRefused(f"The weights in {place} cannot be read ({error}). Train the model again.") from error
