"""What may go out, and to whom. `PublicReply` is the only list of public fields."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from service.domain.reply import Receipt
from service.domain.text import as_html, plain
from service.storage.database import RowMapping
from service.storage.replies import Stored
from service.storage.threads import Thread
from service.usecases.publish import Page


class PublicAuthor(Schema):
    name = fields.String()
    url = fields.String(allow_none=True)


class PublicReply(Schema):
    """An approved reply, as every reader may see it."""

    id = fields.String()
    parent = fields.String(allow_none=True)
    author = fields.Nested(PublicAuthor)
    text = fields.String(metadata={"description": "As written; escape it before showing it."})
    html = fields.String(metadata={"description": "Sanitised; safe to insert into a page."})
    created_at = fields.DateTime()


class PublicThread(Schema):
    id = fields.String()
    url = fields.String()
    title = fields.String(allow_none=True)
    closed = fields.Boolean()


class ThreadPageOut(Schema):
    """A page of a thread."""

    thread = fields.Nested(PublicThread)
    total = fields.Integer()
    replies = fields.List(fields.Nested(PublicReply))
    next = fields.String(allow_none=True, metadata={"description": "The cursor of the following page."})


class ReceiptOut(Schema):
    """The reply is stored and will be judged."""

    id = fields.String()
    status = fields.String()
    thread = fields.String()
    received_at = fields.DateTime()
    status_url = fields.String()


class StatusOut(Schema):
    """Where a reply stands."""

    id = fields.String()
    status = fields.String()
    thread = fields.String()
    received_at = fields.DateTime()
    decided_at = fields.DateTime(allow_none=True)
    rule = fields.String(allow_none=True)
    scores = fields.Dict(keys=fields.String(), values=fields.Float(), allow_none=True)
    model = fields.String(allow_none=True)
    policy_version = fields.Integer(allow_none=True)
    automatic_decisions = fields.Integer()


class StatusesOut(Schema):
    replies = fields.List(fields.Nested(StatusOut))


class ModeratedOut(Schema):
    """A reply as its moderators see it."""

    id = fields.String()
    status = fields.String()
    version = fields.Integer()
    thread = fields.Nested(PublicThread)
    parent = fields.String(allow_none=True)
    author = fields.Nested(PublicAuthor)
    text = fields.String()
    received_at = fields.DateTime()
    decided_at = fields.DateTime(allow_none=True)
    rule = fields.String(allow_none=True)
    scores = fields.Dict(keys=fields.String(), values=fields.Float(), allow_none=True)
    model = fields.String(allow_none=True)


class QueueOut(Schema):
    replies = fields.List(fields.Nested(ModeratedOut))
    next = fields.String(allow_none=True)


class EntryOut(Schema):
    """One line of a reply's history."""

    id = fields.String()
    at = fields.DateTime()
    by = fields.String()
    actor = fields.String()
    before = fields.String()
    after = fields.String()
    reasons = fields.List(fields.Dict())
    scores = fields.Dict(keys=fields.String(), values=fields.Float())
    model = fields.String(allow_none=True)
    policy_version = fields.Integer(allow_none=True)
    undoes = fields.String(allow_none=True)
    note = fields.String(allow_none=True)


class HistoryOut(Schema):
    reply = fields.Nested(ModeratedOut)
    history = fields.List(fields.Nested(EntryOut))


class SessionOut(Schema):
    token = fields.String()
    expires_at = fields.DateTime()


def receipt(given: Receipt, status_url: str) -> dict[str, Any]:
    return {
        "id": given.reply_id,
        "status": given.status.value,
        "thread": given.thread_id,
        "received_at": given.received_at,
        "status_url": status_url,
    }


def public_reply(reply: Stored) -> dict[str, Any]:
    return {
        "id": reply.id,
        "parent": reply.parent_id,
        "author": _author(reply),
        "text": plain(reply.text),
        "html": as_html(reply.text),
        "created_at": reply.created_at,
    }


def thread(given: Thread) -> dict[str, Any]:
    return {"id": given.id, "url": given.url, "title": given.title, "closed": given.is_closed}


def page(given: Page) -> dict[str, Any]:
    return {
        "thread": thread(given.thread),
        "total": given.total,
        "replies": [public_reply(reply) for reply in given.replies],
        "next": given.next,
    }


def status(reply: Stored, automatic_decisions: int) -> dict[str, Any]:
    return {
        "id": reply.id,
        "status": reply.status.value,
        "thread": reply.thread_id,
        "received_at": reply.received_at,
        "decided_at": reply.decided_at,
        "rule": reply.rule,
        "scores": reply.scores,
        "model": reply.model,
        "policy_version": reply.policy_version,
        "automatic_decisions": automatic_decisions,
    }


def moderated(reply: Stored) -> dict[str, Any]:
    return {
        "id": reply.id,
        "status": reply.status.value,
        "version": reply.version,
        "thread": {"id": reply.thread_id, "url": reply.thread_url, "title": reply.thread_title},
        "parent": reply.parent_id,
        "author": _author(reply),
        "text": plain(reply.text),
        "received_at": reply.received_at,
        "decided_at": reply.decided_at,
        "rule": reply.rule,
        "scores": reply.scores,
        "model": reply.model,
    }


def entry(row: RowMapping) -> dict[str, Any]:
    return {**row, "by": row["moderator"] or row["actor"]}


def _author(reply: Stored) -> dict[str, Any]:
    return {"name": reply.author_name, "url": reply.author_url}
