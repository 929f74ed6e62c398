"""What everybody may read: approved replies, page after page, with public fields only."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.services import Services
from service.storage.moderators import Moderator
from service.storage.sites import Site
from service.usecases import review, score
from tests.factories import ARTICLE
from tests.fakes import DOUBTFUL, TOXIC, FakeScorer
from tests.web.publisher import Publisher, accepted, an_author, problem

BY_URL = "/api/v1/threads/replies"
UNKNOWN_ID = "01a20be7-1e47-73d8-8b90-2de615430a00"


class Reader:
    """Reads a site's threads as anybody may."""

    def __init__(self, client: FlaskClient, site: Site) -> None:
        self.client = client
        self.site = site

    def open(self, url: str = ARTICLE, *, etag: str | None = None, **query: Any) -> TestResponse:
        headers = {"If-None-Match": etag} if etag else {}
        return self.client.get(BY_URL, query_string={"site": self.site.site_key, "url": url, **query}, headers=headers)

    def read(self, url: str = ARTICLE, **query: Any) -> dict[str, Any]:
        response = self.open(url, **query)
        assert response.status_code == 200, response.text
        page: dict[str, Any] = response.json
        return page

    def read_all(self, **query: Any) -> list[str]:
        """The ids of all pages, by following `next`."""
        ids, cursor = [], None
        while True:
            page = self.read(**query, **({"cursor": cursor} if cursor else {}))
            ids += [reply["id"] for reply in page["replies"]]
            cursor = page["next"]
            if cursor is None:
                return ids


@pytest.fixture
def reader(client: FlaskClient, site: Site) -> Reader:
    return Reader(client, site)


@pytest.fixture
def publish(publisher: Publisher, services: Services) -> Any:
    """Hands in a reply and has it judged; returns its receipt."""

    def hand_in(**changes: Any) -> dict[str, Any]:
        receipt = accepted(publisher.hand_in(**changes))
        score.score_pending(services)
        return receipt

    return hand_in


def test_a_reply_shows_its_public_fields_and_no_others(reader: Reader, publish: Any) -> None:
    publish(
        author={"name": "Ada", "email": "ada.secret@example.org", "url": "https://ada.example"},
        ip="203.0.113.77",
        user_agent="SecretBrowser/1.0",
        text="At last.",
        created_at="2026-11-20T09:30:00Z",
    )

    page = reader.read()

    assert set(page) == {"thread", "total", "replies", "next"}
    assert set(page["thread"]) == {"id", "url", "title", "closed"}
    (reply,) = page["replies"]
    assert set(reply) == {"id", "parent", "author", "text", "html", "created_at"}
    assert reply["author"] == {"name": "Ada", "url": "https://ada.example"}
    assert (reply["text"], reply["html"]) == ("At last.", "<p>At last.</p>")
    assert reply["created_at"] == "2026-11-20T09:30:00+00:00"
    for secret in ("secret", "203.0.113", "Secret", "k1:", "toxicity", "fake-1", "pending", "clean"):
        assert secret not in json.dumps(page)


def test_only_approved_replies_are_shown(reader: Reader, publish: Any, scorer: FakeScorer) -> None:
    shown = publish()
    scorer.default = DOUBTFUL
    publish()
    scorer.default = TOXIC
    publish()

    page = reader.read()

    assert ([reply["id"] for reply in page["replies"]], page["total"]) == ([shown["id"]], 1)


def test_a_pending_reply_is_not_shown(reader: Reader, publisher: Publisher) -> None:
    accepted(publisher.hand_in())

    assert reader.read()["replies"] == []


def test_a_thread_is_read_by_id_and_by_address_alike(reader: Reader, publish: Any) -> None:
    thread = publish()["thread"]

    assert reader.client.get(f"/api/v1/threads/{thread}/replies").json == reader.read()


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/2026/11/new-bridge",
        "http://NEWS.EXAMPLE:80/2026/11/new-bridge/?utm_medium=x#comment-1",
        "https://news.example/2026/11/new%2Dbridge/",
    ],
    ids=["no slash", "tracked", "encoded"],
)
def test_a_thread_is_found_in_every_spelling_of_its_address(reader: Reader, publish: Any, url: str) -> None:
    reply = publish()

    assert [each["id"] for each in reader.read(url)["replies"]] == [reply["id"]]


def test_another_site_has_threads_of_its_own(
    reader: Reader, publish: Any, client: FlaskClient, other_site: Site
) -> None:
    publish()

    problem(Reader(client, other_site).open(), 404, "unknown_thread")


