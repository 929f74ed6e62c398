"""Moderators' programs: sign in, see what is held, decide, undo, look back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.services import Services
from service.storage.database import Database
from service.storage.moderators import Moderator
from service.storage.sites import Site
from service.usecases import manage_sites, score, upkeep
from tests.factories import a_moderator, make_services
from tests.fakes import CLEAN, DOUBTFUL, NOON, TOXIC, FakeScorer, FixedClock, RecordingQueue
from tests.web.conftest import a_session
from tests.web.publisher import Publisher, accepted, problem

SESSIONS = "/api/v1/moderation/sessions"
QUEUE = "/api/v1/moderation/replies"
UNKNOWN_ID = "01a20be7-1e47-73d8-8b90-2de615430a00"
PASSWORD = "correct horse battery staple"


class Desk:
    """A moderator's program: shows a session's token and knows the addresses."""

    def __init__(self, client: FlaskClient, token: str, site: Site) -> None:
        self.client = client
        self.site = site
        self.authorization = {"Authorization": f"Bearer {token}"}

    def queue(self, **query: Any) -> TestResponse:
        return self.client.get(QUEUE, query_string={"site": self.site.name, **query}, headers=self.authorization)

    def decide(self, reply_id: str, action: str, **more: Any) -> TestResponse:
        return self.client.post(
            f"{QUEUE}/{reply_id}/decisions", json={"action": action, **more}, headers=self.authorization
        )

    def look(self, reply_id: str) -> dict[str, Any]:
        response = self.client.get(f"{QUEUE}/{reply_id}", headers=self.authorization)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json
        return found

    def sign_out(self) -> TestResponse:
        return self.client.delete(SESSIONS, headers=self.authorization)


@pytest.fixture
def desk(client: FlaskClient, moderator_token: str, site: Site) -> Desk:
    return Desk(client, moderator_token, site)


@pytest.fixture
def decided(publisher: Publisher, services: Services, scorer: FakeScorer) -> Callable[..., str]:
    """Hands in a reply and has it judged by these scores; returns its id."""

    def hand_in(scores: dict[str, float] = DOUBTFUL, **changes: Any) -> str:
        scorer.default = scores
        reply_id = accepted(publisher.hand_in(**changes))["id"]
        score.score_pending(services)
        return str(reply_id)

    return hand_in


def decision(response: TestResponse) -> dict[str, Any]:
    """The reply as it stands after a decision that was taken."""
    assert response.status_code == 200, response.text
    reply: dict[str, Any] = response.json
    return reply


@pytest.fixture(scope="module")
def registered(database_url: str) -> tuple[str, str]:
    """The address of a moderator with a password, and the site's name; hashing one takes its time."""
    services = make_services(Database(database_url))
    manage_sites.create_site(services, name="signing-in", title="Signing in")
    manage_sites.add_moderator(
        services, email="Mo@News.example", name="Mo", password=PASSWORD, site_names=["signing-in"]
    )
    services.database.close()
    return "mo@news.example", "signing-in"


