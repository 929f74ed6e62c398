"""The web application in the test's own process: a site, its key, a moderator who has signed in."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.services import Services
from service.storage import moderators
from service.storage.moderators import Moderator
from service.storage.sites import Site
from service.usecases import manage_sites
from tests.factories import a_moderator, a_site

_sessions = itertools.count(1)


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def site(services: Services) -> Site:
    return a_site(services)


@pytest.fixture
def api_key(services: Services, site: Site) -> str:
    return manage_sites.create_api_key(services, site.name, "tests")


@pytest.fixture
def moderator(services: Services, site: Site) -> Moderator:
    return a_moderator(services, site)


@pytest.fixture
def moderator_token(services: Services, moderator: Moderator) -> str:
    return a_session(services, moderator)


def a_session(services: Services, moderator: Moderator) -> str:
    """The token of a moderator who has signed in, without the tenth of a second that a password takes."""
    token, now = f"session-{next(_sessions)}", services.clock()
    with services.database.writing() as tx:
        moderators.open_session(
            tx, token=token, moderator_id=moderator.id, now=now, expires_at=now + timedelta(hours=12)
        )
    return token
