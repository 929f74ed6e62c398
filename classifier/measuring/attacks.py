"""Writes texts as people do who want to be read but not caught; the same seed makes the same variants.

`ATTACKS` names every way. Each takes one word and a source of chance and answers the word in disguise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

Disguise = Callable[[str, Random], str]

_WORD: Final = re.compile(r"[A-Za-z]{3,}")
DEFAULT_SHARE: Final = 0.5
"""Of the words of three letters or more; the rest stay as they are."""


def _each(letter_forms: dict[str, str], share: float = 0.7) -> Disguise:
    """Replace that share of the letters that have another form; at least one where there is any."""

    def disguise(word: str, chance: Random) -> str:
        places = [place for place, letter in enumerate(word) if letter.lower() in letter_forms]
        chosen = {place for place in places if chance.random() < share} or set(places[:1])
        return "".join(
            chance.choice(letter_forms[letter.lower()]) if place in chosen else letter
            for place, letter in enumerate(word)
        )

    return disguise


def _shifted(capital: int, small: int) -> dict[str, str]:
    """Alphabets that Unicode holds in order; small letters and capitals by their first."""
    return {chr(ord("a") + number): chr(small + number) + chr(capital + number) for number in range(26)}


def _between(marks: str) -> Disguise:
    """One mark, the same all along, between any two letters."""

    def disguise(word: str, chance: Random) -> str:
        return chance.choice(marks).join(word)

    return disguise


def _after_letters(marks: str, most: int = 1) -> Disguise:
    """Some marks after every letter: unseen, or drawn onto it."""

    def disguise(word: str, chance: Random) -> str:
        return "".join(letter + "".join(chance.choices(marks, k=chance.randint(1, most))) for letter in word)

    return disguise


def _longer(word: str, chance: Random) -> str:
    place = chance.randrange(len(word))
    return word[:place] + word[place] * chance.randint(3, 8) + word[place + 1 :]


def _doubled(word: str, _: Random) -> str:
    return "".join(letter * 2 for letter in word)


def _one_vowel_starred(word: str, chance: Random) -> str:
    vowels = [place for place, letter in enumerate(word) if letter.lower() in "aeiou" and place > 0]
    if not vowels:
        return word
    place = chance.choice(vowels)
    return word[:place] + "*" + word[place + 1 :]


def _middle_starred(word: str, chance: Random) -> str:
    return word[0] + "*" * (len(word) - 2) + word[-1] if len(word) <= 5 else _one_vowel_starred(word, chance)


def _sounded(word: str, _: Random) -> str:
    """Spelled as it sounds: ph for f, vv for w."""
    return word.replace("f", "ph").replace("w", "vv").replace("F", "Ph").replace("W", "VV")


def _entities(word: str, chance: Random) -> str:
    forms = ("&#{};", "&#x{:x};")
    return "".join(chance.choice(forms).format(ord(letter)) if chance.random() < 0.5 else letter for letter in word)


def _tagged(word: str, chance: Random) -> str:
    place = chance.randrange(1, len(word))
    return word[:place] + chance.choice(("<b></b>", "<i></i>", "<span></span>", "<wbr>")) + word[place:]


def _capitals(word: str, _: Random) -> str:
    return word.upper()


def _mixed(word: str, chance: Random) -> str:
    return "".join(letter.upper() if chance.random() < 0.5 else letter.lower() for letter in word)


def _with_emoji(word: str, chance: Random) -> str:
    return word + chance.choice("😀😂🙃👍🔥✨")


_UPSIDE_DOWN: Final = dict(zip("abcdefghijklmnopqrstuvwxyz", "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz", strict=True))


def _upside_down(word: str, _: Random) -> str:
    return "".join(_UPSIDE_DOWN[letter] for letter in reversed(word.lower()))


_LEET: Final = {"a": "4@", "e": "3", "i": "1!", "o": "0", "s": "5$", "t": "7", "l": "1"}
_CYRILLIC: Final = dict(zip("aceijopsxyhkmtbu", "асеіјорѕхуһкмтьυ", strict=True))
_GREEK: Final = dict(zip("abeiknoptuvxy", "αβεικηορτυνχγ", strict=True))
_OTHER_SCRIPTS: Final = {"a": "ɑᎪ", "b": "Ᏼ", "c": "Ꮯϲ", "d": "Ꭰԁ", "e": "Ꭼℯ", "g": "ց", "h": "հᎻ", "i": "ⅰᎥ"} | {
    "k": "Ꮶ", "l": "Ꮮⅼ", "m": "Ꮇ", "n": "ո", "o": "օ", "p": "Ꮲ", "q": "զ", "r": "Ꮢ", "s": "Ꮪ", "t": "Ꭲ", "u": "ս"
}  # fmt: skip
_SMALL_CAPITALS: Final = dict(zip("abcdefghijklmnoprtuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ", strict=True))
_ACCENTED: Final = {"a": "áàâäã", "c": "ç", "e": "éèêë", "i": "íìîï", "n": "ñ", "o": "óòôöõ", "u": "úùûü", "y": "ýÿ"}
_ZERO_WIDTH: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_MARKS: Final = "".join(map(chr, range(0x300, 0x330)))

ATTACKS: Final[dict[str, Disguise]] = {
    "full width": _each(_shifted(0xFF21, 0xFF41), 1),
    "mathematical bold": _each(_shifted(0x1D400, 0x1D41A), 1),
    "mathematical script": _each(_shifted(0x1D4D0, 0x1D4EA), 1),
    "circled": _each(_shifted(0x24B6, 0x24D0), 1),
    "squared": _each(_shifted(0x1F130, 0x1F170), 1),
    "regional indicators": _each(_shifted(0x1F1E6, 0x1F1E6), 1),
    "small capitals": _each(_SMALL_CAPITALS, 1),
    "Cyrillic": _each(_CYRILLIC),
    "Greek": _each(_GREEK),
    "Cherokee and Armenian": _each(_OTHER_SCRIPTS),
    "upside down": _upside_down,
    "accents": _each(_ACCENTED),
    "combining marks": _after_letters(_MARKS, 4),
    "zero width": _after_letters(_ZERO_WIDTH),
    "leetspeak": _each(_LEET),
    "one digit": _each({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "l": "1"}, 0),
    "ph and vv": _sounded,
    "spaced": _between(" "),
    "dotted": _between("."),
    "hyphens, underscores": _between("-_"),
    "stars between": _between("*"),
    "longer": _longer,
    "doubled": _doubled,
    "one vowel starred": _one_vowel_starred,
    "middle starred": _middle_starred,
    "capitals": _capitals,
    "mixed case": _mixed,
    "entities": _entities,
    "tags": _tagged,
    "emoji attached": _with_emoji,
}


def disguised(text: str, attack: str, seed: int = 0, share: float = DEFAULT_SHARE) -> str:
    """The text with that share of its words disguised in one of `ATTACKS`; the seed and the text decide which."""
    chance, disguise = Random(f"{seed} {attack} {text!r}"), ATTACKS[attack]  # noqa: S311  (no secret)

    def perhaps(word: re.Match[str]) -> str:
        return disguise(word.group(), chance) if chance.random() < share else word.group()

    return _WORD.sub(perhaps, text)


def attacked(texts: Sequence[str], share: float, seed: int = 0) -> tuple[list[int], list[str]]:
    """For training: which of the texts were chosen, in order, and each in one disguise drawn at random."""
    chance = Random(seed)  # noqa: S311  (no secret)
    rows = [row for row in range(len(texts)) if chance.random() < share]
    names = list(ATTACKS)
    return rows, [disguised(texts[row], chance.choice(names), seed) for row in rows]
