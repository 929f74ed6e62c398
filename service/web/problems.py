"""Refusals and other errors, for programs: problem+json (RFC 9457). Pages say the same in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import HTTPException

from service import metrics
from service.domain import errors
from service.domain.errors import Refusal
from service.logs import get_logger
from service.storage.database import is_away

log = get_logger(__name__)

# What each refusal means in HTTP. A refusal that is not listed is the sender's fault: 422.
STATUS: dict[type[Refusal], int] = {
    errors.UnknownSite: 404,
    errors.UnknownThread: 404,
    errors.UnknownReply: 404,
    errors.ThreadClosed: 403,
    errors.NotAllowed: 403,
    errors.BadCredentials: 401,
    errors.BadCursor: 400,
    errors.DuplicateReply: 409,
    errors.ForbiddenMove: 409,
    errors.StaleDecision: 409,
    errors.TooFast: 429,
    errors.Overloaded: 503,
}
TITLES = {
    400: "The request cannot be read",
    401: "Who is asking is not known",
    403: "Not allowed",
    404: "Not found",
    405: "Wrong method",
    409: "In conflict with what is stored",
    413: "Too large",
    415: "Wrong media type",
    422: "Something in the request is not valid",
    429: "Too fast",
    500: "Something went wrong here",
    503: "Not just now",
}
_DOORS = ("replies.hand_in", "forms.submit")
AWAY_SENTENCE = "The service cannot reach its database just now. Nothing was stored: send it again in a moment."


class Malformed(Refusal):
    """The request cannot be read at all; `status` says how."""

    code = "malformed"

    def __init__(self, sentence: str, *, status: int = 400, code: str = "malformed") -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code


class Invalid(Refusal):
    """The request is readable but fields in it are not valid."""

    code = "invalid_fields"

    def __init__(self, messages: Mapping[str, Any]) -> None:
        self.errors = [{"pointer": pointer, "detail": detail} for pointer, detail in _flatten(messages)]
        super().__init__(" ".join(f"{each['pointer'][2:] or 'body'}: {each['detail']}" for each in self.errors))


def named(messages: Any) -> Mapping[str, Any]:
    """marshmallow's messages by field; those about the whole under `_schema`."""
    return messages if isinstance(messages, Mapping) else {"_schema": messages}


def _flatten(messages: Any, pointer: str = "#") -> list[tuple[str, str]]:
    if isinstance(messages, Mapping):
        return [
            pair
            for key, value in messages.items()
            for pair in _flatten(value, pointer if key == "_schema" else f"{pointer}/{_escaped(key)}")
        ]
    if isinstance(messages, list):
        return [pair for message in messages for pair in _flatten(message, pointer)]
    return [(pointer, str(messages))]


def _escaped(key: object) -> str:
    """A field's name as JSON pointers (RFC 6901) write it."""
    return str(key).replace("~", "~0").replace("/", "~1")


def status_of(refusal: Refusal) -> int:
    return refusal.status if isinstance(refusal, Malformed) else STATUS.get(type(refusal), 422)


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """A problem document. `type` is a tag that names the code; `detail` says what to do."""
    body = {"type": f"tag:civility,2026:{code}", "title": TITLES.get(status, "Error"), "status": status}
    content = orjson.dumps({**body, "code": code, "detail": detail, **more})
    return Response(content, status=status, content_type="application/problem+json")


def note_refused(refusal: Refusal) -> None:
    """Count a reply that was refused at one of the doors, whoever refused it."""
    if request.endpoint in _DOORS:
        metrics.refused.labels(refusal.code).inc()


def from_refusal(refusal: Refusal) -> Response:
    """The problem document of a refusal, with the field it is about and what the sender needs to go on."""
    more: dict[str, Any] = {name: getattr(refusal, name) for name in _DETAILS if hasattr(refusal, name)}
    if refusal.field:
        more["errors"] = [{"pointer": "#/" + refusal.field.replace(".", "/"), "detail": refusal.sentence}]
    return with_hints(problem(status_of(refusal), refusal.code, refusal.sentence, **more), refusal)


_DETAILS = ("errors", "reply_id", "current_status", "version")


def with_hints(response: Response, refusal: Refusal) -> Response:
    """The headers that tell a program when and how to try again."""
    if isinstance(refusal, (errors.TooFast, errors.Overloaded)):
        response.headers["Retry-After"] = str(refusal.retry_after_seconds)
    if isinstance(refusal, errors.BadCredentials):
        response.headers["WWW-Authenticate"] = 'Bearer realm="civility"'
    return response


def from_http(error: HTTPException) -> Response:
    """Errors raised by Flask itself: unknown paths, wrong methods, bodies over the limit."""
    status = error.code or 500
    sentence = {
        404: f"There is nothing at {request.path}. The API is described at /api/docs.",
        405: f"{request.method} is not possible here.",
        413: "The request is larger than this service accepts. Send a shorter reply.",
    }.get(status, error.description or "")
    response = problem(status, (error.name or "error").lower().replace(" ", "_"), sentence)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def from_fault(error: Exception) -> Response:
    """What nobody foresaw: logged with its traceback, answered without one."""
    if is_away(error):
        log.error("database_away", error=type(error).__name__)
        response = problem(503, "database_away", AWAY_SENTENCE)
        response.headers["Retry-After"] = "5"
        return response
    log.exception("fault", path=request.path)
    return problem(500, "fault", "Something went wrong here and was logged. Nothing was lost: try again.")
