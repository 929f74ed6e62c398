"""Admit a batch of arrivals in one transaction: a receipt or a refusal for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from service.domain.errors import (
    DuplicateReply,
    IdempotencyConflict,
    ParentElsewhere,
    Refusal,
    ThreadClosed,
    TooFast,
    UnknownParent,
    UnknownThread,
)
from service.domain.reply import Arrival, Receipt, Status
from service.domain.thread_url import canonical_key
from service.services import Services
from service.settings import Settings
from service.storage import authors, replies, threads
from service.storage.authors import AuthorKey
from service.storage.database import Connection
from service.storage.replies import Accepted
from service.storage.threads import NewThread, Thread

FLOOD_WINDOW = timedelta(seconds=60)


def admit(services: Services, arrivals: Sequence[Arrival]) -> list[Receipt | Refusal]:
    """A receipt or a refusal for each arrival, in order; what has a receipt is stored as pending."""
    now = services.clock()
    with services.database.writing() as tx:
        found = _threads(tx, arrivals, now)
        parents = _parents(tx, arrivals)
        writers = authors.known(tx, {author_key(arrival) for arrival in arrivals})
        lately = _Lately(tx, arrivals, writers, now)
        answered = _answered_before(tx, arrivals)  # last: a retry must never see its first try as a duplicate
        answers: list[Receipt | Refusal] = []
        accepted: list[tuple[Arrival, Thread]] = []
        for arrival in arrivals:
            try:
                receipt = _replayed(arrival, answered)
                if receipt is None:
                    thread = _open_thread(arrival, found)
                    _check_parent(arrival, thread, parents)
                    lately.check(arrival, thread, services.settings)
                    receipt = _accept(arrival, thread, accepted, answered)
                answers.append(receipt)
            except Refusal as refusal:
                answers.append(refusal)
        _store(tx, accepted, writers, now)
    return answers


def author_key(arrival: Arrival) -> AuthorKey:
    return arrival.site_id, arrival.author_hashes


def _thread_key(arrival: Arrival) -> tuple[str, str]:
    return arrival.site_id, arrival.thread_id or canonical_key(arrival.thread_url or "")


def _answered_before(tx: Connection, arrivals: Sequence[Arrival]) -> dict[tuple[str, str], Mapping[str, Any]]:
    keys = {(arrival.site_id, arrival.idempotency_key) for arrival in arrivals if arrival.idempotency_key}
    return dict(replies.answered_before(tx, keys)) if keys else {}  # type: ignore[arg-type]


def _threads(tx: Connection, arrivals: Sequence[Arrival], now: datetime) -> dict[tuple[str, str], Thread]:
    """The arrivals' threads by (site, id or canonical address); those of new addresses are created."""
    ids = {arrival.thread_id for arrival in arrivals if arrival.thread_id}
    found = {(thread.site_id, thread.id): thread for thread in threads.by_ids(tx, ids).values()} if ids else {}
    wanted = {
        _thread_key(arrival): NewThread(arrival.site_id, arrival.thread_url, arrival.thread_title)
        for arrival in arrivals
        if arrival.thread_url and not arrival.thread_id
    }
    if wanted:
        found |= threads.by_keys(tx, wanted)
        found |= threads.open_all(tx, {key: new for key, new in wanted.items() if key not in found}, now)
    return found


def _parents(tx: Connection, arrivals: Sequence[Arrival]) -> dict[str, str]:
    ids = {arrival.parent_id for arrival in arrivals if arrival.parent_id}
    return replies.thread_of(tx, ids) if ids else {}


def _replayed(arrival: Arrival, answered: Mapping[tuple[str, str], Mapping[str, Any]]) -> Receipt | None:
    """The first answer again, where this idempotency key was answered before with the same body."""
    before = answered.get((arrival.site_id, arrival.idempotency_key or ""))
    if before is None:
        return None
    if bytes(before["request_digest"] or b"") != arrival.request_digest:
        raise IdempotencyConflict(
            "This Idempotency-Key was used before with a different body. "
            "Send the same body to get the first answer again, or use a new key for a new reply."
        )
    status = Status(before["status"])
    return Receipt(before["id"], status, before["thread_id"], before["received_at"], replayed=True)


