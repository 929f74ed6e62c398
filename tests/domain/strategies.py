"""Generated addresses, texts, policies and facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from hypothesis import strategies as st

from service.domain.errors import Refusal
from service.domain.identity import HashKey, HashKeys
from service.domain.policy import Facts, Outcome, Policy
from service.domain.rules import KINDS, NamedRule

LETTERS = "abcdefghijklmnopqrstuvwxyz"
ATTRIBUTES = ("toxicity", "insult", "threat")
LANGUAGES = ("en", "de", "nl")
STRICT_WORDS = ("hold", "reject")

local_parts = st.text(LETTERS + "0123456789", min_size=1, max_size=20)
addresses = st.builds("{}@{}.example".format, local_parts, st.text(LETTERS, min_size=1, max_size=12))
secrets = st.binary(min_size=16, max_size=64)
hash_keys = st.builds(HashKey, st.text(LETTERS + "0123456789", min_size=1, max_size=4), secrets)
key_rings = st.lists(hash_keys, min_size=1, max_size=4, unique_by=(lambda key: key.id, lambda key: key.secret)).map(
    lambda keys: HashKeys(tuple(keys))
)


@st.composite
def spelled_differently(draw: st.DrawFn, address: str) -> str:
    """The address with other capitals and with white space around it."""
    capitals = draw(st.lists(st.booleans(), min_size=len(address), max_size=len(address)))
    spelled = "".join(c.upper() if up else c for c, up in zip(address, capitals, strict=True))
    space = st.text(" \t\n", max_size=3)
    return draw(space) + spelled + draw(space)


def answer(function: Callable[..., object], *given: object) -> object:
    """What a function answers, or the refusal it raises: for tests that allow both."""
    try:
        return function(*given)
    except Refusal as refusal:
        return refusal


shares = st.floats(0, 1, allow_nan=False)
counts = st.integers(1, 12)
scores = st.dictionaries(st.sampled_from(ATTRIBUTES), shares)
outcomes = st.sampled_from(Outcome)
_banned = st.lists(st.sampled_from(["moron", "free money", "idiot", "spam"]), max_size=3)
_PARAMETERS = {
    "attribute": st.sampled_from(ATTRIBUTES),
    "below": st.dictionaries(st.sampled_from(ATTRIBUTES), shares, min_size=1),
    "words": _banned.map(tuple),
    "not_in": st.lists(st.sampled_from(LANGUAGES)).map(tuple),
    "rate_at_least": shares,
    "of_at_least": counts,
}


@st.composite
def rules(draw: st.DrawFn, *, name: str = "rule", strict: bool = False) -> NamedRule:
    """A rule of any kind; with `strict` only of those that hold or reject."""
    kinds = {word: kind for word, kind in KINDS.items() if not strict or Outcome.APPROVE not in kind.allowed}
    word = draw(st.sampled_from(sorted(kinds)))
    kind = kinds[word]
    wanted = [field.name for field in fields(kind) if field.name not in ("name", "then")]
    given = {parameter: draw(_parameter(word, parameter)) for parameter in wanted}
    return kind(name=name, then=draw(st.sampled_from(sorted(kind.allowed))), **given)


def _parameter(word: str, parameter: str) -> st.SearchStrategy[object]:
    if parameter == "at_least":
        return shares if word == "score" else counts
    return _PARAMETERS[parameter]


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    number = draw(st.integers(0, 8))
    return Policy(
        tuple(draw(rules(name=f"rule {index}")) for index in range(number)),
        draw(st.sampled_from([Outcome.HOLD, Outcome.REJECT])),
    )


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    decided = draw(st.integers(0, 20))
    few = st.integers(0, 15)
    return Facts(
        text=draw(st.sampled_from(["I see it another way.", "You m0r0n!", "F r e e money here", ""])),
        author_name=draw(st.sampled_from(["Ada", "sp4m"])),
        scores=draw(st.none() | scores),
        language=draw(st.none() | st.sampled_from(LANGUAGES)),
        links=draw(few),
        repeats=draw(few),
        near_repeats=draw(few),
        approved_before=draw(few),
        decided_before=decided,
        rejected_before=draw(st.integers(0, decided)),
        recent_replies=draw(few),
        thread_closed=draw(st.booleans()),
        disguised=draw(st.booleans()),
        honeypot=draw(st.booleans()),
    )
