"""All tables on two screens. Migrations must agree with them; a test compares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB


class UtcTime(TypeDecorator[datetime]):
    """A moment with a zone. SQLite keeps none, so there it is stored as UTC and read back as such."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


Id = Uuid(as_uuid=False)
Json = JSON().with_variant(JSONB(), "postgresql")
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(**options: Any) -> Column[Any]:
    return Column("id", Id, primary_key=True, **options)


def _refers_to(table: str, *, name: str | None = None, **options: Any) -> Column[Any]:
    return Column(name or f"{table.rstrip('s')}_id", Id, ForeignKey(f"{table}.id"), **options)


def _reply_id(**options: Any) -> Column[Any]:
    return Column("reply_id", Id, ForeignKey("replies.id"), **options)


sites = Table(
    "sites",
    metadata,
    _id(),
    Column("name", String(100), nullable=False, unique=True),
    Column("title", String(200), nullable=False),
    Column("site_key", String(64), nullable=False, unique=True),  # public: says which site a form belongs to
    Column("origins", Json, nullable=False),  # the site's own addresses; a form from elsewhere is refused
    Column("permalink", String(500)),  # "https://news.example/?p={id}" for WordPress's comment_post_ID
    Column("policy_version", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    _id(),
    _refers_to("sites", nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),  # SHA-256; the key itself is shown once
    Column("label", String(100), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

policies = Table(
    "policies",
    metadata,
    _refers_to("sites", primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),  # the TOML as it was written, comments and all
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", String(254), nullable=False),
)

moderators = Table(
    "moderators",
    metadata,
    _id(),
    Column("email", String(254), nullable=False, unique=True),  # staff; readers' addresses are never stored
    Column("name", String(100), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
)

site_moderators = Table(
    "site_moderators",
    metadata,
    _refers_to("sites", primary_key=True),
    _refers_to("moderators", primary_key=True),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    _refers_to("moderators", nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    _id(),
    _refers_to("sites", nullable=False),
    Column("url", String(2048), nullable=False),
    Column("url_key", String(2048), nullable=False),
    Column("title", String(300)),
    Column("created_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    UniqueConstraint("url_key", "site_id"),  # found by address: SQLite uses no index for row values
)

authors = Table(
    "authors",
    metadata,
    _id(),
    _refers_to("sites", nullable=False),
    Column("email_hash", String(100), nullable=False),  # "keyid:hex", re-keyed when seen after a rotation
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("email_hash", "site_id"),
)

replies = Table(
    "replies",
    metadata,
    _id(),  # UUIDv7: in order of arrival
    Column("site_id", Id, nullable=False),  # as its thread says
    _refers_to("threads", nullable=False),
    Column("parent_id", Id, ForeignKey("replies.id")),
    _refers_to("authors", nullable=False),
    Column("status", String(10), nullable=False),
    Column("version", Integer, nullable=False),  # goes up with every move
    Column("author_name", String(245), nullable=False),
    Column("author_url", String(200)),
    Column("text", Text, nullable=False),
    Column("text_digest", LargeBinary(16), nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),  # when it was written, as the sender says
    Column("decided_at", UtcTime),
    Column("rule", String(100)),  # the rule or moderator action that decided last
    Column("scores", Json),
    Column("model", String(100)),
    Column("policy_version", Integer),
    Column("source", String(10), nullable=False),
    Column("honeypot", Boolean, nullable=False),
    Column("ip_prefix", String(45)),
    Column("ip_hash", String(32)),
    Column("user_agent", String(255)),
    Column("idempotency_key", String(255)),
    Column("request_digest", LargeBinary(16)),
    Index("ix_replies_thread", "thread_id", "status", "id"),
    Index("ix_replies_author", "author_id", "received_at"),
    Index("ix_replies_queue", "site_id", "status", "id"),
    Index(
        "ix_replies_ip",
        "ip_hash",
        "received_at",
        sqlite_where=text("ip_hash IS NOT NULL"),
        postgresql_where=text("ip_hash IS NOT NULL"),
    ),
    Index(
        "uq_replies_idempotency_key",
        "idempotency_key",
        "site_id",
        unique=True,
        sqlite_where=text("idempotency_key IS NOT NULL"),
        postgresql_where=text("idempotency_key IS NOT NULL"),
    ),
)

# The work list: one row for every pending reply, written with it and deleted with its verdict.
# Small and narrow, so that a claim does not rewrite the reply.
pending = Table(
    "pending",
    metadata,
    _reply_id(primary_key=True),
    Column("received_at", UtcTime, nullable=False, index=True),
    Column("claim", Id),
    Column("claimed_until", UtcTime),
    Column("attempts", Integer, nullable=False),
)

fingerprints = Table(
    "fingerprints",
    metadata,
    Column("reply_id", Id, primary_key=True),
    Column("key", BigInteger, primary_key=True),
    Column("site_id", Id, nullable=False),
    Column("sketch", BigInteger, nullable=False),
    Column("exact", Boolean, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Index("ix_fingerprints_key", "key", "received_at"),
    Index("ix_fingerprints_received_at", "received_at"),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("site_id", Id, nullable=False),
    _reply_id(nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(10), nullable=False),
    Column("actor_id", Id),
    Column("before", String(10), nullable=False),
    Column("after", String(10), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("scores", Json, nullable=False),
    Column("model", String(100)),
    Column("policy_version", Integer),
    Column("undoes", Id, ForeignKey("audit.id")),
    Column("note", String(1000)),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("site_id", Id, nullable=False),
    Column("reply_id", Id, nullable=False),
    Column("type", String(40), nullable=False),
    Column("data", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("state", String(10), nullable=False),  # due, delivered, dead
    Column("due_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", String(500)),
    Index(
        "ix_outbox_due",
        "due_at",
        sqlite_where=text("state = 'due'"),
        postgresql_where=text("state = 'due'"),
    ),
)

# Who works where, and when it was last seen: what /health/ready and `civility doctor` look at.
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("role", String(10), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("seen_at", UtcTime, nullable=False),
)
