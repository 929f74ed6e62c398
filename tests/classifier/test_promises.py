"""A threshold keeps its promise with the confidence that was asked for, or there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from classifier.measuring.promises import (
    Promise,
    PromiseUnsupported,
    fewest_decisions,
    table,
    threshold_for,
    upper_bound,
)

TWO_PERCENT = Promise(share=0.02, confidence=0.95)


def decisions(seed: int, count: int = 8_000) -> tuple[np.ndarray, np.ndarray]:
    """Invented scores whose true share of toxic texts is a tenth of the score."""
    chance = np.random.default_rng(seed)
    scores = chance.random(count)
    return scores, (chance.random(count) < scores / 10).astype(float)


def line_for(seed: int) -> dict[str, Any]:
    (line,) = table(*decisions(seed), (TWO_PERCENT,))
    return line


@pytest.mark.parametrize(
    ("wrong", "total", "expected"),
    [(0, 100, 0.02951), (1, 100, 0.04656), (5, 5, 1.0), (0, 0, 1.0)],
    ids=["none wrong", "one wrong", "all wrong", "nothing seen"],
)
def test_the_bound_is_clopper_and_pearsons(wrong: int, total: int, expected: float) -> None:
    assert upper_bound(wrong, total, 0.95) == pytest.approx(expected, abs=1e-4)


def test_149_decisions_without_a_mistake_prove_two_percent() -> None:
    assert fewest_decisions(TWO_PERCENT) == 149
    assert upper_bound(0, 149, 0.95) <= 0.02 < upper_bound(0, 148, 0.95)


def test_the_chosen_threshold_breaks_its_promise_no_oftener_than_promised() -> None:
    """The true share below a threshold t is t / 20, so a promise of 2 % is broken above 0.4."""
    broken = sum(line["below"] is not None and line["below"] > 0.4 for line in map(line_for, range(200)))
    assert broken <= 0.05 * 200 + 6  # two standard deviations of chance


def test_a_looser_promise_never_approves_less() -> None:
    strict, loose = (threshold_for(*decisions(1), Promise(share)).below for share in (0.015, 0.03))
    assert strict <= loose


def test_too_few_decisions_are_refused_with_what_is_missing() -> None:
    with pytest.raises(PromiseUnsupported, match=r"100 decisions.*Bring more decisions"):
        threshold_for(np.full(100, 0.1), np.zeros(100), TWO_PERCENT)


def test_a_poor_record_is_refused() -> None:
    with pytest.raises(PromiseUnsupported, match="promise less"):
        threshold_for(np.linspace(0, 1, 2_000), np.tile([0.0, 1.0], 1_000), TWO_PERCENT)


def test_the_table_says_why_there_is_no_threshold() -> None:
    (line,) = table(np.zeros(10), np.zeros(10), (TWO_PERCENT,))
    assert line["below"] is None
    assert "No threshold keeps the promise" in line["reason"]
