"""The whole service under load while its processes are killed: what was accepted is decided, once.

The short runs are part of every check; the long ones, on all real comments where they are at hand, are a soak.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.texts import comments
from tests.running import ROOT, RunningService, plain_environment, running

REAL_COMMENTS = ROOT.parent / "shared" / "data" / "evaluate.parquet"
SHORT = 400
ROLES = {
    "web": "service.cli web",
    "worker": "workers.app worker",
    "beat": "workers.app beat",
    "valkey": "valkey-server",
}


def processes(data: Path, role: str) -> list[int]:
    """The ids of the processes of a role that work on this folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            command = (entry / "cmdline").read_text().replace("\0", " ")
            environment = (entry / "environ").read_text(errors="replace")
        except OSError:
            continue
        ours = str(data) in command or f"CIVILITY_DATA={data}\0" in environment + "\0"
        if ROLES[role] in command and ours:
            found.append(int(entry.name))
    return found


def kill(data: Path, role: str) -> None:
    """SIGKILL every process of a role, as the kernel does when memory runs out; waits for one that is starting."""
    deadline = time.monotonic() + 20
    while not (victims := processes(data, role)):
        assert time.monotonic() < deadline, f"no {role} process to kill"
        time.sleep(0.1)
    for victim in victims:
        os.kill(victim, signal.SIGKILL)


def kill_valkey_and_its_data(data: Path, role: str = "valkey") -> None:
    kill(data, role)
    shutil.rmtree(data / "valkey", ignore_errors=True)


@contextmanager
def repeatedly(action: Callable[[], None], *, times: int, every_seconds: float) -> Iterator[list[BaseException]]:
    """Run an action several times beside the body. What it raises is in the list afterwards."""
    failures: list[BaseException] = []

    def run() -> None:
        for _ in range(times):
            time.sleep(every_seconds)
            try:
                action()
            except BaseException as error:
                failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    yield failures
    thread.join()


def a_file_of_comments(folder: Path, count: int) -> Path:
    file = folder / "comments.jsonl"
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in comments(None, count)))
    return file


def replayed(service: RunningService, file: Path, *, rate: float | None) -> dict[str, int]:
    """The counts a replay reports; it ends with 0 only if nothing was lost or decided twice."""
    paced = ["--rate", str(rate)] if rate else []
    ended = subprocess.run(
        [sys.executable, "-m", "service.cli", "replay", str(file), "--data", str(service.data), *paced],
        cwd=ROOT,
        env=plain_environment(),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    counts = {
        name.strip(): int(count) for name, count in re.findall(r"^([a-z ]+?) +(\d+)(?: .*)?$", ended.stdout, re.M)
    }
    assert ended.returncode == 0, ended.stdout + ended.stderr[-2000:]
    print(ended.stdout)
    return counts


def test_every_process_killed_in_turn_under_load_loses_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    blows = iter(
        [
            lambda: kill(data, "worker"),
            lambda: kill(data, "web"),
            lambda: kill(data, "valkey"),
            lambda: kill(data, "beat"),
            lambda: kill_valkey_and_its_data(data),
            lambda: kill(data, "worker"),
        ]
    )
    with running(data) as service:
        file = a_file_of_comments(tmp_path, SHORT)
        with repeatedly(lambda: next(blows)(), times=6, every_seconds=2) as failures:
            counts = replayed(service, file, rate=30)
        assert not failures
        assert counts["accepted"] == counts["decided"] == SHORT
        assert all(processes(data, role) for role in ROLES), "a process was not started again"


def test_after_the_supervisor_was_killed_the_next_start_finishes_the_work(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as service:
        kill(data, "worker")
        file = a_file_of_comments(tmp_path, 20)
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()
        deadline = time.monotonic() + 30
        while any(processes(data, role) for role in ROLES) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert not any(processes(data, role) for role in ROLES), "orphans are left"
    with running(data) as service:
        assert replayed(service, file, rate=None)["decided"] == 20


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.skipif(not REAL_COMMENTS.exists(), reason="the real comments are not beside this checkout")
@pytest.mark.parametrize(
    ("role", "action", "times"),
    [("worker", kill, 3), ("valkey", kill_valkey_and_its_data, 2), ("web", kill, 3)],
    ids=["worker three times", "valkey and its data twice", "web three times"],
)
def test_all_real_comments_survive(tmp_path: Path, role: str, action: Callable[[Path, str], None], times: int) -> None:
    with running(tmp_path / "data") as service:
        with repeatedly(lambda: action(service.data, role), times=times, every_seconds=6) as failures:
            counts = replayed(service, REAL_COMMENTS, rate=None)
        assert not failures
        assert counts["accepted"] == counts["decided"] == counts["comments"]
