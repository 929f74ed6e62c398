"""Settings: read from the environment, described on one page, refused in a sentence."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.settings import BadSetting, Settings, celery_url, described, embedded_socket, read_settings

BY_KIND = {
    "int": st.integers(-(10**9), 10**9),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "str": st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20),
    "path": st.text("abc/._", min_size=1, max_size=20).map(Path),
}


@given(st.data())
def test_what_is_written_in_the_environment_is_what_is_read(data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.sampled_from(described()), unique_by=lambda row: row.name))
    values = {row: data.draw(BY_KIND[row.kind], label=row.name) for row in rows}

    settings = read_settings({row.env: f" {value} " for row, value in values.items()})

    assert {row.name: getattr(settings, row.name) for row in rows} == {row.name: value for row, value in values.items()}


def test_what_is_not_given_or_blank_has_its_default() -> None:
    blank = {row.env: "  " for row in described()}

    assert read_settings({}) == read_settings(blank) == Settings()


def test_what_the_command_line_says_wins_over_the_environment() -> None:
    environment = {"CIVILITY_WEB_THREADS": "3", "CIVILITY_WEB_PROCESSES": "2"}

    settings = read_settings(environment, web_threads=5, web_processes=None)

    assert (settings.web_threads, settings.web_processes) == (5, 2)


@pytest.mark.parametrize("row", [row for row in described() if row.kind in ("int", "float")], ids=lambda row: row.name)
def test_a_number_that_is_none_is_refused_by_the_name_of_its_variable(row) -> None:
    with pytest.raises(BadSetting, match=f"^{row.env} must be a (whole )?number, such as {row.default}, not 'many'"):
        read_settings({row.env: "many"})


def test_every_setting_has_a_variable_of_its_own_and_a_sentence() -> None:
    rows = described()

    assert len({row.env for row in rows}) == len(rows) == len(fields(Settings))
    assert all(row.sentence.endswith(".") for row in rows)


@pytest.mark.parametrize(
    "name", ["database_url", "redis_url", "broker_url", "hash_keys", "secret_key", "operator_token"]
)
def test_what_may_hold_a_password_or_key_is_marked_as_secret(name: str) -> None:
    assert {row.name: row.secret for row in described()}[name]


def test_a_service_without_settings_uses_files_in_its_data_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)

    assert settings.database == f"sqlite:///{tmp_path}/civility.db"
    assert settings.redis.startswith("unix://")
    assert settings.broker == celery_url(settings.redis)
    assert settings.broker.startswith("redis+socket://")


def test_addresses_that_are_given_are_used() -> None:
    settings = Settings(database_url="postgresql+psycopg://db/x", redis_url="redis://r/0", broker_url="amqp://q")

    assert (settings.database, settings.redis, settings.broker) == (
        "postgresql+psycopg://db/x",
        "redis://r/0",
        "amqp://q",
    )


@given(st.integers(1, 200))
def test_the_socket_of_a_deep_folder_is_short_enough_to_listen_on(depth: int) -> None:
    folder = Path("/srv", *["civility"] * depth)

    assert len(str(embedded_socket(folder)).encode()) < 107
    assert embedded_socket(folder) == embedded_socket(folder)
    assert embedded_socket(folder) != embedded_socket(folder / "other")
