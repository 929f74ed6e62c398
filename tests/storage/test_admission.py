"""Admission under pressure: many at once, from several processes, and still each reply once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import func, select

from service.domain.errors import DuplicateReply, IdempotencyConflict
from service.domain.reply import Arrival, Receipt
from service.services import Services
from service.storage import authors, worklist
from service.storage.database import Database
from service.storage.sites import Site
from service.storage.tables import authors as authors_table
from service.storage.tables import replies as replies_table
from service.storage.tables import threads as threads_table
from service.usecases import receive
from service.usecases.admit import admit
from tests.factories import a_site, an_arrival, make_services

PROCESSES = 4


@pytest.fixture
def processes(database_url: str, services: Services):
    """Several web processes on one database, each with connections and a group commit of its own."""
    databases = [Database(database_url, connections=2) for _ in range(PROCESSES)]
    yield [make_services(each, clock=services.clock, settings={"api_flood_replies": 1000}) for each in databases]
    for each in databases:
        each.close()


def at_once(calls: Sequence[Callable[[], object]]) -> list[object]:
    """What each call answers or raises, all made at the same time."""
    start = threading.Barrier(len(calls))

    def call(function: Callable[[], object]) -> object:
        start.wait(10)
        try:
            return function()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls, timeout=60))


def submit(services: Services, arrival: Arrival) -> Receipt:
    return services.intake.submit(arrival, partial(receive._admit_safely, services))


def count(database: Database, table) -> int:
    with database.reading() as tx:
        return tx.scalar(select(func.count()).select_from(table)) or 0


def test_a_retry_gets_the_first_answer_and_stores_nothing(services: Services, site: Site) -> None:
    first = an_arrival(site, idempotency_key="order 7", request_digest=b"x" * 16)
    again = an_arrival(site, idempotency_key="order 7", request_digest=b"x" * 16)

    receipt, replayed = admit(services, [first])[0], admit(services, [again])[0]

    assert isinstance(replayed, Receipt)
    assert isinstance(receipt, Receipt)
    assert (receipt.replayed, replayed.replayed) == (False, True)
    assert (replayed.reply_id, replayed.thread_id, replayed.received_at) == (
        first.id,
        receipt.thread_id,
        first.received_at,
    )
    assert count(services.database, replies_table) == 1


def test_a_retry_within_the_same_batch_gets_the_same_answer(services: Services, site: Site) -> None:
    arrivals = [an_arrival(site, idempotency_key="order 7", request_digest=b"x" * 16) for _ in range(3)]

    receipts = admit(services, arrivals)

    assert [receipt.reply_id for receipt in receipts] == [arrivals[0].id] * 3  # type: ignore[union-attr]
    assert [receipt.replayed for receipt in receipts] == [False, True, True]  # type: ignore[union-attr]


def test_another_body_under_the_same_key_is_refused(services: Services, site: Site) -> None:
    admit(services, [an_arrival(site, idempotency_key="order 7", request_digest=b"x" * 16)])

    (answer,) = admit(services, [an_arrival(site, idempotency_key="order 7", request_digest=b"y" * 16)])

    assert isinstance(answer, IdempotencyConflict)
    assert count(services.database, replies_table) == 1


def test_two_sites_may_use_the_same_key(services: Services, site: Site) -> None:
    other = a_site(services)

    receipts = admit(
        services, [an_arrival(each, idempotency_key="k", request_digest=b"x" * 16) for each in (site, other)]
    )

    assert [receipt.replayed for receipt in receipts] == [False, False]  # type: ignore[union-attr]


def test_the_same_idempotency_key_from_many_processes_stores_one_reply(processes, site: Site) -> None:
    arrivals = [an_arrival(site, idempotency_key="once", request_digest=b"x" * 16, text="Once.") for _ in range(12)]

    answers = at_once([partial(submit, processes[n % PROCESSES], each) for n, each in enumerate(arrivals)])

    assert all(isinstance(answer, Receipt) for answer in answers), answers
    assert len({answer.reply_id for answer in answers}) == 1
    assert [answer.replayed for answer in answers].count(False) == 1
    assert count(processes[0].database, replies_table) == 1


def test_large_batches_racing_for_the_same_keys_store_each_reply_once(services, processes, site: Site) -> None:
    def batch() -> list[Arrival]:
        return [
            an_arrival(
                site,
                email=f"reader-{n}@example.org",
                text=f"Number {n}.",
                idempotency_key=f"k{n}",
                request_digest=b"x" * 16,
            )
            for n in range(20)
        ]

    admit(services, [an_arrival(site, email="first@example.org")])  # the thread is there: nobody waits for its creation

    batches = at_once([partial(receive._admit_safely, each, batch()) for each in processes])

    for answers in batches:
        assert isinstance(answers, list), answers
        assert all(isinstance(answer, Receipt) for answer in answers), answers
    ids = [{answers[n].reply_id for answers in batches} for n in range(20)]
    assert [len(each) for each in ids] == [1] * 20
    assert count(processes[0].database, replies_table) == 21
    assert count(processes[0].database, authors_table) == 21


def test_a_new_thread_and_a_new_author_met_by_many_processes_at_once_exist_once(processes, site: Site) -> None:
    arrivals = [an_arrival(site, text=f"Number {n}.", thread_url="https://news.example/new") for n in range(24)]

    answers = at_once([partial(submit, processes[n % PROCESSES], each) for n, each in enumerate(arrivals)])

    assert all(isinstance(answer, Receipt) for answer in answers), answers
    assert len({answer.thread_id for answer in answers}) == 1
    database = processes[0].database
    assert [count(database, table) for table in (threads_table, authors_table, replies_table)] == [1, 1, 24]


def test_threads_of_many_addresses_met_in_different_orders_do_not_lock_each_other_out(processes, site: Site) -> None:
    def batch(order: int) -> list[Arrival]:
        numbers = range(12) if order else reversed(range(12))
        return [
            an_arrival(site, email=f"r{n}@example.org", text=f"{order}.{n}", thread_url=f"https://news.example/{n}")
            for n in numbers
        ]

    batches = at_once([partial(receive._admit_safely, each, batch(n % 2)) for n, each in enumerate(processes)])

    receipts = [answer for answers in batches for answer in answers]
    assert all(isinstance(answer, Receipt | DuplicateReply) for answer in receipts), receipts
    assert count(processes[0].database, threads_table) == 12


def test_every_accepted_reply_is_on_the_work_list(processes, site: Site) -> None:
    arrivals = [an_arrival(site, email=f"r{n}@example.org") for n in range(30)]

    at_once([partial(submit, processes[n % PROCESSES], each) for n, each in enumerate(arrivals)])

    with processes[0].database.reading() as tx:
        assert worklist.count(tx) == 30


def test_a_reply_is_stored_with_all_it_came_with(services: Services, site: Site) -> None:
    arrival = an_arrival(
        site,
        author_url="https://ada.example",
        user_agent="Browser",
        ip_prefix="192.0.2.0/24",
        ip_hash="ab" * 16,
        honeypot=True,
        thread_url="https://news.example/bridge",
        thread_title="The new bridge",
        source="form",
    )
    plain = [an_arrival(site, email=f"r{n}@example.org") for n in range(10)]  # enough for a bulk load

    admit(services, [arrival, *plain])

    with services.database.reading() as tx:
        row = tx.execute(select(replies_table).where(replies_table.c.id == arrival.id)).mappings().one()
        title = tx.scalar(select(threads_table.c.title).where(threads_table.c.id == row["thread_id"]))
    for name in ("author_name", "author_url", "user_agent", "ip_prefix", "ip_hash", "honeypot", "source", "text"):
        assert row[name] == getattr(arrival, name), name
    assert row["received_at"] == row["created_at"] == arrival.received_at
    assert row["received_at"].tzinfo is not None
    assert (row["status"], row["version"], row["rule"], row["scores"], title) == (
        "pending",
        1,
        None,
        None,
        "The new bridge",
    )


@pytest.mark.parametrize("number", [1, 12], ids=["one", "a bulk load"])
def test_every_character_a_text_may_have_comes_back_as_it_was(services: Services, site: Site, number: int) -> None:
    text = 'tab\t back\\slash \\N \\. new\nline\r\n "quotes" ¿ñ 好 👍 \x01\x7f\u2028 {json: null} %s :name'

    arrivals = [an_arrival(site, email=f"r{n}@example.org", text=f"{text} {n}") for n in range(number)]
    admit(services, arrivals)

    with services.database.reading() as tx:
        rows = tx.execute(select(replies_table.c.id, replies_table.c.text))
        assert {row.id: row.text for row in rows} == {arrival.id: arrival.text for arrival in arrivals}


def test_an_item_the_database_refuses_harms_no_neighbour(services: Services, site: Site) -> None:
    good = [an_arrival(site, email=f"r{n}@example.org") for n in range(5)]
    bad = an_arrival(site, parent_id="no-id-at-all")

    answers = receive._admit_safely(services, [*good[:3], bad, *good[3:]])

    assert [isinstance(answer, Receipt) for answer in answers] == [True, True, True, False, True, True]
    assert count(services.database, replies_table) == 5


def test_an_author_unknown_under_any_key_is_not_found(services: Services, site: Site) -> None:
    with services.database.reading() as tx:
        assert authors.known(tx, [(site.id, ("k1:00",))]) == {}
