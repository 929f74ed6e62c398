"""Choosing between models: promoted, gone back from, compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from classifier import registry
from classifier.__main__ import main


def a_model(models: Path, name: str) -> Path:
    """A copy of the shipped English model under another name."""
    shipped = registry.current()
    directory = models / name
    directory.mkdir(parents=True)
    for file in shipped.iterdir():
        (directory / file.name).write_bytes(file.read_bytes())
    return directory


def run(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_promoted_model_is_loaded_and_the_other_languages_stay(tmp_path: Path) -> None:
    (tmp_path / registry.CURRENT).write_text("de-one\nen-one\n")
    a_model(tmp_path, "en-two")

    said = run("promote", "--models", tmp_path, tmp_path / "en-two")

    assert "is loaded for en" in said
    assert (tmp_path / registry.CURRENT).read_text().split() == ["de-one", "en-two"]


def test_a_model_that_cannot_be_trusted_is_not_promoted(tmp_path: Path) -> None:
    (tmp_path / registry.CURRENT).write_text("en-one\n")
    altered = a_model(tmp_path, "en-two")
    (altered / registry.WEIGHTS).write_bytes(b"something else")

    with pytest.raises(registry.ModelRefused, match="SHA-256"):
        run("promote", "--models", tmp_path, altered)
    assert (tmp_path / registry.CURRENT).read_text() == "en-one\n"


def test_a_rollback_goes_back_and_a_second_one_forward_again(tmp_path: Path) -> None:
    one, two = a_model(tmp_path, "en-one"), a_model(tmp_path, "en-two")
    registry.promote(one, tmp_path)
    registry.promote(two, tmp_path)

    assert registry.rollback("en", tmp_path) == one
    assert registry.current(tmp_path) == one
    assert "en-two is loaded for en" in run("rollback", "--models", tmp_path)


def test_promoting_what_is_loaded_already_keeps_the_way_back(tmp_path: Path) -> None:
    one, two = a_model(tmp_path, "en-one"), a_model(tmp_path, "en-two")
    for each in (one, two, two):
        registry.promote(each, tmp_path)

    assert registry.rollback("en", tmp_path) == one


def test_without_an_earlier_model_a_rollback_says_what_to_do(tmp_path: Path) -> None:
    registry.promote(a_model(tmp_path, "en-one"), tmp_path)

    with pytest.raises(registry.ModelRefused, match="Promote one by its directory"):
        registry.rollback("en", tmp_path)
