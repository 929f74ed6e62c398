"""The command line in this process, on a data folder of the test's own with SQLite in it."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from service.cli import main
from service.services import Services
from service.settings import Settings
from service.wiring import build
from tests.fakes import RecordingQueue
from tests.running import plain_environment

Civility = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path, sqlite_template: Path) -> Path:
    """The folder of a service that was set up and has no site yet."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "civility.db")
    return folder


@pytest.fixture
def civility(monkeypatch: pytest.MonkeyPatch, data: Path) -> Civility:
    """One run of `civility …` with this data folder; settings are variables of the environment."""

    def run(*arguments: str, given: str | None = None, **settings: str) -> Result:
        environment = dict.fromkeys(set(_ours()) - set(settings))
        return CliRunner().invoke(
            main, list(arguments), input=given, env={**environment, "CIVILITY_DATA": str(data), **settings}
        )

    return run


def _ours() -> list[str]:
    return [name for name in os.environ if name not in plain_environment()]


@pytest.fixture
def services(data: Path) -> Services:
    """What the commands of this test work with, for setting the scene and looking behind it; it nudges nobody."""
    return replace(build(Settings(data=data)), queue=RecordingQueue())


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Commands set up logs for a process of their own."""
    root = logging.getLogger()
    handlers, level, structlog_before = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**structlog_before)


def said(result: Result) -> str:
    """What a command said when all went well."""
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(result: Result) -> str:
    """The one sentence of a command that would not: no traceback, nothing on standard output."""
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.stdout == ""
    assert result.stderr.startswith("civility: ")
    assert "Traceback" not in result.stderr
    return result.stderr.removeprefix("civility: ").strip()
