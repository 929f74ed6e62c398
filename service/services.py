"""Services: which collaborators exist. Built once by `wiring.py`, handed to every use case first."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from service.domain.identity import HashKeys
from service.domain.policy import Policy
from service.domain.ports import Clock, Outgoing, Queue, Scorer
from service.domain.reply import Arrival, Receipt
from service.settings import Settings
from service.storage.batching import GroupCommit
from service.storage.database import Database
from service.storage.sites import Site

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """Answers of `load` kept for a short time; None is not kept."""

    def __init__(self, load: Callable[[Key], Value | None], *, seconds: float, at_most: int = 1000) -> None:
        self._load = load
        self._seconds = seconds
        self._at_most = at_most
        self._kept: dict[Key, tuple[float, Value]] = {}
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        kept = self._kept.get(key)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        value = self._load(key)
        if value is not None:
            self._keep(key, value)
        return value

    def _keep(self, key: Key, value: Value) -> None:
        with self._lock:
            if len(self._kept) >= self._at_most:
                self._kept.clear()
            self._kept[key] = (time.monotonic() + self._seconds, value)


@dataclass(frozen=True)
class Services:
    """What the use cases work with."""

    settings: Settings
    database: Database
    hash_keys: HashKeys
    secret_key: bytes
    operator_token: str
    queue: Queue
    scorer: Scorer
    outgoing: Outgoing
    clock: Clock
    intake: GroupCommit[Arrival, Receipt]
    sites_by_api_key: Remembered[str, Site]
    policies: Remembered[tuple[str, int], Policy]
    backlog_seconds: Remembered[str, float]
