"""The journey of replies in several languages, with the model that is shipped."""

from __future__ import annotations

import pytest

from service.domain.reply import Status
from service.services import Services
from service.storage import audit
from service.storage.database import Database
from service.usecases import manage_sites, score
from service.wiring import ShippedModel, one_opinion
from tests.factories import a_received_reply, a_site, make_services, stored

DUTCH = "Ik vind dit een heel goed artikel, dank u wel."
FRENCH = "Merci pour cet article, c'est vraiment très intéressant."


@pytest.fixture(scope="module")
def model() -> ShippedModel:
    return ShippedModel("", one_opinion)


@pytest.fixture
def services(database: Database, model: ShippedModel) -> Services:
    return make_services(database, scorer=model)


@pytest.mark.parametrize(("text", "name"), [(DUTCH, "Dutch"), (FRENCH, "French")], ids=["Dutch", "French"])
def test_a_reply_in_a_language_without_a_model_is_held_and_the_reason_says_so(
    services: Services, text: str, name: str
) -> None:
    receipt = a_received_reply(services, a_site(services), text=text)

    score.score_pending(services)

    held = stored(services, receipt.reply_id)
    assert (held.status, held.rule) == (Status.HELD, "language-without-model")
    with services.database.reading() as tx:
        (entry,) = audit.history(tx, receipt.reply_id)
    assert entry["reasons"][0]["says"] == f"the text seems to be in {name}, for which there is no model"


def test_a_german_insult_is_scored_by_the_german_model(services: Services) -> None:
    site = a_site(services)
    rude = a_received_reply(services, site, text="Halt endlich dein dummes Maul, du Arschloch!")
    kind = a_received_reply(services, site, text="Vielen Dank für den sachlichen Artikel.")

    score.score_pending(services)

    assert stored(services, rude.reply_id).status in (Status.HELD, Status.REJECTED)
    assert stored(services, kind.reply_id).status is Status.APPROVED
    with services.database.reading() as tx:
        (entry,) = audit.history(tx, rude.reply_id)
    assert entry["model"].startswith("de-")


def test_a_short_english_reply_is_not_taken_for_another_language(services: Services) -> None:
    receipt = a_received_reply(services, a_site(services), text="lol ok")

    score.score_pending(services)

    assert stored(services, receipt.reply_id).status is Status.APPROVED


def test_trying_a_policy_names_the_language(services: Services) -> None:
    policy = manage_sites.parse_policy(manage_sites.default_policy())

    (verdict,) = manage_sites.judge(services, policy, [DUTCH])

    assert verdict.rule == "language-without-model"


def test_the_model_behind_the_port_says_what_it_knows_of_each_text(model: ShippedModel) -> None:
    english, german, dutch = model.score(["Thank you for this.", "Das sehe ich ganz anders.", DUTCH])

    assert (english.language, german.language, dutch.language) == ("en", "de", "nl")
    assert english.attributes is not None
    assert german.attributes is not None
    assert dutch.attributes is None
    assert set(german.attributes) < set(english.attributes)
