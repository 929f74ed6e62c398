"""Commands that ask a trained model how it judges: `attacks`, `explain`, `spans`, and the word list behind them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from classifier.commands.options import data_option, model_option
from classifier.explain import Stretch
from classifier.polyglot import Polyglot
from classifier.scorer import Scorer

ATTRIBUTE = "toxicity"


@click.command()
@data_option
@model_option
@click.option("--share", default=0.5, show_default=True, help="Of the words of three letters or more.")
@click.option("--seed", default=0, show_default=True)
def attacks(data: Path, model: Path | None, share: float, seed: int) -> None:
    """Disguise the public texts in every way we know and print what that costs in ROC-AUC."""
    from classifier.measuring import withstand
    from classifier.training import dataset
    from classifier.training.train import EVALUATION_FILE

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
    """Print the words that disguised ones are read as, from the labelled data; for classifier/text/vocabulary.txt."""
    from classifier.text.vocabulary import frequent
    from classifier.training import dataset
    from classifier.training.train import TRAINING_FILE

    known = dataset.read(data / TRAINING_FILE)
    for word in frequent(known.texts.tolist(), known.sources.tolist()):
        click.echo(word)


@click.command()
@data_option
@model_option
def spans(data: Path, model: Path | None) -> None:
    """Compare the marked words with those that people marked; the rule was chosen on train, so dev counts."""
    from classifier.measuring import spans as annotated

    scorer = Scorer.load(model)
    for part in ("train", "dev"):
        texts = annotated.read(data, part)
        click.echo(
            f"{scorer.version}, {part}: character F1 {annotated.mean_f1(scorer, texts):.4f} of {len(texts):,} texts"
        )


@click.command()
@model_option
@click.option("--attribute", default=ATTRIBUTE, show_default=True)
@click.option("--threshold", default=0.5, show_default=True, help="Without which words would it be below this?")
@click.argument("text")
def explain(model: Path | None, attribute: str, threshold: float, text: str) -> None:
    """Mark the words of TEXT that moved the score; contributions add up to the log-odds."""
    try:
        found = Polyglot.load(model).explain(text, attribute, threshold)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{found.probability:.3f}  {attribute} ({found.version})")
    click.echo(f"{found.base:+.2f}  (before any word)")
    for word in sorted(found.words, key=lambda word: -abs(word.contribution)):
        written = text[word.start : word.end]
        reading = "" if written.lower() == word.read_as else f"  (read as {word.read_as})"
        click.echo(f"{word.contribution:+.2f}  {written}{reading}")
    click.echo(f"\nMarked: {_with_marks(text, found.spans)}")
    if found.counterfactual:
        without = ", ".join(text[word.start : word.end] for word in found.counterfactual.without)
        click.echo(f"Without {without}: {found.counterfactual.probability:.3f}, below {threshold}")


def _with_marks(text: str, marks: Sequence[Stretch]) -> str:
    pieces, done = [], 0
    for mark in marks:
        pieces += [text[done : mark.start], "⟦", text[mark.start : mark.end], "⟧"]
        done = mark.end
    return "".join([*pieces, text[done:]])


@click.command("telling-words")
@data_option
def telling_words(data: Path) -> None:
    """Print the words by which short texts are recognised as not English; for classifier/language/telling_words.txt."""
    from classifier.language import telling
    from classifier.language.languages import LANGUAGES
    from classifier.training import dataset, language_data
    from classifier.training.train import TRAINING_FILE

    english = dataset.read(data / TRAINING_FILE).texts.tolist()
    others = {
        code: language_data.read(data, LANGUAGES[code])[dataset.TRAINING].texts for code in telling.LATIN_LANGUAGES
    }
    for language, words in telling.found(english, others).items():
        click.echo(f"{language}: {' '.join(words)}")


COMMANDS = (attacks, explain, spans, telling_words, vocabulary)
