"""These tests change rows only, so on PostgreSQL they share a database that is emptied before each."""

from __future__ import annotations

import pytest


@pytest.fixture
def database_url(emptied_database_url: str) -> str:
    return emptied_database_url
