"""Charts of a model's figures, for people: curves per source, whether its promises hold, where its scores lie.

Matplotlib comes with the extra packages for models and is imported only when something is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

# Okabe and Ito's palette: told apart with any kind of colour vision.
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4D4D4D", "#F0E442")
_GREY: Final = "#767676"
_RC: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _GREY,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "svg.hashsalt": "civility",  # the same figures give the same bytes
    "svg.fonttype": "none",
}
_BINS: Final = 10
_FEWEST_IN_BIN: Final = 8
_AUCS: Final = (
    ("bpsn_auc", "o", "clean texts naming it against other toxic ones (BPSN)"),
    ("bnsp_auc", "s", "toxic texts naming it against other clean ones (BNSP)"),
    ("subgroup_auc", "^", "within it"),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Texts of one source that people labelled (0 or 1) and the model scored (0 to 1); arrays run in step."""

    truth: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    @property
    def has_both(self) -> bool:
        return len(np.unique(self.truth)) == 2


def draw(folder: Path, judged: Mapping[str, Judged], *, attribute: str, model: str) -> list[Path]:
    """Draw every chart of an attribute into `folder` as PNG and SVG; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    title = f"{attribute}, {model}"
    charts: dict[str, Callable[[Any], None]] = {
        "curves": lambda figure: _curves(figure, judged, title),
        "reliability": lambda figure: _reliability(figure, judged, title),
        "scores": lambda figure: _scores(figure, judged, title),
    }
    return [path for name, chart in charts.items() for path in _saved(folder / f"{attribute}-{name}", chart)]


def draw_fairness(folder: Path, groups: Mapping[str, Mapping[str, float]], *, model: str) -> list[Path]:
    """Draw the AUCs of each identity (`subgroup_auc`, `bpsn_auc`, `bnsp_auc`), the worst BPSN first."""
    folder.mkdir(parents=True, exist_ok=True)
    return _saved(folder / "fairness", lambda figure: _fairness(figure, groups, f"Identities, {model}"))


def _saved(stem: Path, chart: Callable[[Any], None]) -> list[Path]:
    import matplotlib as mpl
    from matplotlib.figure import Figure

    files = [stem.with_name(f"{stem.name}.{kind}") for kind in ("png", "svg")]
    with mpl.rc_context(_RC):
        figure = Figure(figsize=(10, 5), layout="constrained")
        chart(figure)
        for file in files:
            undated = {"Date": None} if file.suffix == ".svg" else {}
            figure.savefig(file, dpi=120, facecolor="white", metadata=undated)
    return files


def _drawn(judged: Mapping[str, Judged]) -> list[tuple[str, Judged, dict[str, Any]]]:
    """Each source with its colour; where colours repeat the line is broken."""
    styles = [{"color": colour, "linestyle": line} for line in ("-", "--", ":") for colour in COLOURS]
    return [(*each, style) for each, style in zip(judged.items(), styles, strict=False)]


def _curves(figure: Any, judged: Mapping[str, Judged], title: str) -> None:
    """ROC on the left, precision over recall on the right, a line a source."""
    roc, pr = figure.subplots(1, 2)
    roc.plot([0, 1], [0, 1], color=_GREY, linewidth=0.8, linestyle=":")
    for name, each, style in _drawn({n: e for n, e in judged.items() if e.has_both}):
        false, true, _ = roc_curve(each.truth, each.probabilities)
        precision, recall, _ = precision_recall_curve(each.truth, each.probabilities)
        area = roc_auc_score(each.truth, each.probabilities)
        average = average_precision_score(each.truth, each.probabilities)
        roc.plot(false, true, **style, linewidth=1.6, label=f"{name}  {area:.3f}")
        pr.plot(recall, precision, **style, linewidth=1.6, label=f"{name}  {average:.3f}")
    roc.set(title=f"ROC: {title}", xlabel="share of clean texts flagged", ylabel="share of toxic texts found")
    pr.set(title="Precision and recall", xlabel="share of toxic texts found", ylabel="share of flagged that is toxic")
    for axes, what in ((roc, "area"), (pr, "average precision")):
        axes.legend(loc="lower right" if axes is roc else "lower left", title=what, title_fontsize=8.5)
        axes.set(xlim=(0, 1), ylim=(0, 1.01))


def _reliability(figure: Any, judged: Mapping[str, Judged], title: str) -> None:
    """What was promised against what came true; a point's size is how many texts it stands for."""
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color=_GREY, linewidth=0.8, linestyle=":")
    for name, each, style in _drawn(judged):
        promised, came_true, counts = _binned(each)
        sizes = 8 + 180 * counts / len(each.truth)
        axes.plot(promised, came_true, **style, linewidth=1.2, label=name)
        axes.scatter(promised, came_true, s=sizes, color=style["color"], alpha=0.8, linewidths=0)
    axes.set(
        title=f"Do its probabilities come true? {title}",
        xlabel="what the model said",
        ylabel="share that people called so",
        xlim=(0, 1),
        ylim=(0, 1.01),
    )
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1))


def _binned(each: Judged) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Mean probability, share of positives and count of each bin that has enough texts to say something."""
    bins = np.minimum((each.probabilities * _BINS).astype(int), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS).astype(np.float64)
    used = counts >= _FEWEST_IN_BIN
    promised = np.bincount(bins, weights=each.probabilities, minlength=_BINS)[used] / counts[used]
    came_true = np.bincount(bins, weights=each.truth, minlength=_BINS)[used] / counts[used]
    return promised, came_true, counts[used]


def _scores(figure: Any, judged: Mapping[str, Judged], title: str) -> None:
    """Where the scores of clean and of toxic texts lie, all sources together."""
    axes = figure.subplots()
    truth = np.concatenate([each.truth for each in judged.values()])
    scores = np.concatenate([each.probabilities for each in judged.values()])
    edges = np.linspace(0, 1, 41)
    clean, toxic = scores[truth == 0], scores[truth == 1]
    axes.hist(clean, edges, color=COLOURS[0], alpha=0.45, label=f"people called clean ({len(clean):,})")
    axes.hist(toxic, edges, color=COLOURS[1], histtype="step", linewidth=2, label=f"called toxic ({len(toxic):,})")
    axes.set(title=f"Scores: {title}", xlabel="what the model said", ylabel="texts", xlim=(0, 1), yscale="log")
    axes.legend(loc="upper center")


def _fairness(figure: Any, groups: Mapping[str, Mapping[str, float]], title: str) -> None:
    axes = figure.subplots()
    names = sorted(groups, key=lambda group: groups[group]["bpsn_auc"])
    figure.set_figheight(1.6 + 0.19 * len(names))
    rows = np.arange(len(names))
    for (kind, marker, says), colour in zip(_AUCS, COLOURS, strict=False):
        found = [groups[name][kind] for name in names]
        axes.scatter(found, rows, marker=marker, s=22, color=colour, label=says, zorder=3)
    axes.axvline(0.9, color=_GREY, linewidth=0.8, linestyle=":")
    axes.set_yticks(rows, names, fontsize=8)
    axes.invert_yaxis()
    axes.grid(axis="y", color="#EEEEEE")
    axes.set(title=f"Does naming a group change the ranking? {title}", xlabel="ROC-AUC; 0.9 is the aim")
    axes.legend(loc="lower left")
