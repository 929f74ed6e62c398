"""`civility …`: the command line. Each group of commands has a file in `commands/`."""

from __future__ import annotations

import sys

import click

from service import logs
from service.commands import moderate, policy, replay, roles, sites, upkeep
from service.domain.errors import Refusal
from service.settings import BadSetting
from service.storage.database import is_unusable


class Sentences(click.Group):
    """Shows what went wrong as a sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (Refusal, BadSetting) as error:
            click.echo(f"civility: {error}", err=True)
            sys.exit(1)
        except Exception as error:
            if not is_unusable(error):
                raise
            click.echo("civility: The database cannot be used: `civility doctor` says why.", err=True)
            sys.exit(1)


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="civility")
def main() -> None:
    """Moderation of readers' replies for news sites."""
    logs.set_up(level="error", form="text")  # on standard error; a role that is started sets up its own


for room in (roles, sites, policy, moderate, upkeep, replay):
    for command in room.COMMANDS:
        main.add_command(command)

if __name__ == "__main__":
    main()
