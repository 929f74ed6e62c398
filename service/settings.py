"""Every setting: its name, type, default and a sentence. `docs/configuration.md` is generated from here."""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any


class BadSetting(Exception):
    """A setting cannot be used; the message is a sentence that says which and what to do."""


def setting(env: str, default: Any, sentence: str, *, secret: bool = False) -> Any:
    """A settings field read from the environment variable `env`."""
    return field(default=default, metadata={"env": env, "sentence": sentence, "secret": secret})


@dataclass(frozen=True)
class Settings:
    data: Path = setting("CIVILITY_DATA", Path(".data"), "Folder for the database, the queue's file, logs and keys.")
    public_url: str = setting(
        "CIVILITY_PUBLIC_URL", "http://127.0.0.1:8000", "The address readers and news sites reach this service at."
    )
    database_url: str = setting(
        "DATABASE_URL",
        "",
        "`postgresql+psycopg://user:password@host/name`; empty: SQLite in the data folder.",
        secret=True,
    )
    redis_url: str = setting(
        "REDIS_URL", "", "`redis://host:6379/0`; empty: the embedded Valkey that `civility up` starts.", secret=True
    )
    broker_url: str = setting(
        "BROKER_URL",
        "",
        "Celery's broker, such as `amqp://…` for RabbitMQ; empty: the same as REDIS_URL.",
        secret=True,
    )
    hash_keys: str = setting(
        "CIVILITY_HASH_KEYS",
        "",
        "Keys for hashing e-mail addresses, `id:hex,id:hex`, the current one first; "
        "empty: made on first start and kept in the data folder.",
        secret=True,
    )
    secret_key: str = setting(
        "CIVILITY_SECRET_KEY",
        "",
        "At least 32 characters for signing links and previews; empty: made on first start and kept likewise.",
        secret=True,
    )
    operator_token: str = setting(
        "CIVILITY_OPERATOR_TOKEN",
        "",
        "Bearer token of operators (dead letters); empty: made on first start and kept likewise.",
        secret=True,
    )
    text_characters_at_most: int = setting(
        "CIVILITY_TEXT_CHARACTERS_AT_MOST", 20_000, "Longer replies are refused with a sentence."
    )
    request_bytes_at_most: int = setting(
        "CIVILITY_REQUEST_BYTES_AT_MOST", 524_288, "Larger requests are refused before they are read."
    )
    pending_age_at_most_seconds: float = setting(
        "CIVILITY_PENDING_AGE_AT_MOST_SECONDS",
        60.0,
        "Back-pressure: while the oldest pending reply is older, new ones are answered 503 with Retry-After.",
    )
    claim_seconds: float = setting(
        "CIVILITY_CLAIM_SECONDS", 15.0, "A worker that has not decided what it claimed by then loses the claim."
    )
    batch_replies: int = setting("CIVILITY_BATCH_REPLIES", 128, "How many replies a worker claims and scores at once.")
    attempts_at_most: int = setting(
        "CIVILITY_ATTEMPTS_AT_MOST", 3, "Claims of one reply before it is left to a person instead of the model."
    )
    sweep_seconds: float = setting(
        "CIVILITY_SWEEP_SECONDS",
        5.0,
        "How often replies whose nudge was lost or whose claim expired are looked for.",
    )
    nudge_interval_seconds: float = setting(
        "CIVILITY_NUDGE_INTERVAL_SECONDS",
        0.1,
        "The first nudge leaves at once; those of the same process within this time after it become one.",
    )
    form_flood_seconds: float = setting(
        "CIVILITY_FORM_FLOOD_SECONDS", 15.0, "A reader's form is refused when the last reply is younger; 0: never."
    )
    api_flood_replies: int = setting(
        "CIVILITY_API_FLOOD_REPLIES", 30, "Replies of one author or address in a minute before the API answers 429."
    )
    form_wait_seconds: float = setting(
        "CIVILITY_FORM_WAIT_SECONDS",
        0.5,
        "How long the form waits for the verdict, so that an approved reply is already there after the redirect.",
    )
    preview_seconds: int = setting(
        "CIVILITY_PREVIEW_SECONDS", 600, "How long an author may look at the own reply that awaits moderation."
    )
    session_hours: int = setting("CIVILITY_SESSION_HOURS", 12, "How long a moderator stays signed in.")
    ip_days: int = setting("CIVILITY_IP_DAYS", 7, "Days until the truncated address and its daily hash are dropped.")
    outbox_days: int = setting("CIVILITY_OUTBOX_DAYS", 7, "Days until delivered events are dropped from the outbox.")
    web_processes: int = setting("CIVILITY_WEB_PROCESSES", 1, "Processes of the web server.")
    web_threads: int = setting("CIVILITY_WEB_THREADS", 32, "Threads a web process answers with.")
    worker_pool: str = setting(
        "CIVILITY_WORKER_POOL",
        "threads",
        "Celery's pool: `threads` (small), `prefork` (one process per core), `solo`.",
    )
    worker_concurrency: int = setting("CIVILITY_WORKER_CONCURRENCY", 2, "Tasks a worker runs side by side.")
    worker_metrics_port: int = setting(
        "CIVILITY_WORKER_METRICS_PORT",
        0,
        "On a cluster: a worker serves its own figures here for Prometheus; 0: the web server shows them.",
    )
    model: str = setting(
        "CIVILITY_MODEL", "", "Folder of the model that takes the place of its language's; empty: the shipped ones."
    )
    second_opinion: str = setting(
        "CIVILITY_SECOND_OPINION",
        "auto",
        "Whether workers ask a second, slower model about doubtful replies: `auto` (if `civility[encoder]` is "
        "installed), `on` (a worker without it refuses to score) or `off`.",
    )
    second_opinion_seconds: float = setting(
        "CIVILITY_SECOND_OPINION_SECONDS",
        2.0,
        "Time for the second opinion on one batch; replies not reached by then keep the first.",
    )
    trusted_proxies: int = setting(
        "CIVILITY_TRUSTED_PROXIES", 0, "Reverse proxies in front, whose X-Forwarded headers are believed."
    )
    log_level: str = setting("CIVILITY_LOG_LEVEL", "info", "debug, info, warning or error.")
    log_format: str = setting("CIVILITY_LOG_FORMAT", "json", "`json`, or `text` for people.")

    @property
    def database(self) -> str:
        """The address to connect to: `database_url`, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'civility.db'}"

    @property
    def broker(self) -> str:
        """Celery's broker address, or that of the embedded Valkey."""
        return self.broker_url or celery_url(self.redis)

    @property
    def redis(self) -> str:
        return self.redis_url or f"unix://{embedded_socket(self.data)}"


