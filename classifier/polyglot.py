"""Scores each text with the model of its language; one whose language has no model is not scored, and says so.

Outside this package this is *the* scorer (`classifier.Scorer`). It is the English model, which reads everything
first, and knows where the others are; they are loaded when their first text comes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from classifier import registry
from classifier.language.identify import identify
from classifier.registry import Model
from classifier.scorer import NO_MODEL, Rows, Scorer, Scores
from classifier.text.reading import read_in

if TYPE_CHECKING:
    from classifier.explain import Explanation

NO_OTHERS: Final[Mapping[str, Path]] = {}


class Polyglot(Scorer):
    """The model of the default language with those of other languages beside it. Safe to share between threads."""

    def __init__(self, model: Model, others: Mapping[str, Path] = NO_OTHERS) -> None:
        super().__init__(model)
        self._others = dict(others)
        self._loaded: dict[str, Scorer] = {}
        self._lock = Lock()

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """All current models. The one in `directory` takes the place of its language's, and is the default one."""
        model = registry.load(directory)
        others = registry.all_current()
        others.pop(model.language, None)
        return cls(model, others)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are models for, the default one first."""
        return (self.language, *sorted(self._others))

    def for_language(self, language: str) -> Scorer | None:
        """The scorer of one language alone, loaded if need be; None where there is no model."""
        if language == self.language:
            return self._alone()
        with self._lock:
            if language not in self._loaded and language in self._others:
                self._loaded[language] = Scorer.load(self._others[language])
            return self._loaded.get(language)

    def _alone(self) -> Self:
        """The default model without the others: scores every text itself. Shares the tables."""
        alone = copy(self)
        alone._others = {}
        return alone

    def identify(self, texts: Sequence[str]) -> list[str]:
        """The language of each text, as `score` sees it."""
        return identify(texts, self.language) if self._others else [self.language] * len(texts)

    def score(self, texts: Sequence[str]) -> Scores:
        """Score every text in its language; a row of NaN where there is no model for it. Order is kept."""
        if not self._others:
            return super().score(texts)
        normalised = read_in(texts, self.reading)
        languages = identify(texts, self.language, normalised)
        values = self._scored(normalised)  # of all: most are English, and sorting the others out costs more
        versions = [self.version] * len(texts)
        for language, rows in _rows_of_others(languages, self.language).items():
            values[rows], version = self._in_another(language, [texts[row] for row in rows])
            for row in rows:
                versions[row] = version
        return Scores(values, self.attributes, self.version, tuple(languages), tuple(versions))

    def _in_another(self, language: str, texts: list[str]) -> tuple[Rows, str]:
        """Scores by the model of that language, in the columns of the default one."""
        values = np.full((len(texts), len(self.attributes)), np.nan, dtype=np.float32)
        scorer = self.for_language(language)
        if scorer is None:
            return values, NO_MODEL
        scored = scorer.score(texts)
        for column, attribute in enumerate(scorer.attributes):
            if attribute in self.attributes:
                values[:, self.attributes.index(attribute)] = scored.values[:, column]
        return values, scorer.version

    def explain(self, text: str, attribute: str, threshold: float | None = None) -> Explanation:
        """As `Scorer.explain`, by the model of the text's language; ValueError where it has none."""
        if not self._others:
            return super().explain(text, attribute, threshold)
        language = self.identify([text])[0]
        scorer = self.for_language(language)
        if scorer is None:
            raise ValueError(f"The text seems to be in {language!r}, for which there is no model: it has no score.")
        return scorer.explain(text, attribute, threshold)


def _rows_of_others(languages: list[str], default: str) -> dict[str, list[int]]:
    rows = defaultdict(list)
    for row, language in enumerate(languages):
        if language != default:
            rows[language].append(row)
    return rows
