"""Start things: everything at once, or one role of a cluster."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import click

from service import logs
from service.commands.services import data_option, services_for, settings_for
from service.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 for all.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@data_option
def up(host: str, port: int, data: Path | None) -> None:
    """Start everything on this machine: Valkey, web server, worker and beat, under one supervisor."""
    from service.commands.start import start_all

    port = port or _free_port(host)
    start_all(_reached_at(settings_for(data), host, port), host=host, port=port)


def _reached_at(settings: Settings, host: str, port: int) -> Settings:
    """The public address is where we listen, unless it was set."""
    if os.environ.get("CIVILITY_PUBLIC_URL"):
        return settings
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    return replace(settings, public_url=f"http://{shown}:{port}")


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@data_option
def web(host: str, port: int, data: Path | None) -> None:
    """Start the web server alone."""
    settings = _prepare_role(data)
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "service.app:from_environment",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        backpressure=settings.web_threads * 8,
        http1_settings=None,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=10,
        log_enabled=True,
        log_access=False,
    ).serve()


@click.command()
@data_option
def worker(data: Path | None) -> None:
    """Start a Celery worker alone."""
    settings = _prepare_role(data)
    options = ["--pool", settings.worker_pool, "--concurrency", str(settings.worker_concurrency)]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    _become_celery("worker", *options, *quiet, "-n", f"civility-{os.getpid()}@%h", "-l", settings.log_level)


@click.command()
@data_option
def beat(data: Path | None) -> None:
    """Start Celery beat alone. One is enough; a second does the same work twice, harmlessly."""
    settings = _prepare_role(data)
    _become_celery("beat", "--pidfile", "", "-l", settings.log_level)


def _prepare_role(data: Path | None) -> Settings:
    """What a role needs before anything of it is imported: logs, the data folder, a place for its counters."""
    settings = settings_for(data)
    logs.set_up(level=settings.log_level, form=settings.log_format)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["CIVILITY_DATA"] = str(settings.data)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="civility-metrics-"))
    return settings


def _become_celery(*arguments: str) -> None:
    """Replace this process, so that signals and exit codes are Celery's own."""
    os.execv(sys.executable, [sys.executable, "-m", "celery", "--quiet", "-A", "workers.app", *arguments])  # noqa: S606


@click.command()
@data_option
def migrate(data: Path | None) -> None:
    """Bring the database to the newest form of the tables; harmless when it is there already."""
    from service.storage.migrate import migrate as run

    run(settings_for(data).database)
    click.echo("The database is up to date.")


@click.command()
@click.argument("role", type=click.Choice(["web", "worker", "beat"]))
@data_option
def health(role: str, data: Path | None) -> None:
    """Exit 0 if a process of this role was seen lately: for health checks of containers."""
    from service.usecases.health import role_seen

    check = role_seen(services_for(data), role)
    click.echo(check.says)
    sys.exit(0 if check.ok else 1)


@click.command()
@data_option
def doctor(data: Path | None) -> None:
    """Say what is wrong with this set-up, in sentences."""
    from service.commands.diagnose import diagnose

    findings = diagnose(data)
    for ok, sentence in findings:
        click.echo(f"{'ok  ' if ok else 'BAD '} {sentence}")
    sys.exit(0 if all(ok for ok, _ in findings) else 1)


COMMANDS = (up, web, worker, beat, migrate, health, doctor)
