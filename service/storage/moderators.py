"""Moderators, the sites they work for, and their sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from service.storage.database import insert_new
from service.storage.sites import digest_of_key
from service.storage.tables import moderators, sessions, site_moderators


@dataclass(frozen=True)
class Moderator:
    id: str
    email: str
    name: str
    site_ids: frozenset[str]


def add(tx: Connection, moderator: Moderator, password_hash: str, now: datetime) -> None:
    tx.execute(
        insert(moderators).values(
            id=moderator.id, email=moderator.email, name=moderator.name, password_hash=password_hash, created_at=now
        )
    )
    assign(tx, moderator.id, moderator.site_ids)


def assign(tx: Connection, moderator_id: str, site_ids: Iterable[str]) -> None:
    rows = [{"site_id": site_id, "moderator_id": moderator_id} for site_id in sorted(site_ids)]
    if rows:
        tx.execute(insert_new(tx, site_moderators), rows)


def by_email(tx: Connection, email: str) -> tuple[Moderator, str] | None:
    """A moderator who may sign in, with the stored password hash."""
    row = tx.execute(select(moderators).where(moderators.c.email == email, moderators.c.disabled_at.is_(None))).first()
    return (Moderator(row.id, row.email, row.name, _sites_of(tx, row.id)), row.password_hash) if row else None


def set_password(tx: Connection, moderator_id: str, password_hash: str) -> None:
    """A new password ends every session."""
    tx.execute(update(moderators).where(moderators.c.id == moderator_id).values(password_hash=password_hash))
    tx.execute(delete(sessions).where(sessions.c.moderator_id == moderator_id))


def open_session(tx: Connection, *, token: str, moderator_id: str, now: datetime, expires_at: datetime) -> None:
    tx.execute(
        insert(sessions).values(
            digest=digest_of_key(token), moderator_id=moderator_id, created_at=now, expires_at=expires_at
        )
    )


def by_session(tx: Connection, token: str, now: datetime) -> Moderator | None:
    row = tx.execute(
        select(moderators.c.id, moderators.c.email, moderators.c.name)
        .join(sessions, sessions.c.moderator_id == moderators.c.id)
        .where(
            sessions.c.digest == digest_of_key(token),
            sessions.c.expires_at > now,
            moderators.c.disabled_at.is_(None),
        )
    ).first()
    return Moderator(row.id, row.email, row.name, _sites_of(tx, row.id)) if row else None


def close_session(tx: Connection, token: str) -> None:
    tx.execute(delete(sessions).where(sessions.c.digest == digest_of_key(token)))


def drop_expired_sessions(tx: Connection, now: datetime) -> int:
    return tx.execute(delete(sessions).where(sessions.c.expires_at < now)).rowcount


def _sites_of(tx: Connection, moderator_id: str) -> frozenset[str]:
    return frozenset(
        tx.scalars(select(site_moderators.c.site_id).where(site_moderators.c.moderator_id == moderator_id))
    )