def embedded_socket(data: Path) -> Path:
    """Where the embedded Valkey listens. A socket's path may have 107 bytes at most (sockaddr_un)."""
    inside = data.resolve() / "valkey" / "valkey.sock"
    if len(str(inside).encode()) < 100:
        return inside
    mark = zlib.crc32(str(inside).encode())
    return Path(tempfile.gettempdir()) / f"civility-{os.getuid()}-{mark:08x}.sock"


def celery_url(redis_url: str) -> str:
    """The same server as Celery writes it: a unix socket has a scheme of its own there."""
    if redis_url.startswith("unix://"):
        return "redis+socket://" + redis_url.removeprefix("unix://")
    return redis_url


def read_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from the environment; `overrides` win. Raises `BadSetting`."""
    environment = os.environ if environment is None else environment
    given = {f.name: _convert(f, environment[f.metadata["env"]]) for f in fields(Settings) if _given(f, environment)}
    return Settings(**{**given, **{name: value for name, value in overrides.items() if value is not None}})


def _given(described: Field[Any], environment: Mapping[str, str]) -> bool:
    return bool(environment.get(described.metadata["env"], "").strip())


def _convert(described: Field[Any], value: str) -> Any:
    kind: Any = type(described.default)
    try:
        return kind(value.strip())
    except ValueError:
        env, default = described.metadata["env"], described.default
        raise BadSetting(f"{env} must be {_NAMES[kind]}, such as {default}, not {value!r}.") from None


_NAMES = {int: "a whole number", float: "a number", str: "text"}


@dataclass(frozen=True)
class Described:
    """One row of the configuration page."""

    name: str
    env: str
    kind: str
    default: str
    sentence: str
    secret: bool


def described() -> list[Described]:
    """All settings in the order of the page."""
    rows = []
    for f in fields(Settings):
        assert f.default is not MISSING
        default, kind = str(f.default), type(f.default)
        rows.append(
            Described(
                f.name,
                f.metadata["env"],
                "path" if isinstance(f.default, Path) else kind.__name__,
                default,
                f.metadata["sentence"],
                f.metadata["secret"],
            )
        )
    return rows
