"""Why a text got its score: which of its words moved it, which to show, and without which it would have passed.

Two things are told apart. *Contributions* are exact: with the base they add up to the log-odds. *Spans* are a
choice of what to mark for a reader, made by `is_marked`, whose rule was chosen on human annotations (decision 0012).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from classifier.text.normalise import SPACE
from classifier.text.origins import Offsets, traced

if TYPE_CHECKING:
    from classifier.scorer import Scorer

Contributions = NDArray[np.float64]

Below = Callable[[Sequence[Sequence["Word"]]], "Counterfactual | None"]

LONGEST_EXPLAINED: Final = 100_000
"""Characters. Nobody reads the reasons for a longer text, and tracing it takes seconds."""

SHARE_OF_STRONGEST: Final = 0.6
LEAST_CONTRIBUTION: Final = 0.25  # in log-odds: less is not worth a mark
_ONE_BY_ONE: Final = 16


class TooLongToExplain(ValueError):
    """The text can be scored and not be explained; the message says how long it may be."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the original text and what it adds to the log-odds. Offsets are of code points and UTF-16 units."""

    start: int
    end: int
    utf16_start: int
    utf16_end: int
    contribution: float


@dataclass(frozen=True, slots=True)
class Word(Stretch):
    """One word as the model takes it; letters set apart are one word, and `read_as` says which."""

    read_as: str


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """Words without which the text scores below the threshold: found greedily, rescored to be sure."""

    without: tuple[Word, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """`base` and the contributions of `words` add up to the model's log-odds; calibration makes `probability` of them.

    `counterfactual` is None where no threshold was given, the text is below it, or no choice of words helps.
    """

    attribute: str
    version: str
    probability: float
    base: float
    words: tuple[Word, ...]
    spans: tuple[Stretch, ...]
    threshold: float | None
    counterfactual: Counterfactual | None


def explained(scorer: Scorer, text: str, attribute: str, threshold: float | None = None) -> Explanation:
    """Explain one attribute's score; raises `TooLongToExplain`, and ValueError for an attribute it does not score."""
    if len(text) > LONGEST_EXPLAINED:
        raise TooLongToExplain(
            f"Texts of up to {LONGEST_EXPLAINED:,} characters are explained, this has {len(text):,}. "
            "Explain a part of it."
        )
    if attribute not in scorer.attributes:
        raise ValueError(f"This model scores {', '.join(scorer.attributes)}, not {attribute}.")
    base, words = weighed(scorer, text, attribute)
    probability = _probability(scorer, attribute, base + sum(word.contribution for word in words))
    counterfactual = None
    if threshold is not None and probability >= threshold:
        counterfactual = _without(scorer, text, attribute, words, threshold)
    spans = tuple(marked(words))
    return Explanation(attribute, scorer.version, probability, base, words, spans, threshold, counterfactual)


def _probability(scorer: Scorer, attribute: str, log_odds: float) -> float:
    column = scorer.attributes.index(attribute)
    return float(scorer.probabilities(np.full(len(scorer.attributes), log_odds))[column])


def weighed(scorer: Scorer, text: str, attribute: str) -> tuple[float, tuple[Word, ...]]:
    """The base, and every word with what it adds."""
    column = scorer.attributes.index(attribute)
    seen = traced(text, scorer.reading)
    parts = scorer.parts(seen.joined)
    units = _utf16_offsets(text)
    edges = [*parts.positions.tolist(), len(seen.joined.buffer)]
    words, base = [], float(parts.base[column])
    for (space, end), contribution in zip(pairwise(edges), parts.words[:, column].tolist(), strict=True):
        first = space + (seen.joined.buffer[space] == SPACE)
        if first == end:
            base += contribution  # no word: the space of an empty text
            continue
        start, stop = int(seen.begins[first:end].min()), int(seen.ends[first:end].max())
        read_as = seen.joined.buffer[first:end].tobytes().decode("utf-8", "replace")
        words.append(Word(start, stop, int(units[start]), int(units[stop]), contribution, read_as))
    return base, tuple(words)


def _utf16_offsets(text: str) -> Offsets:
    """For each character, and for the end, how many UTF-16 units come before it."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return np.concatenate([[0], np.cumsum(1 + (codes > 0xFFFF))])


def is_marked(contributions: Contributions) -> NDArray[np.bool_]:
    """Which words to mark: those that come near the strongest, if that is worth a mark at all."""
    strongest = contributions.max(initial=0)
    return np.asarray(contributions >= max(SHARE_OF_STRONGEST * strongest, LEAST_CONTRIBUTION))


def marked(words: Sequence[Word]) -> Iterator[Stretch]:
    """The stretches to mark, neighbours in one; a word's stretch has no punctuation around it."""
    is_chosen = is_marked(np.array([word.contribution for word in words]))
    group: list[Word] = []
    for word, chosen in zip(words, is_chosen.tolist(), strict=True):
        if chosen:
            group.append(word)
        elif group:
            yield _as_one(group)
            group = []
    if group:
        yield _as_one(group)


def _as_one(words: Sequence[Word]) -> Stretch:
    first, last = words[0], words[-1]
    total = sum(word.contribution for word in words)
    return Stretch(first.start, last.end, first.utf16_start, last.utf16_end, total)


def _without(
    scorer: Scorer, text: str, attribute: str, words: Sequence[Word], threshold: float
) -> Counterfactual | None:
    """The fewest strongest words whose removal brings the text below; then fewer where some were needless."""
    column = scorer.attributes.index(attribute)
    strongest = sorted((word for word in words if word.contribution > 0), key=lambda word: -word.contribution)

    def below(choices: Sequence[Sequence[Word]]) -> Counterfactual | None:
        """The first choice that suffices."""
        found = scorer.score([left(text, choice) for choice in choices]).values[:, column].tolist()
        for choice, probability in zip(choices, found, strict=True):
            if probability < threshold:
                return Counterfactual(_in_order(choice), probability)
        return None

    for counts in _counts(len(strongest)):
        if found := below([strongest[:count] for count in counts]):
            return _pruned(found, below)
    return None


def _pruned(
    found: Counterfactual, below: Callable[[Sequence[Sequence[Word]]], Counterfactual | None]
) -> Counterfactual:
    """Put single words back for as long as the text stays below."""
    while 1 < len(found.without) <= _ONE_BY_ONE:
        fewer = [[word for word in found.without if word is not kept] for kept in found.without]
        better = below(fewer)
        if better is None:
            break
        found = better
    return found


def _in_order(words: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(sorted(words, key=lambda word: word.start))


def left(text: str, without: Sequence[Word]) -> str:
    """The text without these words; what was around them stays."""
    kept, done = [], 0
    for word in _in_order(without):
        kept.append(text[done : word.start])
        done = max(done, word.end)
    return "".join([*kept, text[done:]])


def _counts(most: int) -> Iterator[list[int]]:
    """How many words to leave out: one by one at first, then twice as many each time, so that the work stays linear."""
    yield list(range(1, min(_ONE_BY_ONE, most) + 1))
    count = 2 * _ONE_BY_ONE
    while count < 2 * most:
        yield [min(count, most)]
        count *= 2
