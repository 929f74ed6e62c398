"""Delivery: delivered, again on a date, or dead; and what is dead can be sent again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from service.domain.ports import Work
from service.outgoing.outcome import RETRY_AFTER_SECONDS, Attempt
from service.services import Services
from service.storage.database import Database
from service.usecases import dead_letters, deliver, review
from tests.factories import a_decided_reply, a_moderator, a_site, make_services
from tests.fakes import CLEAN, DOUBTFUL, FixedClock, RecordingOutgoing, RecordingQueue

AWAY = Attempt("The receiver does not answer.")
GONE = Attempt("The receiver said 410 Gone.", final=True)


def states(database: Database) -> list[tuple[str, int, str | None]]:
    with database.reading() as tx:
        return [tuple(row) for row in tx.execute(text("SELECT state, attempts, error FROM outbox ORDER BY id"))]


def announced(services: Services, number: int = 1) -> None:
    """Events of as many verdicts."""
    site = a_site(services)
    for _ in range(number):
        a_decided_reply(services, site, CLEAN)


def attempts_until_dead(services: Services, clock: FixedClock) -> int:
    for attempt in range(1, 50):
        deliver.deliver_due(services)
        if states(services.database)[0][0] == "dead":
            return attempt
        clock.advance(86_401)
    raise AssertionError("never given up")


def test_what_is_due_is_delivered_once(services: Services, outgoing: RecordingOutgoing) -> None:
    announced(services, 3)

    assert deliver.deliver_due(services) == 3
    assert deliver.deliver_due(services) == 0

    assert len({event.id for event in outgoing.events}) == len(outgoing.events) == 3
    assert states(services.database) == [("delivered", 1, None)] * 3


def test_events_of_one_reply_leave_in_the_order_they_happened(
    services: Services, outgoing: RecordingOutgoing, clock: FixedClock
) -> None:
    site = a_site(services)
    moderator = a_moderator(services, site)
    reply = a_decided_reply(services, site, DOUBTFUL)
    for action in ("approve", "reject"):
        clock.advance(1)
        review.decide_by_hand(services, moderator, reply.id, action)

    deliver.deliver_due(services)

    assert [event.type for event in outgoing.events] == ["reply.held", "reply.approved", "reply.rejected"]


def test_more_than_one_batch_is_delivered_in_one_go(
    services: Services, outgoing: RecordingOutgoing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "BATCH", 2)
    announced(services, 5)

    assert deliver.deliver_due(services) == 5


def test_what_fails_is_tried_again_on_its_date_as_the_same_event(
    services: Services, outgoing: RecordingOutgoing, clock: FixedClock
) -> None:
    announced(services)
    outgoing.attempt = AWAY
    assert deliver.deliver_due(services) == 0
    assert states(services.database) == [("due", 1, "The receiver does not answer.")]

    outgoing.attempt = Attempt()
    clock.advance(RETRY_AFTER_SECONDS[0] - 1)
    assert deliver.deliver_due(services) == 0
    clock.advance(1)
    assert deliver.deliver_due(services) == 1

    assert len({event.id for event in outgoing.events}) == 1
    assert states(services.database) == [("delivered", 2, None)]


def test_the_pauses_grow_and_then_it_is_dead(
    services: Services, outgoing: RecordingOutgoing, clock: FixedClock
) -> None:
    announced(services)
    outgoing.attempt = AWAY

    attempts = attempts_until_dead(services, clock)

    assert attempts == len(RETRY_AFTER_SECONDS) + 1 == 10
    assert list(RETRY_AFTER_SECONDS) == sorted(RETRY_AFTER_SECONDS)
    assert states(services.database) == [("dead", 10, "The receiver does not answer.")]


def test_a_final_answer_makes_a_dead_letter_at_once(services: Services, outgoing: RecordingOutgoing) -> None:
    announced(services)
    outgoing.attempt = GONE

    deliver.deliver_due(services)

    assert states(services.database) == [("dead", 1, "The receiver said 410 Gone.")]


def test_one_that_fails_does_not_take_its_neighbours_along(services: Services, outgoing: RecordingOutgoing) -> None:
    site = a_site(services)
    a_decided_reply(services, site, CLEAN)
    a_decided_reply(services, site, DOUBTFUL)
    outgoing.by_type["reply.held"] = AWAY

    assert deliver.deliver_due(services) == 1

    assert sorted(state for state, _, _ in states(services.database)) == ["delivered", "due"]


def test_a_sender_that_died_is_replaced_after_its_lease(
    services: Services, outgoing: RecordingOutgoing, clock: FixedClock
) -> None:
    announced(services)
    assert len(deliver._claim(services)) == 1  # and dies

    assert deliver.deliver_due(services) == 0
    clock.advance(deliver.LEASE.total_seconds())
    assert deliver.deliver_due(services) == 1


class TestDeadLetters:
    @pytest.fixture
    def dead(self, services: Services, outgoing: RecordingOutgoing) -> str:
        """The id of a dead letter."""
        announced(services)
        outgoing.attempt = GONE
        deliver.deliver_due(services)
        outgoing.attempt = Attempt()
        (letter,) = dead_letters.list_dead(services)
        return str(letter["id"])

    def test_a_dead_letter_is_listed_with_its_error_and_not_sent_of_itself(
        self, services: Services, clock: FixedClock, dead: str
    ) -> None:
        clock.advance(timedelta(days=30).total_seconds())

        assert deliver.deliver_due(services) == 0
        assert [letter["error"] for letter in dead_letters.list_dead(services)] == ["The receiver said 410 Gone."]

    def test_it_is_sent_again_when_asked_with_all_its_attempts(
        self, services: Services, queue: RecordingQueue, outgoing: RecordingOutgoing, dead: str
    ) -> None:
        queue.nudges.clear()

        assert dead_letters.send_again(services, [dead]) == 1
        assert queue.nudges == [Work.DELIVERY]
        assert deliver.deliver_due(services) == 1
        assert outgoing.events[-1].id == dead
        assert dead_letters.list_dead(services) == []

    def test_what_is_not_dead_is_not_sent_again(
        self, services: Services, outgoing: RecordingOutgoing, dead: str
    ) -> None:
        dead_letters.send_again(services, [dead])
        deliver.deliver_due(services)

        assert dead_letters.send_again(services, [dead, "00000000-0000-7000-8000-000000000000"]) == 0
        assert deliver.deliver_due(services) == 0


def test_a_live_channel_that_is_away_means_again_and_one_that_is_back_delivers(
    database: Database, valkey_url: str, clock: FixedClock
) -> None:
    from service.outgoing.broadcast import Broadcast

    services = make_services(database, clock=clock, outgoing=Broadcast("redis://127.0.0.1:1/0"))
    announced(services)
    assert deliver.deliver_due(services) == 0
    assert states(database) == [("due", 1, "The live channel is away: ConnectionError.")]

    clock.advance(RETRY_AFTER_SECONDS[0])
    assert deliver.deliver_due(make_services(database, clock=clock, outgoing=Broadcast(valkey_url))) == 1
