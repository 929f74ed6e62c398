"""Nudges on a real Valkey: coalesced, and never felt by whoever accepts a reply, broker or no broker."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from service.domain.ports import Work
from service.embedded_valkey import server_binary
from service.queue import CeleryQueue, make_celery
from service.settings import Settings

PATIENCE_SECONDS = 15.0


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


class Broker:
    """A Valkey on a port of its own, which can be stopped and started again, empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.client = redis.Redis.from_url(self.url, socket_timeout=2)

    def start(self) -> None:
        self._process = subprocess.Popen(
            [server_binary(), "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._answers, "Valkey did not start")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.RedisError:
            return False

    def messages(self) -> int:
        return int(self.client.llen("civility"))  # type: ignore[arg-type]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    yield broker
    broker.stop()


def a_queue(broker: Broker, *, interval_seconds: float = 0.1) -> CeleryQueue:
    return CeleryQueue(make_celery(Settings(redis_url=broker.url)), interval_seconds=interval_seconds)


def test_the_first_nudge_leaves_at_once(broker: Broker) -> None:
    broker.start()

    a_queue(broker, interval_seconds=3600).nudge()

    until(lambda: broker.messages() == 1, "no message arrived")
    (message,) = broker.client.lrange("civility", 0, -1)  # type: ignore[misc]
    assert Work.SCORING.value.encode() in message


def test_many_nudges_become_few_messages_and_the_last_is_not_lost(broker: Broker) -> None:
    broker.start()
    queue = a_queue(broker, interval_seconds=0.2)

    began = time.monotonic()
    for _ in range(2000):
        queue.nudge()
    until(lambda: broker.messages() >= 1, "no message arrived")
    while time.monotonic() < began + 0.5:
        queue.nudge()
        time.sleep(0.001)
    sent = broker.messages()
    time.sleep(0.5)

    elapsed = time.monotonic() - began
    assert broker.messages() <= elapsed / 0.2 + 1, "more than one message an interval"
    assert broker.messages() >= sent
    at_rest = broker.messages()
    time.sleep(0.5)
    assert broker.messages() == at_rest, "messages without a nudge"


def test_each_kind_of_work_is_nudged_for_itself(broker: Broker) -> None:
    broker.start()
    queue = a_queue(broker, interval_seconds=3600)

    queue.nudge(Work.SCORING)
    queue.nudge(Work.DELIVERY)

    until(lambda: broker.messages() == 2, "one kind was swallowed by the other")


@pytest.mark.parametrize("before", [False, True], ids=["never there", "died after a message"])
def test_without_a_broker_nobody_waits_and_nothing_is_raised(broker: Broker, before: bool) -> None:
    queue = a_queue(broker, interval_seconds=0.01)
    if before:
        broker.start()
        queue.nudge()
        until(lambda: broker.messages() == 1, "no message arrived")
        broker.stop()

    began = time.perf_counter()
    for _ in range(1000):
        queue.nudge()
    seconds = time.perf_counter() - began

    assert seconds < 0.5, f"a thousand nudges took {seconds:.2f} s"
    assert not queue.is_reachable()


def test_when_the_broker_is_back_the_nudge_arrives_without_another(broker: Broker) -> None:
    broker.start()
    queue = a_queue(broker, interval_seconds=0.01)
    queue.nudge()
    until(lambda: broker.messages() == 1, "no message arrived")
    broker.stop()
    queue.nudge()
    time.sleep(1.5)  # at least one failed attempt

    broker.start()

    until(lambda: broker.messages() >= 1, "the nudge was lost")
    assert queue.is_reachable()


def test_a_broker_that_takes_connections_and_says_nothing_is_away_within_seconds() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        queue = CeleryQueue(
            make_celery(Settings(redis_url=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")), interval_seconds=0.1
        )

        began = time.monotonic()
        reachable = queue.is_reachable()

    assert not reachable
    assert time.monotonic() - began < 5
