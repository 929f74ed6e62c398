"""Only who posted a reply may look at it while it waits, and only for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.preview import may_preview, preview_hash
from tests.fakes import NOON

SECRET = b"a secret of at least 32 characters"
RIGHT = preview_hash(SECRET, "reply", NOON)


def allowed(given: str, *, reply: str = "reply", after: float = 1, secret: bytes = SECRET) -> bool:
    return may_preview(secret, reply, NOON, given, now=NOON + timedelta(seconds=after), seconds=600)


def test_the_right_hash_opens_the_preview() -> None:
    assert allowed(RIGHT)


@given(st.text(st.characters(codec=None)))
def test_any_other_text_does_not(given: str) -> None:
    assert not allowed(given) or given == RIGHT


@pytest.mark.parametrize(("after", "open_"), [(0, True), (600, True), (600.1, False), (-1, False)])
def test_the_preview_closes_after_its_time(after: float, open_: bool) -> None:
    assert allowed(RIGHT, after=after) is open_


def test_the_hash_fits_no_other_reply_and_no_other_deployment() -> None:
    assert not allowed(RIGHT, reply="other")
    assert not allowed(RIGHT, secret=b"another secret of the same length!")
