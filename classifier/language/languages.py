"""The languages beside English that a model can be trained for: where their texts are, how they are read, what was
called toxic there. Figures and reasons are in docs/decisions/0013-a-model-for-each-language.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from classifier.text.reading import JAMO, PLAIN, SPACED


@dataclass(frozen=True, slots=True)
class Language:
    """One language with its labelled texts and the recipe that won on its calibration texts."""

    code: str
    name: str
    file: str
    meaning: str  # what people were asked when they labelled the texts
    genre: str
    licence: str  # of the texts
    attributes: tuple[str, ...] = ("toxicity",)
    reading: str = PLAIN
    orders: tuple[int, ...] = (3, 4, 5)
    character_bits: int = 17
    word_bits: int = 16
    strength: float = 1.0  # scikit-learn's C
    evenness: float = 0.75  # of `TellingColumns`
    split_vote_weight: float = 1.0  # of a text whose raters disagreed
    calibrates_on_test: bool = False  # on half of the file's own test part; the other half is held out


_ALL: Final = (
    Language(
        code="de",
        name="German",
        file="germeval2018.parquet",
        meaning="offence: profanity, insult or abuse",
        genre="tweets",
        licence="CC-BY-4.0",
        strength=0.5,
        calibrates_on_test=True,  # other authors and another time than the training part
    ),
    Language(
        code="pt",
        name="Portuguese",
        file="told_br.parquet",
        meaning="toxic to at least two of three raters: homophobia, obscenity, insult, racism, misogyny, xenophobia",
        genre="Brazilian tweets",
        licence="CC-BY-SA-4.0",
        split_vote_weight=0.5,
    ),
    Language(
        code="ro",
        name="Romanian",
        file="news_ro_offense.parquet",
        meaning="offence: profanity, insult or abuse",
        genre="comments on news",
        licence="Apache-2.0",
    ),
    Language(
        code="ko",
        name="Korean",
        file="kocohub_korean_news.parquet",
        meaning="offensive or hateful (identity attack: shows a bias against a group)",
        genre="comments on entertainment news",
        licence="CC-BY-SA-4.0",
        attributes=("toxicity", "identity_attack"),
        reading=JAMO,
        character_bits=16,
        word_bits=15,
    ),
    Language(
        code="zh",
        name="Chinese",
        file="cold_zh.parquet",
        meaning="offensive about race, region or gender",
        genre="social media",
        licence="Apache-2.0",
        reading=SPACED,
        orders=(3,),
        character_bits=10,
        word_bits=17,
        evenness=0.5,
        calibrates_on_test=True,  # labelled by experts; the rest with the help of a model
    ),
)

LANGUAGES: Final = {language.code: language for language in _ALL}
