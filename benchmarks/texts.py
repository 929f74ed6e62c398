"""Texts to measure with: real comments where a file is given, else made up to the length of real ones."""

from __future__ import annotations

import random
from pathlib import Path

_WORDS = (
    "the mayor bridge council said that nobody asked us before they closed our street and now every morning there "
    "are buses people cycle to work while others wait for years it is not fair but honestly I think this was right "
    "you are wrong stupid idea who pays for it again taxes school children river old town new plan vote never"
).split()


def comments(path: Path | None, count: int) -> list[str]:
    """`count` texts, repeated where the file has fewer."""
    if path is None:
        chance = random.Random(7)
        return [" ".join(chance.choices(_WORDS, k=chance.randint(5, 110))) for _ in range(count)]
    from pyarrow import parquet

    found = [each for each in parquet.read_table(path, columns=["text"]).column("text").to_pylist() if each.strip()]
    return [found[number % len(found)] for number in range(count)]
