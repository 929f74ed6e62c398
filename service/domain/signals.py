"""Cheap observations about a text that need no model and no database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from service.domain.text import spellings, words

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']+|<a\s[^<>]*href", re.IGNORECASE)
# Possessive, and looking ahead for the end of the tag first: else many `href` in one tag cost quadratic time.
_ANCHORED = re.compile(r"<a\s(?=[^<>]*+>)[^<>]*?href[^<>]*+>.*?(?:</a>|$)", re.IGNORECASE | re.DOTALL)
_HIDDEN = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")
_PHRASE_WORDS_AT_MOST = 5


class WordList:
    """Words and phrases to look for: whole words only, recognised behind the usual disguises."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries: dict[tuple[str, ...], str] = {}
        for entry in entries:
            key = tuple(words(entry)[:_PHRASE_WORDS_AT_MOST])
            if key:
                self._entries[key] = entry
        self._longest = max((len(key) for key in self._entries), default=0)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def found_in(self, *texts: str) -> list[str]:
        """The entries found in any of the texts, as written in the list, in order of appearance."""
        if not self._entries:
            return []
        found: dict[str, None] = {}
        for text in texts:
            spoken = words(text)
            for start in range(len(spoken)):
                found.update(dict.fromkeys(self._starting_at(spoken, start)))
        return list(found)

    def _starting_at(self, spoken: list[str], start: int) -> Iterable[str]:
        for spelling in spellings(spoken[start]):
            for length in range(1, self._longest + 1):
                entry = self._entries.get((spelling, *spoken[start + 1 : start + length]))
                if entry is not None:
                    yield entry


def count_links(text: str) -> int:
    """Links in a text, an anchor with an address as its label counted once."""
    anchors = len(_ANCHORED.findall(text))
    return anchors + len(_LINK.findall(_ANCHORED.sub(" ", text)))


def is_disguised(text: str) -> bool:
    """Whether characters are hidden inside words, or scripts are mixed within one word."""
    if text.isascii():
        return False
    return bool(re.search(rf"\w{_HIDDEN.pattern}+\w", text)) or any(map(_mixes_scripts, text.split()))


def _mixes_scripts(word: str) -> bool:
    scripts = {unicodedata.name(c, "").split(" ")[0] for c in word if c.isalpha() and not c.isascii()}
    latin = any(c.isalpha() and c.isascii() for c in word)
    return latin and bool(scripts & {"CYRILLIC", "GREEK", "CHEROKEE", "ARMENIAN"})
