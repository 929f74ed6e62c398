"""Events that could not be delivered: look at them, send them again."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.ports import Work
from service.services import Services
from service.storage import outbox
from service.storage.database import RowMapping


def list_dead(services: Services) -> list[RowMapping]:
    with services.database.reading() as tx:
        return outbox.dead(tx)


def send_again(services: Services, event_ids: Sequence[str]) -> int:
    """Make these dead letters due; returns how many were dead."""
    with services.database.writing() as tx:
        revived = outbox.revive(tx, event_ids, services.clock())
    services.queue.nudge(Work.DELIVERY)
    return revived
