"""Runs the migrations on the database that the configuration names."""

from __future__ import annotations

from alembic import context

from service.storage.database import Database
from service.storage.tables import metadata


def run() -> None:
    """One transaction for all steps: on PostgreSQL and SQLite alike, a migration happens whole or not at all."""
    url = context.config.get_main_option("sqlalchemy.url")
    assert url is not None
    database = Database(url)
    with database.writing() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=database.is_sqlite,
            compare_type=True,
            transactional_ddl=True,
        )
        context.run_migrations()
    database.close()


run()
