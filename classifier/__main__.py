"""`python -m classifier …`: train a model, measure it, read its card, score lines, ask why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from classifier import registry
from classifier.inquiries import COMMANDS
from classifier.options import FOLDER, data_option, model_option
from classifier.scorer import Scorer, Scores

BATCH = 256


@click.group()
def main() -> None:
    """Train, measure and use the models that score replies."""


@main.command()
@data_option
@click.option("--models", type=FOLDER, default=registry.MODELS, help="Where the new model directory goes.")
@click.option("--strength", default=2.0, show_default=True, help="scikit-learn's C.")
@click.option("--seed", default=0, show_default=True)
@click.option("--promote", is_flag=True, help="Make it the model that is loaded when none is named.")
def train(data: Path, models: Path, strength: float, seed: int, promote: bool) -> None:
    """Train a model and write its directory, card included."""
    from classifier.train import Recipe
    from classifier.train import train as learn

    directory = learn(data, models, Recipe(strength=strength, seed=seed), _tell)
    if promote:
        registry.promote(directory, models)
    click.echo(directory)


@main.command()
@data_option
@model_option
def evaluate(data: Path, model: Path | None) -> None:
    """Measure a model on the held-out and public texts; prints what its card prints."""
    from classifier import card
    from classifier.train import experimental, figures, read

    loaded = registry.load(model)
    measured = figures(loaded, *read(data))
    click.echo(card.written({**loaded.metadata, "figures": measured, "experimental": experimental(measured)}))


@main.command()
@model_option
def card(model: Path | None) -> None:
    """Print the card of a model."""
    directory = model or registry.current()
    click.echo((directory / registry.CARD).read_text("utf-8"))


@main.command()
@model_option
@click.argument("lines", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
def score(model: Path | None, lines: IO[str]) -> None:
    """Score LINES (or standard input): one JSON string a line in, one JSON object a line out."""
    scorer = Scorer.load(model)
    texts = (_text(number, line) for number, line in enumerate(lines, 1))
    while batch := list(islice(texts, BATCH)):
        for answer in _answers(scorer.score(batch)):
            click.echo(json.dumps(answer))


def _text(number: int, line: str) -> str:
    try:
        text = json.loads(line)
    except ValueError:
        text = None
    if not isinstance(text, str):
        raise click.ClickException(f'Line {number} is not a JSON string. Write one per line, like "Well said!".')
    return text


def _answers(scores: Scores) -> Iterator[dict[str, Any]]:
    for row in scores.values:
        rounded = (round(float(value), 6) for value in row)
        yield {**dict(zip(scores.attributes, rounded, strict=True)), "model": scores.version}


def _tell(message: str) -> None:
    click.echo(message, err=True)


for command in COMMANDS:
    main.add_command(command)

if __name__ == "__main__":
    try:
        main(prog_name="python -m classifier")
    except (registry.ModelRefused, FileNotFoundError) as error:
        sys.exit(str(error))
