"""The services of the running application."""

from __future__ import annotations

from flask import current_app

from service.services import Services

_KEY = "civility"


def services() -> Services:
    found: Services = current_app.extensions[_KEY]
    return found
