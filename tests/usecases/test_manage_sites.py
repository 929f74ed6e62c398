"""Sites, keys, policies and moderators, as those who set up a service make them."""

from __future__ import annotations

import pytest

from service.domain.errors import BadPolicy, Refusal, UnknownSite
from service.services import Services
from service.storage.sites import Site
from service.usecases import manage_sites
from tests.factories import a_received_reply, a_site, as_toml, stored
from tests.fakes import CLEAN, DOUBTFUL, TOXIC, FakeScorer

HOLD_ALL = 'otherwise = "hold"\n'


@pytest.fixture
def site(services: Services) -> Site:
    return a_site(services, "courier")


def test_a_new_site_has_two_different_keys_and_a_policy(services: Services) -> None:
    new = manage_sites.create_site(services, name="courier", title="The Courier")

    assert services.sites_by_api_key.get(new.api_key) == new.site
    assert manage_sites.site_with_key(services, new.site.site_key) == new.site
    assert new.api_key != new.site.site_key
    assert manage_sites.show_policy(services, "courier").document == manage_sites.default_policy()
    assert manage_sites.load_policy(services, new.site.id, 1) is not None


def test_a_name_that_is_taken_is_refused_and_nothing_is_made(services: Services, site: Site) -> None:
    with pytest.raises(Refusal, match="There is a site called 'courier' already"):
        manage_sites.create_site(services, name="courier", title="Another")

    assert manage_sites.every_site(services) == [site]


@pytest.mark.parametrize(
    "ask",
    [
        lambda services: manage_sites.site_named(services, "curier"),
        lambda services: manage_sites.create_api_key(services, "curier", "cms"),
        lambda services: manage_sites.revoke_api_keys(services, "curier", "cms"),
        lambda services: manage_sites.show_policy(services, "curier"),
        lambda services: manage_sites.set_policy(services, "curier", HOLD_ALL, by="ada"),
        lambda services: manage_sites.add_moderator(
            services, email="mo@news.example", name="Mo", password="secret", site_names=["courier", "curier"]
        ),
    ],
    ids=["find", "new key", "revoke", "show policy", "set policy", "add moderator"],
)
def test_a_site_that_is_not_there_is_named_with_the_way_to_find_those_that_are(
    services: Services, site: Site, ask
) -> None:
    with pytest.raises(UnknownSite, match=r"no site called 'curier'.*civility site list"):
        ask(services)

    with pytest.raises(Refusal, match="no moderator"):
        manage_sites.moderator_with_email(services, "mo@news.example")


def test_a_revoked_key_opens_nothing_and_the_others_go_on(services: Services, site: Site) -> None:
    cms, app = (manage_sites.create_api_key(services, "courier", label) for label in ("cms", "app"))

    assert manage_sites.revoke_api_keys(services, "courier", "cms") == 1

    assert services.sites_by_api_key.get(cms) is None
    assert services.sites_by_api_key.get(app) == site


class TestPolicies:
    def test_a_change_is_a_new_version_that_decides_from_then_on(self, services: Services, site: Site) -> None:
        from service.usecases import score

        before = a_received_reply(services, site)
        score.score_pending(services)
        version = manage_sites.set_policy(services, "courier", HOLD_ALL, by="ada")
        after = a_received_reply(services, site)
        score.score_pending(services)

        assert (version.version, version.created_by) == (2, "ada")
        decided = [stored(services, each.reply_id) for each in (before, after)]
        assert [(reply.status, reply.policy_version) for reply in decided] == [("approved", 1), ("held", 2)]

    def test_one_can_look_at_every_version_and_go_back_to_it(self, services: Services, site: Site) -> None:
        manage_sites.set_policy(services, "courier", HOLD_ALL, by="ada")
        first = manage_sites.show_policy(services, "courier", 1)

        back = manage_sites.set_policy(services, "courier", first.document, by="bob")

        assert (back.version, back.document) == (3, manage_sites.default_policy())
        assert manage_sites.show_policy(services, "courier", 2).document == HOLD_ALL
        assert manage_sites.site_named(services, "courier").policy_version == 3

    def test_a_version_that_never_was_is_said_to_be_missing(self, services: Services, site: Site) -> None:
        with pytest.raises(BadPolicy, match="has no version 7"):
            manage_sites.show_policy(services, "courier", 7)

    @pytest.mark.parametrize(
        ("document", "says"),
        [
            ('otherwise = "hold', "not valid TOML"),
            ('otherwise = "maybe"\n', "maybe"),
            (as_toml({"name": "x", "when": "full_moon", "then": "hold"}), "full_moon"),
        ],
        ids=["no TOML", "no outcome", "no rule"],
    )
    def test_a_policy_with_a_mistake_changes_nothing(
        self, services: Services, site: Site, document: str, says: str
    ) -> None:
        with pytest.raises(BadPolicy, match=says):
            manage_sites.set_policy(services, "courier", document, by="ada")

        assert manage_sites.show_policy(services, "courier").version == 1

    def test_trying_a_policy_says_what_it_would_decide_and_stores_nothing(
        self, services: Services, site: Site, scorer: FakeScorer
    ) -> None:
        scorer.table = {"fine": CLEAN, "so so": DOUBTFUL, "vile": TOXIC, "see http://a.example http://b.example": CLEAN}
        policy = manage_sites.parse_policy(manage_sites.default_policy())

        verdicts = manage_sites.judge(services, policy, list(scorer.table))

        assert [(verdict.outcome.word, verdict.rule) for verdict in verdicts] == [
            ("approve", "clean"),
            ("hold", "likely-toxic"),
            ("reject", "toxic-beyond-doubt"),
            ("hold", "many-links"),
        ]
        with services.database.reading() as tx:
            from service.storage import worklist

            assert worklist.count(tx) == 0

    def test_trying_a_policy_looks_at_the_authors_name_too(self, services: Services) -> None:
        banned = as_toml({"name": "banned", "when": "words", "words": ["casino"], "then": "reject"})
        policy = manage_sites.parse_policy(banned)

        (verdict,) = manage_sites.judge(services, policy, ["Hello there"], author_name="C4s1no")

        assert verdict.rule == "banned"


class TestModerators:
    def test_an_address_is_the_same_in_any_case(self, services: Services, site: Site) -> None:
        manage_sites.add_moderator(
            services, email="Mo@News.Example", name="Mo", password="secret", site_names=["courier"]
        )

        assert manage_sites.moderator_with_email(services, " MO@news.example ").site_ids == {site.id}
        with pytest.raises(Refusal, match="already"):
            manage_sites.add_moderator(
                services, email="mo@news.example", name="Mo", password="secret", site_names=["courier"]
            )
