"""Verdicts: move, audit, event and fingerprints are stored together or not at all, on facts from the database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from service.domain.reply import Status
from service.services import Services
from service.storage import audit, fingerprints, outbox, worklist
from service.storage.database import Database
from service.storage.sites import Site
from service.usecases import manage_threads, review, score
from service.usecases.decide import decide_batch, hold_undecidable
from tests.factories import a_decided_reply, a_moderator, a_received_reply, a_site, as_toml, stored
from tests.fakes import CLEAN, TOXIC, FixedClock

TABLES = ("audit", "outbox", "fingerprints")
LONG = "A text of more than eight words, so that it leaves fingerprints behind it"


class PlugPulled(Exception):
    pass


def rows_of(database: Database) -> dict[str, int]:
    with database.reading() as tx:
        return {table: int(tx.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in TABLES}


def claimed_and_scored(services: Services) -> tuple[Any, ...]:
    claimed = score.claim_batch(services)
    assert claimed is not None
    return (*claimed, score.score_batch(services, claimed[1]))


def failing_after(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    """Let a step do its work and fail then, as when the connection breaks."""
    original = getattr(owner, name)

    def fail(*args: Any, **kwargs: Any) -> Any:
        original(*args, **kwargs)
        raise PlugPulled

    monkeypatch.setattr(owner, name, fail)


@pytest.mark.parametrize(
    ("owner", "name"),
    [(worklist, "finish"), (audit, "append"), (outbox, "announce"), (fingerprints, "add")],
    ids=["after the move", "after the audit", "after the event", "after the fingerprints"],
)
def test_a_transaction_that_fails_stores_nothing_of_the_verdict(
    services: Services, site: Site, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    receipt = a_received_reply(services, site, text=LONG)
    token, batch, scores = claimed_and_scored(services)

    with monkeypatch.context() as broken:
        failing_after(broken, owner, name)
        with pytest.raises(PlugPulled):
            decide_batch(services, token, batch, scores)

    reply = stored(services, receipt.reply_id)
    assert (reply.status, reply.version, reply.rule) == (Status.PENDING, 1, None)
    assert rows_of(services.database) == {"audit": 0, "outbox": 0, "fingerprints": 0}
    assert decide_batch(services, token, batch, scores) == 1, "the claim is still ours"
    assert rows_of(services.database)["audit"] == rows_of(services.database)["outbox"] == 1
    assert rows_of(services.database)["fingerprints"] > 0


def test_holding_what_cannot_be_decided_is_all_or_nothing_too(
    services: Services, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = a_received_reply(services, site)
    token, batch, _ = claimed_and_scored(services)
    failing_after(monkeypatch, outbox, "announce")

    with pytest.raises(PlugPulled):
        hold_undecidable(services, token, batch[0])

    assert stored(services, receipt.reply_id).status == Status.PENDING
    assert rows_of(services.database) == {"audit": 0, "outbox": 0, "fingerprints": 0}


class TestFacts:
    """What a rule sees of the past is what happened."""

    def decided_by(self, services: Services, site: Site, **changes: Any) -> str:
        return str(a_decided_reply(services, site, CLEAN, **changes).rule)

    def test_an_author_of_whom_too_much_was_rejected_is_held(self, services: Services, site: Site) -> None:
        for _ in range(3):
            a_decided_reply(services, site, TOXIC, email="troll@example.org")

        assert self.decided_by(services, site, email="troll@example.org") == "often-rejected-author"
        assert self.decided_by(services, site, email="ada@example.org") == "clean"

    def test_a_moderators_decisions_count_for_the_record(self, services: Services, site: Site) -> None:
        moderator = a_moderator(services, site)
        for _ in range(3):
            reply = a_decided_reply(services, site, TOXIC, email="misread@example.org")
            review.decide_by_hand(services, moderator, reply.id, "approve")

        assert self.decided_by(services, site, email="misread@example.org") == "clean"

    def test_the_record_on_one_site_is_nothing_to_another(self, services: Services, site: Site) -> None:
        for _ in range(3):
            a_decided_reply(services, site, TOXIC, email="troll@example.org")

        assert self.decided_by(services, a_site(services), email="troll@example.org") == "clean"

    def test_a_text_posted_by_three_authors_is_a_repeat(self, services: Services, site: Site) -> None:
        rules = [self.decided_by(services, site, text=LONG) for _ in range(3)]

        assert rules == ["clean", "clean", "repeated-text"]

    def test_a_text_repeated_after_a_day_is_none(self, services: Services, site: Site, clock: FixedClock) -> None:
        for _ in range(2):
            self.decided_by(services, site, text=LONG)
        clock.advance(86_401)

        assert self.decided_by(services, site, text=LONG) == "clean"

    def test_many_replies_from_one_address_are_a_flood_whoever_they_claim_to_be(
        self, services: Services, site: Site
    ) -> None:
        rules = [self.decided_by(services, site, ip="192.0.2.77") for _ in range(10)]

        assert rules == ["clean"] * 9 + ["flood"]

    def test_a_first_reply_is_known_as_such(self, services: Services) -> None:
        first = {"name": "first-reply", "when": "first_time_author", "then": "hold"}
        clean = {"name": "clean", "when": "scores_below", "below": {"toxicity": 0.5}, "then": "approve"}
        site = a_site(services, policy=as_toml(first, clean))
        reply = a_decided_reply(services, site, CLEAN, email="new@example.org")
        assert reply.rule == "first-reply"
        review.decide_by_hand(services, a_moderator(services, site), reply.id, "approve")

        assert self.decided_by(services, site, email="new@example.org") == "clean"

    def test_a_thread_that_closed_meanwhile_is_known_as_such(self, services: Services, site: Site) -> None:
        receipt = a_received_reply(services, site)
        manage_threads.set_closed(services, site.id, receipt.thread_id, closed=True)

        score.score_pending(services)

        assert stored(services, receipt.reply_id).rule == "thread-closed-meanwhile"

    def test_who_filled_the_trap_is_rejected_with_a_name(self, services: Services, site: Site) -> None:
        assert self.decided_by(services, site, honeypot=True) == "trap-field-filled"
