"""Moderators sign in with a password that is kept as a hash, and are known by a token until it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from service.domain.errors import BadCredentials
from service.services import Services
from service.storage.moderators import Moderator
from service.usecases import manage_sites, sign_in
from tests.factories import a_site
from tests.fakes import FixedClock

EMAIL, PASSWORD = "mo@news.example", "a long and würdig password 🌉"


@pytest.fixture
def mo(services: Services) -> Moderator:
    site = a_site(services)
    return manage_sites.add_moderator(services, email=EMAIL, name="Mo", password=PASSWORD, site_names=[site.name])


def test_a_token_leads_to_who_signed_in_until_the_hours_are_over(
    services: Services, clock: FixedClock, mo: Moderator
) -> None:
    token, ends = sign_in.sign_in(services, EMAIL.upper(), PASSWORD)

    assert ends == clock() + timedelta(hours=services.settings.session_hours)
    assert sign_in.moderator_of(services, token) == mo
    clock.advance(services.settings.session_hours * 3600)
    with pytest.raises(BadCredentials, match="sign in again"):
        sign_in.moderator_of(services, token)


def test_every_session_has_a_token_of_its_own_and_ends_by_itself(services: Services, mo: Moderator) -> None:
    (one, _), (other, _) = (sign_in.sign_in(services, EMAIL, PASSWORD) for _ in range(2))

    sign_in.sign_out(services, one)

    with pytest.raises(BadCredentials):
        sign_in.moderator_of(services, one)
    assert sign_in.moderator_of(services, other) == mo


def test_neither_password_nor_token_is_stored(services: Services, mo: Moderator) -> None:
    token, _ = sign_in.sign_in(services, EMAIL, PASSWORD)

    with services.database.reading() as tx:
        rows = [*tx.execute(text("SELECT * FROM moderators")), *tx.execute(text("SELECT * FROM sessions"))]

    assert PASSWORD not in repr(rows)
    assert token not in repr(rows)
    assert "$argon2id$" in repr(rows)


def test_the_same_password_of_two_people_has_two_hashes() -> None:
    assert sign_in.hash_password(PASSWORD) != sign_in.hash_password(PASSWORD)
