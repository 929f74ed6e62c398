"""The text of a reply: what is refused, what is shown, and how words are recognised behind a disguise."""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator

import nh3

from service.domain.errors import BadText

MAX_TEXT_CHARACTERS = 20_000

# What WordPress lets commenters write; everything else is shown without its tags.
_TAGS = {"a", "b", "blockquote", "cite", "code", "del", "em", "i", "q", "s", "strong"}
_LINK_REL = "nofollow ugc noopener"

# Direction overrides and isolates can make shown text differ from stored text (CVE-2021-42574).
_DIRECTION_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")

# Letters that look like Latin ones (from Unicode's confusables.txt, those seen in abuse), then digits as letters.
_LOOKALIKES = str.maketrans("аеорсхуіјѕԁɡһкмтвнɑıαορυνκιτεηχ", "aeopcxyijsdghkmtbhaiaopuvkitenx")
_LEET = str.maketrans("013457@$!|", "oieastasil")
_TOKEN = re.compile(r"[^\W_][\w@$!|*']*|[@$][\w@$!|]+")
_LETTERS = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[\s.\-_*·]{1,2}")
_LETTERS_APART = re.compile(r"(?<![^\W_])(?:[^\W_][\s.\-_*·]{1,2}){2}[^\W_](?![^\W_])")
_WORDS_OF_ONE_LETTER = "aiou"
_RUN = re.compile(r"(.)\1{2,}")


def check_text(text: str, *, maximum: int = MAX_TEXT_CHARACTERS) -> str:
    """The text with its outer white space and direction marks left alone, or `BadText` with a sentence."""
    if len(text) > maximum:
        raise BadText(
            f"Your reply is too long: it has {len(text):,} characters, at most {maximum:,} are allowed.",
            field="text",
        )
    if "\0" in text:
        raise BadText("Your reply contains a NUL character, which cannot be stored: remove it.", field="text")
    if not _is_encodable(text):
        raise BadText(
            "Your reply contains half of a surrogate pair, which is not a character: send valid Unicode.",
            field="text",
        )
    if not visible(text):
        raise BadText("Please type your reply: there is no visible text in it.", field="text")
    return text


def clean_line(value: str, *, maximum: int) -> str:
    """One line for a name or a title: controls and direction marks removed, white space folded, cut."""
    value = _CONTROLS.sub("", _DIRECTION_CONTROLS.sub("", value))
    value = value.encode("utf-8", "ignore").decode()
    return " ".join(value.split())[:maximum].rstrip()


def visible(text: str) -> str:
    """The text without white space and without characters that show nothing (format, control, marks alone)."""
    if text.isascii():
        return "".join(_CONTROLS.sub("", text).split())
    return "".join(c for c in text if unicodedata.category(c)[0] in "LNPS")


def digest(text: str) -> bytes:
    """16 bytes that are equal for texts that differ only in case and white space."""
    folded = " ".join(text.casefold().split())
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def plain(text: str) -> str:
    """The text for programs and screens: as written, less what could reverse its direction."""
    return _DIRECTION_CONTROLS.sub("", text)


def as_html(text: str) -> str:
    """Paragraphs safe to insert into a page: a few inline tags survive, scripts and handlers never do."""
    cleaned = nh3.clean(
        _CONTROLS.sub("", plain(text)),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=_LINK_REL,
    )
    paragraphs = [part.strip().replace("\n", "<br>\n") for part in re.split(r"\n\s*\n", cleaned)]
    return "\n".join(f"<p>{part}</p>" for part in paragraphs if part)


def as_title(text: str) -> str:
    """Escaped text for an attribute or a heading."""
    return html.escape(plain(text))


def words(text: str) -> list[str]:
    """The words of a text, each in one canonical spelling, disguises undone.

    Compatibility forms, accents, look-alike letters, zero-width characters, digits for letters,
    letters spaced or dotted apart. Linear in the length of the text.
    """
    folded = _fold(text)
    found = [_unleet(token.group()) for token in _TOKEN.finditer(folded)]
    if _LETTERS_APART.search(folded):
        found.extend(_unleet(word) for run in _spaced_out(folded) for word in _without_neighbours(run))
    return found


def _spaced_out(folded: str) -> Iterator[str]:
    """Runs of three or more letters that stand apart, put together."""
    run, end = "", 0
    for piece in _LETTERS.finditer(folded):
        letter = piece.group() if len(piece.group()) == 1 else ""
        if letter and run and _GAP.fullmatch(folded, end, piece.start()):
            run += letter
        else:
            if len(run) > 2:
                yield run
            run = letter
        end = piece.end()
    if len(run) > 2:
        yield run


def _without_neighbours(run: str) -> Iterator[str]:
    """A run, also less an outer letter that may be a word of its own: "you are a m o r o n"."""
    for start in (0, 1) if run[0] in _WORDS_OF_ONE_LETTER else (0,):
        for end in (len(run), len(run) - 1) if run[-1] in _WORDS_OF_ONE_LETTER else (len(run),):
            if end - start > 2:
                yield run[start:end]


def spellings(word: str) -> Iterator[str]:
    """A word and, where a letter is drawn out three times or more, the word with that letter doubled and single."""
    yield word
    if _RUN.search(word):
        yield _RUN.sub(r"\1\1", word)
        yield _RUN.sub(r"\1", word)


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf", "Me"))
    return unicodedata.normalize("NFC", kept).casefold().translate(_LOOKALIKES)


def _unleet(token: str) -> str:
    """Digits and signs read as letters, but only in a token that has letters: 1984 stays a number."""
    if token.isalpha():
        return token
    token = token.rstrip("!|*'")
    if not any(c.isalpha() for c in token):
        return token
    return token.translate(_LEET).replace("*", "").replace("'", "")


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
