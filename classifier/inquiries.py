"""Commands that ask a trained model how it judges: `attacks`, `explain`, `spans`, and the word list behind them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from classifier.options import data_option, model_option
from classifier.scorer import Scorer

ATTRIBUTE = "toxicity"


@click.command()
@data_option
@model_option
@click.option("--share", default=0.5, show_default=True, help="Of the words of three letters or more.")
@click.option("--seed", default=0, show_default=True)
def attacks(data: Path, model: Path | None, share: float, seed: int) -> None:
    """Disguise the public texts in every way we know and print what that costs in ROC-AUC."""
    from classifier import dataset, withstand
    from classifier.train import EVALUATION_FILE

    scorer = Scorer.load(model)
    known = dataset.read(data / EVALUATION_FILE).with_only((ATTRIBUTE,))
    column = scorer.attributes.index(ATTRIBUTE)

    def score(texts: Sequence[str]) -> withstand.Numbers:
        return scorer.score(texts).values[:, column].astype(np.float64)

    click.echo(f"{scorer.version}, {ATTRIBUTE}, ROC-AUC with {share:.0%} of the words disguised\n")
    click.echo(withstand.written(withstand.measured(known, score, seed, share)))


@click.command()
@data_option
def vocabulary(data: Path) -> None:
    """Print the words that disguised ones are read as, from the labelled data; for classifier/vocabulary.txt."""
    from classifier import dataset
    from classifier.train import TRAINING_FILE
    from classifier.vocabulary import frequent

    known = dataset.read(data / TRAINING_FILE)
    for word in frequent(known.texts.tolist(), known.sources.tolist()):
        click.echo(word)


COMMANDS = (attacks, vocabulary)
