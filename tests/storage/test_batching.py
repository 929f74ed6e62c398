"""Group commit: together or alone, everyone gets the answer to what was handed in."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.storage.batching import GroupCommit

Answers = list[str | BaseException]


class Store:
    """Writes slowly enough that others come meanwhile; remembers the batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.writing = 0
        self.at_once = 0

    def __call__(self, items: Sequence[str]) -> Answers:
        self.writing += 1
        self.at_once = max(self.at_once, self.writing)
        time.sleep(0.005)
        self.batches.append(list(items))
        self.writing -= 1
        return [ValueError(item) if item.startswith("bad") else f"stored {item}" for item in items]


def submit_all(group: GroupCommit[str, str], write, items: list[str]) -> list[str | BaseException]:
    """Each item from a thread of its own, all at the same time."""
    start = threading.Barrier(len(items))

    def submit(item: str) -> str | BaseException:
        start.wait()
        try:
            return group.submit(item, write)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(submit, items, timeout=30))


def test_one_alone_is_written_at_once() -> None:
    store = Store()

    assert GroupCommit[str, str]().submit("one", store) == "stored one"
    assert store.batches == [["one"]]


def test_everyone_gets_the_answer_to_the_own_item() -> None:
    items = [f"item {number}" for number in range(40)]

    answers = submit_all(GroupCommit(at_most=8), store := Store(), items)

    assert answers == [f"stored {item}" for item in items]
    assert sorted(itertools.chain(*store.batches)) == sorted(items)


def test_what_comes_together_is_written_together_but_never_more_than_allowed() -> None:
    store = Store()

    submit_all(GroupCommit(at_most=8), store, [f"item {number}" for number in range(40)])

    assert len(store.batches) < 40
    assert max(map(len, store.batches)) <= 8


def test_only_one_writes_at_a_time() -> None:
    store = Store()

    submit_all(GroupCommit(at_most=3), store, [f"item {number}" for number in range(20)])

    assert store.at_once == 1


def test_a_failing_item_does_not_harm_its_neighbours() -> None:
    items = [("bad" if number % 5 == 0 else "good") + f" {number}" for number in range(30)]

    answers = submit_all(GroupCommit(), Store(), items)

    for item, answer in zip(items, answers, strict=True):
        if item.startswith("bad"):
            assert isinstance(answer, ValueError)
            assert answer.args == (item,)
        else:
            assert answer == f"stored {item}"


def test_first_come_first_written() -> None:
    group: GroupCommit[str, str] = GroupCommit(at_most=2)
    store, first_is_writing, go_on = Store(), threading.Event(), threading.Event()

    def blocking(items: Sequence[str]) -> Answers:
        first_is_writing.set()
        go_on.wait(10)
        return store(items)

    with ThreadPoolExecutor(6) as pool:
        pool.submit(group.submit, "0", blocking)
        first_is_writing.wait(10)
        for number in range(1, 6):
            pool.submit(group.submit, str(number), store)
            while len(group._queue) < number:
                time.sleep(0.001)
        go_on.set()

    assert store.batches == [["0"], ["1", "2"], ["3", "4"], ["5"]]


@pytest.mark.parametrize("error", [RuntimeError("the disk is full"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_a_writer_that_fails_fails_its_batch_and_leaves_the_next_one_free(error: BaseException) -> None:
    group: GroupCommit[str, str] = GroupCommit()

    def failing(items: Sequence[str]) -> Answers:
        raise error

    with pytest.raises(type(error)):
        group.submit("one", failing)
    assert group.submit("two", Store()) == "stored two"


def test_a_writer_that_answers_too_few_leaves_nobody_waiting_for_ever() -> None:
    group: GroupCommit[str, str] = GroupCommit()
    busy, go_on = threading.Event(), threading.Event()

    def blocking(items: Sequence[str]) -> Answers:
        busy.set()
        go_on.wait(10)
        return Store()(items)

    def forgetful(items: Sequence[str]) -> Answers:
        return [f"stored {item}" for item in items][:1]

    raised: list[BaseException] = []

    def submit(item: str) -> None:
        try:
            group.submit(item, forgetful)
        except Exception as error:
            raised.append(error)

    threading.Thread(target=group.submit, args=("first", blocking), daemon=True).start()
    busy.wait(10)
    waiting = [threading.Thread(target=submit, args=(str(number),), daemon=True) for number in range(3)]
    for each in waiting:
        each.start()
    while len(group._queue) < 3:
        time.sleep(0.001)
    go_on.set()
    for each in waiting:
        each.join(5)

    assert [type(error) for error in raised] == [ValueError] * 3
    assert group.submit("later", Store()) == "stored later"
