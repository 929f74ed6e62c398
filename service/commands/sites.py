"""Sites, their keys, their moderators."""

from __future__ import annotations

from pathlib import Path

import click

from service.commands.services import data_option, services_for
from service.usecases import manage_sites


@click.group()
def site() -> None:
    """Sites and their API keys."""


@site.command("list")
@data_option
def list_sites(data: Path | None) -> None:
    """All sites: name, site key, policy version, title."""
    for each in manage_sites.every_site(services_for(data)):
        click.echo(f"{each.name}\t{each.site_key}\tpolicy {each.policy_version}\t{each.title}")


@site.command("add")
@click.argument("name")
@click.option("--title", help="As readers know it; the name, if left out.")
@click.option("--origin", "origins", multiple=True, help="The site's own address, such as https://news.example.")
@click.option("--permalink", help="For WordPress's form: https://news.example/?p={id}")
@data_option
def add(name: str, title: str | None, origins: tuple[str, ...], permalink: str | None, data: Path | None) -> None:
    """Create a site; shows its keys, the API key this once."""
    new = manage_sites.create_site(
        services_for(data), name=name, title=title or name, origins=origins, permalink=permalink
    )
    click.echo(f"site_key {new.site.site_key}\napi_key  {new.api_key}")


@site.command("new-key")
@click.argument("name")
@click.option("--label", default="added", show_default=True, help="What it is for; keys are revoked by label.")
@data_option
def new_key(name: str, label: str, data: Path | None) -> None:
    """Another API key for a site; shown this once."""
    click.echo(manage_sites.create_api_key(services_for(data), name, label))


@site.command("revoke-key")
@click.argument("name")
@click.argument("label")
@data_option
def revoke_key(name: str, label: str, data: Path | None) -> None:
    """Revoke a site's keys with this label."""
    count = manage_sites.revoke_api_keys(services_for(data), name, label)
    click.echo(f"{count} key(s) revoked; they stop working within five seconds.")


@click.group()
def moderator() -> None:
    """People who moderate."""


@moderator.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--site", "site_names", multiple=True, required=True)
@click.password_option()
@data_option
def add_moderator(email: str, name: str, site_names: tuple[str, ...], password: str, data: Path | None) -> None:
    """Let somebody moderate sites."""
    manage_sites.add_moderator(services_for(data), email=email, name=name, password=password, site_names=site_names)
    click.echo(f"{name} may moderate {', '.join(site_names)}.")


COMMANDS = (site, moderator)
