"""One reply that cannot be decided must not keep its neighbours pending."""

from __future__ import annotations

from dataclasses import dataclass

from uuid_utils import uuid7

from service.domain.policy import Facts, Finding, Outcome, Policy, Rule
from service.domain.reply import Status
from service.services import Remembered, Services
from service.storage import audit
from service.storage.database import Database
from service.usecases import score
from tests.factories import a_received_reply, a_site, make_services, stored
from tests.fakes import FixedClock

POISON = "The rules stumble over this very reply."


@dataclass(frozen=True)
class StumblingRule(Rule):
    """A rule with a mistake in it, or one that finds what no column takes."""

    name: str = "stumbles"
    then: Outcome = Outcome.APPROVE

    def find(self, facts: Facts) -> Finding | None:
        if facts.text == POISON:
            raise ZeroDivisionError
        return Finding(self.name, self.then, "fine")


def services_with_a_stumbling_policy(database: Database) -> Services:
    policy = Policy((StumblingRule(),))
    return make_services(database, policies=Remembered(lambda _: policy, seconds=60))


def test_a_reply_the_rules_stumble_over_goes_to_a_person_and_its_neighbours_are_decided(database: Database) -> None:
    services = services_with_a_stumbling_policy(database)
    site = a_site(services)
    good = [a_received_reply(services, site) for _ in range(3)]
    poison = a_received_reply(services, site, text=POISON)

    assert score.score_pending(services) == 4

    assert {stored(services, receipt.reply_id).status for receipt in good} == {Status.APPROVED}
    held = stored(services, poison.reply_id)
    assert (held.status, held.rule) == (Status.HELD, "not-decided")
    with database.reading() as tx:
        (entry,) = audit.history(tx, poison.reply_id)
    assert entry["reasons"][0]["says"] == "an error kept the policy from deciding"


def test_a_reply_whose_claim_went_to_another_is_not_held_by_the_first(database: Database, clock: FixedClock) -> None:
    services = services_with_a_stumbling_policy(database)
    poison = a_received_reply(services, a_site(services), text=POISON)
    claimed = score.claim_batch(services)
    assert claimed is not None

    assert score.hold_undecidable(services, str(uuid7()), claimed[1][0]) == 0
    assert stored(services, poison.reply_id).status == Status.PENDING
