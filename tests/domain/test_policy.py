"""A policy never rewards what is worse, and its verdict says who decided."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import BadPolicy
from service.domain.policy import Facts, Outcome, Policy, decide
from service.domain.rules import KINDS, NamedRule, read_policy
from service.usecases.manage_sites import default_policy, parse_policy
from tests.domain.strategies import ATTRIBUTES, answer, facts, policies, rules
from tests.factories import a_policy, as_toml

WORSE_WHEN_HIGHER = ("links", "repeats", "near_repeats", "recent_replies")
WORSE_WHEN_TRUE = ("thread_closed", "disguised", "honeypot")


@given(policies(), facts(), st.dictionaries(st.sampled_from(ATTRIBUTES), st.floats(0, 1)))
def test_a_worse_score_never_gets_a_kinder_verdict(policy: Policy, facts: Facts, added: dict[str, float]) -> None:
    scores = facts.scores or {}
    worse = {name: min(1.0, score + added.get(name, 0)) for name, score in scores.items()}

    assert decide(policy, replace(facts, scores=worse)).outcome >= decide(policy, replace(facts, scores=scores)).outcome


@given(policies(), facts(), st.sampled_from(WORSE_WHEN_HIGHER), st.integers(0, 20))
def test_a_higher_count_never_gets_a_kinder_verdict(policy: Policy, facts: Facts, fact: str, more: int) -> None:
    worse = replace(facts, **{fact: getattr(facts, fact) + more})

    assert decide(policy, worse).outcome >= decide(policy, facts).outcome


@given(policies(), facts(), st.sampled_from(WORSE_WHEN_TRUE))
def test_a_warning_sign_never_gets_a_kinder_verdict(policy: Policy, facts: Facts, fact: str) -> None:
    without, with_it = replace(facts, **{fact: False}), replace(facts, **{fact: True})

    assert decide(policy, with_it).outcome >= decide(policy, without).outcome


@given(policies(), facts(), rules(name="added", strict=True), st.integers(0, 8))
def test_adding_a_strict_rule_anywhere_never_makes_a_verdict_kinder(
    policy: Policy, facts: Facts, rule: NamedRule, place: int
) -> None:
    place = min(place, len(policy.rules))
    stricter = replace(policy, rules=(*policy.rules[:place], rule, *policy.rules[place:]))

    assert decide(stricter, facts).outcome >= decide(policy, facts).outcome


@given(policies(), facts())
def test_the_deciding_rule_is_one_of_the_policys_and_asked_for_the_outcome(policy: Policy, facts: Facts) -> None:
    verdict = decide(policy, facts)

    names = {rule.name: rule.then for rule in policy.rules} | {"otherwise": policy.otherwise}
    assert names[verdict.rule] == verdict.outcome
    assert verdict.findings[0].then == verdict.outcome


@given(policies(), facts())
def test_every_rule_that_speaks_is_recorded_once(policy: Policy, facts: Facts) -> None:
    spoke = sorted(rule.name for rule in policy.rules if rule.find(facts))

    recorded = sorted(finding.rule for finding in decide(policy, facts).findings)

    assert [name for name in recorded if name != "otherwise"] == spoke
    assert recorded


@given(policies(), facts())
def test_nothing_is_approved_unless_a_rule_says_so(policy: Policy, facts: Facts) -> None:
    verdict = decide(policy, facts)

    assert verdict.outcome is not Outcome.APPROVE or verdict.rule != "otherwise"


@given(policies(), facts())
def test_a_text_that_could_not_be_scored_is_never_approved(policy: Policy, facts: Facts) -> None:
    assert decide(policy, replace(facts, scores=None)).outcome is not Outcome.APPROVE


@given(facts())
def test_a_score_that_is_no_number_is_never_approved(facts: Facts) -> None:
    policy = a_policy({"name": "clean", "when": "scores_below", "below": {"toxicity": 1.0}, "then": "approve"})

    assert decide(policy, replace(facts, scores={"toxicity": float("nan")})).outcome is Outcome.HOLD


def test_among_equals_the_first_rule_of_the_list_decides() -> None:
    policy = a_policy(
        {"name": "links", "when": "links", "at_least": 1, "then": "hold"},
        {"name": "first", "when": "score", "attribute": "toxicity", "at_least": 0.9, "then": "reject"},
        {"name": "second", "when": "honeypot", "then": "reject"},
    )

    verdict = decide(policy, Facts(scores={"toxicity": 0.95}, links=3, honeypot=True))

    assert [finding.rule for finding in verdict.findings] == ["first", "second", "links"]


CASES = [
    (
        {"when": "score", "attribute": "toxicity", "at_least": 0.5},
        {"scores": {"toxicity": 0.5}},
        {"scores": {"toxicity": 0.49}},
    ),
    ({"when": "unscored"}, {"scores": None}, {"scores": {}}),
    ({"when": "language_without_model"}, {"scores": None, "language": "nl"}, {"scores": {}, "language": "de"}),
    ({"when": "language_without_model"}, {"scores": None, "language": "fr"}, {"scores": None}),
    ({"when": "language", "not_in": ["en", "de"]}, {"language": "ko"}, {"language": "de"}),
    ({"when": "language", "not_in": ["en", "de"]}, {"language": "ko"}, {"language": None}),
    ({"when": "words", "words": ["moron"]}, {"text": "what a m.o.r.o.n"}, {"text": "oxymorons"}),
    ({"when": "words", "words": ["moron"]}, {"author_name": "MORON"}, {"author_name": "Mo Ron"}),
    ({"when": "links", "at_least": 2}, {"links": 2}, {"links": 1}),
    ({"when": "repeats", "at_least": 2}, {"repeats": 2}, {"repeats": 1}),
    ({"when": "near_repeats", "at_least": 3}, {"near_repeats": 3}, {"near_repeats": 2}),
    ({"when": "flood", "at_least": 10}, {"recent_replies": 10}, {"recent_replies": 9}),
    ({"when": "first_time_author"}, {"approved_before": 0}, {"approved_before": 1}),
    (
        {"when": "author_rejections", "rate_at_least": 0.5, "of_at_least": 4},
        {"decided_before": 4, "rejected_before": 2},
        {"decided_before": 3, "rejected_before": 3},
    ),
    (
        {"when": "author_rejections", "rate_at_least": 0.5},
        {"decided_before": 4, "rejected_before": 2},
        {"decided_before": 4, "rejected_before": 1},
    ),
    ({"when": "thread_closed"}, {"thread_closed": True}, {}),
    ({"when": "disguised"}, {"disguised": True}, {}),
    ({"when": "honeypot"}, {"honeypot": True}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("line", "speaks", "silent"), CASES, ids=[f"{n} {c[0]['when']}" for n, c in enumerate(CASES)])
def test_a_rule_speaks_when_its_fact_is_there_and_is_silent_else(line, speaks, silent) -> None:
    policy = a_policy({"name": "it", "then": "reject", **line})

    assert decide(policy, Facts(**speaks)).rule == "it"
    assert decide(policy, Facts(**silent)).rule == "otherwise"


def test_every_kind_of_rule_has_a_case_above() -> None:
    assert {line["when"] for line, _, _ in CASES} | {"everything", "scores_below"} == set(KINDS)


def test_premoderation_holds_even_what_is_clean() -> None:
    policy = a_policy(
        {"name": "clean", "when": "scores_below", "below": {"toxicity": 0.5}, "then": "approve"},
        {"name": "all", "when": "everything", "then": "hold"},
    )

    assert decide(policy, Facts(scores={"toxicity": 0.01})).outcome is Outcome.HOLD


def test_clean_means_below_every_limit() -> None:
    line = {"name": "clean", "when": "scores_below", "below": {"toxicity": 0.5, "threat": 0.2}, "then": "approve"}

    verdicts = [
        decide(a_policy(line), Facts(scores=scores)).outcome
        for scores in ({"toxicity": 0.1, "threat": 0.1}, {"toxicity": 0.1, "threat": 0.2}, {"toxicity": 0.1})
    ]

    assert verdicts == [Outcome.APPROVE, Outcome.HOLD, Outcome.HOLD]


def test_the_default_policy_approves_what_is_clean_and_holds_what_nobody_scored() -> None:
    policy = parse_policy(default_policy())

    assert decide(policy, Facts(scores={"toxicity": 0.02})).outcome is Outcome.APPROVE
    assert decide(policy, Facts(scores={"toxicity": 0.7})).outcome is Outcome.HOLD
    assert decide(policy, Facts(scores={"toxicity": 0.99})).outcome is Outcome.REJECT
    assert decide(policy, Facts(scores=None)).rule == "not-scored"


def test_the_default_policy_says_which_language_has_no_model() -> None:
    verdict = decide(parse_policy(default_policy()), Facts(scores=None, language="nl"))

    assert (verdict.outcome, verdict.rule) == (Outcome.HOLD, "language-without-model")
    assert verdict.findings[0].says == "the text seems to be in Dutch, for which there is no model"


def test_a_language_that_has_no_name_here_is_called_by_its_code() -> None:
    policy = a_policy({"name": "it", "then": "hold", "when": "language_without_model"})

    assert "in 'xx'," in decide(policy, Facts(scores=None, language="xx")).findings[0].says


RULE = {"name": "links", "when": "links", "at_least": 2, "then": "hold"}


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"rule": []}, "Unknown key 'rule'"),
        ({"rules": {}}, "must be a list"),
        ({"rules": ["x"]}, "must be a list"),
        ({"otherwise": "approve"}, "approving must be said by a rule"),
        ({"otherwise": "delete"}, "must be approve, hold or reject"),
        ({"rules": [RULE, RULE]}, "Two rules are called 'links'"),
        ({"rules": [{**RULE, "name": " "}]}, "needs a `name`"),
        ({"rules": [{**RULE, "name": "x" * 101}]}, "at most 100 characters"),
        ({"rules": [{**RULE, "name": "a\0b"}]}, "control character"),
        ({"rules": [{"name": "w", "when": "words", "words": ["a\0b"], "then": "hold"}]}, "control character"),
        ({"rules": [{**RULE, "when": "moon"}]}, "`when` must be one of score, "),
        ({"rules": [{**RULE, "when": ["links"]}]}, "`when` must be one of score, "),
        ({"rules": [{**RULE, "then": "approve"}]}, "may hold or reject, not approve"),
        ({"rules": [{**RULE, "then": None}]}, "must be approve, hold or reject"),
        ({"rules": [{**RULE, "then": ["hold"]}]}, "must be approve, hold or reject"),
        ({"rules": [{**RULE, "at_most": 3}]}, "unknown key 'at_most'; this kind takes at_least"),
        ({"rules": [{**RULE, "at_least": 0}]}, "a whole number from 1"),
        ({"rules": [{**RULE, "at_least": True}]}, "a whole number from 1"),
        ({"rules": [{"name": "links", "when": "links", "then": "hold"}]}, "needs `at_least`"),
        (
            {"rules": [{"name": "s", "when": "score", "attribute": "t", "at_least": float("nan"), "then": "hold"}]},
            "a number from 0 to 1",
        ),
    ],
)  # fmt: skip
def test_a_policy_with_a_mistake_is_refused_with_a_sentence_that_names_it(document, says: str) -> None:
    with pytest.raises(BadPolicy, match=says):
        read_policy(document)


_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.sampled_from([*KINDS, "hold"])
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_keys = st.sampled_from(["name", "when", "then", "at_least", "words", "below", "attribute", "rate_at_least"])


@given(
    st.fixed_dictionaries(
        {"rules": st.lists(st.dictionaries(_keys, _values), max_size=3)},
        optional={"otherwise": _values},
    )
)
def test_any_document_is_a_policy_or_is_refused_with_a_sentence(document) -> None:
    policy = answer(read_policy, document)

    if isinstance(policy, Policy):
        assert len(policy.rules) == len(document["rules"])
    else:
        assert isinstance(policy, BadPolicy)
        assert policy.sentence.endswith(".")


def test_a_policy_written_as_toml_reads_the_same() -> None:
    lines = [
        {"name": "insults", "when": "words", "words": ["free money", 'quo"te'], "then": "reject"},
        {"name": "clean", "when": "scores_below", "below": {"toxicity": 0.5}, "then": "approve"},
    ]

    assert tomllib.loads(as_toml(*lines)) == {"otherwise": "hold", "rules": lines}
    assert parse_policy(as_toml(*lines)) == a_policy(*lines, version=0)


def test_a_document_that_is_no_toml_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadPolicy, match="not valid TOML"):
        parse_policy("rules = [")
