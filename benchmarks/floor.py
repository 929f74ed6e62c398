"""The floor beside which intake is measured: the same server, a Flask route that parses JSON and commits one insert.

No validation, no hashing, no decision, no outbox: what is left is what any such service must pay.
"""

from __future__ import annotations

import os
import uuid

import orjson
from flask import Flask, request
from sqlalchemy import Column, MetaData, String, Table, Text, insert

from service.storage.database import Database

floor = Table("floor", MetaData(), Column("id", String(36), primary_key=True), Column("text", Text))


def make_app() -> Flask:
    """The application `granian` serves."""
    app = Flask("floor")
    database = Database(os.environ["FLOOR_DATABASE_URL"], connections=18)
    floor.metadata.create_all(database.engine)

    @app.post("/")
    def accept() -> tuple[dict[str, str], int]:
        given = orjson.loads(request.get_data())
        reply_id = str(uuid.uuid4())
        with database.writing() as tx:
            tx.execute(insert(floor).values(id=reply_id, text=given["text"]))
        return {"id": reply_id}, 202

    return app
