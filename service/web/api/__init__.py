"""The API of news sites and moderators' programs, described by an OpenAPI document at /api/openapi.json."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from service.web.api import docs, moderation, replies, threads

_OPTIONS = {
    "API_TITLE": "Civility",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
}
_DESCRIPTION = (
    "Moderation of readers' replies. Errors are problem documents (RFC 9457): `code` is for programs, "
    "`detail` says in a sentence what to do."
)


def register(app: Flask) -> None:
    """Mount the API under /api/v1."""
    app.config.update(_OPTIONS)
    security = {
        "apiKey": {"type": "http", "scheme": "bearer", "description": "A site's API key"},
        "session": {"type": "http", "scheme": "bearer", "description": "A moderator's session token"},
    }
    api = Api(
        app,
        spec_kwargs={
            "info": {"description": _DESCRIPTION, "license": {"name": "Apache-2.0"}},
            "components": {"securitySchemes": security},
        },
    )
    for room in (replies, threads, moderation):
        api.register_blueprint(room.blueprint)
    app.register_blueprint(docs.blueprint)
