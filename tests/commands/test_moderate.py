"""`civility queue|approve|reject|hold|undo|history`: a moderator at a terminal."""

from __future__ import annotations

import re

import pytest

from service.services import Services
from service.storage.moderators import Moderator
from service.storage.sites import Site
from service.usecases import receive, score
from tests.commands.conftest import Civility, refused, said
from tests.factories import a_moderator, a_site, a_submission, as_toml, stored

NOWHERE = "01934567-0000-7000-8000-000000000001"
HOLD_LINKS = as_toml(
    {"name": "many-links", "when": "links", "at_least": 1, "then": "hold"},
    {"name": "clean", "when": "scores_below", "below": {"toxicity": 1.0}, "then": "approve"},
)


@pytest.fixture
def site(services: Services) -> Site:
    return a_site(services, "courier", policy=HOLD_LINKS)


@pytest.fixture
def mo(services: Services, site: Site) -> Moderator:
    return a_moderator(services, site)


@pytest.fixture
def held(services: Services, site: Site) -> list[str]:
    """The ids of three held replies, oldest first; a fourth is approved."""
    ids = []
    for number in range(4):
        text = "Nothing to see." if number == 3 else f"Look here,\nhttps://number{number}.example !"
        submission = a_submission(site, text=text, author_name=f"Reader {number}", email=f"r{number}@example.org")
        ids.append(receive.receive(services, submission).reply_id)
    score.score_pending(services)
    return ids[:3]


def test_the_queue_shows_what_is_held_oldest_first_a_line_each(
    civility: Civility, mo: Moderator, held: list[str]
) -> None:
    lines = said(civility("queue", "courier", "--as", mo.email)).splitlines()

    assert [line.split()[0] for line in lines] == held
    assert re.fullmatch(rf"{held[0]}  many-links +0\.\d\d  Reader 0: Look here, https://number0\.example !", lines[0])


def test_the_queue_shows_other_statuses_and_no_more_than_asked(
    civility: Civility, mo: Moderator, held: list[str]
) -> None:
    approved = said(civility("queue", "courier", "--as", mo.email, "--status", "approved"))
    first = said(civility("queue", "courier", "--as", mo.email, "--limit", "1"))
    nothing = civility("queue", "courier", "--as", mo.email, "--status", "rejected")

    assert "Nothing to see." in approved
    assert first.split()[0] == held[0]
    assert len(first.splitlines()) == 1
    assert (said(nothing), nothing.stderr) == ("", "Nothing is rejected.\n")


@pytest.mark.parametrize(("action", "status"), [("approve", "approved"), ("reject", "rejected")])
def test_several_replies_are_decided_at_once_with_a_reason(
    civility: Civility, services: Services, mo: Moderator, held: list[str], action: str, status: str
) -> None:
    shown = said(civility(action, *held[:2], "--as", mo.email, "--reason", "off topic"))

    assert shown == "".join(f"{reply_id} is {status}\n" for reply_id in held[:2])
    assert [stored(services, each).status for each in held] == [status, status, "held"]
    assert f"held → {status}  by Mo  {action}: off topic" in said(civility("history", held[0], "--as", mo.email))


def test_hold_and_undo_lead_back(civility: Civility, mo: Moderator, held: list[str]) -> None:
    who = ("--as", mo.email)
    said(civility("approve", held[0], *who))

    assert said(civility("hold", held[0], *who)) == f"{held[0]} is held\n"
    assert said(civility("undo", held[0], *who)) == f"{held[0]} is approved\n"
    assert said(civility("undo", held[0], *who)) == f"{held[0]} is held\n"


def test_the_history_begins_with_the_policys_verdict_and_its_reason(
    civility: Civility, mo: Moderator, held: list[str]
) -> None:
    said(civility("approve", held[0], "--as", mo.email))

    first, second = said(civility("history", held[0], "--as", mo.email)).splitlines()

    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  pending → held  by policy  many-links: \S", first)
    assert second.rstrip().endswith("held → approved  by Mo")


def test_who_decides_can_be_set_once_for_all_commands(civility: Civility, mo: Moderator, held: list[str]) -> None:
    assert len(said(civility("queue", "courier", CIVILITY_MODERATOR=mo.email)).splitlines()) == 3


def test_nobody_decides_anonymously(civility: Civility, mo: Moderator, held: list[str]) -> None:
    result = civility("approve", held[0])

    assert result.exit_code == 2
    assert "--as" in result.stderr


class TestRefusals:
    def test_an_unknown_moderator(self, civility: Civility, held: list[str]) -> None:
        assert "no moderator with the address 'x@y.example'" in refused(
            civility("approve", held[0], "--as", "x@y.example")
        )

    def test_a_moderator_of_another_site(self, civility: Civility, services: Services, held: list[str]) -> None:
        stranger = a_moderator(services, a_site(services))

        assert "not a moderator of this site" in refused(civility("queue", "courier", "--as", stranger.email))
        assert "no such reply" in refused(civility("approve", held[0], "--as", stranger.email))

    def test_a_move_the_table_forbids(self, civility: Civility, mo: Moderator, held: list[str]) -> None:
        assert refused(civility("hold", held[0], "--as", mo.email)) == "The reply is already held."

    def test_an_undo_of_what_nobody_did(self, civility: Civility, mo: Moderator, held: list[str]) -> None:
        assert "no moderator's decision to undo" in refused(civility("undo", held[0], "--as", mo.email))

    @pytest.mark.parametrize("reply_id", [NOWHERE, "17", "not-an-id", "'; DROP TABLE replies"])
    def test_a_reply_that_is_not_there(self, civility: Civility, mo: Moderator, reply_id: str) -> None:
        assert "no such reply" in refused(civility("approve", reply_id, "--as", mo.email))
        assert "no such reply" in refused(civility("history", reply_id, "--as", mo.email))
