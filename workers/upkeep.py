"""The upkeep task: drop what is past its date."""

from __future__ import annotations

from celery import Celery

from service.domain.ports import Work
from service.logs import get_logger
from service.services import Services
from service.usecases.upkeep import drop_what_is_past_its_date

log = get_logger(__name__)


def register(app: Celery, services: Services) -> None:
    @app.task(name=Work.UPKEEP, shared=False)
    def keep_up() -> None:
        log.info("dropped", **drop_what_is_past_its_date(services))
