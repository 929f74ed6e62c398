"""For operators: health in sentences, figures for Prometheus, dead letters."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from service.outgoing.outcome import Attempt
from service.services import Services
from service.storage.database import Database
from service.storage.upkeep import beat
from service.usecases import deliver, score
from tests.factories import make_services
from tests.fakes import DOUBTFUL, FakeScorer, FixedClock, RecordingOutgoing, RecordingQueue
from tests.running import ROOT, plain_environment
from tests.web.publisher import Publisher, accepted, problem

UNKNOWN_ID = "01a20be7-1e47-73d8-8b90-2de615430a00"
LETTERS = "/ops/dead-letters"


@pytest.fixture
def publisher(client: FlaskClient, api_key: str) -> Publisher:
    return Publisher(client, api_key)


def a_worker_beats(services: Services) -> None:
    with services.database.writing() as tx:
        beat(tx, role="worker", name="w1", now=services.clock())


class TestHealth:
    def test_a_process_that_answers_is_live(self, client: FlaskClient) -> None:
        answer = client.get("/health/live")

        assert (answer.status_code, answer.json) == (200, {"status": "live"})
        assert answer.headers["Cache-Control"] == "no-store"

    def test_it_is_ready_when_everything_works(self, client: FlaskClient, services: Services) -> None:
        a_worker_beats(services)

        answer = client.get("/health/ready")

        assert (answer.status_code, answer.json["status"]) == (200, "ready")
        assert [(each["name"], each["ok"]) for each in answer.json["checks"]] == [
            ("database", True),
            ("broker", True),
            ("worker", True),
            ("backlog", True),
        ]
        assert all(each["says"].endswith(".") for each in answer.json["checks"])

    def test_it_is_not_ready_before_a_worker_was_seen(self, client: FlaskClient) -> None:
        assert "No worker was ever seen: start one" in unwell(client)["worker"]

    def test_it_is_not_ready_when_the_worker_was_seen_long_ago(
        self, client: FlaskClient, services: Services, clock: FixedClock
    ) -> None:
        a_worker_beats(services)
        clock.advance(31)

        assert unwell(client) == {"worker": "A worker was seen 31 seconds ago: start one with `civility worker`."}

    def test_it_is_not_ready_while_the_broker_is_away(
        self, client: FlaskClient, services: Services, queue: RecordingQueue
    ) -> None:
        a_worker_beats(services)
        queue.reachable = False

        assert "replies are accepted and wait" in unwell(client)["broker"]

    def test_it_is_not_ready_while_the_oldest_pending_reply_is_too_old(
        self, client: FlaskClient, services: Services, publisher: Publisher, clock: FixedClock
    ) -> None:
        accepted(publisher.hand_in())
        clock.advance(61)
        a_worker_beats(services)

        assert "waits 61.0 seconds, more than 60" in unwell(client)["backlog"]

    def test_it_is_not_ready_while_the_database_is_away(self, app: Flask, client: FlaskClient) -> None:
        app.extensions["civility"] = make_services(Database("postgresql+psycopg://nobody:secret@127.0.0.1:1/none"))

        sentences = unwell(client)

        assert "does not answer" in sentences["database"]
        assert "secret" not in str(sentences)

    def test_it_is_live_even_then(self, app: Flask, client: FlaskClient) -> None:
        app.extensions["civility"] = make_services(Database("postgresql+psycopg://nobody@127.0.0.1:1/none"))

        assert client.get("/health/live").status_code == 200


def unwell(client: FlaskClient) -> dict[str, str]:
    """What /health/ready finds wrong, by name."""
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json["status"]) == (503, "not ready")
    return {each["name"]: each["says"] for each in answer.json["checks"] if not each["ok"]}


Figures = dict[tuple[str, tuple[str, ...]], float]


def figures_in(text: str) -> Figures:
    """Every sample by name and label values, as Prometheus would read them."""
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


class TestMetrics:
    @pytest.fixture
    def figures(self, client: FlaskClient) -> Callable[[], Figures]:
        def read() -> Figures:
            answer = client.get("/metrics")
            assert answer.status_code == 200
            assert answer.content_type.startswith("text/plain")
            return figures_in(answer.text)

        return read

    @pytest.fixture
    def risen(self, figures: Callable[[], Figures]) -> Callable[..., float]:
        """By how much a counter rose since the test began: other tests of this process count as well."""
        before = figures()

        def rise(name: str, *labels: str) -> float:
            return figures().get((name, labels), 0.0) - before.get((name, labels), 0.0)

        return rise

    def test_accepted_replies_are_counted_by_their_door(
        self, publisher: Publisher, risen: Callable[..., float]
    ) -> None:
        accepted(publisher.hand_in(key="a"))
        accepted(publisher.hand_in())

        assert risen("civility_replies_accepted_total", "api") == 2

    def test_a_replayed_reply_is_not_counted_again(self, publisher: Publisher, risen: Callable[..., float]) -> None:
        body = {"thread": {"url": "https://a.example/"}, "author": {"name": "A", "email": "a@b.example"}, "text": "x"}
        for _ in range(3):
            accepted(publisher.hand_in_body(body, key="same"))

        assert risen("civility_replies_accepted_total", "api") == 1

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            pytest.param({"text": ""}, "bad_text", id="by the rules"),
            pytest.param({"thread": {"id": UNKNOWN_ID}}, "unknown_thread", id="by what is stored"),
            pytest.param({"author": {}}, "invalid_fields", id="by the schema"),
        ],
    )
    def test_refused_replies_are_counted_by_code(
        self, publisher: Publisher, risen: Callable[..., float], changes: dict[str, Any], code: str
    ) -> None:
        publisher.hand_in(**changes)

        assert risen("civility_replies_refused_total", code) == 1

    def test_unreadable_and_unauthorised_replies_are_counted_as_refused(
        self, publisher: Publisher, client: FlaskClient, risen: Callable[..., float]
    ) -> None:
        publisher.send(b"{")
        Publisher(client, "unknown").hand_in()

        assert risen("civility_replies_refused_total", "broken_json") == 1
        assert risen("civility_replies_refused_total", "bad_credentials") == 1

    def test_refused_readings_are_no_refused_replies(self, client: FlaskClient, risen: Callable[..., float]) -> None:
        problem(client.get("/api/v1/threads/replies"), 422, "invalid_fields")

        assert risen("civility_replies_refused_total", "invalid_fields") == 0

    def test_decisions_are_counted_by_outcome_and_rule(
        self, publisher: Publisher, services: Services, scorer: FakeScorer, risen: Callable[..., float]
    ) -> None:
        accepted(publisher.hand_in())
        score.score_pending(services)
        scorer.default = DOUBTFUL
        accepted(publisher.hand_in())
        score.score_pending(services)

        assert risen("civility_replies_decided_total", "approved", "clean") == 1
        assert risen("civility_replies_decided_total", "held", "likely-toxic") == 1
        assert risen("civility_scored_texts_total") == 2
        assert risen("civility_scoring_seconds_count") >= 2
        assert risen("civility_decision_seconds_count") == 2

    def test_the_queues_age_is_read_when_asked_for(
        self, publisher: Publisher, services: Services, clock: FixedClock, figures: Callable[[], Figures]
    ) -> None:
        accepted(publisher.hand_in())
        a_worker_beats(services)
        clock.advance(7)
        waiting = figures()
        score.score_pending(services)
        decided = figures()

        assert (waiting["civility_pending_replies", ()], waiting["civility_oldest_pending_seconds", ()]) == (1, 7)
        assert (decided["civility_pending_replies", ()], decided["civility_oldest_pending_seconds", ()]) == (0, 0)
        assert waiting["civility_worker_seen_seconds", ()] == 7

    def test_the_outboxs_age_and_dead_letters_are_read_when_asked_for(
        self,
        publisher: Publisher,
        services: Services,
        clock: FixedClock,
        outgoing: RecordingOutgoing,
        figures: Callable[[], Figures],
    ) -> None:
        accepted(publisher.hand_in())
        score.score_pending(services)
        clock.advance(9)
        waiting = figures()
        outgoing.attempt = Attempt("gone", final=True)
        deliver.deliver_due(services)
        dead = figures()

        assert (waiting["civility_outbox_oldest_seconds", ()], waiting["civility_outbox_dead", ()]) == (9, 0)
        assert (dead["civility_outbox_oldest_seconds", ()], dead["civility_outbox_dead", ()]) == (0, 1)

    def test_requests_are_counted_by_route_not_by_path(
        self, client: FlaskClient, figures: Callable[[], Figures], risen: Callable[..., float]
    ) -> None:
        client.get(f"/api/v1/threads/{UNKNOWN_ID}/replies")
        client.get("/nowhere/at/all")

        assert risen("civility_http_request_seconds_count", "/api/v1/threads/<uuid:thread_id>/replies", "404") == 1
        assert risen("civility_http_request_seconds_count", "unknown", "404") == 1
        assert not any(UNKNOWN_ID in label or "nowhere" in label for _, labels in figures() for label in labels)


_COUNTING = """
import sys
from service.app import create_app
from service.storage.database import Database
from tests.factories import make_services
from tests.web.publisher import Publisher, accepted

