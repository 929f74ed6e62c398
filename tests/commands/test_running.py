"""Commands beside a running service: one for all tests of this file."""

from __future__ import annotations

import json
import re
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from service.settings import embedded_socket
from tests.commands.test_replay_source import as_csv, as_jsonl, as_parquet
from tests.running import ROOT, RunningService, plain_environment, run_civility, running

TEXTS = [{"text": f"Number {n}: at last a cycle lane.", "toxicity": n % 2} for n in range(12)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running(tmp_path_factory.mktemp("service") / "data") as service:
        yield service


def beside(service: RunningService, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return run_civility(*arguments, "--data", str(service.data), **settings)


def counts_of(report: str) -> dict[str, int]:
    """The figures at the head of a replay's report."""
    found = re.findall(r"^([a-z ]+?) +(\d+)(?: .*)?$", report, re.MULTILINE)
    return {name: int(count) for name, count in found}


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def accepted_so_far(service: RunningService) -> float:
    counted = re.findall(r"^civility_replies_accepted_total\S* (\S+)", get(f"{service.url}/metrics"), re.MULTILINE)
    return sum(map(float, counted))


def test_the_credentials_are_complete_and_for_their_owner_only(service: RunningService) -> None:
    file = service.data / "credentials.json"
    known = json.loads(file.read_text())

    assert set(known) == {"url", "site", "site_key", "api_key", "moderator", "operator_token"}
    assert set(known["moderator"]) == {"email", "password"}
    assert stat.S_IMODE(file.stat().st_mode) == stat.S_IMODE((service.data / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(service.data.stat().st_mode) == 0o700


def test_the_doctor_finds_nothing_wrong(service: RunningService) -> None:
    result = beside(service, "doctor")

    assert result.returncode == 0, result.stdout
    assert "BAD" not in result.stdout


@pytest.mark.parametrize("role", ["worker", "beat"])
def test_the_roles_are_well(service: RunningService, role: str) -> None:
    assert beside(service, "health", role).returncode == 0


class TestReplay:
    @pytest.mark.parametrize("write", [as_parquet, as_jsonl, as_csv])
    def test_every_comment_is_accepted_and_decided_once(self, service: RunningService, tmp_path: Path, write) -> None:
        result = beside(service, "replay", str(write(tmp_path, TEXTS)), "--rate", "100")

        assert result.returncode == 0, result.stderr
        counts = counts_of(result.stdout)
        assert counts["comments"] == counts["accepted"] == counts["decided"] == 12
        assert counts["lost"] == counts["decided twice"] == counts["refused"] == 0
        assert re.search(r"^  toxic  .* 6\b", result.stdout, re.MULTILINE)
        assert re.search(r"to decision +\d+\.\d +\d+\.\d +\d+\.\d", result.stdout)
        assert "Replaying" in result.stderr

    def test_a_pace_is_kept(self, service: RunningService, tmp_path: Path) -> None:
        result = beside(service, "replay", str(as_jsonl(tmp_path, TEXTS)), "--rate", "8", "--limit", "9")

        (rate,) = re.findall(r"^accepted a second +(\d+)$", result.stdout, re.MULTILINE)
        assert counts_of(result.stdout)["comments"] == 9
        assert 7 <= int(rate) <= 10  # eight a second: the ninth comes a second after the first

    def test_what_the_service_refuses_is_counted_by_reason_and_not_lost(
        self, service: RunningService, tmp_path: Path
    ) -> None:
        file = as_jsonl(tmp_path, [*TEXTS[:2], {"text": "", "toxicity": 0}, {"text": "x" * 30_000, "toxicity": 0}])

        result = beside(service, "replay", str(file))

        assert result.returncode == 0
        assert re.search(r"^refused +2   .*bad_", result.stdout, re.MULTILINE), result.stdout
        assert counts_of(result.stdout)["accepted"] == 2

    def test_a_wrong_key_is_named_as_the_reason(self, service: RunningService, tmp_path: Path) -> None:
        result = beside(service, "replay", str(as_jsonl(tmp_path)), "--api-key", "key_wrong")

        assert "2 bad_credentials" in result.stdout
        assert counts_of(result.stdout)["accepted"] == 0

    def test_a_service_that_does_not_answer_is_named_as_the_reason(
        self, service: RunningService, tmp_path: Path
    ) -> None:
        options = ["--url", "http://127.0.0.1:1", "--patience", "0.3"]

        assert "2 no_answer" in beside(service, "replay", str(as_jsonl(tmp_path)), *options).stdout


def test_events_are_shown_as_they_leave_until_ctrl_c(service: RunningService, tmp_path: Path) -> None:
    valkey = redis.Redis(unix_socket_path=str(embedded_socket(service.data)))
    listeners = valkey.pubsub_numpat()  # Celery's workers listen as well
    listening = subprocess.Popen(
        [sys.executable, "-u", "-m", "service.cli", "events", "--data", str(service.data)],
        cwd=ROOT,
        env=plain_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 20
    while valkey.pubsub_numpat() == listeners:
        assert time.monotonic() < deadline, "nobody listens"
        time.sleep(0.05)

    counts = counts_of(beside(service, "replay", str(as_jsonl(tmp_path, TEXTS)), "--limit", "3").stdout)
    time.sleep(0.5)
    listening.send_signal(signal.SIGINT)
    shown, complaints = listening.communicate(timeout=20)

    assert counts["decided"] == 3
    events = [json.loads(line) for line in shown.splitlines()]
    assert len(events) == 3
    assert {event["type"] for event in events} <= {"reply.approved", "reply.held", "reply.rejected"}
    assert all(set(event) == {"id", "type", "timestamp", "data"} for event in events)
    assert "Traceback" not in complaints


def test_a_second_service_on_the_folder_is_refused_and_does_the_first_no_harm(
    service: RunningService, tmp_path: Path
) -> None:
    beside(service, "replay", str(as_jsonl(tmp_path, TEXTS)))
    before = accepted_so_far(service)
    assert before > 0

    second = run_civility("up", "--data", str(service.data), "--port", "0")

    assert second.returncode == 1
    assert second.stderr.startswith("civility: Civility already runs on ")
    assert f"process {service.process.pid}" in second.stderr
    assert "Traceback" not in second.stderr
    assert accepted_so_far(service) == before
    assert beside(service, "health", "worker").returncode == 0


def test_a_port_that_is_taken_is_said_before_anything_starts(service: RunningService, tmp_path: Path) -> None:
    port = service.url.rpartition(":")[2]

    result = run_civility("up", "--data", str(tmp_path / "other"), "--port", port)

    assert result.returncode == 1
    assert f"Cannot listen at 127.0.0.1:{port} (Address already in use): choose another --port." in result.stderr
    assert not (tmp_path / "other" / "credentials.json").exists()
