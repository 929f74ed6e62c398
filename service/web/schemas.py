"""What may come in: marshmallow schemas for JSON and forms alike. They also write the OpenAPI document."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

from service.domain.errors import Refusal
from service.domain.identity import EmailAddress, read_email
from service.domain.text import MAX_TEXT_CHARACTERS, clean_line, visible

NAME_LENGTH = 245  # the lengths are WordPress's
URL_LENGTH = 200
_FUTURE_AT_MOST = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Email(fields.String):
    """An e-mail address: syntax checked, normalised, and from here on unreadable by accident."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> EmailAddress:  # type: ignore[override]
        given = super()._deserialize(value, attr, data, **kwargs)
        try:
            return read_email(given)
        except Refusal as refusal:
            raise ValidationError(refusal.sentence) from None


class Key(fields.String):
    """Something to be looked up. No database looks for a NUL, and nothing is called so."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        given: str = super()._deserialize(value, attr, data, **kwargs)
        if "\0" in given:
            raise ValidationError("Must not contain a NUL character.")
        return given


class Line(fields.String):
    """One line of text, without control characters and direction marks, cut to a length."""

    def __init__(self, *, at_most: int, **options: Any) -> None:
        super().__init__(**options)
        self.at_most = at_most

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        line = clean_line(super()._deserialize(value, attr, data, **kwargs), maximum=self.at_most + 1)
        if len(line) > self.at_most:
            raise ValidationError(f"Too long: at most {self.at_most} characters.")
        if self.required and not visible(line):
            raise ValidationError("Must not be empty.")
        return line


class WebUrl(Line):
    """An absolute http or https address, or nothing."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        url = super()._deserialize(value, attr, data, **kwargs)
        if url and not url.lower().startswith(("http://", "https://")):
            raise ValidationError("Must begin with http:// or https://.")
        return url


class IpAddress(fields.String):
    """A reader's address; it is truncated and hashed before anything is stored."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        given = super()._deserialize(value, attr, data, **kwargs)
        try:
            return str(ipaddress.ip_address(given.strip()))
        except ValueError:
            raise ValidationError("Must be an IPv4 or IPv6 address.") from None


class ReplyId(fields.String):
    """The id of a reply or thread: a UUID in its usual spelling."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        given = super()._deserialize(value, attr, data, **kwargs).lower()
        if not _UUID.fullmatch(given):
            raise ValidationError("Must be an id that this service gave (a UUID).")
        return given


_FILL_IN = "Please fill the required fields."
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class ThreadIn(Schema):
    """The article: its address (a thread is created on first use), or the id of its thread."""

    id = ReplyId(metadata={"example": "019ab2c4-7d10-7c3e-9f00-5a1b2c3d4e5f", "format": "uuid"})
    url = fields.String(metadata={"example": "https://news.example/2026/11/new-bridge/", "format": "uri"})
    title = Line(at_most=300, metadata={"example": "The new bridge"})

    @validates_schema
    def one_of_both(self, data: Mapping[str, Any], **_: Any) -> None:
        if bool(data.get("id")) == bool(data.get("url")):
            raise ValidationError("Give either the article's `url` or the thread's `id`.")


class AuthorIn(Schema):
    """Who wrote it. The address becomes a keyed hash and is dropped before anything is stored."""

    name = Line(required=True, at_most=NAME_LENGTH, metadata={"example": "Ada"})
    email = Email(required=True, metadata={"example": "ada@example.org", "format": "email"})
    url = WebUrl(at_most=URL_LENGTH, allow_none=True, metadata={"example": "https://ada.example"})


