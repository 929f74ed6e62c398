"""Moderators and their sessions: who may come in, until when, and to which sites."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.services import Services
from service.storage import moderators
from service.storage.database import Database
from service.storage.moderators import Moderator
from service.storage.sites import Site
from tests.factories import a_moderator, a_site
from tests.fakes import NOON

TOKEN = "the-token-of-a-session"
EVENING = NOON + timedelta(hours=8)


def open_session(database: Database, moderator: Moderator, token: str = TOKEN) -> None:
    with database.writing() as tx:
        moderators.open_session(tx, token=token, moderator_id=moderator.id, now=NOON, expires_at=EVENING)


def by_session(database: Database, token: str = TOKEN, *, now=NOON) -> Moderator | None:
    with database.reading() as tx:
        return moderators.by_session(tx, token, now)


def test_a_session_leads_to_its_moderator_until_it_expires(database: Database, mo: Moderator) -> None:
    open_session(database, mo)

    assert by_session(database) == mo
    assert by_session(database, now=EVENING - timedelta(seconds=1)) == mo
    assert by_session(database, now=EVENING) is None
    assert by_session(database, TOKEN + "x") is None


def test_no_row_holds_a_sessions_token(database: Database, mo: Moderator) -> None:
    open_session(database, mo)

    with database.reading() as tx:
        digest = bytes(tx.scalar(text("SELECT digest FROM sessions")) or b"")

    assert len(digest) == 32
    assert TOKEN.encode() not in digest


def test_closing_one_session_leaves_the_others_open(database: Database, mo: Moderator) -> None:
    open_session(database, mo)
    open_session(database, mo, "at home")

    with database.writing() as tx:
        moderators.close_session(tx, TOKEN)

    assert by_session(database) is None
    assert by_session(database, "at home") == mo


def test_a_new_password_ends_every_session(services: Services, database: Database, site: Site, mo: Moderator) -> None:
    other = a_moderator(services, site, name="Jo")
    open_session(database, mo)
    open_session(database, mo, "at home")
    open_session(database, other, "of another")

    with database.writing() as tx:
        moderators.set_password(tx, mo.id, "a new hash")

    assert [by_session(database, token) for token in (TOKEN, "at home", "of another")] == [None, None, other]
    with database.reading() as tx:
        assert moderators.by_email(tx, mo.email) == (mo, "a new hash")


def test_who_was_disabled_neither_signs_in_nor_stays(database: Database, mo: Moderator) -> None:
    open_session(database, mo)
    with database.writing() as tx:
        tx.execute(text("UPDATE moderators SET disabled_at = created_at"))

    assert by_session(database) is None
    with database.reading() as tx:
        assert moderators.by_email(tx, mo.email) is None


def test_a_moderator_sees_the_sites_assigned_and_each_once(
    services: Services, database: Database, site: Site, mo: Moderator
) -> None:
    other = a_site(services)
    with database.writing() as tx:
        moderators.assign(tx, mo.id, [other.id])
        moderators.assign(tx, mo.id, [other.id, site.id])
    open_session(database, mo)

    found = by_session(database)

    assert found is not None
    assert found.site_ids == {site.id, other.id}


def test_two_moderators_never_share_an_address(database: Database, mo: Moderator) -> None:
    twin = Moderator("01934567-0000-7000-8000-000000000009", mo.email, "Twin", frozenset())

    with pytest.raises(DBAPIError), database.writing() as tx:
        moderators.add(tx, twin, "a hash", NOON)


def test_only_sessions_past_their_end_are_dropped(database: Database, mo: Moderator) -> None:
    open_session(database, mo)

    with database.writing() as tx:
        assert moderators.drop_expired_sessions(tx, EVENING) == 0
        assert moderators.drop_expired_sessions(tx, EVENING + timedelta(seconds=1)) == 1
