"""Publishers hand in replies: what a good one becomes, and what a retry gets."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.services import Services
from service.storage.batching import GroupCommit
from service.storage.sites import Site
from service.usecases import score
from tests.factories import ARTICLE, stored
from tests.fakes import CLEAN, NOON, TOXIC, FakeScorer, FixedClock, RecordingQueue
from tests.web.publisher import INTAKE, Publisher, accepted, an_author, counted, problem, reply_body, row_of


def test_a_good_reply_is_stored_as_pending_and_gets_a_receipt(publisher: Publisher, services: Services) -> None:
    response = publisher.hand_in(text="At last a cycle lane.")

    receipt = accepted(response)
    assert set(receipt) == {"id", "status", "thread", "received_at", "status_url"}
    assert receipt["status"] == "pending"
    assert stored(services, receipt["id"]).text == "At last a cycle lane."


def test_a_good_reply_nudges_the_workers(publisher: Publisher, queue: RecordingQueue) -> None:
    accepted(publisher.hand_in())

    assert len(queue.nudges) == 1


def test_the_status_address_of_the_receipt_tells_where_the_reply_stands(
    publisher: Publisher, services: Services
) -> None:
    receipt = accepted(publisher.hand_in())
    path = receipt["status_url"].removeprefix(services.settings.public_url)

    status = publisher.client.get(path, headers=publisher.authorization)

    assert status.status_code == 200
    assert status.json["id"] == receipt["id"]
    assert status.json["status"] == "pending"
    assert status.json["automatic_decisions"] == 0


def test_the_status_names_the_rule_the_scores_and_the_versions_once_decided(
    publisher: Publisher, services: Services, scorer: FakeScorer
) -> None:
    receipt = accepted(publisher.hand_in(text="You are all idiots."))
    scorer.table["You are all idiots."] = TOXIC

    score.score_pending(services)

    status = publisher.status(receipt["id"]).json
    assert (status["status"], status["rule"]) == ("rejected", "toxic-beyond-doubt")
    assert status["scores"] == TOXIC
    assert (status["model"], status["policy_version"], status["automatic_decisions"]) == ("fake-1", 1, 1)


def test_many_replies_tell_their_status_in_one_request(publisher: Publisher) -> None:
    ids = [accepted(publisher.hand_in())["id"] for _ in range(3)]

    answer = publisher.client.get(INTAKE, query_string={"ids": ",".join(ids)}, headers=publisher.authorization)

    assert {each["id"] for each in answer.json["replies"]} == set(ids)


def test_a_thread_is_addressed_by_its_id_as_well(publisher: Publisher) -> None:
    thread = accepted(publisher.hand_in())["thread"]

    assert accepted(publisher.hand_in(thread={"id": thread}))["thread"] == thread


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://news.example/2026/11/new-bridge", id="no trailing slash"),
        pytest.param("http://news.example/2026/11/new-bridge/", id="http"),
        pytest.param("https://NEWS.example/2026/11/new-bridge/", id="host in capitals"),
        pytest.param("https://news.example:443/2026/11/new-bridge/", id="default port"),
        pytest.param("https://news.example/2026/11/new-bridge/#comments", id="fragment"),
        pytest.param("https://news.example/2026/11/new-bridge/?utm_source=x&fbclid=1", id="tracking"),
        pytest.param("https://news.example/2026/11/new%2Dbridge/", id="percent-encoded"),
        pytest.param("  https://news.example/2026/11/new-bridge/ ", id="spaces around"),
    ],
)
def test_every_spelling_of_an_address_is_the_same_thread(publisher: Publisher, url: str) -> None:
    first = accepted(publisher.hand_in(thread={"url": ARTICLE}))

    assert accepted(publisher.hand_in(thread={"url": url}))["thread"] == first["thread"]


def test_another_address_is_another_thread(publisher: Publisher) -> None:
    first = accepted(publisher.hand_in(thread={"url": ARTICLE}))

    assert accepted(publisher.hand_in(thread={"url": ARTICLE + "?page=2"}))["thread"] != first["thread"]


def test_the_same_address_on_another_site_is_another_thread(publisher: Publisher, other_publisher: Publisher) -> None:
    assert accepted(publisher.hand_in())["thread"] != accepted(other_publisher.hand_in())["thread"]


def test_the_first_title_names_the_thread(publisher: Publisher, services: Services, site: Site) -> None:
    accepted(publisher.hand_in(thread={"url": ARTICLE, "title": " The new\tbridge "}))

    page = publisher.client.get("/api/v1/threads/replies", query_string={"site": site.site_key, "url": ARTICLE})

    assert page.json["thread"]["title"] == "The new bridge"


def test_an_answer_remembers_its_parent(publisher: Publisher, services: Services) -> None:
    parent = accepted(publisher.hand_in())

    answer = accepted(publisher.hand_in(parent=parent["id"].upper()))

    assert stored(services, answer["id"]).parent_id == parent["id"]


def test_the_time_of_writing_is_kept_with_its_zone(publisher: Publisher, services: Services) -> None:
    receipt = accepted(publisher.hand_in(created_at="2026-11-20T09:30:00+02:00"))

    assert stored(services, receipt["id"]).created_at == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


def test_without_a_time_of_writing_it_is_that_of_receipt(publisher: Publisher, services: Services) -> None:
    receipt = accepted(publisher.hand_in())

    assert stored(services, receipt["id"]).created_at == NOON


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        pytest.param("203.0.113.77", "203.0.113.0/24", id="IPv4"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48", id="IPv6"),
        pytest.param("::ffff:203.0.113.77", "203.0.113.0/24", id="IPv4 in IPv6"),
    ],
)
def test_of_an_ip_only_the_network_is_kept(publisher: Publisher, services: Services, ip: str, network: str) -> None:
    receipt = accepted(publisher.hand_in(ip=ip, user_agent="Lynx/2.9"))

    row = row_of(services, receipt["id"])
    assert (row["ip_prefix"], row["user_agent"]) == (network, "Lynx/2.9")
    assert ip not in str(row)


def test_of_an_email_only_a_keyed_hash_is_kept(publisher: Publisher, services: Services) -> None:
    first = accepted(publisher.hand_in(author={"name": "Ada", "email": "Ada@Example.org"}))
    second = accepted(publisher.hand_in(author={"name": "Ada", "email": " ada@example.ORG "}))

    assert stored(services, first["id"]).author_id == stored(services, second["id"]).author_id


@pytest.mark.parametrize("field", ["parent", "ip", "user_agent", "created_at"])
def test_an_optional_field_may_be_null(publisher: Publisher, field: str) -> None:
    accepted(publisher.hand_in_body({**reply_body(), field: None}))


def test_the_address_may_end_with_a_slash(publisher: Publisher) -> None:
    answer = publisher.client.post(f"{INTAKE}/", json=reply_body(), headers=publisher.authorization)

    accepted(answer)


def test_ids_are_of_version_7_and_in_order_of_arrival(publisher: Publisher) -> None:
    ids = [accepted(publisher.hand_in())["id"] for _ in range(20)]

    assert {uuid.UUID(each).version for each in ids} == {7}
    assert ids == sorted(ids)


def test_a_text_at_the_limit_is_accepted(publisher: Publisher, services: Services) -> None:
    limit = services.settings.text_characters_at_most

    accepted(publisher.hand_in(text="ж" * limit))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("👍", id="an emoji alone"),
        pytest.param("👩\u200d👩\u200d👧", id="a joined emoji"),
        pytest.param("مرحبا بكم", id="Arabic"),
        pytest.param("שלום לכולם", id="Hebrew"),
        pytest.param("e\u0301t\u0301e\u0301", id="combining marks"),
        pytest.param("<3 & \"quotes\" 'and' more", id="markup characters"),
        pytest.param("line one\r\n\r\nline two", id="line breaks"),
        pytest.param("Robert'); DROP TABLE replies;--", id="Bobby Tables"),
        pytest.param("%s {0} ${x} \\u0000", id="placeholders"),
        pytest.param("\U0010ffff a noncharacter", id="the last code point"),
    ],
)
def test_text_of_every_kind_is_stored_as_written(publisher: Publisher, services: Services, text: str) -> None:
    receipt = accepted(publisher.hand_in(text=text))

    assert stored(services, receipt["id"]).text == text


def test_overrides_of_direction_are_accepted_and_shown_without_them(
    publisher: Publisher, services: Services, site: Site
) -> None:
    accepted(publisher.hand_in(text="safe \u202egnp.exe\u202c \u2066end\u2069", author=an_author(name="A\u202eda")))
    score.score_pending(services)

    page = publisher.client.get("/api/v1/threads/replies", query_string={"site": site.site_key, "url": ARTICLE})

    assert page.json["total"] == 1
    shown = page.json["replies"][0]
    assert (shown["text"], shown["author"]["name"]) == ("safe gnp.exe end", "Ada")
    assert not set("\u202e\u202c\u2066\u2069") & set(shown["html"])


class TestIdempotencyKeys:
    def test_a_retry_gets_the_first_answer(self, publisher: Publisher, services: Services, site: Site) -> None:
        body = reply_body()
        first = publisher.hand_in_body(body, key="retry-1")

        second = publisher.hand_in_body(body, key="retry-1")

        assert accepted(second) == accepted(first)
        assert "Idempotency-Replayed" not in first.headers
        assert second.headers["Idempotency-Replayed"] == "true"
        assert counted(services, site)["replies"] == 1

    def test_a_retry_after_the_verdict_gets_the_same_reply(self, publisher: Publisher, services: Services) -> None:
        body = reply_body()
        first = accepted(publisher.hand_in_body(body, key="late"))
        score.score_pending(services)

        second = accepted(publisher.hand_in_body(body, key="late"))

        assert second["id"] == first["id"]
        assert second["received_at"] == first["received_at"]

    def test_a_retry_under_a_new_key_is_a_duplicate(self, publisher: Publisher) -> None:
        body = reply_body()
        first = accepted(publisher.hand_in_body(body, key="one"))

        document = problem(publisher.hand_in_body(body, key="two"), 409, "duplicate_reply")

        assert document["reply_id"] == first["id"]

    def test_another_body_under_the_same_key_is_refused(
        self, publisher: Publisher, services: Services, site: Site
    ) -> None:
        accepted(publisher.hand_in(key="used"))

        document = problem(publisher.hand_in(key="used"), 422, "idempotency_key_reused")

        assert "new key" in document["detail"]
        assert counted(services, site)["replies"] == 1

    def test_the_same_key_on_another_site_is_another_reply(
        self, publisher: Publisher, other_publisher: Publisher
    ) -> None:
        body = reply_body()

        first, second = (accepted(each.hand_in_body(body, key="shared")) for each in (publisher, other_publisher))

        assert first["id"] != second["id"]

    @pytest.mark.parametrize("key", ["x", "k" * 255, "with spaces and ünïcode"], ids=["one", "255", "latin-1"])
    def test_a_key_of_1_to_255_printable_characters_is_taken(self, publisher: Publisher, key: str) -> None:
        body = reply_body()
        first = accepted(publisher.hand_in_body(body, key=key))

        assert accepted(publisher.hand_in_body(body, key=key))["id"] == first["id"]

    def test_retries_at_the_same_moment_create_one_reply(
        self, app: Flask, api_key: str, services: Services, site: Site
    ) -> None:
        body = reply_body()

        def hand_in(_: int) -> dict[str, Any]:
            return accepted(Publisher(app.test_client(), api_key).hand_in_body(body, key="all at once"))

        with ThreadPoolExecutor(8) as pool:
            receipts = list(pool.map(hand_in, range(24)))

        assert len({receipt["id"] for receipt in receipts}) == 1
        assert counted(services, site) == {"replies": 1, "pending": 1, "authors": 1}

    def test_retries_at_the_same_moment_at_two_web_processes_create_one_reply(
        self, app: Flask, api_key: str, services: Services, site: Site
    ) -> None:
        other = create_app(replace(services, intake=GroupCommit()))
        bodies = [reply_body() for _ in range(8)]

        def hand_in(turn: int) -> dict[str, Any]:
            client = (app, other)[turn % 2].test_client()
            return accepted(Publisher(client, api_key).hand_in_body(bodies[turn // 4], key=f"key {turn // 4}"))

        with ThreadPoolExecutor(8) as pool:
            receipts = list(pool.map(hand_in, range(32)))

        assert len({receipt["id"] for receipt in receipts}) == 8
        assert counted(services, site) == {"replies": 8, "pending": 8, "authors": 8}


def test_replies_at_the_same_moment_are_all_stored(app: Flask, api_key: str, services: Services, site: Site) -> None:
    def hand_in(_: int) -> str:
        return str(accepted(Publisher(app.test_client(), api_key).hand_in())["id"])

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(hand_in, range(64)))

    assert len(set(ids)) == 64
    assert counted(services, site)["replies"] == counted(services, site)["pending"] == 64


def test_a_thread_is_closed_and_reopened(publisher: Publisher, clock: FixedClock) -> None:
    thread = accepted(publisher.hand_in())["thread"]

    closed = publisher.close(thread).json
    refused = publisher.hand_in(thread={"id": thread})
    reopened = publisher.close(thread, closed=False).json

    assert (closed["closed"], reopened["closed"]) == (True, False)
    problem(refused, 403, "thread_closed")
    accepted(publisher.hand_in(thread={"id": thread}))


def test_a_reply_whose_thread_closes_before_the_verdict_is_held(
    publisher: Publisher, services: Services, scorer: FakeScorer
) -> None:
    scorer.default = CLEAN
    receipt = accepted(publisher.hand_in())
    publisher.close(receipt["thread"])

    score.score_pending(services)

    assert publisher.status(receipt["id"]).json["rule"] == "thread-closed-meanwhile"


def test_times_are_told_with_their_zone(publisher: Publisher) -> None:
    received = datetime.fromisoformat(accepted(publisher.hand_in())["received_at"])

    assert received.utcoffset() == timedelta(0)
