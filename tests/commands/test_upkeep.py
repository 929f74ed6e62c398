"""`civility new-key`, `config` and `events`, and the secrets they speak of."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from service.domain.identity import HashKeys
from service.settings import Settings, described
from service.wiring import build
from tests.commands.conftest import Civility, refused, said
from tests.running import ROOT


def test_a_new_key_is_one_that_the_setting_takes_and_another_each_time(civility: Civility) -> None:
    one, other = said(civility("new-key")).strip(), said(civility("new-key", "k2")).strip()

    assert [key.id for key in HashKeys.parse(f"{other},{one}").keys] == ["k2", "k1"]
    assert one != said(civility("new-key")).strip()


def test_the_page_of_settings_is_the_one_in_the_docs(civility: Civility) -> None:
    assert said(civility("config", "--docs")) == (ROOT / "docs" / "configuration.md").read_text()


def test_the_settings_in_force_are_shown_each_on_a_line(civility: Civility, data: Path) -> None:
    shown = dict(line.split("=", 1) for line in said(civility("config", CIVILITY_BATCH_REPLIES="7")).splitlines())

    assert set(shown) == {row.env for row in described()}
    assert shown["CIVILITY_BATCH_REPLIES"] == "7"
    assert shown["CIVILITY_DATA"] == str(data)


@pytest.mark.parametrize("env", [row.env for row in described() if row.secret])
def test_secrets_are_masked(civility: Civility, env: str) -> None:
    shown = said(civility("config", **{env: "hunter2"}))

    assert "hunter2" not in shown
    assert f"{env}=(set)\n" in shown


def test_secrets_are_made_once_and_kept_for_their_owner_only(tmp_path: Path) -> None:
    first, second = build(Settings(data=tmp_path)), build(Settings(data=tmp_path))

    assert first.hash_keys == second.hash_keys
    assert first.secret_key == second.secret_key
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert set(json.loads((tmp_path / "secrets.json").read_text())) == {"hash_keys", "secret_key", "operator_token"}


def test_secrets_of_the_environment_win(tmp_path: Path) -> None:
    services = build(Settings(data=tmp_path, hash_keys=f"k9:{'ab' * 32}", secret_key="s" * 40, operator_token="op"))

    assert services.hash_keys.current.id == "k9"
    assert (services.secret_key, services.operator_token) == (b"s" * 40, "op")


def test_events_of_nobody_who_runs_are_a_sentence(civility: Civility) -> None:
    assert refused(civility("events")).startswith("The live channel is away")


def test_help_names_every_command(civility: Civility) -> None:
    from service.cli import main

    shown = said(civility("--help"))

    assert all(f"  {name}" in shown for name in main.commands)
