"""Claims: each pending reply goes to one worker at a time, and to another when that one is too slow."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from uuid_utils import uuid7

from service.domain.reply import Arrival, Claimed, Status
from service.services import Services
from service.storage import replies, threads, worklist
from service.storage.database import Database
from service.storage.sites import Site
from service.storage.worklist import Decided
from service.usecases.admit import admit
from tests.factories import a_move, an_arrival, stored
from tests.fakes import NOON

SOON = NOON + timedelta(seconds=30)


def pending_replies(services: Services, site: Site, number: int) -> list[Arrival]:
    """Replies by as many authors, each received a second after the one before."""
    arrivals = [
        an_arrival(site, email=f"reader-{n}@example.org", received_at=NOON - timedelta(seconds=number - n))
        for n in range(number)
    ]
    assert all(receipt.status == Status.PENDING for receipt in admit(services, arrivals))  # type: ignore[union-attr]
    return arrivals


def claim(database: Database, *, token: str | None = None, at_most: int = 100, now=NOON, until=SOON) -> list[Claimed]:
    with database.writing() as tx:
        return worklist.claim(tx, token=token or str(uuid7()), now=now, until=until, at_most=at_most)


def finish(database: Database, token: str, *decided: Decided) -> set[str]:
    with database.writing() as tx:
        return worklist.finish(tx, token, decided)


def test_the_oldest_are_claimed_first_and_no_more_than_asked(services: Services, site: Site) -> None:
    arrivals = pending_replies(services, site, 30)

    batches = [claim(services.database, at_most=8) for _ in range(4)]

    assert [len(batch) for batch in batches] == [8, 8, 8, 6]
    assert {reply.id for reply in batches[0]} == {arrival.id for arrival in arrivals[:8]}


def test_no_more_than_asked_are_claimed_from_a_table_the_planner_knows(services: Services, site: Site) -> None:
    pending_replies(services, site, 300)
    with services.database.writing() as tx:
        tx.execute(text("ANALYZE pending"))

    assert [len(claim(services.database, at_most=n)) for n in (1, 7, 100)] == [1, 7, 100]


def test_a_claimed_reply_carries_what_the_policy_must_know(services: Services, site: Site) -> None:
    arrival = an_arrival(site, honeypot=True, ip_hash="ab" * 16, author_name="Ada", text="Well said, all of you!")
    admit(services, [arrival])

    (reply,) = claim(services.database)

    assert (reply.id, reply.site_id, reply.text, reply.author_name) == (arrival.id, site.id, arrival.text, "Ada")
    assert (reply.honeypot, reply.ip_hash, reply.attempts, reply.thread_closed) == (True, "ab" * 16, 1, False)
    assert reply.text_digest == arrival.text_digest
    assert reply.received_at == arrival.received_at


def test_a_thread_closed_after_the_reply_came_shows_in_the_claim(services: Services, site: Site) -> None:
    receipt = admit(services, [an_arrival(site)])[0]
    with services.database.writing() as tx:
        threads.set_closed(tx, receipt.thread_id, NOON)  # type: ignore[union-attr]

    assert [reply.thread_closed for reply in claim(services.database)] == [True]


def test_a_claimed_reply_is_not_handed_out_again_before_the_claim_expires(services: Services, site: Site) -> None:
    pending_replies(services, site, 1)
    claim(services.database)

    assert claim(services.database, now=SOON) == []
    assert [reply.attempts for reply in claim(services.database, now=SOON + timedelta(seconds=1))] == [2]


def test_no_reply_goes_to_two_workers(services: Services, site: Site) -> None:
    pending_replies(services, site, 120)
    start = threading.Barrier(6)

    def work() -> list[str]:
        start.wait()
        mine: list[str] = []
        while batch := claim(services.database, at_most=7):
            mine += [reply.id for reply in batch]
        return mine

    with ThreadPoolExecutor(6) as pool:
        workers = [pool.submit(work) for _ in range(6)]
        claimed = [reply_id for worker in workers for reply_id in worker.result(30)]

    assert len(claimed) == 120
    assert max(Counter(claimed).values()) == 1


def test_a_worker_waits_for_nobody_who_is_still_claiming(database: Database, services: Services, site: Site) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    pending_replies(services, site, 10)

    with database.writing() as slow:
        first = worklist.claim(slow, token=str(uuid7()), now=NOON, until=SOON, at_most=4)
        second = claim(database, at_most=10)

    assert len(first) == 4
    assert len(second) == 6


def test_verdicts_are_stored_and_struck_off_the_list(services: Services, site: Site) -> None:
    held, approved = pending_replies(services, site, 2)
    token = str(uuid7())
    claim(services.database, token=token)

    ours = finish(
        services.database,
        token,
        Decided(a_move(held, Status.HELD), "likely-toxic"),
        Decided(a_move(approved, scores={"toxicity": 0.5}), "clean"),
    )

    assert ours == {held.id, approved.id}
    reply = stored(services, approved.id)
    assert (reply.status, reply.version, reply.rule, reply.scores) == ("approved", 2, "clean", {"toxicity": 0.5})
    assert (reply.model, reply.policy_version, reply.decided_at) == ("fake-1", 1, NOON)
    assert (stored(services, held.id).status, stored(services, held.id).rule) == ("held", "likely-toxic")
    with services.database.reading() as tx:
        assert worklist.count(tx) == 0


def test_who_lost_the_claim_stores_nothing(services: Services, site: Site) -> None:
    (arrival,) = pending_replies(services, site, 1)
    late, punctual = str(uuid7()), str(uuid7())
    claim(services.database, token=late)
    claim(services.database, token=punctual, now=SOON + timedelta(seconds=1), until=SOON + timedelta(seconds=60))

    assert finish(services.database, late, Decided(a_move(arrival, Status.APPROVED), "clean")) == set()
    assert stored(services, arrival.id).status == "pending"

    assert finish(services.database, punctual, Decided(a_move(arrival, Status.HELD), "flood")) == {arrival.id}
    assert finish(services.database, late, Decided(a_move(arrival, Status.APPROVED), "clean")) == set()
    assert (stored(services, arrival.id).status, stored(services, arrival.id).version) == ("held", 2)


def test_of_a_batch_only_the_lost_claims_are_left_out(services: Services, site: Site) -> None:
    first, second = pending_replies(services, site, 2)
    token = str(uuid7())
    claim(services.database, token=token)
    claim(services.database, now=SOON + timedelta(seconds=1), until=SOON + timedelta(hours=1), at_most=1)

    ours = finish(services.database, token, Decided(a_move(first), "clean"), Decided(a_move(second), "clean"))

    assert ours == {second.id}
    assert [stored(services, each.id).status for each in (first, second)] == ["pending", "approved"]


def test_two_workers_finishing_the_same_reply_store_one_verdict(services: Services, site: Site) -> None:
    arrivals = pending_replies(services, site, 40)
    token = str(uuid7())
    claim(services.database, token=token)
    start = threading.Barrier(4)

    def work(status: Status) -> set[str]:
        start.wait()
        return finish(services.database, token, *(Decided(a_move(each, status), "rule") for each in arrivals))

    with ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(work, s) for s in (Status.HELD, Status.APPROVED, Status.REJECTED, Status.HELD)]
        stored_by = [reply_id for worker in workers for reply_id in worker.result(30)]

    assert sorted(stored_by) == sorted(arrival.id for arrival in arrivals)
    assert all(stored(services, arrival.id).version == 2 for arrival in arrivals)


def test_a_released_claim_is_free_at_once(services: Services, site: Site) -> None:
    pending_replies(services, site, 2)
    token = str(uuid7())
    claim(services.database, token=token, at_most=1)
    claim(services.database, at_most=1)

    with services.database.writing() as tx:
        worklist.release(tx, token)

    assert len(claim(services.database)) == 1


def test_the_list_knows_its_length_and_its_oldest(services: Services, site: Site) -> None:
    with services.database.reading() as tx:
        assert (worklist.count(tx), worklist.oldest(tx)) == (0, None)
    arrivals = pending_replies(services, site, 3)

    with services.database.reading() as tx:
        assert (worklist.count(tx), worklist.oldest(tx)) == (3, arrivals[0].received_at)


def test_a_sweep_sees_what_nobody_took_and_what_was_lost(services: Services, site: Site) -> None:
    pending_replies(services, site, 1)

    def waits(*, before, now=NOON) -> bool:
        with services.database.reading() as tx:
            return worklist.waits_since(tx, before=before, now=now)

    assert waits(before=NOON)
    assert not waits(before=NOON - timedelta(seconds=5))
    claim(services.database)
    assert not waits(before=NOON)
    assert waits(before=NOON, now=SOON + timedelta(seconds=1))


def test_a_reply_that_left_pending_meanwhile_keeps_its_status(services: Services, site: Site) -> None:
    (arrival,) = pending_replies(services, site, 1)
    token = str(uuid7())
    claim(services.database, token=token)
    with services.database.writing() as tx:
        withdrawn = a_move(arrival, Status.WITHDRAWN)
        assert replies.apply_move(tx, withdrawn, version=1, rule="withdraw")

    finish(services.database, token, Decided(a_move(arrival), "clean"))

    assert stored(services, arrival.id).status == "withdrawn"
