"""Transactions, what SQLite is told, and what an error shows."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from service.settings import BadSetting
from service.storage.database import Database, add_rows, is_away, is_passing
from service.storage.tables import heartbeats, moderators
from tests.fakes import NOON

SECRET = "what a reader wrote in confidence"
NOWHERE = "postgresql+psycopg://civility:hunter2@127.0.0.1:1/civility"


def beats(database: Database) -> int:
    with database.reading() as tx:
        return int(tx.scalar(text("SELECT count(*) FROM heartbeats")) or 0)


def a_beat(name: str = "a") -> dict[str, object]:
    return {"role": "worker", "name": name, "seen_at": NOON}


def test_sqlite_keeps_what_it_was_given_through_a_power_cut_and_checks_references(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL does so of itself")

    with database.reading() as tx:
        said = {name: tx.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")}

    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}  # 2: FULL


def test_every_connection_of_sqlite_is_told(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL does so of itself")

    with database.reading() as one, database.reading() as two:
        assert [tx.scalar(text("PRAGMA synchronous")) for tx in (one, two)] == [2, 2]
        assert [tx.scalar(text("PRAGMA busy_timeout")) for tx in (one, two)] == [15_000, 15_000]


def test_a_reference_to_nothing_is_refused(database: Database) -> None:
    nobody = "INSERT INTO site_moderators (site_id, moderator_id) VALUES (:one, :two)"

    with pytest.raises(DBAPIError), database.writing() as tx:
        tx.execute(text(nobody), {"one": "0" * 32, "two": "1" * 32})


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def stumble() -> None:
        with database.writing() as tx:
            tx.execute(insert(heartbeats), a_beat())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()

    assert beats(database) == 0


def test_what_is_written_while_reading_is_not_kept(database: Database) -> None:
    with database.reading() as tx:
        tx.execute(insert(heartbeats), a_beat())

    assert beats(database) == 0


def test_one_who_reads_first_and_writes_then_never_fails_for_another_writer(database: Database) -> None:
    start = threading.Barrier(4)
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            start.wait()
            for number in range(5):
                with database.writing() as tx:
                    tx.scalar(text("SELECT count(*) FROM heartbeats"))
                    time.sleep(0.002)
                    tx.execute(insert(heartbeats), a_beat(f"{name}-{number}"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert beats(database) == 20


@pytest.mark.parametrize("rows", [1, 20], ids=["one by one", "many at once"])
def test_an_error_shows_nothing_of_what_was_to_be_stored(database: Database, rows: int) -> None:
    row = {"id": None, "email": SECRET, "name": SECRET, "password_hash": SECRET, "created_at": NOON}

    with pytest.raises((SQLAlchemyError, psycopg.Error)) as caught, database.writing() as tx:
        add_rows(tx, moderators, [row] * rows)

    assert SECRET not in f"{caught.value} {caught.value!r}"


def test_an_error_names_what_is_wrong_all_the_same(database: Database) -> None:
    with database.writing() as tx:
        tx.execute(insert(heartbeats), a_beat())

    with pytest.raises(SQLAlchemyError, match=r"(?i)unique") as caught, database.writing() as tx:
        tx.execute(insert(heartbeats), a_beat())

    assert is_passing(caught.value)
    assert not is_away(caught.value)


def test_a_database_that_is_away_is_told_from_one_that_refuses() -> None:
    database = Database(NOWHERE)

    assert not database.is_reachable()
    with pytest.raises(SQLAlchemyError) as caught, database.reading():
        pass
    assert is_away(caught.value)
    database.close()


def test_messages_about_a_database_hold_no_password() -> None:
    database = Database(NOWHERE)

    assert "hunter2" not in database.place
    assert "127.0.0.1:1/civility" in database.place
    database.close()


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("civility", id="no address"),
        pytest.param("postgres://user:hunter2@db/civility", id="a name of other tools"),
        pytest.param("mysql://user:hunter2@db/civility", id="a database without a driver here"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_the_right_form(url: str) -> None:
    with pytest.raises(BadSetting, match=r"DATABASE_URL.*postgresql\+psycopg://") as caught:
        Database(url)

    assert "hunter2" not in str(caught.value)


def test_a_connection_that_died_while_nobody_used_it_is_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no connections that could die")
    monkeypatch.setattr("service.storage.database._IDLE_SECONDS", 0.0)
    with database.reading() as tx:
        victim = tx.scalar(text("SELECT pg_backend_pid()"))
    other = Database(database.url.render_as_string(hide_password=False))
    with other.reading() as tx:
        tx.scalar(text(f"SELECT pg_terminate_backend({victim})"))
    other.close()

    with database.reading() as tx:
        assert tx.scalar(text("SELECT 1")) == 1


def test_the_folder_of_a_new_sqlite_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'down' / 'civility.db'}")

    assert database.is_reachable()
    database.close()
