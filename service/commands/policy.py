"""A site's policy: look, change, try."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

import click

from service.commands.services import data_option, services_for
from service.domain.errors import BadPolicy
from service.usecases import manage_sites


@click.group()
def policy() -> None:
    """A site's policy: look, change, try."""


@policy.command()
@click.argument("site")
@click.option("--version", type=int, help="An older one; the current, if left out.")
@data_option
def show(site: str, version: int | None, data: Path | None) -> None:
    """The policy as TOML."""
    found = manage_sites.show_policy(services_for(data), site, version)
    click.echo(f"# version {found.version} of {found.created_at:%Y-%m-%d %H:%M} UTC, by {found.created_by}", err=True)
    click.echo(found.document, nl=False)


@policy.command("set")
@click.argument("site")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--by", default="command line", show_default=True, help="Who changes it.")
@data_option
def set_policy(site: str, file: IO[str], by: str, data: Path | None) -> None:
    """Make a TOML file the site's policy; it applies from the next batch on."""
    stored = manage_sites.set_policy(services_for(data), site, _document(file), by=by)
    click.echo(f"The policy of {site} is now version {stored.version}.")


@policy.command("test")
@click.argument("site")
@click.argument("texts", nargs=-1)
@click.option("--file", type=click.File("r", encoding="utf-8"), help="Try this policy instead of the site's own.")
@click.option("--author", default="", help="The author's name.")
@data_option
def test_policy(site: str, texts: tuple[str, ...], file: IO[str] | None, author: str, data: Path | None) -> None:
    """What the policy says to texts (or lines of standard input); nothing is stored."""
    services = services_for(data)
    document = _document(file) if file else manage_sites.show_policy(services, site).document
    parsed = manage_sites.parse_policy(document)
    lines = list(texts) or [line.rstrip("\n") for line in sys.stdin if line.strip()]
    for text, verdict in zip(lines, manage_sites.judge(services, parsed, lines, author_name=author), strict=True):
        shown = text if len(text) <= 60 else text[:57] + "…"
        reasons = "; ".join(f"{finding.rule}: {finding.says}" for finding in verdict.findings)
        click.echo(f"{verdict.outcome.word:<8}{shown!r}  [{reasons}]")


def _document(file: IO[str]) -> str:
    try:
        return file.read()
    except UnicodeDecodeError as error:
        raise BadPolicy(f"{file.name} is not UTF-8 text ({error.reason} at byte {error.start}).") from error


COMMANDS = (policy,)
