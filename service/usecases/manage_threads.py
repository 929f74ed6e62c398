"""Threads close and reopen."""

from __future__ import annotations

from service.domain.errors import UnknownThread
from service.services import Services
from service.storage import threads
from service.storage.threads import Thread


def thread(services: Services, thread_id: str) -> Thread:
    """A thread by id. Raises `UnknownThread`."""
    with services.database.reading() as tx:
        found = threads.get(tx, thread_id)
    if found is None:
        raise UnknownThread("There is no such article here. Please go back to the article and try again.")
    return found


def set_closed(services: Services, site_id: str, thread_id: str, *, closed: bool) -> Thread:
    """Close a site's thread to new replies, or reopen it."""
    with services.database.writing() as tx:
        found = threads.get(tx, thread_id)
        if found is None or found.site_id != site_id:
            raise UnknownThread("There is no thread with this id on this site.")
        threads.set_closed(tx, thread_id, services.clock() if closed else None)
        changed = threads.get(tx, thread_id)
    assert changed is not None
    return changed
