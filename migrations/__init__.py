"""The database's history, in numbered steps."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config


def configuration(database_url: str) -> Config:
    """Alembic's configuration for one database; there is no alembic.ini to forget."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config
