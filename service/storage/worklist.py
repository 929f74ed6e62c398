"""The work list: which replies wait for a verdict, who has claimed them, and the verdicts themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from service.domain.reply import Claimed, Move
from service.storage.tables import pending, replies, threads


@dataclass(frozen=True)
class Decided:
    """A move out of pending, with what the reply's row remembers of it."""

    move: Move
    rule: str


def claim(tx: Connection, *, token: str, now: datetime, until: datetime, at_most: int) -> list[Claimed]:
    """Take the oldest replies nobody holds a living claim on, for `token`, until `until`."""
    free = or_(pending.c.claimed_until.is_(None), pending.c.claimed_until < now)
    oldest = select(pending.c.reply_id).where(free).order_by(pending.c.received_at).limit(at_most)
    taken = tx.execute(
        update(pending)
        .where(pending.c.reply_id.in_(oldest.with_for_update(skip_locked=True)))
        .values(claim=token, claimed_until=until, attempts=pending.c.attempts + 1)
        .returning(pending.c.reply_id, pending.c.attempts)
    ).all()
    return _described(tx, {row.reply_id: row.attempts for row in taken}) if taken else []


def _described(tx: Connection, attempts: dict[str, int]) -> list[Claimed]:
    rows = tx.execute(
        select(
            replies.c.id,
            replies.c.site_id,
            replies.c.thread_id,
            replies.c.author_id,
            replies.c.author_name,
            replies.c.ip_hash,
            replies.c.text,
            replies.c.text_digest,
            replies.c.received_at,
            replies.c.honeypot,
            threads.c.closed_at,
        )
        .join(threads, replies.c.thread_id == threads.c.id)
        .where(replies.c.id.in_(list(attempts)))
        .order_by(replies.c.id)
    ).mappings()
    return [
        Claimed(
            **{name: row[name] for name in row if name != "closed_at"},
            thread_closed=row["closed_at"] is not None,
            attempts=attempts[row["id"]],
        )
        for row in rows
    ]


def finish(tx: Connection, token: str, decided: Sequence[Decided]) -> set[str]:
    """Strike the replies off the work list and store their verdicts; only those whose claim is still ours.

    Returns their ids. A reply whose claim expired and went to someone else is left to them.
    """
    wanted = [each.move.reply_id for each in decided]
    ours = set(
        tx.scalars(
            delete(pending)
            .where(pending.c.claim == token, pending.c.reply_id.in_(wanted))
            .returning(pending.c.reply_id)
        )
    )
    rows = [_verdict(each) for each in decided if each.move.reply_id in ours]
    if rows:
        tx.execute(_STORE_VERDICT, rows)
    return ours


_STORE_VERDICT = (
    update(replies)
    .where(replies.c.id == bindparam("reply"), replies.c.status == "pending")
    .values(
        status=bindparam("new_status"),
        version=replies.c.version + 1,
        decided_at=bindparam("decided"),
        rule=bindparam("deciding_rule"),
        scores=bindparam("new_scores", type_=replies.c.scores.type),
        model=bindparam("scored_by"),
        policy_version=bindparam("under_policy"),
    )
)


def _verdict(decided: Decided) -> dict[str, Any]:
    move = decided.move
    return {
        "reply": move.reply_id,
        "new_status": move.after.value,
        "decided": move.at,
        "deciding_rule": decided.rule,
        "new_scores": move.scores or None,
        "scored_by": move.model,
        "under_policy": move.policy_version,
    }


def release(tx: Connection, token: str) -> None:
    """Give back what `token` still holds, so that it need not wait for the claim to expire."""
    tx.execute(update(pending).where(pending.c.claim == token).values(claim=None, claimed_until=None))


def oldest(tx: Connection) -> datetime | None:
    """When the oldest pending reply was received."""
    found: datetime | None = tx.scalar(select(func.min(pending.c.received_at)))
    return found


def count(tx: Connection) -> int:
    return tx.scalar(select(func.count()).select_from(pending)) or 0


def waits_since(tx: Connection, *, before: datetime, now: datetime) -> bool:
    """Whether a reply received before a time is free to be claimed: its nudge was lost or its claim expired."""
    free = or_(pending.c.claimed_until.is_(None), pending.c.claimed_until < now)
    found = tx.execute(select(pending.c.reply_id).where(free, pending.c.received_at < before).limit(1))
    return found.first() is not None
