"""A demo article at /demo/, such as a news site would show: the replies under it, and the plain form."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request

from service.services import Services
from service.storage.replies import Stored
from service.usecases import manage_sites, publish
from service.web.auth import public
from service.web.current import services

blueprint = Blueprint("demo", __name__, url_prefix="/demo", template_folder="templates")
SITE_NAME = "demo"
_TITLE = "The new bridge opens, and with it a quarrel over who it is for"


@blueprint.get("/")
@public
def article() -> Response:
    """The article with its approved replies, and the reader's own reply while it waits."""
    site = manage_sites.site_named(services(), SITE_NAME)
    thread = publish.ensure_thread(services(), site.id, request.host_url + "demo/", _TITLE)
    page = publish.thread_page(services(), thread_id=thread.id, limit=200)
    response = make_response(
        render_template(
            "article.html",
            title=_TITLE,
            site=site,
            thread=thread,
            total=page.total,
            tree=as_tree(page.replies),
            waiting=_waiting(services()),
            answering=_answered(page.replies),
            remembered=_remembered(site.id),
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def as_tree(replies: list[Stored]) -> list[dict[str, object]]:
    """Replies with their answers below them; an answer to a reply that is not shown stands at the top."""
    nodes: dict[str, dict[str, object]] = {reply.id: {"reply": reply, "answers": []} for reply in replies}
    top: list[dict[str, object]] = []
    for reply in replies:
        parent = nodes.get(reply.parent_id or "")
        siblings = parent["answers"] if parent else top
        siblings.append(nodes[reply.id])  # type: ignore[attr-defined]
    return top


def _waiting(services: Services) -> Stored | None:
    reply_id, given = request.args.get("unapproved", ""), request.args.get("moderation-hash", "")
    return publish.preview(services, reply_id, given) if reply_id and given else None


def _answered(replies: list[Stored]) -> Stored | None:
    wanted = request.args.get("replytocom", "")
    return next((reply for reply in replies if reply.id == wanted), None)


def _remembered(site_id: str) -> dict[str, str]:
    mark = site_id.replace("-", "")
    return {
        field: request.cookies.get(f"{name}_{mark}", "")
        for field, name in (
            ("author", "comment_author"),
            ("email", "comment_author_email"),
            ("url", "comment_author_url"),
        )
    }