client = create_app(make_services(Database(sys.argv[1]))).test_client()
for number in range(int(sys.argv[3])):
    accepted(Publisher(client, sys.argv[2]).hand_in(text=f"{number} of {sys.argv[3]}"))
print(client.get("/metrics").text)
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_processes_count_together(database_url: str, api_key: str, tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    environment = plain_environment(PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "metrics"), PYTHONPATH=str(ROOT))

    def count(replies: int) -> Figures:
        run = subprocess.run(
            [sys.executable, "-c", _COUNTING, database_url, api_key, str(replies)],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        return figures_in(run.stdout)

    first, second = count(2), count(3)

    accepted_by_api = ("civility_replies_accepted_total", ("api",))
    assert (first[accepted_by_api], second[accepted_by_api]) == (2, 5)
    assert second["civility_http_request_seconds_count", ("/api/v1/replies", "202")] == 5
    assert second["civility_pending_replies", ()] == 5
    assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ


class TestDeadLetters:
    OPERATOR = {"Authorization": "Bearer op_token"}  # noqa: RUF012

    @pytest.fixture
    def letter(
        self, publisher: Publisher, services: Services, outgoing: RecordingOutgoing, client: FlaskClient
    ) -> dict[str, Any]:
        """An event that could not be delivered."""
        accepted(publisher.hand_in())
        score.score_pending(services)
        outgoing.attempt = Attempt("410 Gone", final=True)
        deliver.deliver_due(services)
        (letter,) = client.get(LETTERS, headers=self.OPERATOR).json["dead_letters"]
        return dict(letter)

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", LETTERS), ("POST", f"{LETTERS}/again")], ids=["show", "again"]
    )
    @pytest.mark.parametrize(
        "authorization",
        [None, "Bearer wrong", "Bearer op_toke", "Bearer op_tokén", "Basic b3A6", "op_token"],
        ids=["none", "wrong", "cut", "Latin-1", "Basic", "no scheme"],
    )
    def test_they_need_the_operators_token(
        self, client: FlaskClient, method: str, path: str, authorization: str | None
    ) -> None:
        headers = {"Authorization": authorization} if authorization else {}

        problem(client.open(path, method=method, headers=headers, json={"ids": []}), 401, "bad_credentials")

    @pytest.mark.parametrize("whose", ["api_key", "moderator_token"])
    def test_the_keys_of_others_do_not_open_them(
        self, client: FlaskClient, whose: str, request: pytest.FixtureRequest
    ) -> None:
        token = request.getfixturevalue(whose)

        problem(client.get(LETTERS, headers={"Authorization": f"Bearer {token}"}), 401, "bad_credentials")

    def test_a_letter_says_what_went_wrong(self, letter: dict[str, Any]) -> None:
        assert set(letter) == {"id", "site_id", "reply_id", "type", "at", "attempts", "error"}
        assert (letter["type"], letter["error"], letter["attempts"]) == ("reply.approved", "410 Gone", 1)

    def test_a_letter_is_sent_again(
        self, client: FlaskClient, letter: dict[str, Any], services: Services, outgoing: RecordingOutgoing
    ) -> None:
        answer = client.post(f"{LETTERS}/again", json={"ids": [letter["id"], UNKNOWN_ID]}, headers=self.OPERATOR)
        outgoing.attempt = Attempt()
        outgoing.events.clear()
        deliver.deliver_due(services)

        assert (answer.status_code, answer.json) == (200, {"due_again": 1})
        assert [event.id for event in outgoing.events] == [letter["id"]]
        assert client.get(LETTERS, headers=self.OPERATOR).json == {"dead_letters": []}

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            pytest.param(b"", 400, id="no body"),
            pytest.param(b"[]", 400, id="a list"),
            pytest.param(b"{}", 422, id="no ids"),
            pytest.param(b'{"ids": []}', 422, id="empty"),
            pytest.param(b'{"ids": "all"}', 422, id="a word"),
            pytest.param(b'{"ids": ["1"]}', 422, id="junk"),
            pytest.param(b'{"ids": [null]}', 422, id="null"),
            pytest.param(b'{"all": true}', 422, id="unknown field"),
        ],
    )
    def test_what_is_not_valid_is_refused(self, client: FlaskClient, body: bytes, status: int) -> None:
        response = client.post(f"{LETTERS}/again", data=body, content_type="application/json", headers=self.OPERATOR)

        assert response.status_code == status
        assert response.content_type == "application/problem+json"
        assert len(response.json["detail"]) > 10
