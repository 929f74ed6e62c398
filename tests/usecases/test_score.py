"""Scoring: batch after batch; a text the model fails on goes to a person and keeps nobody else waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from service.domain.ports import Scored, Work
from service.domain.reply import Status
from service.services import Services
from service.storage import audit
from service.storage.database import Database
from service.storage.sites import Site
from service.usecases import score
from tests.factories import a_received_reply, a_site, make_services, stored
from tests.fakes import CLEAN, DOUBTFUL, TOXIC, FakeScorer, FixedClock, RecordingQueue

POISON = "The model stumbles over this very reply."


class CountingScorer(FakeScorer):
    """Remembers how many texts came together."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self.batches: list[int] = []

    def score(self, texts: Sequence[str]) -> list[Scored]:
        self.batches.append(len(texts))
        return super().score(texts)


def statuses(services: Services, receipts) -> set[tuple[str, str | None]]:
    replies = [stored(services, receipt.reply_id) for receipt in receipts]
    return {(reply.status.value, reply.rule) for reply in replies}


def claimed_and_lost(services: Services, clock: FixedClock, times: int) -> None:
    """Workers that claimed everything and died, one after another."""
    for _ in range(times):
        assert score.claim_batch(services) is not None
        clock.advance(services.settings.claim_seconds + 1)


@pytest.mark.parametrize(
    ("scores", "status", "rule"),
    [
        pytest.param(CLEAN, "approved", "clean", id="clean"),
        pytest.param(DOUBTFUL, "held", "likely-toxic", id="doubtful"),
        pytest.param(TOXIC, "rejected", "toxic-beyond-doubt", id="toxic"),
    ],
)
def test_a_verdict_is_stored_with_all_that_led_to_it(
    services: Services, scorer: FakeScorer, scores: Mapping[str, float], status: str, rule: str
) -> None:
    receipt = a_received_reply(services, a_site(services), text="To be judged.")
    scorer.table["To be judged."] = scores

    assert score.score_pending(services) == 1

    reply = stored(services, receipt.reply_id)
    assert (reply.status, reply.rule, reply.scores) == (status, rule, scores)
    assert (reply.model, reply.policy_version, reply.version) == ("fake-1", 1, 2)


def test_everything_pending_is_decided_in_batches_of_the_setting(database: Database) -> None:
    scorer = CountingScorer()
    services = make_services(database, settings={"batch_replies": 4}, scorer=scorer)
    site = a_site(services)
    receipts = [a_received_reply(services, site) for _ in range(10)]

    assert score.score_pending(services) == 10

    assert scorer.batches == [4, 4, 2]
    assert statuses(services, receipts) == {("approved", "clean")}
    assert score.score_pending(services) == 0


def test_replies_of_several_sites_are_decided_in_one_batch_each_by_its_own_policy(database: Database) -> None:
    scorer = CountingScorer()
    services = make_services(database, scorer=scorer)
    lenient, strict = a_site(services), a_site(services, policy='otherwise = "reject"\n')
    here, there = a_received_reply(services, lenient), a_received_reply(services, strict)

    score.score_pending(services)

    assert scorer.batches == [2]
    assert statuses(services, [here]) == {("approved", "clean")}
    assert statuses(services, [there]) == {("rejected", "otherwise")}


def test_delivery_is_nudged_after_the_verdicts_are_stored(services: Services, queue: RecordingQueue) -> None:
    a_received_reply(services, a_site(services))
    queue.nudges.clear()

    score.score_pending(services)

    assert queue.nudges == [Work.DELIVERY]


def test_without_work_nothing_is_asked_of_the_model(services: Services, queue: RecordingQueue) -> None:
    assert score.score_pending(services) == 0
    assert services.scorer.seen == []  # type: ignore[attr-defined]
    assert queue.nudges == []


class TestAModelThatFails:
    def test_a_text_it_fails_on_is_held_by_name_and_its_neighbours_are_decided(self, database: Database) -> None:
        scorer = CountingScorer(fails_on=[POISON])
        services = make_services(database, scorer=scorer)
        site = a_site(services)
        good = [a_received_reply(services, site) for _ in range(3)]
        poison = a_received_reply(services, site, text=POISON)

        assert score.score_pending(services) == 4

        assert scorer.batches == [4, 1, 1, 1, 1]  # together, then each alone
        assert statuses(services, good) == {("approved", "clean")}
        assert statuses(services, [poison]) == {("held", "not-scored")}
        assert stored(services, poison.reply_id).scores is None

    def test_a_moderator_reads_why(self, database: Database) -> None:
        services = make_services(database, scorer=FakeScorer(fails_on=[POISON]))
        poison = a_received_reply(services, a_site(services), text=POISON)

        score.score_pending(services)

        with database.reading() as tx:
            (entry,) = audit.history(tx, poison.reply_id)
        assert [reason["rule"] for reason in entry["reasons"]] == ["not-scored"]
        assert entry["reasons"][0]["says"]

    def test_a_reply_claimed_too_often_is_left_to_a_person_unseen_by_the_model(
        self, services: Services, scorer: FakeScorer, clock: FixedClock
    ) -> None:
        receipt = a_received_reply(services, a_site(services), text="It ends every worker.")
        claimed_and_lost(services, clock, services.settings.attempts_at_most)

        assert score.score_pending(services) == 1

        assert "It ends every worker." not in scorer.seen
        assert statuses(services, [receipt]) == {("held", "not-scored")}

    def test_a_reply_whose_workers_died_less_often_is_scored(
        self, services: Services, scorer: FakeScorer, clock: FixedClock
    ) -> None:
        receipt = a_received_reply(services, a_site(services), text="Bad luck.")
        claimed_and_lost(services, clock, services.settings.attempts_at_most - 1)

        score.score_pending(services)

        assert scorer.seen == ["Bad luck."]
        assert statuses(services, [receipt]) == {("approved", "clean")}

    def test_an_unreadable_policy_holds_everything(self, database: Database, services: Services) -> None:
        site = a_site(services)
        receipt = a_received_reply(services, site)
        _spoil_the_policy(database, site)

        score.score_pending(services)

        assert statuses(services, [receipt]) == {("held", "otherwise")}


def _spoil_the_policy(database: Database, site: Site) -> None:
    from sqlalchemy import text

    with database.writing() as tx:
        tx.execute(text("UPDATE policies SET document = 'no = policy ='"))


def test_a_worker_that_comes_late_stores_nothing_over_the_verdict_of_another(
    services: Services, clock: FixedClock, scorer: FakeScorer
) -> None:
    receipt = a_received_reply(services, a_site(services), text="Judged twice.")
    claimed = score.claim_batch(services)
    assert claimed is not None
    late_scores = score.score_batch(services, claimed[1])
    clock.advance(services.settings.claim_seconds + 1)
    scorer.table["Judged twice."] = TOXIC
    score.score_pending(services)

    assert score.decide_batch(services, claimed[0], claimed[1], late_scores) == 0

    assert stored(services, receipt.reply_id).status == Status.REJECTED
    with services.database.reading() as tx:
        assert len(audit.history(tx, receipt.reply_id)) == 1
