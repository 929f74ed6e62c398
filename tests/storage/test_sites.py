"""Sites, their keys as digests, and every version of their policies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from uuid_utils import uuid7

from service.services import Services
from service.storage import sites
from service.storage.database import Database
from service.storage.sites import PolicyVersion, Site
from tests.factories import a_site
from tests.fakes import NOON

KEY = "key_of-the-news-site"


@pytest.fixture
def site(services: Services) -> Site:
    return a_site(services, "courier", origins=["https://news.example"], permalink="https://news.example/?p={id}")


def add_key(database: Database, site: Site, key: str = KEY, label: str = "cms") -> None:
    with database.writing() as tx:
        sites.add_api_key(tx, key_id=an_id(), site_id=site.id, key=key, label=label, now=NOON)


def an_id() -> str:
    return str(uuid7())


def add_policy(database: Database, site: Site, version: int, document: str) -> None:
    with database.writing() as tx:
        sites.add_policy(tx, PolicyVersion(site.id, version, document, NOON + timedelta(hours=version), "ada"))


def test_a_site_is_found_by_each_of_its_names(database: Database, site: Site) -> None:
    add_key(database, site)

    with database.reading() as tx:
        found = [
            sites.get(tx, site.id),
            sites.by_name(tx, "courier"),
            sites.by_site_key(tx, site.site_key),
            sites.by_api_key(tx, KEY),
        ]

    assert found == [site] * 4
    assert (site.origins, site.permalink) == (("https://news.example",), "https://news.example/?p={id}")


def test_one_kind_of_key_is_not_taken_for_the_other(database: Database, site: Site) -> None:
    add_key(database, site)

    with database.reading() as tx:
        assert sites.by_api_key(tx, site.site_key) is None
        assert sites.by_site_key(tx, KEY) is None
        assert sites.by_api_key(tx, KEY.upper()) is None


def test_no_row_holds_an_api_key(database: Database, site: Site) -> None:
    add_key(database, site)

    with database.reading() as tx:
        rows = [dict(row) for row in tx.execute(text("SELECT * FROM api_keys")).mappings()]

    assert len(rows) == 2  # the first key of every site, and this one
    assert all(KEY not in str(value) and KEY.encode() not in bytes(row["digest"]) for row in rows for value in row)
    assert all(len(bytes(row["digest"])) == 32 for row in rows)


def test_revoking_a_label_leaves_other_labels_and_other_sites_alone(
    services: Services, database: Database, site: Site
) -> None:
    other = a_site(services)
    for number, (whose, label) in enumerate([(site, "cms"), (site, "cms"), (site, "app"), (other, "cms")]):
        add_key(database, whose, f"key-{number}", label)

    with database.writing() as tx:
        assert sites.revoke_api_keys(tx, site.id, "cms", NOON) == 2
        assert sites.revoke_api_keys(tx, site.id, "cms", NOON) == 0

    with database.reading() as tx:
        found = [sites.by_api_key(tx, f"key-{number}") for number in range(4)]
    assert found == [None, None, site, other]


@pytest.mark.parametrize("column", ["name", "site_key"])
def test_two_sites_never_share_a_name_or_a_site_key(database: Database, site: Site, column: str) -> None:
    fresh = {"id": an_id(), "name": "another", "site_key": "site_another", "title": "", "origins": ()}
    twin = Site(**{**fresh, column: getattr(site, column)}, permalink=None, policy_version=1)

    with pytest.raises(DBAPIError), database.writing() as tx:
        sites.add(tx, twin, NOON)


def test_sites_are_listed_by_name(services: Services, database: Database) -> None:
    for name in ("zeit", "anzeiger", "merkur"):
        a_site(services, name)

    with database.reading() as tx:
        assert [each.name for each in sites.every(tx)] == ["anzeiger", "merkur", "zeit"]


def test_a_new_version_of_a_policy_becomes_the_current_one_and_older_ones_stay(database: Database, site: Site) -> None:
    add_policy(database, site, 2, "# zwei: äöü 🌉\notherwise = 'hold'\n")
    add_policy(database, site, 3, "# drei\n")

    with database.reading() as tx:
        current, second = sites.policy(tx, site.id), sites.policy(tx, site.id, 2)
        versions = sites.current_policy_versions(tx)
        missing = sites.policy(tx, site.id, 4)
        newest = sites.newest_policy_version(tx, site.id)

    assert current is not None
    assert (current.version, current.document, current.created_by) == (3, "# drei\n", "ada")
    assert second is not None
    assert (second.document, second.created_at) == ("# zwei: äöü 🌉\notherwise = 'hold'\n", NOON + timedelta(hours=2))
    assert (versions[site.id], missing, newest) == (3, None, 3)


def test_two_who_change_a_policy_at_once_do_not_overwrite_each_other(database: Database, site: Site) -> None:
    add_policy(database, site, 2, "# first\n")

    with pytest.raises(DBAPIError):
        add_policy(database, site, 2, "# second\n")

    with database.reading() as tx:
        assert sites.policy(tx, site.id).document == "# first\n"  # type: ignore[union-attr]


def test_policies_of_sites_are_apart(services: Services, database: Database, site: Site) -> None:
    other = a_site(services)
    add_policy(database, site, 2, "# of the courier\n")

    with database.reading() as tx:
        assert sites.current_policy_versions(tx) == {site.id: 2, other.id: 1}
        assert sites.newest_policy_version(tx, other.id) == 1
