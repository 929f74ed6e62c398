"""The configuration page, written from the settings: `civility config --docs > docs/configuration.md`."""

from __future__ import annotations

from service.settings import described

_HEAD = """# Configuration

Settings are environment variables. Nothing needs to be set on one machine; `civility config` shows what is in force,
`civility doctor` what is wrong. This page is generated from `service/settings.py` by `civility config --docs`.

| variable | default | what it is |
|---|---|---|
"""


def render() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(f"| `{row.env}` | {_shown(row.default)} | {row.sentence} |\n" for row in described())


def _shown(default: str) -> str:
    return f"`{default}`" if default else "empty"
