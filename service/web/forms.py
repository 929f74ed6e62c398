"""Readers without JavaScript: the form, with WordPress's address, field names and redirects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Blueprint, Response, g, redirect, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from service.domain.errors import NotAllowed, Refusal, UnknownParent, UnknownSite, UnknownThread
from service.domain.reply import Receipt, Status, Submission
from service.domain.thread_url import MAX_URL_LENGTH, clean_url
from service.services import Services
from service.storage.database import is_passing
from service.storage.sites import Site
from service.usecases import manage_sites, manage_threads, publish
from service.usecases.receive import receive
from service.web import pages, problems
from service.web.auth import public
from service.web.current import services
from service.web.reading import read_form
from service.web.schemas import URL_LENGTH, FormIn

blueprint = Blueprint("forms", __name__)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f]")
_COOKIE_SECONDS = 30_000_000  # WordPress's year
_OF_A_VISIT = ("unapproved", "moderation-hash", "replytocom")  # parameters of one look at the page, not of the page


@dataclass(frozen=True)
class Article:
    """Where the form stands: the site, the article's address, and its thread where the form names one."""

    site: Site
    url: str
    thread_id: str | None = None


@blueprint.route("/wp-comments-post.php", methods=["POST"], provide_automatic_options=False)
@public
def submit() -> Response:
    """Accept a reader's reply and send the reader back to the article, as WordPress does."""
    form = read_form(request)
    article = find_article(services(), form)
    g.way_back = _way_back(article, form.get("redirect_to", ""))
    _check_origin(article)
    given = _read_fields(form)
    receipt = receive(services(), _submission(article, given))
    target = _at_the_reply(g.way_back, receipt, _verdict(receipt))
    return _remember(redirect(target, 302), article.site, given)  # type: ignore[arg-type]


@blueprint.errorhandler(Refusal)
def _refused(refusal: Refusal) -> Response:
    problems.note_refused(refusal)
    return pages.form_refused(refusal)


@blueprint.errorhandler(ValidationError)
def _invalid(error: ValidationError) -> Response:
    return _refused(problems.Invalid(problems.named(error.messages)))


@blueprint.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    return pages.from_http(error)


@blueprint.errorhandler(Exception)
def _fault(error: Exception) -> Response:
    return pages.form_failed(problems.from_fault(error))


def find_article(services: Services, form: Mapping[str, str]) -> Article:
    """Which article: our thread's id, WordPress's number on a site with a permalink, or the article's address."""
    post_id = form.get("comment_post_ID", "").strip().lower()
    if _UUID.fullmatch(post_id):
        thread = manage_threads.thread(services, post_id)
        return Article(manage_sites.site_of(services, thread.site_id), thread.url, thread.id)
    site = _site(services, form.get("site", "").strip() or request.args.get("site", "").strip())
    if url := form.get("thread_url", "").strip():
        return Article(site, _article_url(site, url))
    if _NUMBER.fullmatch(post_id) and site.permalink:
        return Article(site, _article_url(site, site.permalink.replace("{id}", post_id)))
    raise UnknownThread("This form does not say which article the reply belongs to. Please go back and try again.")


def _site(services: Services, site_key: str) -> Site:
    if not site_key.isprintable():
        raise UnknownSite("No site has this site key. Copy it from the site's credentials.", field="site")
    return manage_sites.site_with_key(services, site_key)


def _article_url(site: Site, given: str) -> str:
    """The article's address, if it can be one and lies on the site. Raises `BadThreadUrl`, `NotAllowed`."""
    url = clean_url(given)
    if site.origins and _origin(url) not in {*site.origins, *_our_origins()}:
        raise NotAllowed("This form names an article of another site. Please reply on the site itself.")
    return url


def _check_origin(article: Article) -> None:
    """A form from a page of somebody else's site is refused, where the site has said which addresses are its own."""
    origin = request.headers.get("Origin")
    own = {*article.site.origins, *_our_origins()}
    if article.site.origins and origin not in (None, "null") and origin not in own:
        raise NotAllowed(
            "This form stands on a page that does not belong to the site. Please reply on the site itself."
        )


def _our_origins() -> set[str]:
    return {_origin(services().settings.public_url), _origin(request.host_url)}


