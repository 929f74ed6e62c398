"""Group commit: what arrives at the same time is written in one transaction.

A commit costs a disk flush. The first thread to arrive writes for all that wait; whoever comes meanwhile forms the
next batch. No thread of its own, no delay when nobody else is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar, cast

Item = TypeVar("Item")
Result = TypeVar("Result")
Write = Callable[[Sequence[Item]], Sequence[Result | BaseException]]


class _Waiting(Generic[Item, Result]):
    """One who waits: woken either with a result, or to write the next batch."""

    __slots__ = ("item", "outcome", "woken")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.outcome: Result | BaseException | None = None
        self.woken = Lock()
        self.woken.acquire()


class GroupCommit(Generic[Item, Result]):
    """Hands waiting items to `write` together; it answers one result, or exception object, an item.

    Whoever writes hands the pen to the first of those who came meanwhile, and wakes only those it wrote for:
    waking all for each batch cost more than the batch.
    """

    def __init__(self, *, at_most: int = 64) -> None:
        self._at_most = at_most
        self._lock = Lock()
        self._queue: list[_Waiting[Item, Result]] = []
        self._writing = False

    def submit(self, item: Item, write: Write[Item, Result]) -> Result:
        """Block until the item is committed; raise what `write` answered for it, if that was an exception.

        `write` must be equivalent for all who submit: any of them may be asked to write for all.
        """
        mine: _Waiting[Item, Result] = _Waiting(item)
        with self._lock:
            self._queue.append(mine)
            first, self._writing = not self._writing, True
        if not first:
            mine.woken.acquire()
        if mine.outcome is None:
            self._write_batch(write)
        if isinstance(mine.outcome, BaseException):
            raise mine.outcome
        return cast(Result, mine.outcome)

    def _write_batch(self, write: Write[Item, Result]) -> None:
        with self._lock:
            batch, self._queue = self._queue[: self._at_most], self._queue[self._at_most :]
        try:
            outcomes = write([waiting.item for waiting in batch])
            if len(outcomes) != len(batch):
                raise ValueError(f"{len(outcomes)} answers to {len(batch)} items: nobody can tell whose is missing")
        except BaseException as error:
            outcomes = [error] * len(batch)
        for waiting, outcome in zip(batch, outcomes, strict=True):
            waiting.outcome = outcome
        with self._lock:
            successor = self._queue[0] if self._queue else None
            self._writing = successor is not None
        if successor is not None:
            successor.woken.release()
        for waiting in batch[1:]:  # the first is the writer itself
            waiting.woken.release()
