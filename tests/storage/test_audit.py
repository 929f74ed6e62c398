"""The record of moves: nothing in it can be changed or taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.domain.reply import Actor, Arrival, Status
from service.services import Services
from service.storage import audit
from service.storage.database import Database
from service.storage.sites import Site
from service.usecases.admit import admit
from tests.factories import a_moderator, a_move, an_arrival
from tests.fakes import NOON


@pytest.fixture
def arrival(services: Services, site: Site) -> Arrival:
    """A stored reply that a move can be about."""
    arrival = an_arrival(site)
    admit(services, [arrival])
    return arrival


def append(database: Database, *moves) -> list[str]:
    with database.writing() as tx:
        return audit.append(tx, moves)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET after = 'rejected'",
        "UPDATE audit SET note = 'it was always so' WHERE actor = 'policy'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE actor = 'policy'",
    ],
)
def test_the_database_itself_refuses_to_change_or_delete_an_entry(
    database: Database, arrival: Arrival, statement: str
) -> None:
    append(database, a_move(arrival))

    with pytest.raises(DBAPIError, match="append-only"), database.writing() as tx:
        tx.execute(text(statement))

    with database.reading() as tx:
        (entry,) = audit.history(tx, arrival.id)
    assert (entry["after"], entry["note"]) == ("approved", None)


def test_an_entry_keeps_all_that_led_to_the_move(database: Database, arrival: Arrival) -> None:
    reasons = ({"rule": "likely-toxic", "then": "hold", "says": "toxicity is 0.71", "figures": {"toxicity": 0.71}},)
    append(database, a_move(arrival, Status.HELD, reasons=reasons, scores={"toxicity": 0.71}, note="a note"))

    with database.reading() as tx:
        (entry,) = audit.history(tx, arrival.id)

    assert (entry["before"], entry["after"], entry["actor"]) == ("pending", "held", "policy")
    assert entry["reasons"] == list(reasons)
    assert (entry["scores"], entry["model"], entry["policy_version"]) == ({"toxicity": 0.71}, "fake-1", 1)
    assert (entry["at"], entry["note"], entry["undoes"]) == (NOON, "a note", None)


def test_the_history_is_in_order_and_names_the_moderator(
    services: Services, database: Database, site: Site, arrival: Arrival
) -> None:
    mo = a_moderator(services, site, name="Mo")
    (first,) = append(database, a_move(arrival, Status.HELD))
    by_mo = {"actor": Actor.MODERATOR, "actor_id": mo.id, "before": Status.HELD, "at": NOON + timedelta(hours=1)}
    (second,) = append(database, a_move(arrival, Status.APPROVED, **by_mo))
    back = {**by_mo, "before": Status.APPROVED, "at": NOON + timedelta(hours=2)}
    (third,) = append(database, a_move(arrival, Status.HELD, **back, undoes=second))

    with database.reading() as tx:
        entries = audit.history(tx, arrival.id)
        latest = audit.last(tx, arrival.id)

    assert [entry["id"] for entry in entries] == [first, second, third]
    assert [entry["moderator"] for entry in entries] == [None, "Mo", "Mo"]
    assert latest is not None
    assert (latest["id"], latest["undoes"]) == (third, second)


def test_the_history_of_one_reply_holds_no_other(services: Services, database: Database, site: Site) -> None:
    one, other = an_arrival(site), an_arrival(site, email="bob@example.org")
    admit(services, [one, other])
    append(database, a_move(one), a_move(other, Status.HELD))

    with database.reading() as tx:
        assert [entry["after"] for entry in audit.history(tx, one.id)] == ["approved"]
        assert audit.last(tx, "00000000-0000-7000-8000-000000000000") is None


def test_an_entry_about_a_reply_that_is_not_there_is_refused(database: Database, site: Site) -> None:
    with pytest.raises(DBAPIError):
        append(database, a_move(an_arrival(site)))


def test_a_postgresql_server_refuses_to_empty_the_audit(database: Database, arrival: Arrival) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE")
    append(database, a_move(arrival))

    with pytest.raises(DBAPIError, match="append-only"), database.writing() as tx:
        tx.execute(text("TRUNCATE audit"))
