"""`civility doctor`: what is wrong with a set-up, in sentences."""

from __future__ import annotations

import shutil
from pathlib import Path

from service.commands.services import settings_for
from service.domain.errors import Refusal
from service.services import Services
from service.settings import BadSetting, Settings
from service.storage.migrate import is_migrated
from service.usecases import manage_sites
from service.usecases.health import readiness
from service.wiring import build

Finding = tuple[bool, str]
_FREE_BYTES_AT_LEAST = 500_000_000


def diagnose(data: Path | None) -> list[Finding]:
    """Everything that was looked at: (well?, sentence). Stops at the first thing that hides the rest."""
    try:
        settings = settings_for(data)
        folder = _folder(settings)
        if not folder[0]:
            return [folder]  # building the services would make it
        services = build(settings)
    except (BadSetting, ValueError) as error:
        return [(False, str(error))]
    findings = [folder, _disk(settings), _secrets(settings)]
    if not services.database.is_reachable():
        return [*findings, (False, f"The database at {services.database.place} does not answer: is it running?")]
    if not is_migrated(services.database):
        return [*findings, (False, "The database lacks the newest tables: run `civility migrate`.")]
    findings += [(check.ok, check.says) for check in readiness(services)]
    findings += [_model(services), *_policies(services)]
    return findings


def _folder(settings: Settings) -> Finding:
    if not settings.data.is_dir():
        return (
            False,
            f"The data folder {settings.data} does not exist: start once with `civility up`, or create it.",
        )
    return True, f"The data folder is {settings.data.resolve()}."


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.data if settings.data.is_dir() else Path.cwd()).free
    if free < _FREE_BYTES_AT_LEAST:
        return False, f"Only {free / 1e6:.0f} MB of disk are free: replies cannot be stored when it is full."
    return True, f"{free / 1e9:.1f} GB of disk are free."


def _secrets(settings: Settings) -> Finding:
    clustered = bool(settings.database_url)
    if clustered and not (settings.hash_keys and settings.secret_key):
        return False, (
            "DATABASE_URL is set but CIVILITY_HASH_KEYS and CIVILITY_SECRET_KEY are not: processes on other machines "
            "would make their own and not recognise the same author. Set both everywhere."
        )
    return True, "The secrets are in place."


def _model(services: Services) -> Finding:
    try:
        version = services.scorer.version
    except Exception as error:
        return False, f"The model cannot be loaded: {error}"
    return True, f"The model is {version}."


def _policies(services: Services) -> list[Finding]:
    findings: list[Finding] = []
    for site in manage_sites.every_site(services):
        try:
            manage_sites.load_policy(services, site.id, site.policy_version)
        except Refusal as error:
            findings.append((False, f"The policy of {site.name!r} cannot be read, so everything is held: {error}"))
    return findings or [(True, "Every site's policy can be read.")]
