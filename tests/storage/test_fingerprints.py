"""Repeats and near-repeats: counted on one site, since a time, and within the batch that is being decided."""

from __future__ import annotations

from datetime import datetime, timedelta

from uuid_utils import uuid7

from service.domain.likeness import likeness_of
from service.storage import fingerprints
from service.storage.database import Database
from service.storage.fingerprints import Fingerprinted, Seen
from tests.fakes import NOON

HERE = "01934567-0000-7000-8000-000000000001"
THERE = "01934567-0000-7000-8000-000000000002"
ADVERT = "Earn four thousand a week from home with this one simple trick that nobody at your bank will tell you"
ALIKE = ADVERT.replace("four", "five")
OTHER = "The new bridge is closed to lorries every night until the town has found out who dropped the anchor"
YESTERDAY = NOON - timedelta(days=1)


def a_text(text: str, *, site: str = HERE, at: datetime = NOON) -> Fingerprinted:
    return Fingerprinted(str(uuid7()), site, at, likeness_of(text))


def remember(database: Database, *texts: Fingerprinted) -> None:
    with database.writing() as tx:
        fingerprints.add(tx, texts, {each.reply_id for each in texts})


def seen(database: Database, *texts: Fingerprinted, since: datetime = YESTERDAY) -> list[Seen]:
    with database.reading() as tx:
        found = fingerprints.seen_before(tx, texts, since=since)
    return [found[each.reply_id] for each in texts]


def test_a_text_nobody_wrote_before_was_not_seen(database: Database) -> None:
    remember(database, a_text(OTHER))

    assert seen(database, a_text(ADVERT)) == [Seen(0, 0)]


def test_the_same_text_counts_as_repeat_and_an_alike_one_as_near_repeat(database: Database) -> None:
    remember(database, a_text(ADVERT), a_text(ADVERT), a_text(ALIKE))

    assert seen(database, a_text(ADVERT)) == [Seen(repeats=2, near_repeats=3)]


def test_within_a_batch_the_later_one_sees_the_earlier(database: Database) -> None:
    batch = [a_text(ADVERT, at=NOON + timedelta(seconds=n)) for n in (2, 0, 1)]

    assert [each.repeats for each in seen(database, *batch)] == [2, 0, 1]


def test_what_was_said_on_another_site_does_not_count(database: Database) -> None:
    remember(database, a_text(ADVERT, site=THERE))

    assert seen(database, a_text(ADVERT), a_text(ADVERT, site=THERE)) == [Seen(0, 0), Seen(1, 1)]


def test_what_was_said_too_long_ago_does_not_count(database: Database) -> None:
    remember(database, a_text(ADVERT, at=YESTERDAY))

    assert seen(database, a_text(ADVERT)) == [Seen(0, 0)]
    assert seen(database, a_text(ADVERT), since=YESTERDAY - timedelta(seconds=1)) == [Seen(1, 1)]


def test_a_short_text_is_nobodys_copy(database: Database) -> None:
    remember(database, *(a_text("Well said!") for _ in range(5)))

    assert seen(database, a_text("Well said!")) == [Seen(0, 0)]


def test_a_reply_decided_again_is_no_repeat_of_itself(database: Database) -> None:
    text = a_text(ADVERT)
    remember(database, text)

    assert seen(database, text) == [Seen(0, 0)]


def test_only_those_replies_that_were_decided_here_are_remembered(database: Database) -> None:
    ours, theirs = a_text(ADVERT), a_text(OTHER)
    with database.writing() as tx:
        fingerprints.add(tx, [ours, theirs], {ours.reply_id})

    assert seen(database, a_text(ADVERT), a_text(OTHER)) == [Seen(1, 1), Seen(0, 0)]


def test_what_is_past_its_date_is_dropped(database: Database) -> None:
    remember(database, a_text(ADVERT, at=YESTERDAY), a_text(ADVERT))

    with database.writing() as tx:
        assert fingerprints.drop(tx, before=NOON) > 0
        assert fingerprints.drop(tx, before=NOON) == 0

    assert seen(database, a_text(ADVERT), since=YESTERDAY - timedelta(days=1)) == [Seen(1, 1)]
