"""Group commit: what arrives at the same time is written in one transaction.

A commit costs a disk flush. The first thread to arrive writes for all that wait; whoever comes meanwhile forms the
next batch. No thread of its own, no delay when nobody else is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Condition
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Write = Callable[[Sequence[Item]], Sequence[Result | BaseException]]


class _Waiting(Generic[Item, Result]):
    __slots__ = ("error", "item", "ready", "result")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.ready = False
        self.result: Result | None = None
        self.error: BaseException | None = None


class GroupCommit(Generic[Item, Result]):
    """Hands waiting items to `write` together; it answers one result, or exception object, an item."""

    def __init__(self, *, at_most: int = 64) -> None:
        self._at_most = at_most
        self._state = Condition()
        self._queue: list[_Waiting[Item, Result]] = []
        self._writing = False

    def submit(self, item: Item, write: Write[Item, Result]) -> Result:
        """Block until the item is committed; raise what `write` answered for it, if that was an exception.

        `write` must be equivalent for all who submit: any of them may be asked to write for all.
        """
        mine: _Waiting[Item, Result] = _Waiting(item)
        with self._state:
            self._queue.append(mine)
        while not mine.ready:
            batch = self._next_batch(mine)
            if batch:
                self._commit(batch, write)
        if mine.error is not None:
            raise mine.error
        return mine.result  # type: ignore[return-value]

    def _next_batch(self, mine: _Waiting[Item, Result]) -> list[_Waiting[Item, Result]]:
        """Wait for a turn to write, or for somebody else to have written `mine` (then: nothing to do)."""
        with self._state:
            self._state.wait_for(lambda: mine.ready or not self._writing)
            if mine.ready:
                return []
            self._writing = True
            batch, self._queue = self._queue[: self._at_most], self._queue[self._at_most :]
            return batch

    def _commit(self, batch: list[_Waiting[Item, Result]], write: Write[Item, Result]) -> None:
        try:
            results = write([waiting.item for waiting in batch])
        except BaseException as error:
            results = [error] * len(batch)
        with self._state:
            for waiting, result in zip(batch, results, strict=True):
                if isinstance(result, BaseException):
                    waiting.error = result
                else:
                    waiting.result = result
                waiting.ready = True
            self._writing = False
            self._state.notify_all()