def _open_thread(arrival: Arrival, found: Mapping[tuple[str, str], Thread]) -> Thread:
    thread = found.get(_thread_key(arrival))
    if thread is None:
        raise UnknownThread(
            "There is no thread with this id on this site. Send the article's url instead: "
            "a thread is created on first use.",
            field="thread.id",
        )
    if thread.is_closed:
        raise ThreadClosed("Sorry, replies are closed for this article.")
    return thread


def _check_parent(arrival: Arrival, thread: Thread, parents: Mapping[str, str]) -> None:
    if arrival.parent_id is None:
        return
    if arrival.parent_id not in parents:
        raise UnknownParent(
            "The reply that this one answers does not exist, or is gone. Leave `parent` out to answer the article.",
            field="parent",
        )
    if parents[arrival.parent_id] != thread.id:
        raise ParentElsewhere("The reply that this one answers stands under another article.", field="parent")


def _accept(
    arrival: Arrival,
    thread: Thread,
    accepted: list[tuple[Arrival, Thread]],
    answered: dict[tuple[str, str], Mapping[str, Any]],
) -> Receipt:
    """A receipt; a second arrival with the same idempotency key in this batch will get the same."""
    receipt = Receipt(arrival.id, Status.PENDING, thread.id, arrival.received_at)
    accepted.append((arrival, thread))
    if arrival.idempotency_key:
        answered[arrival.site_id, arrival.idempotency_key] = {
            "id": arrival.id,
            "status": Status.PENDING,
            "thread_id": thread.id,
            "received_at": arrival.received_at,
            "request_digest": arrival.request_digest,
        }
    return receipt


def _store(
    tx: Connection, accepted: Sequence[tuple[Arrival, Thread]], writers: dict[AuthorKey, str], now: datetime
) -> None:
    if not accepted:
        return
    new = [author_key(arrival) for arrival, _ in accepted if author_key(arrival) not in writers]
    writers |= authors.add(tx, new, now)
    replies.add(tx, [Accepted(arrival, thread.id, writers[author_key(arrival)]) for arrival, thread in accepted])


class _Lately:
    """What these authors and addresses said before: finds duplicates and floods, within the batch as well."""

    def __init__(
        self, tx: Connection, arrivals: Sequence[Arrival], writers: Mapping[AuthorKey, str], now: datetime
    ) -> None:
        keys = {author_id: key for key, author_id in writers.items()}
        addresses = {arrival.ip_hash for arrival in arrivals if arrival.ip_hash}
        self._said: dict[tuple[object, ...], str] = {}
        self._times: dict[object, list[datetime]] = {}
        if keys:
            digests = {arrival.text_digest for arrival in arrivals}
            for (author_id, *rest), reply_id in replies.said_before(tx, keys, digests).items():
                self._said[keys[author_id], *rest] = reply_id
        if keys or addresses:
            for row in replies.times_of(tx, keys, addresses, since=now - FLOOD_WINDOW):
                for writer in (keys.get(row["author_id"]), row["ip_hash"]):
                    if writer:
                        self._times.setdefault(writer, []).append(row["received_at"])

    def check(self, arrival: Arrival, thread: Thread, settings: Settings) -> None:
        """Refuse a duplicate or a flood; else remember the arrival for those behind it."""
        saying = (author_key(arrival), thread.id, arrival.parent_id, arrival.text_digest)
        if saying in self._said:
            raise DuplicateReply(self._said[saying])
        times = [time for writer in self._writers(arrival) for time in self._times.get(writer, ())]
        _check_pace(arrival, times, settings)
        self._said[saying] = arrival.id
        for writer in self._writers(arrival):
            self._times.setdefault(writer, []).append(arrival.received_at)

    @staticmethod
    def _writers(arrival: Arrival) -> list[object]:
        return [author_key(arrival), *([arrival.ip_hash] if arrival.ip_hash else [])]


def _check_pace(arrival: Arrival, times: Sequence[datetime], settings: Settings) -> None:
    """A reader's form allows one reply in some seconds; a publisher's server a number in a minute."""
    if not times:
        return
    if arrival.source == "form":
        wait = settings.form_flood_seconds - (arrival.received_at - max(times)).total_seconds()
    else:
        young = sorted(times)[-settings.api_flood_replies :]
        full = len(young) >= settings.api_flood_replies
        wait = (young[0] + FLOOD_WINDOW - arrival.received_at).total_seconds() if full else 0.0
    if wait > 0:
        raise TooFast(retry_after_seconds=max(1, round(wait)))
