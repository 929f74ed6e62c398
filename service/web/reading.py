"""Bodies as they come off the wire: strict about media type, encoding and shape, with a sentence for each mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

import orjson
from flask import Request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser

from service.web.problems import Invalid, Malformed, named


class StrictParser(FlaskParser):
    """flask-smorest's parser of arguments, answering with our problems."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        return read_json(req)

    def handle_error(self, error: ValidationError, *args: Any, **kwargs: Any) -> NoReturn:
        messages = error.messages
        if isinstance(messages, Mapping):  # webargs puts the place (json, query) around them
            messages = {key: value for place in messages.values() for key, value in named(place).items()}
        raise Invalid(named(messages)) from error


def read_json(request: Request) -> dict[str, Any]:
    """The JSON object of a request. Raises `Malformed`."""
    if request.mimetype != "application/json":
        raise Malformed(
            "The body must be JSON: send it with `Content-Type: application/json`, "
            f"not {request.mimetype or 'without one'!r}.",
            status=415,
            code="wrong_media_type",
        )
    body = request.get_data()
    if not body:
        raise Malformed("The request has no body: send a JSON object.", code="no_body")
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(_why_unreadable(body, error), code="broken_json") from error
    if not isinstance(read, dict):
        raise Malformed(f"The body must be a JSON object, not {_name(read)}.", code="not_an_object")
    return read


def _why_unreadable(body: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as encoding:
        return f"The body is not valid UTF-8 (byte {encoding.start}): encode it as UTF-8."
    if "surrogate" in str(error):
        return f"The body contains half of a surrogate pair, which is not a character ({error})."
    return f"The body is not valid JSON: {error}."


def _name(value: object) -> str:
    return {list: "a list", str: "a string", bool: "a truth value", type(None): "null"}.get(type(value), "a number")


def read_form(request: Request) -> Mapping[str, str]:
    """The fields of an HTML form, urlencoded or multipart. Raises `Malformed`."""
    if request.mimetype not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise Malformed("Please use the form: this address takes only what a form sends.", status=415)
    raw = request.get_data(cache=True, parse_form_data=False)
    if request.mimetype == "application/x-www-form-urlencoded":
        raw = unquote_to_bytes(raw.replace(b"+", b" "))
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        raise Malformed("The form was not sent as UTF-8 text. Please type your reply again.") from error
    return request.form
