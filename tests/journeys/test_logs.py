"""Logs carry no personal data, whatever a caller passes in."""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from service import logs
from service.domain.identity import read_email

ADDRESSES = [
    "ada@example.org",
    "Ada.Lovelace@Example.ORG",
    "ada+news@example.co.uk",
    "o'brien@example.org",
    "a_d-a!x#$*{}~@mail.example.org",
    "ada%40example.org",
    "ADA%40EXAMPLE.ORG",
    "grüße@exämple.org",
    "<ada@example.org>",
    "mailto:ada@example.org",
    "email=ada@example.org&x=1",
]
IPS = [
    "203.0.113.77",
    "203.0.113.77:8080",
    "203.0.113.0",
    "203.0.113.77/24",
    "2001:db8:1:2:3:4:5:6",
    "2001:db8::1",
    "[2001:DB8::1]:443",
    "fe80::1%eth0",
    "::ffff:203.0.113.77",
    "2001:db8::1/64",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_email_address_is_masked(address: str) -> None:
    masked = logs.mask(f"could not send {address}, giving up")

    assert "<email>" in masked
    assert "ada" not in masked.lower().replace("mailto", "")
    assert "example" not in masked.lower()
    assert masked.startswith("could not send ")
    assert masked.endswith(", giving up")


@pytest.mark.parametrize("ip", IPS)
def test_a_full_ip_is_masked(ip: str) -> None:
    masked = logs.mask(f"refused {ip} twice")

    assert "<ip>" in masked
    assert "113" not in masked
    assert "2001" not in masked
    assert "fe80" not in masked


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-24T12:00:00.123456Z",
        "at 12:00:00 UTC",
        "127.0.0.1:8000",
        "http://0.0.0.0:8000/",
        "[::1]:8000",
        "203.0.113.0/24",
        "2001:db8:1::/48",
        "Celery 5.7.1, Flask 3.1",
        "redis+socket:///tmp/valkey.sock",
        "postgresql+psycopg://civility:***@db/civility",
        "celery@worker-1 ready",
        "service.web.problems:from_fault",
        "01a20be7-1e47-73d8-8b90-2de615430a00",
        "std::string is C++",
    ],
)
def test_what_is_no_address_stays(line: str) -> None:
    assert logs.mask(line) == line


def test_a_very_long_line_is_masked_in_time() -> None:
    began = time.perf_counter()

    logs.mask("a" * 200_000)
    logs.mask("%40" * 50_000)
    logs.mask("1:" * 50_000)

    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "field", ["text", "email", "author_name", "author", "ip", "user_agent", "password", "body", "form"]
)
def test_a_personal_field_is_dropped_at_every_depth(field: str) -> None:
    event = {"event": "x", field: "Ada", "reply": {field: "Ada", "inner": [{field: "Ada"}]}}

    assert "Ada" not in str(logs.scrub(None, "info", event))


def test_addresses_are_masked_at_every_depth() -> None:
    event: dict[str, Any] = {
        "event": "x",
        "a": ["ada@example.org", ("ada@example.org",)],
        "b": {"c": {"d": "ada@example.org"}},
        "error": ValueError("no such person: ada@example.org"),
        "count": 3,
        "ok": True,
    }

    scrubbed = logs.scrub(None, "info", event)

    assert "ada" not in str(scrubbed)
    assert (scrubbed["count"], scrubbed["ok"]) == (3, True)


class TestWrittenLines:
    """What really comes out on standard error."""

    @pytest.fixture(params=["json", "text"])
    def written(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
        root, before = logging.getLogger(), (logging.getLogger().handlers[:], logging.getLogger().level)
        stream = io.StringIO()
        monkeypatch.setattr(sys, "stderr", stream)
        logs.set_up(level="info", form=request.param)
        yield stream
        root.handlers[:], root.level = before
        structlog.reset_defaults()

    def test_our_own_logger(self, written: io.StringIO) -> None:
        structlog.stdlib.get_logger("service.own").warning(
            "refused", why="ada@example.org from 203.0.113.77", text="Dear Ada", address=read_email("ada@example.org")
        )

        assert "refused" in written.getvalue()
        _assert_clean(written.getvalue())

    def test_the_loggers_of_libraries(self, written: io.StringIO) -> None:
        logging.getLogger("library").error("failed for %s at %s", "ada@example.org", "203.0.113.77")

        assert "failed for <email> at <ip>" in written.getvalue()
        _assert_clean(written.getvalue())

    @pytest.mark.parametrize("whose", ["ours", "a library's"])
    def test_tracebacks_with_their_causes(self, written: io.StringIO, whose: str) -> None:
        try:
            try:
                raise KeyError("ada@example.org")
            except KeyError as error:
                raise RuntimeError("lost 203.0.113.77 of ada%40example.org") from error
        except RuntimeError:
            if whose == "ours":
                structlog.stdlib.get_logger("service.traces").exception("fault")
            else:
                logging.getLogger("library").exception("fault")

        assert "Traceback" in written.getvalue()
        assert "RuntimeError" in written.getvalue()
        _assert_clean(written.getvalue())

    def test_variables_of_a_traceback_are_not_shown(self, written: io.StringIO) -> None:
        def decide(reply_text: str) -> None:
            raise RuntimeError("cannot")

        try:
            decide("Dear " + "Ada")
        except RuntimeError:
            structlog.stdlib.get_logger("service.locals").exception("fault")

        _assert_clean(written.getvalue())


def test_json_lines_are_json_and_say_when_where_and_what(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root, before = logging.getLogger(), (logging.getLogger().handlers[:], logging.getLogger().level)
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    try:
        logs.set_up(level="info", form="json")
        structlog.stdlib.get_logger("service.json").info("dropped", addresses=3)
        line = json.loads(stream.getvalue())
    finally:
        root.handlers[:], root.level = before
        structlog.reset_defaults()

    assert (line["event"], line["addresses"], line["level"], line["logger"]) == ("dropped", 3, "info", "service.json")
    assert line["timestamp"].endswith("Z")


def _assert_clean(written: str) -> None:
    for secret in ("ada@", "ada%40", "example.org", "203.0.113.77", "Dear Ada"):
        assert secret not in written, written
