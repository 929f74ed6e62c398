"""The Celery app, the names of all tasks, and the nudge that says "there is work". Knows no task's body."""

from __future__ import annotations

import time
from threading import Event, Lock, Thread
from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError

from service import metrics
from service.domain.ports import Work
from service.logs import get_logger
from service.settings import Settings

log = get_logger(__name__)


NUDGE_EXPIRES_SECONDS = 60  # after an outage old nudges say nothing that the next sweep does not
RETRY_NUDGE_SECONDS = 1.0
_BROKER_TIMEOUT_SECONDS = 1.0


def make_celery(settings: Settings) -> Celery:
    """Celery for this broker. A nudge is acknowledged before its work: what a dead worker leaves, the sweep finds.

    Unacknowledged messages would only be given back late, and Kombu 5.7 ends a worker that holds one when the
    broker dies (`AttributeError` in `restore_unacked`).
    """
    app = Celery("civility", broker=settings.broker, set_as_current=False)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=False,
        task_default_queue="civility",
        task_store_errors_even_if_ignored=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_timeout=_BROKER_TIMEOUT_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport_options(settings.broker),
        worker_cancel_long_running_tasks_on_connection_loss=False,
        timezone="UTC",
    )
    if settings.broker.startswith("amqp"):
        app.conf.update(task_default_queue_type="quorum", worker_detect_quorum_queues=True)
    return app


def _transport_options(broker: str) -> dict[str, Any]:
    if broker.startswith("amqp"):
        return {"confirm_publish": True}
    return {
        "visibility_timeout": 120,
        # Kombu looks for lost messages every interval x throttle; its defaults make that 100 s.
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": _BROKER_TIMEOUT_SECONDS,
        "socket_timeout": 5.0,
        "socket_keepalive": True,
        "max_retries": 1,
        "interval_start": 0,
        "interval_max": 0,
    }


class CeleryQueue:
    """Coalesces nudges: however many replies arrive, one message each interval leaves a process.

    A thread of its own sends them, so that neither a slow nor a missing broker is felt by whoever accepts a reply.
    """

    def __init__(self, app: Celery, *, interval_seconds: float) -> None:
        self._nudgers = {work: _Nudger(app, work, interval_seconds) for work in (Work.SCORING, Work.DELIVERY)}
        self._app = app

    def nudge(self, work: Work = Work.SCORING) -> None:
        self._nudgers[work].wake()

    def is_reachable(self) -> bool:
        """Whether the broker answers, within a second."""
        try:
            with self._app.connection_for_write(connect_timeout=_BROKER_TIMEOUT_SECONDS) as connection:
                if "socket_timeout" in connection.transport_options:  # one that listens and says nothing is away too
                    connection.transport_options["socket_timeout"] = _BROKER_TIMEOUT_SECONDS
                connection.ensure_connection(max_retries=1, interval_start=0, timeout=_BROKER_TIMEOUT_SECONDS)
        except (OperationalError, OSError):
            return False
        return True


class _Nudger:
    def __init__(self, app: Celery, work: Work, interval_seconds: float) -> None:
        self._app = app
        self._work = work
        self._interval = interval_seconds
        self._wanted = Event()
        self._starting = Lock()
        self._thread: Thread | None = None

    def wake(self) -> None:
        self._wanted.set()
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._run, name=f"nudge-{self._work}", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._send():
                time.sleep(self._interval)
            else:
                self._wanted.set()  # until the broker is back; meanwhile the rows wait in the database
                time.sleep(RETRY_NUDGE_SECONDS)

    def _send(self) -> bool:
        try:
            self._app.send_task(self._work, expires=NUDGE_EXPIRES_SECONDS, retry=False)
        except Exception as error:
            metrics.nudges.labels(self._work, "failed").inc()
            log.warning("nudge_failed", work=self._work, error=type(error).__name__)
            return False
        metrics.nudges.labels(self._work, "sent").inc()
        return True
