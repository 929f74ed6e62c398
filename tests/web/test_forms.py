"""The reply form without JavaScript: WordPress's fields and redirects, and no text that is ever lost."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from service.app import create_app
from service.domain.reply import Status
from service.services import Remembered, Services
from service.storage.sites import Site
from service.storage.threads import Thread
from service.usecases import manage_threads, publish, score
from tests.factories import a_received_reply, a_site, stored
from tests.fakes import TOXIC
from tests.web.reader import FORM, a_form, query_of, read, send

ARTICLE = "https://news.example/2026/11/new-bridge/"
TEXT = "A considered reply.\n\nIt has two paragraphs, <b>a tag</b> & an ampersand."


@pytest.fixture
def services(services: Services) -> Services:
    """No waiting for a verdict: no worker runs beside these tests."""
    settings = replace(services.settings, form_wait_seconds=0.0, public_url="http://localhost")
    return replace(services, settings=settings)


@pytest.fixture
def thread(services: Services, site: Site) -> Thread:
    return publish.ensure_thread(services, site.id, ARTICLE, "The new bridge")


def stored_by(services: Services, response) -> str:
    """The id of the reply that a redirect leads to."""
    assert response.status_code == 302, response.get_data(as_text=True)
    fragment = urlsplit(response.location).fragment
    assert fragment.startswith("comment-")
    return fragment.removeprefix("comment-")


def count_of(services: Services, thread: Thread) -> int:
    with services.database.reading() as tx:
        return tx.exec_driver_sql("SELECT count(*) FROM replies").scalar_one()


# --- Accepted


def test_a_reply_is_stored_and_its_reader_sent_back_with_a_preview(client, services, thread):
    response = send(client, a_form(comment=TEXT, comment_post_ID=thread.id))

    reply = stored(services, stored_by(services, response))
    assert (reply.text, reply.author_name, reply.status) == (TEXT, "Ada", Status.PENDING)
    assert response.location.startswith(ARTICLE + "?unapproved=")
    assert query_of(response.location)["unapproved"] == reply.id
    assert len(query_of(response.location)["moderation-hash"]) == 32
    assert response.headers["Cache-Control"] == "no-store"


def test_an_approved_reply_leads_to_its_place_without_a_preview(services, thread):
    app = create_app(services)
    approve_at_once(services, app)

    response = send(app.test_client(), a_form(comment_post_ID=thread.id))

    assert response.location == f"{ARTICLE}#comment-{stored_by(services, response)}"


def approve_at_once(services: Services, app: Flask) -> None:
    """The worker, run by the nudge instead of beside the web server."""

    class Now:
        def nudge(self, *_: object) -> None:
            score.score_pending(services)

        def is_reachable(self) -> bool:
            return True

    app.extensions["civility"] = replace(services, queue=Now())


@pytest.mark.parametrize("verdict", ["held", "rejected", "pending"])
def test_nobody_learns_from_the_redirect_what_the_verdict_was(services, thread, scorer, verdict):
    app = create_app(services)
    scorer.default = {"held": {"toxicity": 0.7}, "rejected": TOXIC, "pending": {}}[verdict]
    if verdict != "pending":
        approve_at_once(services, app)

    response = send(app.test_client(), a_form(comment_post_ID=thread.id))

    assert stored(services, stored_by(services, response)).status == verdict
    assert set(query_of(response.location)) == {"unapproved", "moderation-hash"}


def test_an_article_is_named_by_its_address(client, services, site):
    response = send(client, a_form(site=site.site_key, thread_url=ARTICLE + "?utm_source=x#top"))

    reply = stored(services, stored_by(services, response))
    assert reply.thread_url == ARTICLE
    assert urlsplit(response.location).path == "/2026/11/new-bridge/"


def test_an_article_is_named_by_its_number_in_wordpress(client, services):
    site = a_site(services, permalink="https://news.example/?p={id}")

    response = client.post(f"{FORM}?site={site.site_key}", data=a_form(comment_post_ID="17"))

    assert stored(services, stored_by(services, response)).thread_url == "https://news.example/?p=17"
    assert response.location.startswith("https://news.example/?p=17&unapproved=")


def test_a_form_may_be_multipart(client, services, thread):
    response = send(client, a_form(comment=TEXT, comment_post_ID=thread.id), content_type="multipart/form-data")

    assert stored(services, stored_by(services, response)).text == TEXT


def test_lines_end_as_on_unix_and_blank_edges_go(client, services, thread):
    response = send(client, a_form(comment="\r\n one\r\ntwo \r\n", comment_post_ID=thread.id))

    assert stored(services, stored_by(services, response)).text == "one\ntwo"


def test_a_reply_answers_another(client, services, site, thread):
    first = a_received_reply(services, site, thread_id=thread.id)

    response = send(client, a_form(comment_post_ID=thread.id, comment_parent=first.reply_id.upper()))

    assert stored(services, stored_by(services, response)).parent_id == first.reply_id


@pytest.mark.parametrize("parent", ["", "0", "00", "  0 "])
def test_no_parent_is_spelt_in_several_ways(client, services, thread, parent):
    response = send(client, a_form(comment_post_ID=thread.id, comment_parent=parent))

    assert stored(services, stored_by(services, response)).parent_id is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [("", None), ("ada.example", "http://ada.example"), ("HTTPS://Ada.example/x", "HTTPS://Ada.example/x")],
    ids=["empty", "without a scheme", "whole"],
)
def test_a_website_is_optional_and_completed(client, services, thread, given, kept):
    response = send(client, a_form(comment_post_ID=thread.id, url=given))

    assert stored(services, stored_by(services, response)).author_url == kept


def test_unknown_fields_of_plugins_are_passed_over(client, services, thread):
    response = send(client, a_form(comment_post_ID=thread.id, akismet_comment_nonce="1", ak_js="2"))

    assert stored_by(services, response)


def test_a_filled_trap_is_accepted_politely_and_rejected_by_the_policy(client, services, thread):
    response = send(client, a_form(comment_post_ID=thread.id, ak_hp_textarea="buy"))
    score.score_pending(services)

    reply = stored(services, stored_by(services, response))
    assert (reply.status, reply.rule) == (Status.REJECTED, "trap-field-filled")


def test_direction_overrides_are_taken_out_of_the_name_and_not_shown_in_the_text(client, services, thread):
    response = send(client, a_form(comment_post_ID=thread.id, author="Ada\u202enimda", comment="abc\u202edef"))

    assert stored(services, stored_by(services, response)).author_name == "Adanimda"


# --- Where the reader is sent


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "https://news.example@evil.example/",
        "https://news.example.evil.example/",
        "https://news.example\\@evil.example/",
        "javascript:alert(1)//https://news.example/",
        "http://[",
        "https://news.example:abc/",
        "https://news.example/\r\nSet-Cookie: a=b",
        "https://news.example/\0",
        "/wp-admin",
        "https://news.example/" + "x" * 3000,
    ],
)
def test_a_redirect_to_somewhere_else_is_ignored(client, services, thread, wanted):
    response = send(client, a_form(comment_post_ID=thread.id, redirect_to=wanted))

    assert response.location.startswith(ARTICLE + "?unapproved=")


def test_a_redirect_within_the_site_is_followed_and_keeps_its_query(client, thread):
    wanted = "https://news.example/page/2/?a=1&a=2&unapproved=old&moderation-hash=old&replytocom=x#here"

    response = send(client, a_form(comment_post_ID=thread.id, redirect_to=wanted))

    assert response.location.startswith("https://news.example/page/2/?a=1&a=2&unapproved=")
    assert query_of(response.location)["unapproved"] != "old"


# --- Who may


def test_a_form_of_a_page_elsewhere_is_refused_where_the_site_has_addresses(client, services):
    site = a_site(services, origins=["https://news.example"])
    form = a_form(site=site.site_key, thread_url=ARTICLE, comment=TEXT)

    refused = send(client, form, headers={"Origin": "https://evil.example"})
    accepted = send(client, form, headers={"Origin": "https://news.example"})

    assert refused.status_code == 403
    assert read(refused).one("textarea").text.removeprefix("\n") == TEXT
    assert accepted.status_code == 302


@pytest.mark.parametrize("origin", [None, "null", "http://localhost", "https://evil.example"])
def test_a_site_without_addresses_takes_forms_from_anywhere(client, services, thread, origin):
    headers = {"Origin": origin} if origin else {}

    assert send(client, a_form(comment_post_ID=thread.id), headers=headers).status_code == 302


def test_an_article_of_another_site_is_refused_where_the_site_has_addresses(client, services):
    site = a_site(services, origins=["https://news.example"])

    response = send(client, a_form(site=site.site_key, thread_url="https://evil.example/article"))

    assert response.status_code == 403
    assert "another site" in read(response).one("main").text


def test_looking_at_the_forms_address_is_answered_with_the_right_method(client):
    response = client.get(FORM)

    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "the form" in read(response).one("main").text


# --- Refused: what is said, and what is kept


@pytest.mark.parametrize(
    ("fields", "at", "says"),
    [
        ({"comment": ""}, "comment", "Please type your reply."),
        ({"comment": " \r\n\t "}, "comment", "Please type your reply."),
        ({"comment": "\u200b\u200d\u2066"}, "comment", "Please type your reply."),
        ({"comment": "a\0b"}, "comment", "NUL"),
        ({"comment": "x" * 20_001}, "comment", "too long"),
        ({"author": ""}, "author", "Please enter your name."),
        ({"author": "\u200b"}, "author", "Please enter your name."),
        ({"author": "\u202e"}, "author", "Please enter your name."),
        ({"author": "x" * 246}, "author", "at most 245"),
        ({"email": ""}, "email", "Please enter your email address."),
        ({"email": "ada"}, "email", "valid email address"),
        ({"email": "ada\0@example.org"}, "email", "valid email address"),
        ({"email": "x" * 300 + "@example.org"}, "email", "valid email address"),
        ({"url": "my blog"}, "url", "like https://example.org"),
        ({"url": "javascript://x/%0aalert(1)"}, "url", "like https://example.org"),
        ({"url": "http://["}, "url", "like https://example.org"),
        ({"url": "https://example.org/" + "x" * 200}, "url", "at most 200"),
    ],
    ids=lambda value: value if isinstance(value, str) and value else None,
)
def test_a_mistake_is_named_beside_its_field_and_nothing_typed_is_lost(client, services, thread, fields, at, says):
    form = a_form(**{"comment": TEXT, "comment_post_ID": thread.id, **fields})

    response = send(client, form)

    page = read(response)
    assert response.status_code == 422
    assert page.heading == "Your reply was not sent"
    assert says in page.one("span", id=f"{at}-mistake").text
    assert page.one("textarea" if at == "comment" else "input", id=at).attributes["aria-describedby"] == f"{at}-mistake"
    kept = {name: value.replace("\0", "").replace("\r\n", "\n") for name, value in form.items() if name != "submit"}
    assert {name: page.fields()[name] for name in kept} == kept
    assert page.one("a", href=ARTICLE).text == "Back to the article"
    assert count_of(services, thread) == 0


def test_all_mistakes_are_named_at_once(client, thread):
    response = send(client, a_form(comment="", author="", email="x", url="my blog", comment_post_ID=thread.id))

    page = read(response)
    listed = [link.attributes["href"] for link in page.all("a") if (link.attributes["href"] or "").startswith("#")]
    assert listed == ["#comment", "#author", "#email", "#url"]


def test_the_corrected_form_of_the_error_page_is_accepted(client, services, site, thread):
    first = a_received_reply(services, site, thread_id=thread.id)
    refused = send(client, a_form(comment=TEXT, email="ada", comment_post_ID=thread.id, comment_parent=first.reply_id))

    corrected = {**read(refused).fields(), "email": "ada@example.org"}
    response = send(client, corrected)

    reply = stored(services, stored_by(services, response))
    assert (reply.text, reply.parent_id) == (TEXT, first.reply_id)


def test_what_was_typed_is_shown_as_text_and_never_runs(client, thread):
    attack = '</textarea><script>alert(1)</script>" onfocus="x'

    response = send(client, a_form(comment=attack, author=attack, email=attack, url=attack, comment_post_ID=thread.id))

    page = read(response)
    assert not page.all("script")
    assert not [e for e in page.elements if any(name.startswith("on") for name in e.attributes)]
    assert page.fields()["comment"] == attack


@pytest.mark.parametrize("parent", ["17", "-1", "abc", "\0", "00000000-0000-0000-0000-000000000000", "1" * 500])
def test_a_parent_that_is_not_there_lets_the_reply_stand_by_itself(client, services, thread, parent):
    refused = send(client, a_form(comment=TEXT, comment_post_ID=thread.id, comment_parent=parent))

    page = read(refused)
    assert refused.status_code == 422
    assert "no longer there" in page.one("main").text
    assert stored(services, stored_by(services, send(client, page.fields()))).text == TEXT


def test_a_parent_under_another_article_is_refused_in_the_readers_words(client, services, site, thread):
    elsewhere = a_received_reply(services, site, thread_url="https://news.example/other/")

    response = send(client, a_form(comment_post_ID=thread.id, comment_parent=elsewhere.reply_id))

    assert response.status_code == 422
    assert "no longer there" in read(response).one("main").text


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"comment_post_ID": "17"},
        {"comment_post_ID": "-1"},
        {"comment_post_ID": "\0"},
        {"comment_post_ID": "٣"},
        {"comment_post_ID": "9" * 5000},
        {"comment_post_ID": "00000000-0000-0000-0000-000000000000"},
        {"thread_url": "not an address"},
        {"thread_url": "ftp://news.example/"},
        {"thread_url": "http://["},
        {"thread_url": "https://news.example/\0"},
        {"thread_url": "https://news.example/" + "x" * 3000},
        {"thread_url": "https://news.example/" + "é" * 1000},
        {"site": "site_unknown", "thread_url": ARTICLE},
        {"site": "\0", "thread_url": ARTICLE},
        {"site": "x" * 5000, "thread_url": ARTICLE},
        {"site": "", "thread_url": ARTICLE},
    ],
    ids=str,
)
def test_a_form_that_names_no_article_is_refused_and_the_text_can_be_copied(client, site, fields):
    response = send(client, a_form(**{"site": site.site_key, "comment": TEXT, **fields}))

    page = read(response)
    assert response.status_code in (404, 422)
    assert page.one("textarea", id="kept").text.removeprefix("\n") == TEXT
    assert not page.all("form")
    assert "site key" not in page.one("main").text


def test_a_closed_thread_refuses_and_keeps_the_text_to_be_copied(client, services, site, thread):
    manage_threads.set_closed(services, site.id, thread.id, closed=True)

    response = send(client, a_form(comment=TEXT, comment_post_ID=thread.id))

    page = read(response)
    assert (response.status_code, page.heading) == (403, "Replies are closed")
    assert page.one("textarea", id="kept").text.removeprefix("\n") == TEXT
    assert page.one("a", href=ARTICLE)


def test_a_duplicate_is_refused_and_can_be_changed_and_sent(client, services, thread, clock):
    form = a_form(comment=TEXT, comment_post_ID=thread.id)
    send(client, form)
    clock.advance(20)

    response = send(client, form)

    page = read(response)
    assert (response.status_code, page.heading) == (409, "You have said that already")
    assert page.fields()["comment"] == TEXT
    clock.advance(20)
    assert send(client, {**page.fields(), "comment": TEXT + " And more."}).status_code == 302


def test_a_reader_who_is_too_fast_is_told_when_to_send_it_again(client, services, thread, clock):
    form = a_form(comment_post_ID=thread.id)
    send(client, form)
    clock.advance(5)

    response = send(client, {**form, "comment": TEXT})

    page = read(response)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "10")
    assert "10 seconds" in page.one("main").text
    clock.advance(10)
    assert send(client, page.fields()).status_code == 302


def test_an_overloaded_service_keeps_the_text_and_says_when(services, thread):
    behind = replace(services, backlog_seconds=Remembered(lambda _: 90.0, seconds=0))
    client = create_app(behind).test_client()

    response = send(client, a_form(comment=TEXT, comment_post_ID=thread.id))

    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
    assert read(response).fields()["comment"] == TEXT


@pytest.mark.parametrize(
    ("fault", "status"),
    [(OperationalError("SELECT", {}, Exception("database is locked")), 503), (RuntimeError("a bug"), 500)],
    ids=["database away", "bug"],
)
def test_a_fault_of_ours_keeps_the_text(services, thread, monkeypatch, fault, status):
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr("service.web.forms.receive", fail)

    response = send(create_app(services).test_client(), a_form(comment=TEXT, comment_post_ID=thread.id))

    page = read(response)
    assert response.status_code == status
    assert page.fields()["comment"] == TEXT
    assert page.fields()["comment_post_ID"] == thread.id


def test_a_database_that_goes_away_after_the_reply_was_stored_does_not_unsay_it(services, thread, monkeypatch):
    def fail(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("database is locked"))

    monkeypatch.setattr("service.usecases.publish.wait_for_verdict", fail)

    response = send(create_app(services).test_client(), a_form(comment_post_ID=thread.id))

    assert stored(services, stored_by(services, response)).status == Status.PENDING


# --- What is hardly a form


@pytest.mark.parametrize("escape", ["caf%E9", "%ED%A0%80", "%FF%FE", "%C0%80"])
def test_what_is_not_utf8_is_refused_and_kept_as_far_as_it_can_be_read(client, thread, escape):
    body = f"comment={escape}+at+last&author=Ada&email=ada%40example.org&comment_post_ID={thread.id}"

    response = client.post(FORM, data=body, content_type="application/x-www-form-urlencoded")

    assert response.status_code == 400
    assert "UTF-8" in read(response).one("main").text
    assert "at last" in read(response).fields()["comment"]


_MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 404),
        (b"%", "application/x-www-form-urlencoded", 404),
        (b"&&&==&=;", "application/x-www-form-urlencoded", 404),
        (b"--x\r\nbroken", _MULTIPART, 404),
        (b"--x", "multipart/form-data", 404),
        (b"--x\r\nContent-Disposition: form-data; name=comment\r\n\r\n\xff\r\n--x--", _MULTIPART, 400),
        (b"{}", "application/json", 415),
        (b"a=b", "text/plain", 415),
        (b"a=b", "", 415),
        (b"comment=" + b"x" * 600_000, "application/x-www-form-urlencoded", 413),
    ],
    ids=["nothing", "percent", "separators", "cut off", "no boundary", "bytes", "json", "text", "no type", "too large"],
)
def test_what_is_no_form_gets_a_page_with_a_sentence(client, body, kind, status):
    response = client.post(FORM, data=body, content_type=kind)

    page = read(response)
    assert response.status_code == status
    assert len(page.one("main").text.split()) > 6


# --- What the browser remembers


def test_with_consent_the_browser_remembers_and_without_it_forgets(client, services, site, thread, clock):
    form = a_form(author="Zoë", email="Zoe@Example.org", url="zoe.example", comment_post_ID=thread.id)
    mark = site.id.replace("-", "")

    send(client, {**form, "wp-comment-cookies-consent": "yes"})

    cookies = {name: client.get_cookie(f"{name}_{mark}") for name in _COOKIES}
    assert {name: cookie and cookie.decoded_value for name, cookie in cookies.items()} == {
        "comment_author": "Zoë",
        "comment_author_email": "zoe@example.org",
        "comment_author_url": "zoe.example",
    }
    assert all(cookie and cookie.http_only and cookie.same_site == "Lax" for cookie in cookies.values())

    clock.advance(60)
    send(client, {**form, "comment": "Another."})

    assert not [name for name in _COOKIES if client.get_cookie(f"{name}_{mark}")]


_COOKIES = ("comment_author", "comment_author_email", "comment_author_url")


def test_the_address_a_reader_gave_is_nowhere_in_the_database(services, thread, client):
    send(client, a_form(email="very.secret@example.org", comment_post_ID=thread.id))

    with services.database.reading() as tx:
        rows = tx.exec_driver_sql("SELECT * FROM replies").all() + tx.exec_driver_sql("SELECT * FROM authors").all()
    assert rows
    assert "very.secret" not in repr(rows)
