"""What runs how often, in one list.

Scoring and delivery are nudged as work appears; here they are swept as well, for what a lost nudge, an expired claim
or an earlier failure left behind. A sweep that finds nothing costs two small queries.
"""

from __future__ import annotations

from typing import Any

from service.domain.ports import Work
from service.settings import Settings

HOUR_SECONDS = 3600.0


def schedule(settings: Settings) -> dict[str, dict[str, Any]]:
    """Celery beat's schedule: task, and seconds between two runs. A message nobody took in time is dropped."""
    every = {
        Work.SCORING: settings.sweep_seconds,
        Work.DELIVERY: settings.sweep_seconds,
        Work.UPKEEP: HOUR_SECONDS,
    }
    return {
        work.name.lower(): {"task": work.value, "schedule": seconds, "options": {"expires": seconds}}
        for work, seconds in every.items()
    }
