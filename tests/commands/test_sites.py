"""`civility site …` and `civility moderator …`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.services import Services
from service.usecases import manage_sites, sign_in
from tests.commands.conftest import Civility, refused, said


def keys(civility: Civility, name: str = "courier", *options: str) -> dict[str, str]:
    shown = said(civility("site", "add", name, *options))
    return dict(line.split() for line in shown.splitlines())


def test_a_new_site_shows_its_keys_and_they_work(civility: Civility, services: Services) -> None:
    shown = keys(civility, "courier", "--title", "The Courier", "--origin", "https://a.example", "--permalink", "x{id}")

    site = manage_sites.site_named(services, "courier")
    assert services.sites_by_api_key.get(shown["api_key"]) == site
    assert shown["site_key"] == site.site_key
    assert (site.title, site.origins, site.permalink) == ("The Courier", ("https://a.example",), "x{id}")


def test_sites_are_listed_without_their_secrets(civility: Civility) -> None:
    assert said(civility("site", "list")) == ""
    shown = keys(civility)

    listed = said(civility("site", "list"))

    assert listed == f"courier\t{shown['site_key']}\tpolicy 1\tcourier\n"
    assert shown["api_key"] not in listed


def test_a_key_is_added_and_revoked_by_its_label(civility: Civility, services: Services) -> None:
    first = keys(civility)["api_key"]
    added = said(civility("site", "new-key", "courier", "--label", "cms")).strip()
    assert services.sites_by_api_key.get(added) is not None

    assert said(civility("site", "revoke-key", "courier", "cms")).startswith("1 key(s) revoked")

    assert re.fullmatch(r"key_[\w-]{40,}", added)
    with services.database.reading() as tx:
        from service.storage import sites

        assert sites.by_api_key(tx, added) is None
        assert sites.by_api_key(tx, first) is not None


def test_a_label_nobody_has_revokes_nothing(civility: Civility) -> None:
    keys(civility)

    assert said(civility("site", "revoke-key", "courier", "nobody")).startswith("0 key(s) revoked")


def test_a_name_that_is_taken_is_refused(civility: Civility) -> None:
    keys(civility)

    assert refused(civility("site", "add", "courier")) == "There is a site called 'courier' already."


@pytest.mark.parametrize(
    "command", [["site", "new-key", "curier"], ["site", "revoke-key", "curier", "cms"], ["policy", "show", "curier"]]
)
def test_a_site_that_is_not_there_is_named(civility: Civility, command: list[str]) -> None:
    assert "no site called 'curier'. `civility site list` shows" in refused(civility(*command))


class TestModerators:
    def test_a_moderator_can_sign_in_and_no_password_is_shown(self, civility: Civility, services: Services) -> None:
        keys(civility)

        result = civility(
            "moderator", "add", "Mo@news.example", "--name", "Mo", "--site", "courier", given="pass word\npass word\n"
        )

        assert "Mo may moderate courier." in said(result)
        assert "pass word" not in result.output
        assert sign_in.sign_in(services, "mo@news.example", "pass word")[0]

    def test_two_different_passwords_are_asked_again(self, civility: Civility) -> None:
        keys(civility)

        result = civility(
            "moderator", "add", "mo@news.example", "--name", "Mo", "--site", "courier", given="one\ntwo\n"
        )

        assert result.exit_code != 0
        assert "do not match" in result.output

    def test_without_a_site_there_is_nothing_to_moderate(self, civility: Civility) -> None:
        result = civility("moderator", "add", "mo@news.example", "--name", "Mo", "--password", "x")

        assert result.exit_code == 2
        assert "--site" in result.stderr

    def test_an_address_that_is_taken_is_refused(self, civility: Civility) -> None:
        keys(civility)
        add = ("moderator", "add", "mo@news.example", "--name", "Mo", "--site", "courier", "--password", "x")
        said(civility(*add))

        assert "already" in refused(civility(*add))


@pytest.mark.parametrize("command", [["site", "list"], ["site", "add", "courier"], ["policy", "show", "courier"]])
def test_before_the_migration_a_sentence_says_where_to_look(civility: Civility, data: Path, command: list[str]) -> None:
    (data / "civility.db").unlink()

    assert "`civility doctor`" in refused(civility(*command))


def test_while_the_database_is_away_a_sentence_says_where_to_look(civility: Civility) -> None:
    sentence = refused(civility("site", "list", DATABASE_URL="postgresql+psycopg://u:hunter2@127.0.0.1:1/civility"))

    assert "`civility doctor`" in sentence
    assert "hunter2" not in sentence


def test_a_setting_that_cannot_be_read_is_named(civility: Civility) -> None:
    assert refused(civility("site", "list", CIVILITY_WEB_THREADS="many")).startswith(
        "CIVILITY_WEB_THREADS must be a whole number"
    )
