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
from classifier.cascade import Asked, with_second_opinion
from classifier.scorer import Opinions, Scorer

BATCH = 256
_NO_HURRY = 3600.0  # seconds a batch; nobody waits in a queue here
_FOLDER = click.Path(path_type=Path, file_okay=False)

data_option = click.option(
    "--data", type=_FOLDER, default=Path("../shared/data"), show_default=True, help="Folder with the labelled data."
)
model_option = click.option("--model", type=_FOLDER, default=None, help="Model directory; the shipped one if left out.")


@click.group()
def main() -> None:
    """Train, measure and use the models that score replies."""


@main.command()
@data_option
@click.option("--models", type=_FOLDER, default=registry.MODELS, help="Where the new model directory goes.")
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
    measured = figures(loaded, *read(data), data)
    click.echo(card.written({**loaded.metadata, "figures": measured, "experimental": experimental(measured)}))


@main.command()
@model_option
def card(model: Path | None) -> None:
    """Print the card of a model."""
    directory = model or registry.current()
    click.echo((directory / registry.CARD).read_text("utf-8"))


@main.command()
@model_option
@click.option("--twice/--once", default=None, help="Ask the second opinion, or not; left out: if installed.")
@click.argument("lines", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
def score(model: Path | None, twice: bool | None, lines: IO[str]) -> None:
    """Score LINES (or standard input): one JSON string a line in, one JSON object a line out."""
    scorer: Asked = Scorer.load(model)
    if twice is not False:
        scorer = with_second_opinion(Scorer.load(model), is_wanted=bool(twice), seconds_at_most=_NO_HURRY)
    texts = (_text(number, line) for number, line in enumerate(lines, 1))
    while batch := list(islice(texts, BATCH)):
        for answer in _answers(scorer.opinions(batch)):
            click.echo(json.dumps(answer))


@main.command()
@model_option
@click.option("--attribute", default="toxicity", show_default=True)
@click.argument("text")
def explain(model: Path | None, attribute: str, text: str) -> None:
    """Show which words of TEXT moved the score, strongest first; the parts add up to the log-odds."""
    scorer = Scorer.load(model)
    if attribute not in scorer.attributes:
        raise click.BadParameter(f"This model scores {', '.join(scorer.attributes)}.", param_hint="--attribute")
    column = scorer.attributes.index(attribute)
    base, words = scorer.contributions(text)
    click.echo(f"{scorer.score([text]).values[0, column]:.3f}  {attribute} ({scorer.version})")
    click.echo(f"{base[column]:+.2f}  (before any word)")
    for word, parts in sorted(words, key=lambda pair: -abs(pair[1][column])):
        click.echo(f"{parts[column]:+.2f}  {word}")


def _text(number: int, line: str) -> str:
    try:
        text = json.loads(line)
    except ValueError:
        text = None
    if not isinstance(text, str):
        raise click.ClickException(f'Line {number} is not a JSON string. Write one per line, like "Well said!".')
    return text


def _answers(found: Opinions) -> Iterator[dict[str, Any]]:
    for row, version in zip(found.values, found.versions, strict=True):
        rounded = (round(float(value), 6) for value in row)
        yield {**dict(zip(found.attributes, rounded, strict=True)), "model": version}


def _tell(message: str) -> None:
    click.echo(message, err=True)


if __name__ == "__main__":
    try:
        main(prog_name="python -m classifier")
    except (registry.ModelRefused, FileNotFoundError) as error:
        sys.exit(str(error))
