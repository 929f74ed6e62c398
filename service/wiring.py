"""Chooses the real things and builds `Services`; the only file that imports the classifier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from service.domain.errors import BadPolicy
from service.domain.identity import HashKeys
from service.domain.policy import Policy
from service.domain.ports import Scored
from service.logs import get_logger
from service.outgoing.broadcast import Broadcast
from service.queue import CeleryQueue, make_celery
from service.secrets_file import read_secrets
from service.services import Remembered, Services
from service.settings import Settings
from service.storage import sites
from service.storage.batching import GroupCommit
from service.storage.database import Database
from service.storage.sites import Site
from service.usecases import manage_sites, receive

if TYPE_CHECKING:
    from classifier.encoder.cascade import Asked

CONNECTIONS_AT_MOST = 16  # of a process: writers share one by group commit, and a read takes milliseconds

log = get_logger(__name__)


class ShippedModel:
    """The classifier behind the port, loaded on first use: a web process that never scores never pays for it."""

    def __init__(self, directory: str, load: Callable[[Path | None], Asked]) -> None:
        self._directory = Path(directory) if directory else None
        self._load = load
        self._lock = Lock()
        self._model: Asked | None = None

    @property
    def _scorer(self) -> Asked:
        with self._lock:
            if self._model is None:
                self._model = self._load(self._directory)
            return self._model

    @property
    def version(self) -> str:
        return self._scorer.version

    def score(self, texts: Sequence[str]) -> list[Scored]:
        scores = self._scorer.score(list(texts))
        rows = zip(scores.values.tolist(), scores.versions, scores.languages, strict=True)
        return [Scored(_known(scores.attributes, row), version, language) for row, version, language in rows]


def _known(names: Sequence[str], row: Sequence[float]) -> dict[str, float] | None:
    """What the model offers of a text's attributes; None where no model has learned its language."""
    return {name: value for name, value in zip(names, row, strict=True) if not isnan(value)} or None


def one_opinion(directory: Path | None) -> Asked:
    from classifier import Scorer

    return Scorer.load(directory)


def two_opinions(settings: Settings) -> Callable[[Path | None], Asked]:
    def load(directory: Path | None) -> Asked:
        from classifier import Scorer
        from classifier.encoder.cascade import with_second_opinion

        is_wanted = settings.second_opinion == "on"
        return with_second_opinion(
            Scorer.load(directory), is_wanted=is_wanted, seconds_at_most=settings.second_opinion_seconds
        )

    return load


def utc_now() -> datetime:
    return datetime.now(UTC)


def build(settings: Settings, *, asks_twice: bool = False) -> Services:
    """Everything, top to bottom. Opens no connection before it is needed.

    Only workers may ask a second opinion: it takes milliseconds a text, and a web process has readers waiting.
    """
    is_cascade = asks_twice and settings.second_opinion != "off"
    secrets = read_secrets(settings)
    database = Database(settings.database, connections=min(settings.web_threads, CONNECTIONS_AT_MOST))
    services = Services(
        settings=settings,
        database=database,
        hash_keys=HashKeys.parse(secrets.hash_keys),
        secret_key=secrets.secret_key.encode(),
        operator_token=secrets.operator_token,
        queue=CeleryQueue(make_celery(settings), interval_seconds=settings.nudge_interval_seconds),
        scorer=ShippedModel(settings.model, two_opinions(settings) if is_cascade else one_opinion),
        outgoing=Broadcast(settings.redis),
        clock=utc_now,
        intake=GroupCommit(),
        sites_by_api_key=Remembered(lambda key: _site(database, key), seconds=5),
        policies=Remembered(lambda key: _policy(services, *key), seconds=3600),
        backlog_seconds=Remembered(lambda _: receive.oldest_pending_seconds(services), seconds=1),
    )
    return services


def _site(database: Database, api_key: str) -> Site | None:
    with database.reading() as tx:
        return sites.by_api_key(tx, api_key)


def _policy(services: Services, site_id: str, version: int) -> Policy | None:
    try:
        return manage_sites.load_policy(services, site_id, version)
    except BadPolicy as error:
        log.error("policy_unreadable", site=site_id, version=version, why=error.sentence)
        return None