class TestPages:
    @pytest.fixture
    def ids(self, publisher: Publisher, services: Services) -> list[str]:
        """120 approved replies in order of arrival."""
        ids = [accepted(publisher.hand_in())["id"] for _ in range(120)]
        score.score_pending(services)
        return ids

    def test_pages_follow_each_other_without_gap_or_repeat(self, reader: Reader, ids: list[str]) -> None:
        assert reader.read_all(limit=7) == ids
        assert reader.read_all(limit=7, order="newest") == ids[::-1]

    def test_replies_that_arrive_while_reading_neither_repeat_nor_hide_others(
        self, reader: Reader, ids: list[str], publish: Any
    ) -> None:
        read: dict[str, list[str]] = {"oldest": [], "newest": []}
        late = []
        for order, seen in read.items():
            cursor: str | None = None
            for turn in range(100):
                page = reader.read(limit=31, order=order, **({"cursor": cursor} if cursor else {}))
                seen += [reply["id"] for reply in page["replies"]]
                if turn < 3:
                    late.append(publish()["id"])
                cursor = page["next"]
                if cursor is None:
                    break

        assert read["oldest"] == [*ids, *late[:3]]
        assert read["newest"] == [*ids, *late[:3]][::-1]

    def test_a_page_ends_exactly_at_the_last_reply(self, reader: Reader, ids: list[str]) -> None:
        first = reader.read(limit=60)
        second = reader.read(limit=60, cursor=first["next"])

        assert (len(first["replies"]), len(second["replies"]), second["next"]) == (60, 60, None)
        assert first["total"] == second["total"] == 120

    def test_a_page_has_50_replies_unless_told_otherwise(self, reader: Reader, ids: list[str]) -> None:
        assert [len(reader.read()["replies"]), len(reader.read(limit=200)["replies"])] == [50, 120]

    def test_a_cursor_outlives_its_reply(
        self, reader: Reader, ids: list[str], services: Services, moderator: Moderator
    ) -> None:
        cursor = reader.read(limit=10)["next"]
        review.decide_by_hand(services, moderator, ids[9], "reject")

        assert [reply["id"] for reply in reader.read(limit=10, cursor=cursor)["replies"]] == ids[10:20]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        pytest.param({"limit": 0}, "limit", id="limit 0"),
        pytest.param({"limit": -1}, "limit", id="limit -1"),
        pytest.param({"limit": 201}, "limit", id="limit 201"),
        pytest.param({"limit": "ten"}, "limit", id="limit in words"),
        pytest.param({"limit": "9" * 5000}, "limit", id="limit of 5,000 digits"),
        pytest.param({"limit": ""}, "limit", id="limit empty"),
        pytest.param({"order": "best"}, "order", id="unknown order"),
    ],
)
def test_a_page_that_is_not_valid_is_refused(reader: Reader, publish: Any, query: dict[str, Any], words: str) -> None:
    publish()

    assert words in problem(reader.open(**query), 422, "invalid_fields")["detail"]


@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("1", id="a number"),
        pytest.param("first", id="a word"),
        pytest.param(UNKNOWN_ID + "\n", id="a line break"),
        pytest.param(UNKNOWN_ID[:-1], id="cut"),
        pytest.param(UNKNOWN_ID.upper(), id="in capitals"),
        pytest.param("-" * 500 + UNKNOWN_ID, id="dashes before"),
        pytest.param("0-" * 31 + "0", id="dashes between"),
        pytest.param(UNKNOWN_ID.replace("-", ""), id="no dashes"),
        pytest.param("\0", id="NUL"),
        pytest.param("é" * 32, id="letters"),
        pytest.param("' OR 1=1 --", id="injection"),
    ],
)
def test_a_junk_cursor_is_refused(reader: Reader, publish: Any, cursor: str) -> None:
    publish()

    assert "`next`" in problem(reader.open(cursor=cursor), 400, "bad_cursor")["detail"]


class TestUnknown:
    def test_an_unknown_thread(self, client: FlaskClient) -> None:
        problem(client.get(f"/api/v1/threads/{UNKNOWN_ID}/replies"), 404, "unknown_thread")

    def test_an_address_nobody_wrote_under(self, reader: Reader) -> None:
        problem(reader.open("https://news.example/never/"), 404, "unknown_thread")

    @pytest.mark.parametrize("key", ["site_unknown", "", "é", "x" * 5000], ids=["unknown", "empty", "é", "long"])
    def test_an_unknown_site_key(self, client: FlaskClient, key: str) -> None:
        document = problem(client.get(BY_URL, query_string={"site": key, "url": ARTICLE}), 404, "unknown_site")

        assert "site key" in document["detail"]

    @pytest.mark.parametrize("key", [{}, {"site": "\0"}], ids=["none", "NUL"])
    def test_a_site_key_that_is_none(self, client: FlaskClient, key: dict[str, str]) -> None:
        document = problem(client.get(BY_URL, query_string={"url": ARTICLE, **key}), 422, "invalid_fields")

        assert "site" in document["detail"]

    @pytest.mark.parametrize(
        "url",
        ["", "/relative", "javascript:a()", "https://a.example/\0", "https://" + "a" * 3000],
        ids=lambda u: u[:30],
    )
    def test_a_url_that_is_none(self, reader: Reader, url: str) -> None:
        problem(reader.open(url), 422, "bad_thread_url")


