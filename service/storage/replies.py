"""Replies: stored, found, listed, moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, func, or_, select, update

from service.domain.reply import Arrival, Move, Status
from service.storage.database import add_rows
from service.storage.tables import audit, pending, replies, threads

_GONE = (Status.WITHDRAWN, Status.ERASED)


@dataclass(frozen=True)
class Accepted:
    """An arrival with the thread and author it belongs to."""

    arrival: Arrival
    thread_id: str
    author_id: str


@dataclass(frozen=True)
class Stored:
    """A reply as it stands in the database."""

    id: str
    site_id: str
    thread_id: str
    thread_url: str
    thread_title: str | None
    parent_id: str | None
    author_id: str
    author_name: str
    author_url: str | None
    status: Status
    version: int
    text: str
    received_at: datetime
    created_at: datetime
    decided_at: datetime | None
    rule: str | None
    scores: dict[str, float] | None
    model: str | None
    policy_version: int | None


_STORED = (
    replies.c.id,
    replies.c.site_id,
    replies.c.thread_id,
    threads.c.url.label("thread_url"),
    threads.c.title.label("thread_title"),
    replies.c.parent_id,
    replies.c.author_id,
    replies.c.author_name,
    replies.c.author_url,
    replies.c.status,
    replies.c.version,
    replies.c.text,
    replies.c.received_at,
    replies.c.created_at,
    replies.c.decided_at,
    replies.c.rule,
    replies.c.scores,
    replies.c.model,
    replies.c.policy_version,
)
_SELECT_STORED = select(*_STORED).join(threads, replies.c.thread_id == threads.c.id)


def add(tx: Connection, accepted: Sequence[Accepted]) -> None:
    """Store replies as pending, each with its line in the work list."""
    add_rows(tx, replies, [_row(each) for each in accepted])
    add_rows(
        tx,
        pending,
        [{"reply_id": each.arrival.id, "received_at": each.arrival.received_at, "attempts": 0} for each in accepted],
    )


def _row(accepted: Accepted) -> dict[str, Any]:
    arrival = accepted.arrival
    return {
        "id": arrival.id,
        "site_id": arrival.site_id,
        "thread_id": accepted.thread_id,
        "parent_id": arrival.parent_id,
        "author_id": accepted.author_id,
        "status": Status.PENDING.value,
        "version": 1,
        "author_name": arrival.author_name,
        "author_url": arrival.author_url,
        "text": arrival.text,
        "text_digest": arrival.text_digest,
        "received_at": arrival.received_at,
        "created_at": arrival.created_at,
        "source": arrival.source,
        "honeypot": arrival.honeypot,
        "ip_prefix": arrival.ip_prefix,
        "ip_hash": arrival.ip_hash,
        "user_agent": arrival.user_agent,
        "idempotency_key": arrival.idempotency_key,
        "request_digest": arrival.request_digest,
    }


def answered_before(tx: Connection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], RowMapping]:
    """What was stored under these (site, idempotency key)."""
    columns = ("id", "site_id", "thread_id", "status", "received_at", "idempotency_key", "request_digest")
    rows = tx.execute(
        select(*(replies.c[name] for name in columns)).where(
            replies.c.idempotency_key.in_({key for _, key in keys}),
            replies.c.site_id.in_({site_id for site_id, _ in keys}),
        )
    ).mappings()
    return {(row["site_id"], row["idempotency_key"]): row for row in rows}


def thread_of(tx: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The thread of each reply that may be answered: withdrawn, rejected and erased ones may not."""
    rows = tx.execute(
        select(replies.c.id, replies.c.thread_id).where(
            replies.c.id.in_(list(ids)), replies.c.status.not_in([*_GONE, Status.REJECTED])
        )
    )
    return {row.id: row.thread_id for row in rows}


