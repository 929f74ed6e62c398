"""A demo article at /demo/, such as a news site would show: the replies under it, and the plain form."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, make_response, render_template, request

from service.domain.errors import UnknownSite
from service.domain.text import as_html
from service.services import Services
from service.storage.replies import Stored
from service.storage.sites import Site
from service.storage.threads import Thread
from service.usecases import manage_sites, publish
from service.web import pages
from service.web.auth import public
from service.web.current import services
from service.web.demo.thread import as_tree, date_of, how_long_ago
from service.web.reply_form import CONSENT, ReplyForm

blueprint = Blueprint("demo", __name__, url_prefix="/demo", template_folder="templates")
SITE_NAME = "demo"
TITLE = "The new bridge opens, and with it a quarrel over who it is for"
REPLIES_A_PAGE = 200
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@blueprint.get("/")
@public
def article() -> Response:
    """The article with its approved replies, and the reader's own reply while it waits."""
    site = _site(services())
    thread = publish.ensure_thread(services(), site.id, f"{services().settings.public_url}/demo/", TITLE)
    newest_first = request.args.get("order") == "newest"
    page = publish.thread_page(
        services(), thread_id=thread.id, after=_cursor(), limit=REPLIES_A_PAGE, newest_first=newest_first
    )
    answered = None if thread.is_closed else _answered(page.replies)
    form = _form(site, thread, answered, newest_first=newest_first or page.next is not None)
    content = render_template(
        "article.html",
        title=TITLE,
        site=site,
        page=page,
        tree=as_tree(page.replies, _waiting(services(), thread), newest_first=newest_first),
        answered=answered,
        form=None if thread.is_closed else form,
        newest_first=newest_first,
        now=services().clock(),
        here=here,
        as_html=as_html,
        how_long_ago=how_long_ago,
        date_of=date_of,
    )
    response = make_response(content)
    response.headers["Cache-Control"] = "no-store"
    return response


def here(fragment: str = "", **changes: str | None) -> str:
    """The address of this look at the thread, with these changes; None leaves a parameter out."""
    kept = {name: request.args[name] for name in ("order", "after") if name in request.args}
    query = urlencode({name: value for name, value in {**kept, **changes}.items() if value is not None})
    return request.path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")


def _site(services: Services) -> Site:
    try:
        return manage_sites.site_named(services, SITE_NAME)
    except UnknownSite:
        abort(404)


def _cursor() -> str | None:
    given = request.args.get("after")
    return publish.read_cursor(given) if given else None


def _waiting(services: Services, thread: Thread) -> Stored | None:
    """The reader's own reply under this article, if the address carries the key to it."""
    reply_id, given = request.args.get("unapproved", "").lower(), request.args.get("moderation-hash", "")
    if not given or not _UUID.fullmatch(reply_id):
        return None
    reply = publish.preview(services, reply_id, given)
    return reply if reply and reply.thread_id == thread.id else None


def _answered(replies: list[Stored]) -> Stored | None:
    wanted = request.args.get("replytocom", "").lower()
    return next((reply for reply in replies if reply.id == wanted), None)


def _form(site: Site, thread: Thread, answered: Stored | None, *, newest_first: bool) -> ReplyForm:
    """An empty form; where there are several pages it leads back to the newest, where the new reply will be."""
    hidden = {
        "comment_post_ID": thread.id,
        "comment_parent": answered.id if answered else "0",
        "redirect_to": _address() + ("?order=newest" if newest_first else ""),
    }
    values: dict[str, Any] = pages.remembered(site.id, request.cookies)
    return ReplyForm(values={**values, **({CONSENT: "yes"} if values else {})}, hidden=hidden)


def _address() -> str:
    """This page as the reader's browser reaches it; with the public scheme, which a proxy in front may have changed."""
    public_url = services().settings.public_url
    same_host = urlsplit(public_url).netloc == request.host
    return (public_url if same_host else request.host_url.rstrip("/")) + "/demo/"
