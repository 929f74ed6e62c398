"""The services a command works with, built from the environment and the command's options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from service.services import Services
from service.settings import Settings, read_settings
from service.wiring import build


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--data DIR`, as `civility up` takes it."""
    return click.option(
        "--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder; CIVILITY_DATA or .data."
    )(command)


def settings_for(data: Path | None) -> Settings:
    return read_settings(data=data)


def services_for(data: Path | None) -> Services:
    return build(settings_for(data))
