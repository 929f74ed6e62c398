"""The two lock files hold every direct dependency with its hashes, and no address of any registry."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
RUNTIME = PROJECT["dependencies"] + EXTRAS["model"] + EXTRAS["build"]
DEPENDENCIES = {"requirements.lock": RUNTIME, "requirements-dev.lock": RUNTIME + EXTRAS["encoder"] + EXTRAS["dev"]}


def locked(lock: str) -> dict[str, list[str]]:
    """Package name to the versions that the lock allows, one for each platform at most."""
    pins: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", (ROOT / lock).read_text(), re.M):
        pins.setdefault(canonicalize_name(name), []).append(version)
    return pins


@pytest.mark.parametrize("lock", DEPENDENCIES)
def test_a_lock_names_no_address(lock):
    text = (ROOT / lock).read_text()

    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text


@pytest.mark.parametrize("lock", DEPENDENCIES)
def test_every_direct_dependency_is_locked_at_a_version_it_allows(lock):
    pins = locked(lock)
    for line in DEPENDENCIES[lock]:
        wanted = Requirement(line)
        versions = pins.get(canonicalize_name(wanted.name), [])
        assert versions, f"{wanted.name} is missing in {lock}: make the locks again as CONTRIBUTING.md says"
        assert all(wanted.specifier.contains(version) for version in versions), f"{line}, but {lock} has {versions}"


@pytest.mark.parametrize("lock", DEPENDENCIES)
def test_every_pin_has_hashes(lock):
    entries = re.split(r"^(?=[A-Za-z0-9])", (ROOT / lock).read_text(), flags=re.M)[1:]

    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_both_locks_hold_the_same_versions_of_what_serves():
    serving, developing = locked("requirements.lock"), locked("requirements-dev.lock")

    assert {name: developing.get(name) for name in serving} == serving


def test_every_runtime_dependency_has_its_reason_written_down():
    page = (ROOT / "docs/decisions/0002-dependencies.md").read_text()
    names = [Requirement(line).name for line in PROJECT["dependencies"] + EXTRAS["model"] + EXTRAS["encoder"]]

    assert [name for name in names if f"| {name} |" not in page] == []
