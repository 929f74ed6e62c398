"""The worker's Celery app: joins `service.queue` and `service.wiring`, registers the tasks, keeps the heart beating.

Started by `civility worker` and `civility beat`, or by Celery itself: `celery -A workers.app worker`.
"""

from __future__ import annotations

import os
import socket
from threading import Event, Thread
from typing import Any

from celery.signals import beat_init, setup_logging, worker_process_init, worker_ready
from prometheus_client import start_http_server

from service import logs, metrics
from service.domain import likeness
from service.queue import make_celery
from service.services import Services
from service.settings import read_settings
from service.storage.upkeep import beat as note_heartbeat
from service.wiring import build
from workers import delivery, scoring, upkeep
from workers.schedule import schedule

HEARTBEAT_SECONDS = 5.0
_FOREIGN = "Guten Morgen, wie schön, dass die Brücke nun endlich offen ist."  # loads what tells languages apart: 0.5 s
log = logs.get_logger(__name__)

settings = read_settings()
services = build(settings, asks_twice=True)
app = make_celery(settings)
app.conf.beat_schedule = schedule(settings)
app.conf.beat_schedule_filename = str(settings.data / "beat-schedule")
for room in (scoring, delivery, upkeep):
    room.register(app, services)


@setup_logging.connect
def _set_up_logging(**_: Any) -> None:
    logs.set_up(level=settings.log_level, form=settings.log_format)


@worker_process_init.connect
def _leave_the_parents_connections(**_: Any) -> None:
    """A forked process must not share sockets with its parent."""
    services.database.engine.dispose(close=False)


@worker_ready.connect
def _worker_is_ready(**_: Any) -> None:
    likeness.prepare()
    services.scorer.score([_FOREIGN])
    log.info("worker_ready", model=services.scorer.version)
    Heart(services, "worker").start()
    if settings.worker_metrics_port:
        start_http_server(settings.worker_metrics_port, registry=metrics.counters())


@beat_init.connect
def _beat_is_ready(**_: Any) -> None:
    Heart(services, "beat").start()


class Heart:
    """Notes every few seconds that this process is alive. A database that is away is waited for."""

    def __init__(self, services: Services, role: str) -> None:
        self._services = services
        self._role = role
        self._name = f"{socket.gethostname()}:{os.getpid()}"[:100]
        self._stopped = Event()

    def start(self) -> None:
        Thread(target=self._run, name="heart", daemon=True).start()

    def _run(self) -> None:
        while True:
            self._beat()
            self._stopped.wait(HEARTBEAT_SECONDS)

    def _beat(self) -> None:
        try:
            with self._services.database.writing() as tx:
                note_heartbeat(tx, role=self._role, name=self._name, now=self._services.clock())
        except Exception as error:
            log.warning("heartbeat_missed", role=self._role, error=type(error).__name__)
