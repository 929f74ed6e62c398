"""From scores and signals to a verdict with named reasons.

A policy is an ordered list of named rules. Every rule that speaks is recorded; the strictest outcome wins,
and among rules of that outcome the first in the list decides. So a rule can be added anywhere without making
another kinder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from service.domain.reply import Status


class Outcome(IntEnum):
    """What a rule asks for, in rising strictness."""

    APPROVE = 0
    HOLD = 1
    REJECT = 2

    @property
    def status(self) -> Status:
        return {0: Status.APPROVED, 1: Status.HELD, 2: Status.REJECTED}[self.value]

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Facts:
    """All that a policy may look at. `scores` is None where the model could not score the text.

    `language` is a code such as `nl`, or None where nobody looked.
    """

    text: str = ""
    author_name: str = ""
    scores: Mapping[str, float] | None = field(default_factory=dict)
    language: str | None = None
    links: int = 0
    repeats: int = 0
    near_repeats: int = 0
    approved_before: int = 0
    decided_before: int = 0
    rejected_before: int = 0
    recent_replies: int = 0
    thread_closed: bool = False
    disguised: bool = False
    honeypot: bool = False

    @property
    def rejection_rate(self) -> float:
        return self.rejected_before / self.decided_before if self.decided_before else 0.0


@dataclass(frozen=True)
class Finding:
    """One rule that spoke: its name, what it asks for, and the figures that made it speak."""

    rule: str
    then: Outcome
    says: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def as_reason(self) -> dict[str, Any]:
        return {"rule": self.rule, "then": self.then.word, "says": self.says, "figures": dict(self.figures)}


@dataclass(frozen=True)
class Verdict:
    """The outcome, the deciding rule first among the findings."""

    outcome: Outcome
    findings: tuple[Finding, ...]

    @property
    def rule(self) -> str:
        return self.findings[0].rule


class Rule:
    """One line of a policy. Kinds of rules are in `rules.py`, one class each."""

    name: str
    then: Outcome

    def find(self, facts: Facts) -> Finding | None:
        """The finding, or None where the rule has nothing to say."""
        raise NotImplementedError


@dataclass(frozen=True)
class Policy:
    """A site's rules at one version; `otherwise` is what happens when no rule approves, unless one is stricter."""

    rules: tuple[Rule, ...]
    otherwise: Outcome = Outcome.HOLD
    version: int = 0


def decide(policy: Policy, facts: Facts) -> Verdict:
    """The strictest outcome any rule asks for, with every finding, the deciding one first.

    Where no rule approves, it is at least `otherwise`: else a reply that a rule wants held would fare better than
    one that nothing speaks against.
    """
    findings = [finding for rule in policy.rules if (finding := rule.find(facts))]
    if all(Outcome.APPROVE < finding.then < policy.otherwise for finding in findings):
        findings.append(Finding("otherwise", policy.otherwise, "No rule approved this reply."))
    findings.sort(key=lambda finding: -finding.then)  # stable: the order of the policy within an outcome
    return Verdict(findings[0].then, tuple(findings))
