"""Refusals and errors for readers: a page with a sentence that helps, what they typed, and a way back."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from service.domain import errors
from service.domain.errors import Refusal
from service.web.problems import AWAY_SENTENCE, Invalid, status_of, with_hints
from service.web.reply_form import HIDDEN, ReplyForm, sent_again

_PROGRAMS = ("/api/", "/ops/", "/health/", "/metrics")
_COOKIES = {"author": "comment_author", "email": "comment_author_email", "url": "comment_author_url"}

_HEADINGS: dict[type[Refusal], str] = {
    errors.ThreadClosed: "Replies are closed",
    errors.DuplicateReply: "You have said that already",
    errors.TooFast: "One moment, please",
    errors.Overloaded: "Please try again in a moment",
}
# What a publisher's programmer is told does not help a reader, who gets these sentences instead.
_GONE = "The reply that you were answering is no longer there. You can still send yours: it will stand by itself."
_SENTENCES: dict[type[Refusal], str] = {
    errors.UnknownParent: _GONE,
    errors.ParentElsewhere: _GONE,
    errors.UnknownSite: "This form is not set up correctly, so your reply could not be sent. Please tell the site.",
    errors.BadThreadUrl: "This form does not say correctly which article it belongs to. Please tell the site.",
    errors.UnknownThread: "There is no such article here. Please go back to the article and try again.",
}
# Sending the same again cannot help: the text is only shown, to be copied.
_FINAL = (errors.ThreadClosed, errors.NotAllowed, errors.UnknownSite, errors.UnknownThread, errors.BadThreadUrl)


def is_wanted() -> bool:
    """Whether the one who asks is a person with a browser."""
    return not request.path.startswith(_PROGRAMS)


def sentence_page(
    status: int, heading: str, *sentences: str, form: ReplyForm | None = None, kept: str = ""
) -> Response:
    """A page that says what happened; with a form to send again, or with a text that was kept."""
    page = render_template(
        "sentence.html", heading=heading, sentences=sentences, form=form, kept=kept, way_back=_way_back()
    )
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def from_refusal(refusal: Refusal) -> Response:
    """A page that was asked for and is refused."""
    return with_hints(sentence_page(status_of(refusal), "This is not possible", *_sentences(refusal)), refusal)


def form_refused(refusal: Refusal) -> Response:
    """A reply that is refused: nothing that its reader typed is lost."""
    typed, status = _typed(), status_of(refusal)
    heading = _HEADINGS.get(type(refusal), "Your reply was not sent")
    if isinstance(refusal, _FINAL):
        return sentence_page(status, heading, *_sentences(refusal), kept=typed.get("comment", ""))
    if isinstance(refusal, (errors.UnknownParent, errors.ParentElsewhere)):
        typed["comment_parent"] = "0"
    form = sent_again(typed, refusal)
    sentences = () if form.mistakes else _sentences(refusal)
    return with_hints(sentence_page(status, heading, *sentences, form=_if_filled(form)), refusal)


def form_failed(problem: Response) -> Response:
    """A reply that met a fault of ours: it can be sent again from the page."""
    return from_fault(problem, form=_if_filled(sent_again(_typed(), None)))


def from_http(error: HTTPException) -> Response:
    if error.response is not None or not error.code:
        return error.get_response()  # type: ignore[return-value]
    heading, sentence = {
        404: ("Page not found", "There is nothing at this address."),
        405: ("This address is for the reply form", "It only takes what the form sends. Please go to the article."),
        413: (
            "Your reply is too large",
            "It was refused before it was read. Go back with your browser, which keeps what you typed, and shorten it.",
        ),
    }.get(error.code, (error.name, error.description or ""))
    page = sentence_page(error.code, heading, sentence)
    for name, value in error.get_headers():
        if name.lower() == "allow":
            page.headers[name] = value
    return page


def from_fault(problem: Response, form: ReplyForm | None = None) -> Response:
    """The page beside a problem document about a fault."""
    if problem.status_code == 503:
        page = sentence_page(503, "Please try again in a moment", AWAY_SENTENCE, form=form)
    else:
        page = sentence_page(500, "Something went wrong", "It was logged. Please try again in a moment.", form=form)
    if "Retry-After" in problem.headers:
        page.headers["Retry-After"] = problem.headers["Retry-After"]
    return page


def cookies_of(site_id: str) -> dict[str, str]:
    """The cookie for each field that a reader's browser may remember on a site."""
    return {name: f"{cookie}_{site_id.replace('-', '')}" for name, cookie in _COOKIES.items()}


def _sentences(refusal: Refusal) -> list[str]:
    if isinstance(refusal, Invalid):
        return list(dict.fromkeys(error["detail"] for error in refusal.errors))
    return [_SENTENCES.get(type(refusal), refusal.sentence)]


def _typed() -> dict[str, str]:
    """The fields of the form, as far as they can be read."""
    try:
        return request.form.to_dict()
    except HTTPException:  # too large to be read
        return {}


def _if_filled(form: ReplyForm) -> ReplyForm | None:
    """A form to send again, unless what came was none."""
    return form if form.values or any(form.hidden.get(name) for name in HIDDEN) else None


def _way_back() -> str | None:
    """Where the reader came from: the article if the form said which, else the page before, if it is a page."""
    given: str | None = g.get("way_back") or request.referrer
    if not given or not given.startswith(("http://", "https://")) or _is_this_address(given):
        return None
    return given


def _is_this_address(url: str) -> bool:
    try:
        return urlsplit(url).path == request.path
    except ValueError:
        return True


def remembered(site_id: str, cookies: Mapping[str, str]) -> dict[str, str]:
    """What the reader's browser remembers of the form's fields."""
    return {name: cookies[cookie] for name, cookie in cookies_of(site_id).items() if cookie in cookies}
