"""One database and one application for all tests of a module, each test with a site of its own.

Tests of a table of cases are many, and making a database takes longer than most of them. Replies of other tests may
be pending beside theirs, so they look at their own site only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.engine import URL

from service.app import create_app
from service.services import Services
from service.storage.sites import Site
from service.usecases import manage_sites
from tests.conftest import _postgresql_database, as_text
from tests.factories import a_site
from tests.web.publisher import Publisher

_built: list[Flask] = []


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("shared") / "civility.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    template: URL = request.getfixturevalue("postgresql_template")
    with _postgresql_database(request.getfixturevalue("postgresql_url"), template=str(template.database)) as url:
        yield as_text(url)


@pytest.fixture
def app(services: Services) -> Flask:
    """Building one takes longer than most requests, so the one there is gets this test's services."""
    if not _built:
        _built.append(create_app(services))
    _built[0].extensions["civility"] = services
    return _built[0]


@pytest.fixture
def publisher(client: FlaskClient, api_key: str) -> Publisher:
    return Publisher(client, api_key)


@pytest.fixture
def other_site(services: Services) -> Site:
    return a_site(services)


@pytest.fixture
def other_publisher(client: FlaskClient, services: Services, other_site: Site) -> Publisher:
    """The server of another site on the same service."""
    return Publisher(client, manage_sites.create_api_key(services, other_site.name, "tests"))
