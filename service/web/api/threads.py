"""What is published: pages of approved replies, for everybody. And publishers close and reopen threads."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, request

from service.usecases import manage_sites, manage_threads, publish
from service.usecases.publish import Page
from service.web import presenters
from service.web.api.blueprint import ApiBlueprint
from service.web.auth import public, publisher_required, this_site
from service.web.current import services
from service.web.schemas import PageIn, ThreadChangeIn, ThreadPageIn

blueprint = ApiBlueprint("threads", __name__, url_prefix="/api/v1/threads", description="Read what is published")
_CACHE = "public, max-age=5, stale-while-revalidate=30"


@blueprint.get("/<uuid:thread_id>/replies")
@public
@blueprint.arguments(PageIn(), location="query")
@blueprint.response(200, presenters.ThreadPageOut())
@blueprint.problems(400, 404, 422)
def page_by_id(given: dict[str, Any], thread_id: Any) -> Any:
    """Approved replies of a thread, by id."""
    return _cacheable(publish.thread_page(services(), thread_id=str(thread_id), **_page(given)))


@blueprint.get("/replies")
@public
@blueprint.arguments(ThreadPageIn(), location="query")
@blueprint.response(200, presenters.ThreadPageOut())
@blueprint.problems(400, 404, 422)
def page_by_url(given: dict[str, Any]) -> Any:
    """Approved replies of a thread, by the article's address and the site key."""
    site = manage_sites.site_with_key(services(), given["site"])
    return _cacheable(publish.thread_page(services(), site_id=site.id, url=given["url"], **_page(given)))


@blueprint.patch("/<uuid:thread_id>")
@publisher_required
@blueprint.doc(security=[{"apiKey": []}])
@blueprint.arguments(ThreadChangeIn())
@blueprint.response(200, presenters.PublicThread())
@blueprint.problems(400, 401, 404, 415, 422)
def change(given: dict[str, Any], thread_id: Any) -> dict[str, Any]:
    """Close a thread to new replies, or reopen it."""
    changed = manage_threads.set_closed(services(), this_site().id, str(thread_id), closed=given["closed"])
    return presenters.thread(changed)


def _page(given: dict[str, Any]) -> dict[str, Any]:
    cursor = given.get("cursor")
    return {
        "after": publish.read_cursor(cursor) if cursor else None,
        "limit": given["limit"],
        "newest_first": given["order"] == "newest",
    }


def _cacheable(page: Page) -> Response:
    """The page with a strong ETag; 304 where the reader has it already."""
    body = current_app.json.dumps(presenters.ThreadPageOut().dump(presenters.page(page)))
    response = Response(body, content_type="application/json")
    response.headers["Cache-Control"] = _CACHE
    response.add_etag()
    response.make_conditional(request)
    return response
