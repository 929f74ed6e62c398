"""`civility policy show|set|test`: a policy as a file, with versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.services import Services
from service.usecases import manage_sites
from tests.commands.conftest import Civility, refused, said
from tests.factories import as_toml

STRICT = as_toml({"name": "no-casino", "when": "words", "words": ["casino"], "then": "reject"}, otherwise="hold")
FRIENDLY, VILE = "Thank you for this thoughtful article about the bridge.", "You are a fucking idiot, go and die."


@pytest.fixture(autouse=True)
def site(services: Services) -> str:
    manage_sites.create_site(services, name="courier", title="The Courier")
    return "courier"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


def test_what_is_shown_can_be_set_again_unchanged(civility: Civility, file: Path) -> None:
    before = said(civility("policy", "show", "courier"))
    file.write_text(before, "utf-8")

    assert said(civility("policy", "set", "courier", str(file))) == "The policy of courier is now version 2.\n"

    assert said(civility("policy", "show", "courier")) == before == manage_sites.default_policy()


def test_a_policy_keeps_its_comments_and_every_character(civility: Civility, file: Path) -> None:
    written = f"# für die Redaktion – 🌉\n{STRICT}"
    file.write_text(written, "utf-8")
    said(civility("policy", "set", "courier", str(file), "--by", "Ada"))

    shown = civility("policy", "show", "courier")

    assert said(shown) == written
    assert shown.stderr.startswith("# version 2 of ")
    assert shown.stderr.endswith(" UTC, by Ada\n")


def test_it_is_read_from_standard_input_too(civility: Civility) -> None:
    assert "version 2" in said(civility("policy", "set", "courier", "-", given=STRICT))


def test_one_goes_back_by_setting_an_older_version(civility: Civility, file: Path) -> None:
    original = said(civility("policy", "show", "courier"))
    said(civility("policy", "set", "courier", "-", given=STRICT))

    older = said(civility("policy", "show", "courier", "--version", "1"))
    assert "version 3" in said(civility("policy", "set", "courier", "-", given=older))

    assert said(civility("policy", "show", "courier")) == original
    assert said(civility("policy", "show", "courier", "--version", "2")) == STRICT


def test_a_version_that_never_was_is_said_to_be_missing(civility: Civility) -> None:
    assert refused(civility("policy", "show", "courier", "--version", "9")) == (
        "The policy of 'courier' has no version 9."
    )


@pytest.mark.parametrize(
    ("document", "words"),
    [
        pytest.param("otherwise = hold\n", ["not valid TOML", "line 1"], id="no TOML"),
        pytest.param('otherwise = "perhaps"\n', ["otherwise", "perhaps"], id="no outcome"),
        pytest.param(as_toml({"name": "x", "when": "moon", "then": "hold"}), ["moon"], id="no kind of rule"),
        pytest.param(as_toml({"name": "x", "when": "links", "then": "hold"}), ["x", "at_least"], id="no limit"),
    ],
)
def test_a_broken_policy_is_refused_with_a_sentence_and_the_old_one_stays(
    civility: Civility, document: str, words: list[str]
) -> None:
    sentence = refused(civility("policy", "set", "courier", "-", given=document))

    assert all(word in sentence for word in words), sentence
    assert "# version 1 " in civility("policy", "show", "courier").stderr


def test_a_file_that_is_no_text_is_refused_with_a_sentence(civility: Civility, file: Path) -> None:
    file.write_bytes(b"# f\xfcr die Redaktion\n")

    assert "UTF-8" in refused(civility("policy", "set", "courier", str(file)))


def test_a_file_that_is_not_there_is_named(civility: Civility, file: Path) -> None:
    result = civility("policy", "set", "courier", str(file))

    assert result.exit_code == 2
    assert "policy.toml" in result.stderr


class TestTrying:
    def test_the_sites_policy_judges_texts_with_the_shipped_model(self, civility: Civility) -> None:
        friendly, vile = said(civility("policy", "test", "courier", FRIENDLY, VILE)).splitlines()

        assert friendly.startswith("approve ")
        assert "[clean: " in friendly
        assert vile.startswith(("reject ", "hold "))
        assert "toxic" in vile

    def test_another_policy_is_tried_before_it_is_set(self, civility: Civility, file: Path) -> None:
        file.write_text(STRICT)

        (line,) = said(
            civility("policy", "test", "courier", "Come to my c a s i n o", "--file", str(file))
        ).splitlines()

        assert line.startswith("reject ")
        assert "no-casino" in line
        assert "# version 1 " in civility("policy", "show", "courier").stderr

    def test_lines_of_standard_input_are_judged_and_blank_ones_passed_over(self, civility: Civility) -> None:
        judged = said(civility("policy", "test", "courier", given=f"{FRIENDLY}\n\n  \n{FRIENDLY}\n"))

        assert len(judged.splitlines()) == 2

    def test_the_name_of_the_author_is_judged_too(self, civility: Civility, file: Path) -> None:
        file.write_text(STRICT)
        options = ("--file", str(file), "--author", "Casino Royal")

        assert said(civility("policy", "test", "courier", FRIENDLY, *options)).startswith("reject ")