def said_before(
    tx: Connection, author_ids: Iterable[str], digests: Iterable[bytes]
) -> dict[tuple[str, str, str | None, bytes], str]:
    """Replies with the same author, thread, parent and text, as {that: reply id}."""
    rows = tx.execute(
        select(replies.c.id, replies.c.author_id, replies.c.thread_id, replies.c.parent_id, replies.c.text_digest)
        .where(
            replies.c.author_id.in_(list(author_ids)),
            replies.c.text_digest.in_(list(digests)),
            replies.c.status.not_in(_GONE),
        )
        .limit(1000)
    )
    return {(row.author_id, row.thread_id, row.parent_id, bytes(row.text_digest)): row.id for row in rows}


def times_of(
    tx: Connection, author_ids: Iterable[str], ip_hashes: Iterable[str], *, since: datetime
) -> list[RowMapping]:
    """When each of these authors and addresses wrote since a time: rows of author_id, ip_hash, received_at."""
    by_whom = or_(replies.c.author_id.in_(list(author_ids)), replies.c.ip_hash.in_(list(ip_hashes)))
    rows = tx.execute(
        select(replies.c.author_id, replies.c.ip_hash, replies.c.received_at)
        .where(by_whom, replies.c.received_at > since)
        .order_by(replies.c.received_at.desc())
        .limit(2000)
    )
    return list(rows.mappings())


def get(tx: Connection, reply_id: str) -> Stored | None:
    row = tx.execute(_SELECT_STORED.where(replies.c.id == reply_id)).mappings().first()
    return _stored(row) if row else None


def get_many(tx: Connection, site_id: str, ids: Iterable[str]) -> list[Stored]:
    rows = tx.execute(_SELECT_STORED.where(replies.c.site_id == site_id, replies.c.id.in_(list(ids))))
    return [_stored(row) for row in rows.mappings()]


def decisions_of(tx: Connection, ids: Iterable[str]) -> dict[str, int]:
    """How many times the policy decided each reply: 1, once decided; the replay counts anything more."""
    rows = tx.execute(
        select(audit.c.reply_id, func.count())
        .where(audit.c.reply_id.in_(list(ids)), audit.c.actor == "policy")
        .group_by(audit.c.reply_id)
    )
    return {row[0]: row[1] for row in rows}


def page_of_thread(
    tx: Connection, thread_id: str, *, after: str | None, limit: int, newest_first: bool = False
) -> list[Stored]:
    """Approved replies of a thread in order of arrival, from just behind the reply `after`."""
    chosen = and_(replies.c.thread_id == thread_id, replies.c.status == Status.APPROVED)
    return _page(tx, chosen, after=after, limit=limit, newest_first=newest_first)


def page_of_site(
    tx: Connection, site_id: str, status: Status, *, after: str | None, limit: int, newest_first: bool = False
) -> list[Stored]:
    """A site's replies with one status in order of arrival, from just behind the reply `after`."""
    chosen = and_(replies.c.site_id == site_id, replies.c.status == status)
    return _page(tx, chosen, after=after, limit=limit, newest_first=newest_first)


def _page(
    tx: Connection, chosen: ColumnElement[bool], *, after: str | None, limit: int, newest_first: bool
) -> list[Stored]:
    query = _SELECT_STORED.where(chosen).limit(limit)
    if after is not None:
        query = query.where(replies.c.id < after if newest_first else replies.c.id > after)
    rows = tx.execute(query.order_by(replies.c.id.desc() if newest_first else replies.c.id))
    return [_stored(row) for row in rows.mappings()]


def count_approved(tx: Connection, thread_id: str) -> int:
    chosen = and_(replies.c.thread_id == thread_id, replies.c.status == Status.APPROVED)
    return tx.scalar(select(func.count()).select_from(replies).where(chosen)) or 0


def apply_move(tx: Connection, move: Move, *, version: int, rule: str) -> bool:
    """Change a reply's status if it still has the status and version the move starts from."""
    changed = tx.execute(
        update(replies)
        .where(replies.c.id == move.reply_id, replies.c.status == move.before, replies.c.version == version)
        .values(status=move.after.value, version=version + 1, decided_at=move.at, rule=rule)
    )
    return changed.rowcount == 1


def _stored(row: RowMapping) -> Stored:
    return Stored(**{**row, "status": Status(row["status"])})
