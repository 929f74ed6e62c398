"""Refusals and errors for readers: a page with a sentence that helps and a way back."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from service.domain.errors import Refusal
from service.web.problems import AWAY_SENTENCE, Invalid, status_of, with_hints

_PROGRAMS = ("/api/", "/ops/", "/health/", "/metrics")


def is_wanted() -> bool:
    """Whether the one who asks is a person with a browser."""
    return not request.path.startswith(_PROGRAMS)


def sentence_page(status: int, heading: str, *sentences: str) -> Response:
    page = render_template("sentence.html", heading=heading, sentences=sentences, back=request.referrer)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def from_refusal(refusal: Refusal) -> Response:
    sentences = [refusal.sentence]
    if isinstance(refusal, Invalid):
        sentences = list(dict.fromkeys(error["detail"] for error in refusal.errors))
    page = sentence_page(status_of(refusal), "Your reply was not sent", *sentences)
    return with_hints(page, refusal)


def from_http(error: HTTPException) -> Response:
    if error.response is not None or not error.code:
        return error.get_response()  # type: ignore[return-value]
    sentences = {
        404: "There is nothing at this address.",
        405: "This address only takes what the reply form sends.",
        413: "Your reply is larger than this site accepts. Please shorten it.",
    }
    page = sentence_page(error.code, error.name, sentences.get(error.code, error.description or ""))
    for name, value in error.get_headers():
        if name.lower() == "allow":
            page.headers[name] = value
    return page


def from_fault(problem: Response) -> Response:
    if problem.status_code == 503:
        return sentence_page(503, "Please try again in a moment", AWAY_SENTENCE)
    return sentence_page(500, "Something went wrong", "It was logged. Please try again in a moment.")
