"""The migrations make the tables that the code works with, whole or not at all, and take them away again."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

import tests.conftest
from migrations import configuration
from service.storage.database import Database
from service.storage.migrate import is_migrated, migrate
from service.storage.tables import metadata
from tests.conftest import as_text

# Some of these tests take the tables away, so each needs a database of its own.
database_url = tests.conftest.database_url
VERSIONS = ScriptDirectory.from_config(configuration("sqlite://"))


def differences(database: Database) -> list[object]:
    """What Alembic would have to change so that the database has the tables of `tables.py`."""
    with database.reading() as tx:
        return list(compare_metadata(MigrationContext.configure(tx, opts={"compare_type": True}), metadata))


def tables_of(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def take_all_away(database: Database) -> None:
    command.downgrade(configuration(as_text(database.url)), "base")


def test_an_upgrade_from_nothing_makes_the_tables_of_the_code(database: Database) -> None:
    assert differences(database) == []
    assert is_migrated(database)


def test_the_comparison_sees_what_is_missing(database: Database) -> None:
    with database.writing() as tx:
        tx.execute(text("DROP INDEX ix_replies_queue"))
        tx.execute(text("ALTER TABLE authors ADD COLUMN shoe_size INTEGER"))

    assert {difference[0] for difference in differences(database)} == {"add_index", "remove_column"}  # type: ignore[index]


def test_there_is_one_newest_migration_and_a_numbered_way_to_it() -> None:
    steps = [step.revision for step in reversed(list(VERSIONS.walk_revisions()))]

    assert VERSIONS.get_heads() == [steps[-1]]
    assert steps == [f"{number:04}" for number in range(1, len(steps) + 1)]
    assert len(steps) == len(list((Path(VERSIONS.versions)).glob("[0-9]*.py")))


def test_a_downgrade_leaves_nothing_behind(database: Database) -> None:
    take_all_away(database)

    assert tables_of(database) == {"alembic_version"}
    assert not is_migrated(database)
    if not database.is_sqlite:
        with database.reading() as tx:
            assert tx.scalar(text("SELECT count(*) FROM pg_proc WHERE proname = 'audit_is_append_only'")) == 0


def test_what_was_taken_away_comes_back(database: Database) -> None:
    take_all_away(database)

    migrate(as_text(database.url))

    assert is_migrated(database)
    assert differences(database) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate(as_text(database.url))

    assert differences(database) == []


def test_a_migration_that_fails_half_way_leaves_nothing(database: Database) -> None:
    take_all_away(database)
    with database.writing() as tx:
        tx.execute(text("CREATE TABLE replies (id INTEGER)"))  # in the way of a late step

    with pytest.raises(DBAPIError):
        migrate(as_text(database.url))

    assert tables_of(database) == {"alembic_version", "replies"}


def test_a_database_that_was_never_migrated_is_recognised(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")

    assert not is_migrated(database)
    database.close()
