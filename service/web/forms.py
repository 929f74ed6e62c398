"""Readers without JavaScript: the form, with WordPress's address, field names and redirects."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, redirect, request

from service.domain.errors import NotAllowed, UnknownThread
from service.domain.reply import Receipt, Status, Submission
from service.services import Services
from service.storage.sites import Site
from service.usecases import manage_sites, manage_threads, publish
from service.usecases.receive import receive
from service.web.auth import public
from service.web.current import services
from service.web.reading import read_form
from service.web.schemas import FormIn

blueprint = Blueprint("forms", __name__)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COOKIE_SECONDS = 30_000_000  # WordPress's year
_REMEMBERED = {"author": "comment_author", "email": "comment_author_email", "url": "comment_author_url"}


@blueprint.post("/wp-comments-post.php")
@public
def submit() -> Response:
    """Accept a reader's reply and send the reader back to the article, as WordPress does."""
    form = read_form(request)
    given: dict[str, Any] = FormIn().load(form)
    site, thread = _site_and_thread(services(), given)
    _check_origin(site)
    receipt = receive(services(), _submission(site, thread, given))
    status = publish.wait_for_verdict(services(), receipt.reply_id)
    target = _back_to(services(), site, given["redirect_to"], receipt, status)
    return _remember(redirect(target, 302), site, form, wanted=bool(given["consent"]))  # type: ignore[arg-type]


def _submission(site: Site, thread: dict[str, str | None], given: dict[str, Any]) -> Submission:
    url = given["url"]
    if url and "://" not in url:
        url = f"http://{url}"
    parent = given["comment_parent"].strip()
    return Submission(
        site_id=site.id,
        author_name=given["author"],
        email=given["email"],
        author_url=url if url.lower().startswith(("http://", "https://")) else None,
        text=given["comment"].replace("\r\n", "\n").strip(),
        parent_id=None if parent in ("", "0") else parent.lower(),
        source="form",
        ip=request.remote_addr,
        user_agent=(request.user_agent.string or "")[:255] or None,
        honeypot=bool(given["honeypot"].strip()),
        **thread,  # type: ignore[arg-type]
    )


def _site_and_thread(services: Services, given: dict[str, Any]) -> tuple[Site, dict[str, str | None]]:
    """Which article: our thread's id, WordPress's number on a site with a permalink, or the article's address."""
    post_id = given["comment_post_ID"].strip().lower()
    if _UUID.fullmatch(post_id):
        thread = manage_threads.thread(services, post_id)
        return manage_sites.site_of(services, thread.site_id), {"thread_id": thread.id}
    site = manage_sites.site_with_key(services, given["site"] or request.args.get("site", ""))
    if given["thread_url"]:
        return site, {"thread_url": given["thread_url"]}
    if post_id.isdecimal() and site.permalink:
        return site, {"thread_url": site.permalink.replace("{id}", post_id)}
    raise UnknownThread("This form does not say which article the reply belongs to. Please go back and try again.")


def _check_origin(site: Site) -> None:
    """A form from a page of somebody else's site is refused, where the site has said which addresses are its own."""
    origin = request.headers.get("Origin")
    own = {services().settings.public_url, request.host_url.rstrip("/"), *site.origins}
    if site.origins and origin not in (None, "null") and origin not in own:
        raise NotAllowed(
            "This form stands on a page that does not belong to the site. Please reply on the site itself."
        )


def _back_to(services: Services, site: Site, wanted: str, receipt: Receipt, status: Status) -> str:
    """The article, at the reply; with the key to the author's own preview while it is not public."""
    article = manage_threads.thread(services, receipt.thread_id).url
    target = wanted if _is_own(site, wanted, article) else article
    scheme, host, path, query, _ = urlsplit(target)
    if status != Status.APPROVED:
        preview = {
            "unapproved": receipt.reply_id,
            "moderation-hash": publish.preview_link_hash(services, receipt),
        }
        query = "&".join(part for part in (query, urlencode(preview)) if part)
    return urlunsplit((scheme, host, path, query, f"comment-{receipt.reply_id}"))


def _is_own(site: Site, wanted: str, article: str) -> bool:
    """Whether `redirect_to` leads to the site itself: anything else would make us a stepping stone for fraud."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(wanted))
    return bool(wanted) and origin in {"{0.scheme}://{0.netloc}".format(urlsplit(article)), *site.origins}


def _remember(response: Response, site: Site, form: Any, *, wanted: bool) -> Response:
    """With consent, the reader's own browser remembers name and address; without, it forgets them."""
    for field, name in _REMEMBERED.items():
        cookie = f"{name}_{site.id.replace('-', '')}"
        if wanted:
            response.set_cookie(cookie, form.get(field, ""), max_age=_COOKIE_SECONDS, httponly=True, samesite="Lax")
        elif cookie in request.cookies:
            response.delete_cookie(cookie)
    response.headers["Cache-Control"] = "no-store"
    return response
