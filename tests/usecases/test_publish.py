"""What readers see: approved replies and nothing else, whichever way a reply came to another status."""

from __future__ import annotations

import pytest

from service.domain.errors import BadCursor, UnknownThread
from service.domain.reply import Actor, Receipt, Status
from service.services import Services
from service.storage import replies
from service.storage.sites import Site
from service.usecases import publish, score
from tests.factories import (
    ARTICLE,
    a_decided_reply,
    a_move,
    a_received_reply,
    a_site,
    an_arrival,
    make_services,
    stored,
)
from tests.fakes import CLEAN, FixedClock


def moved_to(services: Services, site: Site, status: Status) -> str:
    """A reply that was approved, and then moved."""
    reply = a_decided_reply(services, site, CLEAN)
    move = a_move(an_arrival(site, id=reply.id), status, before=Status.APPROVED, actor=Actor.SYSTEM)
    with services.database.writing() as tx:
        assert replies.apply_move(tx, move, version=reply.version, rule="test")
    return reply.id


@pytest.mark.parametrize("status", [status for status in Status if status != Status.APPROVED])
def test_a_reply_that_is_no_longer_approved_is_no_longer_shown(services: Services, site: Site, status: Status) -> None:
    shown = a_decided_reply(services, site, CLEAN)
    moved_to(services, site, status)

    page = publish.thread_page(services, site_id=site.id, url=ARTICLE)

    assert [reply.id for reply in page.replies] == [shown.id]
    assert (page.total, page.next) == (1, None)


def test_pages_meet_without_gap_or_repeat_in_both_orders(services: Services, site: Site) -> None:
    ids = [a_decided_reply(services, site, CLEAN, email=f"r{n}@example.org").id for n in range(5)]

    for newest_first, expected in ((False, ids), (True, ids[::-1])):
        seen, after = [], None
        for _ in range(3):
            page = publish.thread_page(
                services, site_id=site.id, url=ARTICLE, after=after, limit=2, newest_first=newest_first
            )
            seen += [reply.id for reply in page.replies]
            after = page.next
        assert seen == expected
        assert after is None


def test_a_thread_of_another_site_is_not_found_by_address(services: Services, site: Site) -> None:
    a_decided_reply(services, site, CLEAN)

    with pytest.raises(UnknownThread):
        publish.thread_page(services, site_id=a_site(services).id, url=ARTICLE)


def test_statuses_are_told_to_the_own_site_only(services: Services, site: Site) -> None:
    mine, other = a_decided_reply(services, site, CLEAN), a_decided_reply(services, a_site(services), CLEAN)

    found = publish.status_of(services, site.id, [mine.id, other.id])

    assert [(reply.id, decisions) for reply, decisions in found] == [(mine.id, 1)]


class TestThePreview:
    def test_it_shows_the_own_waiting_reply_for_its_time(
        self, services: Services, site: Site, clock: FixedClock
    ) -> None:
        receipt = a_received_reply(services, site)
        key = publish.preview_link_hash(services, receipt)

        found = publish.preview(services, receipt.reply_id, key)
        clock.advance(services.settings.preview_seconds + 1)

        assert found is not None
        assert found.id == receipt.reply_id
        assert publish.preview(services, receipt.reply_id, key) is None

    def test_it_opens_with_the_right_hash_only(self, services: Services, site: Site) -> None:
        receipt, other = a_received_reply(services, site), a_received_reply(services, site)

        assert publish.preview(services, receipt.reply_id, publish.preview_link_hash(services, other)) is None

    def test_what_is_approved_or_gone_has_none(self, services: Services, site: Site) -> None:
        for reply in (
            a_decided_reply(services, site, CLEAN),
            stored(services, moved_to(services, site, Status.WITHDRAWN)),
            stored(services, moved_to(services, site, Status.ERASED)),
        ):
            receipt = Receipt(reply.id, reply.status, reply.thread_id, reply.received_at)
            assert publish.preview(services, reply.id, publish.preview_link_hash(services, receipt)) is None


def test_the_form_waits_for_a_verdict_that_comes_and_not_for_ever(services: Services, site: Site) -> None:
    impatient = make_services(services.database, settings={"form_wait_seconds": 0.05})
    receipt = a_received_reply(services, site)

    assert publish.wait_for_verdict(impatient, receipt.reply_id) == Status.PENDING
    score.score_pending(services)
    assert publish.wait_for_verdict(impatient, receipt.reply_id) == Status.APPROVED


def test_an_article_of_our_own_has_one_thread(services: Services, site: Site) -> None:
    first = publish.ensure_thread(services, site.id, ARTICLE, "The bridge")

    assert publish.ensure_thread(services, site.id, ARTICLE + "#replies", None) == first


@pytest.mark.parametrize("given", ["", "1", "x" * 36, "01934567-0000-7000-8000-000000000001\n"])
def test_a_cursor_of_others_is_refused(given: str) -> None:
    with pytest.raises(BadCursor):
        publish.read_cursor(given)
