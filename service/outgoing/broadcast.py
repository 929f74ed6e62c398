"""Live announcements through Redis or Valkey: `civility:events:<site id>` carries every event of a site."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
import redis

from service.domain.events import Event
from service.outgoing.outcome import DELIVERED, Attempt

TIMEOUT_SECONDS = 2


def channel_of(site_id: str) -> str:
    return f"civility:events:{site_id}"


class Broadcast:
    """Publishes events to whoever listens now; a server that is away means "again"."""

    def __init__(self, redis_url: str) -> None:
        self._redis = redis.Redis.from_url(
            redis_url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
        )

    def send(self, events: Sequence[Event]) -> Sequence[Attempt]:
        """All in one round trip, in order."""
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                for event in events:
                    pipeline.publish(channel_of(event.site_id), as_message(event))
                pipeline.execute()
        except redis.RedisError as error:
            return [Attempt(f"The live channel is away: {type(error).__name__}.")] * len(events)
        return [DELIVERED] * len(events)


def as_message(event: Event) -> bytes:
    """The event as receivers read it: JSON in the shape of Standard Webhooks, with its id."""
    return orjson.dumps({"id": event.id, "type": event.type, "timestamp": event.at.isoformat(), "data": event.data})
