"""Is the process alive, and can the service do its work?"""

from __future__ import annotations

from dataclasses import asdict

import orjson
from flask import Blueprint, Response

from service.usecases.health import readiness
from service.web.auth import public
from service.web.current import services

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
@public
def live() -> Response:
    """200 as long as this process answers."""
    return _json({"status": "live"}, 200)


@blueprint.get("/ready")
@public
def ready() -> Response:
    """200 when everything needed works, else 503; what was looked at, in sentences, either way."""
    checks = readiness(services())
    ok = all(check.ok for check in checks)
    body = {"status": "ready" if ok else "not ready", "checks": [asdict(check) for check in checks]}
    return _json(body, 200 if ok else 503)


def _json(body: object, status: int) -> Response:
    response = Response(orjson.dumps(body), status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
