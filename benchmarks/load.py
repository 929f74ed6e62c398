"""A small HTTP load generator: prepared requests over many keep-alive connections from one thread.

It shares the machine with what it measures, so it does as little as possible: one send and one or two receives a
request, no parsing beyond the status line and Content-Length.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Result:
    """What came back: HTTP statuses counted, latencies in seconds, ids of accepted replies in order of answer."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0


class _Connection:
    __slots__ = ("body", "due", "socket", "wanted")

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.body = b""
        self.wanted = -1
        self.due = 0.0


def send_all(
    address: tuple[str, int], requests: Sequence[bytes], *, connections: int, rate: float | None = None
) -> Result:
    """Send all requests: as fast as `connections` allow, or at `rate` a second whether or not answers come.

    At a rate, latency counts from when a request was due: waiting for a free connection is latency too.
    """
    selector, idle, result = selectors.DefaultSelector(), [], Result()
    for _ in range(connections):
        connection = _Connection(address)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        idle.append(connection)
    began, sent = time.perf_counter(), 0
    while len(result.latencies) < len(requests):
        now = time.perf_counter()
        while idle and sent < len(requests) and (rate is None or began + sent / rate <= now):
            connection = idle.pop()
            connection.due = began + sent / rate if rate else time.perf_counter()
            connection.socket.sendall(requests[sent])
            sent += 1
        until_next = max(0.0, began + sent / rate - now) if rate and sent < len(requests) and idle else 1.0
        for key, _ in selector.select(min(until_next, 1.0)):
            if _read(key.data, result):
                idle.append(key.data)
        if now - began > 600:
            raise TimeoutError("The server did not answer all requests within ten minutes.")
    result.seconds = time.perf_counter() - began
    selector.close()
    return result


def _read(connection: _Connection, result: Result) -> bool:
    """Take what arrived; true when the answer is whole."""
    received = connection.socket.recv(65536)
    if not received:
        raise ConnectionError("The server closed a connection.")
    connection.body += received
    if connection.wanted < 0:
        head_end = connection.body.find(b"\r\n\r\n")
        if head_end < 0:
            return False
        head = connection.body[:head_end].lower()
        start = head.find(b"content-length:") + 15
        connection.wanted = (
            head_end + 4 + int(head[start : head.find(b"\r\n", start) if b"\r\n" in head[start:] else None])
        )
    if len(connection.body) < connection.wanted:
        return False
    status = int(connection.body[9:12])
    result.statuses[status] = result.statuses.get(status, 0) + 1
    result.latencies.append(time.perf_counter() - connection.due)
    result.bodies.append(connection.body[-connection.wanted :] if status != 202 else b"")
    connection.body, connection.wanted = b"", -1
    return True
