"""The kinds of rules a policy may use, one small class each, and the reading of a policy document.

To add a kind: write a class with the fields its line in the TOML file has, what it may ask for (`allowed`), and
`look`; then add it to `KINDS`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cached_property
from typing import Any, ClassVar

from service.domain.errors import BadPolicy
from service.domain.languages import language_name
from service.domain.policy import Facts, Finding, Outcome, Policy, Rule
from service.domain.signals import WordList

APPROVE, HOLD, REJECT = Outcome.APPROVE, Outcome.HOLD, Outcome.REJECT
STRICT = frozenset({HOLD, REJECT})
_NAME_LENGTH = 100  # of the column that keeps the deciding rule
Figures = Mapping[str, Any]


@dataclass(frozen=True)
class NamedRule(Rule):
    """What all kinds share. `look` returns a sentence and the figures behind it, or None."""

    name: str
    then: Outcome
    allowed: ClassVar[frozenset[Outcome]] = STRICT

    def find(self, facts: Facts) -> Finding | None:
        seen = self.look(facts)
        return Finding(self.name, self.then, *seen) if seen else None

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        raise NotImplementedError


@dataclass(frozen=True)
class ScoreAtLeast(NamedRule):
    """An attribute's probability is high: hold or reject, never approve."""

    attribute: str
    at_least: float

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        score = (facts.scores or {}).get(self.attribute)
        if score is None or score < self.at_least:
            return None
        says = f"{self.attribute} {score:.2f} is at least {self.at_least:g}"
        return says, {"attribute": self.attribute, "score": score, "threshold": self.at_least}


@dataclass(frozen=True)
class ScoresBelow(NamedRule):
    """Every named attribute is low: approve, never anything stricter."""

    below: Mapping[str, float]
    allowed: ClassVar[frozenset[Outcome]] = frozenset({APPROVE})

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        scores = facts.scores or {}
        if not all(name in scores and scores[name] < limit for name, limit in self.below.items()):
            return None
        says = ", ".join(f"{name} {scores[name]:.2f} is below {limit:g}" for name, limit in self.below.items())
        return says, {"scores": {name: scores[name] for name in self.below}, "thresholds": dict(self.below)}


@dataclass(frozen=True)
class Unscored(NamedRule):
    """The model could not score the text, so a person looks at it."""

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        return ("the model could not score this text", {}) if facts.scores is None else None


@dataclass(frozen=True)
class LanguageWithoutModel(NamedRule):
    """No model has learned the language of the text, so a person looks at it."""

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        if facts.scores is not None or facts.language is None:
            return None
        says = f"the text seems to be in {language_name(facts.language)}, for which there is no model"
        return says, {"language": facts.language}


@dataclass(frozen=True)
class LanguageNotIn(NamedRule):
    """The text is in none of the languages that the site's moderators read."""

    not_in: tuple[str, ...]

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        if facts.language is None or facts.language in self.not_in:
            return None
        return f"the text seems to be in {language_name(facts.language)}", {"language": facts.language}


@dataclass(frozen=True)
class Words(NamedRule):
    """Words or phrases of a list, in the text or the author's name."""

    words: tuple[str, ...]

    @cached_property
    def _list(self) -> WordList:
        return WordList(self.words)

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        found = self._list.found_in(facts.author_name, facts.text)
        return (f"contains {', '.join(found)}", {"words": found}) if found else None


@dataclass(frozen=True)
class Count(NamedRule):
    """A counted fact has reached a number; subclasses name the fact and the sentence."""

    at_least: int
    fact: ClassVar[str]
    sentence: ClassVar[str]

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        count = getattr(facts, self.fact)
        if count < self.at_least:
            return None
        return self.sentence.format(count), {self.fact: count, "threshold": self.at_least}


class Links(Count):
    fact = "links"
    sentence = "contains {} links"


class Repeats(Count):
    fact = "repeats"
    sentence = "the same text was posted {} times before"


class NearRepeats(Count):
    fact = "near_repeats"
    sentence = "nearly the same text was posted {} times before"


class Flood(Count):
    fact = "recent_replies"
    sentence = "{} replies by this author or address within minutes"


@dataclass(frozen=True)
class FirstTimeAuthor(NamedRule):
    """Nothing by this author was approved before."""

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        if facts.approved_before:
            return None
        return "nothing by this author was approved before", {"approved_before": 0}


@dataclass(frozen=True)
class AuthorRejections(NamedRule):
    """A large share of what this author wrote lately was rejected."""

    rate_at_least: float
    of_at_least: int = 3

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        rate = facts.rejection_rate
        if facts.decided_before < self.of_at_least or rate < self.rate_at_least:
            return None
        says = f"{facts.rejected_before} of this author's last {facts.decided_before} replies were rejected"
        return says, {"rate": round(rate, 3), "threshold": self.rate_at_least, "of": facts.decided_before}


@dataclass(frozen=True)
class Flag(NamedRule):
    """A fact that is simply true; subclasses name it."""

    fact: ClassVar[str]
    sentence: ClassVar[str]

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        return (self.sentence, {}) if getattr(facts, self.fact) else None


class ThreadIsClosed(Flag):
    fact = "thread_closed"
    sentence = "the thread was closed before this reply was decided"


class Disguised(Flag):
    fact = "disguised"
    sentence = "letters are hidden or mixed from several scripts within words"


