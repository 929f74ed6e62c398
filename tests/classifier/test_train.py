"""From labelled data to a model directory, and the commands around it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as arrow
import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from classifier import Scorer, registry
from classifier.__main__ import main
from classifier.labels import COLUMNS
from classifier.training.train import Recipe, train
from tests.classifier.conftest import KIND, RUDE

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def labelled(text: str, value: float) -> dict[str, object]:
    labels = {**dict.fromkeys(COLUMNS, float("nan")), "toxicity": value, "insult": value}
    return {"text": text, "source": "invented", "label_quality": "ok", **labels}


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hundred labelled sentences in the form of the real data."""
    folder = tmp_path_factory.mktemp("data")
    rows = [
        labelled(f"{text} {first} {second}", float(text in RUDE))
        for text in KIND + RUDE
        for first in NUMBERS
        for second in NUMBERS[:3]
    ]
    parquet.write_table(arrow.Table.from_pylist(rows), folder / "train.parquet")
    apart = [labelled("well argued, thanks", 0.0), labelled("you utter moron", 1.0)]
    parquet.write_table(arrow.Table.from_pylist(apart), folder / "evaluate.parquet")
    return folder


@pytest.fixture(scope="module")
def trained(invented: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(invented, tmp_path_factory.mktemp("models"), Recipe(), lambda _: None)


def test_the_same_data_and_seed_give_the_same_weights(invented: Path, trained: Path, tmp_path: Path) -> None:
    again = train(invented, tmp_path, Recipe(), lambda _: None)
    assert again.name == trained.name
    assert (again / registry.WEIGHTS).read_bytes() == (trained / registry.WEIGHTS).read_bytes()


def test_a_trained_model_can_be_loaded(trained: Path) -> None:
    scorer = Scorer.load(trained)
    kind, rude = scorer.score(["thank you", "you moron"]).values[:, 0]
    assert scorer.version == trained.name
    assert kind < rude


def test_attributes_without_examples_are_left_out(trained: Path) -> None:
    assert Scorer.load(trained).attributes == ("toxicity", "insult")


def test_the_papers_name_data_libraries_and_figures(trained: Path) -> None:
    papers = json.loads((trained / registry.METADATA).read_text())
    assert len(papers["data"]["fingerprint"]) == 64
    assert papers["made_with"]["scikit-learn"]
    assert papers["figures"]["public_by_source"]["toxicity"]["invented"]["auc"] == 1.0


def test_papers_and_card_hold_no_text_from_the_data(trained: Path) -> None:
    papers = (trained / registry.METADATA).read_text() + (trained / registry.CARD).read_text()
    assert not any(text in papers for text in KIND + RUDE)


def run(*words: str, stdin: str | None = None) -> str:
    answer = CliRunner().invoke(main, list(words), input=stdin)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_score_reads_json_lines_and_writes_json_lines() -> None:
    lines = run("score", stdin='"Thank you"\n"You \\ud800 idiot\\nagain"\n').splitlines()
    kind, rude = map(json.loads, lines)
    assert kind["toxicity"] < rude["toxicity"]
    assert kind["model"] == Scorer.load().version


def test_score_names_the_line_that_is_no_json_string() -> None:
    answer = CliRunner().invoke(main, ["score"], input='"fine"\nnot json\n')
    assert answer.exit_code == 1
    assert "Line 2 is not a JSON string" in answer.output


def test_explain_shows_the_word_that_decided_first() -> None:
    assert "idiot" in run("explain", "the mayor is an idiot").splitlines()[2]


def test_card_prints_the_shipped_card() -> None:
    assert Scorer.load().version in run("card")


def test_evaluate_prints_a_card_with_new_figures(invented: Path, trained: Path) -> None:
    printed = run("evaluate", "--data", str(invented), "--model", str(trained))
    assert "Public evaluation sets" in printed
