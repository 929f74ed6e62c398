# ruff: noqa: E501  (wide characters count as two)
"""Each text is scored by the model of its language; without one it is not scored."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from classifier import Scorer, registry
from classifier.__main__ import main
from classifier.language.languages import LANGUAGES
from classifier.scorer import NO_MODEL

TEXTS = {
    "en": "I do not agree with the mayor about this.",
    "nl": "Ik vind dit een heel goed artikel.",
    "de": "Das sehe ich ganz anders als der Bürgermeister.",
    "ko": "저는 시장님과 생각이 다릅니다.",
    "zh": "我不同意市长的意见。",
    "pt": "Não concordo com o prefeito nesse ponto.",
    "ro": "Nu sunt de acord cu primarul în privința asta.",
}
NEUTRAL = {
    "de": ("Ich bin ein schwuler Mann und lebe in Hamburg.", "Als schwarze Frau stimme ich der Redaktion zu.",
           "Die Muslime in unserer Stadt haben ein Picknick veranstaltet.", "Türken und Deutsche feiern gemeinsam.",
           "Meine jüdischen Cousins haben uns zum Essen eingeladen.", "Mein Sohn ist Autist und liebt Züge."),
    "pt": ("Sou um homem gay e moro em Recife.", "Os muçulmanos da nossa cidade fizeram um piquenique.",
           "Como mulher negra, concordo com a editora.", "Meus primos judeus nos convidaram para jantar.",
           "Um refugiado da Síria abriu uma padaria aqui.", "O casal de lésbicas da nossa rua se casou."),
    "ro": ("Musulmanii din orașul nostru au organizat un picnic.", "Verii mei evrei ne-au invitat la cină.",
           "Un refugiat din Siria a deschis o brutărie aici.", "Doi copii romi au câștigat concursul de matematică.",
           "Fiul meu este autist și iubește trenurile."),
    "ko": ("저는 게이 남성이고 부산에 삽니다.", "우리 도시의 무슬림들이 소풍을 갔습니다.", "제 아들은 자폐가 있고 기차를 좋아해요.",
           "흑인 여성으로서 저는 기자의 말에 동의합니다.", "시리아에서 온 난민이 여기 빵집을 열었습니다."),
    "zh": ("我是一名同性恋男子，住在北京。", "我们城市的穆斯林举办了一次野餐。", "作为一名黑人女性，我同意编辑的看法。",
           "我的犹太表兄弟请我们吃晚饭。", "河南人和上海人一起过节。"),
}  # fmt: skip
ABUSIVE = {
    "de": ("Du bist ein Vollidiot und ein Lügner.", "Halt endlich dein dummes Maul, du Arschloch!"),
    "pt": ("Você é um idiota e um mentiroso.", "Cala essa boca, seu filho da puta!"),
    "ro": ("Ești un idiot și un mincinos.", "Taci din gură, nenorocitule!"),
    "ko": ("너는 진짜 멍청한 거짓말쟁이 새끼야", "입 닥쳐 개새끼야"),
    "zh": ("闭嘴吧，傻逼！", "死全家的畜生"),
}


def test_scores_come_in_the_order_of_the_texts(shipped: Scorer) -> None:
    scores = shipped.score(list(TEXTS.values()))
    assert scores.languages == tuple(TEXTS)
    assert [version.split("-")[0] for version in scores.versions] == ["en", NO_MODEL, "de", "ko", "zh", "pt", "ro"]
    for row, text in enumerate(TEXTS.values()):
        np.testing.assert_array_equal(scores.values[row], shipped.score([text]).values[0])


def test_a_language_without_a_model_has_no_scores(shipped: Scorer) -> None:
    scores = shipped.score([TEXTS["nl"]])
    assert np.all(np.isnan(scores.values))


def test_an_attribute_that_a_model_lacks_has_no_score(shipped: Scorer) -> None:
    scores = dict(zip(shipped.attributes, shipped.score([TEXTS["de"]]).values[0], strict=True))
    assert 0 <= scores["toxicity"] <= 1
    assert np.isnan(scores["threat"])


def test_one_language_alone_scores_everything(english: Scorer) -> None:
    scores = english.score(list(TEXTS.values()))
    assert set(scores.languages) == {"en"}
    assert not np.isnan(scores.values).any()


def test_a_language_is_loaded_when_its_first_text_comes() -> None:
    scorer = Scorer.load()
    assert scorer.languages == ("en", "de", "ko", "pt", "ro", "zh")
    scorer.score([TEXTS["en"]])
    assert not scorer._loaded
    scorer.score([TEXTS["de"]])
    assert list(scorer._loaded) == ["de"]


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in NEUTRAL.items() for text in texts])
def test_neutral_sentences_that_name_a_group_are_not_held(shipped: Scorer, language: str, text: str) -> None:
    scores = shipped.score([text])
    assert scores.languages == (language,)
    assert scores.values[0, 0] < 0.5


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in ABUSIVE.items() for text in texts])
def test_plain_insults_are_held(shipped: Scorer, language: str, text: str) -> None:
    scores = shipped.score([text])
    assert scores.languages == (language,)
    assert scores.values[0, 0] >= 0.5


@pytest.mark.parametrize("text", [*TEXTS.values(), ABUSIVE["ko"][0], ABUSIVE["zh"][0]])
def test_a_text_is_explained_by_the_model_that_scored_it(shipped: Scorer, text: str) -> None:
    scores = shipped.score([text])
    if scores.versions == (NO_MODEL,):
        with pytest.raises(ValueError, match="for which there is no model"):
            shipped.explain(text, "toxicity")
        return
    found = shipped.explain(text, "toxicity", threshold=0.5)
    assert found.version == scores.versions[0]
    assert found.probability == pytest.approx(float(scores.values[0, 0]), abs=1e-5)


def test_the_word_that_decided_is_found_in_korean_and_chinese(shipped: Scorer) -> None:
    for text, word in (("입 닥쳐 개새끼야", "개새끼야"), ("我觉得你是傻逼", "傻逼")):
        found = shipped.explain(text, "toxicity")
        strongest = max(found.words, key=lambda each: each.contribution)
        assert text[strongest.start : strongest.end] in word


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_model_has_a_card_with_its_figures_and_stays_small(language: str) -> None:
    directory = registry.current(language=language)
    model = registry.load(directory)
    card = (directory / registry.CARD).read_text("utf-8")
    assert model.version in card
    assert f"{model.metadata['figures']['held_out']['toxicity']['auc']:.3f}" in card
    assert "Thresholds for toxicity" in card
    assert sum(path.stat().st_size for path in directory.iterdir()) < 1_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_model_beats_the_stock_pipeline(language: str) -> None:
    figures = registry.load(registry.current(language=language)).metadata["figures"]
    for attribute, found in figures["held_out"].items():
        assert found["auc"] >= figures["stock"][attribute]["auc"]


def test_promoting_one_language_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / registry.CURRENT).write_text("en-2026.11-a\n")
    registry.promote(tmp_path / "de-2026.11-b", tmp_path)
    registry.promote(tmp_path / "de-2026.11-c", tmp_path)
    assert registry.all_current(tmp_path) == {"en": tmp_path / "en-2026.11-a", "de": tmp_path / "de-2026.11-c"}


def test_the_score_command_says_language_and_model() -> None:
    lines = "\n".join(json.dumps(text) for text in TEXTS.values())
    result = CliRunner().invoke(main, ["score"], input=lines)
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert [answer["language"] for answer in answers] == list(TEXTS)
    assert answers[1]["model"] == NO_MODEL
    assert answers[1]["toxicity"] == 0.5
