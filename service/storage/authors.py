"""Authors by the keyed hash of their e-mail address, and what became of their replies so far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update
from uuid_utils import uuid7

from service.domain.reply import Status
from service.storage.database import add_rows
from service.storage.tables import authors, replies

AuthorKey = tuple[str, tuple[str, ...]]  # site, hashes of one address: under the current key first


@dataclass(frozen=True)
class Record:
    """What became of an author's replies since a time."""

    approved: int = 0
    rejected: int = 0
    decided: int = 0
    recent: int = 0


def known(tx: Connection, keys: Iterable[AuthorKey]) -> dict[AuthorKey, str]:
    """The ids of those authors that were seen before, under any key of the deployment."""
    keys = list(keys)
    rows = tx.execute(
        select(authors.c.id, authors.c.site_id, authors.c.email_hash).where(
            authors.c.email_hash.in_([each for _, hashes in keys for each in hashes]),
            authors.c.site_id.in_({site_id for site_id, _ in keys}),
        )
    )
    ids = {(row.site_id, row.email_hash): row.id for row in rows}
    found = {}
    for site_id, hashes in keys:
        seen = [(each, ids[site_id, each]) for each in hashes if (site_id, each) in ids]
        if seen:
            found[site_id, hashes] = seen[0][1]
            if seen[0][0] != hashes[0]:
                _rekey(tx, seen[0][1], hashes[0])
    return found


def add(tx: Connection, keys: Iterable[AuthorKey], now: datetime) -> dict[AuthorKey, str]:
    """Create authors that `known` did not find.

    Where another process created one meanwhile the database refuses, and the whole transaction is tried again.
    """
    ids = {key: str(uuid7()) for key in sorted(set(keys))}
    rows = [
        {"id": author_id, "site_id": site_id, "email_hash": hashes[0], "created_at": now}
        for (site_id, hashes), author_id in ids.items()
    ]
    add_rows(tx, authors, rows)
    return ids


def _rekey(tx: Connection, author_id: str, email_hash: str) -> None:
    """An author seen after a key rotation moves to the current key, so that the old one can be retired."""
    tx.execute(update(authors).where(authors.c.id == author_id).values(email_hash=email_hash))


def records(tx: Connection, author_ids: Iterable[str], *, since: datetime, recent_since: datetime) -> dict[str, Record]:
    """What became of these authors' replies received after `since`; `recent` counts those after `recent_since`."""

    status = replies.c.status
    judged = status.in_([Status.APPROVED, Status.REJECTED])
    rows = tx.execute(
        select(
            replies.c.author_id,
            func.count().filter(status == Status.APPROVED),
            func.count().filter(status == Status.REJECTED),
            func.count().filter(judged),
            func.count().filter(replies.c.received_at > recent_since),
        )
        .where(replies.c.author_id.in_(list(author_ids)), replies.c.received_at > since)
        .group_by(replies.c.author_id)
    )
    return {row[0]: Record(*row[1:]) for row in rows}


def replies_per_ip(tx: Connection, ip_hashes: Iterable[str], *, since: datetime) -> dict[str, int]:
    """How many replies came from each address (as its daily hash) after `since`."""
    hashes = list(ip_hashes)
    if not hashes:
        return {}
    rows = tx.execute(
        select(replies.c.ip_hash, func.count())
        .where(replies.c.ip_hash.in_(hashes), replies.c.received_at > since)
        .group_by(replies.c.ip_hash)
    )
    return {row[0]: row[1] for row in rows}
