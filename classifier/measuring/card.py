"""The model card: what a newsroom should know before it trusts a score, in Markdown."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from classifier.labels import BY_NAME
from classifier.measuring.fairness import THRESHOLDS
from classifier.measuring.tables import table
from classifier.training.dataset import Dataset

_OPENING: Final = """\
# Civility model {version}

Scores English comments with calibrated probabilities. It is a linear model over hashed character fragments,
words and word pairs: quick, explainable, and without any understanding of irony, context or facts.

**Use it** to sort what people should look at first, and to settle the clear cases in both directions.
**Do not use it** to judge a person, or as the only judge of texts about groups that are often attacked:
a group's name weighs little, but not nothing, and hate that is only implied is missed. Nothing below was measured on
live traffic of a news site.
"""

_SOURCES_NOTE: Final = """\
Half of all texts or more are toxic in several of these sources, which is not so on any site. A probability of
0.5 means: among texts like these, half were called so. Measure on your own decisions before you automate.
"""


_THRESHOLDS_NOTE: Final = """\
"At most 2 % of what scores below the threshold has the attribute", with 95 % confidence, on the held-out texts of the
training sources as they come: far more of them are toxic than on a site. A dash means that they do not support it.

"""

_FAIRNESS_NOTE: Final = """\
Toxicity on {texts:,} template sentences that name a group; overall ROC-AUC {auc:.3f}. *BPSN* compares harmless
sentences that name the group with toxic ones that do not: 0.5 would mean that the name counts as much as the abuse.
*Held* and *rejected* are the shares of harmless sentences that score {held} or {rejected} and more.

"""


def counted(known: Dataset) -> dict[str, int]:
    """Texts per source, for the papers."""
    return dict(sorted(Counter(str(source) for source in known.sources).items()))


def written(metadata: dict[str, Any]) -> str:
    """The card of a model, from its papers."""
    figures = metadata["figures"]
    sections = (
        _OPENING.format(version=metadata["version"]),
        "## Attributes\n\n" + _attributes(metadata),
        "## Held-out texts of the training sources, all together\n\n" + _overall(figures["held_out"]),
        "## Held-out texts by source\n\n" + _by_source(figures["held_out_by_source"]),
        "## Public evaluation sets, none of them trained on\n\n" + _by_source(figures["public_by_source"]),
        "## Thresholds by promise\n\n" + _THRESHOLDS_NOTE + _thresholds(figures["thresholds"]),
        *_fairness(figures["fairness"]),
        "## Learned from\n\n" + table(("source", "texts"), list(metadata["data"]["sources"].items())),
        _SOURCES_NOTE,
        "## Made with\n\n" + table(("", ""), [*metadata["made_with"].items(), *metadata["recipe"].items()]),
        f"Data fingerprint: `{metadata['data']['fingerprint']}`\n",
    )
    return "\n".join(sections)


def _attributes(metadata: dict[str, Any]) -> str:
    rows = [
        (name, BY_NAME[name].meaning, "experimental" if name in metadata["experimental"] else "yes")
        for name in metadata["attributes"]
    ]
    missing = [
        (name, BY_NAME[name].meaning, "left out: too few examples")
        for name in BY_NAME
        if name not in metadata["attributes"]
    ]
    return table(("attribute", "meaning", "offered"), rows + missing)


def _overall(figures: dict[str, Any]) -> str:
    names = ("texts", "positives", "auc", "average_precision", "ece")
    rows = [(name, *(found.get(figure) for figure in names)) for name, found in figures.items()]
    return table(("attribute", "texts", "of these yes", "ROC-AUC", "average precision", "calibration error"), rows)


def _by_source(figures: dict[str, Any]) -> str:
    rows = [
        (attribute, source, found["texts"], found["positives"], found["auc"], found["ece"])
        for attribute, sources in figures.items()
        for source, found in sources.items()
    ]
    return table(("attribute", "source", "texts", "of these yes", "ROC-AUC", "calibration error"), rows)


def _thresholds(figures: dict[str, Any]) -> str:
    rows = [
        (attribute, f"{line['share']:.0%}", line["below"], line.get("approved_share"), line.get("approved"))
        for attribute, lines in figures.items()
        for line in lines
    ]
    return table(("attribute", "at most", "threshold", "share approved", "texts approved"), rows)


def _fairness(figures: dict[str, Any]) -> list[str]:
    """The section on names of groups, where there were templates, and the one on dialect."""
    return [*_templates(figures.get("templates")), _dialect(figures["dialect"])]


def _templates(figures: dict[str, Any] | None) -> list[str]:
    if not figures:
        return []
    note = _FAIRNESS_NOTE.format(texts=figures["texts"], auc=figures["overall_auc"], **THRESHOLDS)
    columns = ("subgroup_auc", "bpsn_auc", "bnsp_auc", "held", "rejected")
    rows = [(name, *(found[column] for column in columns)) for name, found in figures["names"].items()]
    rows.sort(key=lambda row: row[2])
    head = ("group", "subgroup AUC", "BPSN AUC", "BNSP AUC", "held", "rejected")
    return ["## Fairness: names of groups, worst first\n\n" + note + table(head, rows)]


def _dialect(figures: dict[str, Any]) -> str:
    sides = (("African-American English", "african_american"), ("standard English", "standard"))
    rows = [(name, *(figures[side][column] for column in ("mean", "held", "rejected"))) for name, side in sides]
    opening = f"## Fairness: dialect\n\n{figures['pairs']} harmless sentences, each written by hand in both.\n\n"
    return opening + table(("written in", "mean toxicity", "held", "rejected"), rows)
