"""Texts that were written to break something."""

from __future__ import annotations

HOSTILE: dict[str, str] = {
    "empty": "",
    "blank": " \t\n\r ",
    "nul": "\x00" * 1000,
    "nul within": "you\x00are\x00kind",
    "lone surrogate": "a\ud800b\udfff",
    "only surrogates": "\udc80" * 500,
    "only zero-width": "\u200b\u200c\u200d\ufeff" * 1000,
    "only emoji": "😀👍🏽🏳️‍🌈" * 200,
    "combining marks": "a" + "\u0301\u0316\u0334" * 33_334,
    "one long word": "a1" * 500_000,
    "one letter": "a" * 1_000_000,
    "many spaces": " " * 1_000_000,
    "longest expansion": "\ufdfa" * 10_000,
    "entities": "&amp;" * 20_000 + "&#99999999999999;&#xffffff;&#0;&#xd800;&unknown;",
    "private use": "\ue000\U0010ffff" * 500,
    "right to left": "\u202eevil\u202c",
    "every plane": "".join(map(chr, range(0x80, 0x30000, 7))),
    "letters apart": "a " * 500_000,
    "digits between letters": "1d1" * 333_333,
    "only combining marks": "\u0301" * 100_000,
    "stars": "f" + "*" * 100_000,
    "opened tags": "<b " * 100_000,
}
