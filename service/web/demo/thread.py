"""A thread as a page shows it: who answers whom, how deep, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from service.storage.replies import Stored

DEEPEST = 4  # answers below stand at this depth and say whom they answer: a phone has no room for more
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass
class Shown:
    """A reply with its answers. `answers_to` names its parent where the indentation does not show it."""

    reply: Stored
    depth: int = 0
    answers: list[Shown] = field(default_factory=list)
    answers_to: Stored | None = None
    is_waiting: bool = False
    is_torn_off: bool = False  # answers a reply that is not on this page


def as_tree(replies: Iterable[Stored], waiting: Stored | None = None, *, newest_first: bool = False) -> list[Shown]:
    """The top of the thread, answers below. Conversations run forward in time whichever of them comes first."""
    shown = {reply.id: Shown(reply) for reply in replies}
    if waiting:
        shown.setdefault(waiting.id, Shown(waiting, is_waiting=True))
    top: list[Shown] = []
    lists: dict[str, list[Shown]] = {}  # where each reply stands, so that answers too deep can stand beside it
    for reply_id in sorted(shown):  # ids grow with time: a parent comes before its answers
        node = shown[reply_id]
        lists[reply_id] = _place(node, shown.get(node.reply.parent_id or ""), top, lists)
        lists[reply_id].append(node)
    return top[::-1] if newest_first else top


def _place(node: Shown, parent: Shown | None, top: list[Shown], lists: dict[str, list[Shown]]) -> list[Shown]:
    """Which list a reply belongs into."""
    if parent is None or parent.reply.id not in lists:
        node.is_torn_off = node.reply.parent_id is not None
        return top
    if parent.depth >= DEEPEST:
        node.depth, node.answers_to = DEEPEST, parent.reply
        return lists[parent.reply.id]
    node.depth = parent.depth + 1
    return parent.answers


def how_long_ago(moment: datetime, now: datetime) -> str:
    """ "5 minutes ago" within a day, then the date."""
    seconds = (now - moment).total_seconds()
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return _counted(int(seconds // _MINUTE), "minute")
    if seconds < _DAY:
        return _counted(int(seconds // _HOUR), "hour")
    return date_of(moment)


def date_of(moment: datetime) -> str:
    """ "24 November 2026 at 12:00 UTC": the same for every reader, since no script knows their zone."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y} at {utc:%H:%M} UTC"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'} ago"
