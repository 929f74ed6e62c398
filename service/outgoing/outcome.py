"""The three outcomes of anything that leaves the house: delivered, again, never."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# Seconds before the next attempt; after the last one an event is dead. The schedule of Standard Webhooks.
RETRY_AFTER_SECONDS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)


@dataclass(frozen=True)
class Attempt:
    """How one attempt ended: delivered (no error), or an error that is final or worth another try."""

    error: str | None = None
    final: bool = False

    @property
    def delivered(self) -> bool:
        return self.error is None


DELIVERED = Attempt()


def next_attempt(attempts: int) -> timedelta | None:
    """How long to wait after this many attempts, or None when it is time to give up."""
    if attempts > len(RETRY_AFTER_SECONDS):
        return None
    return timedelta(seconds=RETRY_AFTER_SECONDS[attempts - 1])
