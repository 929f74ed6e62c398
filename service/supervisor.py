"""One command, all processes: starts them, restarts one that dies, stops all of them in order."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from service.logs import get_logger
from service.settings import BadSetting

log = get_logger(__name__)

STOP_SECONDS = 20.0
_WATCH_SECONDS = 0.1
_RESTART_AFTER_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0)
_STEADY_SECONDS = 10.0
_LOG_BYTES_AT_MOST = 20_000_000


@dataclass
class Role:
    """A process to keep running, and how often it died young."""

    name: str
    command: list[str]
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    restart_at: float = field(default=0.0)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Keeps roles running until a signal comes. They are stopped in the reverse order of their start."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self._roles: list[Role] = []
        self._stopping = False
        (folder / "logs").mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock(folder / "supervisor.lock")

    @staticmethod
    def _take_lock(path: Path) -> IO[str]:
        """Only one supervisor for a data folder; the lock ends with the process, however it ends."""
        file = path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            pid = file.read().strip() or "unknown"
            raise BadSetting(
                f"Civility already runs on {path.parent} (process {pid}). Stop it first, or use another --data folder."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return file

    def start(self, name: str, command: list[str], *, folder: Path | None = None) -> None:
        """Launch a role and keep it running; its `folder` is made anew before each launch, should it be gone."""
        role = Role(name, command, folder or self._folder)
        self._roles.append(role)
        self._launch(role)

    def died(self) -> str | None:
        """The name of a role that is not running, if there is one."""
        return next((role.name for role in self._roles if not role.is_running), None)

    def log_of(self, name: str) -> Path:
        return self._folder / "logs" / f"{name}.log"

    def run(self) -> None:
        """Watch until SIGTERM or SIGINT."""
        while not self._stopping:
            for role in self._roles:
                if not role.is_running:
                    self._restart(role)
            time.sleep(_WATCH_SECONDS)

    def listen_to_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    @property
    def is_stopping(self) -> bool:
        return self._stopping

    def stop(self) -> None:
        """Ask every role to end, last started first; kill what does not within the time."""
        for role in reversed(self._roles):
            self._stop(role)

    def _launch(self, role: Role) -> None:
        role.folder.mkdir(parents=True, exist_ok=True)
        with _log_file(self.log_of(role.name)) as output:
            role.process = subprocess.Popen(
                role.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,  # Ctrl-C reaches only the supervisor, which stops them in order
                preexec_fn=_die_with_parent(),
            )
        role.started_at = time.monotonic()

    def _restart(self, role: Role) -> None:
        now = time.monotonic()
        if not role.restart_at:
            assert role.process is not None
            _kill_group(role.process)  # nothing of it may live on beside its successor
            role.deaths = role.deaths + 1 if now - role.started_at < _STEADY_SECONDS else 0
            role.restart_at = now + _RESTART_AFTER_SECONDS[min(role.deaths, len(_RESTART_AFTER_SECONDS) - 1)]
            log.error("process_died", role=role.name, code=role.process.returncode, log=str(self.log_of(role.name)))
        if now >= role.restart_at:
            role.restart_at = 0.0
            self._launch(role)

    def _stop(self, role: Role) -> None:
        if role.process is None:
            return
        if role.is_running:
            role.process.terminate()
        try:
            role.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            log.error("process_killed", role=role.name)
        _kill_group(role.process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    process.poll()


def _log_file(path: Path) -> IO[bytes]:
    """The log, continued; begun anew when it has grown large, the old one kept beside it."""
    if path.exists() and path.stat().st_size > _LOG_BYTES_AT_MOST:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux the kernel ends a child whose supervisor was killed, so that no orphan holds the port."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
