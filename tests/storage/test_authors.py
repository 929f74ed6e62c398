"""Authors: recognised under every key, moved to the current one, with what became of their replies."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from service.domain.identity import HashKey, HashKeys, read_email
from service.domain.reply import Status
from service.services import Services
from service.storage import authors, replies
from service.storage.authors import AuthorKey, Record
from service.storage.database import Database
from service.storage.sites import Site
from service.usecases.admit import admit
from tests.factories import KEY, KEYS, a_move, a_site, an_arrival
from tests.fakes import NOON

ROTATED = HashKeys((HashKey("k2", bytes(range(32, 64))), KEY))
RETIRED = HashKeys(ROTATED.keys[:1])
ADA = "ada@example.org"


def key_of(site: Site, keys: HashKeys, email: str = ADA) -> AuthorKey:
    return site.id, keys.author_hashes(read_email(email))


def add(database: Database, *keys: AuthorKey) -> list[str]:
    with database.writing() as tx:
        return list(authors.add(tx, keys, NOON).values())


def known(database: Database, *keys: AuthorKey) -> dict[AuthorKey, str]:
    with database.writing() as tx:
        return authors.known(tx, keys)


def hashes_stored(database: Database) -> list[str]:
    with database.reading() as tx:
        return list(tx.scalars(text("SELECT email_hash FROM authors ORDER BY email_hash")))


class TestAfterARotation:
    def test_an_author_is_recognised_and_moved_to_the_new_key(self, database: Database, site: Site) -> None:
        (ada,) = add(database, key_of(site, KEYS))

        assert list(known(database, key_of(site, ROTATED)).values()) == [ada]
        assert hashes_stored(database) == [key_of(site, ROTATED)[1][0]]

    def test_once_moved_the_old_key_can_be_retired(self, database: Database, site: Site) -> None:
        (ada,) = add(database, key_of(site, KEYS))
        known(database, key_of(site, ROTATED))

        assert list(known(database, key_of(site, RETIRED)).values()) == [ada]

    def test_who_was_not_seen_since_is_a_stranger_once_the_old_key_is_gone(
        self, database: Database, site: Site
    ) -> None:
        add(database, key_of(site, KEYS))

        assert known(database, key_of(site, RETIRED)) == {}

    def test_the_record_goes_along(self, services: Services, database: Database, site: Site) -> None:
        before = an_arrival(site, text="Written before the rotation.")
        after = an_arrival(site, keys=ROTATED, text="Written after it.")
        admit(services, [before])
        admit(services, [after])

        assert len(hashes_stored(database)) == 1
        with database.reading() as tx:
            one, other = replies.get(tx, before.id), replies.get(tx, after.id)
        assert one is not None
        assert other is not None
        assert one.author_id == other.author_id

    def test_only_who_was_seen_is_moved(self, database: Database, site: Site) -> None:
        add(database, key_of(site, KEYS), key_of(site, KEYS, "bob@example.org"))

        known(database, key_of(site, ROTATED))

        assert sorted(each[:3] for each in hashes_stored(database)) == ["k1:", "k2:"]


def test_the_same_address_on_two_sites_is_two_authors(services: Services, database: Database, site: Site) -> None:
    other = a_site(services)
    here, there = key_of(site, KEYS), key_of(other, KEYS)
    add(database, here, there)

    found = known(database, here, there)

    assert len({found[here], found[there]}) == 2


def test_one_site_alone_does_not_know_the_authors_of_another(
    services: Services, database: Database, site: Site
) -> None:
    add(database, key_of(a_site(services), KEYS))

    assert known(database, key_of(site, KEYS)) == {}


def test_a_record_counts_what_became_of_an_authors_replies(services: Services, database: Database, site: Site) -> None:
    fates = [Status.APPROVED, Status.APPROVED, Status.REJECTED, Status.HELD, None]
    for number, fate in enumerate(fates):
        arrival = an_arrival(site, received_at=NOON - timedelta(hours=number))
        admit(services, [arrival])
        if fate:
            with database.writing() as tx:
                assert replies.apply_move(tx, a_move(arrival, fate), version=1, rule="clean")
    ada = known(database, key_of(site, KEYS))[key_of(site, KEYS)]

    with database.reading() as tx:
        ever = authors.records(tx, [ada], since=NOON - timedelta(days=90), recent_since=NOON - timedelta(minutes=90))
        lately = authors.records(tx, [ada], since=NOON - timedelta(minutes=30), recent_since=NOON)
        nobody = authors.records(tx, [site.id], since=NOON - timedelta(days=90), recent_since=NOON)

    assert ever == {ada: Record(approved=2, rejected=1, decided=3, recent=2)}
    assert lately == {ada: Record(approved=1, rejected=0, decided=1, recent=0)}
    assert nobody == {}


def test_replies_are_counted_by_address_and_time(services: Services, database: Database, site: Site) -> None:
    for number, (ip_hash, minutes) in enumerate([("aa", 1), ("aa", 2), ("bb", 1), ("aa", 60), (None, 1)]):
        received_at = NOON - timedelta(minutes=minutes)
        admit(services, [an_arrival(site, email=f"r{number}@example.org", ip_hash=ip_hash, received_at=received_at)])

    with database.reading() as tx:
        counted = authors.replies_per_ip(tx, ["aa", "bb", "cc"], since=NOON - timedelta(minutes=5))
        none = authors.replies_per_ip(tx, [], since=NOON - timedelta(minutes=5))

    assert counted == {"aa": 2, "bb": 1}
    assert none == {}
