"""Words that tell German, Portuguese and Romanian from English at a glance, and how the list was made.

The identifier in the wheel needs a sentence; "du Arschloch" or "cala a boca" is none. `telling_words.txt` holds a
line a language, made by `python -m classifier telling-words` from the labelled texts that models are trained on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "telling_words.txt"
LATIN_LANGUAGES: Final = ("de", "pt", "ro")
WORD: Final = re.compile(r"[^\W\d_]+")

FEWEST_TEXTS: Final = 6
OFTENER: Final = 100  # than in English texts
OFTENER_THAN_OTHERS: Final = 8
MOST_WORDS: Final = 900
LARGEST_CAPITAL_SHARE: Final = 0.8  # above it, a word is a name; German writes every noun so

LEFT_OUT: Final = frozenset(
    "merkel seehofer gauland weidel maas schulz erdogan putin assad barbara bosbach bolsonaro lula dilma anitta deja "
    "vu".split()
)
"""Names, and words that English borrows."""
ADDED: Final = {
    "de": "arschloch wichser fresse hurensohn fotze schlampe trottel depp vollidiot miststück schwuchtel dreckige "
    "verpiss fick spast missgeburt dumme dummes du bist",
    "pt": "imbecil otário babaca vagabunda cuzão viado obrigado obrigada arrombado desgraçado burro",
    "ro": "prost proasta cretin dobitoc nenorocit jigodie javra mulțumesc multumesc sugi muie curva proști tampit",
}
"""What a short reply may consist of and the labelled texts do not show often enough."""


@cache
def telling_words() -> Mapping[str, str]:
    """The language of each telling word."""
    lines = (line.split() for line in FILE.read_text("utf-8").splitlines() if line)
    return {word: language.rstrip(":") for language, *words in lines for word in words}


def found(english: Iterable[str], others: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The telling words of each of the other languages, most frequent first."""
    rates = {"en": _rates(english)} | {language: _rates(texts) for language, texts in others.items()}
    names = {language: _names(texts) for language, texts in others.items() if language != "de"}
    return {
        language: list(
            dict.fromkeys(_telling(language, rates, LEFT_OUT | names.get(language, set())) + ADDED[language].split())
        )
        for language in others
    }


def _telling(language: str, rates: Mapping[str, Mapping[str, float]], names: frozenset[str]) -> list[str]:
    own, rivals = rates[language], [rates[other] for other in rates if other not in (language, "en")]
    telling = [
        word
        for word, rate in own.items()
        if len(word) > 1
        and word not in names
        and rate >= OFTENER * rates["en"].get(word, 0.0)
        and all(rate >= OFTENER_THAN_OTHERS * rival.get(word, 0.0) for rival in rivals)
    ]
    return sorted(telling, key=lambda word: (-own[word], word))[:MOST_WORDS]


def _rates(texts: Iterable[str]) -> dict[str, float]:
    """In which share of the texts each word stands, leaving out the rare."""
    counts: Counter[str] = Counter()
    number = 0
    for text in texts:
        number += 1
        counts.update(set(WORD.findall(text.lower())))
    return {word: count / number for word, count in counts.items() if count >= FEWEST_TEXTS}


def _names(texts: Iterable[str]) -> set[str]:
    capital: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for text in texts:
        for word in WORD.findall(text):
            counts[word.lower()] += 1
            capital[word.lower()] += word[0].isupper()
    return {word for word, count in capital.items() if count > LARGEST_CAPITAL_SHARE * counts[word]}
