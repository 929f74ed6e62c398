"""The vendored files are, byte for byte, the ones that the table beside them names."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[2] / "service/web/static/vendor"
TABLE = (VENDOR / "VENDORED.md").read_text()
ROWS = re.findall(r"^\| (\S+) \| (\S+) \| ([\d.]+) \| ([^|]+) \| ([0-9a-f]{64}) \|$", TABLE, re.M)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_vendored_file_is_unchanged(row):
    file, *_, sha256 = row

    assert hashlib.sha256((VENDOR / file).read_bytes()).hexdigest() == sha256


def test_every_vendored_file_is_in_the_table_and_has_a_licence_beside_it():
    files = {path for path in VENDOR.rglob("*") if path.is_file() and path.name != "VENDORED.md"}

    assert {path.relative_to(VENDOR).as_posix() for path in files} == {row[0] for row in ROWS}
    assert all((folder / "LICENSE").exists() for folder in {path.parent for path in files})


def test_the_table_names_no_address():
    assert "://" not in TABLE
