"""Which language a text is in: cheap tests first, the identifier of a wheel last, and English when in doubt.

"lol ok", "gg" and a name are no evidence of any language. Taking a short English comment for Dutch would send it to a
person for nothing, so a text counts as the default language until enough speaks against it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from classifier.language.english import FUNCTION_WORDS, english_words, is_plainly_english
from classifier.language.scripts import CAN_DISGUISE, LANGUAGES, LATIN, MIXED, script_of
from classifier.language.telling import WORD, telling_words
from classifier.text.normalise import Joined, join

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH: Final = "en"

_READ: Final = 600  # characters that are looked at
_ASKED_ABOUT: Final = 240  # characters of these, mentions aside, that the identifier reads: it takes 0.2 µs a byte
_NO_WORDS: Final = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|&\w+;|<[^<>]{0,300}>")
_FEWEST_WORDS, _FEWEST_LETTERS = 4, 14  # that the identifier is asked about
_SURE_OF_MODEL: Final = 0.3  # for a language with a telling word
_SURE: Final = 0.6  # for any other
_SHARE_OF_TELLING: Final = 0.5  # of the words of a short text
_ENGLISH_SHARE: Final = 0.6  # of known English words, above which nothing else is asked
_ENGLISH_SIGN: Final = 0.2  # of function words, above which no identifier is believed


def identify(texts: Sequence[str], default: str = ENGLISH, normalised: Joined | None = None) -> list[str]:
    """The ISO 639 code of each text's language. Whoever has normalised the texts already can save it doing so."""
    is_english = is_plainly_english(normalised or join(texts)).tolist()
    return [
        ENGLISH if is_plain and (text.isascii() or script_of(text) in CAN_DISGUISE) else _identify(text, default)
        for text, is_plain in zip(texts, is_english, strict=True)
    ]


def _identify(text: str, default: str) -> str:
    text = text[:_READ] if text.isascii() else unicodedata.normalize("NFKC", text[:_READ])
    script = script_of(text)
    if script == LATIN:
        return _identify_latin(_NO_WORDS.sub(" ", text), default)
    return _asked(text)[0] if script in MIXED else LANGUAGES[script]


def _identify_latin(text: str, default: str) -> str:
    words = WORD.findall(text.lower())
    if sum(map(english_words().__contains__, words)) > _ENGLISH_SHARE * len(words):
        return ENGLISH
    telling = Counter(filter(None, map(telling_words().get, words)))
    is_short = len(words) < _FEWEST_WORDS or sum(map(len, words)) < _FEWEST_LETTERS
    return (_weighed_short if is_short else _weighed)(text, words, telling, default)


def _weighed_short(text: str, words: list[str], telling: Counter[str], default: str) -> str:
    """The language of the telling words, if they make up half the text or the identifier agrees."""
    if len(telling) != 1:
        return default
    ((language, hits),) = telling.items()
    if hits >= _SHARE_OF_TELLING * len(words):
        return language
    asked, sureness = _asked(text)
    return language if asked == language and sureness >= _SURE_OF_MODEL else default


def _weighed(text: str, words: list[str], telling: Counter[str], default: str) -> str:
    """The identifier's answer, if it is sure enough; telling words make it more credible, English ones less."""
    english = sum(map(FUNCTION_WORDS.__contains__, words))
    if english > _ENGLISH_SIGN * len(words):
        return ENGLISH
    language, sureness = _asked(text)
    if sureness >= (_SURE_OF_MODEL if telling[language] > english else _SURE):
        return language
    told, hits = telling.most_common(1)[0] if telling else (default, 0)
    return told if hits - english >= _SHARE_OF_TELLING * len(words) else default


def _asked(text: str) -> tuple[str, float]:
    language, sureness = _identifier().classify(text[:_ASKED_ABOUT])
    return _SAME.get(language, language), sureness


_SAME: Final = {"nn": "no", "nb": "no"}
# What readers write in; more would only add mistakes, and memory: 200 kB a language.
_ASKED_FOR: Final = frozenset(
    """en de pt ro es fr it nl pl sv da no nn cs sk hu tr fi hr sl sq lt lv et ca gl eu id ms vi tl sw af is ga cy
    az ht ru uk bg sr mk ar fa ur ps hi mr ne""".split()
)


@cache
def _identifier() -> LanguageIdentifier:
    """Loaded when first asked: a site whose readers write plain English never pays for it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(_ASKED_FOR & set(identifier.labels)))
    identifier._full_model = None  # the tables of the other languages are not needed again
    return identifier
