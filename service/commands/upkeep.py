"""Keys, configuration, and a look at what leaves the house."""

from __future__ import annotations

from pathlib import Path

import click
import redis

from service.commands.services import data_option, settings_for
from service.domain.errors import Refusal
from service.secrets_file import new_hash_key
from service.settings import described
from service.settings_page import render


@click.command("new-key")
@click.argument("key_id", default="k1")
def new_key(key_id: str) -> None:
    """A fresh hash key for CIVILITY_HASH_KEYS. To rotate, put it first and keep the old one behind it."""
    click.echo(new_hash_key(key_id))


@click.command()
@click.option("--docs", is_flag=True, help="Print docs/configuration.md.")
@data_option
def config(docs: bool, data: Path | None) -> None:
    """The settings in force, secrets masked."""
    if docs:
        click.echo(render(), nl=False)
        return
    settings = settings_for(data)
    for row in described():
        value = getattr(settings, row.name)
        shown = "(set)" if row.secret and value else value
        click.echo(f"{row.env}={shown}")


@click.command()
@data_option
def events(data: Path | None) -> None:
    """Show events as they leave the house, one JSON object a line, until Ctrl-C."""
    try:
        listener = redis.Redis.from_url(settings_for(data).redis).pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        listener.psubscribe("civility:events:*")
        for message in listener.listen():
            click.echo(message["data"].decode())
    except redis.RedisError as error:
        raise Refusal("The live channel is away: is Civility running, or is REDIS_URL right?") from error


COMMANDS = (new_key, config, events)
