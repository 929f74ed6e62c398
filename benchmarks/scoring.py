"""How fast the shipped model scores, what it takes to hold it, and how that compares with others.

    OMP_NUM_THREADS=1 python benchmarks/scoring.py --data ../shared/data

One thread. Without the labelled data the texts are invented ones of the same length. The PyPI package
alt-profanity-check is measured beside it where it can be imported; it is no dependency of ours, so install it by hand,
best in an environment that is made for the benchmark: `pip install alt-profanity-check`.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import numpy as np

from classifier import Scorer
from classifier.encoder.cascade import Cascade, with_second_opinion

BATCH = 256
CASCADE_BATCH = 128  # as a worker claims them
CASCADE_TEXTS = 2_560
STOCK_TEXTS = 2_000  # the stock pipeline is slow; more would only take longer
SINGLE_TEXTS = 2_000
LONG_TEXT_CHARACTERS = 324

LOADING = """
import resource, sys, time
def resident(): return int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize() / 1e6
import numpy
before, begun = resident(), time.perf_counter()
from classifier import Scorer
imported = time.perf_counter()
scorer = Scorer.load()
loaded = time.perf_counter()
scorer.score(['a reply of ordinary length, written by a reader'] * 256)
print(imported - begun, loaded - imported, resident() - before, resident())
"""


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--texts", "count", default=10_240, show_default=True, help="How many texts to score.")
def main(data: Path, count: int) -> None:
    """Print texts a second, load time, memory, and the ratios to others."""
    scorer = Scorer.load()
    print(f"model {scorer.version}, {len(scorer.attributes)} attributes, one thread")
    print_loading()
    source, ordinary = some_texts(data, count)
    for name, texts in ((source, ordinary), (f"{source}, joined to longer ones", lengthened(ordinary))):
        print(f"\n{len(texts):,} texts ({name}), mean {np.mean([len(text) for text in texts]):.0f} characters")
        print_speeds(scorer, texts)
        print_cascade(scorer, texts[:CASCADE_TEXTS])


def print_cascade(scorer: Scorer, texts: list[str]) -> None:
    """Both models together on two threads, and how many texts the second is asked about."""
    both = with_second_opinion(scorer, is_wanted=False, seconds_at_most=60)
    if not isinstance(both, Cascade):
        print("second opinion: not installed (civility[encoder])")
        return
    batches = [texts[start : start + CASCADE_BATCH] for start in range(0, len(texts), CASCADE_BATCH)]
    share = sum(len(both.doubtful(scorer.score(batch))) for batch in batches) / len(texts)
    with ThreadPoolExecutor(2) as threads:
        rate = best_rate(lambda: list(threads.map(both.score, batches)), len(texts), rounds=2)
    print(f"second opinion: {rate:>9,.0f} texts/s on two threads, asked about {share:.0%}")


def print_loading() -> None:
    """Measured in a process of its own, which has loaded nothing else."""
    answer = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=True)
    imported, loaded, grown, resident = map(float, answer.stdout.split())
    print(f"import {imported * 1e3:.0f} ms after NumPy, load {loaded * 1e3:.0f} ms")
    print(f"memory +{grown:.0f} MB beyond NumPy, {resident:.0f} MB resident in all")


def print_speeds(scorer: Scorer, texts: list[str]) -> None:
    batched = best_rate(lambda: in_batches(scorer.score, texts), len(texts))
    single = best_rate(lambda: [scorer.score([text]) for text in texts[:SINGLE_TEXTS]], len(texts[:SINGLE_TEXTS]))
    print(f"batches of {BATCH}: {batched:>9,.0f} texts/s")
    print(f"one at a time:  {single:>9,.0f} texts/s, {1e6 / single:.0f} µs a text")
    for name, rate in others(texts):
        print(f"{name}: {rate:,.0f} texts/s in batches; we do {batched / rate:.1f} times as many")


def others(texts: list[str]) -> Iterator[tuple[str, float]]:
    """Texts a second of what one would use otherwise, each with one attribute."""
    yield "stock scikit-learn (TF-IDF char_wb 2-5, logistic regression)", stock_rate(texts)
    try:
        from profanity_check import predict_prob
    except ImportError:
        print("alt-profanity-check is not installed, so it is not measured")
        return
    some = texts[:STOCK_TEXTS]
    yield "alt-profanity-check", best_rate(lambda: in_batches(predict_prob, some), len(some), rounds=2)


def in_batches(score: Callable[[Sequence[str]], object], texts: list[str]) -> None:
    for start in range(0, len(texts), BATCH):
        score(texts[start : start + BATCH])


def best_rate(work: Callable[[], object], count: int, rounds: int = 3) -> float:
    """Texts a second in the best of some rounds: other programs can only slow a round down."""
    return count / min(seconds(work) for _ in range(rounds))


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def stock_rate(texts: list[str]) -> float:
    """scikit-learn's own vectoriser and regression on the same texts; what it learns does not matter."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    some = texts[:STOCK_TEXTS]
    vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2)
    stock = make_pipeline(vectoriser, LogisticRegression(max_iter=20))
    stock.fit(some, [number % 2 for number in range(len(some))])
    return best_rate(lambda: in_batches(stock.predict_proba, some), len(some), rounds=2)


def some_texts(data: Path, count: int) -> tuple[str, list[str]]:
    path = data / "train.parquet"
    if not path.exists():
        return "invented", invented(count)
    import pyarrow.parquet as parquet

    texts = parquet.read_table(path, columns=["text"]).column("text").to_pylist()
    return "from the labelled data", random.Random(0).sample(texts, min(count, len(texts)))


def invented(count: int) -> list[str]:
    """Words of letters drawn at random, with the lengths of English ones."""
    chance = random.Random(0)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(5_000)]
    return [" ".join(chance.choices(words, k=chance.randint(3, 50))) for _ in range(count)]


def lengthened(texts: list[str]) -> list[str]:
    """Join neighbours until the mean length is that of a news comment."""
    count = max(1, round(sum(map(len, texts)) / LONG_TEXT_CHARACTERS))
    return [" ".join(group) for group in np.array_split(np.array(texts, dtype=object), min(count, len(texts)))]


if __name__ == "__main__":
    main()
