"""Figures for Prometheus: counters of all processes of this machine, and what the database says now."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric

from service import metrics
from service.services import Services
from service.usecases.health import figures
from service.web.auth import public
from service.web.current import services

blueprint = Blueprint("metrics", __name__)

_GAUGES = {
    "pending": ("civility_pending_replies", "Replies waiting for a verdict."),
    "oldest_pending_seconds": ("civility_oldest_pending_seconds", "Age of the oldest pending reply."),
    "outbox_oldest_seconds": ("civility_outbox_oldest_seconds", "Age of the oldest event not delivered."),
    "outbox_dead": ("civility_outbox_dead", "Dead letters."),
    "worker_seen_seconds": ("civility_worker_seen_seconds", "Seconds since a worker was last seen."),
}


class FromDatabase:
    """Gauges that are read when asked for, so that they cannot go stale with a process that died."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterable[Metric]:
        now = figures(self._services)
        for field, (name, sentence) in _GAUGES.items():
            value = getattr(now, field)
            if value is not None:
                yield GaugeMetricFamily(name, sentence, value=value)


@blueprint.get("/metrics")
@public
def show() -> Response:
    """Everything in Prometheus' text format."""
    return Response(render(services()), content_type=CONTENT_TYPE_LATEST)


def render(services: Services) -> bytes:
    gauges = CollectorRegistry(auto_describe=False)
    gauges.register(FromDatabase(services))
    return generate_latest(metrics.counters()) + generate_latest(gauges)
