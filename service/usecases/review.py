"""A moderator's work: what is held, and approve, reject, hold, undo, each a move with its audit."""

from __future__ import annotations

from typing import Any

from service import metrics
from service.domain.errors import ForbiddenMove, NotAllowed, StaleDecision, UnknownReply
from service.domain.ports import Work
from service.domain.reply import Actor, Move, Status, check_move
from service.services import Services
from service.storage import audit, outbox, replies
from service.storage.database import Connection, RowMapping
from service.storage.moderators import Moderator
from service.storage.replies import Stored

ACTIONS = {"approve": Status.APPROVED, "reject": Status.REJECTED, "hold": Status.HELD}


def list_replies(
    services: Services, moderator: Moderator, site_id: str, status: Status, *, after: str | None, limit: int
) -> list[Stored]:
    """A site's replies of one status, oldest first."""
    _check_site(moderator, site_id)
    with services.database.reading() as tx:
        return replies.page_of_site(tx, site_id, status, after=after, limit=limit)


def history(services: Services, moderator: Moderator, reply_id: str) -> tuple[Stored, list[RowMapping]]:
    """A reply and every move it made, oldest first."""
    with services.database.reading() as tx:
        return _reply(tx, moderator, reply_id), audit.history(tx, reply_id)


def decide_by_hand(
    services: Services,
    moderator: Moderator,
    reply_id: str,
    action: str,
    *,
    version: int | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> Stored:
    """Approve, reject or hold. `version` is the one the moderator looked at; None decides whatever it is now.

    Raises `StaleDecision` when somebody moved the reply since, `ForbiddenMove` when the table forbids it.
    """
    with services.database.writing() as tx:
        reply = _reply(tx, moderator, reply_id)
        _check_version(tx, reply, version)
        reasons = ({"rule": action, "then": action, "says": reason, "figures": {}},) if reason else ()
        move = _move(services, moderator, reply, ACTIONS[action], reasons=reasons, note=note)
        decided = _apply(tx, reply, move, rule=action)
    _tell(services, action)
    return decided


def undo(services: Services, moderator: Moderator, reply_id: str, *, version: int | None = None) -> Stored:
    """Take back the last decision a moderator made on a reply; itself a move, so an undo can be undone."""
    with services.database.writing() as tx:
        reply = _reply(tx, moderator, reply_id)
        _check_version(tx, reply, version)
        entry = audit.last(tx, reply_id)
        if entry is None or entry["actor"] != Actor.MODERATOR:
            raise ForbiddenMove("There is no moderator's decision to undo: the policy decided this reply.")
        move = _move(services, moderator, reply, Status(entry["before"]), undoes=entry["id"])
        decided = _apply(tx, reply, move, rule="undo")
    _tell(services, "undo")
    return decided


def _reply(tx: Connection, moderator: Moderator, reply_id: str) -> Stored:
    reply = replies.get(tx, reply_id)
    if reply is None or reply.site_id not in moderator.site_ids:
        raise UnknownReply("There is no such reply on the sites you moderate.")
    return reply


def _check_site(moderator: Moderator, site_id: str) -> None:
    if site_id not in moderator.site_ids:
        raise NotAllowed("You are not a moderator of this site. Ask its administrator to add you.")


def _check_version(tx: Connection, reply: Stored, version: int | None) -> None:
    if version is None or version == reply.version:
        return
    entry = audit.last(tx, reply.id)
    by = (entry["moderator"] or entry["actor"]) if entry else "somebody"
    at = entry["at"] if entry else reply.received_at
    raise StaleDecision(status=reply.status, version=reply.version, by=by, at=at)


def _move(services: Services, moderator: Moderator, reply: Stored, after: Status, **details: Any) -> Move:
    check_move(reply.status, after, Actor.MODERATOR)
    return Move(
        reply_id=reply.id,
        site_id=reply.site_id,
        before=reply.status,
        after=after,
        actor=Actor.MODERATOR,
        actor_id=moderator.id,
        at=services.clock(),
        scores=reply.scores or {},
        model=reply.model,
        policy_version=reply.policy_version,
        **details,
    )


def _apply(tx: Connection, reply: Stored, move: Move, *, rule: str) -> Stored:
    if not replies.apply_move(tx, move, version=reply.version, rule=rule):
        raise ForbiddenMove("Another moderator decided this reply at the same moment. Look at it again.")
    audit.append(tx, [move])
    outbox.announce(tx, [move])
    decided = replies.get(tx, reply.id)
    assert decided is not None
    return decided


def _tell(services: Services, action: str) -> None:
    metrics.moved.labels(action).inc()
    services.queue.nudge(Work.DELIVERY)
