"""Many ways of writing the same words become one, in time linear in the length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.text.normalise import LONGEST_NORMALISED_BYTES_PER_CHARACTER, join, normalise
from tests.classifier.hostile import HOSTILE

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
marked_text = st.text(st.sampled_from("ab1il0s @$!*#%.-_'&<>;pvé\u200b😀"), max_size=40)
plain_text = st.lists(st.text(st.sampled_from("abdeginorstu"), min_size=2, max_size=8), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        pytest.param("You IDIOT", "you idiot", id="capitals"),
        pytest.param("a  b\t\nd", "a b d", id="spaces"),
        pytest.param("even, said.", "even said", id="punctuation"),
        pytest.param("what?!!!!", "what", id="exclamation"),
        pytest.param("don’t", "dont", id="curly quotes"),
        pytest.param("Ioser loser 1oser", "ioser ioser ioser", id="I, l and 1"),
        pytest.param("&lt;b&gt; Tom &amp; Ann", "tom ann", id="entities"),
        pytest.param("한국", "한국", id="Korean stays"),
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("\ud800 a", "a", id="lone surrogate"),
        pytest.param("so 😀 good 👍🏽", "so good", id="emoji without words"),
    ],
)
def test_one_spelling_for_the_same_words(written: str, seen: str) -> None:
    assert normalise(written) == seen


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("ｉｄｉｏｔ", id="full width"),
        pytest.param("𝓲𝓭𝓲𝓸𝓽", id="mathematical"),
        pytest.param("ⓘⓓⓘⓞⓣ", id="circled"),
        pytest.param("🅸🅳🅸🅾🆃", id="squared"),
        pytest.param("⒤⒟⒤⒪⒯", id="in brackets"),
        pytest.param("🇮🇩🇮🇴🇹", id="regional indicators"),
        pytest.param("ɪᴅɪᴏᴛ", id="small capitals"),
        pytest.param("іԁіот", id="Cyrillic"),
        pytest.param("ιdιοτ", id="Greek"),
        pytest.param("ᎥᎠᎥoᎢ", id="Cherokee"),
        pytest.param("idiօt", id="Armenian"),
        pytest.param("ʇoᴉpᴉ", id="upside down"),
        pytest.param("i\u200bd\u200bi\u00adot", id="zero-width"),
        pytest.param("ídíöt", id="accents"),
        pytest.param("i\u0301\u0316diot", id="combining marks"),
        pytest.param("1d10t", id="leetspeak"),
        pytest.param("!d!ot", id="exclamation marks for letters"),
        pytest.param("i d i o t", id="spaced"),
        pytest.param("i.d.i.o.t.", id="dotted"),
        pytest.param("i-d-i-o-t", id="hyphens"),
        pytest.param("I_D_I_O_T", id="underscores"),
        pytest.param("i*d*i*o*t", id="stars between"),
        pytest.param("idiooooot", id="one letter repeated"),
        pytest.param("iiddiioott", id="every letter doubled"),
        pytest.param("iiiidddiiooottt", id="every letter repeated"),
        pytest.param("id*ot", id="starred vowel"),
        pytest.param("*d*ot", id="starred beginning"),
        pytest.param("*idiot*", id="emphasis"),
        pytest.param("id&#105;o&#x74;", id="entities"),
        pytest.param("id<b></b>iot", id="tags"),
    ],
)
def test_disguises_are_undone(written: str) -> None:
    assert normalise(f"you {written} there") == "you idiot there"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("f*ck f**k f*** fu*k phuck", "fuck fuck fuck fuck fuck"),
        ("sh*t sh!t $hit sh1t s**t", "shit shit shit shit shit"),
        ("@ss a$$ as$ assss", "ass ass ass ass"),
        ("b!tch b*tch b1tch biiiitch", "bitch bitch bitch bitch"),
        ("vvhore wh0re", "whore whore"),
        ("y o u a r e a n i d i o t", "you are an idiot"),
        ("y o u  a r e  u g h", "you are ugh"),
        ("🖕", "fuck you"),
    ],
)
def test_what_people_disguise_is_read(written: str, meant: str) -> None:
    assert normalise(written) == meant


@pytest.mark.parametrize(
    "text",
    [
        "on 2019-10-12 at 10am",
        "$5 and $10m or 1st 2nd 3rd 20th",
        "in the 1990s and 24 7",
        "@ann said so",
        "covid19 and mp3",
        "5km or 3d at 7%",
        "good book soon see too",
    ],
)
def test_ordinary_numbers_and_words_stay(text: str) -> None:
    assert normalise(text) == text


def test_a_hashtag_is_a_word() -> None:
    assert normalise("#metoo") == normalise("metoo")


def test_a_tag_between_words_parts_them() -> None:
    assert normalise("<p>one</p>two<br/>three") == "one two three"


# Not so for disguised texts: undoing one layer may bring up another, as in "a*b c", and stopping after one layer
# is what bounds the work.
@given(plain_text)
def test_normalising_plain_words_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(any_text | marked_text)
def test_the_result_is_never_longer_than_a_fixed_multiple(text: str) -> None:
    assert len(normalise(text).encode()) <= LONGEST_NORMALISED_BYTES_PER_CHARACTER * len(text)


@given(st.lists(any_text | marked_text, max_size=6))
def test_a_batch_is_normalised_as_each_text_alone(texts: list[str]) -> None:
    assert [text.decode() for text in join(texts).texts()] == [normalise(text) for text in texts]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_normalised(text: str) -> None:
    assert len(normalise(text).encode()) <= LONGEST_NORMALISED_BYTES_PER_CHARACTER * len(text)
