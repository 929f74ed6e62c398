"""Which language a text is in: English unless enough speaks against it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.language.english import is_plainly_english
from classifier.language.identify import identify
from classifier.language.scripts import LATIN, script_of
from classifier.language.telling import found, telling_words
from classifier.text.normalise import join

SHORT_ENGLISH = ("lol ok", "ok boomer", "gg", "LMAO", "smh", "wtf", "haha", "RIP", "Bravo!", "so true lol", "yaaas")
NO_WORDS = ("", " ", "😂😂😂", "👍", "!!!", "12:30", "https://example.org/de/und/der", "@der_und_die", "ʕ•ᴥ•ʔ っ")
NAMES = ("Angela Merkel", "Obama", "Jean-Claude Juncker", "Trump 2024", "Bolsonaro", "José", "Deja vu", "Schadenfreude")
ENGLISH = (
    "I don't think that this is right, but thank you.",
    "MAKE THE COUNCIL PAY FOR IT",
    "The Zeitgeist of this über-article leaves me cold.",
    "yоu аre аn idiоt аnd evеryоne knоws it",
    "𝐲𝐨𝐮 𝐚𝐫𝐞 𝐚 𝐟𝐨𝐨𝐥",
    "уоu аrе аn idiоt аnd уоu саn shut uр",
    "He wrote 你好 on the wall and they have no idea why.",
)
OTHERS = {
    "de": ("Du bist ein Idiot", "Das sehe ich ganz anders als der Autor.", "Du Arschloch", "Guten Morgen"),
    "pt": ("Não concordo com o autor.", "vai tomar no cu", "Obrigado!"),
    "ro": ("Nu sunt de acord cu autorul", "esti un prost", "Asta e o prostie, daca ma intrebi pe mine"),
    "ko": ("좋은 기사입니다", "ㅋㅋㅋ", "LG 진짜 별로네"),
    "zh": ("写得很好", "我不同意市长的意见。", "這篇文章寫得不錯"),
    "ja": ("いい記事ですね", "とても面白かったです"),
    "nl": ("Ik vind dit een heel goed artikel.", "Hij heeft gelijk, dit kan zo niet langer doorgaan."),
    "fr": ("Merci pour cet article, c'est vraiment très intéressant.", "L'auteur a raison, on ne peut pas continuer."),
    "es": ("No estoy de acuerdo con lo que dice el periodista.",),
    "it": ("Non sono d'accordo con l'autore, è tutto il contrario.",),
    "pl": ("Bardzo dobry artykuł, zgadzam się z autorem.",),
    "sv": ("Det här är en riktigt bra artikel, tack!",),
    "tr": ("Bu makale gerçekten çok güzel olmuş.",),
    "hu": ("Nem értek egyet a szerzővel, ez nem így van.",),
    "ru": ("Спасибо за статью, очень интересно.", "Они не правы, и вот почему.", "ты дурак и не лечишься"),
    "bg": ("Това е много хубава статия, благодаря ви.",),
    "uk": ("Дякую за статтю, дуже цікаво і корисно.",),
    "ar": ("شكرا على هذا المقال الرائع",),
    "he": ("תודה על הכתבה המעניינת",),
    "el": ("Ευχαριστώ για το άρθρο",),
    "th": ("ขอบคุณสำหรับบทความ",),
    "hi": ("इस लेख के लिए धन्यवाद, बहुत अच्छा लगा",),
}


@pytest.mark.parametrize("text", SHORT_ENGLISH + NO_WORDS + NAMES + ENGLISH)
def test_short_or_doubtful_texts_count_as_english(text: str) -> None:
    assert identify([text]) == ["en"]


@pytest.mark.parametrize("text", SHORT_ENGLISH[:3] + NO_WORDS[:3])
def test_doubtful_texts_count_as_another_default_where_that_is_chosen(text: str) -> None:
    assert identify([text], default="de")[0] in ("de", "en")
    assert identify(["zzz"], default="de") == ["de"]


@pytest.mark.parametrize(("language", "text"), [(code, text) for code, texts in OTHERS.items() for text in texts])
def test_other_languages_are_recognised(language: str, text: str) -> None:
    assert identify([text]) == [language]


def test_each_text_is_judged_on_its_own() -> None:
    texts = ["Thank you for this", *(text for texts in OTHERS.values() for text in texts), "lol"]
    assert identify(texts) == [identify([text])[0] for text in texts]


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=60))
def test_any_text_has_a_language(text: str) -> None:
    assert identify([text])[0].isascii()


@pytest.mark.parametrize("text", ["a" * 1_000_000, "我" * 1_000_000, "é" * 500_000, "̈" * 100_000], ids=len)
def test_long_texts_are_judged_by_their_beginning(text: str) -> None:
    assert len(identify([text])) == 1


def test_look_alikes_within_latin_words_are_latin() -> None:
    assert script_of("yоu аre а mоrоn") == LATIN
    assert script_of("ты дурак") == "Cyrillic"


def test_a_quoted_japanese_particle_does_not_make_chinese_japanese() -> None:
    assert script_of("我在街上看到一个写着の字的招牌觉得很有意思就拍了下来") == "Han"


def test_telling_words_stand_in_one_language_only() -> None:
    german = ["das ist und bleibt so"] * 8
    romanian = ["asta este si ramane asa"] * 8
    words = found(["this is so"] * 8, {"de": german, "ro": romanian})
    assert "und" in words["de"]
    assert "asta" in words["ro"]
    assert not {"is", "so"} & {word for own in words.values() for word in own}


def test_no_telling_word_is_an_english_one() -> None:
    assert not {"the", "and", "you", "not", "die", "war", "am", "people"} & telling_words().keys()


@given(st.lists(st.text(max_size=80) | st.sampled_from([*ENGLISH, *SHORT_ENGLISH]), min_size=1, max_size=6))
def test_one_text_alone_is_recognised_as_in_company(texts: list[str]) -> None:
    together = is_plainly_english(join([*texts, "lol"]))[:-1]
    assert together.tolist() == [bool(is_plainly_english(join([text]))[0]) for text in texts]
