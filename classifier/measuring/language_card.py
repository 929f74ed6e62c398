"""The card of a model for a language beside English, in Markdown."""

from __future__ import annotations

from typing import Any, Final

from classifier.measuring.tables import table

_OPENING: Final = """\
# Civility model {version}

Scores {name} texts. Learned from {genre} ({file}, {licence}).

"Yes" meant there: {meaning}.

It is a linear model over hashed fragments and words, without any understanding of irony, context or facts. It knows
less than the English model: fewer texts, one source, one time.

**Use it** to sort what people should look at first. **Do not** let it reject anything before you have compared it
with a few hundred decisions of your own. Texts about groups that are often attacked score higher than they should.
"""

_STOCK_NOTE: Final = """\
"Stock" is scikit-learn's TF-IDF over words 1-2 and character fragments 2-5 with logistic regression, trained on the
same texts, our own sentences aside, in the same run.
"""

_THRESHOLDS_NOTE: Final = """\
"Held" is the share of these texts at or above the threshold, "right" how many of the held were called so by people,
"found" how many of all that were called so are held, "missed" the share of yes among those below. Shares of toxic
texts in this data are larger than on any site: expect fewer held and fewer right.
"""


def written(metadata: dict[str, Any]) -> str:
    """The card of a model, from its papers."""
    figures, recipe = metadata["figures"], metadata["recipe"]
    opening = {name: recipe[name] for name in ("name", "genre", "meaning", "file", "licence")}
    sections = [
        _OPENING.format(version=metadata["version"], **opening),
        "## Held-out texts\n\n" + _held_out(figures, metadata["experimental"]),
        _STOCK_NOTE,
        *(f"## Thresholds for {name}\n\n{_thresholds(rows)}" for name, rows in figures["thresholds"].items()),
        _THRESHOLDS_NOTE,
        "## Learned from\n\n" + table(("part", "texts"), list(metadata["data"]["texts"].items())),
        "## Made with\n\n" + table(("", ""), [*metadata["made_with"].items(), *recipe.items()]),
        f"Data fingerprint: `{metadata['data']['fingerprint']}`\n",
    ]
    return "\n".join(sections)


def _held_out(figures: dict[str, Any], experimental: list[str]) -> str:
    head = ("attribute", "texts", "of these yes", "ROC-AUC", "average precision", "calibration error")
    names = ("auc", "average_precision", "ece")
    rows = []
    for attribute, found in figures["held_out"].items():
        mark = " (experimental)" if attribute in experimental else ""
        rows.append((attribute + mark, found["texts"], found["positives"], *(found[name] for name in names)))
        rows.append(("… stock", "", "", *(figures["stock"][attribute][name] for name in names)))
    return table(head, rows)


def _thresholds(rows: list[dict[str, Any]]) -> str:
    names = ("threshold", "share", "precision", "recall", "missed")
    return table(("threshold", "held", "right", "found", "missed"), [[row[name] for name in names] for row in rows])
