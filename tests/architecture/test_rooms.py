"""Where things are, and what none of them may hold."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from service.app import create_app
from service.storage.database import Database
from tests.factories import make_services

ROOT = Path(__file__).parents[2]
TOP_LEVEL = {
    "pyproject.toml", "service", "workers", "classifier", "tests", "docker-compose.yml", "run", "check", ".ci",
    "README.md", "docs", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "Dockerfile", "migrations",
    "benchmarks", "scripts", "deploy", "requirements.lock", "requirements-dev.lock",
    ".gitignore", ".dockerignore", ".env.example",
}  # fmt: skip
AUDIENCES = {"public", "publisher", "moderator", "operator"}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no checkout")
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('app') / 'civility.db'}")
    yield create_app(make_services(database))
    database.close()


def audiences(app: Flask) -> dict[str, str | None]:
    return {
        f"{sorted(rule.methods or ())} {rule.rule}": getattr(app.view_functions[rule.endpoint], "audience", None)
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    }


def test_every_route_declares_for_whom_it_is(app: Flask) -> None:
    declared = audiences(app)

    assert declared
    assert {route: audience for route, audience in declared.items() if audience not in AUDIENCES} == {}


@pytest.mark.parametrize(
    ("path", "audience"), [("/ops/", "operator"), ("/api/v1/moderation", "moderator"), ("/demo", "public")]
)
def test_a_room_of_one_audience_lets_in_nobody_else(app: Flask, path: str, audience: str) -> None:
    found = {route: told for route, told in audiences(app).items() if f" {path}" in route}

    assert found
    doors = {route for route, told in found.items() if told != audience}
    assert doors <= {route for route in found if "session" in route and found[route] == "public"}  # signing in


def test_what_is_guarded_refuses_who_shows_no_key(app: Flask) -> None:
    client = app.test_client()
    id_ = "01934567-0000-7000-8000-000000000001"
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "audience", "public") == "public":
            continue
        path = re.sub(r"<[^>]+>", id_, rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(path, method=method)
            assert answer.status_code == 401, f"{method} {path} answered {answer.status_code}"


def test_the_top_level_holds_the_fixed_names_and_no_other() -> None:
    assert {name.split("/")[0] for name in tracked()} == TOP_LEVEL


def test_no_file_names_a_private_registry_or_a_home_folder() -> None:
    betraying = re.compile(rb"(?:--(?:extra-)?index-url|--find-links)\s+\S|/home/\w+/|/Users/\w+/")
    own = Path(__file__).relative_to(ROOT).as_posix()
    guilty = [
        name
        for name in tracked()
        if name != own and "/vendor/" not in name and betraying.search((ROOT / name).read_bytes())
    ]

    assert guilty == []


def test_no_secret_and_no_data_is_tracked() -> None:
    kinds = (".db", ".sqlite", ".rdb", ".aof", ".pkl", ".pickle", ".joblib", ".parquet", ".log")
    names = ("credentials.json", "secrets.json", ".env")

    assert [name for name in tracked() if name.endswith(kinds) or Path(name).name in names] == []


@pytest.mark.parametrize("package", ["service", "workers", "classifier", "migrations"])
def test_every_module_opens_with_a_sentence(package: str) -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / package).rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_nothing_is_unpickled_anywhere_in_the_product() -> None:
    forbidden = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal"}
    found = []
    for package in ("service", "workers", "classifier"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                found += [f"{path.name}: {name}" for name in names if name.split(".")[0] in forbidden]

    assert found == []
