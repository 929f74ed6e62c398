"""What each character outside ASCII is read as: letters by their looks, marks as nothing, some emoji as words.

Every character is folded on its own, by a table, so the work is linear in the length whatever is sent:
`unicodedata.normalize` on a whole text sorts combining marks in quadratic time, 8 s for 100,000 of them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_FOLD: Final = 8
"""Characters that one character may become; U+FDFA would become eighteen."""

# What casefold and NFKC leave over, by the letter it is drawn like: Cyrillic, Greek, Armenian, Cherokee, small
# capitals and other phonetic letters, letters with a stroke. Whole Russian or Greek texts become nonsense by it,
# which costs nothing: the model has not learned those languages.
_DRAWN_LIKE: Final = {
    "a": "аαɑᴀӑӓәɐᎪ∀ⱥά",
    "b": "вбьъβƀɓʙᏏᏴЬѢѣ฿ʖ",
    "c": "сςϲᴄᏟƈȼϹҫ¢℃",
    "d": "ԁɖɗđᴅᎠժðδ",
    "e": "еёєεɛᴇᎬҽҿɇǝэ€℮έ",
    "f": "ƒꜰғϝꞙſ",
    "g": "ɡɢƍցɠǥᎶᏀԍ",
    "h": "һнհʜɦħᏂᎻΗңӈҥɥћђ",
    "i": "іїιɩɪıɨӏᎥꙇίᴉ¡ɿ",
    "j": "јʝɉᴊᎫյɟ",
    "k": "кκᴋƙҝқӄҡᏦʞ",
    "l": "ʟłɫɭƖᏞլⅼ∣ǀ",
    "m": "мϻᴍɱᎷʍ",
    "n": "пռոɴŋƞɲийΝηպ",
    "o": "оοօσөøᴏɵ०ѳфΘθѲΟОʘόᎾ",
    "p": "рρᴘƥᏢþҏየ",
    "q": "ԛզգɋ",
    "r": "гʀɍɼᏒᎡяɹᴦր",
    "s": "ѕʂꜱᏚՏടʃ§",
    "t": "тτᴛŧƭᎢʇҭ†ț",
    "u": "υцʋᴜսմʊᏌμµύ",
    "v": "ѵνᴠѷᏙ∨ʌ√",
    "w": "ԝωѡᴡɯшщᏔᎳա",
    "x": "хχҳᕁ×✗",
    "y": "ΥуүұγʏɣƴỿყўᎩᎽʎ¥λ",
    "z": "ᴢʐƶȥᏃʑ",
    "ae": "æӕᴂ",
    "oe": "œᴔ",
    "'": "‘’‚‛′ʼʻ´ʹ",
    '"': "“”„‟″«»",
    "-": "–—‐‑‒―−",
    ".": "…•·∙・。",
    "!": "ǃ‼❗❕",
    "?": "⁇❓❔",
    "*": "∗⁎＊✱●■█",
}

# Emoji that say in a drawing what the model knows in words. Every other one is read as a space: as words of their
# own they told the model nothing (decision 0012), and a text strewn with them scored lower.
_EMOJI_WORDS: Final = {
    "🖕": "fuck you",
    "💩": "shit",
    "🤡": "clown",
    "🍆": "dick",
    "🐀": "rat",
    "🐖": "pig",
    "🐷": "pig",
    "🐍": "snake",
    "🤮": "vomit",
    "🔪": "knife",
    "🗑": "trash",
}

_DROPPED: Final = frozenset({"Mn", "Me", "Cf"})  # marks, enclosures, zero-width and direction controls
_BLANK: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"})
_SKIN_TONES: Final = range(0x1F3FB, 0x1F400)

# Blocks of capitals that NFKC does not unify, by their first letter.
_ENCLOSED_CAPITALS: Final = (0x1F150, 0x1F170, 0x1F1E6)  # circled and squared negatives, regional indicators
_LETTERS: Final = 26


def _table() -> dict[str, str]:
    known = {drawn: read for read, all_drawn in _DRAWN_LIKE.items() for drawn in all_drawn}
    for first in _ENCLOSED_CAPITALS:
        known |= {chr(first + number): chr(ord("a") + number) for number in range(_LETTERS)}
    return known | {emoji: f" {words} " for emoji, words in _EMOJI_WORDS.items()}


_READ_AS: Final = _table()


class _Folds(dict[int, str]):
    """What each character outside ASCII becomes; worked out when first met, then remembered."""

    REMEMBERED: Final = 20_000  # a hostile text could otherwise fill memory with all of Unicode

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < self.REMEMBERED:
            self[code] = folded
        return folded


def _fold_character(character: str) -> str:
    if character in _READ_AS:
        return _READ_AS[character]
    category = unicodedata.category(character)
    if category in _DROPPED or ord(character) in _SKIN_TONES:
        return ""
    if category in _BLANK:
        return " "
    bare = "".join(part for part in unicodedata.normalize("NFKD", character.casefold()) if _is_kept(part))
    folded = unicodedata.normalize("NFKC", bare).casefold()
    read = "".join(_READ_AS.get(part, part) for part in folded)[:LONGEST_FOLD]
    if category == "So" and not read.isascii():
        return " "
    return read.strip("().,") or read  # U+249C is a letter in brackets, U+2488 a digit with a full stop


def _is_kept(character: str) -> bool:
    return unicodedata.category(character) not in _DROPPED


FOLDS: Final = _Folds()
"""For `str.translate`, on text outside ASCII only."""

_TURNED: Final = dict(
    zip("ɐqɔpǝɟƃɓɥᴉıɾʞʃןlɯuodbɹsʇnʌʍxʎz∀ƐƎ⅁Ԁ⊥∩Λ˙¡¿", "abcdefgghiijklllmnopqrstuvwxyzaeegptuv.!?", strict=True)
)
_SURELY_TURNED: Final = frozenset("ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ")
WORD: Final = re.compile(r"\S+")


def turned_back(text: str) -> str:
    """Words written upside down, turned round."""
    return WORD.sub(lambda word: turned_word(word.group()), text) if is_turned(text) else text


def is_turned(text: str) -> bool:
    """Whether anything is upside down; two letters that exist for nothing else make it certain."""
    return len(_SURELY_TURNED.intersection(text)) >= 2


def turned_word(word: str) -> str:
    """One word turned round if it has a letter that is used upside down only."""
    if _SURELY_TURNED.isdisjoint(word):
        return word
    return "".join(_TURNED.get(letter, letter) for letter in reversed(word))
