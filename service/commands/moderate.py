"""Moderate from the command line: list what is held; approve, reject, hold, undo; look back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from service.commands.services import data_option, services_for
from service.domain.reply import Status
from service.services import Services
from service.storage.moderators import Moderator
from service.usecases import manage_sites, review


def _as_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--as", "email", required=True, envvar="CIVILITY_MODERATOR", help="E-mail of the moderator who decides."
    )(command)


def _moderator(services: Services, email: str) -> Moderator:
    return manage_sites.moderator_with_email(services, email)


@click.command()
@click.argument("site")
@click.option("--status", type=click.Choice([status.value for status in Status]), default="held", show_default=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000))
@_as_option
@data_option
def queue(site: str, status: str, limit: int, email: str, data: Path | None) -> None:
    """A site's held replies, oldest first: id, rule, toxicity, author, text."""
    services = services_for(data)
    found = review.list_replies(
        services,
        _moderator(services, email),
        manage_sites.site_named(services, site).id,
        Status(status),
        after=None,
        limit=limit,
    )
    for reply in found:
        score = (reply.scores or {}).get("toxicity")
        shown = f"{score:.2f}" if score is not None else "  – "
        click.echo(f"{reply.id}  {reply.rule or '':<20} {shown}  {reply.author_name}: {' '.join(reply.text.split())}")
    if not found:
        click.echo(f"Nothing is {status}.", err=True)


def _decision(action: str, sentence: str) -> click.Command:
    @click.command(action, help=sentence)
    @click.argument("reply_ids", nargs=-1, required=True)
    @click.option("--reason", help="Why, for the record.")
    @_as_option
    @data_option
    def decide(reply_ids: tuple[str, ...], reason: str | None, email: str, data: Path | None) -> None:
        services = services_for(data)
        moderator = _moderator(services, email)
        for reply_id in reply_ids:
            if action == "undo":
                reply = review.undo(services, moderator, reply_id)
            else:
                reply = review.decide_by_hand(services, moderator, reply_id, action, reason=reason)
            click.echo(f"{reply.id} is {reply.status}")

    return decide


@click.command()
@click.argument("reply_id")
@_as_option
@data_option
def history(reply_id: str, email: str, data: Path | None) -> None:
    """Every move of a reply and why."""
    services = services_for(data)
    _, entries = review.history(services, _moderator(services, email), reply_id)
    for entry in entries:
        by = entry["moderator"] or entry["actor"]
        reasons = "; ".join(f"{reason['rule']}: {reason['says']}" for reason in entry["reasons"])
        reasons = reasons or ("undo" if entry["undoes"] else "")
        click.echo(f"{entry['at']:%Y-%m-%d %H:%M:%S}  {entry['before']} → {entry['after']}  by {by}  {reasons}")


COMMANDS = (
    queue,
    _decision("approve", "Publish replies."),
    _decision("reject", "Reject replies."),
    _decision("hold", "Take replies back into the queue."),
    _decision("undo", "Take back the last decision on replies."),
    history,
)
