"""The engine, SQLite's pragmas, and the two ways to open a transaction: reading and writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Insert, RowMapping, Table, create_engine, event, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

__all__ = ["Connection", "Database", "RowMapping", "insert_new", "is_passing"]

BUSY_TIMEOUT_SECONDS = 15
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
        self.url = make_url(url)
        self.engine = _engine(url, connections)

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
        with self.engine.connect().execution_options(civility_writes=True) as connection, connection.begin():
            yield connection

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
    insert = sqlite_insert if tx.dialect.name == "sqlite" else postgresql_insert
    return insert(table).on_conflict_do_nothing()


def is_passing(error: BaseException) -> bool:
    """Whether the same transaction may succeed when tried again: a race, a lock, a lost connection."""
    return isinstance(error, DBAPIError)


def _engine(url: str, connections: int) -> Engine:
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
        "pool_size": connections,
        "max_overflow": 4,
        "use_insertmanyvalues_wo_returning": True,  # many rows in one statement, not one statement a row
        "pool_use_lifo": True,  # few warm connections rather than many cold ones
    }
    if make_url(url).get_backend_name() == "sqlite":
        Path(make_url(url).database or "civility.db").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, **options, connect_args={"timeout": BUSY_TIMEOUT_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, **options, pool_pre_ping=True, connect_args={"connect_timeout": 5})


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours to say
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("civility_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
