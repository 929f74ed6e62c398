"""Fits, measures and writes the directory of a second opinion, from an encoder that `teach_encoder.py` made.

    python scripts/pack_second_opinion.py encoder.onnx vocabulary.txt --data ../shared/data

Needs the extras `model` and `encoder`; a few minutes on two cores.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import numpy as np
import onnxruntime
from sklearn.linear_model import LogisticRegression

from classifier.encoder.cascade import Cascade
from classifier.encoder.second_opinion import ENCODER, SECOND_FORMAT, SECOND_MODELS, VOCABULARY, SecondOpinion, session
from classifier.encoder.wordpiece import WordPieces
from classifier.measuring import evaluate, fairness
from classifier.registry import CARD, CURRENT, METADATA
from classifier.scorer import Scorer
from classifier.training import dataset, train
from classifier.training.dataset import CALIBRATION, HELD_OUT, Dataset

OUTPUTS = ("toxicity", "severe_toxicity", "insult", "identity_attack", "threat", "profanity")
BAND = {"attribute": "toxicity", "low": 0.07, "high": 0.95, "floor": 0.05}
MIXED = ("toxicity", "insult", "identity_attack")  # profanity fell from .882 to .869 held out
PIECES = 128
# Of the encoder's log-odds, against 1 of the first model's; an attack on a group is toxic too (decision 0011).
SHARES = {"toxicity": {"toxicity": 0.7, "identity_attack": 0.5}}
AT_ONCE = 128  # texts a batch, as a worker claims them
Columns = np.ndarray


class Encoder:
    """The bare encoder on two threads, each text alone as in service."""

    def __init__(self, content: bytes, vocabulary: bytes) -> None:
        pieces = WordPieces(vocabulary.decode("utf-8").split("\n"))
        papers = {"version": "", "language": "en", "band": BAND, "mixing": [], "outputs": OUTPUTS}
        papers["pieces_at_most"] = PIECES
        self._opinion = SecondOpinion(session(content, 1), pieces, papers, time.monotonic)

    def log_odds(self, texts: Sequence[str]) -> Columns:
        halves = [list(texts[0::2]), list(texts[1::2])]
        with ThreadPoolExecutor(2) as threads:
            even, odd = threads.map(lambda half: self._opinion.log_odds(half, seconds=1e9)[0], halves)
        found = np.empty((len(texts), len(OUTPUTS)))
        found[0::2], found[1::2] = even, odd
        return found


def mixings(known: Dataset, scorer: Scorer, encoder: Encoder) -> list[dict[str, Any]]:
    """Sums of both models' log-odds with a slope and an offset per attribute, from the calibration part."""
    unseen = known.part(CALIBRATION)
    labels, weights = dataset.lessons(unseen)
    first, second = _log_odds(scorer.score(unseen.texts.tolist()).values), encoder.log_odds(unseen.texts)
    columns = {name: unseen.attributes.index(name) for name in MIXED}
    return [
        _mixing(name, scorer, first, second, labels[:, column], weights[:, column]) for name, column in columns.items()
    ]


def _mixing(name: str, scorer: Scorer, first: Columns, second: Columns, labels: Columns, weights: Columns) -> Any:
    shares = SHARES.get(name, {name: 1.0})
    total = first[:, scorer.attributes.index(name)] + sum(
        share * second[:, OUTPUTS.index(output)] for output, share in shares.items()
    )
    rows = weights > 0
    platt = LogisticRegression(C=1e6).fit(total[rows, None], labels[rows] >= 0.5, sample_weight=weights[rows])
    slope, offset = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    return {
        "attribute": name,
        "first": {name: round(slope, 4)},
        "second": {output: round(slope * share, 4) for output, share in shares.items()},
        "offset": round(offset, 4),
    }


def _log_odds(values: Columns) -> Columns:
    near = np.clip(values.astype(np.float64), 1e-6, 1 - 1e-6)
    return np.log(near) - np.log1p(-near)


def measured(scorer: Any, known: Dataset, public: Dataset, data: Path) -> dict[str, Any]:
    """The figures of a scorer or a cascade on texts that neither has seen."""

    def score(texts: Sequence[str]) -> Columns:
        batches = [list(texts[start : start + AT_ONCE]) for start in range(0, len(texts), AT_ONCE)]
        with ThreadPoolExecutor(2) as threads:
            return np.vstack(list(threads.map(lambda batch: scorer.score(batch).values, batches))).astype(np.float64)

    remembered: dict[int, Columns] = {}

    def once(texts: Sequence[str]) -> Columns:
        key = hash(tuple(texts))
        if key not in remembered:
            remembered[key] = score(texts)
        return remembered[key]

    unseen = known.part(HELD_OUT)
    attributes = scorer.attributes
    return {
        "held_out": evaluate.overall(unseen, attributes, once),
        "held_out_by_source": evaluate.by_source(unseen, attributes, once),
        "public_by_source": evaluate.by_source(public, attributes, once),
        "fairness": fairness.measured(once, data),
    }


