"""Taking in a reply: the address goes no further than the door, and nobody is taken in while we are behind."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import timedelta

import pytest

from service.domain.errors import BadText, Overloaded
from service.domain.identity import EmailAddress
from service.domain.ports import Work
from service.domain.reply import Arrival, Status
from service.services import Remembered, Services
from service.storage.database import Database
from service.storage.sites import Site
from service.usecases import receive, score
from tests.factories import a_received_reply, a_site, a_submission, make_services, stored
from tests.fakes import FixedClock, RecordingQueue

EMAIL = "ada.lovelace@example.org"
IP = "192.0.2.77"


class TestTheAddress:
    def test_an_arrival_carries_no_plain_address(self, services: Services, site: Site) -> None:
        submission = a_submission(site, email=EMAIL, ip=IP, user_agent="Firefox")

        arrival = receive.drop_the_address(services, submission)

        shown = repr(asdict(arrival)).lower()
        assert "lovelace" not in shown
        assert IP not in shown
        assert (arrival.ip_prefix, len(arrival.ip_hash or "")) == ("192.0.2.0/24", 32)
        assert arrival.author_hashes == services.hash_keys.author_hashes(submission.email)

    def test_an_arrival_has_no_field_that_could_hold_one(self) -> None:
        assert not [each.name for each in fields(Arrival) if each.name in ("email", "ip")]
        assert not [each.name for each in fields(Arrival) if EmailAddress.__name__ in str(each.type)]

    def test_without_an_ip_nothing_is_kept_in_its_place(self, services: Services, site: Site) -> None:
        arrival = receive.drop_the_address(services, a_submission(site))

        assert (arrival.ip_prefix, arrival.ip_hash) == (None, None)

    def test_the_same_ip_has_another_hash_the_next_day(self, services: Services, site: Site, clock: FixedClock) -> None:
        today = receive.drop_the_address(services, a_submission(site, ip=IP)).ip_hash
        clock.advance(86_400)

        assert receive.drop_the_address(services, a_submission(site, ip=IP)).ip_hash != today


class TestAReceipt:
    def test_what_has_a_receipt_is_stored_and_the_workers_are_told(
        self, services: Services, site: Site, queue: RecordingQueue, clock: FixedClock
    ) -> None:
        receipt = receive.receive(services, a_submission(site))

        assert (receipt.status, receipt.replayed, receipt.received_at) == (Status.PENDING, False, clock())
        assert stored(services, receipt.reply_id).status == Status.PENDING
        assert queue.nudges == [Work.SCORING]

    def test_a_retry_tells_nobody_again(self, services: Services, site: Site, queue: RecordingQueue) -> None:
        same = {"text": "Only once, please.", "idempotency_key": "key", "request_digest": b"0123456789abcdef"}
        first = receive.receive(services, a_submission(site, **same))

        again = receive.receive(services, a_submission(site, **same))

        assert (again.reply_id, again.replayed) == (first.reply_id, True)
        assert queue.nudges == [Work.SCORING]

    def test_a_text_that_is_refused_is_not_stored(self, services: Services, site: Site, queue: RecordingQueue) -> None:
        with pytest.raises(BadText):
            receive.receive(services, a_submission(site, text=" \n "))

        assert receive.oldest_pending_seconds(services) == 0.0
        assert score.claim_batch(services) is None
        assert queue.nudges == []


class TestBackPressure:
    def test_while_the_oldest_pending_reply_is_too_old_nothing_is_taken_in(
        self, services: Services, site: Site, clock: FixedClock
    ) -> None:
        a_received_reply(services, site)
        limit = services.settings.pending_age_at_most_seconds
        clock.advance(limit)
        a_received_reply(services, site)
        clock.advance(1)

        with pytest.raises(Overloaded, match="Nothing was stored: send it again in 5 seconds") as refused:
            receive.receive(services, a_submission(site, text="Too late."))

        assert refused.value.retry_after_seconds == 5
        batch = score.claim_batch(services)
        assert batch is not None
        assert len(batch[1]) == 2

    @pytest.mark.parametrize(("behind", "wait"), [(61, 5), (90, 30), (1000, 60)])
    def test_the_further_behind_the_later_to_come_again(
        self, services: Services, site: Site, clock: FixedClock, behind: float, wait: int
    ) -> None:
        a_received_reply(services, site)
        clock.advance(behind)

        with pytest.raises(Overloaded) as refused:
            receive.receive(services, a_submission(site))

        assert refused.value.retry_after_seconds == wait

    def test_once_the_workers_have_caught_up_replies_are_taken_in_again(
        self, services: Services, site: Site, clock: FixedClock
    ) -> None:
        a_received_reply(services, site)
        clock.advance(3600)
        score.score_pending(services)

        assert receive.receive(services, a_submission(site)).status == Status.PENDING

    def test_a_retry_too_waits_while_we_are_behind(self, services: Services, site: Site, clock: FixedClock) -> None:
        same = {"text": "Once.", "idempotency_key": "key", "request_digest": b"0123456789abcdef"}
        receive.receive(services, a_submission(site, **same))
        clock.advance(3600)

        with pytest.raises(Overloaded):
            receive.receive(services, a_submission(site, **same))

    def test_the_age_of_the_queue_is_not_asked_before_every_reply(self, database: Database) -> None:
        asked: list[str] = []
        remembered: Remembered[str, float] = Remembered(lambda key: asked.append(key) or 0.0, seconds=60)
        services = make_services(database, backlog_seconds=remembered)
        site = a_site(services)

        for _ in range(5):
            a_received_reply(services, site)

        assert len(asked) == 1


def test_the_age_of_the_queue_is_that_of_its_oldest_reply(services: Services, site: Site, clock: FixedClock) -> None:
    assert receive.oldest_pending_seconds(services) == 0.0
    a_received_reply(services, site)
    clock.advance(40)
    a_received_reply(services, site)

    assert receive.oldest_pending_seconds(services) == 40.0


def test_a_clock_that_went_back_makes_no_negative_age(services: Services, site: Site, clock: FixedClock) -> None:
    a_received_reply(services, site)
    clock.now -= timedelta(seconds=30)

    assert receive.oldest_pending_seconds(services) == 0.0
