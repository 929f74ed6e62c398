"""Bring a database to the newest form of the tables, and tell whether it is there."""

from __future__ import annotations

from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from migrations import configuration
from service.storage.database import Database


def migrate(database_url: str) -> None:
    """Run the migrations that are missing."""
    command.upgrade(configuration(database_url), "head")


def is_migrated(database: Database) -> bool:
    """Whether the database has the newest form of the tables."""
    newest = ScriptDirectory.from_config(configuration(str(database.url))).get_current_head()
    with database.reading() as tx:
        return MigrationContext.configure(tx).get_current_revision() == newest
