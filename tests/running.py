"""A real service: `civility up` in a process of its own, on a data folder of the test's own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 90.0
STOP_SECONDS = 40.0
ROOT = Path(__file__).parent.parent
_OURS = ("CIVILITY_", "PROMETHEUS_")
_PLACES = ("DATABASE_URL", "REDIS_URL", "BROKER_URL")


@dataclass(frozen=True)
class RunningService:
    """A service that is ready, and what `credentials.json` says of it."""

    data: Path
    process: subprocess.Popen[str]
    credentials: Mapping[str, Any]

    @property
    def url(self) -> str:
        return str(self.credentials["url"])

    @property
    def api_key(self) -> str:
        return str(self.credentials["api_key"])

    @property
    def site_key(self) -> str:
        return str(self.credentials["site_key"])

    def stop(self) -> int:
        """As Ctrl-C would; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


def plain_environment(**settings: str) -> dict[str, str]:
    """The environment without any setting of ours, then these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS) and name not in _PLACES}
    return {**kept, **settings}


def run_civility(*arguments: str, given: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    """One run of the command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "service.cli", *arguments],
        cwd=ROOT,
        env=plain_environment(**settings),
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def running(data: Path, *, port: int = 0, **settings: str) -> Iterator[RunningService]:
    """Start on this folder, wait for the line that says ready, and stop at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "up", "--data", str(data), "--port", str(port)],
        cwd=ROOT,
        env=plain_environment(**settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _wait_for_the_line(process)
        yield RunningService(data, process, json.loads((data / "credentials.json").read_text()))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_the_line(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    said: list[str] = []
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        line = process.stdout.readline()
        if not line:
            break
        said.append(line)
        if line.startswith("Civility is ready"):
            return
    raise AssertionError("The service did not become ready:\n" + "".join(said))
