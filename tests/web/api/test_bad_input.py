"""Bad input: each mistake gets a problem document with a sentence that helps, and nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.services import Services
from service.storage.database import Database
from service.storage.sites import Site
from service.usecases import manage_sites, score
from tests.factories import ARTICLE, make_services
from tests.fakes import NOON, TOXIC, FakeScorer
from tests.web.publisher import INTAKE, Publisher, accepted, an_author, counted, problem, reply_body

NOTHING = {"replies": 0, "pending": 0, "authors": 0}
UNKNOWN_ID = "01a20be7-1e47-73d8-8b90-2de615430a00"


def case(name: str, *values: object) -> Any:
    return pytest.param(*values, id=name)


def _as_json(**changes: Any) -> bytes:
    return json.dumps({**reply_body(), **changes}).encode()


# (what is sent, its content type, status, code, words of the sentence)
UNREADABLE = [
    case("no body", b"", "application/json", 400, "no_body", "send a JSON object"),
    case("white space", b"   \n", "application/json", 400, "broken_json", "not valid JSON"),
    case("broken JSON", b'{"text": "x"', "application/json", 400, "broken_json", "not valid JSON"),
    case("trailing comma", b'{"text": "x",}', "application/json", 400, "broken_json", "not valid JSON"),
    case("two documents", b"{} {}", "application/json", 400, "broken_json", "not valid JSON"),
    case("NaN", b'{"text": NaN}', "application/json", 400, "broken_json", "not valid JSON"),
    case("Python", b"{'text': 'x'}", "application/json", 400, "broken_json", "not valid JSON"),
    case("an endless number", b'{"text": 1' + b"0" * 400 + b"}", "application/json", 400, "broken_json", "infinity"),
    case("a list", b"[]", "application/json", 400, "not_an_object", "not a list"),
    case("a string", b'"text"', "application/json", 400, "not_an_object", "not a string"),
    case("a number", b"42", "application/json", 400, "not_an_object", "not a number"),
    case("null", b"null", "application/json", 400, "not_an_object", "not null"),
    case("true", b"true", "application/json", 400, "not_an_object", "not a truth value"),
    case("10,000 levels of lists", b"[" * 10_000, "application/json", 400, "broken_json", "not valid JSON"),
    case(
        "10,000 levels of objects",
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        "application/json",
        400,
        "broken_json",
        "not valid JSON",
    ),
    case("a byte order mark", b"\xef\xbb\xbf{}", "application/json", 400, "broken_json", "not valid JSON"),
    case("Latin-1", '{"text": "Grüße"}'.encode("latin-1"), "application/json", 400, "broken_json", "UTF-8 (byte 12)"),
    case("UTF-16", '{"text": "x"}'.encode("utf-16"), "application/json", 400, "broken_json", "UTF-8"),
    case("a raw surrogate", b'{"text": "\xed\xa0\x80"}', "application/json", 400, "broken_json", "UTF-8 (byte 10)"),
    case("overlong UTF-8", b'{"text": "\xc0\xaf"}', "application/json", 400, "broken_json", "UTF-8"),
    case("a raw NUL", b'{"text": "a\x00b"}', "application/json", 400, "broken_json", "not valid JSON"),
    case("a lone high surrogate", rb'{"text": "a\ud800b"}', "application/json", 400, "broken_json", "surrogate"),
    case("a lone low surrogate", rb'{"text": "a\udc00b"}', "application/json", 400, "broken_json", "surrogate"),
    case("text/plain", b"{}", "text/plain", 415, "wrong_media_type", "Content-Type: application/json"),
    case("a form", b"text=x", "application/x-www-form-urlencoded", 415, "wrong_media_type", "'application/x-www-form"),
    case("multipart", b"--b--", "multipart/form-data; boundary=b", 415, "wrong_media_type", "application/json"),
    case("XML", b"<a/>", "application/xml", 415, "wrong_media_type", "application/json"),
    case("no media type", b"{}", None, 415, "wrong_media_type", "without one"),
    case("an empty media type", b"{}", "", 415, "wrong_media_type", "without one"),
    case("1 MB of text", _as_json(text="x" * 1_000_000), "application/json", 413, "request_entity_too_large", "larger"),
]


@pytest.mark.parametrize(("sent", "content_type", "status", "code", "words"), UNREADABLE)
def test_what_cannot_be_read_is_refused(
    publisher: Publisher,
    services: Services,
    site: Site,
    sent: bytes,
    content_type: str | None,
    status: int,
    code: str,
    words: str,
) -> None:
    response = publisher.send(sent, content_type=content_type)

    assert words in problem(response, status, code)["detail"]
    assert counted(services, site) == NOTHING


TOO_LONG = "x" * 20_001
JUNK_EMAILS = {
    "no sign": "ada.example.org",
    "no local part": "@example.org",
    "no domain": "ada@",
    "two signs": "ada@b@example.org",
    "a space": "ada lovelace@example.org",
    "two dots": "ada..b@example.org",
    "a dot first": ".ada@example.org",
    "a dot last": "ada.@example.org",
    "a domain without dot": "ada@localhost",
    "a hyphen first": "ada@-example.org",
    "an empty label": "ada@example..org",
    "an IP literal": "ada@[192.0.2.1]",
    "an underscore in the domain": "ada@exa_mple.org",
    "a name beside it": "Ada <ada@example.org>",
    "a comma list": "ada@example.org,b@example.org",
    "a line break": "ada@example.org\nBcc: all@example.org",
    "a NUL": "ada\0@example.org",
    "an override of direction": "ada@\u202eexample.org",
    "a zero-width space": "ada\u200b@example.org",
    "mailto": "mailto:ada@example.org",
    "a long label": "ada@" + "a" * 64 + ".org",
    "too long": "ada@" + "a." * 124 + "org",
    "100,000 characters": "a" * 100_000 + "@example.org",
    "empty": "",
    "blank": "   ",
    "a quoted local part": '"ada lovelace"@example.org',
    "a broken IDN": "ada@xn--\u00e9.org",
}

# (what changes in a good body, code, the field at fault as a JSON pointer, words of the sentence)
INVALID = [
    case("text: missing", {"text": None}, "invalid_fields", "#/text", "Missing data"),
    case("text: empty", {"text": ""}, "bad_text", "#/text", "Please type your reply"),
    case("text: blank", {"text": " \t\r\n\u00a0\u3000"}, "bad_text", "#/text", "Please type your reply"),
    case("text: zero-width", {"text": "\u200b\u200d\ufeff\u2060\u00ad"}, "bad_text", "#/text", "no visible text"),
    case("text: overrides alone", {"text": "\u202e\u2066\u2069"}, "bad_text", "#/text", "no visible text"),
    case("text: variation selectors", {"text": "\ufe0f\u0301"}, "bad_text", "#/text", "no visible text"),
    case("text: a tag block", {"text": "\U000e0041\U000e007f"}, "bad_text", "#/text", "no visible text"),
    case("text: controls alone", {"text": "\x01\x02\x7f"}, "bad_text", "#/text", "no visible text"),
    case("text: NUL", {"text": "before\0after"}, "bad_text", "#/text", "NUL"),
    case("text: too long", {"text": TOO_LONG}, "bad_text", "#/text", "20,001 characters, at most 20,000"),
    case("text: under 512 KB", {"text": "x" * 500_000}, "bad_text", "#/text", "too long"),
    case("text: spaces without end", {"text": "x" + " " * 300_000}, "bad_text", "#/text", "too long"),
    case("thread: missing", {"thread": None}, "invalid_fields", "#/thread", "Missing data"),
    case("thread: empty", {"thread": {}}, "invalid_fields", "#/thread", "`url` or the thread's `id`"),
    case(
        "thread: both",
        {"thread": {"url": ARTICLE, "id": UNKNOWN_ID}},
        "invalid_fields",
        "#/thread",
        "either the article's `url`",
    ),
    case("thread: unknown field", {"thread": {"url": ARTICLE, "uri": 1}}, "invalid_fields", "#/thread/uri", "Unknown"),
    case("thread.id: junk", {"thread": {"id": "12"}}, "invalid_fields", "#/thread/id", "UUID"),
    case("thread.id: a line break", {"thread": {"id": UNKNOWN_ID + "\n"}}, "invalid_fields", "#/thread/id", "UUID"),
    case("thread.id: braces", {"thread": {"id": f"{{{UNKNOWN_ID}}}"}}, "invalid_fields", "#/thread/id", "UUID"),
    case("thread.url: relative", {"thread": {"url": "/2026/11/x"}}, "bad_thread_url", "#/thread/url", "absolute"),
    case("thread.url: blank", {"thread": {"url": "  "}}, "bad_thread_url", "#/thread/url", "absolute"),
    case("thread.url: ftp", {"thread": {"url": "ftp://news.example/x"}}, "bad_thread_url", "#/thread/url", "http://"),
    case("thread.url: script", {"thread": {"url": "javascript:a()"}}, "bad_thread_url", "#/thread/url", "http://"),
    case("thread.url: no host", {"thread": {"url": "https:///x"}}, "bad_thread_url", "#/thread/url", "absolute"),
    case("thread.url: bad port", {"thread": {"url": "https://a:b/"}}, "bad_thread_url", "#/thread/url", "url"),
    case("thread.url: bad IPv6", {"thread": {"url": "https://[::1/"}}, "bad_thread_url", "#/thread/url", "url"),
    case("thread.url: NUL", {"thread": {"url": "https://a.example/\0"}}, "bad_thread_url", "#/thread/url", "control"),
    case(
        "thread.url: long",
        {"thread": {"url": "https://a.example/" + "x" * 2048}},
        "bad_thread_url",
        "#/thread/url",
        "longer than 2048",
    ),
    case(
        "thread.url: long once encoded",
        {"thread": {"url": "https://a.example/?" + "ж=1&" * 500}},
        "bad_thread_url",
        "#/thread/url",
        "longer than 2048",
    ),
    case(
        "thread.url: a label too long",
        {"thread": {"url": f"https://{'a' * 64}.example/"}},
        "bad_thread_url",
        "#/thread/url",
        "url",
    ),
    case(
        "thread.title: too long",
        {"thread": {"url": ARTICLE, "title": "x" * 301}},
        "invalid_fields",
        "#/thread/title",
        "at most 300",
    ),
    case("author: missing", {"author": None}, "invalid_fields", "#/author", "Missing data"),
    case("author: empty", {"author": {}}, "invalid_fields", "#/author/name", "Missing data"),
    case("author: unknown field", {"author": an_author(phone="1")}, "invalid_fields", "#/author/phone", "Unknown"),
    case("author.name: empty", {"author": an_author(name="")}, "invalid_fields", "#/author/name", "empty"),
    case("author.name: blank", {"author": an_author(name=" \t ")}, "invalid_fields", "#/author/name", "empty"),
    case("author.name: controls", {"author": an_author(name="\0\x1b\x7f")}, "invalid_fields", "#/author/name", "empty"),
    case("author.name: overrides", {"author": an_author(name="\u202e")}, "invalid_fields", "#/author/name", "empty"),
    case("author.name: zero-width", {"author": an_author(name="\u200b")}, "invalid_fields", "#/author/name", "empty"),
    case("author.name: long", {"author": an_author(name="x" * 246)}, "invalid_fields", "#/author/name", "at most 245"),
    case("author.url: script", {"author": an_author(url="javascript:a()")}, "invalid_fields", "#/author/url", "http"),
    case("author.url: data", {"author": an_author(url="data:text/html,x")}, "invalid_fields", "#/author/url", "http"),
    case("author.url: bare", {"author": an_author(url="ada.example")}, "invalid_fields", "#/author/url", "http"),
    case(
        "author.url: long",
        {"author": an_author(url="https://a.example/" + "x" * 200)},
        "invalid_fields",
        "#/author/url",
        "at most 200",
    ),
    *[
        case(f"author.email: {name}", {"author": an_author(email=email)}, "invalid_fields", "#/author/email", "email")
        for name, email in JUNK_EMAILS.items()
    ],
    case("parent: junk", {"parent": "the first one"}, "invalid_fields", "#/parent", "UUID"),
    case("parent: unknown", {"parent": UNKNOWN_ID}, "unknown_parent", "#/parent", "Leave `parent` out"),
    case("ip: junk", {"ip": "300.1.1.1"}, "invalid_fields", "#/ip", "IPv4 or IPv6"),
    case("ip: a network", {"ip": "192.0.2.0/24"}, "invalid_fields", "#/ip", "IPv4 or IPv6"),
    case("ip: a port", {"ip": "192.0.2.1:80"}, "invalid_fields", "#/ip", "IPv4 or IPv6"),
    case("ip: empty", {"ip": ""}, "invalid_fields", "#/ip", "IPv4 or IPv6"),
    case("user_agent: long", {"user_agent": "x" * 256}, "invalid_fields", "#/user_agent", "at most 255"),
    case("created_at: junk", {"created_at": "yesterday"}, "invalid_fields", "#/created_at", "datetime"),
    case("created_at: a date", {"created_at": "2026-13-41"}, "invalid_fields", "#/created_at", "datetime"),
    case("created_at: future", {"created_at": "2126-01-01T00:00:00Z"}, "invalid_fields", "#/created_at", "future"),
    case(
        "created_at: before time began",
        {"created_at": "0001-01-01T00:00:00+23:59"},
        "invalid_fields",
        "#/created_at",
        "1970",
    ),
    case("created_at: year 10,000", {"created_at": "10000-01-01T00:00:00Z"}, "invalid_fields", "#/created_at", "datet"),
    case("unknown field", {"comment": "x"}, "invalid_fields", "#/comment", "Unknown field"),
    case("unknown field with a slash", {"a/b~c": "x"}, "invalid_fields", "#/a~1b~0c", "Unknown field"),
    case("a field of ours", {"site_id": UNKNOWN_ID}, "invalid_fields", "#/site_id", "Unknown field"),
]


@pytest.mark.parametrize(("changes", "code", "pointer", "words"), INVALID)
def test_a_field_that_is_not_valid_is_named(
    publisher: Publisher,
    services: Services,
    site: Site,
    changes: dict[str, Any],
    code: str,
    pointer: str,
    words: str,
) -> None:
    document = problem(publisher.hand_in(**changes), 422, code)

    fault = next(error for error in document["errors"] if error["pointer"] == pointer)
    assert words in fault["detail"]
    assert fault["detail"] in document["detail"]
    assert counted(services, site) == NOTHING


FIELDS = {
    "text": "text",
    "thread": "thread",
    "thread.url": "thread/url",
    "thread.id": "thread/id",
    "thread.title": "thread/title",
    "author": "author",
    "author.name": "author/name",
    "author.email": "author/email",
    "author.url": "author/url",
    "parent": "parent",
    "ip": "ip",
    "user_agent": "user_agent",
    "created_at": "created_at",
}
WRONG = {
    "null": None,
    "a number": 7,
    "a huge number": 10**40,
    "a fraction": 1e308,
    "true": True,
    "a list": ["x"],
    "an object": {"$gt": ""},
}
MAY_BE_NULL = {"author.url", "parent", "ip", "user_agent", "created_at"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        case(f"{field}: {name}", field, value)
        for field in FIELDS
        for name, value in WRONG.items()
        if not (value is None and field in MAY_BE_NULL)
    ],
)
def test_a_field_of_the_wrong_type_is_named(
    publisher: Publisher, services: Services, site: Site, field: str, value: object
) -> None:
    document = problem(publisher.hand_in_body(_with(field, value)), 422, "invalid_fields")

    assert any(error["pointer"].startswith(f"#/{FIELDS[field]}") for error in document["errors"]), document
    assert counted(services, site) == NOTHING


def _with(field: str, value: object) -> dict[str, Any]:
    """A good body with this value in this field."""
    body = reply_body()
    outer, _, inner = field.partition(".")
    if inner == "id":
        body["thread"] = {}
    if inner:
        body[outer][inner] = value
    else:
        body[outer] = value
    return body


def test_of_two_equal_keys_the_last_counts(publisher: Publisher, services: Services, site: Site) -> None:
    good = json.dumps(reply_body(text="the last"))
    sent = '{"text": "the first", ' + good[1:]

    accepted(publisher.send(sent.encode()))

    assert counted(services, site)["replies"] == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        case("overrides", "Ada \u202eLovelace\u202c", "Ada Lovelace"),
        case("isolates", "\u2066Ada\u2069", "Ada"),
        case("marks", "\u200fAda\u061c", "Ada"),
        case("controls", "A\x00d\x1b[31ma", "Ad[31ma"),
        case("lines", "Ada\r\nLovelace", "Ada Lovelace"),
        case("markup stays text", "<b>Ada</b>", "<b>Ada</b>"),
    ],
)
def test_a_name_is_cleaned(publisher: Publisher, services: Services, sent: str, kept: str) -> None:
    receipt = accepted(publisher.hand_in(author=an_author(name=sent)))
    score.score_pending(services)

    page = publisher.client.get(f"/api/v1/threads/{receipt['thread']}/replies")

    assert page.json["replies"][0]["author"]["name"] == kept


class TestThreadsAndParents:
    def test_an_unknown_thread_is_refused(self, publisher: Publisher, services: Services, site: Site) -> None:
        document = problem(publisher.hand_in(thread={"id": UNKNOWN_ID}), 404, "unknown_thread")

        assert "Send the article's url" in document["detail"]
        assert counted(services, site) == NOTHING

    def test_a_thread_of_another_site_is_as_good_as_unknown(
        self, publisher: Publisher, other_publisher: Publisher, services: Services, other_site: Site
    ) -> None:
        thread = accepted(publisher.hand_in())["thread"]

        problem(other_publisher.hand_in(thread={"id": thread}), 404, "unknown_thread")

        assert counted(services, other_site) == NOTHING

    @pytest.mark.parametrize("by", ["id", "url"])
    def test_a_closed_thread_refuses_replies(
        self, publisher: Publisher, services: Services, site: Site, by: str
    ) -> None:
        thread = accepted(publisher.hand_in())["thread"]
        publisher.close(thread)

        document = problem(
            publisher.hand_in(thread={"id": thread} if by == "id" else {"url": ARTICLE}), 403, "thread_closed"
        )

        assert "closed for this article" in document["detail"]
        assert counted(services, site)["replies"] == 1

    def test_a_thread_of_another_site_cannot_be_closed(self, publisher: Publisher, other_publisher: Publisher) -> None:
        thread = accepted(publisher.hand_in())["thread"]

        problem(other_publisher.close(thread), 404, "unknown_thread")

        accepted(publisher.hand_in(thread={"id": thread}))

    def test_a_parent_in_another_thread_is_refused(self, publisher: Publisher, services: Services, site: Site) -> None:
        parent = accepted(publisher.hand_in())["id"]

        document = problem(
            publisher.hand_in(parent=parent, thread={"url": "https://news.example/other/"}),
            422,
            "parent_in_another_thread",
        )

        assert document["errors"][0]["pointer"] == "#/parent"
        assert counted(services, site)["replies"] == 1

    def test_a_parent_on_another_site_is_refused(self, publisher: Publisher, other_publisher: Publisher) -> None:
        parent = accepted(publisher.hand_in())["id"]

        problem(other_publisher.hand_in(parent=parent), 422, "parent_in_another_thread")

    def test_a_rejected_parent_is_as_good_as_unknown(
        self, publisher: Publisher, services: Services, scorer: FakeScorer
    ) -> None:
        scorer.default = TOXIC
        parent = accepted(publisher.hand_in())["id"]
        score.score_pending(services)

        problem(publisher.hand_in(parent=parent), 422, "unknown_parent")


class TestKeys:
    @pytest.mark.parametrize(
        ("headers", "words"),
        [
            case("missing", {}, "Authorization: Bearer"),
            case("empty", {"Authorization": ""}, "Authorization: Bearer"),
            case("garbage", {"Authorization": "garbage"}, "Authorization: Bearer"),
            case("scheme alone", {"Authorization": "Bearer"}, "Authorization: Bearer"),
            case("blank", {"Authorization": "Bearer   "}, "Authorization: Bearer"),
            case("Basic", {"Authorization": "Basic YTpi"}, "Authorization: Bearer"),
            case("unknown", {"Authorization": "Bearer key_unknown"}, "not known, or was revoked"),
            case("very long", {"Authorization": "Bearer " + "k" * 10_000}, "not known, or was revoked"),
            case("Latin-1", {"Authorization": "Bearer kéy"}, "not known, or was revoked"),
            case("injection", {"Authorization": "Bearer ' OR 1=1 --"}, "not known, or was revoked"),
        ],
    )
    def test_a_request_without_a_good_key_is_refused(
        self,
        client: FlaskClient,
        services: Services,
        site: Site,
        api_key: str,
        headers: dict[str, str],
        words: str,
    ) -> None:
        response = client.post(INTAKE, json=reply_body(), headers=headers)

        assert words in problem(response, 401, "bad_credentials")["detail"]
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert counted(services, site) == NOTHING

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
    def test_the_scheme_may_be_written_in_any_case(self, client: FlaskClient, api_key: str, scheme: str) -> None:
        accepted(client.post(INTAKE, json=reply_body(), headers={"Authorization": f"{scheme} {api_key}"}))

    def test_a_key_with_more_behind_it_is_another_key(self, client: FlaskClient, api_key: str) -> None:
        response = client.post(INTAKE, json=reply_body(), headers={"Authorization": f"Bearer {api_key}x"})

        problem(response, 401, "bad_credentials")

    def test_a_revoked_key_is_refused(self, publisher: Publisher, services: Services, site: Site) -> None:
        manage_sites.revoke_api_keys(services, site.name, "tests")

        problem(publisher.hand_in(), 401, "bad_credentials")

    def test_the_public_site_key_opens_nothing(self, client: FlaskClient, site: Site) -> None:
        problem(Publisher(client, site.site_key).hand_in(), 401, "bad_credentials")

    def test_a_status_is_shown_to_its_own_site_only(self, publisher: Publisher, other_publisher: Publisher) -> None:
        reply = accepted(publisher.hand_in())["id"]

        problem(other_publisher.status(reply), 404, "unknown_reply")
        listed = publisher.client.get(INTAKE, query_string={"ids": reply}, headers=other_publisher.authorization)

        assert listed.json == {"replies": []}

    @pytest.mark.parametrize(
        "path", [f"{INTAKE}/{UNKNOWN_ID}", f"{INTAKE}?ids={UNKNOWN_ID}"], ids=["one status", "many statuses"]
    )
    def test_a_status_needs_a_key(self, client: FlaskClient, path: str) -> None:
        problem(client.get(path), 401, "bad_credentials")


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        case("missing", None, "Missing data"),
        case("empty", "", "1 to 200 ids"),
        case("commas", ",,,", "1 to 200 ids"),
        case("junk", "one,two", "UUID"),
        case("NUL", "\0", "UUID"),
        case("201", ",".join([UNKNOWN_ID] * 201), "1 to 200 ids"),
    ],
)
def test_a_list_of_ids_that_is_not_valid_is_refused(publisher: Publisher, ids: str | None, words: str) -> None:
    query = {} if ids is None else {"ids": ids}

    response = publisher.client.get(INTAKE, query_string=query, headers=publisher.authorization)

    assert words in problem(response, 422, "invalid_fields")["detail"]


@pytest.mark.parametrize(
    "key",
    [
        case("empty", ""),
        case("too long", "k" * 256),
        case("a tab", "a\tb"),
        case("an escape", "a\x1bb"),
        case("a C1 control", "a\x85b"),
    ],
)
def test_an_idempotency_key_that_is_not_valid_is_refused(
    publisher: Publisher, services: Services, site: Site, key: str
) -> None:
    document = problem(publisher.hand_in(key=key), 400, "bad_idempotency_key")

    assert "1 to 255 printable" in document["detail"]
    assert counted(services, site) == NOTHING


class TestTooMuch:
    def test_a_duplicate_is_refused_with_the_id_of_the_first(
        self, publisher: Publisher, services: Services, site: Site
    ) -> None:
        author = an_author()
        first = accepted(publisher.hand_in(text="Well said!", author=author))

        document = problem(publisher.hand_in(text="well  SAID! ", author=author), 409, "duplicate_reply")

        assert document["reply_id"] == first["id"]
        assert "already said that" in document["detail"]
        assert counted(services, site)["replies"] == 1

    def test_the_same_text_by_another_author_or_elsewhere_is_no_duplicate(self, publisher: Publisher) -> None:
        author = an_author()
        first = accepted(publisher.hand_in(text="Well said!", author=author))

        accepted(publisher.hand_in(text="Well said!"))
        accepted(publisher.hand_in(text="Well said!", author=author, parent=first["id"]))
        accepted(publisher.hand_in(text="Well said!", author=author, thread={"url": ARTICLE + "other"}))

    def test_a_flood_by_one_author_is_refused(self, publisher: Publisher, services: Services, site: Site) -> None:
        author, limit = an_author(), services.settings.api_flood_replies
        for _ in range(limit):
            accepted(publisher.hand_in(author=author))

        response = publisher.hand_in(author=author)

        document = problem(response, 429, "too_fast")
        assert response.headers["Retry-After"] == "60"
        assert "60 seconds" in document["detail"]
        assert counted(services, site)["replies"] == limit

    def test_a_flood_from_one_address_is_refused(self, publisher: Publisher, services: Services) -> None:
        for _ in range(services.settings.api_flood_replies):
            accepted(publisher.hand_in(ip="198.51.100.7"))

        problem(publisher.hand_in(ip="198.51.100.7"), 429, "too_fast")

        accepted(publisher.hand_in(ip="198.51.100.8"))

    def test_while_moderation_is_behind_replies_are_put_off(
        self, app: Flask, services: Services, publisher: Publisher, site: Site
    ) -> None:
        accepted(publisher.hand_in())
        late = make_services(services.database, clock=lambda: NOON + timedelta(seconds=75))
        app.extensions["civility"] = late

        response = publisher.hand_in()

        document = problem(response, 503, "overloaded")
        assert response.headers["Retry-After"] == "15"
        assert "75 seconds behind" in document["detail"]
        assert counted(services, site)["replies"] == 1


class TestWrongAddresses:
    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            case("DELETE replies", "DELETE", INTAKE, {"GET", "POST"}),
            case("PUT replies", "PUT", INTAKE, {"GET", "POST"}),
            case("POST a status", "POST", f"{INTAKE}/{UNKNOWN_ID}", {"GET"}),
            case("POST a thread's page", "POST", f"/api/v1/threads/{UNKNOWN_ID}/replies", {"GET"}),
            case("GET a thread", "GET", f"/api/v1/threads/{UNKNOWN_ID}", {"PATCH"}),
            case("GET sessions", "GET", "/api/v1/moderation/sessions", {"POST", "DELETE"}),
        ],
    )
    def test_a_wrong_method_is_told_which_are_right(
        self, client: FlaskClient, method: str, path: str, allowed: set[str]
    ) -> None:
        response = client.open(path, method=method)

        assert method in problem(response, 405, "method_not_allowed")["detail"]
        assert allowed <= {each.strip() for each in response.headers["Allow"].split(",")}

    @pytest.mark.parametrize(
        "path",
        [
            "/api/v1/comments",
            "/api/v2/replies",
            f"{INTAKE}/not-an-id",
            f"{INTAKE}/{UNKNOWN_ID}/more",
            "/api/v1/threads/1/replies",
            "/api/%00",
            "/api/\u202e",
        ],
    )
    def test_an_unknown_path_points_to_the_description(self, client: FlaskClient, path: str) -> None:
        assert "/api/docs" in problem(client.get(path), 404, "not_found")["detail"]


def test_while_the_database_is_away_the_sender_is_asked_to_come_again(
    app: Flask, publisher: Publisher, gone: Services
) -> None:
    app.extensions["civility"] = gone

    response = publisher.hand_in()

    document = problem(response, 503, "database_away")
    assert response.headers["Retry-After"] == "5"
    assert "Nothing was stored" in document["detail"]


@pytest.fixture(params=["postgresql", "sqlite"])
def gone(request: pytest.FixtureRequest, tmp_path: Any) -> Services:
    """Services whose database is not there: nobody listens, or the file cannot be opened."""
    (tmp_path / "a folder.db").mkdir()
    urls = {
        "postgresql": "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "sqlite": f"sqlite:///{tmp_path / 'a folder.db'}",
    }
    return make_services(Database(urls[request.param]))


def test_a_fault_of_ours_is_answered_without_its_traceback(
    app: Flask, services: Services, publisher: Publisher, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("a secret detail of ada@example.org")

    broken: Callable[[str], None] = fail
    app.extensions["civility"] = make_services(services.database, sites_by_api_key=_Failing(broken))

    document = problem(publisher.hand_in(), 500, "fault")

    assert "secret" not in str(document)
    assert "Nothing was lost" in document["detail"]


class _Failing:
    def __init__(self, get: Callable[[str], None]) -> None:
        self.get = get
