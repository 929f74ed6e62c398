"""Near-repeats: texts that say the same with a few words changed, recognised without comparing all with all.

MinHash over word pairs (datasketch). Three bands of two values each bring candidates together; a 64-bit sketch,
one bit a permutation, then estimates how alike they are.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt

from service.domain.signals import count_links
from service.domain.text import digest, words

ALIKE_AT_LEAST = 0.7
_PERMUTATIONS = 64
_BANDS = ((0, 1), (2, 3), (4, 5))
_SHINGLE_WORDS = 2
_FEWEST_WORDS_TO_REPEAT = 4  # many people write "Well said!", and nobody copies it
_FEWEST_WORDS = 8  # shorter replies resemble each other by chance


@dataclass(frozen=True)
class Likeness:
    """`keys`: signed 64-bit numbers, the first equal only for the same text, the others for alike ones;
    none where a repeat would say nothing.
    `sketch`: signed 64 bits that differ in proportion to how much the texts differ."""

    keys: tuple[int, ...]
    sketch: int

    @property
    def exact(self) -> int | None:
        return self.keys[0] if self.keys else None


def prepare() -> None:
    """Load now what the first text would wait half a second for."""
    _new_sketch()


def likeness_of(text: str) -> Likeness:
    """The likeness of a text. Under eight words it has only its exact key; under four and without a link, none."""
    exact = int.from_bytes(digest(text)[:8], "big", signed=True)
    spoken = words(text)
    if len(spoken) < _FEWEST_WORDS_TO_REPEAT and not count_links(text):
        return Likeness((), exact)
    if len(spoken) < _FEWEST_WORDS:
        return Likeness((exact,), exact)
    values = _minhash(spoken)
    bands = (hash((band, *(int(values[i]) for i in positions))) for band, positions in enumerate(_BANDS, 1))
    sketch = int(np.packbits((values & 1).astype(np.uint8)).view(np.int64)[0])
    return Likeness((exact, *bands), sketch)


def resemblance(one: int, other: int) -> float:
    """The estimated share of word pairs that two texts have in common, from their sketches, in [0, 1]."""
    differing = ((one ^ other) & 0xFFFFFFFFFFFFFFFF).bit_count()
    return max(0.0, 1 - 2 * differing / _PERMUTATIONS)


@cache
def _new_sketch() -> Callable[[], Any]:
    """Makes empty sketches that share their permutations.

    Imported when first needed: datasketch brings SciPy, 47 MB that only workers have a use for.
    """
    from datasketch import MinHash

    seed = MinHash(num_perm=_PERMUTATIONS, seed=7, hashfunc=zlib.crc32)
    shared = {"permutations": seed.permutations, "scheme": seed.scheme}
    return partial(MinHash, num_perm=_PERMUTATIONS, hashfunc=zlib.crc32, **shared)


def _minhash(spoken: list[str]) -> npt.NDArray[np.uint64]:
    shingles = {" ".join(spoken[i : i + _SHINGLE_WORDS]).encode() for i in range(len(spoken) - _SHINGLE_WORDS + 1)}
    sketch = _new_sketch()()
    sketch.update_batch(list(shingles))
    values: npt.NDArray[np.uint64] = sketch.hashvalues
    return values
