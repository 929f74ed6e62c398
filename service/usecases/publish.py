"""What readers see: approved replies of a thread, and the author's own look at a reply that waits."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from service.domain.errors import BadCursor, UnknownReply, UnknownThread
from service.domain.preview import may_preview, preview_hash
from service.domain.reply import Receipt, Status
from service.services import Services
from service.storage import replies, threads
from service.storage.database import Connection
from service.storage.replies import Stored
from service.storage.threads import NewThread, Thread

_POLL_SECONDS = 0.02
_REPLY_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Page:
    """Approved replies of one thread; `next` is where the following page begins, None at the end."""

    thread: Thread
    replies: list[Stored]
    total: int
    next: str | None


def thread_page(
    services: Services,
    *,
    site_id: str | None = None,
    thread_id: str | None = None,
    url: str | None = None,
    after: str | None = None,
    limit: int = 50,
    newest_first: bool = False,
) -> Page:
    """A page of a thread, named by id or by site and address. A thread nobody wrote in yet is an empty page."""
    with services.database.reading() as tx:
        thread = _thread(tx, site_id, thread_id, url)
        found = replies.page_of_thread(tx, thread.id, after=after, limit=limit + 1, newest_first=newest_first)
        total = replies.count_approved(tx, thread.id)
    more = found[limit - 1].id if len(found) > limit else None
    return Page(thread, found[:limit], total, more)


def _thread(tx: Connection, site_id: str | None, thread_id: str | None, url: str | None) -> Thread:
    thread = threads.get(tx, thread_id) if thread_id else threads.by_url(tx, site_id or "", url or "")
    if thread is None:
        raise UnknownThread("No reply was received for this thread yet, or its id is wrong.")
    return thread


def ensure_thread(services: Services, site_id: str, url: str, title: str | None) -> Thread:
    """The thread of an article that this service itself shows."""
    with services.database.reading() as tx:
        found = threads.by_url(tx, site_id, url)
    if found:
        return found
    with services.database.writing() as tx:
        return threads.open_one(tx, NewThread(site_id, url, title), services.clock())


def status_of(services: Services, site_id: str, ids: list[str]) -> list[tuple[Stored, int]]:
    """A site's own replies by id, each with the number of automatic decisions taken on it."""
    with services.database.reading() as tx:
        found = replies.get_many(tx, site_id, ids)
        decisions = replies.decisions_of(tx, [reply.id for reply in found])
    return [(reply, decisions.get(reply.id, 0)) for reply in found]


def one_status(services: Services, site_id: str, reply_id: str) -> tuple[Stored, int]:
    found = status_of(services, site_id, [reply_id])
    if not found:
        raise UnknownReply("There is no such reply on this site.")
    return found[0]


def preview_link_hash(services: Services, receipt: Receipt) -> str:
    return preview_hash(services.secret_key, receipt.reply_id, receipt.received_at)


def preview(services: Services, reply_id: str, given_hash: str) -> Stored | None:
    """The author's own reply while it waits, if the link's hash is right and young enough."""
    with services.database.reading() as tx:
        reply = replies.get(tx, reply_id)
    if reply is None or reply.status not in (Status.PENDING, Status.HELD, Status.REJECTED):
        return None
    allowed = may_preview(
        services.secret_key,
        reply.id,
        reply.received_at,
        given_hash,
        now=services.clock(),
        seconds=services.settings.preview_seconds,
    )
    return reply if allowed else None


def wait_for_verdict(services: Services, reply_id: str) -> Status:
    """A reply's status, after waiting a moment for it to be decided."""
    deadline = time.monotonic() + services.settings.form_wait_seconds
    while True:
        with services.database.reading() as tx:
            reply = replies.get(tx, reply_id)
        status = reply.status if reply else Status.PENDING
        if status != Status.PENDING or time.monotonic() >= deadline:
            return status
        time.sleep(_POLL_SECONDS)


def read_cursor(given: str) -> str:
    """The reply id inside a cursor. Raises `BadCursor`."""
    if not _REPLY_ID.fullmatch(given):
        raise BadCursor("This cursor is not one that this service gave: use `next` of the page before, unchanged.")
    return given