class TestCaching:
    def test_a_page_that_did_not_change_is_not_sent_again(self, reader: Reader, publish: Any) -> None:
        publish()
        first = reader.open()

        again = reader.open(etag=first.headers["ETag"])

        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert "max-age" in first.headers["Cache-Control"]

    def test_an_old_etag_gets_the_page(self, reader: Reader, publish: Any) -> None:
        publish()

        assert reader.open(etag='"something else"').status_code == 200

    def test_the_etag_changes_with_every_reply_that_appears_or_goes(
        self, reader: Reader, publish: Any, services: Services, moderator: Moderator, scorer: FakeScorer
    ) -> None:
        scorer.default = DOUBTFUL
        held = publish()["id"]
        etags = [reader.open().headers["ETag"]]

        for action in ("approve", "reject", "approve"):
            review.decide_by_hand(services, moderator, held, action)
            etags.append(reader.open().headers["ETag"])

        assert etags[0] == etags[2]
        assert etags[1] == etags[3] != etags[0]

    def test_the_etag_changes_when_the_thread_closes(self, reader: Reader, publish: Any, publisher: Publisher) -> None:
        thread = publish()["thread"]
        before = reader.open().headers["ETag"]

        publisher.close(thread)

        assert reader.open(etag=before).status_code == 200

    def test_pages_have_etags_of_their_own(self, reader: Reader, publish: Any) -> None:
        publish()
        publish()

        assert len({reader.open(**each).headers["ETag"] for each in ({}, {"limit": 1}, {"order": "newest"})}) == 3


ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVa\tScript:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="https://a.example" onclick="alert(1)" style="position:fixed">x</a>',
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    "<style>body{display:none}</style>",
    '<b style="background:url(javascript:alert(1))" onmouseover=alert(1)>x</b>',
    "<form action=//evil.example><input name=password></form>",
    '<meta http-equiv="refresh" content="0;url=//evil.example">',
    "<object data=//evil.example></object><embed src=//evil.example>",
    "<base href=//evil.example/>",
    "<!--<img src=x onerror=alert(1)>-->",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<b><i>unclosed <a href='https://a.example'>everywhere",
    "</p></div></body><script>alert(1)",
    "<a href=x onfocus=alert(1) autofocus>",
    '<q cite="javascript:alert(1)">x</q>',
    "<\x00script>alert(1)</script>".replace("\x00", "\x01"),
    "＜script＞alert(1)＜/script＞",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '"><script>alert(1)</script>',
    "<details open ontoggle=alert(1)>",
    "<b id=cookie name=cookie class=admin>x</b>",
]
MAY_STAND = {"a", "b", "blockquote", "br", "cite", "code", "del", "em", "i", "p", "q", "s", "strong"}
MAY_SAY = {("a", "href"), ("a", "rel")}


class _Elements(HTMLParser):
    """The elements and attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.open += tag != "br"

    def handle_endtag(self, tag: str) -> None:
        self.open -= 1


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_is_safe_to_insert(reader: Reader, publish: Any, attack: str, scorer: FakeScorer) -> None:
    publish(text=f"before {attack} after", author=an_author(name=attack[:60]))

    (reply,) = reader.read()["replies"]

    seen = _Elements(reply["html"])
    assert {tag for tag, _ in seen.found} <= MAY_STAND
    assert {(tag, name) for tag, attributes in seen.found for name in attributes} <= MAY_SAY
    for _, attributes in seen.found:
        assert urlsplit((attributes.get("href") or "").strip()).scheme in ("", "https", "http", "mailto")
    assert seen.open == 0
    assert "before" in reply["html"]


def test_links_are_marked_as_written_by_users(reader: Reader, publish: Any) -> None:
    publish(text='See <a href="https://a.example/x">here</a> and <b>think</b>.')

    html = reader.read()["replies"][0]["html"]

    assert html == ('<p>See <a href="https://a.example/x" rel="nofollow ugc noopener">here</a> and <b>think</b>.</p>')


def test_paragraphs_and_lines_are_kept(reader: Reader, publish: Any) -> None:
    publish(text="one\ntwo\n\n\nthree")

    assert reader.read()["replies"][0]["html"] == "<p>one<br>\ntwo</p>\n<p>three</p>"
