"""The API in a browser: Swagger UI from our own address."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from service.web.auth import public

blueprint = Blueprint("api_docs", __name__, template_folder="templates")


@blueprint.get("/api/docs")
@public
def api_docs() -> Response:
    response = make_response(render_template("api_docs.html"))
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
    )
    return response
