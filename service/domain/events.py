"""What happened to a reply, as told to the world outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.reply import Move, Status

EVENT_OF_STATUS = {
    Status.APPROVED: "reply.approved",
    Status.HELD: "reply.held",
    Status.REJECTED: "reply.rejected",
    Status.WITHDRAWN: "reply.withdrawn",
    Status.ERASED: "reply.erased",
}


@dataclass(frozen=True)
class Event:
    """One announcement. `id` stays the same on every attempt: receivers deduplicate by it."""

    id: str
    site_id: str
    reply_id: str
    type: str
    at: datetime
    data: dict[str, Any]


def announcement(move: Move) -> tuple[str, dict[str, Any]]:
    """The event type and its data for one move; names of rules, never text or author."""
    data = {
        "reply_id": move.reply_id,
        "status": move.after.value,
        "before": move.before.value,
        "by": move.actor.value,
        "rules": [reason["rule"] for reason in move.reasons],
    }
    return EVENT_OF_STATUS[move.after], data
