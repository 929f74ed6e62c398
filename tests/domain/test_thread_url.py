"""One article has one thread, however its address is spelled."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import BadThreadUrl
from service.domain.thread_url import MAX_URL_LENGTH, TRACKING_PARAMETERS, canonical_key, clean_url
from tests.domain.strategies import answer

_WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=8).filter(lambda w: w.strip("-") == w)
hosts = st.builds("{}.example".format, _WORDS)
paths = st.lists(
    st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="/?#%"), min_size=1), max_size=4
)
parameters = st.lists(st.tuples(st.sampled_from(["p", "id", "page", "lang"]), _WORDS), max_size=4)
tracking = st.sampled_from([*sorted(TRACKING_PARAMETERS), "utm_source", "UTM_Medium", "pk_campaign", "at_medium"])


@st.composite
def articles(draw: st.DrawFn) -> tuple[str, list[str], list[tuple[str, str]]]:
    return draw(hosts), draw(paths), draw(parameters)


def address(host: str, path: list[str], query: list[tuple[str, str]], *, scheme: str = "https", end: str = "") -> str:
    asked = "&".join(f"{name}={value}" for name, value in query)
    return f"{scheme}://{host}/{'/'.join(path)}{end}" + (f"?{asked}" if asked else "")


@given(articles(), st.data())
def test_no_spelling_of_an_address_makes_another_article(article, data: st.DataObject) -> None:
    host, path, query = article
    added = data.draw(st.lists(st.tuples(tracking, _WORDS), max_size=3))
    shuffled = [*query, *added]
    random.Random(data.draw(st.integers())).shuffle(shuffled)
    scheme = data.draw(st.sampled_from(["http", "https", "HTTPS"]))
    other = address(host.upper(), path, shuffled, scheme=scheme, end=data.draw(st.sampled_from(["", "/", "//"])))
    fragment = data.draw(st.sampled_from(["", "#", "#comments", "#comment-7"]))

    assert canonical_key(f"  {other}{fragment}\n") == canonical_key(address(host, path, query))


@given(articles())
def test_the_key_of_a_key_is_itself(article) -> None:
    key = canonical_key(address(*article))

    assert canonical_key(f"https://{key}") == key


@given(articles())
def test_the_address_linked_to_is_the_same_article(article) -> None:
    url = clean_url(address(*article) + "#top")

    assert canonical_key(url) == canonical_key(address(*article))
    assert clean_url(url) == url


@given(articles(), articles())
def test_other_hosts_paths_and_parameters_are_other_articles(one, other) -> None:
    same = (one[0], one[1], sorted(one[2])) == (other[0], other[1], sorted(other[2]))

    assert (canonical_key(address(*one)) == canonical_key(address(*other))) is same


@given(
    st.text(st.characters(codec=None), max_size=60)
    | st.builds("https://{}".format, st.text(st.characters(codec=None), max_size=60))
    | st.builds("https://a.example/{}".format, st.text(st.characters(codec=None), max_size=60))
)
def test_any_text_is_an_address_that_can_be_stored_or_is_refused_with_a_sentence(text: str) -> None:
    key, url = answer(canonical_key, text), answer(clean_url, text)

    if isinstance(key, str) and isinstance(url, str):
        key.encode("ascii")
        url.encode()
        assert "\0" not in url
        assert url.startswith(("http://", "https://"))
    else:
        assert isinstance(url if isinstance(key, str) else key, BadThreadUrl)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "absolute address"),
        ("/2026/11/bridge", "absolute address"),
        ("javascript:alert(1)", "absolute address"),
        ("ftp://a.example/", "absolute address"),
        ("https://", "absolute address"),
        ("https://a.example:port/", "cannot be read"),
        ("https://a..example/", "cannot be read"),
        ("https://[::1/", "cannot be read"),
        ("https://a.example/\0", "control character"),
        ("https://a.example/\ud800", "control character"),
        ("https://a.example/" + "x" * MAX_URL_LENGTH, "longer than 2048"),
        ("https://a.example/" + "ж" * 1000, "longer than 2048"),
        ("https://a.example/?q=" + "ж" * 1000, "longer than 2048"),
    ],
    ids=ascii,
)
def test_what_is_no_articles_address_is_refused_and_told_why(url: str, says: str) -> None:
    with pytest.raises(BadThreadUrl, match=says):
        canonical_key(url)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.example:80/x", "https://a.example:443/x"),
        ("https://a.example/caf%c3%a9", "https://a.example/café"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("https://me:secret@a.example/x", "https://a.example/x"),
    ],
    ids=["default port", "percent encoding", "international host", "user and password"],
)
def test_these_are_the_same_article(one: str, other: str) -> None:
    assert canonical_key(one) == canonical_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("https://a.example:8443/x", "https://a.example/x"), ("https://a.example/X", "https://a.example/x")],
    ids=["other port", "case of the path"],
)
def test_these_are_different_articles(one: str, other: str) -> None:
    assert canonical_key(one) != canonical_key(other)


def test_a_password_in_an_address_is_not_linked_to() -> None:
    assert clean_url("https://me:secret@a.example/x") == "https://a.example/x"
