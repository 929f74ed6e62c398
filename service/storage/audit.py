"""The append-only record of moves. The database itself refuses to change or delete a row (migrations 0001, 0002)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, select
from uuid_utils import uuid7

from service.domain.reply import Move
from service.storage.database import add_rows
from service.storage.tables import audit, moderators


def append(tx: Connection, moves: Sequence[Move]) -> list[str]:
    """Write down moves; returns the ids of the entries."""
    rows = [_row(move) for move in moves]
    add_rows(tx, audit, rows)
    return [row["id"] for row in rows]


def _row(move: Move) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "site_id": move.site_id,
        "reply_id": move.reply_id,
        "at": move.at,
        "actor": move.actor.value,
        "actor_id": move.actor_id,
        "before": move.before.value,
        "after": move.after.value,
        "reasons": list(move.reasons),
        "scores": move.scores,
        "model": move.model,
        "policy_version": move.policy_version,
        "undoes": move.undoes,
        "note": move.note,
    }


def history(tx: Connection, reply_id: str) -> list[RowMapping]:
    """All entries of a reply, oldest first, each with `by`: the moderator's name or the kind of actor."""
    return list(tx.execute(_entries().where(audit.c.reply_id == reply_id).order_by(audit.c.id)).mappings())


def last(tx: Connection, reply_id: str) -> RowMapping | None:
    """The latest entry of a reply."""
    query = _entries().where(audit.c.reply_id == reply_id).order_by(audit.c.id.desc()).limit(1)
    return tx.execute(query).mappings().first()


def _entries() -> Any:
    return select(audit, moderators.c.name.label("moderator")).outerjoin(
        moderators, moderators.c.id == audit.c.actor_id
    )
