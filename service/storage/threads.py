"""Articles and their threads: found by address, created on first use."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update
from uuid_utils import uuid7

from service.domain.thread_url import canonical_key, clean_url
from service.storage.database import insert_new
from service.storage.tables import threads

_COLUMNS = (threads.c.id, threads.c.site_id, threads.c.url, threads.c.title, threads.c.closed_at, threads.c.url_key)


@dataclass(frozen=True)
class Thread:
    id: str
    site_id: str
    url: str
    title: str | None
    closed_at: datetime | None

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


@dataclass(frozen=True)
class NewThread:
    """A thread to be created unless its address has one already."""

    site_id: str
    url: str
    title: str | None = None


def get(tx: Connection, thread_id: str) -> Thread | None:
    return by_ids(tx, [thread_id]).get(thread_id)


def by_ids(tx: Connection, ids: Iterable[str]) -> dict[str, Thread]:
    rows = tx.execute(select(*_COLUMNS).where(threads.c.id.in_(list(ids))))
    return {row.id: _thread(row) for row in rows}


def by_url(tx: Connection, site_id: str, url: str) -> Thread | None:
    """The thread of an address in any of its spellings. Raises `BadThreadUrl`."""
    return by_keys(tx, [(site_id, canonical_key(url))]).get((site_id, canonical_key(url)))


def by_keys(tx: Connection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], Thread]:
    """Threads by (site, canonical key)."""
    sites, urls = {site for site, _ in keys}, {url for _, url in keys}
    rows = tx.execute(select(*_COLUMNS).where(threads.c.url_key.in_(list(urls)), threads.c.site_id.in_(list(sites))))
    return {(row.site_id, row.url_key): _thread(row) for row in rows if (row.site_id, row.url_key) in keys}


def open_all(
    tx: Connection, wanted: Mapping[tuple[str, str], NewThread], now: datetime
) -> dict[tuple[str, str], Thread]:
    """The threads of these (site, canonical key), created where there are none. Safe against a race."""
    rows = [
        {
            "id": str(uuid7()),
            "site_id": new.site_id,
            "url": clean_url(new.url),
            "url_key": key,
            "title": new.title,
            "created_at": now,
        }
        for (_, key), new in sorted(wanted.items())  # in one order everywhere: no deadlock
    ]
    if not rows:
        return {}
    tx.execute(insert_new(tx, threads), rows)
    return by_keys(tx, wanted)


def open_one(tx: Connection, new: NewThread, now: datetime) -> Thread:
    key = (new.site_id, canonical_key(new.url))
    return by_keys(tx, [key]).get(key) or open_all(tx, {key: new}, now)[key]


def set_closed(tx: Connection, thread_id: str, closed_at: datetime | None) -> None:
    tx.execute(update(threads).where(threads.c.id == thread_id).values(closed_at=closed_at))


def _thread(row: Row[*tuple[Any, ...]]) -> Thread:
    return Thread(row.id, row.site_id, row.url, row.title, row.closed_at)
