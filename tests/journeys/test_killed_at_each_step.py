"""Any process killed at any point of the journey: nothing lost, nothing decided twice, nothing published undecided.

Each test kills a real process on a real database, then lets another finish the work and looks at the database.
"""

from __future__ import annotations

import signal

import pytest
from sqlalchemy import text

from service.domain.reply import Status
from service.services import Services
from service.storage.database import Database
from service.usecases import deliver, receive, score
from tests.factories import a_received_reply, a_site, a_submission
from tests.fakes import FixedClock, RecordingOutgoing
from tests.journeys.crashing import IDEMPOTENCY_KEY, POINTS, run_until_killed

REPLIES = 5
AFTER_ALL_CLAIMS_SECONDS = 120


def killed_at(database_url: str, step: str, point: str) -> None:
    """Run one step in a process of its own, which must die by SIGKILL at the point, and not reach the end."""
    assert run_until_killed(database_url, step, point) == -signal.SIGKILL


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.reading() as tx:
        return [tuple(row) for row in tx.execute(text(query))]


def finish(services: Services, clock: FixedClock) -> None:
    """What the sweep does after the claims of the dead have expired."""
    clock.advance(AFTER_ALL_CLAIMS_SECONDS)
    score.score_pending(services)
    deliver.deliver_due(services)


def assert_each_decided_once_and_announced_once(database: Database, expected: int) -> None:
    assert rows(database, "SELECT count(*) FROM replies WHERE status = 'approved'") == [(expected,)]
    assert rows(database, "SELECT count(*) FROM pending") == [(0,)]
    audited = rows(database, "SELECT reply_id, count(*) FROM audit WHERE actor = 'policy' GROUP BY reply_id")
    assert [count for _, count in audited] == [1] * expected
    announced = rows(database, "SELECT reply_id, count(*) FROM outbox GROUP BY reply_id")
    assert [count for _, count in announced] == [1] * expected
    assert rows(database, "SELECT DISTINCT state FROM outbox") == [("delivered",)]


@pytest.mark.parametrize("point", POINTS["receive"])
def test_a_web_process_killed_while_receiving_leaves_one_reply_or_none(
    database_url: str, services: Services, clock: FixedClock, point: str
) -> None:
    site = a_site(services)

    killed_at(database_url, "receive", point)

    # The sender got no answer, so it sends the same again under the same key.
    again = a_submission(
        site, text="Only once, please.", idempotency_key=IDEMPOTENCY_KEY, request_digest=b"the same body 16"
    )
    receipt = receive.receive(services, again)
    assert receipt.replayed is ("not committed" not in point and "before" not in point)
    finish(services, clock)
    assert_each_decided_once_and_announced_once(services.database, 1)


@pytest.mark.parametrize("point", POINTS["score"])
def test_a_worker_killed_while_scoring_loses_nothing_and_decides_nothing_twice(
    database_url: str, services: Services, clock: FixedClock, point: str
) -> None:
    site = a_site(services)
    for _ in range(REPLIES):
        a_received_reply(services, site)

    killed_at(database_url, "score", point)

    undecided = rows(services.database, "SELECT count(*) FROM replies WHERE status = 'pending'")
    published = rows(services.database, "SELECT count(*) FROM replies WHERE status = 'approved'")
    audited = rows(services.database, "SELECT count(*) FROM audit")
    assert undecided[0][0] + published[0][0] == REPLIES  # type: ignore[operator]
    assert published == audited  # nothing is public without a decision on record
    finish(services, clock)
    assert_each_decided_once_and_announced_once(services.database, REPLIES)


@pytest.mark.parametrize("point", POINTS["deliver"])
def test_a_worker_killed_while_delivering_delivers_at_least_once(
    database_url: str, services: Services, clock: FixedClock, outgoing: RecordingOutgoing, point: str
) -> None:
    site = a_site(services)
    for _ in range(REPLIES):
        a_received_reply(services, site)
    score.score_pending(services)

    killed_at(database_url, "deliver", point)
    finish(services, clock)

    assert_each_decided_once_and_announced_once(services.database, REPLIES)
    sent_again = {event.id for event in outgoing.events}
    assert len(sent_again) == (0 if point == "noted" else REPLIES)


def test_a_claim_of_the_dead_is_not_taken_before_it_expires(
    database_url: str, services: Services, clock: FixedClock
) -> None:
    a_received_reply(services, a_site(services))
    killed_at(database_url, "score", "claimed")

    clock.advance(services.settings.claim_seconds - 1)
    assert score.score_pending(services) == 0
    clock.advance(2)
    assert score.score_pending(services) == 1
    assert rows(services.database, "SELECT status FROM replies") == [(Status.APPROVED.value,)]