def shares(scorer: Scorer, cascade: Cascade, known: Dataset, public: Dataset) -> dict[str, float]:
    """How many texts of each source the second model is asked about."""
    unseen = known.part(HELD_OUT)
    found = {"held out": _share(scorer, cascade, unseen.texts)}
    for some in (unseen, public):
        for source in sorted(set(some.sources)):
            found[str(source)] = _share(scorer, cascade, some.texts[some.sources == source])
    return found


def _share(scorer: Scorer, cascade: Cascade, texts: Any) -> float:
    return round(len(cascade.doubtful(scorer.score(texts.tolist()))) / len(texts), 3)


@click.command()
@click.argument("encoder", type=click.Path(path_type=Path, exists=True))
@click.argument("vocabulary", type=click.Path(path_type=Path, exists=True))
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--models", type=click.Path(path_type=Path), default=SECOND_MODELS)
def main(encoder: Path, vocabulary: Path, data: Path, models: Path) -> None:
    """Write the directory, and make it the one that is loaded."""
    files = {ENCODER: encoder.read_bytes(), VOCABULARY: vocabulary.read_bytes()}
    known, public = train.read(data)
    scorer = Scorer.load()
    papers = _papers(scorer, files, mixings(known, scorer, Encoder(files[ENCODER], files[VOCABULARY])), known)
    directory = models / papers["version"]
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)
    _write(directory, papers)
    cascade = Cascade(scorer, SecondOpinion.load(directory), texts_at_most=AT_ONCE, seconds_at_most=1e9)
    papers["shares_asked"] = shares(scorer, cascade, known, public)
    papers["figures"] = {
        "first": measured(scorer, known, public, data),
        "cascade": measured(cascade, known, public, data),
    }
    _write(directory, papers)
    (models / CURRENT).write_text(directory.name + "\n", "utf-8")
    click.echo(directory)


def _papers(scorer: Scorer, files: dict[str, bytes], mixing: list[dict[str, Any]], known: Dataset) -> dict[str, Any]:
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return {
        "format": SECOND_FORMAT,
        "version": f"second-2026.11-{sums[ENCODER][:8]}",
        "sha256": sums,
        "licence": "Apache-2.0",
        "derived_from": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), with a head of ours, quantised",
        "language": "en",
        "outputs": list(OUTPUTS),
        "pieces_at_most": PIECES,
        "band": BAND,
        "mixing": mixing,
        "mixed_with": scorer.version,
        "data": {"fingerprint": known.fingerprint()},
        "made_with": {"onnxruntime": onnxruntime.__version__, "numpy": np.__version__},
    }


def _write(directory: Path, papers: dict[str, Any]) -> None:
    (directory / METADATA).write_text(json.dumps(papers, indent=2, ensure_ascii=False) + "\n", "utf-8")
    (directory / CARD).write_text(card(papers), "utf-8")


def card(papers: dict[str, Any]) -> str:
    """What the figures say, as a page."""
    head = (
        f"# {papers['version']}: a second opinion for doubtful texts\n\n"
        f"A sentence encoder, {papers['derived_from']}. It is asked where {papers['mixed_with']} gives a "
        f"{BAND['attribute']} from {BAND['low']} up to {BAND['high']}, and their log-odds are added. It reads the "
        f"first {PIECES} pieces of a text. English only. Reasons and what falls short: "
        "docs/decisions/0014-second-opinion.md.\n\n"
    )
    if "figures" not in papers:
        return head
    return head + _table(papers)


def _table(papers: dict[str, Any]) -> str:
    first, both = papers["figures"]["first"], papers["figures"]["cascade"]
    lines = ["| attribute | source | first alone | with the second | asked |", "|---|---|--:|--:|--:|"]
    for attribute in [mixing["attribute"] for mixing in papers["mixing"]]:
        a, b = first["held_out"][attribute], both["held_out"][attribute]
        lines.append(f"| {attribute} | held out | {a['auc']} | {b['auc']} | {papers['shares_asked']['held out']:.0%} |")
        for part in ("held_out_by_source", "public_by_source"):
            for source, found in first[part].get(attribute, {}).items():
                if found["auc"] is not None:
                    other, share = both[part][attribute][source]["auc"], papers["shares_asked"][source]
                    place = f"{source}, public" if part == "public_by_source" else source
                    lines.append(f"| {attribute} | {place} | {found['auc']} | {other} | {share:.0%} |")
    return "ROC-AUC on texts that neither model has seen.\n\n" + "\n".join(lines) + "\n" + _fairness(first, both)


def _fairness(first: dict[str, Any], both: dict[str, Any]) -> str:
    if "templates" not in both["fairness"]:
        return ""
    lines = ["\n## Groups\n"]
    for name, figures in (("first alone", first), ("with the second", both)):
        found = figures["fairness"]["templates"]
        worst = min(found["names"], key=lambda group: found["names"][group]["bpsn_auc"])
        lines.append(
            f"- {name}: template sentences {found['overall_auc']}, worst BPSN AUC "
            f"{found['names'][worst]['bpsn_auc']} ({worst}); dialect, mean difference "
            f"{figures['fairness']['dialect']['mean_difference']}"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
