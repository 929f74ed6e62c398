"""Send what is due, note what failed, park what is dead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from service import metrics
from service.domain.ports import Delivery
from service.outgoing.outcome import next_attempt
from service.services import Services
from service.storage import outbox
from service.storage.outbox import Due, Failed

LEASE = timedelta(seconds=60)  # a sender that dies is replaced after this
BATCH = 500


def deliver_due(services: Services) -> int:
    """Send all events that are due; returns how many were delivered."""
    total = 0
    while due := _claim(services):
        attempts = services.outgoing.send([each.event for each in due])
        total += _settle(services, due, attempts)
        if not all(attempt.delivered for attempt in attempts):
            break  # the world outside is in trouble: the next sweep tries again
    return total


def _claim(services: Services) -> list[Due]:
    now = services.clock()
    with services.database.writing() as tx:
        return outbox.claim(tx, now=now, lease_until=now + LEASE, at_most=BATCH)


def _settle(services: Services, due: Sequence[Due], attempts: Sequence[Delivery]) -> int:
    delivered, failures = [], []
    for each, attempt in zip(due, attempts, strict=True):
        if attempt.delivered:
            delivered.append(each.event.id)
        else:
            failures.append(_failure(services, each, attempt))
    with services.database.writing() as tx:
        outbox.delivered(tx, delivered)
        outbox.failed(tx, failures)
    metrics.events.labels("delivered").inc(len(delivered))
    for failure in failures:
        metrics.events.labels("again" if failure.due_at else "dead").inc()
    return len(delivered)


def _failure(services: Services, due: Due, attempt: Delivery) -> Failed:
    wait = None if attempt.final else next_attempt(due.attempts)
    return Failed(due.event.id, attempt.error or "", services.clock() + wait if wait else None)
