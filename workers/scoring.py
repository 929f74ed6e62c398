"""The scoring task: batch after batch until nothing is pending."""

from __future__ import annotations

from functools import partial

from celery import Celery

from service.domain.ports import Work
from service.services import Services
from service.usecases.score import score_pending
from workers.one_at_a_time import OneAtATime


def register(app: Celery, services: Services) -> None:
    drain = OneAtATime(partial(score_pending, services))

    @app.task(name=Work.SCORING, shared=False)
    def score() -> None:
        drain()
