"""The files that `civility replay` reads, and the sentences about those it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from service.domain.errors import Refusal
from service.replay.source import Comment, read_comments
from tests.commands.conftest import Civility, refused

ROWS = [{"text": "Fine.", "toxicity": 0.1}, {"text": 'Vile, "he" said;\nnext line 🌉', "toxicity": 0.9}]
COMMENTS = [Comment("Fine.", "not toxic"), Comment('Vile, "he" said;\nnext line 🌉', "toxic")]


def as_parquet(folder: Path, rows=ROWS) -> Path:
    parquet.write_table(pa.Table.from_pylist(rows), folder / "comments.parquet")
    return folder / "comments.parquet"


def as_jsonl(folder: Path, rows=ROWS) -> Path:
    return a_file(folder, "comments.jsonl", "\n\n".join(json.dumps(row) for row in rows).encode())


def as_csv(folder: Path, rows=ROWS) -> Path:
    lines = [",".join(rows[0])]
    lines += [",".join('"' + str(value).replace('"', '""') + '"' for value in row.values()) for row in rows]
    return a_file(folder, "comments.csv", "\r\n".join(lines).encode())


def a_file(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize("write", [as_parquet, as_jsonl, as_csv])
def test_each_kind_of_file_gives_the_same_comments_in_order(tmp_path: Path, write) -> None:
    assert read_comments(write(tmp_path)) == COMMENTS
    assert read_comments(write(tmp_path), limit=1) == COMMENTS[:1]


@pytest.mark.parametrize("column", ["text", "comment_text", "comment", "content", "body"])
def test_the_text_may_have_several_names_and_no_label(tmp_path: Path, column: str) -> None:
    assert read_comments(as_csv(tmp_path, [{"id": 1, column: "Fine."}])) == [Comment("Fine.", "unlabelled")]


def test_a_line_may_be_a_text_alone(tmp_path: Path) -> None:
    assert read_comments(a_file(tmp_path, "comments.jsonl", b'"Fine."\n')) == [Comment("Fine.", "unlabelled")]


def test_a_spreadsheets_csv_begins_with_a_mark_that_is_no_text(tmp_path: Path) -> None:
    file = a_file(tmp_path, "comments.csv", "\ufefftext,toxicity\r\nFine.,0\r\n".encode())

    assert read_comments(file) == [Comment("Fine.", "not toxic")]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"Fine.", "must be one of"),
        ("a.jsonl", b"", "no comment in a.jsonl"),
        ("a.csv", b"", "no comment in a.csv"),
        ("a.csv", b"text,toxicity\n", "no comment in a.csv"),
        ("a.parquet", b"", "a.parquet cannot be read"),
        ("a.parquet", b"PAR1 and something else", "a.parquet cannot be read"),
        ("a.jsonl", b'{"id": 1}', "no text column: name it one of text, comment_text"),
        ("a.csv", b"id,words\n1,Fine.\n", "no text column: name it one of text, comment_text"),
        ("a.jsonl", b'{"text": "Fine."}\n{"text": ', "Line 2 of a.jsonl is not JSON"),
        ("a.csv", b"text\nf\xfcr\n", "a.csv cannot be read"),
        ("a.csv", b"text\n" + b"x" * 200_000 + b"\n", "a.csv cannot be read"),
    ],
    ids=[
        "kind",
        "empty jsonl",
        "empty csv",
        "csv of a header",
        "empty parquet",
        "no parquet",
        "jsonl without text",
        "csv without text",
        "broken jsonl",
        "no UTF-8",
        "a field too long for csv",
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    tmp_path: Path, civility: Civility, name: str, content: bytes, says: str
) -> None:
    file = a_file(tmp_path, name, content)

    with pytest.raises(Refusal, match=says):
        read_comments(file)
    assert says in refused(civility("replay", str(file), "--url", "http://127.0.0.1:1", "--api-key", "k"))


@pytest.mark.parametrize(
    "options", [["--rate", "0"], ["--rate", "fast"], ["--concurrency", "0"], ["--limit", "0"]], ids=" ".join
)
def test_an_option_out_of_range_is_refused(tmp_path: Path, civility: Civility, options: list[str]) -> None:
    result = civility("replay", str(as_jsonl(tmp_path)), *options)

    assert result.exit_code == 2
    assert options[0] in result.stderr


def test_without_a_service_or_its_credentials_the_way_to_name_one_is_said(tmp_path: Path, civility: Civility) -> None:
    assert "--url and --api-key" in refused(civility("replay", str(as_jsonl(tmp_path))))
