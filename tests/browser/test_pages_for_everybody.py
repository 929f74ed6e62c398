"""Pages that everybody can read and use: checked with axe-core, light and dark, wide and on a phone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import PHONE, show_as

ANSWERS = (
    "I agree, my children ride to school over it.",
    "Mine walk. The footway is wide enough for two prams.",
    "Until somebody parks a scooter there, as on Quay Street.",
    "Then the city should mark places for scooters at both ends.",
    "There are such marks in front of the library and they work.",
    "Thank you, I had not noticed them.",
)
LONG = "Nobody breaks " + "x" * 300 + " this word, nor https://example.org/" + "y" * 200


@pytest.fixture(scope="session")
def _conversation() -> dict[str, str]:
    return {}


@pytest.fixture
def conversation(running_service, published, _conversation) -> str:
    """The address of the article with a conversation deeper than the page indents."""
    if not _conversation:
        parent = published("At last a cycle lane.", url="https://ada.example/", name="Ada")
        for answer in ANSWERS:
            parent = published(answer, parent=parent)
        published(LONG, name="x" * 200)
        _conversation["parent"] = parent
    return f"{running_service.url}/demo/"


def refuse(inspector, address: str) -> None:
    """Come to the error page: the form sent with mistakes that the browser was told not to look at."""
    inspector.opens(address)
    inspector.browser.execute_script("document.querySelector('form').noValidate = true")
    inspector.posts("A considered reply.", author=" ", email="ada")
    assert inspector.find("#email-mistake").text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_empty_article_is_accessible(fresh_service, inspector, scheme):
    show_as(inspector.browser, scheme=scheme)
    inspector.opens(f"{fresh_service.url}/demo/")

    assert inspector.breaks_of_accessibility() == []


@pytest.mark.parametrize("size", [(1100, 900), PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_conversation_is_accessible(conversation, inspector, scheme, size):
    show_as(inspector.browser, scheme=scheme, size=size)
    inspector.opens(conversation)

    assert inspector.breaks_of_accessibility() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_preview_and_an_answer_are_accessible(conversation, inspector, scheme):
    show_as(inspector.browser, scheme=scheme)
    inspector.opens(conversation)
    inspector.posts(f"You are a stupid idiot and I hope you die, in the {scheme}.")
    assert inspector.find(".waiting")

    assert inspector.breaks_of_accessibility() == []
    inspector.find(".reply-links a").click()
    assert inspector.find(".answering")
    assert inspector.breaks_of_accessibility() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_error_pages_are_accessible(conversation, inspector, scheme):
    show_as(inspector.browser, scheme=scheme)
    refuse(inspector, conversation)
    assert inspector.breaks_of_accessibility() == []

    inspector.opens(conversation + "nothing/here")
    assert inspector.breaks_of_accessibility() == []


def test_nothing_lies_beside_a_phones_screen(conversation, inspector):
    show_as(inspector.browser, size=PHONE)

    inspector.opens(conversation)
    assert inspector.pixels_out_of_sight() == 0
    assert inspector.find(".reply-text p").size["width"] > 200

    deepest = inspector.browser.find_elements("css selector", ".answers .answers .answers .answers .reply-text")
    assert len(deepest) >= 3
    assert all(text.size["width"] > 200 for text in deepest)

    refuse(inspector, conversation)
    assert inspector.pixels_out_of_sight() == 0


def test_the_page_can_be_used_with_the_keyboard_alone(conversation, inspector):
    inspector.opens(conversation)
    body = inspector.find("body")

    body.send_keys("\ue004")  # tab
    first = inspector.browser.switch_to.active_element

    assert first.text == "Skip to the article"
    assert first.rect["y"] >= 0
    style = inspector.browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", first)
    assert style == "solid"


def test_no_page_breaks_its_own_content_policy(conversation, inspector):
    refuse(inspector, conversation)
    inspector.opens(conversation)

    complaints = [entry for entry in inspector.browser.get_log("browser") if "Content Security" in entry["message"]]
    assert complaints == []
