"""What all blueprints of the API share: strict reading of bodies, documented problems."""

from __future__ import annotations

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.web.problems import TITLES
from service.web.reading import StrictParser


class Problem(Schema):
    """A problem document (RFC 9457)."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String(metadata={"description": "Stable; for programs"})
    detail = fields.String(metadata={"description": "What happened and what to do, in a sentence"})
    errors = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()),
        metadata={"description": "Each with a `pointer` to the field (RFC 6901) and a `detail` about it"},
    )
    reply_id = fields.String(metadata={"description": "Of a duplicate: the reply that said it first"})
    current_status = fields.String(metadata={"description": "Of a stale decision: where the reply stands now"})
    version = fields.Integer(metadata={"description": "Of a stale decision: the version that it has now"})


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """A flask-smorest blueprint with our parser."""

    ARGUMENTS_PARSER = StrictParser()

    def problems(self, *statuses: int) -> Any:
        """Document the problems a route may answer with."""

        content = {"application/problem+json": {"schema": Problem}}
        everywhere = (*statuses, 503)  # while the database is away
        described = {str(status): {"description": TITLES[status], "content": content} for status in everywhere}
        return self.doc(responses=described)
