"""Sites, their API keys and the versions of their policies."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, Select, insert, select, update

from service.storage.tables import api_keys, policies, sites


@dataclass(frozen=True)
class Site:
    """A news site. `site_key` is public: it says which site a form belongs to, and opens nothing."""

    id: str
    name: str
    title: str
    site_key: str
    origins: tuple[str, ...]
    permalink: str | None
    policy_version: int


@dataclass(frozen=True)
class PolicyVersion:
    site_id: str
    version: int
    document: str
    created_at: datetime
    created_by: str


def digest_of_key(key: str) -> bytes:
    """What is stored of a key: SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()


def add(tx: Connection, site: Site, now: datetime) -> None:
    tx.execute(
        insert(sites).values(
            id=site.id,
            name=site.name,
            title=site.title,
            site_key=site.site_key,
            origins=list(site.origins),
            permalink=site.permalink,
            policy_version=site.policy_version,
            created_at=now,
        )
    )


def add_api_key(tx: Connection, *, key_id: str, site_id: str, key: str, label: str, now: datetime) -> None:
    tx.execute(
        insert(api_keys).values(id=key_id, site_id=site_id, digest=digest_of_key(key), label=label, created_at=now)
    )


def revoke_api_keys(tx: Connection, site_id: str, label: str, now: datetime) -> int:
    living = (api_keys.c.site_id == site_id) & (api_keys.c.label == label) & api_keys.c.revoked_at.is_(None)
    return tx.execute(update(api_keys).where(living).values(revoked_at=now)).rowcount


def by_api_key(tx: Connection, key: str) -> Site | None:
    joined = select(sites).join(api_keys, api_keys.c.site_id == sites.c.id)
    return _one(tx, joined.where(api_keys.c.digest == digest_of_key(key), api_keys.c.revoked_at.is_(None)))


def by_site_key(tx: Connection, site_key: str) -> Site | None:
    return _one(tx, select(sites).where(sites.c.site_key == site_key))


def by_name(tx: Connection, name: str) -> Site | None:
    return _one(tx, select(sites).where(sites.c.name == name))


def get(tx: Connection, site_id: str) -> Site | None:
    return _one(tx, select(sites).where(sites.c.id == site_id))


def every(tx: Connection) -> list[Site]:
    return [_site(row) for row in tx.execute(select(sites).order_by(sites.c.name))]


def _one(tx: Connection, query: Select[*tuple[object, ...]]) -> Site | None:
    row = tx.execute(query).first()
    return _site(row) if row else None


def _site(row: Row[*tuple[object, ...]]) -> Site:
    return Site(row.id, row.name, row.title, row.site_key, tuple(row.origins), row.permalink, row.policy_version)


def add_policy(tx: Connection, policy: PolicyVersion) -> None:
    """Store a version and make it the site's current one."""
    tx.execute(
        insert(policies).values(
            site_id=policy.site_id,
            version=policy.version,
            document=policy.document,
            created_at=policy.created_at,
            created_by=policy.created_by,
        )
    )
    tx.execute(update(sites).where(sites.c.id == policy.site_id).values(policy_version=policy.version))


def policy(tx: Connection, site_id: str, version: int | None = None) -> PolicyVersion | None:
    """One version of a site's policy; the current one unless told otherwise."""
    query = select(policies).where(policies.c.site_id == site_id)
    if version is None:
        query = query.join(sites, (sites.c.id == policies.c.site_id) & (sites.c.policy_version == policies.c.version))
    else:
        query = query.where(policies.c.version == version)
    row = tx.execute(query).mappings().first()
    return PolicyVersion(**row) if row else None


def newest_policy_version(tx: Connection, site_id: str) -> int:
    query = select(policies.c.version).where(policies.c.site_id == site_id).order_by(policies.c.version.desc())
    return tx.scalar(query.limit(1)) or 0


def current_policy_versions(tx: Connection) -> dict[str, int]:
    """The version of every site's current policy, cheap enough to ask before every batch."""
    return {row.id: row.policy_version for row in tx.execute(select(sites.c.id, sites.c.policy_version))}
