"""Replay real comments through the HTTP API of a running service, and report what became of them."""

from __future__ import annotations

COMMANDS = ()
