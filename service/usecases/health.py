"""Whether the service can do its work, in figures and sentences."""

from __future__ import annotations

from dataclasses import dataclass

from service.services import Services
from service.storage import outbox, upkeep, worklist

WORKER_SEEN_SECONDS = 30.0


@dataclass(frozen=True)
class Check:
    """One thing looked at: whether it is well, a sentence, and the figure behind it."""

    name: str
    ok: bool
    says: str
    figure: float | None = None


@dataclass(frozen=True)
class Figures:
    """What the queue and the outbox look like now. Ages in seconds, 0 where nothing waits."""

    pending: int
    oldest_pending_seconds: float
    outbox_oldest_seconds: float
    outbox_dead: int
    worker_seen_seconds: float | None


def figures(services: Services) -> Figures:
    now = services.clock()

    def age(moment: object) -> float:
        return max(0.0, (now - moment).total_seconds()) if moment else 0.0  # type: ignore[operator]

    with services.database.reading() as tx:
        seen = upkeep.last_seen(tx, "worker")
        return Figures(
            pending=worklist.count(tx),
            oldest_pending_seconds=age(worklist.oldest(tx)),
            outbox_oldest_seconds=age(outbox.oldest_due(tx)),
            outbox_dead=outbox.count_dead(tx),
            worker_seen_seconds=age(seen) if seen else None,
        )


def readiness(services: Services) -> list[Check]:
    """Database, broker, a worker seen lately, age of the oldest pending reply."""
    if not services.database.is_reachable():
        return [Check("database", False, f"The database at {services.database.place} does not answer.")]
    now = figures(services)
    return [
        Check("database", True, "The database answers."),
        _broker(services),
        _worker(now.worker_seen_seconds),
        _backlog(now.oldest_pending_seconds, services.settings.pending_age_at_most_seconds),
    ]


def role_seen(services: Services, role: str) -> Check:
    """Whether a process of this role noted lately that it is alive."""
    with services.database.reading() as tx:
        seen = upkeep.last_seen(tx, role)
    seconds = (services.clock() - seen).total_seconds() if seen else None
    ok = seconds is not None and seconds <= WORKER_SEEN_SECONDS
    return Check(role, ok, f"{role}: {'never seen' if seconds is None else f'seen {seconds:.0f} seconds ago'}", seconds)


def _broker(services: Services) -> Check:
    if services.queue.is_reachable():
        return Check("broker", True, "The broker answers.")
    return Check("broker", False, "The broker does not answer: replies are accepted and wait until it is back.")


def _worker(seconds: float | None) -> Check:
    if seconds is None:
        return Check("worker", False, "No worker was ever seen: start one with `civility worker`.")
    ok = seconds <= WORKER_SEEN_SECONDS
    says = f"A worker was seen {seconds:.0f} seconds ago" + ("." if ok else ": start one with `civility worker`.")
    return Check("worker", ok, says, seconds)


def _backlog(seconds: float, limit: float) -> Check:
    ok = seconds <= limit
    says = f"The oldest pending reply waits {seconds:.1f} seconds"
    return Check("backlog", ok, says + ("." if ok else f", more than {limit:.0f}: workers do not keep up."), seconds)
