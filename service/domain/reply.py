"""A reply, its statuses, and the one table of moves between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from service.domain.errors import ForbiddenMove
from service.domain.identity import EmailAddress


class Status(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    HELD = "held"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"


class Actor(StrEnum):
    POLICY = "policy"
    MODERATOR = "moderator"
    AUTHOR = "author"
    SYSTEM = "system"


_JUDGED = (Status.APPROVED, Status.HELD, Status.REJECTED)

# (from, to) -> who may. Nothing leads back from withdrawn but erasure, and nothing from erased.
MOVES: dict[tuple[Status, Status], frozenset[Actor]] = {
    **{(Status.PENDING, judged): frozenset({Actor.POLICY}) for judged in _JUDGED},
    **{(before, after): frozenset({Actor.MODERATOR}) for before in _JUDGED for after in _JUDGED if before != after},
    **{(status, Status.WITHDRAWN): frozenset({Actor.AUTHOR}) for status in (Status.PENDING, *_JUDGED)},
    **{(status, Status.ERASED): frozenset({Actor.SYSTEM}) for status in Status if status != Status.ERASED},
}


@dataclass(frozen=True)
class Move:
    """One change of status: what the audit stores and the outbox announces."""

    reply_id: str
    site_id: str
    before: Status
    after: Status
    actor: Actor
    at: datetime
    actor_id: str | None = None
    reasons: tuple[dict[str, Any], ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    model: str | None = None
    policy_version: int | None = None
    undoes: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Submission:
    """A reply as its sender gave it, validated; the only type that still carries an address."""

    site_id: str
    author_name: str
    email: EmailAddress
    text: str
    source: str
    thread_id: str | None = None
    thread_url: str | None = None
    thread_title: str | None = None
    parent_id: str | None = None
    author_url: str | None = None
    ip: str | None = field(default=None, repr=False)
    user_agent: str | None = field(default=None, repr=False)
    created_at: datetime | None = None
    honeypot: bool = False
    idempotency_key: str | None = None
    request_digest: bytes | None = None


@dataclass(frozen=True)
class Arrival:
    """A reply as it is stored: the address has become a hash.

    `author_hashes` lists the e-mail's keyed hash under every known key, the current one first.
    """

    id: str
    site_id: str
    thread_id: str | None
    thread_url: str | None
    thread_title: str | None
    parent_id: str | None
    author_name: str
    author_url: str | None
    author_hashes: tuple[str, ...]
    text: str
    text_digest: bytes
    received_at: datetime
    created_at: datetime
    source: str
    ip_prefix: str | None = None
    ip_hash: str | None = None
    user_agent: str | None = None
    honeypot: bool = False
    idempotency_key: str | None = None
    request_digest: bytes | None = None


@dataclass(frozen=True)
class Receipt:
    """The answer to an arrival. `replayed`: the same idempotency key was answered before."""

    reply_id: str
    status: Status
    thread_id: str
    received_at: datetime
    replayed: bool = False


@dataclass(frozen=True)
class Claimed:
    """A pending reply handed to one worker until its claim expires."""

    id: str
    site_id: str
    thread_id: str
    thread_closed: bool
    author_id: str
    author_name: str
    ip_hash: str | None
    text: str
    text_digest: bytes
    received_at: datetime
    honeypot: bool
    attempts: int


def check_move(before: Status, after: Status, actor: Actor) -> None:
    """Raise `ForbiddenMove` unless `actor` may take a reply from `before` to `after`."""
    allowed = MOVES.get((before, after), frozenset())
    if actor not in allowed:
        raise ForbiddenMove(_why_not(before, after, actor, allowed))


def _why_not(before: Status, after: Status, actor: Actor, allowed: frozenset[Actor]) -> str:
    if before == after:
        return f"The reply is already {after}."
    if not allowed:
        return f"A reply that is {before} cannot become {after}."
    return f"Only {' or '.join(sorted(allowed))} may take a reply from {before} to {after}, not {actor}."
