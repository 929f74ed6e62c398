"""The curve between log-odds and probabilities rises, and is learned where a straight line would lie."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.arithmetic import calibrated, probabilities
from classifier.measuring.evaluate import expected_calibration_error
from classifier.training.pipeline import _curve

rates = st.floats(0, 5)


@given(slope=rates, steeper=rates, offset=st.floats(-5, 5))
def test_a_higher_log_odds_never_means_less(slope: float, steeper: float, offset: float) -> None:
    points = np.linspace(-30, 30, 200)

    curve = calibrated(points, np.array(slope), np.array(steeper - slope), np.array(offset))

    assert (np.diff(curve) >= -1e-9).all()


def test_far_from_zero_it_rises_by_slope_and_by_slope_and_bend() -> None:
    low, high = (
        np.diff(calibrated(np.array(ends, dtype=float), np.array(2.0), np.array(-1.5), np.array(0.0)))[0]
        for ends in ((-40, -39), (39, 40))
    )

    assert (low, high) == (pytest.approx(2.0), pytest.approx(0.5))


def test_a_bent_truth_is_met_where_a_straight_line_misses() -> None:
    chance = np.random.default_rng(3)
    decisions = chance.normal(0, 2, 40_000)
    truth = probabilities(calibrated(decisions, np.array(2.0), np.array(-1.7), np.array(0.5)))
    is_so = chance.random(len(truth)) < truth

    slope, bend, offset = _curve(decisions, is_so, np.ones_like(decisions))

    promised = probabilities(calibrated(decisions, np.array(slope), np.array(bend), np.array(offset)))
    assert expected_calibration_error(is_so.astype(float), promised, np.ones_like(promised)) < 0.02
    assert bend < -1


@pytest.mark.parametrize("is_falling", ["below", "above"])
def test_a_side_that_would_fall_stays_level(is_falling: str) -> None:
    chance = np.random.default_rng(5)
    decisions = chance.normal(0, 2, 5_000)
    rates = np.where(decisions < 0, -1.0, 2.0) if is_falling == "below" else np.where(decisions < 0, 2.0, -1.0)
    is_so = chance.random(len(decisions)) < probabilities(rates * decisions)

    slope, bend, _ = _curve(decisions, is_so, np.ones_like(decisions))

    assert min(slope, slope + bend) == pytest.approx(0)
    assert max(slope, slope + bend) > 0
