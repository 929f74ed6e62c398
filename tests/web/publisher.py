"""A news site's server as the tests play it: it hands in replies and reads the answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import count
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from service.services import Services
from service.storage.sites import Site
from service.storage.tables import authors, pending, replies
from tests.factories import ARTICLE

INTAKE = "/api/v1/replies"
_numbers = count(1)


def reply_body(**changes: Any) -> dict[str, Any]:
    """A good body, of an author and a text of its own; a change of None leaves the field out.

    The text is too short to be taken for a near-repeat of another.
    """
    number = next(_numbers)
    body: dict[str, Any] = {
        "thread": {"url": ARTICLE},
        "author": {"name": "Ada", "email": f"ada-{number}@example.org"},
        "text": f"A cycle lane at last: {number}!",
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def an_author(**changes: Any) -> dict[str, Any]:
    """A good author with these fields instead, None included."""
    return {"name": "Ada", "email": f"ada-{next(_numbers)}@example.org", **changes}


class Publisher:
    """Holds an API key and knows the addresses."""

    def __init__(self, client: FlaskClient, api_key: str) -> None:
        self.client = client
        self.api_key = api_key

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.api_key}"}

    def hand_in(self, *, key: str | None = None, **changes: Any) -> TestResponse:
        """A good reply with these fields changed; `key` is the Idempotency-Key."""
        return self.hand_in_body(reply_body(**changes), key=key)

    def hand_in_body(self, body: object, *, key: str | None = None) -> TestResponse:
        return self.send(json.dumps(body).encode(), headers={"Idempotency-Key": key} if key is not None else {})

    def send(
        self, raw: bytes, *, content_type: str | None = "application/json", headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """These bytes as they are."""
        return self.client.post(
            INTAKE, data=raw, content_type=content_type, headers={**self.authorization, **(headers or {})}
        )

    def status(self, reply_id: str) -> TestResponse:
        return self.client.get(f"{INTAKE}/{reply_id}", headers=self.authorization)

    def close(self, thread_id: str, *, closed: bool = True) -> TestResponse:
        return self.client.patch(f"/api/v1/threads/{thread_id}", json={"closed": closed}, headers=self.authorization)


def accepted(response: TestResponse) -> dict[str, Any]:
    """The receipt of a reply that was accepted."""
    assert response.status_code == 202, response.text
    receipt: dict[str, Any] = response.json
    return receipt


def problem(response: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The problem document (RFC 9457) that a refusal must be."""
    assert response.status_code == status, response.text
    assert response.content_type == "application/problem+json"
    document: dict[str, Any] = response.json
    assert document["code"] == code, document
    assert document["status"] == status
    assert document["type"] == f"tag:civility,2026:{code}"
    assert document["title"]
    assert len(document["detail"]) > 10
    return document


def counted(services: Services, site: Site) -> dict[str, int]:
    """How much of readers' writing is stored for a site."""
    chosen = {
        "replies": select(func.count()).where(replies.c.site_id == site.id),
        "pending": select(func.count(pending.c.reply_id)).join(replies).where(replies.c.site_id == site.id),
        "authors": select(func.count()).where(authors.c.site_id == site.id),
    }
    with services.database.reading() as tx:
        return {name: tx.scalar(query) or 0 for name, query in chosen.items()}


def row_of(services: Services, reply_id: str) -> dict[str, Any]:
    """A reply's row with all its columns."""
    with services.database.reading() as tx:
        return dict(tx.execute(select(replies).where(replies.c.id == reply_id)).mappings().one())
