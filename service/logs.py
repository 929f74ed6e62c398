"""Structured logs on standard error, with personal data scrubbed whatever a caller passes in."""

from __future__ import annotations

import ipaddress
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

_LOCAL = r"[\w.!#$%'*+^`{|}~-]"
_EMAIL = re.compile(rf"(?<!{_LOCAL}){_LOCAL}+(?:@|%40)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)
_IPV4 = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b(?:/\d+)?")
_IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}:[0-9a-f:]*:[0-9a-f]{0,4}(?![\w:])(?:/\d+)?", re.IGNORECASE)
_OURS = re.compile(r"127\.\d+\.\d+\.\d+|0\.0\.0\.0|::1?|.*(?:\.0|::)/\d+")  # this machine, or already a network
_PERSONAL = frozenset({"text", "email", "author_name", "author", "ip", "user_agent", "password", "body", "form"})

get_logger = structlog.stdlib.get_logger


def set_up(*, level: str = "info", form: str = "json") -> None:
    """Send everything, ours and the libraries', through one renderer: `json` or `text`."""
    renderer: Any = structlog.processors.JSONRenderer() if form == "json" else _for_people()
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        scrub,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before[:-2],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                scrub,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("kombu", "amqp", "urllib3", "celery.beat", "celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


def _for_people() -> structlog.dev.ConsoleRenderer:
    """Plain tracebacks: richer ones show the values of variables, which hold what readers wrote."""
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop personal fields and mask anything that looks like an address, in messages and tracebacks too."""
    for key, value in event.items():
        event[key] = _scrubbed(key, value)
    return event


def _scrubbed(key: object, value: object) -> object:
    if key in _PERSONAL:
        return "…"
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {inner: _scrubbed(inner, each) for inner, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_scrubbed(None, each) for each in value]
    return mask(str(value))


def mask(line: str) -> str:
    """The line with e-mail addresses and full IP addresses masked."""
    line = _EMAIL.sub("<email>", line)
    line = _IPV4.sub(_masked_ip, line)
    return _IPV6.sub(_masked_ip, line)


def _masked_ip(found: re.Match[str]) -> str:
    try:
        ipaddress.ip_interface(found.group())
    except ValueError:
        return found.group()  # a time of day, a version
    return found.group() if _OURS.fullmatch(found.group()) else "<ip>"
