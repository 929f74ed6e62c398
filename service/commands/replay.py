"""`civility replay`: real comments through a running service."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from service.commands.services import data_option, settings_for
from service.domain.errors import Refusal
from service.replay.client import Publisher
from service.replay.report import accepted, decided_twice, lost, report
from service.replay.run import replay as run_replay
from service.replay.source import read_comments


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rate", type=click.FloatRange(min=0.1), help="Replies a second; as fast as it goes, if left out.")
@click.option("--concurrency", default=8, show_default=True, type=click.IntRange(1, 256))
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many.")
@click.option("--patience", default=120.0, show_default=True, help="Seconds to wait for an answer, and for verdicts.")
@click.option("--url", help="The service; its credentials file says, if left out.")
@click.option("--api-key", envvar="CIVILITY_API_KEY", help="Likewise.")
@data_option
def replay(
    file: Path,
    rate: float | None,
    concurrency: int,
    limit: int | None,
    patience: float,
    url: str | None,
    api_key: str | None,
    data: Path | None,
) -> None:
    """Post the comments of FILE (parquet, JSONL, CSV) to a running service and report what became of them.

    Ends with 1 if a reply was lost or decided twice, or none was accepted.
    """
    comments = read_comments(file, limit=limit)
    url, api_key = _credentials(data, url, api_key)
    publisher = Publisher(url, api_key, connections=concurrency, patience_seconds=patience)
    with click.progressbar(length=len(comments), label="Replaying", file=sys.stderr) as bar:
        outcome = run_replay(
            publisher,
            comments,
            concurrency=concurrency,
            rate=rate,
            patience_seconds=patience,
            progress=bar.update,
        )
    click.echo(report(outcome))
    sys.exit(1 if lost(outcome) or decided_twice(outcome) or not accepted(outcome) else 0)


def _credentials(data: Path | None, url: str | None, api_key: str | None) -> tuple[str, str]:
    if url and api_key:
        return url, api_key
    path = settings_for(data).data / "credentials.json"
    if not path.exists():
        raise Refusal(f"Give --url and --api-key, or --data with the folder that holds {path.name}.")
    known = json.loads(path.read_text())
    return url or known["url"], api_key or known["api_key"]


COMMANDS = (replay,)
