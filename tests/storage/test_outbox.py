"""Events waiting to leave: taken by one sender at a time, tried again on their date, dead when nothing helps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from service.domain.reply import Status
from service.storage import outbox
from service.storage.database import Database
from service.storage.outbox import Due, Failed
from tests.factories import a_move, an_arrival
from tests.fakes import NOON

SITE = "01934567-0000-7000-8000-000000000001"
MINUTE = timedelta(minutes=1)


def announce(database: Database, *, number: int = 1, at: datetime = NOON) -> list[str]:
    """Events of as many replies; returns the ids of the replies."""
    moves = [a_move(an_arrival(SITE), at=at) for _ in range(number)]
    with database.writing() as tx:
        outbox.announce(tx, moves)
    return [move.reply_id for move in moves]


def claim(database: Database, *, now: datetime = NOON, at_most: int = 100) -> list[Due]:
    with database.writing() as tx:
        return outbox.claim(tx, now=now, lease_until=now + MINUTE, at_most=at_most)


def fail(database: Database, due: Due, *, again_at: datetime | None, error: str = "it is away") -> None:
    with database.writing() as tx:
        outbox.failed(tx, [Failed(due.event.id, error, again_at)])


@pytest.mark.parametrize("number", [1, 20], ids=["one", "many at once"])
def test_what_was_announced_is_due_at_once_and_complete(database: Database, number: int) -> None:
    replies = announce(database, number=number)

    due = claim(database)

    assert {each.event.reply_id for each in due} == set(replies)
    event = due[0].event
    assert (event.type, event.site_id, event.at, due[0].attempts) == ("reply.approved", SITE, NOON, 1)
    assert event.data == {
        "reply_id": event.reply_id,
        "status": "approved",
        "before": "pending",
        "by": "policy",
        "rules": ["clean"],
    }


def test_an_event_is_handed_to_one_sender_until_its_lease_ends(database: Database) -> None:
    announce(database)
    (first,) = claim(database)

    assert claim(database, now=NOON + MINUTE - timedelta(seconds=1)) == []
    (again,) = claim(database, now=NOON + MINUTE)
    assert (again.event.id, again.attempts) == (first.event.id, 2)


def test_the_longest_due_leave_first_and_no_more_than_asked(database: Database) -> None:
    late = announce(database, number=2, at=NOON)
    early = announce(database, number=2, at=NOON - MINUTE)

    assert {each.event.reply_id for each in claim(database, at_most=2)} == set(early)
    assert {each.event.reply_id for each in claim(database, at_most=2)} == set(late)


def test_what_is_not_due_yet_stays(database: Database) -> None:
    announce(database, at=NOON + MINUTE)

    assert claim(database) == []


def test_a_sender_waits_for_nobody_who_is_still_claiming(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    announce(database, number=10)

    with database.writing() as slow:
        first = outbox.claim(slow, now=NOON, lease_until=NOON + MINUTE, at_most=4)
        second = claim(database)

    assert len({each.event.id for each in (*first, *second)}) == len(first) + len(second) == 10


def test_what_was_delivered_is_not_due_again_and_dropped_after_its_time(database: Database) -> None:
    announce(database)
    (due,) = claim(database)
    with database.writing() as tx:
        outbox.delivered(tx, [due.event.id])

    assert claim(database, now=NOON + timedelta(days=30)) == []
    with database.writing() as tx:
        assert outbox.oldest_due(tx) is None
        assert outbox.drop_delivered(tx, before=NOON) == 0
        assert outbox.drop_delivered(tx, before=NOON + MINUTE) == 1


def test_what_failed_is_due_on_its_next_date_with_its_attempts_counted(database: Database) -> None:
    announce(database)
    (due,) = claim(database)
    fail(database, due, again_at=NOON + timedelta(minutes=5))

    assert claim(database, now=NOON + timedelta(minutes=4)) == []
    (again,) = claim(database, now=NOON + timedelta(minutes=5))
    assert (again.event.id, again.attempts) == (due.event.id, 2)


def test_a_dead_letter_is_kept_with_its_error_until_somebody_revives_it(database: Database) -> None:
    announce(database, number=2)
    dead, living = claim(database)
    fail(database, dead, again_at=None, error="gone for good: " + "x" * 600)

    with database.writing() as tx:
        (letter,) = outbox.dead(tx)
        assert outbox.count_dead(tx) == 1
        assert outbox.drop_delivered(tx, before=NOON + timedelta(days=365)) == 0
        revived = outbox.revive(tx, [dead.event.id, living.event.id], NOON + MINUTE)

    assert (letter["id"], letter["state"]) == (dead.event.id, "dead")
    assert letter["error"].startswith("gone for good")
    assert revived == 1
    again = {each.event.id: each.attempts for each in claim(database, now=NOON + MINUTE)}
    assert again[dead.event.id] == 1, "its attempts begin anew"


def test_the_age_of_the_outbox_is_that_of_the_oldest_event_not_of_its_next_attempt(database: Database) -> None:
    announce(database, at=NOON - timedelta(hours=3))
    (due,) = claim(database)
    fail(database, due, again_at=NOON + timedelta(days=1))

    with database.reading() as tx:
        assert outbox.oldest_due(tx) == NOON - timedelta(hours=3)


def test_an_event_tells_nothing_of_author_or_text(database: Database) -> None:
    arrival = an_arrival(SITE, author_name="Ada Lovelace", text="Between you and me.")
    with database.writing() as tx:
        outbox.announce(tx, [a_move(arrival, Status.HELD)])

    (due,) = claim(database)

    assert "Lovelace" not in repr(due)
    assert "Between you" not in repr(due)
