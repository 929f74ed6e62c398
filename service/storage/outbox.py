"""Events waiting to leave the house: written with the move they announce, delivered after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, select, update
from uuid_utils import uuid7

from service.domain.events import Event, announcement
from service.domain.reply import Move
from service.storage.database import add_rows
from service.storage.tables import outbox


@dataclass(frozen=True)
class Due:
    """An event to be sent, and how often that was tried before."""

    event: Event
    attempts: int


@dataclass(frozen=True)
class Failed:
    """An event that could not be delivered: again at `due_at`, or never (None)."""

    event_id: str
    error: str
    due_at: datetime | None


def announce(tx: Connection, moves: Sequence[Move]) -> None:
    """Queue one event a move."""
    rows = []
    for move in moves:
        event_type, data = announcement(move)
        rows.append(
            {
                "id": str(uuid7()),
                "site_id": move.site_id,
                "reply_id": move.reply_id,
                "type": event_type,
                "data": data,
                "at": move.at,
                "state": "due",
                "due_at": move.at,
                "attempts": 0,
            }
        )
    add_rows(tx, outbox, rows)


def claim(tx: Connection, *, now: datetime, lease_until: datetime, at_most: int) -> list[Due]:
    """The events due, oldest first, not due again before `lease_until`: a sender that dies is replaced."""
    due = (
        select(outbox.c.id)
        .where(outbox.c.state == "due", outbox.c.due_at <= now)
        .order_by(outbox.c.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    rows = tx.execute(
        update(outbox)
        .where(outbox.c.id.in_(due))
        .values(due_at=lease_until, attempts=outbox.c.attempts + 1)
        .returning(*(outbox.c[name] for name in (*_EVENT, "attempts")))
    ).mappings()
    return sorted((_due(row) for row in rows), key=lambda each: each.event.id)


_EVENT = ("id", "site_id", "reply_id", "type", "at", "data")


def _due(row: RowMapping) -> Due:
    return Due(Event(**{name: row[name] for name in _EVENT}), row["attempts"])


def delivered(tx: Connection, ids: Iterable[str]) -> None:
    tx.execute(update(outbox).where(outbox.c.id.in_(list(ids))).values(state="delivered", error=None))


def failed(tx: Connection, failures: Iterable[Failed]) -> None:
    """Store what went wrong; an event without another date is dead, and visible as such."""
    rows = [
        {
            "event": each.event_id,
            "what": each.error[:500],
            "new_state": "due" if each.due_at else "dead",
            "next": each.due_at,
        }
        for each in failures
    ]
    if rows:
        tx.execute(_FAIL, rows)


_FAIL = (
    update(outbox)
    .where(outbox.c.id == bindparam("event"))
    .values(
        error=bindparam("what"),
        state=bindparam("new_state"),
        due_at=func.coalesce(bindparam("next", type_=outbox.c.due_at.type), outbox.c.due_at),
    )
)


def oldest_due(tx: Connection) -> datetime | None:
    """When the oldest undelivered event happened."""
    found: datetime | None = tx.scalar(select(func.min(outbox.c.at)).where(outbox.c.state == "due"))
    return found


def count_dead(tx: Connection) -> int:
    return tx.scalar(select(func.count()).select_from(outbox).where(outbox.c.state == "dead")) or 0


def dead(tx: Connection, *, limit: int = 100) -> list[RowMapping]:
    """Dead letters, newest first."""
    query = select(outbox).where(outbox.c.state == "dead").order_by(outbox.c.id.desc()).limit(limit)
    return list(tx.execute(query).mappings())


def revive(tx: Connection, ids: Iterable[str], now: datetime) -> int:
    """Make dead letters due again; returns how many were."""
    query = update(outbox).where(outbox.c.id.in_(list(ids)), outbox.c.state == "dead")
    return tx.execute(query.values(state="due", due_at=now, attempts=0)).rowcount


def drop_delivered(tx: Connection, *, before: datetime) -> int:
    return tx.execute(delete(outbox).where(outbox.c.state == "delivered", outbox.c.at < before)).rowcount