class TestSigningIn:
    @pytest.mark.parametrize("spelling", ["mo@news.example", " MO@news.EXAMPLE "], ids=["as is", "in capitals"])
    def test_the_right_password_opens_a_session(
        self, client: FlaskClient, registered: tuple[str, str], spelling: str
    ) -> None:
        answer = client.post(SESSIONS, json={"email": spelling, "password": PASSWORD})

        assert answer.status_code == 201
        assert answer.json["expires_at"] == "2026-11-25T00:00:00+00:00"
        queue = client.get(
            QUEUE,
            query_string={"site": registered[1]},
            headers={"Authorization": f"Bearer {answer.json['token']}"},
        )
        assert queue.status_code == 200

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            pytest.param("mo@news.example", "wrong", id="wrong password"),
            pytest.param("mo@news.example", "", id="empty password"),
            pytest.param("mo@news.example", PASSWORD.upper(), id="in capitals"),
            pytest.param("mo@news.example", "p" * 100_000, id="a very long password"),
            pytest.param("mo@news.example", "\0", id="NUL"),
            pytest.param("nobody@news.example", PASSWORD, id="unknown person"),
            pytest.param("", PASSWORD, id="nobody"),
            pytest.param("' OR 1=1 --", PASSWORD, id="injection"),
        ],
    )
    def test_anything_else_is_refused_in_the_same_words(
        self, client: FlaskClient, registered: tuple[str, str], email: str, password: str
    ) -> None:
        answer = client.post(SESSIONS, json={"email": email, "password": password})

        document = problem(answer, 401, "bad_credentials")
        assert document["detail"] == "This email address and password do not belong together."

    def test_an_unknown_person_takes_as_long_as_a_wrong_password(
        self, client: FlaskClient, registered: tuple[str, str]
    ) -> None:
        def fastest(email: str) -> float:
            times = []
            for _ in range(3):
                began = time.process_time()
                client.post(SESSIONS, json={"email": email, "password": "wrong"})
                times.append(time.process_time() - began)
            return min(times)

        known, unknown = fastest("mo@news.example"), fastest("nobody@news.example")

        assert 0.5 < known / unknown < 2

    @pytest.mark.parametrize(
        "body",
        [{}, {"email": "mo@news.example"}, {"email": 1, "password": 2}, {"email": "a\0", "password": "x"}],
        ids=["nothing", "no password", "numbers", "NUL"],
    )
    def test_what_is_not_valid_is_named(self, client: FlaskClient, body: dict[str, Any]) -> None:
        problem(client.post(SESSIONS, json=body), 422, "invalid_fields")


class TestSessions:
    def test_a_session_ends_when_the_moderator_signs_out(self, desk: Desk) -> None:
        assert desk.queue().status_code == 200

        signed_out = desk.sign_out()

        assert (signed_out.status_code, signed_out.data) == (204, b"")
        problem(desk.queue(), 401, "bad_credentials")

    def test_a_session_ends_after_its_hours(self, desk: Desk, clock: FixedClock, services: Services) -> None:
        clock.advance(12 * 3600 - 1)
        assert desk.queue().status_code == 200

        clock.advance(1)

        assert "sign in again" in problem(desk.queue(), 401, "bad_credentials")["detail"]
        upkeep.drop_what_is_past_its_date(services)
        problem(desk.queue(), 401, "bad_credentials")

    @pytest.mark.parametrize(
        "headers",
        [{}, {"Authorization": "Bearer unknown"}, {"Authorization": "Bearer ü"}, {"Authorization": "Basic YTpi"}],
        ids=["missing", "unknown", "Latin-1", "Basic"],
    )
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", f"{QUEUE}?site=courier"),
            ("GET", f"{QUEUE}/{UNKNOWN_ID}"),
            ("POST", f"{QUEUE}/{UNKNOWN_ID}/decisions"),
            ("DELETE", SESSIONS),
        ],
        ids=["queue", "history", "decision", "sign out"],
    )
    def test_nothing_is_done_without_a_session(
        self, client: FlaskClient, method: str, path: str, headers: dict[str, str]
    ) -> None:
        problem(client.open(path, method=method, headers=headers), 401, "bad_credentials")

    def test_an_api_key_is_no_session_and_a_session_no_api_key(
        self, client: FlaskClient, site: Site, api_key: str, moderator_token: str
    ) -> None:
        problem(Desk(client, api_key, site).queue(), 401, "bad_credentials")
        problem(Publisher(client, moderator_token).hand_in(), 401, "bad_credentials")


