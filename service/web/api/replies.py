"""Publishers hand in replies and ask where they stand."""

from __future__ import annotations

import hmac
from typing import Any

from flask import request, url_for

from service.domain.reply import Submission
from service.usecases import publish
from service.usecases.receive import receive
from service.web import presenters
from service.web.api.blueprint import ApiBlueprint
from service.web.auth import publisher_required, this_site
from service.web.current import services
from service.web.problems import Malformed
from service.web.schemas import IdsIn, ReplyIn

blueprint = ApiBlueprint("replies", __name__, url_prefix="/api/v1/replies", description="Hand in replies")
_KEY_HEADER = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": 255},
    "description": "Makes a retry safe: the same key and body get the first answer again.",
}


@blueprint.post("")
@publisher_required
@blueprint.doc(security=[{"apiKey": []}], parameters=[_KEY_HEADER])
@blueprint.arguments(ReplyIn())
@blueprint.response(202, presenters.ReceiptOut())
@blueprint.problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503)
def hand_in(given: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Accept a reply.

    The reply is stored before this answers, and judged within moments. Ask `status_url` for the verdict.
    """
    key = _idempotency_key()
    digest = _digest(request.get_data()) if key else None
    submission = Submission(site_id=this_site().id, source="api", idempotency_key=key, request_digest=digest, **given)
    receipt = receive(services(), submission)
    status_url = services().settings.public_url + url_for("replies.status", reply_id=receipt.reply_id)
    headers = {"Idempotency-Replayed": "true"} if receipt.replayed else {}
    return presenters.receipt(receipt, status_url), 202, headers


def _idempotency_key() -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (1 <= len(key) <= 255 and key.isprintable()):
        raise Malformed("Idempotency-Key must have 1 to 255 printable characters.", code="bad_idempotency_key")
    return key


def _digest(body: bytes) -> bytes:
    """16 bytes to recognise the same body by. Keyed, since the body holds an address that could be guessed."""
    return hmac.digest(services().secret_key, b"request\0" + body, "sha256")[:16]


@blueprint.get("")
@publisher_required
@blueprint.doc(security=[{"apiKey": []}])
@blueprint.arguments(IdsIn(), location="query")
@blueprint.response(200, presenters.StatusesOut())
@blueprint.problems(401, 422)
def statuses(given: dict[str, Any]) -> dict[str, Any]:
    """Where up to 200 replies stand. Ids that are not this site's are left out."""
    found = publish.status_of(services(), this_site().id, given["ids"])
    return {"replies": [presenters.status(reply, decisions) for reply, decisions in found]}


@blueprint.get("/<uuid:reply_id>")
@publisher_required
@blueprint.doc(security=[{"apiKey": []}])
@blueprint.response(200, presenters.StatusOut())
@blueprint.problems(401, 404)
def status(reply_id: Any) -> dict[str, Any]:
    """Where one reply stands, and which rule decided."""
    return presenters.status(*publish.one_status(services(), this_site().id, str(reply_id)))
