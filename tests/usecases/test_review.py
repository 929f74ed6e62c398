"""Moderators decide: each decision a move with its audit and its event, only what the table allows, never blindly."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from service.domain.errors import ForbiddenMove, NotAllowed, Refusal, StaleDecision, UnknownReply
from service.domain.ports import Work
from service.domain.reply import Status
from service.services import Services
from service.storage import audit, outbox, replies
from service.storage.moderators import Moderator
from service.storage.replies import Stored
from service.storage.sites import Site
from service.usecases import deliver, review
from tests.factories import a_decided_reply, a_moderator, a_received_reply, a_site, stored
from tests.fakes import DOUBTFUL, FixedClock, RecordingOutgoing, RecordingQueue


@pytest.fixture
def held(services: Services, site: Site) -> Stored:
    return a_decided_reply(services, site, DOUBTFUL)


def moves(services: Services, reply: Stored) -> list[tuple[str, str, str]]:
    with services.database.reading() as tx:
        return [(e["before"], e["after"], e["moderator"] or e["actor"]) for e in audit.history(tx, reply.id)]


def test_a_decision_keeps_what_the_policy_saw_and_says_who_and_why(
    services: Services, mo: Moderator, held: Stored, clock: FixedClock
) -> None:
    clock.advance(60)

    decided = review.decide_by_hand(services, mo, held.id, "approve", reason="satire", note="see the article")

    assert (decided.status, decided.version, decided.rule) == (Status.APPROVED, held.version + 1, "approve")
    assert (decided.scores, decided.model) == (DOUBTFUL, "fake-1")
    _, (_, entry) = review.history(services, mo, held.id)
    assert (entry["actor_id"], entry["moderator"], entry["at"]) == (mo.id, "Mo", clock())
    assert [reason["says"] for reason in entry["reasons"]] == ["satire"]
    assert entry["note"] == "see the article"


def test_the_world_outside_is_told_of_every_decision(
    services: Services, mo: Moderator, held: Stored, queue: RecordingQueue, outgoing: RecordingOutgoing
) -> None:
    deliver.deliver_due(services)
    outgoing.events.clear()
    queue.nudges.clear()

    review.decide_by_hand(services, mo, held.id, "reject")
    review.undo(services, mo, held.id)

    assert queue.nudges == [Work.DELIVERY] * 2
    deliver.deliver_due(services)
    assert [(event.type, event.data["by"]) for event in outgoing.events] == [
        ("reply.rejected", "moderator"),
        ("reply.held", "moderator"),
    ]


class TestUndo:
    def test_undo_leads_back_to_where_the_reply_was_and_names_what_it_undoes(
        self, services: Services, mo: Moderator, held: Stored
    ) -> None:
        review.decide_by_hand(services, mo, held.id, "reject")

        undone = review.undo(services, mo, held.id)

        assert (undone.status, undone.rule) == (Status.HELD, "undo")
        _, entries = review.history(services, mo, held.id)
        assert entries[2]["undoes"] == entries[1]["id"]

    def test_undo_twice_is_as_if_it_was_never_undone(self, services: Services, mo: Moderator, held: Stored) -> None:
        review.decide_by_hand(services, mo, held.id, "approve")

        assert [review.undo(services, mo, held.id).status for _ in range(3)] == ["held", "approved", "held"]
        assert len(moves(services, held)) == 5

    def test_the_last_of_several_decisions_is_undone_whoever_made_it(
        self, services: Services, site: Site, mo: Moderator, held: Stored
    ) -> None:
        jo = a_moderator(services, site, name="Jo")
        review.decide_by_hand(services, mo, held.id, "approve")
        review.decide_by_hand(services, jo, held.id, "reject")

        assert review.undo(services, mo, held.id).status == Status.APPROVED
        assert [by for _, _, by in moves(services, held)] == ["policy", "Mo", "Jo", "Mo"]

    def test_the_policys_verdict_cannot_be_undone(self, services: Services, mo: Moderator, held: Stored) -> None:
        with pytest.raises(ForbiddenMove, match="no moderator's decision to undo"):
            review.undo(services, mo, held.id)

        assert stored(services, held.id) == held


class TestRefusals:
    """What is refused changes nothing and is not on record."""

    def refused(self, services: Services, error: type[Refusal], reply_id: str, action: Any) -> str:
        before = stored(services, reply_id)
        with services.database.reading() as tx:
            recorded = len(audit.history(tx, reply_id))
        with pytest.raises(error) as caught:
            action()
        with services.database.reading() as tx:
            assert len(audit.history(tx, reply_id)) == recorded
        assert stored(services, reply_id) == before
        return str(caught.value)

    def test_a_stale_decision(self, services: Services, site: Site, mo: Moderator, held: Stored) -> None:
        jo = a_moderator(services, site, name="Jo")
        review.decide_by_hand(services, jo, held.id, "reject", version=held.version)

        says = self.refused(
            services,
            StaleDecision,
            held.id,
            lambda: review.decide_by_hand(services, mo, held.id, "approve", version=held.version),
        )

        assert "changed to rejected by Jo at 12:00:00 UTC" in says
        assert f"version {held.version + 1}" in says

    def test_a_stale_undo(self, services: Services, mo: Moderator, held: Stored) -> None:
        review.decide_by_hand(services, mo, held.id, "reject")

        self.refused(services, StaleDecision, held.id, lambda: review.undo(services, mo, held.id, version=held.version))

    def test_a_move_to_where_the_reply_is(self, services: Services, mo: Moderator, held: Stored) -> None:
        says = self.refused(
            services, ForbiddenMove, held.id, lambda: review.decide_by_hand(services, mo, held.id, "hold")
        )

        assert says == "The reply is already held."

    @pytest.mark.parametrize("action", review.ACTIONS)
    def test_a_decision_on_what_the_policy_has_not_seen(
        self, services: Services, site: Site, mo: Moderator, action: str
    ) -> None:
        receipt = a_received_reply(services, site)

        says = self.refused(
            services,
            ForbiddenMove,
            receipt.reply_id,
            lambda: review.decide_by_hand(services, mo, receipt.reply_id, action),
        )

        assert says.startswith("Only policy may take a reply from pending")

    def test_a_moderator_of_another_site(self, services: Services, held: Stored) -> None:
        stranger = a_moderator(services, a_site(services))

        for action in (
            lambda: review.decide_by_hand(services, stranger, held.id, "approve"),
            lambda: review.undo(services, stranger, held.id),
            lambda: review.history(services, stranger, held.id),
        ):
            self.refused(services, UnknownReply, held.id, action)
        with pytest.raises(NotAllowed, match="Ask its administrator"):
            review.list_replies(services, stranger, held.site_id, Status.HELD, after=None, limit=10)


def test_a_transaction_that_fails_stores_nothing_of_the_decision(
    services: Services, mo: Moderator, held: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(outbox, "announce", fail)  # after the move and its audit entry

    with pytest.raises(ZeroDivisionError):
        review.decide_by_hand(services, mo, held.id, "approve")

    assert stored(services, held.id) == held
    assert moves(services, held) == [("pending", "held", "policy")]


def test_of_two_moderators_at_the_same_moment_one_decides(
    services: Services, site: Site, held: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [a_moderator(services, site, name=name) for name in ("Jo", "Mo")]
    both_looked = threading.Barrier(2)
    look = replies.get

    def look_together(tx: Any, reply_id: str) -> Stored | None:
        found = look(tx, reply_id)
        if found and found.status == Status.HELD and not services.database.is_sqlite:  # SQLite: one after the other
            both_looked.wait(10)
        return found

    monkeypatch.setattr(replies, "get", look_together)

    def decide(moderator: Moderator, action: str) -> object:
        try:
            return review.decide_by_hand(services, moderator, held.id, action, version=held.version).status
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(decide, people, ["approve", "reject"]))

    decided = [answer for answer in answers if isinstance(answer, Status)]
    assert len(decided) == 1
    assert stored(services, held.id).status == decided[0]
    assert len(moves(services, held)) == 2