class TestQueue:
    def test_a_held_reply_is_shown_with_what_a_moderator_needs(self, desk: Desk, decided: Callable[..., str]) -> None:
        reply_id = decided(text="You might be wrong.", author={"name": "Bo", "email": "bo@example.org"})

        (reply,) = desk.queue().json["replies"]

        assert reply["id"] == reply_id
        assert (reply["text"], reply["author"]["name"], reply["status"]) == ("You might be wrong.", "Bo", "held")
        assert (reply["rule"], reply["scores"], reply["model"]) == ("likely-toxic", DOUBTFUL, "fake-1")
        assert reply["version"] == 2
        assert not {"email", "email_hash", "ip", "ip_hash", "ip_prefix", "user_agent"} & set(reply)

    def test_pages_follow_each_other_oldest_first(self, desk: Desk, decided: Callable[..., str]) -> None:
        ids = [decided() for _ in range(7)]
        seen, cursor = [], None
        while True:
            page = desk.queue(limit=3, **({"cursor": cursor} if cursor else {})).json
            seen.append([reply["id"] for reply in page["replies"]])
            cursor = page["next"]
            if cursor is None:
                break

        assert seen == [ids[:3], ids[3:6], ids[6:]]

    @pytest.mark.parametrize(
        ("status", "scores"), [("held", DOUBTFUL), ("approved", CLEAN), ("rejected", TOXIC)], ids=lambda each: str(each)
    )
    def test_each_status_has_its_list(
        self, desk: Desk, decided: Callable[..., str], status: str, scores: dict[str, float]
    ) -> None:
        ids = {name: decided(each) for name, each in (("held", DOUBTFUL), ("approved", CLEAN), ("rejected", TOXIC))}

        assert [reply["id"] for reply in desk.queue(status=status).json["replies"]] == [ids[status]]

    @pytest.mark.parametrize(
        ("query", "status", "code"),
        [
            pytest.param({"status": "erased"}, 422, "invalid_fields", id="status"),
            pytest.param({"limit": 0}, 422, "invalid_fields", id="limit"),
            pytest.param({"cursor": "junk"}, 400, "bad_cursor", id="cursor"),
            pytest.param({"site": "nowhere"}, 404, "unknown_site", id="unknown site"),
            pytest.param({"site": "\0"}, 422, "invalid_fields", id="NUL"),
        ],
    )
    def test_a_list_that_is_not_valid_is_refused(
        self, desk: Desk, query: dict[str, Any], status: int, code: str
    ) -> None:
        problem(desk.queue(**query), status, code)


