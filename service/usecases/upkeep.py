"""What must be done regularly: drop what is past its date."""

from __future__ import annotations

from datetime import timedelta

from service.services import Services
from service.storage import fingerprints, moderators, outbox, upkeep
from service.usecases.decide import REPEATS_SINCE


def drop_what_is_past_its_date(services: Services) -> dict[str, int]:
    """Addresses, delivered events, fingerprints, sessions and heartbeats that are no longer needed, counted."""
    now, settings = services.clock(), services.settings
    with services.database.writing() as tx:
        return {
            "addresses": upkeep.forget_addresses(tx, before=now - timedelta(days=settings.ip_days)),
            "events": outbox.drop_delivered(tx, before=now - timedelta(days=settings.outbox_days)),
            "fingerprints": fingerprints.drop(tx, before=now - REPEATS_SINCE),
            "sessions": moderators.drop_expired_sessions(tx, now),
            "heartbeats": upkeep.drop_heartbeats(tx, before=now - timedelta(days=1)),
        }
