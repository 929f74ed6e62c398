"""The checker of accessibility is, byte for byte, the one that was published."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

VENDOR = Path(__file__).parent / "vendor"
ROWS = re.findall(
    r"^\| (\S+) \| \S+ \| [\d.]+ \| [^|]+ \| ([0-9a-f]{64}) \|$", (VENDOR / "VENDORED.md").read_text(), re.M
)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_vendored_file_is_unchanged(row):
    file, sha256 = row

    assert hashlib.sha256((VENDOR / file).read_bytes()).hexdigest() == sha256


def test_every_vendored_file_is_in_the_table():
    files = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}

    assert files - {"VENDORED.md"} == {file for file, _ in ROWS}
