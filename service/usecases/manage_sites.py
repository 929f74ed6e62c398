"""Sites, their keys, their policies and their moderators."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from uuid_utils import uuid7

from service.domain.errors import BadPolicy, Refusal, UnknownSite
from service.domain.policy import Facts, Policy, Verdict, decide
from service.domain.rules import read_policy
from service.domain.signals import count_links, is_disguised
from service.services import Services
from service.storage import moderators, sites
from service.storage.moderators import Moderator
from service.storage.sites import PolicyVersion, Site
from service.usecases.sign_in import hash_password


@dataclass(frozen=True)
class NewSite:
    """A site just created, with its API key, which is shown this once."""

    site: Site
    api_key: str


def default_policy() -> str:
    """The policy a new site begins with, as TOML."""
    return resources.files("service").joinpath("default_policy.toml").read_text()


def create_site(
    services: Services, *, name: str, title: str, origins: Sequence[str] = (), permalink: str | None = None
) -> NewSite:
    """A site with a first API key and the default policy. Raises `Refusal` if the name is taken."""
    site = Site(str(uuid7()), name, title, f"site_{secrets.token_urlsafe(18)}", tuple(origins), permalink, 1)
    with services.database.writing() as tx:
        if sites.by_name(tx, name):
            raise Refusal(f"There is a site called {name!r} already.")
        now = services.clock()
        sites.add(tx, site, now)
        sites.add_policy(tx, PolicyVersion(site.id, 1, default_policy(), now, "civility"))
    return NewSite(site, create_api_key(services, name, "first"))


def create_api_key(services: Services, site_name: str, label: str) -> str:
    """A new API key for a site; only its hash is kept."""
    key = f"key_{secrets.token_urlsafe(32)}"
    with services.database.writing() as tx:
        site = _site(sites.by_name(tx, site_name), site_name)
        sites.add_api_key(tx, key_id=str(uuid7()), site_id=site.id, key=key, label=label, now=services.clock())
    return key


def revoke_api_keys(services: Services, site_name: str, label: str) -> int:
    """Revoke a site's keys with this label; they stop working within seconds. Returns how many."""
    with services.database.writing() as tx:
        site = _site(sites.by_name(tx, site_name), site_name)
        return sites.revoke_api_keys(tx, site.id, label, services.clock())


def site_named(services: Services, name: str) -> Site:
    with services.database.reading() as tx:
        return _site(sites.by_name(tx, name), name)


def site_with_key(services: Services, site_key: str) -> Site:
    with services.database.reading() as tx:
        found = sites.by_site_key(tx, site_key)
    if found is None:
        raise UnknownSite("No site has this site key. Copy it from the site's credentials.", field="site")
    return found


def site_of(services: Services, site_id: str) -> Site:
    """A site by id."""
    with services.database.reading() as tx:
        return _site(sites.get(tx, site_id), site_id)


def every_site(services: Services) -> list[Site]:
    with services.database.reading() as tx:
        return sites.every(tx)


def _site(found: Site | None, name: str) -> Site:
    if found is None:
        raise UnknownSite(f"There is no site called {name!r}. `civility site list` shows those that exist.")
    return found


def add_moderator(services: Services, *, email: str, name: str, password: str, site_names: Sequence[str]) -> Moderator:
    """Someone who may decide replies of these sites."""
    with services.database.writing() as tx:
        if moderators.by_email(tx, email.casefold()):
            raise Refusal(f"There is a moderator with the address {email!r} already.")
        site_ids = frozenset(_site(sites.by_name(tx, each), each).id for each in site_names)
        moderator = Moderator(str(uuid7()), email.casefold(), name, site_ids)
        moderators.add(tx, moderator, hash_password(password), services.clock())
    return moderator


def moderator_with_email(services: Services, email: str) -> Moderator:
    with services.database.reading() as tx:
        found = moderators.by_email(tx, email.strip().casefold())
    if found is None:
        raise Refusal(f"There is no moderator with the address {email!r}.")
    return found[0]


def parse_policy(document: str, *, version: int = 0) -> Policy:
    """A policy from TOML. Raises `BadPolicy` with a sentence."""
    try:
        return read_policy(tomllib.loads(document), version=version)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"The policy is not valid TOML: {error}.") from error


def load_policy(services: Services, site_id: str, version: int) -> Policy | None:
    """One stored version, parsed."""
    with services.database.reading() as tx:
        stored = sites.policy(tx, site_id, version)
    return parse_policy(stored.document, version=version) if stored else None


def show_policy(services: Services, site_name: str, version: int | None = None) -> PolicyVersion:
    with services.database.reading() as tx:
        site = _site(sites.by_name(tx, site_name), site_name)
        stored = sites.policy(tx, site.id, version)
    if stored is None:
        raise BadPolicy(f"The policy of {site_name!r} has no version {version}.")
    return stored


def set_policy(services: Services, site_name: str, document: str, *, by: str) -> PolicyVersion:
    """Check a policy and make it the site's current one, as a new version. Raises `BadPolicy`."""
    parse_policy(document)
    with services.database.writing() as tx:
        site = _site(sites.by_name(tx, site_name), site_name)
        version = sites.newest_policy_version(tx, site.id) + 1
        policy = PolicyVersion(site.id, version, document, services.clock(), by)
        sites.add_policy(tx, policy)
    return policy


def judge(services: Services, policy: Policy, texts: Sequence[str], *, author_name: str = "") -> list[Verdict]:
    """What a policy would say to texts of an author nobody knows; nothing is stored."""
    return [
        decide(
            policy,
            Facts(
                text=text,
                author_name=author_name,
                scores=scored.attributes,
                language=scored.language,
                links=count_links(text),
                disguised=is_disguised(text),
            ),
        )
        for text, scored in zip(texts, services.scorer.score(texts), strict=True)
    ]
