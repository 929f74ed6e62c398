"""Moderators' programs: sign in, list what is held, decide, undo, look back."""

from __future__ import annotations

from typing import Any

from flask import request

from service.domain.reply import Status
from service.usecases import manage_sites, publish, review, sign_in
from service.web import presenters
from service.web.api.blueprint import ApiBlueprint
from service.web.auth import moderator_required, public, this_moderator
from service.web.current import services
from service.web.schemas import DecisionIn, QueueIn, SignInIn

blueprint = ApiBlueprint("moderation", __name__, url_prefix="/api/v1/moderation", description="Moderate")
_SESSION: list[dict[str, list[str]]] = [{"session": []}]


@blueprint.post("/sessions")
@public
@blueprint.arguments(SignInIn())
@blueprint.response(201, presenters.SessionOut())
@blueprint.problems(400, 401, 415, 422)
def open_session(given: dict[str, Any]) -> dict[str, Any]:
    """Sign in: a token for `Authorization: Bearer …`."""
    token, expires_at = sign_in.sign_in(services(), given["email"], given["password"])
    return {"token": token, "expires_at": expires_at}


@blueprint.delete("/sessions")
@moderator_required
@blueprint.doc(security=_SESSION)
@blueprint.response(204)
@blueprint.problems(401)
def close_session() -> None:
    """Sign out."""
    sign_in.sign_out(services(), request.headers["Authorization"].partition(" ")[2].strip())


@blueprint.get("/replies")
@moderator_required
@blueprint.doc(security=_SESSION)
@blueprint.arguments(QueueIn(), location="query")
@blueprint.response(200, presenters.QueueOut())
@blueprint.problems(400, 401, 403, 404, 422)
def queue(given: dict[str, Any]) -> dict[str, Any]:
    """A site's replies of one status, oldest first."""
    site = manage_sites.site_named(services(), given["site"])
    after = publish.read_cursor(given["cursor"]) if given.get("cursor") else None
    limit = given["limit"]
    found = review.list_replies(
        services(), this_moderator(), site.id, Status(given["status"]), after=after, limit=limit + 1
    )
    more = found[limit - 1].id if len(found) > limit else None
    return {"replies": [presenters.moderated(reply) for reply in found[:limit]], "next": more}


@blueprint.get("/replies/<uuid:reply_id>")
@moderator_required
@blueprint.doc(security=_SESSION)
@blueprint.response(200, presenters.HistoryOut())
@blueprint.problems(401, 404)
def history(reply_id: Any) -> dict[str, Any]:
    """A reply with every move it made and why."""
    reply, entries = review.history(services(), this_moderator(), str(reply_id))
    return {"reply": presenters.moderated(reply), "history": [presenters.entry(entry) for entry in entries]}


@blueprint.post("/replies/<uuid:reply_id>/decisions")
@moderator_required
@blueprint.doc(security=_SESSION)
@blueprint.arguments(DecisionIn())
@blueprint.response(200, presenters.ModeratedOut())
@blueprint.problems(400, 401, 404, 409, 415, 422)
def decide(given: dict[str, Any], reply_id: Any) -> dict[str, Any]:
    """Approve, reject, hold, or undo the last decision."""
    action, version = given["action"], given.get("version")
    if action == "undo":
        return presenters.moderated(review.undo(services(), this_moderator(), str(reply_id), version=version))
    decided = review.decide_by_hand(
        services(),
        this_moderator(),
        str(reply_id),
        action,
        version=version,
        reason=given.get("reason"),
        note=given.get("note"),
    )
    return presenters.moderated(decided)
