"""The second opinion is asked about doubtful texts only, within bounds, and refused when it is not as described."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier import Scorer, registry
from classifier.arithmetic import probabilities
from classifier.encoder.cascade import Cascade, with_second_opinion
from classifier.encoder.second_opinion import ENCODER, VOCABULARY, EncoderMissing, SecondOpinion, shipped
from classifier.encoder.wordpiece import WordPieces
from classifier.registry import ModelRefused
from classifier.text.normalise import repaired

TEXTS = ["you fool", "thank you for the article", "what a silly thing to say", "good morning"]
PAPERS: dict[str, Any] = {
    "version": "second-test",
    "outputs": ["toxicity"],
    "language": "en",
    "pieces_at_most": 16,
    "band": {"attribute": "toxicity", "low": 0.0, "high": 1.01, "floor": 0.0},
    "mixing": [{"attribute": "toxicity", "first": {"toxicity": 0.5}, "second": {"toxicity": 2.0}, "offset": 0.25}],
}


class FakeSession:
    """Answers 1 for every text and remembers how many it was asked about."""

    def __init__(self) -> None:
        self.asked = 0

    def run(self, _: None, given: dict[str, Any]) -> list[Any]:
        self.asked += len(given["input_ids"])
        return [np.ones((len(given["input_ids"]), 1), dtype=np.float32)]


class Clock:
    """Advances a second whenever it is looked at."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds


def second(session: FakeSession, **papers: Any) -> SecondOpinion:
    pieces = WordPieces(["[PAD]", "[CLS]", "[SEP]", "[UNK]", "you"])
    return SecondOpinion(session, pieces, {**PAPERS, **papers}, Clock())


def test_doubtful_texts_get_the_mixed_score(small_scorer: Scorer) -> None:
    first = small_scorer.score(TEXTS)
    found = Cascade(small_scorer, second(FakeSession()), seconds_at_most=100).score(TEXTS)
    column = first.attributes.index("toxicity")
    given = first.values[:, column].astype(np.float64)
    expected = probabilities(0.5 * np.log(given / (1 - given)) + 2.0 + 0.25)
    np.testing.assert_allclose(found.values[:, column], expected, atol=1e-5)
    assert set(found.versions) == {f"{small_scorer.version}+second-test"}


def test_clear_texts_keep_the_first_score_and_its_name(small_scorer: Scorer) -> None:
    session = FakeSession()
    nothing = {"attribute": "toxicity", "low": 2.0, "high": 3.0, "floor": 0.0}
    found = Cascade(small_scorer, second(session, band=nothing)).score(TEXTS)
    np.testing.assert_array_equal(found.values, small_scorer.score(TEXTS).values)
    assert (session.asked, set(found.versions)) == (0, {small_scorer.version})


def test_attributes_without_a_mixing_keep_the_first_score(small_scorer: Scorer) -> None:
    found = Cascade(small_scorer, second(FakeSession()), seconds_at_most=100).score(TEXTS)
    others = [i for i, name in enumerate(found.attributes) if name != "toxicity"]
    np.testing.assert_array_equal(found.values[:, others], small_scorer.score(TEXTS).values[:, others])


def test_texts_beyond_the_number_say_that_they_were_not_reached(small_scorer: Scorer) -> None:
    found = Cascade(small_scorer, second(FakeSession()), texts_at_most=1, seconds_at_most=100).score(TEXTS)
    assert found.versions[0] == f"{small_scorer.version}+second-test"
    assert set(found.versions[1:]) == {f"{small_scorer.version} (second opinion not reached)"}
    np.testing.assert_array_equal(found.values[1:], small_scorer.score(TEXTS).values[1:])


def test_texts_beyond_the_time_keep_the_first_score(small_scorer: Scorer) -> None:
    session = FakeSession()
    found = Cascade(small_scorer, second(session), seconds_at_most=0).score(TEXTS)
    np.testing.assert_array_equal(found.values, small_scorer.score(TEXTS).values)
    assert session.asked == 0


def test_a_doubtful_text_never_falls_below_the_floor(small_scorer: Scorer) -> None:
    raised = {"attribute": "toxicity", "low": 0.0, "high": 1.01, "floor": 0.999}
    found = Cascade(small_scorer, second(FakeSession(), band=raised), seconds_at_most=100).score(TEXTS)
    assert (found.values[:, found.attributes.index("toxicity")] >= np.float32(0.999)).all()


def test_no_texts_are_no_trouble(small_scorer: Scorer) -> None:
    assert Cascade(small_scorer, second(FakeSession())).score([]).values.shape[0] == 0


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("Well, well!", "well, well!"),
        ("you f\u043e\u043el, sir", "you fool, sir"),
        ("f\u200bool!", "fool!"),
        ("1d10t", "idiot"),
    ],
    ids=["plain", "lookalikes", "zero width", "digits"],
)
def test_the_encoder_reads_what_the_disguise_hides(sent: str, read: str) -> None:
    assert repaired(sent) == read


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped(), tmp_path / "second"))


@pytest.mark.parametrize("name", [ENCODER, VOCABULARY])
def test_an_altered_file_is_refused(directory: Path, name: str) -> None:
    content = bytearray((directory / name).read_bytes())
    content[len(content) // 2] ^= 1
    (directory / name).write_bytes(content)
    with pytest.raises(ModelRefused, match=f"{name}.*SHA-256 differs"):
        SecondOpinion.load(directory)


@pytest.mark.parametrize("name", [ENCODER, VOCABULARY, registry.METADATA])
def test_a_missing_file_is_named(directory: Path, name: str) -> None:
    (directory / name).unlink()
    with pytest.raises(ModelRefused, match=name):
        SecondOpinion.load(directory)


def test_another_format_is_refused(directory: Path) -> None:
    papers = json.loads((directory / registry.METADATA).read_text())
    (directory / registry.METADATA).write_text(json.dumps({**papers, "format": 99}))
    with pytest.raises(ModelRefused, match="has format 99"):
        SecondOpinion.load(directory)


def test_without_the_package_the_first_model_stands_alone(
    small_scorer: Scorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert with_second_opinion(small_scorer, is_wanted=False) is small_scorer
    with pytest.raises(EncoderMissing, match=r"Install civility\[encoder\]"):
        with_second_opinion(small_scorer, is_wanted=True)


def test_a_text_scores_the_same_in_any_company() -> None:
    pytest.importorskip("onnxruntime")
    cascade = with_second_opinion(Scorer.load(), is_wanted=True, seconds_at_most=60)
    texts = ["you are a clown, sir", "those people are a plague", "what nonsense is this", "lovely weather"]
    alone = np.vstack([cascade.score([text]).values for text in texts])
    np.testing.assert_allclose(cascade.score(texts).values, alone, atol=1e-5)
