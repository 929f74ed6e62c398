"""A sentence encoder that is asked about doubtful texts only; needs the extra `civility[encoder]`.

Decision 0014 says what it is worth and what it costs. Its directory is checked like every model's before it is loaded.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from classifier.encoder.wordpiece import CHARACTERS_READ, WordPieces
from classifier.registry import METADATA, MODELS, ModelRefused, all_current
from classifier.text.normalise import repaired

SECOND_MODELS: Final = MODELS / "second"
SECOND_FORMAT: Final = 1
ENCODER, VOCABULARY = "encoder.onnx", "vocabulary.txt"

LogOdds = NDArray[np.float64]
Clock = Callable[[], float]


class EncoderMissing(ModelRefused):
    """The package that runs the encoder is not installed."""


@dataclass(frozen=True, slots=True)
class Mixing:
    """How one attribute's log-odds come from the first model's and the encoder's: a sum, fitted on held-apart texts."""

    attribute: str
    first: dict[str, float]
    second: dict[str, float]
    offset: float


@dataclass(frozen=True, slots=True)
class Band:
    """The first opinions that count as doubtful: probabilities of this attribute from `low` up to `high`.

    What was doubtful never comes out below `floor`: otherwise a doubtful text that was found harmless would stand below
    all the clear ones that nobody asked about, and some of these are not.
    """

    attribute: str
    low: float
    high: float
    floor: float

    def holds(self, probabilities: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
        """Which of these are doubtful."""
        return np.asarray((probabilities >= self.low) & (probabilities < self.high))


class SecondOpinion:
    """A loaded encoder. Safe to share between threads."""

    def __init__(self, encoder: Any, pieces: WordPieces, metadata: dict[str, Any], clock: Clock) -> None:
        self.version = str(metadata["version"])
        self.language = str(metadata["language"])
        self.band = Band(**metadata["band"])
        self.mixings = tuple(Mixing(**mixing) for mixing in metadata["mixing"])
        self.outputs: tuple[str, ...] = tuple(metadata["outputs"])
        self._pieces_at_most = int(metadata["pieces_at_most"])
        self._encoder, self._pieces, self._clock = encoder, pieces, clock

    @classmethod
    def load(cls, directory: Path | None = None, *, threads: int = 1, clock: Clock = time.monotonic) -> Self:
        """The encoder in `directory`, or the shipped one; raises `ModelRefused` if it cannot be trusted or run."""
        place = directory or shipped()
        metadata, files = _checked(place)
        pieces = WordPieces(files[VOCABULARY].decode("utf-8").split("\n"))
        return cls(session(files[ENCODER], threads), pieces, metadata, clock)

    def log_odds(self, texts: Sequence[str], *, seconds: float) -> tuple[LogOdds, NDArray[np.bool_]]:
        """What the encoder says, one row a text, and which texts were reached before the time was over.

        One text at a time, although sixteen together are a quarter faster: arithmetic in eight bits scales by the
        batch, and a reply's score must not depend on its neighbours.
        """
        found = np.zeros((len(texts), len(self.outputs)))
        reached = np.zeros(len(texts), dtype=np.bool_)
        until = self._clock() + seconds
        for row, text in enumerate(texts):
            if self._clock() >= until:
                break
            found[row], reached[row] = self._run(self._read(text)), True
        return found, reached

    def _read(self, text: str) -> list[int]:
        """The numbers of the beginning's pieces. The encoder knows no disguise; it was taught with punctuation."""
        return self._pieces.numbers(repaired(text[:CHARACTERS_READ]), self._pieces_at_most)

    def _run(self, numbers: list[int]) -> LogOdds:
        given = np.array([numbers], dtype=np.int64)
        answer = self._encoder.run(None, {"input_ids": given, "attention_mask": np.ones_like(given)})
        return np.asarray(answer[0][0], dtype=np.float64)


def shipped() -> Path:
    """The directory of the second opinion that comes along; the folder of all of them where none is named."""
    return next(iter(all_current(SECOND_MODELS).values()), SECOND_MODELS)


def _checked(place: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The papers and files of a directory; refused when missing, altered or of another format."""
    try:
        metadata = json.loads((place / METADATA).read_text("utf-8"))
        files = {name: (place / name).read_bytes() for name in (ENCODER, VOCABULARY)}
    except (OSError, ValueError) as error:
        raise ModelRefused(
            f"{place} is not a readable directory of a second opinion ({error}). It needs {ENCODER}, {VOCABULARY} and "
            f"{METADATA}; restore it, or switch the second opinion off."
        ) from error
    if metadata.get("format") != SECOND_FORMAT:
        raise ModelRefused(
            f"The second opinion in {place} has format {metadata.get('format')!r}, this program reads "
            f"{SECOND_FORMAT}. Install the version that made it, or switch the second opinion off."
        )
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != metadata.get("sha256", {}).get(name):
            raise ModelRefused(
                f"{name} in {place} is not the file that its papers describe (SHA-256 differs), so it is not used. "
                "Restore the directory from the package or a backup, or switch the second opinion off."
            )
    return metadata, files


def session(content: bytes, threads: int) -> Any:
    """What runs an encoder; raises `EncoderMissing` where nothing does."""
    try:
        import onnxruntime
    except ImportError as error:
        raise EncoderMissing(
            "The second opinion needs a package that is not installed. Install civility[encoder], or switch the second "
            "opinion off."
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    # Waiting threads would otherwise spin and take the cores that the web process needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