class ReplyIn(Schema):
    """A reader's reply, as a news site's server sends it."""

    thread = fields.Nested(ThreadIn, required=True)
    parent = ReplyId(
        allow_none=True, metadata={"description": "The id of the reply that this one answers.", "format": "uuid"}
    )
    author = fields.Nested(AuthorIn, required=True)
    text = fields.String(
        required=True,
        metadata={
            "example": "At last a cycle lane on the bridge.",
            "minLength": 1,
            "maxLength": MAX_TEXT_CHARACTERS,
        },
    )
    ip = IpAddress(allow_none=True, metadata={"description": "The reader's address, for flood control only."})
    user_agent = Line(at_most=255, allow_none=True)
    created_at = fields.AwareDateTime(
        allow_none=True, default_timezone=UTC, metadata={"description": "When it was written; now, if left out."}
    )

    @validates_schema
    def written_in_our_time(self, data: Mapping[str, Any], **_: Any) -> None:
        written = data.get("created_at")
        if written and written > datetime.now(UTC) + _FUTURE_AT_MOST:
            raise ValidationError("Must not lie in the future.", "created_at")
        if written and written < _EPOCH:
            raise ValidationError("Must not lie before 1970.", "created_at")

    @post_load
    def flat(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The fields of a `Submission`."""
        thread, author = data["thread"], data["author"]
        return {
            "thread_id": thread.get("id"),
            "thread_url": thread.get("url"),
            "thread_title": thread.get("title") or None,
            "parent_id": data.get("parent"),
            "author_name": author["name"],
            "email": author["email"],
            "author_url": author.get("url") or None,
            "text": data["text"],
            "ip": data.get("ip"),
            "user_agent": data.get("user_agent") or None,
            "created_at": data.get("created_at"),
        }


class FormIn(Schema):
    """WordPress's comment form, field by field; unknown fields (nonces of plug-ins) are passed over."""

    class Meta:
        unknown = EXCLUDE

    comment = fields.String(required=True, error_messages={"required": "Please type your reply text."})
    author = Line(required=True, at_most=NAME_LENGTH, error_messages={"required": _FILL_IN})
    email = Email(required=True, error_messages={"required": _FILL_IN})
    url = Line(at_most=URL_LENGTH, load_default="")
    comment_post_ID = fields.String(load_default="")  # noqa: N815
    comment_parent = fields.String(load_default="0")
    site = Key(load_default="")
    thread_url = fields.String(load_default="")
    redirect_to = fields.String(load_default="")
    consent = fields.String(load_default="", data_key="wp-comment-cookies-consent")
    honeypot = fields.String(load_default="", data_key="ak_hp_textarea")

    @pre_load
    def blank_is_missing(self, data: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {key: value for key, value in data.items() if str(value).strip()}


class PageIn(Schema):
    """Which page of a thread."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200), metadata={"description": "1 to 200"})
    cursor = fields.String(metadata={"description": "`next` of the page before"})
    order = fields.String(load_default="oldest", validate=validate.OneOf(["oldest", "newest"]))


class ThreadPageIn(PageIn):
    """Which thread, by address."""

    site = Key(required=True, metadata={"description": "The site key"})
    url = fields.String(required=True, metadata={"description": "The article's address, in any of its spellings"})


class IdsIn(Schema):
    """Which replies to tell the status of."""

    ids = fields.String(required=True, metadata={"description": "Up to 200 ids, separated by commas"})

    @post_load
    def as_list(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        ids = [each.strip().lower() for each in data["ids"].split(",") if each.strip()]
        if not 1 <= len(ids) <= 200:
            raise ValidationError("Give 1 to 200 ids, separated by commas.", "ids")
        check = ReplyId()
        return {"ids": [check.deserialize(each) for each in ids]}


class QueueIn(Schema):
    """Which part of a site's replies a moderator wants to see."""

    site = Key(required=True, metadata={"description": "The site's name"})
    status = fields.String(load_default="held", validate=validate.OneOf(["held", "approved", "rejected", "pending"]))
    cursor = fields.String()
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class DecisionIn(Schema):
    """A moderator's decision."""

    action = fields.String(required=True, validate=validate.OneOf(["approve", "reject", "hold", "undo"]))
    version = fields.Integer(
        allow_none=True,
        strict=True,
        metadata={"description": "The version looked at; a stale one is refused (409)"},
    )
    reason = Line(at_most=200, allow_none=True)
    note = Line(at_most=1000, allow_none=True)


class SignInIn(Schema):
    """A moderator signs in."""

    email = Key(required=True)
    password = fields.String(required=True, load_only=True)


class ThreadChangeIn(Schema):
    """Close or reopen a thread."""

    closed = fields.Boolean(required=True)


class ReplyIds(Schema):
    """A list of ids in a JSON body."""

    ids = fields.List(ReplyId(), required=True, validate=validate.Length(1, 1000))
