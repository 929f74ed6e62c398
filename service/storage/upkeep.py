"""Who is alive, and what is past its date."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from service.storage.tables import heartbeats, replies


def beat(tx: Connection, *, role: str, name: str, now: datetime) -> None:
    """Note that a process of this role is alive."""
    mine = (heartbeats.c.role == role) & (heartbeats.c.name == name)
    if not tx.execute(update(heartbeats).where(mine).values(seen_at=now)).rowcount:
        tx.execute(insert(heartbeats).values(role=role, name=name, seen_at=now))


def last_seen(tx: Connection, role: str) -> datetime | None:
    found: datetime | None = tx.scalar(select(func.max(heartbeats.c.seen_at)).where(heartbeats.c.role == role))
    return found


def drop_heartbeats(tx: Connection, *, before: datetime) -> int:
    return tx.execute(delete(heartbeats).where(heartbeats.c.seen_at < before)).rowcount


def forget_addresses(tx: Connection, *, before: datetime) -> int:
    """Drop the truncated address, its daily hash and the browser's name of replies received before a time."""
    old = (replies.c.received_at < before) & (replies.c.ip_hash.is_not(None) | replies.c.user_agent.is_not(None))
    return tx.execute(update(replies).where(old).values(ip_prefix=None, ip_hash=None, user_agent=None)).rowcount
