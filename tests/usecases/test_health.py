"""Health in figures and sentences: of a role, of the queue, of the outbox."""

from __future__ import annotations

import pytest

from service.services import Services
from service.storage import upkeep
from service.storage.database import Database
from service.usecases import deliver, health, score
from tests.factories import a_decided_reply, a_received_reply, a_site, make_services
from tests.fakes import CLEAN, FixedClock, RecordingOutgoing, RecordingQueue
from tests.usecases.test_deliver import GONE


def beat(services: Services, role: str) -> None:
    with services.database.writing() as tx:
        upkeep.beat(tx, role=role, name="here", now=services.clock())


def wrong(services: Services) -> dict[str, str]:
    return {check.name: check.says for check in health.readiness(services) if not check.ok}


def test_without_work_every_figure_is_zero_and_no_worker_is_known(services: Services) -> None:
    assert health.figures(services) == health.Figures(0, 0.0, 0.0, 0, None)


def test_the_figures_follow_the_journey(services: Services, clock: FixedClock, outgoing: RecordingOutgoing) -> None:
    site = a_site(services)
    a_received_reply(services, site)
    beat(services, "worker")
    clock.advance(7)
    a_received_reply(services, site)
    assert health.figures(services) == health.Figures(2, 7.0, 0.0, 0, 7.0)

    score.score_pending(services)
    clock.advance(5)
    assert health.figures(services) == health.Figures(0, 0.0, 5.0, 0, 12.0)

    outgoing.attempt = GONE
    deliver.deliver_due(services)
    assert health.figures(services) == health.Figures(0, 0.0, 0.0, 2, 12.0)


@pytest.mark.parametrize("role", ["web", "worker", "beat"])
def test_a_role_is_well_while_it_was_seen_lately(services: Services, clock: FixedClock, role: str) -> None:
    never = health.role_seen(services, role)
    beat(services, role)
    clock.advance(health.WORKER_SEEN_SECONDS)
    lately = health.role_seen(services, role)
    clock.advance(1)
    long_ago = health.role_seen(services, role)

    assert [check.ok for check in (never, lately, long_ago)] == [False, True, False]
    assert (never.says, long_ago.says) == (f"{role}: never seen", f"{role}: seen 31 seconds ago")


def test_one_role_is_not_taken_for_another(services: Services) -> None:
    beat(services, "beat")

    assert not health.role_seen(services, "worker").ok
    assert "No worker was ever seen" in wrong(services)["worker"]


def test_all_that_is_wrong_is_said_at_once_with_what_to_do(database: Database, clock: FixedClock) -> None:
    services = make_services(database, clock=clock, queue=RecordingQueue(reachable=False))
    site = a_site(services)
    a_received_reply(services, site)
    clock.advance(services.settings.pending_age_at_most_seconds + 1)

    said = wrong(services)

    assert set(said) == {"broker", "worker", "backlog"}
    assert "replies are accepted and wait" in said["broker"]
    assert "`civility worker`" in said["worker"]
    assert "61.0 seconds, more than 60" in said["backlog"]


def test_an_outbox_in_trouble_does_not_keep_the_service_from_being_ready(
    services: Services, outgoing: RecordingOutgoing, clock: FixedClock
) -> None:
    a_decided_reply(services, a_site(services), CLEAN)
    beat(services, "worker")
    outgoing.attempt = GONE
    deliver.deliver_due(services)

    assert wrong(services) == {}


def test_while_the_database_is_away_it_is_the_only_thing_said() -> None:
    database = Database("postgresql+psycopg://civility:hunter2@127.0.0.1:1/civility")

    (check,) = health.readiness(make_services(database))
    database.close()

    assert (check.name, check.ok) == ("database", False)
    assert "hunter2" not in check.says
