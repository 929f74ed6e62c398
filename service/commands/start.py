"""`civility up`: from an empty folder to a running service, and back."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import sys
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import click

from service import embedded_valkey, logs
from service.secrets_file import read_secrets, write_private
from service.settings import BadSetting, Settings, embedded_socket
from service.storage.migrate import migrate
from service.supervisor import Supervisor
from service.usecases import manage_sites
from service.wiring import build

READY_SECONDS = 60.0
DEMO_MODERATOR = "moderator@demo.example"


def start_all(settings: Settings, *, host: str, port: int) -> None:
    """Start everything, say so in one line, and watch until a signal comes."""
    settings = replace(settings, data=settings.data.resolve())
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    logs.set_up(level="error", form=settings.log_format)
    supervisor = Supervisor(settings.data, _environment(settings))
    _forget_counters(settings)
    _check_port_is_free(host, port)
    supervisor.listen_to_signals()
    try:
        _start_roles(supervisor, settings, host, port)
        if _wait_until_ready(supervisor, host, port):
            click.echo(_ready_line(settings))
            supervisor.run()
    finally:
        supervisor.stop()


def _environment(settings: Settings) -> dict[str, str]:
    """What the roles inherit: where the data is, how we are reached, where counters are kept."""
    return {
        **os.environ,
        "CIVILITY_DATA": str(settings.data),
        "CIVILITY_PUBLIC_URL": settings.public_url,
        "PROMETHEUS_MULTIPROC_DIR": str(_counters(settings)),
    }


def _counters(settings: Settings) -> Path:
    return settings.data / "metrics"


def _forget_counters(settings: Settings) -> None:
    """Those of processes that are gone; only for who holds the lock, since a running service counts there."""
    shutil.rmtree(_counters(settings), ignore_errors=True)
    _counters(settings).mkdir(parents=True)


def _start_roles(supervisor: Supervisor, settings: Settings, host: str, port: int) -> None:
    if not settings.redis_url:
        valkey = embedded_socket(settings.data)
        folder = settings.data / "valkey"
        supervisor.start("valkey", embedded_valkey.command(folder, valkey), folder=folder)
        embedded_valkey.wait_until_ready(valkey)
    migrate(settings.database)
    _first_start(settings)
    itself = [sys.executable, "-m", "service.cli"]
    supervisor.start("web", [*itself, "web", "--host", host, "--port", str(port)])
    supervisor.start("worker", [*itself, "worker"])
    supervisor.start("beat", [*itself, "beat"])


def _check_port_is_free(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadSetting(f"Cannot listen at {host}:{port} ({error.strerror}): choose another --port.") from error


def _first_start(settings: Settings) -> None:
    """A demo site and credentials for it, when the database has no site yet; afterwards only the address is kept."""
    path = settings.data / "credentials.json"
    services = build(settings)
    try:
        if not manage_sites.every_site(services):
            write_private(path, _demo_credentials(settings), replace=True)
        elif path.exists():
            known = json.loads(path.read_text())
            if known.get("url") != settings.public_url:
                write_private(path, _as_json({**known, "url": settings.public_url}), replace=True)
    finally:
        services.database.close()


def _demo_credentials(settings: Settings) -> str:
    services = build(settings)
    password = secrets.token_urlsafe(12)
    new = manage_sites.create_site(services, name="demo", title="The Demo Courier")
    manage_sites.add_moderator(
        services, email=DEMO_MODERATOR, name="Demo moderator", password=password, site_names=["demo"]
    )
    services.database.close()
    return _as_json(
        {
            "url": settings.public_url,
            "site": new.site.name,
            "site_key": new.site.site_key,
            "api_key": new.api_key,
            "moderator": {"email": DEMO_MODERATOR, "password": password},
            "operator_token": read_secrets(settings).operator_token,
        }
    )


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def _wait_until_ready(supervisor: Supervisor, host: str, port: int) -> bool:
    """Until /health/ready says so; False when a signal comes first. Raises `BadSetting` when it takes too long."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not supervisor.is_stopping:
        if _answers(f"http://{shown}:{port}/health/ready"):
            return True
        if dead := supervisor.died():
            raise BadSetting(
                f"The {dead} process ended while starting. Its last words:\n{_tail(supervisor.log_of(dead))}"
            )
        time.sleep(0.05)
    if supervisor.is_stopping:
        return False
    raise BadSetting(f"Not ready after {READY_SECONDS:.0f} seconds. `civility doctor` and the logs say why.")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _tail(path: Path, lines: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


def _ready_line(settings: Settings) -> str:
    url = settings.public_url
    return (
        f"Civility is ready at {url} (article {url}/demo/, API {url}/api/docs, "
        f"credentials {settings.data / 'credentials.json'})"
    )
