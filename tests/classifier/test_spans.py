"""The figure for explanations is the one of SemEval-2021 task 5."""

from __future__ import annotations

from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from classifier.__main__ import main
from classifier.measuring.spans import character_f1


@pytest.mark.parametrize(
    ("found", "toxic", "figure"),
    [
        pytest.param({1, 2}, {1, 2}, 1.0, id="the same"),
        pytest.param({1, 2}, {2, 3}, 0.5, id="half"),
        pytest.param(set(), set(), 1.0, id="nothing in nothing"),
        pytest.param({1}, set(), 0.0, id="something in nothing"),
        pytest.param(set(), {1}, 0.0, id="nothing in something"),
    ],
)
def test_character_f1(found: set[int], toxic: set[int], figure: float) -> None:
    assert character_f1(frozenset(found), frozenset(toxic)) == figure


def test_the_command_prints_a_figure_for_both_parts(tmp_path: Path) -> None:
    rows = [{"text": "the mayor is an idiot", "spans": list(range(16, 21)), "split": part} for part in ("train", "dev")]
    parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / "toxic_spans.parquet")
    answer = CliRunner().invoke(main, ["spans", "--data", str(tmp_path)])
    assert "dev: character F1 1.0000 of 1 texts" in answer.output
