"""Charts are drawn from figures, the same ones from the same figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifier.measuring.plots import Judged, draw, draw_fairness


@pytest.fixture
def judged() -> dict[str, Judged]:
    chance = np.random.default_rng(7)
    truth = (chance.random(200) < 0.3).astype(float)
    leaning = np.clip(truth * 0.4 + chance.random(200) * 0.6, 0, 1)
    only_toxic = Judged(np.ones(20), chance.random(20))
    return {"news": Judged(truth, leaning), "only toxic": only_toxic}


def test_every_chart_is_a_picture_and_a_drawing(judged: dict[str, Judged], tmp_path: Path) -> None:
    files = draw(tmp_path / "new", judged, attribute="toxicity", model="en-test")

    assert {file.name for file in files} == {
        f"toxicity-{chart}.{kind}" for chart in ("curves", "reliability", "scores") for kind in ("png", "svg")
    }
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files if file.suffix == ".png")
    assert all("</svg>" in file.read_text() for file in files if file.suffix == ".svg")


def test_a_source_with_one_label_has_no_curve_but_a_reliability(judged: dict[str, Judged], tmp_path: Path) -> None:
    draw(tmp_path, judged, attribute="toxicity", model="en-test")

    assert "only toxic" not in (tmp_path / "toxicity-curves.svg").read_text()
    assert "only toxic" in (tmp_path / "toxicity-reliability.svg").read_text()


def test_the_same_figures_give_the_same_drawing(judged: dict[str, Judged], tmp_path: Path) -> None:
    first = [file.read_bytes() for file in draw(tmp_path / "1", judged, attribute="insult", model="en-test")]
    again = [file.read_bytes() for file in draw(tmp_path / "2", judged, attribute="insult", model="en-test")]

    assert first == again


def test_the_worst_group_comes_first(tmp_path: Path) -> None:
    groups = {
        "fine": {"subgroup_auc": 0.97, "bpsn_auc": 0.96, "bnsp_auc": 0.95},
        "worst": {"subgroup_auc": 0.9, "bpsn_auc": 0.7, "bnsp_auc": 0.99},
    }

    draw_fairness(tmp_path, groups, model="en-test")

    drawn = (tmp_path / "fairness.svg").read_text()
    assert drawn.index(">worst<") < drawn.index(">fine<")
