"""`civility doctor`, `health` and `migrate`: what is wrong with a set-up is said in a sentence."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from classifier import registry
from service.services import Services
from service.storage import upkeep
from service.storage.database import Database
from service.storage.migrate import is_migrated
from service.usecases import manage_sites
from tests.commands.conftest import Civility, refused, said
from tests.factories import a_received_reply, a_site

AWAY = "postgresql+psycopg://civility:hunter2@127.0.0.1:1/civility"


def findings(result) -> tuple[list[str], list[str]]:
    """What is well and what is not, as the doctor says it; the exit code tells which it was."""
    lines = result.stdout.splitlines()
    good = [line.removeprefix("ok   ") for line in lines if line.startswith("ok ")]
    bad = [line.removeprefix("BAD  ") for line in lines if line.startswith("BAD ")]
    assert len(good) + len(bad) == len(lines), result.output
    assert result.exit_code == (1 if bad else 0)
    return good, bad


def complaint(result, word: str) -> str:
    """The one finding that is bad and has this word in it."""
    _, bad = findings(result)
    (found,) = [sentence for sentence in bad if word in sentence]
    return found


@pytest.fixture
def well(services: Services) -> None:
    """A worker was seen just now."""
    with services.database.writing() as tx:
        upkeep.beat(tx, role="worker", name="here", now=services.clock())


class TestDoctor:
    def test_a_set_up_that_works_has_nothing_wrong(self, civility: Civility, well: None, valkey_url: str) -> None:
        good, bad = findings(civility("doctor", REDIS_URL=valkey_url))

        assert bad == []
        assert any("The model is en-" in sentence for sentence in good)
        assert all(sentence.endswith(".") for sentence in good)

    def test_a_folder_that_is_missing_is_not_made(self, civility: Civility, tmp_path: Path) -> None:
        nowhere = tmp_path / "nowhere"

        good, bad = findings(civility("doctor", "--data", str(nowhere)))

        assert (good, len(bad)) == ([], 1)
        assert f"{nowhere} does not exist" in bad[0]
        assert "civility up" in bad[0]
        assert not nowhere.exists()

    def test_a_database_that_is_away(self, civility: Civility) -> None:
        sentence = complaint(civility("doctor", DATABASE_URL=AWAY), "does not answer")

        assert "127.0.0.1:1" in sentence
        assert "hunter2" not in sentence

    def test_an_address_that_is_none(self, civility: Civility) -> None:
        assert "postgresql+psycopg://" in complaint(civility("doctor", DATABASE_URL="nonsense"), "DATABASE_URL")

    def test_a_database_without_tables(self, civility: Civility, data: Path) -> None:
        (data / "civility.db").unlink()

        assert "`civility migrate`" in complaint(civility("doctor"), "tables")

    def test_a_cluster_whose_processes_would_not_know_each_others_authors(self, civility: Civility) -> None:
        sentence = complaint(civility("doctor", DATABASE_URL=AWAY), "CIVILITY_HASH_KEYS")

        assert "Set both everywhere" in sentence

    def test_a_cluster_with_its_secrets_is_well_in_this(self, civility: Civility) -> None:
        given = {"CIVILITY_HASH_KEYS": f"k1:{'ab' * 32}", "CIVILITY_SECRET_KEY": "s" * 40}

        good, _ = findings(civility("doctor", DATABASE_URL=AWAY, **given))

        assert "The secrets are in place." in good

    @pytest.mark.parametrize("keys", ["k1", "k1:zz", "k1:abcd"])
    def test_a_hash_key_that_is_none(self, civility: Civility, keys: str) -> None:
        assert "civility new-key" in complaint(civility("doctor", CIVILITY_HASH_KEYS=keys), "hash key")

    def test_a_secrets_file_that_cannot_be_read(self, civility: Civility, data: Path) -> None:
        (data / "secrets.json").write_text('{"hash_keys": ')

        assert "Restore it from a backup" in complaint(civility("doctor"), "secrets.json")

    def test_no_broker_and_no_worker(self, civility: Civility) -> None:
        result = civility("doctor")

        assert "replies are accepted and wait" in complaint(result, "broker")
        assert "`civility worker`" in complaint(result, "worker was ever seen")

    def test_a_worker_that_is_gone(self, civility: Civility, services: Services) -> None:
        with services.database.writing() as tx:
            upkeep.beat(tx, role="worker", name="gone", now=services.clock() - timedelta(hours=1))

        assert "3600 seconds ago: start one" in complaint(civility("doctor"), "A worker was seen")

    def test_workers_that_do_not_keep_up(self, civility: Civility, services: Services) -> None:
        a_received_reply(services, a_site(services))
        with services.database.writing() as tx:
            tx.execute(text("UPDATE pending SET received_at = '2026-01-01 00:00:00'"))

        assert "workers do not keep up" in complaint(civility("doctor"), "oldest pending reply")

    def test_a_model_that_was_altered(self, civility: Civility, tmp_path: Path) -> None:
        model = tmp_path / "model"
        shutil.copytree(registry.current(), model)
        with (model / registry.WEIGHTS).open("r+b") as weights:
            weights.seek(1000)
            weights.write(b"\0\1\2\3")

        sentence = complaint(civility("doctor", CIVILITY_MODEL=str(model)), "model")

        assert "SHA-256 differs" in sentence

    def test_a_model_that_is_not_there(self, civility: Civility, tmp_path: Path) -> None:
        assert complaint(civility("doctor", CIVILITY_MODEL=str(tmp_path / "none")), "The model cannot be loaded")

    def test_a_policy_that_cannot_be_read(self, civility: Civility, services: Services) -> None:
        manage_sites.create_site(services, name="courier", title="The Courier")
        with services.database.writing() as tx:
            tx.execute(text("UPDATE policies SET document = 'no = policy ='"))

        assert "'courier'" in complaint(civility("doctor"), "so everything is held")

    def test_a_setting_that_is_none(self, civility: Civility) -> None:
        assert complaint(civility("doctor", CIVILITY_BATCH_REPLIES="lots"), "CIVILITY_BATCH_REPLIES must be")


class TestHealth:
    @pytest.mark.parametrize("role", ["worker", "beat"])
    def test_a_role_seen_lately_is_well(self, civility: Civility, services: Services, role: str) -> None:
        with services.database.writing() as tx:
            upkeep.beat(tx, role=role, name="here", now=services.clock())

        assert said(civility("health", role)).startswith(f"{role}: seen ")

    def test_a_role_never_seen_is_not(self, civility: Civility) -> None:
        result = civility("health", "worker")

        assert (result.exit_code, result.stdout) == (1, "worker: never seen\n")

    def test_a_database_that_is_away_is_a_sentence(self, civility: Civility) -> None:
        assert "`civility doctor`" in refused(civility("health", "worker", DATABASE_URL=AWAY))

    def test_there_are_no_other_roles(self, civility: Civility) -> None:
        assert civility("health", "valkey").exit_code == 2


class TestMigrate:
    def test_it_makes_the_tables_and_does_no_harm_a_second_time(self, civility: Civility, tmp_path: Path) -> None:
        folder = tmp_path / "new"
        for _ in range(2):
            assert said(civility("migrate", "--data", str(folder))) == "The database is up to date.\n"

        database = Database(f"sqlite:///{folder / 'civility.db'}")
        assert is_migrated(database)
        database.close()

    def test_it_migrates_postgresql(self, civility: Civility, database_url: str) -> None:
        assert said(civility("migrate", DATABASE_URL=database_url)) == "The database is up to date.\n"

    def test_a_database_that_is_away_is_a_sentence(self, civility: Civility) -> None:
        assert "`civility doctor`" in refused(civility("migrate", DATABASE_URL=AWAY))
