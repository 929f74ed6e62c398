"""The delivery task: send what is due."""

from __future__ import annotations

from functools import partial

from celery import Celery

from service.domain.ports import Work
from service.services import Services
from service.usecases.deliver import deliver_due
from workers.one_at_a_time import OneAtATime


def register(app: Celery, services: Services) -> None:
    drain = OneAtATime(partial(deliver_due, services))

    @app.task(name=Work.DELIVERY, shared=False)
    def deliver() -> None:
        drain()
