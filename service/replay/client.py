"""A publisher's side of the API: hand in with retries that cannot duplicate, ask where replies stand."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import urllib3
from urllib3.exceptions import HTTPError

IDS_AT_ONCE = 200
_TIMEOUT = urllib3.Timeout(connect=2, read=10)
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class Answer:
    """How handing in one comment ended: an id, or the code of the refusal. Times in seconds."""

    reply_id: str | None
    refusal: str | None
    seconds: float
    retries: int


@dataclass(frozen=True)
class Fate:
    """Where an accepted reply stands."""

    reply_id: str
    status: str
    received_at: datetime
    decided_at: datetime | None
    automatic_decisions: int


class Publisher:
    """Speaks to one service with one site's API key. Threads may share it."""

    def __init__(self, url: str, api_key: str, *, connections: int, patience_seconds: float) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"}
        self._pool = urllib3.PoolManager(maxsize=connections, block=True, retries=False, timeout=_TIMEOUT)
        self._patience = patience_seconds

    def hand_in(self, reply: dict[str, Any], *, key: str, due: float) -> Answer:
        """Post until it is answered, whatever dies meanwhile; the idempotency key makes that safe.

        `due` is when it should have been sent (`time.perf_counter`), so that waiting for us counts as latency.
        """
        headers, body = {**self._headers, "Idempotency-Key": key}, orjson.dumps(reply)
        give_up, retries = time.monotonic() + self._patience, 0
        while True:
            response = self._request("POST", "/api/v1/replies", headers, body)
            if response is not None and response.status < 500:
                return _answer(response, time.perf_counter() - due, retries)
            if time.monotonic() > give_up:
                code = f"http_{response.status}" if response is not None else "no_answer"
                return Answer(None, code, time.perf_counter() - due, retries)
            retries += 1
            time.sleep(_PAUSE_SECONDS)

    def fates(self, ids: Sequence[str]) -> Iterator[Fate]:
        """Where these replies stand; one that is unknown is missing."""
        for start in range(0, len(ids), IDS_AT_ONCE):
            asked = ",".join(ids[start : start + IDS_AT_ONCE])
            response = self._request("GET", f"/api/v1/replies?ids={asked}", self._headers, None)
            if response is not None and response.status == 200:
                yield from map(_fate, orjson.loads(response.data)["replies"])

    def _request(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse | None:
        try:
            return self._pool.request(method, self._url + path, headers=headers, body=body)
        except HTTPError:
            return None


def _answer(response: urllib3.BaseHTTPResponse, seconds: float, retries: int) -> Answer:
    said = orjson.loads(response.data)
    if response.status == 202:
        return Answer(said["id"], None, seconds, retries)
    return Answer(None, said.get("code", f"http_{response.status}"), seconds, retries)


def _fate(row: dict[str, Any]) -> Fate:
    decided = row["decided_at"]
    return Fate(
        row["id"],
        row["status"],
        datetime.fromisoformat(row["received_at"]),
        datetime.fromisoformat(decided) if decided else None,
        row["automatic_decisions"],
    )
