"""Who may do what: site keys of publishers, sessions of moderators, the operator's token."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import g, request

from service.domain.errors import BadCredentials
from service.storage.moderators import Moderator
from service.storage.sites import Site
from service.usecases import sign_in
from service.web.current import services

P = ParamSpec("P")
R = TypeVar("R")
_KEY_LENGTH_AT_MOST = 200


def _bearer(whose: str) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise BadCredentials(f"Send {whose} in the header `Authorization: Bearer …`.")
    return token.strip()[:_KEY_LENGTH_AT_MOST]


def publisher_required(view: Callable[P, R]) -> Callable[P, R]:
    """Only for a news site's own server, which shows its API key."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        site = services().sites_by_api_key.get(_bearer("your site's API key"))
        if site is None:
            raise BadCredentials("This API key is not known, or was revoked. Make one with `civility site new-key`.")
        g.site = site
        return view(*args, **kwargs)

    guarded.audience = "publisher"  # type: ignore[attr-defined]
    return guarded


def moderator_required(view: Callable[P, R]) -> Callable[P, R]:
    """Only for a moderator who has signed in."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        g.moderator = sign_in.moderator_of(services(), _bearer("your session's token"))
        return view(*args, **kwargs)

    guarded.audience = "moderator"  # type: ignore[attr-defined]
    return guarded


def operator_required(view: Callable[P, R]) -> Callable[P, R]:
    """Only for operators, who have the deployment's token."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not hmac.compare_digest(_bearer("the operator token").encode(), services().operator_token.encode()):
            raise BadCredentials("This is not the operator token of this deployment.")
        return view(*args, **kwargs)

    guarded.audience = "operator"  # type: ignore[attr-defined]
    return guarded


def public(view: Callable[P, R]) -> Callable[P, R]:
    """For everybody, on purpose."""
    view.audience = "public"  # type: ignore[attr-defined]
    return view


def this_site() -> Site:
    site: Site = g.site
    return site


def this_moderator() -> Moderator:
    moderator: Moderator = g.moderator
    return moderator
