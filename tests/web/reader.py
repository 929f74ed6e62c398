"""A reader with a browser that has no JavaScript: looks at pages, fills in the form, presses the button."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

FORM = "/wp-comments-post.php"
_numbers = count(1)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page:
    """What stands in a page: elements in order, each with all the text inside it."""

    elements: list[Element] = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [e for e in self.elements if e.tag == tag and all(e.attributes.get(k) == v for k, v in wanted.items())]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of <{tag}> {attributes}"
        return found[0]

    @property
    def heading(self) -> str:
        return " ".join(self.one("h1").text.split())

    def fields(self) -> dict[str, str]:
        """What the form would send, were the button pressed now."""
        sent: dict[str, str] = {}
        for element in self.elements:
            name = element.attributes.get("name")
            if element.tag == "textarea" and name:
                sent[name] = element.text.replace("\r\n", "\n").removeprefix("\n")
            elif element.tag == "input" and name and not _is_unticked(element):
                sent[name] = element.attributes.get("value") or ""
        return sent


def _is_unticked(element: Element) -> bool:
    return element.attributes.get("type") == "checkbox" and "checked" not in element.attributes


class _Reader(HTMLParser):
    _VOID = ("input", "img", "br", "meta", "link", "hr")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        self.page.elements.append(element)
        if tag not in self._VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data


def read(response: TestResponse) -> Page:
    reader = _Reader()
    reader.feed(response.get_data(as_text=True))
    return reader.page


def a_form(**fields: str) -> dict[str, str]:
    """A filled-in form, each by a reader of its own unless told otherwise."""
    number = next(_numbers)
    given = {
        "comment": f"At last a cycle lane, number {number}.",
        "author": "Ada",
        "email": f"reader-{number}@example.org",
        "url": "",
        "comment_parent": "0",
        "submit": "Post Comment",
    }
    return {**given, **fields}


def send(client: FlaskClient, form: dict[str, Any], **options: Any) -> TestResponse:
    """Press the button. Each form comes from an address of its own, as readers do."""
    options.setdefault("environ_base", {"REMOTE_ADDR": f"192.0.2.{next(_numbers) % 250 + 1}"})
    return client.post(FORM, data=form, **options)


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
