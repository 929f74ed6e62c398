"""The engine, SQLite's pragmas, and the two ways to open a transaction: reading and writing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psycopg
from sqlalchemy import JSON, Connection, Engine, Insert, RowMapping, Table, create_engine, event, insert, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    DisconnectionError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from service.settings import BadSetting

__all__ = ["Connection", "Database", "RowMapping", "add_rows", "insert_new", "is_away", "is_passing"]

BUSY_TIMEOUT_SECONDS = 15
_COPY_FROM_ROWS = 8
_IDLE_SECONDS = 1.0
_DRIVER_IS_AWAY = (psycopg.OperationalError, psycopg.InterfaceError)
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a reply answered 202 survives a power cut
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}",
    "PRAGMA cache_size=-4000",
    "PRAGMA temp_store=MEMORY",
)


class Database:
    """One SQLite file or one PostgreSQL database."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        try:
            self.url = make_url(url)
            self.engine = _engine(url, connections)
        except (ArgumentError, ImportError) as error:  # not an address, or one for which there is no driver
            raise BadSetting(
                "DATABASE_URL cannot be used: write it as `postgresql+psycopg://user:password@host/name`."
            ) from error

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def place(self) -> str:
        """The address without its password, for messages."""
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent look; nothing is written."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing. On SQLite the one writer's lock is taken at once, so that a read followed by a write
        cannot fail half-way (SQLITE_BUSY_SNAPSHOT)."""
        try:
            with self.engine.connect().execution_options(civility_writes=True) as connection, connection.begin():
                yield connection
        except (DBAPIError, psycopg.Error) as error:
            _hide_the_row(error)
            raise

    def is_reachable(self) -> bool:
        try:
            with self.reading() as tx:
                tx.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()


def insert_new(tx: Connection, table: Table) -> Insert:
    """INSERT that passes over rows which are already there."""
    dialect_insert = sqlite_insert if tx.dialect.name == "sqlite" else postgresql_insert
    return dialect_insert(table).on_conflict_do_nothing()


def add_rows(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """INSERT of rows that all have the same columns. Many at once go through COPY on PostgreSQL: one
    round trip, not one message a row."""
    if len(rows) < _COPY_FROM_ROWS or tx.dialect.name != "postgresql":
        if rows:
            tx.execute(insert(table), rows)
        return
    columns = [table.c[name] for name in rows[0]]
    values = [(column.name, isinstance(column.type, JSON)) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    with (
        tx.connection.cursor() as cursor,  # type: ignore[attr-defined]
        cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([orjson.dumps(row[name]).decode() if is_json else row[name] for name, is_json in values])


def is_passing(error: BaseException) -> bool:
    """Whether the same transaction may succeed when tried again: a race, a lock, a lost connection."""
    return isinstance(error, (DBAPIError, psycopg.Error))  # COPY is the driver's own, and so are its errors


def is_away(error: BaseException) -> bool:
    """Whether the database could not be reached or was busy: nothing is wrong with what was sent."""
    return isinstance(error, (OperationalError, InterfaceError, NoFreeConnection, *_DRIVER_IS_AWAY))


def is_unusable(error: BaseException) -> bool:
    """Whether nothing can be done before somebody sets the database up: it is away, or lacks its tables."""
    return is_away(error) or isinstance(error, ProgrammingError)


def _hide_the_row(error: DBAPIError | psycopg.Error) -> None:
    """PostgreSQL quotes the whole row that it refuses, and SQLAlchemy's `hide_parameters` does not reach that."""
    refused = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(refused, psycopg.Error):
        return
    for row in filter(None, (refused.diag.message_detail, refused.diag.context)):
        for each in (error, refused):
            each.args = tuple(str(arg).replace(row, "hidden") for arg in each.args)


def _engine(url: str, connections: int) -> Engine:
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        "hide_parameters": True,  # what readers wrote does not belong into errors and logs
        "pool_size": connections,
        "max_overflow": 4,
        "pool_use_lifo": True,  # few warm connections rather than many cold ones
    }
    if make_url(url).get_backend_name() == "sqlite":
        Path(make_url(url).database or "civility.db").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, **options, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, **options, connect_args={"connect_timeout": 5})
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _check_if_idle)
    return engine


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _check_if_idle(connection: Any, record: Any, _proxy: Any) -> None:
    """Replace a connection that died while nobody used it. One in constant use is not asked before every
    transaction, as `pool_pre_ping` would: that is a round trip each."""
    if time.monotonic() - record.info.get("used", time.monotonic()) < _IDLE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("civility_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
