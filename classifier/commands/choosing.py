"""Commands that choose between trained models: `compare` two on the same texts, `promote` one, `rollback`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from classifier import registry
from classifier.commands.options import FOLDER, data_option, language_option

Row = tuple[str, str, str, dict[str, Any], dict[str, Any]]
_NOTICED = 0.005  # a smaller difference on a few thousand texts is chance more often than not

models_option = click.option("--models", type=FOLDER, default=registry.MODELS, help="Where the models are kept.")


@click.command()
@data_option
@click.argument("one", type=FOLDER)
@click.argument("other", type=FOLDER)
def compare(data: Path, one: Path, other: Path) -> None:
    """Measure two English models on the same held-out and public texts and print what differs."""
    from classifier.measuring.figures import figures
    from classifier.training.train import read

    texts = read(data)
    models = [registry.load(directory) for directory in (one, other)]
    before, after = (figures(model, *texts, data) for model in models)
    click.echo(f"ROC-AUC and calibration error: {models[0].version} → {models[1].version}\n")
    for part, attribute, source, left, right in _rows(before, after):
        click.echo(
            f"{part:<9} {attribute:<16} {source:<29} {_change(left, right, 'auc')}   {_change(left, right, 'ece')}"
        )
    worst = [min(_bpsn(measured), default=float("nan")) for measured in (before, after)]
    click.echo(f"\nworst BPSN AUC of any group: {worst[0]:.3f} → {worst[1]:.3f}")


def _rows(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Row]:
    """What both have a figure for."""
    for part, name in (("held out", "held_out_by_source"), ("public", "public_by_source")):
        for attribute, by_source in before[name].items():
            others = after[name].get(attribute, {})
            for source in sorted(by_source.keys() & others.keys()):
                yield part, attribute, source, by_source[source], others[source]


def _change(left: dict[str, Any], right: dict[str, Any], figure: str) -> str:
    before, after = left[figure], right[figure]
    if before is None or after is None:
        return " " * 22
    mark = " " if abs(after - before) < _NOTICED else "+" if after > before else "-"
    return f"{before:.3f} → {after:.3f} {mark}{abs(after - before):.3f}"


def _bpsn(measured: dict[str, Any]) -> list[float]:
    names = measured["fairness"].get("templates", {}).get("names", {})
    return [group["bpsn_auc"] for group in names.values() if group["bpsn_auc"] is not None]


@click.command()
@models_option
@click.argument("directory", type=FOLDER)
def promote(models: Path, directory: Path) -> None:
    """Make the model in DIRECTORY the one that is loaded for its language, after checking that it can be."""
    model = registry.load(directory)
    registry.promote(directory, models)
    click.echo(f"{model.version} is loaded for {model.language} from the next start on.")


@click.command()
@models_option
@language_option
def rollback(models: Path, language: str) -> None:
    """Go back to the model that was loaded before the last promotion; once more goes forward again."""
    directory = registry.rollback(language, models)
    click.echo(f"{directory.name} is loaded for {language} from the next start on.")


COMMANDS = (compare, promote, rollback)
