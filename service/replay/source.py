"""Comments from a file: parquet, JSONL or CSV with a text column."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from service.domain.errors import Refusal

TEXT_COLUMNS = ("text", "comment_text", "comment", "content", "body")
LABEL_COLUMNS = ("toxicity", "toxic", "label")


@dataclass(frozen=True)
class Comment:
    """One text, and what people called it: toxic, not toxic, or unlabelled."""

    text: str
    label: str


def read_comments(path: Path, *, limit: int | None = None) -> list[Comment]:
    """The comments of a file in order. Raises `Refusal` with a sentence when it cannot be read as such."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise Refusal(f"{path.name} must be one of {', '.join(_READERS)}.")
    try:
        comments = list(islice(_comments(reader(path), path), limit))
    except (UnicodeDecodeError, csv.Error, ValueError) as error:  # pyarrow's errors are ValueErrors too
        raise Refusal(f"{path.name} cannot be read as {path.suffix.lower()[1:]}: {error}.") from error
    if not comments:
        raise Refusal(f"There is no comment in {path.name}.")
    return comments


def _comments(rows: Iterable[Mapping[str, Any]], path: Path) -> Iterator[Comment]:
    for row in rows:
        column = next((name for name in TEXT_COLUMNS if name in row), None)
        if column is None:
            raise Refusal(f"{path.name} has no text column: name it one of {', '.join(TEXT_COLUMNS)}.")
        yield Comment(str(row[column] or ""), _label(row))


def _label(row: Mapping[str, Any]) -> str:
    for name in LABEL_COLUMNS:
        try:
            value = float(row[name])
        except (KeyError, TypeError, ValueError):
            continue
        if not math.isnan(value):
            return "toxic" if value >= 0.5 else "not toxic"
    return "unlabelled"


def _parquet(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise Refusal("Reading parquet needs pyarrow: pip install 'civility[model]'.") from error
    with parquet.ParquetFile(path) as file:
        for batch in file.iter_batches():
            yield from batch.to_pylist()


def _jsonl(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _object(line, number, path)


def _object(line: bytes, number: int, path: Path) -> Mapping[str, Any]:
    try:
        read = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Refusal(f"Line {number} of {path.name} is not JSON: {error}.") from error
    return read if isinstance(read, dict) else {"text": read}


def _csv(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(newline="", encoding="utf-8-sig") as lines:  # spreadsheets put a mark in front
        yield from csv.DictReader(lines)


_READERS = {".parquet": _parquet, ".jsonl": _jsonl, ".csv": _csv}