class TestDecisions:
    @pytest.mark.parametrize(
        ("scores", "action", "after"),
        [
            pytest.param(DOUBTFUL, "approve", "approved", id="held, approved"),
            pytest.param(DOUBTFUL, "reject", "rejected", id="held, rejected"),
            pytest.param(CLEAN, "reject", "rejected", id="approved, rejected"),
            pytest.param(CLEAN, "hold", "held", id="approved, held"),
            pytest.param(TOXIC, "approve", "approved", id="rejected, approved"),
            pytest.param(TOXIC, "hold", "held", id="rejected, held"),
        ],
    )
    def test_a_moderator_decides(
        self, desk: Desk, decided: Callable[..., str], scores: dict[str, float], action: str, after: str
    ) -> None:
        reply = decision(desk.decide(decided(scores), action, version=2))

        assert (reply["status"], reply["version"], reply["rule"]) == (after, 3, action)
        assert reply["decided_at"] == NOON.isoformat()

    def test_what_is_approved_is_published(self, desk: Desk, decided: Callable[..., str], client: FlaskClient) -> None:
        reply_id = decided()
        thread = desk.look(reply_id)["reply"]["thread"]["id"]

        desk.decide(reply_id, "approve")

        page = client.get(f"/api/v1/threads/{thread}/replies").json
        assert [reply["id"] for reply in page["replies"]] == [reply_id]

    def test_a_decision_without_a_version_takes_what_there_is(self, desk: Desk, decided: Callable[..., str]) -> None:
        reply_id = decided()
        desk.decide(reply_id, "approve")

        assert decision(desk.decide(reply_id, "reject"))["status"] == "rejected"

    def test_a_stale_decision_names_who_was_first_and_what_it_is_now(
        self, desk: Desk, decided: Callable[..., str], client: FlaskClient, services: Services, site: Site
    ) -> None:
        reply_id = decided()
        other = Desk(client, a_session(services, a_moderator(services, site, name="Zoë")), site)
        decision(other.decide(reply_id, "reject", version=2))

        document = problem(desk.decide(reply_id, "approve", version=2), 409, "stale_decision")

        assert (document["current_status"], document["version"]) == ("rejected", 3)
        assert "rejected by Zoë at 12:00:00 UTC" in document["detail"]
        assert decision(desk.decide(reply_id, "approve", version=3))["status"] == "approved"

    @pytest.mark.parametrize(
        ("scores", "action"),
        [(CLEAN, "approve"), (DOUBTFUL, "hold"), (TOXIC, "reject")],
        ids=["approve approved", "hold held", "reject rejected"],
    )
    def test_a_move_to_where_it_is_already_is_refused(
        self, desk: Desk, decided: Callable[..., str], scores: dict[str, float], action: str
    ) -> None:
        document = problem(desk.decide(decided(scores), action), 409, "forbidden_move")

        assert "already" in document["detail"]

    @pytest.mark.parametrize("action", ["approve", "reject", "hold", "undo"])
    def test_a_reply_that_is_pending_is_left_to_the_policy(self, desk: Desk, publisher: Publisher, action: str) -> None:
        reply_id = accepted(publisher.hand_in())["id"]

        problem(desk.decide(reply_id, action), 409, "forbidden_move")

        assert desk.look(reply_id)["reply"]["status"] == "pending"

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param({}, id="nothing"),
            pytest.param({"action": "erase"}, id="unknown action"),
            pytest.param({"action": None}, id="null"),
            pytest.param({"action": "approve", "version": "2"}, id="version as text"),
            pytest.param({"action": "approve", "version": 2.5}, id="version with a fraction"),
            pytest.param({"action": "approve", "version": True}, id="version true"),
            pytest.param({"action": "approve", "note": "x" * 1001}, id="long note"),
            pytest.param({"action": "approve", "reason": "x" * 201}, id="long reason"),
            pytest.param({"action": "approve", "by": "me"}, id="unknown field"),
        ],
    )
    def test_a_decision_that_is_not_valid_is_refused(
        self, desk: Desk, decided: Callable[..., str], body: dict[str, Any]
    ) -> None:
        reply_id = decided()

        response = desk.client.post(f"{QUEUE}/{reply_id}/decisions", json=body, headers=desk.authorization)

        problem(response, 422, "invalid_fields")
        assert desk.look(reply_id)["reply"]["version"] == 2

    def test_a_huge_version_is_stale(self, desk: Desk, decided: Callable[..., str]) -> None:
        problem(desk.decide(decided(), "approve", version=10**18), 409, "stale_decision")

    def test_a_decision_tells_the_world_outside(
        self, desk: Desk, decided: Callable[..., str], queue: RecordingQueue
    ) -> None:
        reply_id = decided()
        before = len(queue.nudges)

        desk.decide(reply_id, "approve")

        assert len(queue.nudges) == before + 1


class TestUndo:
    def test_undo_takes_back_the_last_decision(self, desk: Desk, decided: Callable[..., str]) -> None:
        reply_id = decided()
        desk.decide(reply_id, "reject")

        undone = decision(desk.decide(reply_id, "undo"))

        assert (undone["status"], undone["version"]) == ("held", 4)

    def test_an_undo_can_be_undone(self, desk: Desk, decided: Callable[..., str]) -> None:
        reply_id = decided()
        desk.decide(reply_id, "reject")
        desk.decide(reply_id, "undo")

        assert decision(desk.decide(reply_id, "undo"))["status"] == "rejected"
        entries = desk.look(reply_id)["history"]
        assert [entry["after"] for entry in entries] == ["held", "rejected", "held", "rejected"]
        assert [entry["undoes"] for entry in entries] == [None, None, entries[1]["id"], entries[2]["id"]]

    def test_the_policys_decision_cannot_be_undone(self, desk: Desk, decided: Callable[..., str]) -> None:
        document = problem(desk.decide(decided(), "undo"), 409, "forbidden_move")

        assert "the policy decided" in document["detail"]

    def test_a_stale_undo_is_refused(self, desk: Desk, decided: Callable[..., str]) -> None:
        reply_id = decided()
        desk.decide(reply_id, "reject")

        problem(desk.decide(reply_id, "undo", version=2), 409, "stale_decision")


