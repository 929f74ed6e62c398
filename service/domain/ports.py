"""The four things outside the house that the rules speak to, as protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from service.domain.events import Event


class Work(StrEnum):
    """What there can be to do, by the name of its Celery task; `workers/` owns the tasks."""

    SCORING = "civility.score_pending"
    DELIVERY = "civility.deliver_due"
    UPKEEP = "civility.upkeep"


@dataclass(frozen=True)
class Scored:
    """Calibrated probabilities in [0, 1] by attribute, or None where the text could not be scored.

    `language` is the ISO 639 code of what the text seems to be in, or None where nobody looked. With a language and
    no attributes, there is no model for that language.
    """

    attributes: Mapping[str, float] | None
    model: str
    language: str | None = None


class Scorer(Protocol):
    """Batch in, calibrated attribute scores and model version out."""

    @property
    def version(self) -> str: ...

    def score(self, texts: Sequence[str]) -> list[Scored]:
        """One `Scored` a text, in order. May raise when the batch as a whole cannot be scored."""
        ...


class Queue(Protocol):
    """Says "there is work"; never blocks, never raises, never carries the work itself."""

    def nudge(self, work: Work = Work.SCORING) -> None: ...

    def is_reachable(self) -> bool: ...


class Delivery(Protocol):
    """The outcome of one attempt: `delivered`, or the error and whether it is worth another try."""

    @property
    def delivered(self) -> bool: ...

    @property
    def error(self) -> str | None: ...

    @property
    def final(self) -> bool: ...


class Outgoing(Protocol):
    """Takes events out of the house."""

    def send(self, events: Sequence[Event]) -> Sequence[Delivery]:
        """One `Delivery` an event, in order. Never raises."""
        ...


class Clock(Protocol):
    def __call__(self) -> datetime:
        """The time now, with a zone (UTC)."""
        ...
