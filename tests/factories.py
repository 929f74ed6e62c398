"""Makes what a test needs but does not care about; everything is sensible unless told otherwise."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from uuid_utils import uuid7

from service.domain.errors import BadPolicy
from service.domain.identity import HashKey, HashKeys, read_email
from service.domain.policy import Policy
from service.domain.reply import Actor, Arrival, Move, Receipt, Status, Submission
from service.domain.rules import read_policy
from service.domain.text import digest
from service.services import Remembered, Services
from service.settings import Settings
from service.storage import moderators, replies, sites
from service.storage.batching import GroupCommit
from service.storage.database import Database
from service.storage.moderators import Moderator
from service.storage.sites import Site
from service.usecases import manage_sites, receive, score
from tests.fakes import NOON, FakeScorer, FixedClock, RecordingOutgoing, RecordingQueue

KEY = HashKey("k1", bytes(range(32)))
KEYS = HashKeys((KEY,))
ARTICLE = "https://news.example/2026/11/new-bridge/"
_numbers = count(1)


def make_services(database: Database, *, settings: Mapping[str, Any] | None = None, **overrides: Any) -> Services:
    """Services as `wiring.build` makes them, with fakes for the world outside and nothing remembered but policies.

    `settings` changes single settings, `overrides` replaces whole collaborators.
    """
    chosen: dict[str, Any] = {
        "settings": Settings(**dict(settings or {})),
        "database": database,
        "hash_keys": KEYS,
        "secret_key": b"a secret of at least 32 characters",
        "operator_token": "op_token",
        "queue": RecordingQueue(),
        "scorer": FakeScorer(),
        "outgoing": RecordingOutgoing(),
        "clock": FixedClock(),
        "intake": GroupCommit(),
        "sites_by_api_key": Remembered(lambda key: _site_by_key(database, key), seconds=0),
        "policies": Remembered(lambda key: _policy(services, *key), seconds=3600),
        "backlog_seconds": Remembered(lambda _: receive.oldest_pending_seconds(services), seconds=0),
        **overrides,
    }
    services = Services(**chosen)
    return services


def _site_by_key(database: Database, key: str) -> Site | None:
    with database.reading() as tx:
        return sites.by_api_key(tx, key)


def _policy(services: Services, site_id: str, version: int) -> Policy | None:
    try:
        return manage_sites.load_policy(services, site_id, version)
    except BadPolicy:
        return None


def a_site(services: Services, name: str | None = None, *, policy: str | None = None, **options: Any) -> Site:
    """A site with the default policy, or the one given as TOML."""
    name = name or f"site-{next(_numbers)}"
    manage_sites.create_site(services, name=name, title=name.title(), **options)
    if policy is not None:
        manage_sites.set_policy(services, name, policy, by="tests")
    return manage_sites.site_named(services, name)


def a_moderator(services: Services, *sites_moderated: Site, name: str = "Mo") -> Moderator:
    """A moderator of these sites, whose password fits nothing: hashing one takes a tenth of a second."""
    email = f"{name.lower()}-{next(_numbers)}@news.example"
    moderator = Moderator(str(uuid7()), email, name, frozenset(site.id for site in sites_moderated))
    with services.database.writing() as tx:
        moderators.add(tx, moderator, "no password", services.clock())
    return moderator


def a_submission(site: Site, **changes: Any) -> Submission:
    """A reply as a news site's server sends it; `email` may be a plain string."""
    email = changes.pop("email", "ada@example.org")
    given: dict[str, Any] = {
        "site_id": site.id,
        "author_name": "Ada",
        "email": read_email(email) if isinstance(email, str) else email,
        "text": f"At last a cycle lane, number {next(_numbers)}.",
        "source": "api",
        "thread_url": None if "thread_id" in changes else ARTICLE,
    }
    return Submission(**{**given, **changes})


def an_arrival(site: Site | str, *, keys: HashKeys = KEYS, email: str = "ada@example.org", **changes: Any) -> Arrival:
    """A reply as it is about to be stored, received at noon."""
    text = changes.get("text", f"At last a cycle lane, number {next(_numbers)}.")
    received_at = changes.get("received_at", NOON)
    given: dict[str, Any] = {
        "id": str(uuid7()),
        "site_id": site if isinstance(site, str) else site.id,
        "thread_id": None,
        "thread_url": None if "thread_id" in changes else ARTICLE,
        "thread_title": None,
        "parent_id": None,
        "author_name": "Ada",
        "author_url": None,
        "author_hashes": keys.author_hashes(read_email(email)),
        "text": text,
        "text_digest": digest(text),
        "received_at": received_at,
        "created_at": received_at,
        "source": "api",
    }
    return Arrival(**{**given, **changes})


def a_received_reply(services: Services, site: Site, **changes: Any) -> Receipt:
    """A reply that was accepted and waits for its verdict; each by an author of its own unless told otherwise."""
    changes.setdefault("email", f"reader-{next(_numbers)}@example.org")
    return receive.receive(services, a_submission(site, **changes))


def a_decided_reply(services: Services, site: Site, scores: Mapping[str, float], **changes: Any) -> replies.Stored:
    """A reply that the policy decided by these scores, as it is stored; whatever else was pending is decided too."""
    receipt = a_received_reply(services, site, **changes)
    assert isinstance(services.scorer, FakeScorer)
    services.scorer.table[stored(services, receipt.reply_id).text] = scores
    score.score_pending(services)
    return stored(services, receipt.reply_id)


def stored(services: Services, reply_id: str) -> replies.Stored:
    with services.database.reading() as tx:
        reply = replies.get(tx, reply_id)
    assert reply is not None
    return reply


def a_move(reply: Arrival, after: Status = Status.APPROVED, *, at: datetime = NOON, **changes: Any) -> Move:
    """The policy's move of a pending reply."""
    given: dict[str, Any] = {
        "reply_id": reply.id,
        "site_id": reply.site_id,
        "before": Status.PENDING,
        "after": after,
        "actor": Actor.POLICY,
        "at": at,
        "reasons": ({"rule": "clean", "then": "approve", "says": "", "figures": {}},),
        "scores": {"toxicity": 0.02},
        "model": "fake-1",
        "policy_version": 1,
    }
    return Move(**{**given, **changes})


def a_policy(*rules: Mapping[str, Any], otherwise: str = "hold", version: int = 1) -> Policy:
    return read_policy({"rules": [dict(rule) for rule in rules], "otherwise": otherwise}, version=version)


def as_toml(*rules: Mapping[str, Any], otherwise: str = "hold") -> str:
    """A policy document of these rules."""
    lines = [f'otherwise = "{otherwise}"']
    for rule in rules:
        lines += ["", "[[rules]]", *(f"{key} = {_toml_value(value)}" for key, value in rule.items())]
    return "\n".join(lines) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    return json.dumps(value)
