"""The files that put Civility into containers agree with each other and with the code. No engine is needed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
UNIT = (ROOT / "deploy/civility.service").read_text()


def tool(name: str) -> str:
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        pytest.skip(f"{name} has no wheel for this platform")
    return found


def civility_calls() -> dict[str, list[str]]:
    """Every call of the `civility` command in the container and systemd files."""
    calls = {f"{name}: command": service["command"] for name, service in OURS.items()}
    for name, service in OURS.items():
        test = service.get("healthcheck", {}).get("test", [])
        if test[:2] == ["CMD", "civility"]:
            calls[f"{name}: healthcheck"] = test[2:]
    calls["Dockerfile: CMD"] = yaml.safe_load(re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.M)[-1])
    calls["civility.service: ExecStart"] = re.findall(r"^ExecStart=\S+/civility (.*)$", UNIT, re.M)[0].split()
    return calls


def test_the_compose_file_keeps_to_the_compose_specification():
    command = [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]

    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_hadolint_finds_nothing_in_the_dockerfile():
    checked = subprocess.run([tool("hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, text=True)

    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout + checked.stderr


@pytest.mark.parametrize("call", civility_calls().values(), ids=civility_calls().keys())
def test_every_call_of_civility_is_one_that_the_command_line_knows(call):
    from service.cli import main

    command = main
    for word in call:
        if word.startswith("-"):
            break
        commands = getattr(command, "commands", None)
        if commands is None:
            break
        assert word in commands, f"civility has no command {' '.join(call)!r}"
        command = commands[word]

    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in call if word.startswith("-")} <= options


def test_every_copied_file_exists():
    copies = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.M)
    sources = [source for line in copies for source in line.split()]

    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_every_copied_file_passes_the_ignore_file():
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copies = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.M)

    assert {source for line in copies for source in line.split()} == let_in


def test_every_package_of_the_distribution_is_copied():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert [package for package in packages if f"COPY {package}/ {package}/" not in DOCKERFILE] == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_environment_name_is_a_setting(name):
    from service.settings import described

    known = {setting.env for setting in described()}
    given = set(SERVICES[name].get("environment", {}))

    if name == "postgres":
        known |= {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
    assert given <= known


def test_the_image_sets_only_names_that_are_settings_or_pythons():
    from service.settings import described

    names = set(re.findall(r"\b([A-Z][A-Z_]+)=", DOCKERFILE))

    ours = {name for name in names if not name.startswith(("PYTHON", "PIP_")) and name != "PATH"}
    assert ours <= {setting.env for setting in described()}


def test_the_example_names_exactly_what_compose_asks_for():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    shown = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.M))

    assert shown == asked


def test_secrets_have_no_default_and_a_sentence_when_they_are_missing():
    from service.settings import described

    secrets = {setting.env for setting in described() if setting.secret} | {"POSTGRES_PASSWORD"}
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if name in secrets and name != "REDIS_URL":
                assert re.search(r"\$\{\w+:\?[A-Z][^}]+\.\}", value), f"{name} must be asked for with a sentence"


def test_every_service_says_how_it_is_well_and_how_it_stops():
    for name, service in SERVICES.items():
        if name == "migrate":
            assert service["restart"] == "no"
        else:
            assert service["healthcheck"]["test"], name
            assert service["stop_grace_period"], name
            assert service["restart"] == "unless-stopped", name
        assert service["read_only"] is True, name


def test_dependencies_wait_for_a_condition_that_can_come_true():
    for name, service in SERVICES.items():
        for other, wish in service.get("depends_on", {}).items():
            if wish["condition"] == "service_healthy":
                assert SERVICES[other]["healthcheck"].get("test"), f"{name} waits for {other}, which has no check"
            else:
                assert wish["condition"] == "service_completed_successfully"
                assert other == "migrate"


def test_every_image_is_pinned_to_a_full_version():
    images = [service["image"] for service in SERVICES.values()] + re.findall(r"^FROM (\S+:\S+)", DOCKERFILE, re.M)

    assert [image for image in images if not re.search(r":v?\d+\.\d+(\.\d+)?(-|$)", image)] == []


def test_our_image_carries_the_version_of_the_project():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert {service["image"] for service in OURS.values()} == {f"civility:{version}"}


def test_all_files_agree_on_the_port():
    web = SERVICES["web"]
    port = web["command"][web["command"].index("--port") + 1]

    assert [published.rsplit(":", 1)[1] for published in web["ports"]] == [port]
    assert re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.M) == [port]
    assert set(re.findall(r"127\.0\.0\.1:(\d+)/health", DOCKERFILE)) == {port}
    assert f"127.0.0.1:{port}/health/ready" in web["healthcheck"]["test"][-1]
    assert f"server 127.0.0.1:{port};" in (ROOT / "deploy/nginx.conf").read_text()
    assert f"--port {port}" in UNIT
    targets = yaml.safe_load((ROOT / "deploy/prometheus.yml").read_text())["scrape_configs"][0]["static_configs"]
    assert targets == [{"targets": [f"web:{port}"]}]


def test_only_this_machine_reaches_the_published_ports():
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert published
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_database_and_queue_are_on_the_inner_network_only():
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == ["inside"]
    assert SERVICES["valkey"]["networks"] == ["inside"]


def test_proxy_and_service_agree_on_the_largest_request():
    from service.settings import Settings

    (kilobytes,) = re.findall(r"client_max_body_size (\d+)k;", (ROOT / "deploy/nginx.conf").read_text())

    assert int(kilobytes) * 1024 == Settings().request_bytes_at_most


def test_the_systemd_unit_keeps_its_data_in_its_state_directory():
    (folder,) = re.findall(r"^StateDirectory=(\S+)$", UNIT, re.M)

    assert f"--data /var/lib/{folder}" in UNIT


def test_a_worker_is_given_time_to_finish_what_it_claimed():
    from service.settings import Settings

    grace = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))

    assert grace >= Settings().claim_seconds
