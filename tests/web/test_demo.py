"""The demo article: the thread below it, the form, the author's own look at a reply that waits."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from service.domain.preview import preview_hash
from service.services import Services
from service.storage.sites import Site
from service.storage.threads import Thread
from service.usecases import manage_sites, manage_threads, publish, score
from service.web.demo import TITLE
from service.web.demo.thread import DEEPEST, as_tree, how_long_ago
from tests.factories import a_received_reply, a_site, as_toml, stored
from tests.fakes import NOON
from tests.web.reader import Page, a_form, query_of, read, send

PREVIEW = "Your reply is awaiting moderation. This is a preview; it will be visible after it has been approved."


@pytest.fixture
def services(services: Services) -> Services:
    settings = replace(services.settings, form_wait_seconds=0.0, public_url="http://localhost")
    return replace(services, settings=settings)


@pytest.fixture
def site(services: Services) -> Site:
    return a_site(services, "demo")


@pytest.fixture
def thread(services: Services, site: Site) -> Thread:
    return publish.ensure_thread(services, site.id, "http://localhost/demo/", TITLE)


def approved(services: Services, site: Site, thread: Thread, **changes) -> str:
    reply_id = a_received_reply(services, site, thread_id=thread.id, **changes).reply_id
    score.score_pending(services)
    assert stored(services, reply_id).status == "approved"
    return reply_id


def look(client, **query: str) -> Page:
    response = client.get(f"/demo/?{urlencode(query)}" if query else "/demo/")
    assert response.status_code == 200
    return read(response)


def ids_of(page: Page) -> list[str]:
    return [(e.attributes["id"] or "").removeprefix("comment-") for e in page.all("article") if _is_reply(e)]


def _is_reply(element) -> bool:
    return (element.attributes.get("id") or "").startswith("comment-")


# --- The page


def test_an_article_without_replies_invites_the_first(client, site):
    page = look(client)

    assert page.heading == TITLE
    assert page.one("h2", id="thread-heading").text == "Be the first to comment"
    assert "Leave a Reply" in page.one("h3", id="respond-heading").text
    notes = " ".join(page.one("p", class_="notes").text.split())
    assert notes == "Your email address will not be published. Required fields are marked *"
    assert page.one("button").text == "Post Comment"


def test_the_form_has_wordpress_fields_in_wordpress_order(client, thread, site):
    named = [e.attributes["name"] for e in look(client).elements if e.attributes.get("name") and e.tag != "meta"]

    wanted = ["comment", "author", "email", "url", "wp-comment-cookies-consent"]
    hidden = ["comment_post_ID", "comment_parent"]
    assert [name for name in named if name in wanted] == wanted
    assert [name for name in named if name in hidden] == hidden


def test_every_field_has_a_label_and_the_trap_is_hidden_from_everybody(client, site):
    page = look(client)

    labelled = {label.attributes["for"] for label in page.all("label")}
    fields = [e for e in page.elements if e.tag in ("input", "textarea") and e.attributes.get("type") != "hidden"]
    assert {e.attributes["id"] for e in fields} == labelled
    trap = page.one("p", class_="trap")
    assert "hidden" in trap.attributes
    assert trap.attributes["aria-hidden"] == "true"
    assert page.one("textarea", name="ak_hp_textarea").attributes["tabindex"] == "-1"


def test_approved_replies_are_shown_under_those_they_answer(client, services, site, thread):
    first = approved(services, site, thread, author_name="Ada", author_url="https://ada.example/")
    second = approved(services, site, thread)
    answer = approved(services, site, thread, parent_id=first)

    page = look(client)

    assert page.one("h2", id="thread-heading").text == "3 replies"
    assert ids_of(page) == [first, answer, second]
    link = page.one("a", href="https://ada.example/")
    assert (link.text, link.attributes["rel"]) == ("Ada", "nofollow ugc noopener")
    assert page.all("time")[1].attributes["datetime"] == "2026-11-24T12:00:00+00:00"


def test_one_reply_is_counted_in_the_singular(client, services, site, thread):
    approved(services, site, thread)

    assert look(client).one("h2", id="thread-heading").text == "1 reply"


@pytest.mark.parametrize("scores", [{"toxicity": 0.7}, {"toxicity": 0.99}], ids=["held", "rejected"])
def test_what_is_not_approved_is_not_shown(client, services, site, thread, scorer, scores):
    scorer.default = scores
    a_received_reply(services, site, thread_id=thread.id, text="Nobody reads this.")
    score.score_pending(services)
    a_received_reply(services, site, thread_id=thread.id, text="Nor this, which is pending.")

    page = look(client)

    assert ids_of(page) == []
    assert "Nobody" not in page.one("body").text


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>hello",
        '<img src=x onerror="alert(1)"> hello',
        "</div></article><script>alert(1)</script>hello",
        '<a href="javascript:alert(1)">hello</a>',
        "<style>*{display:none}</style>hello",
        "<svg onload=alert(1)>hello",
        "{{ 7*7 }}{% raw %}hello",
    ],
)
def test_hostile_text_and_names_are_shown_without_running(client, services, site, thread, attack):
    approved(
        services, site, thread, text=attack, author_name=attack, author_url='https://x.example/" onclick="alert(1)'
    )

    page = look(client)

    assert not page.all("script")
    assert not page.all("style")
    assert not [e for e in page.elements if any(name.startswith("on") for name in e.attributes)]
    assert not [e for e in page.all("a") if (e.attributes.get("href") or "").startswith("javascript")]
    assert "hello" in page.one("article", class_="reply").text
    assert "49" not in page.one("article", class_="reply").text
    assert page.one("form")


def test_templates_call_nothing_safe_but_what_was_sanitised():
    templates = Path("service/web").rglob("*.html")

    unsafe = [line for file in templates for line in file.read_text().splitlines() if re.search(r"\|\s*safe", line)]

    assert [re.search(r"\{\{ (.+?) \}\}", line)[1] for line in unsafe] == ["as_html(node.reply.text)|safe"]


def test_no_page_needs_inline_style_or_script(client, services, site, thread):
    approved(services, site, thread)

    page = look(client)

    assert not [e for e in page.elements if e.tag in ("script", "style") or "style" in e.attributes]
    sources = [e.attributes.get("src") or e.attributes.get("href") for e in page.elements if e.tag in ("img", "link")]
    assert all(source and source.startswith("/static/") for source in sources)
    assert all(client.get(source).status_code == 200 for source in sources)


def test_without_a_demo_site_there_is_no_demo(client):
    response = client.get("/demo/")

    assert response.status_code == 404
    assert "civility site" not in response.get_data(as_text=True)


def test_the_thread_is_the_same_whatever_host_the_reader_came_by(client, services, site, thread):
    approved(services, site, thread)

    pages = [read(client.get("/demo/", headers={"Host": host})) for host in ("localhost", "other.example", "x:99")]

    assert {page.fields()["comment_post_ID"] for page in pages} == {thread.id}
    assert pages[1].fields()["redirect_to"] == "http://other.example/demo/"


# --- Answering


def test_the_reply_link_names_whom_it_answers_without_javascript(client, services, site, thread):
    first = approved(services, site, thread, author_name="Ada")

    link = look(client).one("a", aria_label="Reply to Ada")
    page = look(client, replytocom=first)

    assert link.attributes["href"] == f"/demo/?replytocom={first}#respond"
    assert page.one("h3", id="respond-heading").text == "Leave a Reply to Ada"
    assert page.fields()["comment_parent"] == first
    cancel = next(a for a in page.all("a") if a.text == "Cancel reply")
    assert cancel.attributes["href"] == f"/demo/#comment-{first}"


def test_an_answer_sent_from_the_page_stands_under_its_parent(client, services, site, thread):
    first = approved(services, site, thread)
    other = approved(services, site, thread)
    fields = look(client, replytocom=first).fields()

    send(client, {**a_form(), **{name: fields[name] for name in ("comment_post_ID", "comment_parent", "redirect_to")}})
    score.score_pending(services)

    page = look(client)
    ids = ids_of(page)
    assert [ids[0], ids[2]] == [first, other]
    assert stored(services, ids[1]).parent_id == first


@pytest.mark.parametrize("junk", ["1", "x" * 3000, "\0", "00000000-0000-0000-0000-000000000000"])
def test_a_reply_link_to_nothing_is_the_plain_form(client, services, site, thread, junk):
    approved(services, site, thread)

    assert look(client, replytocom=junk).fields()["comment_parent"] == "0"


def test_deep_conversations_stay_in_reach_of_a_phone(client, services, site, thread):
    chain = [approved(services, site, thread, author_name="Reader 0")]
    for number in range(1, 60):
        chain.append(approved(services, site, thread, parent_id=chain[-1], author_name=f"Reader {number}"))

    page = look(client)

    assert ids_of(page) == chain
    assert len(page.all("ol", class_="answers")) == DEEPEST
    assert " ".join(page.all("span", class_="reply-to")[-1].text.split()) == "in answer to Reader 58"


def test_an_answer_to_what_was_taken_away_stands_by_itself_and_says_so(services, site, thread):
    first = stored(services, approved(services, site, thread))
    answer = stored(services, approved(services, site, thread, parent_id=first.id))

    (alone,) = as_tree([answer])

    assert alone.is_torn_off
    assert not as_tree([first, answer])[0].answers[0].is_torn_off


def test_a_closed_thread_shows_its_replies_and_no_form(client, services, site, thread):
    approved(services, site, thread)
    manage_threads.set_closed(services, site.id, thread.id, closed=True)

    page = look(client)

    assert page.one("p", class_="closed").text == "Replies are closed."
    assert not page.all("form")
    assert not [a for a in page.all("a") if a.text == "Reply"]
    assert len(ids_of(page)) == 1


# --- The author's own preview


def sent(client, thread: Thread, **fields: str) -> dict[str, str]:
    response = send(client, a_form(comment_post_ID=thread.id, **fields))
    assert response.status_code == 302
    return query_of(response.location)


def test_the_author_sees_the_own_reply_in_its_place_while_it_waits(client, services, site, thread):
    first = approved(services, site, thread)
    second = approved(services, site, thread)

    page = look(client, **sent(client, thread, comment="Mine.", comment_parent=first))

    mine = page.one("article", class_="reply waiting")
    assert PREVIEW in mine.text
    assert "Mine." in mine.text
    assert ids_of(page) == [first, mine.attributes["id"].removeprefix("comment-"), second]
    assert page.one("h2", id="thread-heading").text == "2 replies"
    assert "Mine." not in look(client).one("body").text


def test_the_first_reply_is_previewed_where_there_is_no_other(client, thread, site):
    page = look(client, **sent(client, thread))

    assert page.one("h2", id="thread-heading").text == "Be the first to comment"
    assert PREVIEW in page.one("article", class_="reply waiting").text


def test_an_approved_reply_is_no_longer_marked_as_a_preview(client, services, site, thread):
    query = sent(client, thread)
    score.score_pending(services)

    page = look(client, **query)

    assert ids_of(page) == [query["unapproved"]]
    assert PREVIEW not in page.one("body").text


def test_the_preview_ends_after_a_while(client, thread, site, clock):
    query = sent(client, thread)
    clock.advance(601)

    assert ids_of(look(client, **query)) == []


@pytest.mark.parametrize(
    ("reply_id", "given"),
    [("{id}", "0" * 32), ("{id}", "é"), ("{id}", ""), ("junk", "{hash}"), ("\0", "{hash}"), ("", "{hash}"),
     ("00000000-0000-0000-0000-000000000000", "{hash}")],
)  # fmt: skip
def test_a_wrong_key_opens_no_preview(client, thread, site, reply_id, given):
    query = sent(client, thread)
    values = {"id": query["unapproved"], "hash": query["moderation-hash"]}

    tried = {"unapproved": reply_id.format_map(values), "moderation-hash": given.format_map(values)}

    assert ids_of(look(client, **tried)) == []


def test_a_preview_of_a_reply_elsewhere_is_not_shown_here(client, services, site, thread):
    receipt = a_received_reply(services, site, thread_url="https://news.example/other/")
    key = preview_hash(services.secret_key, receipt.reply_id, receipt.received_at)

    assert ids_of(look(client, **{"unapproved": receipt.reply_id, "moderation-hash": key})) == []


# --- Many replies


@pytest.fixture
def many(services, site, thread) -> list[str]:
    """205 approved replies."""
    services = replace(services, settings=replace(services.settings, api_flood_replies=1000))
    ids = [a_received_reply(services, site, thread_id=thread.id).reply_id for _ in range(205)]
    clean = {"name": "clean", "when": "scores_below", "below": {"toxicity": 0.5}, "then": "approve"}
    manage_sites.set_policy(services, site.name, as_toml(clean), by="tests")
    score.score_pending(services)
    return ids


def test_more_than_a_page_continues_behind_a_link(client, many):
    first = look(client)
    more = next(a for a in first.all("a") if a.text == "More replies")
    second = read(client.get(more.attributes["href"].partition("#")[0]))

    assert first.one("h2", id="thread-heading").text == "205 replies"
    assert ids_of(first) + ids_of(second) == many
    assert not [a for a in second.all("a") if a.text == "More replies"]
    assert first.fields()["redirect_to"] == "http://localhost/demo/?order=newest"


def test_the_newest_come_first_on_request(client, many):
    page = look(client, order="newest")

    assert ids_of(page) == many[:4:-1]
    assert (
        f"order=newest&replytocom={many[-1]}#respond" in page.all("a", aria_label="Reply to Ada")[0].attributes["href"]
    )


@pytest.mark.parametrize("junk", ["1", "zzz", "\0", "x" * 3000])
def test_a_broken_cursor_is_answered_with_a_sentence(client, site, junk):
    response = client.get("/demo/", query_string={"after": junk})

    assert response.status_code == 400
    assert len(read(response).one("main").text.split()) > 5


# --- What the browser remembers; times


def test_the_form_is_filled_with_what_the_browser_remembers(client, thread, site):
    form = a_form(author="Zoë", email="zoe@example.org", comment_post_ID=thread.id)
    send(client, {**form, "wp-comment-cookies-consent": "yes"})

    fields = look(client).fields()

    assert (fields["author"], fields["email"], fields["comment"]) == ("Zoë", "zoe@example.org", "")
    assert fields["wp-comment-cookies-consent"] == "yes"


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (-3000, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86399, "23 hours ago"),
        (86400, "23 November 2026 at 12:00 UTC"),
    ],
)
def test_times_are_near_or_dated(seconds, says):
    assert how_long_ago(NOON - timedelta(seconds=seconds), NOON) == says
