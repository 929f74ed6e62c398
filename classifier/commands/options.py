"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, file_okay=False)

data_option = click.option(
    "--data", type=FOLDER, default=Path("../shared/data"), show_default=True, help="Folder with the labelled data."
)
language_option = click.option(
    "--language",
    default="en",
    show_default=True,
    help="ISO 639 code, such as de.",
)
model_option = click.option("--model", type=FOLDER, default=None, help="Model directory; the shipped one if left out.")
