"""What readers write: refused, shown safely, and recognised behind disguises at a bounded cost."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.domain.errors import BadText
from service.domain.likeness import likeness_of
from service.domain.signals import WordList, count_links, is_disguised
from service.domain.text import as_html, as_title, check_text, clean_line, digest, plain, spellings, visible, words
from tests.domain.strategies import answer

any_text = st.text(max_size=200)
_FRAGMENTS = [
    "<script>", "</script>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>", '<a href="',
    '">', "</a>", "<b>", "</b>", "<!--", "-->", "<![CDATA[",
    "<b onclick=alert(1)>", "<svg/onload=alert(1)>", "<style>", "<math>",
    "java\tscript:alert(1)", "&#106;avascript:", "data:text/html,<script>", "\n\n", "\n", "\0", "\u202e", "x",
    "http://a.example/",
    "<iframe srcdoc='<script>'>", "<a href=JaVaScRiPt:x>", "<blockquote cite=javascript:x>", "</p>", "<noscript>",
    "'", '"', "`",
]  # fmt: skip
markup = st.lists(st.sampled_from(_FRAGMENTS) | st.text(max_size=8), max_size=12).map("".join)


class Tags(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += attrs


ALLOWED = {"p", "br", "a", "b", "blockquote", "cite", "code", "del", "em", "i", "q", "s", "strong"}

SAFE_SCHEMES = {"http", "https", "mailto", ""}  # "": a page of the same site


def _scheme(href: str) -> str:
    """As browsers read it: white space and controls before and inside a scheme are passed over."""
    before, colon, _ = re.sub(r"[\x00-\x20]", "", href).partition(":")
    return before.lower() if colon and re.fullmatch(r"[A-Za-z][\w+.-]*", before) else ""


@given(markup)
@example('<a href="http://x/\n\n<script>alert(1)</script>">x</a>')
@example("<svg><p><style><a id='</style><img src=1 onerror=alert(1)>'>")
def test_shown_text_never_contains_scripts_or_handlers(text: str) -> None:
    html = as_html(text)

    tags = Tags(html)
    assert tags.names <= ALLOWED
    assert {name for name, _ in tags.attributes} <= {"href", "rel"}
    assert {_scheme(value or "") for name, value in tags.attributes if name == "href"} <= SAFE_SCHEMES


@given(markup)
def test_shown_text_has_no_characters_that_reverse_its_direction(text: str) -> None:
    assert not {unicodedata.bidirectional(c) for c in as_html(text)} & {"RLO", "LRO", "RLE", "LRE", "RLI", "LRI", "FSI"}


@given(any_text)
def test_text_without_markup_is_shown_as_written(text: str) -> None:
    shown: list[str] = []
    parser = HTMLParser()
    parser.handle_data = shown.append  # type: ignore[method-assign]
    written = re.sub(r"[^\w\s.,!?-]", "", plain(text)).replace("\r", "")

    parser.feed(as_html(written))
    parser.close()

    assert "".join("".join(shown).split()) == "".join(written.split())


def test_links_tell_search_engines_not_to_follow() -> None:
    assert 'rel="nofollow ugc noopener"' in as_html('<a href="https://a.example/">here</a>')


def test_an_empty_line_begins_a_paragraph_and_a_line_end_a_line() -> None:
    assert as_html("one\ntwo\n\n \nthree") == "<p>one<br>\ntwo</p>\n<p>three</p>"


@given(any_text)
def test_a_title_is_safe_inside_an_attribute(text: str) -> None:
    assert not set(as_title(text)) & set("<>\"'")


@given(st.text(st.characters(codec=None), max_size=80), st.integers(1, 40))
def test_a_line_has_no_controls_no_direction_marks_and_fits(text: str, maximum: int) -> None:
    line = clean_line(text, maximum=maximum)

    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
    assert len(line) <= maximum
    line.encode()


@given(any_text, st.integers(1, 40))
def test_cleaning_a_line_twice_changes_nothing(text: str, maximum: int) -> None:
    once = clean_line(text, maximum=maximum)

    assert clean_line(once, maximum=maximum) == once


@given(st.text(st.characters(codec=None), max_size=100))
def test_any_text_is_taken_unchanged_or_refused_with_a_sentence(text: str) -> None:
    taken = answer(check_text, text)

    if isinstance(taken, BadText):
        assert taken.field == "text"
    else:
        assert taken == text
        assert "\0" not in text
        text.encode()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no visible text"),
        (" \n\t", "no visible text"),
        ("\u200b\u2060\ufeff", "no visible text"),
        ("\u0301\u0301", "no visible text"),
        ("a\0b", "NUL"),
        ("a\ud800b", "surrogate"),
        ("a" * 20_001, "it has 20,001 characters, at most 20,000"),
    ],
    ids=["empty", "blank", "zero width", "accents alone", "NUL", "half a surrogate pair", "too long"],
)
def test_what_cannot_be_a_reply_is_refused_and_told_why(text: str, says: str) -> None:
    with pytest.raises(BadText, match=says):
        check_text(text)


@pytest.mark.parametrize(
    "text", ["👍", "好", "!", "¿", "a" * 20_000], ids=["emoji", "one sign", "mark", "¿", "longest"]
)
def test_whatever_shows_something_is_taken(text: str) -> None:
    assert check_text(text) == text
    assert visible(text)


@given(st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1), min_size=1, max_size=8))
def test_the_digest_ignores_case_and_white_space_but_nothing_else(parts: list[str]) -> None:
    text = " ".join(parts)

    assert digest(f"\n {'  '.join(parts)}\t") == digest(text)
    assert digest(text.casefold()) == digest(text)
    assert digest(text + "x") != digest(text)


@pytest.mark.parametrize(
    "text",
    [
        "You MORON",
        "you m0r0n!",
        "a m.o.r.o.n",
        "m o r o n",
        "You are a m o r o n I think",
        "m-o_r*o n",
        "mörön",
        "mоrоn",  # Cyrillic о
        "ｍｏｒｏｎ",
        "mo\u200bron",
        "mo\u00adron",
        "moroooon",
        "m*o*r*o*n",
        "MO\u0301RON",
    ],
    ids=ascii,
)
def test_a_banned_word_is_recognised_behind_its_disguise(text: str) -> None:
    assert WordList(["moron"]).found_in(text) == ["moron"]


@pytest.mark.parametrize("text", ["oxymorons abound", "Mo Ron", "Mo, Ron & co", "more on that", "m 1984 n", ""])
def test_only_whole_words_are_found(text: str) -> None:
    assert WordList(["moron"]).found_in(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("FREE   money!", ["Free Money"]), ("free\nm0ney", ["Free Money"]), ("free of money", []), ("money free", [])],
)
def test_a_phrase_is_found_as_a_whole(text: str, found: list[str]) -> None:
    assert WordList(["Free Money"]).found_in(text) == found


@given(any_text, st.lists(st.text("abcdefgh", min_size=2, max_size=6), min_size=1, max_size=5))
def test_every_listed_word_is_found_wherever_it_stands_alone(text: str, listed: list[str]) -> None:
    assert set(WordList(listed).found_in(f"{text} | {' | '.join(listed)}")) >= set(listed)


@given(any_text)
def test_the_words_of_a_word_are_that_word(text: str) -> None:
    for word in words(text):
        if word.isalpha():
            assert words(word)[0] == word


@given(any_text)
def test_words_ignore_case_and_compatibility_forms(text: str) -> None:
    composed = unicodedata.normalize("NFKC", text)

    assert words(unicodedata.normalize("NFKD", composed)) == words(composed)
    assert words(text.upper().lower()) == words(text.upper().lower().casefold())


@given(st.text("abc", min_size=1, max_size=12))
def test_a_word_is_among_its_own_spellings(word: str) -> None:
    assert next(iter(spellings(word))) == word


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("none", 0),
        ("see https://a.example and www.b.example", 2),
        ('<a href="https://a.example">https://a.example</a>', 1),
        ('<a href="https://a.example">here</a> and http://b.example', 2),
        ('<a class="x" href=https://a.example>never closed', 1),
        ('<a name="top">https://a.example</a>', 1),
    ],
)
def test_links_are_counted_once_each(text: str, links: int) -> None:
    assert count_links(text) == links


@pytest.mark.parametrize(
    ("text", "disguised"),
    [
        ("plain words", False),
        ("Добрый день", False),
        ("naïve café", False),
        ("mоron", True),
        ("mo\u200bron", True),
        ("👩\u200d👩\u200d👧 family", False),
    ],
    ids=["ascii", "Cyrillic", "accents", "mixed scripts", "zero width inside", "joined emoji"],
)
def test_hidden_letters_and_mixed_scripts_are_seen(text: str, disguised: bool) -> None:
    assert is_disguised(text) is disguised


HOSTILE = [
    "a_ ", "a. ", "a b ", "a_a.", "a!", "@$", "<a href", "<a ", "<b>", "<b><i>", "<a href=http://x>", "<!--", "<", "&",
    "www.", "http://", "\n ", "x\u200b", "\u200b", "e\u0301", "\u0301", "ﷺ", "кa", "aaa ", "''", "a*",
]  # fmt: skip
WORK: dict[str, Callable[[str], object]] = {
    "words": words,
    "found": WordList(["moron", "free money now here please"]).found_in,
    "links": count_links,
    "links in one tag": lambda text: count_links("<a " + text.replace("<", "").replace(">", "") + "href"),
    "disguised": is_disguised,
    "html": as_html,
    "check": visible,
    "line": lambda text: clean_line(text, maximum=300),
    "likeness": likeness_of,
}


def seconds_of_work(work: Callable[[str], object], text: str) -> float:
    """CPU time of this thread: regular expressions do not count their steps, and others use this machine."""

    def once() -> float:
        start = time.thread_time()
        work(text)
        return time.thread_time() - start

    return min(once() for _ in range(2))


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
@pytest.mark.parametrize("unit", [*HOSTILE, "href"], ids=ascii)
def test_four_times_the_text_is_about_four_times_the_work(work: Callable[[str], object], unit: str) -> None:
    short, long = ((unit * size)[:size] for size in (5_000, 20_000))

    quick, slow = seconds_of_work(work, short), seconds_of_work(work, long)

    # Quadratic work would be sixteen times as much; what takes 20 ms is no attack whatever the ratio.
    assert slow <= max(0.02, 9 * quick)
