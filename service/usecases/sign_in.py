"""Moderators' passwords and sessions."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from service.domain.errors import BadCredentials
from service.services import Services
from service.storage import moderators
from service.storage.moderators import Moderator

_hasher = PasswordHasher()
_at_once = BoundedSemaphore(2)  # argon2 takes 64 MiB and 0.1 s a password: more at once would starve the rest
_NOBODY = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def sign_in(services: Services, email: str, password: str) -> tuple[str, datetime]:
    """A session token and when it ends. Raises `BadCredentials`, after the same work for unknown people."""
    with services.database.reading() as tx:
        found = moderators.by_email(tx, email.strip().casefold())
    with _at_once:
        known = _is_right(found[1] if found else _NOBODY, password)
    if not found or not known:
        raise BadCredentials("This email address and password do not belong together.")
    token, now = secrets.token_urlsafe(32), services.clock()
    expires_at = now + timedelta(hours=services.settings.session_hours)
    with services.database.writing() as tx:
        moderators.open_session(tx, token=token, moderator_id=found[0].id, now=now, expires_at=expires_at)
    return token, expires_at


def _is_right(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False


def sign_out(services: Services, token: str) -> None:
    with services.database.writing() as tx:
        moderators.close_session(tx, token)


def moderator_of(services: Services, token: str) -> Moderator:
    """Who a session belongs to. Raises `BadCredentials`."""
    with services.database.reading() as tx:
        found = moderators.by_session(tx, token, services.clock())
    if found is None:
        raise BadCredentials("This session has ended or never began: sign in again.")
    return found
