"""Dead letters: what could not be delivered and why; a second chance."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response, request

from service.usecases import dead_letters
from service.web.auth import operator_required
from service.web.current import services
from service.web.reading import read_json
from service.web.schemas import ReplyIds

blueprint = Blueprint("dead_letters", __name__, url_prefix="/ops/dead-letters")
_SHOWN = ("id", "site_id", "reply_id", "type", "at", "attempts", "error")


@blueprint.get("")
@operator_required
def show() -> Response:
    """The hundred newest."""
    letters = [{name: row[name] for name in _SHOWN} for row in dead_letters.list_dead(services())]
    return Response(orjson.dumps({"dead_letters": letters}), content_type="application/json")


@blueprint.post("/again")
@operator_required
def again() -> Response:
    """Send the letters named in `ids` again."""
    ids = ReplyIds().load(read_json(request))["ids"]
    revived = dead_letters.send_again(services(), ids)
    return Response(orjson.dumps({"due_again": revived}), content_type="application/json")
