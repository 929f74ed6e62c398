"""Work that drains a list needs only one drainer in a process, and must not miss who knocks while it works."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock


class OneAtATime:
    """Runs `work`; a call that comes while it runs makes it run once more instead of running beside it."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._running = Lock()
        self._knocked = Event()

    def __call__(self) -> None:
        self._knocked.set()
        while self._knocked.is_set() and self._running.acquire(blocking=False):
            try:
                self._knocked.clear()
                self._work()
            finally:
                self._running.release()
