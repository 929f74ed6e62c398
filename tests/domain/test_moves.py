"""The one table of moves: what it never allows, in whatever order it is asked."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import ForbiddenMove
from service.domain.events import EVENT_OF_STATUS
from service.domain.policy import Outcome
from service.domain.reply import MOVES, Actor, Status, check_move
from service.usecases.review import ACTIONS

attempts = st.lists(st.tuples(st.sampled_from(Status), st.sampled_from(Actor)), max_size=12)


def walk(attempts: list[tuple[Status, Actor]]) -> list[tuple[Status, Actor]]:
    """The statuses a reply goes through from pending, with who moved it there; forbidden moves change nothing."""
    status, path = Status.PENDING, []
    for after, actor in attempts:
        try:
            check_move(status, after, actor)
        except ForbiddenMove:
            continue
        status = after
        path.append((after, actor))
    return path


@given(attempts)
def test_no_sequence_of_moves_leads_back_from_erased(attempts) -> None:
    statuses = [status for status, _ in walk(attempts)]

    assert Status.ERASED not in statuses[:-1]


@given(attempts)
def test_from_withdrawn_the_only_way_is_erasure(attempts) -> None:
    statuses = [status for status, _ in walk(attempts)]

    if Status.WITHDRAWN in statuses:
        assert statuses[statuses.index(Status.WITHDRAWN) + 1 :] in ([], [Status.ERASED])


@given(attempts)
def test_a_pending_reply_is_decided_by_the_policy_or_leaves_by_author_or_system(attempts) -> None:
    path = walk(attempts)

    if path:
        after, actor = path[0]
        assert (actor, after) in {
            (Actor.POLICY, Status.APPROVED),
            (Actor.POLICY, Status.HELD),
            (Actor.POLICY, Status.REJECTED),
            (Actor.AUTHOR, Status.WITHDRAWN),
            (Actor.SYSTEM, Status.ERASED),
        }


@given(attempts)
def test_nothing_is_approved_but_by_policy_or_moderator(attempts) -> None:
    assert {actor for status, actor in walk(attempts) if status == Status.APPROVED} <= {Actor.POLICY, Actor.MODERATOR}


@given(attempts)
def test_the_policy_decides_a_reply_once(attempts) -> None:
    assert [actor for _, actor in walk(attempts)].count(Actor.POLICY) <= 1


@given(attempts)
def test_nothing_becomes_pending_again(attempts) -> None:
    assert Status.PENDING not in [status for status, _ in walk(attempts)]


@pytest.mark.parametrize(
    ("before", "after", "actor"),
    [
        pytest.param(*case, id=" ".join(case))
        for case in itertools.product(Status, Status, Actor)
        if case[2] not in MOVES.get(case[:2], ())
    ],
)
def test_what_the_table_does_not_list_is_forbidden_with_a_sentence(before, after, actor) -> None:
    with pytest.raises(ForbiddenMove, match=r"^(The reply is already|A reply that is|Only ).*\.$"):
        check_move(before, after, actor)


def test_every_status_a_reply_can_come_to_has_an_event() -> None:
    assert set(EVENT_OF_STATUS) == {after for _, after in MOVES}


def test_every_outcome_of_a_policy_is_a_move_it_may_make() -> None:
    for outcome in Outcome:
        check_move(Status.PENDING, outcome.status, Actor.POLICY)


def test_a_moderator_can_move_between_all_judged_statuses() -> None:
    for before, after in itertools.permutations(ACTIONS.values(), 2):
        check_move(before, after, Actor.MODERATOR)
