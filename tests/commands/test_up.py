"""`civility up`: starts, keeps running, and stops cleanly, leaving nothing behind."""

from __future__ import annotations

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.test_processes_killed import ROLES, processes
from tests.running import RunningService, run_civility, running


def all_processes(data: Path) -> dict[str, list[int]]:
    return {role: processes(data, role) for role in ROLES}


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def is_ready(service: RunningService) -> bool:
    try:
        with urllib.request.urlopen(f"{service.url}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def test_it_starts_stops_and_starts_again_as_the_same_service(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as service:
        first = dict(service.credentials)
        assert all(all_processes(data).values())
        service.process.send_signal(signal.SIGINT)
        assert service.process.wait(40) == 0
        assert not any(all_processes(data).values()), "processes are left"
        assert not is_ready(service)

    with running(data) as service:
        again = dict(service.credentials)
        assert {**again, "url": ""} == {**first, "url": ""}
        assert is_ready(service)
        _killed_roles_come_back(service)
        assert service.stop() == 0
        assert not any(all_processes(data).values()), "processes are left"
    assert (data / "credentials.json").stat().st_mode & 0o777 == 0o600


def _killed_roles_come_back(service: RunningService) -> None:
    before = all_processes(service.data)
    for pid in (pid for pids in before.values() for pid in pids):
        os.kill(pid, signal.SIGKILL)

    def all_anew() -> bool:
        now = all_processes(service.data)
        return all(now[role] and not set(now[role]) & set(before[role]) for role in ROLES)

    until(all_anew, "a role was not started again")
    until(lambda: is_ready(service), "the service did not recover")


def test_a_signal_while_it_starts_stops_it_cleanly(tmp_path: Path) -> None:
    import subprocess
    import sys

    from tests.running import ROOT, plain_environment

    data = tmp_path / "data"
    process = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "up", "--data", str(data), "--port", "0"],
        cwd=ROOT,
        env=plain_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: bool(processes(data, "web")), "the web server was not started")
    process.send_signal(signal.SIGTERM)

    assert process.wait(40) == 0
    assert not any(all_processes(data).values()), "processes are left"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"CIVILITY_WEB_THREADS": "many"}, "CIVILITY_WEB_THREADS must be a whole number"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL cannot be used"),
        ({"DATABASE_URL": "postgresql+psycopg://u:hunter2@127.0.0.1:1/civility"}, "`civility doctor` says why"),
    ],
    ids=["a setting that is none", "an address that is none", "a database that is away"],
)
def test_what_keeps_it_from_starting_is_a_sentence(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    data = tmp_path / "data"

    result = run_civility("up", "--data", str(data), "--port", "0", **settings)

    assert result.returncode == 1
    assert says in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr
    assert not any(all_processes(data).values()), "processes are left"
