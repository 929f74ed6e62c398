"""Who is alive, and readers' truncated addresses after their date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from service.services import Services
from service.storage import upkeep
from service.storage.database import Database
from service.usecases.admit import admit
from tests.factories import a_site, an_arrival
from tests.fakes import NOON

MINUTE = timedelta(minutes=1)


def beat(database: Database, role: str, name: str, at) -> None:
    with database.writing() as tx:
        upkeep.beat(tx, role=role, name=name, now=at)


def test_the_latest_sign_of_life_of_a_role_counts(database: Database) -> None:
    beat(database, "worker", "one", NOON)
    beat(database, "worker", "two", NOON - MINUTE)
    beat(database, "worker", "two", NOON + MINUTE)
    beat(database, "beat", "one", NOON - MINUTE)

    with database.reading() as tx:
        assert upkeep.last_seen(tx, "worker") == NOON + MINUTE
        assert upkeep.last_seen(tx, "beat") == NOON - MINUTE
        assert upkeep.last_seen(tx, "web") is None
        assert tx.scalar(text("SELECT count(*) FROM heartbeats")) == 3


def test_processes_that_are_long_gone_are_forgotten(database: Database) -> None:
    beat(database, "worker", "gone", NOON - MINUTE)
    beat(database, "worker", "here", NOON)

    with database.writing() as tx:
        assert upkeep.drop_heartbeats(tx, before=NOON) == 1

    with database.reading() as tx:
        assert list(tx.scalars(text("SELECT name FROM heartbeats"))) == ["here"]


@pytest.mark.parametrize(
    "kept",
    [
        {"ip_prefix": "192.0.2.0/24", "ip_hash": "ab" * 16, "user_agent": "Firefox"},
        {"ip_prefix": "192.0.2.0/24", "ip_hash": "ab" * 16, "user_agent": None},
        {"ip_prefix": None, "ip_hash": None, "user_agent": "Firefox"},
    ],
    ids=["address and browser", "address alone", "browser alone"],
)
def test_addresses_are_dropped_after_their_date_and_nothing_else(
    services: Services, database: Database, kept: dict[str, str | None]
) -> None:
    site = a_site(services)
    old = an_arrival(site, received_at=NOON - MINUTE, **kept)
    young = an_arrival(site, email="bob@example.org", received_at=NOON, **kept)
    admit(services, [old, young])
    before = rows(database)

    with database.writing() as tx:
        assert upkeep.forget_addresses(tx, before=NOON) == 1
        assert upkeep.forget_addresses(tx, before=NOON) == 0

    nothing = dict.fromkeys(kept)
    assert rows(database) == [{**before[0], **nothing}, before[1]]


def rows(database: Database) -> list[dict[str, object]]:
    with database.reading() as tx:
        return [dict(row) for row in tx.execute(text("SELECT * FROM replies ORDER BY received_at")).mappings()]
