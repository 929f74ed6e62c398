"""The API of news sites and moderators' programs, described by an OpenAPI document at /api/openapi.json."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response
from flask_smorest import Api

from service.web.api import docs, moderation, replies, threads
from service.web.auth import public

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


class DescribedApi(Api):  # type: ignore[misc]
    """flask-smorest's, less its own form of errors and pages: ours are described route by route."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def init_app(self, app: Flask, **options: Any) -> None:
        super().init_app(app, **options)
        for unused in ("Error", "PaginationMetadata"):
            self.spec.components.schemas.pop(unused, None)

    @public
    def _openapi_json(self) -> Response:
        shown: Response = super()._openapi_json()
        return shown


def register(app: Flask) -> None:
    """Mount the API under /api/v1."""
    app.config.update(_OPTIONS)
    security = {
        "apiKey": {"type": "http", "scheme": "bearer", "description": "A site's API key"},
        "session": {"type": "http", "scheme": "bearer", "description": "A moderator's session token"},
    }
    api = DescribedApi(
        app,
        spec_kwargs={
            "info": {"description": _DESCRIPTION, "license": {"name": "Apache-2.0"}},
            "components": {"securitySchemes": security},
        },
    )
    for room in (replies, threads, moderation):
        api.register_blueprint(room.blueprint)
    app.register_blueprint(docs.blueprint)