class TestOtherSites:
    @pytest.fixture
    def stranger(self, client: FlaskClient, services: Services, site: Site, other_site: Site) -> Desk:
        """A moderator of another site who asks for ours."""
        return Desk(client, a_session(services, a_moderator(services, other_site)), site)

    def test_the_queue_of_another_site_is_closed(self, stranger: Desk) -> None:
        assert "not a moderator of this site" in problem(stranger.queue(), 403, "not_allowed")["detail"]

    @pytest.mark.parametrize("action", ["approve", "reject", "hold", "undo"])
    def test_a_reply_of_another_site_is_as_good_as_unknown(
        self, stranger: Desk, decided: Callable[..., str], desk: Desk, action: str
    ) -> None:
        reply_id = decided()

        problem(stranger.decide(reply_id, action), 404, "unknown_reply")

        assert desk.look(reply_id)["reply"]["version"] == 2

    def test_the_history_of_another_sites_reply_is_closed(self, stranger: Desk, decided: Callable[..., str]) -> None:
        response = stranger.client.get(f"{QUEUE}/{decided()}", headers=stranger.authorization)

        problem(response, 404, "unknown_reply")

    def test_a_moderator_of_two_sites_sees_each(
        self, client: FlaskClient, services: Services, site: Site, other_site: Site, decided: Callable[..., str]
    ) -> None:
        token = a_session(services, a_moderator(services, site, other_site))
        reply_id = decided()

        assert [each["id"] for each in Desk(client, token, site).queue().json["replies"]] == [reply_id]
        assert Desk(client, token, other_site).queue().json["replies"] == []


def test_the_history_says_who_decided_by_which_rules_and_figures(
    desk: Desk, decided: Callable[..., str], services: Services, site: Site, moderator: Moderator
) -> None:
    reply_id = decided(text="See https://a.example and https://b.example")
    desk.decide(reply_id, "reject", reason="spam", note="third time today")

    by_policy, by_hand = desk.look(reply_id)["history"]

    assert (by_policy["by"], by_policy["before"], by_policy["after"]) == ("policy", "pending", "held")
    assert (by_policy["model"], by_policy["policy_version"], by_policy["scores"]) == ("fake-1", 1, DOUBTFUL)
    assert [reason["rule"] for reason in by_policy["reasons"]] == ["likely-toxic", "many-links"]
    assert by_policy["reasons"][0]["figures"] == {"attribute": "toxicity", "score": 0.7, "threshold": 0.5}
    assert by_policy["reasons"][1]["says"] == "contains 2 links"
    assert (by_hand["by"], by_hand["actor"], by_hand["after"]) == (moderator.name, "moderator", "rejected")
    assert (by_hand["reasons"][0]["says"], by_hand["note"]) == ("spam", "third time today")
    assert by_hand["at"] == NOON.isoformat()


def test_the_history_names_the_version_of_the_policy_that_decided(
    desk: Desk, decided: Callable[..., str], services: Services, site: Site
) -> None:
    manage_sites.set_policy(services, site.name, 'otherwise = "reject"', by="tests")

    entry = desk.look(decided(CLEAN))["history"][0]

    assert (entry["policy_version"], entry["after"], entry["reasons"][0]["rule"]) == (2, "rejected", "otherwise")


def test_an_unknown_reply_has_no_history(desk: Desk) -> None:
    problem(desk.client.get(f"{QUEUE}/{UNKNOWN_ID}", headers=desk.authorization), 404, "unknown_reply")
