"""`python -m classifier …`: train a model, measure it, read its card, score lines, ask why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from classifier import registry
from classifier.commands import choosing, inquiries
from classifier.commands.options import FOLDER, data_option, language_option, model_option
from classifier.encoder.cascade import Asked, with_second_opinion
from classifier.language.languages import LANGUAGES, Language
from classifier.polyglot import Polyglot
from classifier.scorer import NO_MODEL, Scores

BATCH = 256
_NO_HURRY = 3600.0  # seconds a batch; nobody waits in a queue here
UNKNOWN = 0.5  # the probability of what nobody has learned anything about


@click.group()
def main() -> None:
    """Train, measure and use the models that score replies."""


@main.command()
@data_option
@click.option("--models", type=FOLDER, default=registry.MODELS, help="Where the new model directory goes.")
@click.option("--strength", default=2.0, show_default=True, help="scikit-learn's C.")
@click.option("--seed", default=0, show_default=True)
@click.option("--promote", is_flag=True, help="Make it the model that is loaded for its language.")
@language_option
def train(data: Path, models: Path, strength: float, seed: int, promote: bool, language: str) -> None:
    """Train a model and write its directory, card included. Languages but English have recipes of their own."""
    if language == registry.DEFAULT_LANGUAGE:
        from classifier.training.train import Recipe
        from classifier.training.train import train as learn

        directory = learn(data, models, Recipe(strength=strength, seed=seed), _tell, _watched)
    else:
        from classifier.training.language_training import train as learn_language

        directory = learn_language(data, models, _language(language), _tell, seed)
    if promote:
        registry.promote(directory, models)
    click.echo(directory)


@main.command()
@data_option
@model_option
@language_option
@click.option("--plots", type=FOLDER, help="Draw charts into this folder as well (English).")
def evaluate(data: Path, model: Path | None, language: str, plots: Path | None) -> None:
    """Measure a model on the held-out and public texts; prints what its card prints."""
    if language != registry.DEFAULT_LANGUAGE:
        from classifier.training.language_training import measured_again

        click.echo(measured_again(data, model, _language(language)))
        return
    from classifier.measuring import card
    from classifier.measuring.figures import experimental, figures, plotted
    from classifier.training.train import read

    loaded, texts = registry.load(model), read(data)
    measured = figures(loaded, *texts, data)
    if plots:
        for file in plotted(loaded, *texts, measured, plots):
            _tell(str(file))
    click.echo(card.written({**loaded.metadata, "figures": measured, "experimental": experimental(measured)}))


@main.command()
@model_option
@language_option
def card(model: Path | None, language: str) -> None:
    """Print the card of a model."""
    directory = model or registry.current(language=language)
    click.echo((directory / registry.CARD).read_text("utf-8"))


@main.command()
@model_option
@click.option("--twice/--once", default=None, help="Ask the second opinion, or not; left out: if installed.")
@click.argument("lines", type=click.File("r", encoding="utf-8", errors="replace"), default="-")
def score(model: Path | None, twice: bool | None, lines: IO[str]) -> None:
    """Score LINES (or standard input): one JSON string a line in, one JSON object a line out.

    Each text is scored by the model of its language. Where there is none, `model` is "none" and every probability
    0.5: nothing is known, and who looks at the number alone does not let the text pass.
    """
    scorer: Asked = Polyglot.load(model)
    if twice is not False:
        scorer = with_second_opinion(Polyglot.load(model), is_wanted=bool(twice), seconds_at_most=_NO_HURRY)
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
    for row, model, language in zip(scores.values.tolist(), scores.versions, scores.languages, strict=True):
        known = {name: round(value, 6) for name, value in zip(scores.attributes, row, strict=True) if value == value}
        unknown = dict.fromkeys(scores.attributes, UNKNOWN) if model == NO_MODEL else {}
        yield {**known, **unknown, "model": model, "language": language}


def _language(code: str) -> Language:
    try:
        return LANGUAGES[code]
    except KeyError:
        known = ", ".join(LANGUAGES)
        raise click.BadParameter(f"There are recipes for en, {known}.", param_hint="--language") from None


def _watched(columns: Iterable[int]) -> Iterator[int]:
    """A progress bar over the attributes that are learned, on standard error."""
    with click.progressbar(columns, label="Learning", file=sys.stderr, show_pos=True) as bar:
        yield from bar


def _tell(message: str) -> None:
    click.echo(message, err=True)


for command in (*inquiries.COMMANDS, *choosing.COMMANDS):
    main.add_command(command)

if __name__ == "__main__":
    try:
        main(prog_name="python -m classifier")
    except (registry.ModelRefused, FileNotFoundError) as error:
        sys.exit(str(error))