def _origin(url: str) -> str:
    """Scheme and host of an address; empty if it is none."""
    try:
        split = urlsplit(url)
    except ValueError:
        return ""
    return f"{split.scheme}://{split.netloc}".lower() if split.scheme and split.netloc else ""


def _way_back(article: Article, wanted: str) -> str:
    """`redirect_to` where it leads to the site or to us, else the article: we are no stepping stone for fraud."""
    own = {_origin(article.url), *article.site.origins, *_our_origins()}
    if _origin(wanted) not in own or _CONTROLS.search(wanted) or len(wanted) > MAX_URL_LENGTH:
        return article.url
    split = urlsplit(wanted)
    kept = [(name, value) for name, value in parse_qsl(split.query, True) if name not in _OF_A_VISIT]
    return urlunsplit((split.scheme, split.netloc, split.path, urlencode(kept), ""))


def _read_fields(form: Mapping[str, str]) -> dict[str, Any]:
    """The fields by the schema, and by what only a page can ask back. Raises ValidationError with all mistakes."""
    mistakes: dict[str, Any] = {}
    given: dict[str, Any] = {}
    try:
        given = FormIn().load(form)
    except ValidationError as error:
        mistakes.update(problems.named(error.messages))
    url = form.get("url", "").strip()
    if url and not _author_url(url):
        mistakes.setdefault("url", ["Write your website's address like https://example.org, or leave it empty."])
    if mistakes:
        raise ValidationError(mistakes)
    return given


def _author_url(given: str) -> str | None:
    """The reader's own site; without a scheme it is completed, as WordPress does. None if it cannot be one."""
    url = given if "://" in given else f"http://{given}"
    is_web = _origin(url).startswith(("http://", "https://"))
    return url if is_web and not _CONTROLS.search(url) and len(url) <= URL_LENGTH else None


def _submission(article: Article, given: dict[str, Any]) -> Submission:
    return Submission(
        site_id=article.site.id,
        thread_id=article.thread_id,
        thread_url=None if article.thread_id else article.url,
        author_name=given["author"],
        email=given["email"],
        author_url=_author_url(given["url"]) if given["url"] else None,
        text=given["comment"].replace("\r\n", "\n").strip(),
        parent_id=_parent(given["comment_parent"].strip().lower()),
        source="form",
        ip=request.remote_addr,
        user_agent=(request.user_agent.string or "")[:255] or None,
        honeypot=bool(given["honeypot"].strip()),
    )


def _parent(given: str) -> str | None:
    if given.strip("0") == "":
        return None
    if not _UUID.fullmatch(given):
        raise UnknownParent("The reply that this one answers does not exist, or is gone.", field="parent")
    return given


def _verdict(receipt: Receipt) -> Status:
    """The verdict if it comes soon. The reply is stored: nothing that fails from here on may say otherwise."""
    try:
        return publish.wait_for_verdict(services(), receipt.reply_id)
    except Exception as error:
        if is_passing(error):
            return Status.PENDING
        raise


def _at_the_reply(page: str, receipt: Receipt, status: Status) -> str:
    """The page, at the reply; with the key to the author's own preview while it is not public."""
    scheme, host, path, query, _ = urlsplit(page)
    if status != Status.APPROVED:
        preview = {
            "unapproved": receipt.reply_id,
            "moderation-hash": publish.preview_link_hash(services(), receipt),
        }
        query = "&".join(part for part in (query, urlencode(preview)) if part)
    return urlunsplit((scheme, host, path, query, f"comment-{receipt.reply_id}"))


def _remember(response: Response, site: Site, given: dict[str, Any]) -> Response:
    """With consent, the reader's own browser remembers name and address; without, it forgets them."""
    remembered = {"author": given["author"], "email": given["email"].reveal(), "url": given["url"]}
    for name, cookie in pages.cookies_of(site.id).items():
        if given["consent"]:
            response.set_cookie(
                cookie,
                remembered[name],
                max_age=_COOKIE_SECONDS,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure,
            )
        elif cookie in request.cookies:
            response.delete_cookie(cookie)
    response.headers["Cache-Control"] = "no-store"
    return response
