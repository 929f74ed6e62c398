"""Stand-ins for what is slow, random or outside the house: scorer, queue, outgoing, clock. Nothing else is faked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from service.domain.events import Event
from service.domain.ports import Scored, Work
from service.outgoing.outcome import DELIVERED, Attempt

NOON = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
CLEAN = {"toxicity": 0.02}
DOUBTFUL = {"toxicity": 0.7}
TOXIC = {"toxicity": 0.99}


class FixedClock:
    """Stands still until it is advanced."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


class FakeScorer:
    """Scores by a table of texts, else by a default; fails on those texts it is told to fail on."""

    version = "fake-1"

    def __init__(
        self,
        table: Mapping[str, Mapping[str, float]] | None = None,
        *,
        default: Mapping[str, float] = CLEAN,
        fails_on: Sequence[str] = (),
    ) -> None:
        self.table = dict(table or {})
        self.default = default
        self.fails_on = set(fails_on)
        self.seen: list[str] = []

    def score(self, texts: Sequence[str]) -> list[Scored]:
        for text in texts:
            if text in self.fails_on:
                raise RuntimeError("this text cannot be scored")
        self.seen.extend(texts)
        return [Scored(dict(self.table.get(text, self.default)), self.version) for text in texts]


class RecordingQueue:
    """Remembers nudges; `reachable` says what it answers when asked."""

    def __init__(self, *, reachable: bool = True) -> None:
        self.reachable = reachable
        self.nudges: list[Work] = []

    def nudge(self, work: Work = Work.SCORING) -> None:
        self.nudges.append(work)

    def is_reachable(self) -> bool:
        return self.reachable


class RecordingOutgoing:
    """Remembers the events it took; answers `attempt` for each, or what `by_type` says for its type."""

    def __init__(self, attempt: Attempt = DELIVERED) -> None:
        self.attempt = attempt
        self.by_type: dict[str, Attempt] = {}
        self.events: list[Event] = []

    def send(self, events: Sequence[Event]) -> list[Attempt]:
        self.events.extend(events)
        return [self.by_type.get(event.type, self.attempt) for event in events]
