"""The Flask application: rooms, problems, headers. Nothing is decided here."""

from __future__ import annotations

import time
from typing import Any

import orjson
from flask import Flask, Response, g, request
from flask.json.provider import DefaultJSONProvider
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from service import logs, metrics
from service.domain.errors import Refusal
from service.services import Services
from service.settings import read_settings
from service.web import api, demo, forms, pages, problems
from service.web.ops import dead_letters, health
from service.web.ops import metrics as ops_metrics
from service.wiring import build

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
}


class OrjsonProvider(DefaultJSONProvider):
    """Flask's JSON by orjson."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, default=self.default).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)


def create_app(services: Services) -> Flask:
    """The application around these services."""
    app = Flask("service", template_folder="web/templates", static_folder="web/static")
    app.json = OrjsonProvider(app)
    app.url_map.strict_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = services.settings.request_bytes_at_most
    app.config["MAX_FORM_MEMORY_SIZE"] = services.settings.request_bytes_at_most
    app.extensions["civility"] = services
    api.register(app)
    for room in (forms.blueprint, demo.blueprint, health.blueprint, ops_metrics.blueprint, dead_letters.blueprint):
        app.register_blueprint(room)
    _answer_errors(app)
    app.before_request(_start_clock)
    app.after_request(_finish)
    if services.settings.trusted_proxies:
        hops = services.settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def from_environment() -> Flask:
    """The application as a web server starts it."""
    settings = read_settings()
    logs.set_up(level=settings.log_level, form=settings.log_format)
    return create_app(build(settings))


def _answer_errors(app: Flask) -> None:
    """Programs get problem documents, readers get a page with the same sentence."""

    def refusal(error: Refusal) -> Response:
        problems.note_refused(error)
        return pages.from_refusal(error) if pages.is_wanted() else problems.from_refusal(error)

    def invalid(error: ValidationError) -> Response:
        return refusal(problems.Invalid(problems.named(error.messages)))

    def http(error: HTTPException) -> Response:
        return pages.from_http(error) if pages.is_wanted() else problems.from_http(error)

    def fault(error: Exception) -> Response:
        answer = problems.from_fault(error)
        return pages.from_fault(answer) if pages.is_wanted() else answer

    app.register_error_handler(Refusal, refusal)
    app.register_error_handler(ValidationError, invalid)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, fault)


def _start_clock() -> None:
    g.began = time.perf_counter()


def _finish(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    route = request.url_rule.rule if request.url_rule else "unknown"
    began = g.get("began")
    if began is not None:
        metrics.requests.labels(route, str(response.status_code)).observe(time.perf_counter() - began)
    return response