class Honeypot(Flag):
    fact = "honeypot"
    sentence = "a field that people do not see was filled in"


class Everything(NamedRule):
    """Every reply: premoderation by hand."""

    def look(self, facts: Facts) -> tuple[str, Figures] | None:
        return "every reply is looked at by a person", {}


KINDS: dict[str, type[NamedRule]] = {
    "score": ScoreAtLeast,
    "scores_below": ScoresBelow,
    "unscored": Unscored,
    "language_without_model": LanguageWithoutModel,
    "language": LanguageNotIn,
    "words": Words,
    "links": Links,
    "repeats": Repeats,
    "near_repeats": NearRepeats,
    "flood": Flood,
    "first_time_author": FirstTimeAuthor,
    "author_rejections": AuthorRejections,
    "thread_closed": ThreadIsClosed,
    "disguised": Disguised,
    "honeypot": Honeypot,
    "everything": Everything,
}


def read_policy(document: Mapping[str, Any], *, version: int = 0) -> Policy:
    """A policy from its document (the parsed TOML). Raises `BadPolicy` saying which line is wrong and why."""
    unknown = set(document) - {"otherwise", "rules"}
    if unknown:
        raise BadPolicy(f"Unknown key {sorted(unknown)[0]!r} in the policy; it has `otherwise` and `rules`.")
    lines = document.get("rules", [])
    if not isinstance(lines, list) or not all(isinstance(line, Mapping) for line in lines):
        raise BadPolicy("`rules` must be a list: write each rule under its own [[rules]] heading.")
    rules = tuple(_read_rule(line, number) for number, line in enumerate(lines, 1))
    _check_names(rules)
    otherwise = _read_outcome(document.get("otherwise", "hold"), "otherwise")
    if otherwise is APPROVE:
        raise BadPolicy("`otherwise` must be hold or reject: approving must be said by a rule.")
    return Policy(rules, otherwise, version)


def _check_names(rules: tuple[Rule, ...]) -> None:
    names = [rule.name for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise BadPolicy(f"Two rules are called {name!r}: decisions name their rule, so names must differ.")


def _read_rule(line: Mapping[str, Any], number: int) -> NamedRule:
    where = f"Rule {number}" + (f" ({line['name']!r})" if "name" in line else "")
    if not isinstance(line.get("name"), str) or not line["name"].strip():
        raise BadPolicy(f"{where} needs a `name`.")
    if len(line["name"]) > _NAME_LENGTH:
        raise BadPolicy(f"Rule {number}: a `name` may have at most {_NAME_LENGTH} characters.")
    _check_characters(line["name"], where)
    kind = KINDS.get(str(line.get("when")))
    if kind is None:
        raise BadPolicy(f"{where}: `when` must be one of {', '.join(KINDS)}, not {line.get('when')!r}.")
    then = _read_outcome(line.get("then"), where)
    if then not in kind.allowed:
        asked = " or ".join(outcome.word for outcome in sorted(kind.allowed))
        raise BadPolicy(f"{where}: a {line['when']!r} rule may {asked}, not {then.word}.")
    given = {key: value for key, value in line.items() if key not in ("name", "when", "then")}
    return kind(name=line["name"].strip(), then=then, **_read_parameters(kind, given, where))


def _read_parameters(kind: type[NamedRule], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    known = {f.name: f for f in fields(kind) if f.name not in ("name", "then")}
    for key in given:
        if key not in known:
            takes = ", ".join(known) or "nothing more"
            raise BadPolicy(f"{where}: unknown key {key!r}; this kind takes {takes}.")
    for key, parameter in known.items():
        if key not in given and parameter.default is MISSING:
            raise BadPolicy(f"{where} needs `{key}`.")
    return {key: _READERS[str(known[key].type)](value, f"{where}: `{key}`") for key, value in given.items()}


def _read_outcome(value: Any, where: str) -> Outcome:
    try:
        return Outcome[str(value).upper()]
    except KeyError:
        raise BadPolicy(f"{where}: `then` must be approve, hold or reject, not {value!r}.") from None


def _read_share(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise BadPolicy(f"{where} must be a number from 0 to 1, not {value!r}.")
    return float(value)


def _read_count(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BadPolicy(f"{where} must be a whole number from 1, not {value!r}.")
    return value


def _read_attribute(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise BadPolicy(f"{where} must be the name of an attribute, such as toxicity.")
    _check_characters(value, where)
    return value


def _read_words(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        raise BadPolicy(f"{where} must be a list of words or phrases.")
    for word in value:
        _check_characters(word, where)
    return tuple(value)


def _check_characters(value: str, where: str) -> None:
    """What a rule says is stored with every decision, and no database stores a NUL."""
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in value):
        raise BadPolicy(f"{where} contains a control character: remove it.")


def _read_limits(value: Any, where: str) -> dict[str, float]:
    if not isinstance(value, Mapping) or not value:
        raise BadPolicy(f"{where} must be a table of attributes and limits, such as {{ toxicity = 0.3 }}.")
    for name in value:
        _check_characters(str(name), where)
    return {str(name): _read_share(limit, f"{where}.{name}") for name, limit in value.items()}


_READERS = {
    "float": _read_share,
    "int": _read_count,
    "str": _read_attribute,
    "tuple[str, ...]": _read_words,
    "Mapping[str, float]": _read_limits,
}
