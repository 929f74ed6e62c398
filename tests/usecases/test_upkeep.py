"""What is past its date is dropped, each kind on its own date, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from service.services import Services
from service.storage import moderators, upkeep
from service.storage.sites import Site
from service.usecases import deliver
from service.usecases.upkeep import drop_what_is_past_its_date
from tests.factories import a_decided_reply, a_moderator, a_received_reply, a_site, stored
from tests.fakes import CLEAN, FixedClock

DAY = 86_400.0
LONG = "A text of more than eight words, so that it leaves fingerprints behind it"


def addresses(services: Services) -> list[tuple[str | None, ...]]:
    with services.database.reading() as tx:
        query = "SELECT ip_prefix, ip_hash, user_agent FROM replies ORDER BY received_at"
        return [tuple(row) for row in tx.execute(text(query))]


def with_everything(services: Services, site: Site) -> str:
    """One of each thing that has a date; returns the reply's id."""
    reply = a_decided_reply(services, site, CLEAN, text=LONG, ip="192.0.2.77", user_agent="Firefox")
    deliver.deliver_due(services)
    moderator, now = a_moderator(services, site), services.clock()
    with services.database.writing() as tx:
        moderators.open_session(
            tx, token=reply.id, moderator_id=moderator.id, now=now, expires_at=now + timedelta(hours=12)
        )
        upkeep.beat(tx, role="worker", name=reply.id, now=now)
    return reply.id


def test_truncated_addresses_are_dropped_after_their_days(services: Services, clock: FixedClock) -> None:
    site = a_site(services)
    a_decided_reply(services, site, CLEAN, ip="192.0.2.77", user_agent="Firefox")
    clock.advance(services.settings.ip_days * DAY)
    a_received_reply(services, site, ip="198.51.100.7", user_agent="Safari")

    assert drop_what_is_past_its_date(services)["addresses"] == 0
    clock.advance(1)
    assert drop_what_is_past_its_date(services)["addresses"] == 1

    old, young = addresses(services)
    assert old == (None, None, None)
    assert young[0] == "198.51.100.0/24"
    assert young[2] == "Safari"


def test_each_thing_goes_on_its_own_date(services: Services, clock: FixedClock) -> None:
    with_everything(services, a_site(services))

    dropped = []
    for seconds in (0, DAY / 2 + 1, DAY / 2, 6 * DAY):
        clock.advance(seconds)
        gone = drop_what_is_past_its_date(services)
        dropped.append({name for name, count in gone.items() if count})

    assert dropped == [set(), {"sessions"}, {"fingerprints", "heartbeats"}, {"addresses", "events"}]


def test_what_readers_wrote_and_who_decided_stays(services: Services, clock: FixedClock) -> None:
    reply_id = with_everything(services, a_site(services))
    before = stored(services, reply_id)
    clock.advance(365 * DAY)

    drop_what_is_past_its_date(services)

    assert stored(services, reply_id) == before
    with services.database.reading() as tx:
        assert tx.scalar(text("SELECT count(*) FROM audit")) == 1


def test_events_that_were_not_delivered_stay(services: Services, clock: FixedClock) -> None:
    a_decided_reply(services, a_site(services), CLEAN)
    clock.advance(365 * DAY)

    assert drop_what_is_past_its_date(services)["events"] == 0
    assert deliver.deliver_due(services) == 1


def test_doing_it_twice_does_nothing_more(services: Services, clock: FixedClock) -> None:
    with_everything(services, a_site(services))
    clock.advance(30 * DAY)
    drop_what_is_past_its_date(services)

    assert set(drop_what_is_past_its_date(services).values()) == {0}
