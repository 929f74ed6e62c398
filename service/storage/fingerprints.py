"""Repeats and near-repeats: how often a text, or one like it, was posted on a site lately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from service.domain.likeness import ALIKE_AT_LEAST, Likeness, resemblance
from service.storage.database import add_rows
from service.storage.tables import fingerprints

_CANDIDATES_AT_MOST = 5000  # of one batch; a copied text shows itself long before


@dataclass(frozen=True)
class Fingerprinted:
    """A reply's text as keys to find it by. Short texts have none."""

    reply_id: str
    site_id: str
    received_at: datetime
    likeness: Likeness


@dataclass(frozen=True)
class Seen:
    """How often the same text, and one nearly the same, came before."""

    repeats: int = 0
    near_repeats: int = 0


def seen_before(tx: Connection, texts: Sequence[Fingerprinted], *, since: datetime) -> dict[str, Seen]:
    """For each reply, how often its text came before it: in the database since a time, or in this batch."""
    keys = {key for each in texts for key in each.likeness.keys}
    rows = tx.execute(
        select(
            fingerprints.c.reply_id,
            fingerprints.c.site_id,
            fingerprints.c.key,
            fingerprints.c.sketch,
            fingerprints.c.exact,
        )
        .where(fingerprints.c.key.in_(list(keys)), fingerprints.c.received_at > since)
        .order_by(fingerprints.c.received_at.desc())
        .limit(_CANDIDATES_AT_MOST)
    )
    candidates = _Candidates()
    for row in rows:
        candidates.add(row.reply_id, row.site_id, row.key, row.sketch, row.exact)
    seen = {}
    for each in sorted(texts, key=lambda text: text.received_at):
        seen[each.reply_id] = candidates.seen(each)
        for key in each.likeness.keys:
            candidates.add(each.reply_id, each.site_id, key, each.likeness.sketch, key == each.likeness.exact)
    return seen


class _Candidates:
    """Earlier replies by site and key."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, int], dict[str, tuple[int, bool]]] = {}

    def add(self, reply_id: str, site_id: str, key: int, sketch: int, exact: bool) -> None:
        self._by_key.setdefault((site_id, key), {})[reply_id] = (sketch, exact)

    def seen(self, text: Fingerprinted) -> Seen:
        kinds: dict[str, bool] = {}
        for key in text.likeness.keys:
            for reply_id, (sketch, exact) in self._by_key.get((text.site_id, key), {}).items():
                if exact:
                    kinds[reply_id] = True
                elif resemblance(sketch, text.likeness.sketch) >= ALIKE_AT_LEAST:
                    kinds.setdefault(reply_id, False)
        kinds.pop(text.reply_id, None)
        counted = Counter(kinds.values())
        return Seen(repeats=counted[True], near_repeats=counted[True] + counted[False])


def add(tx: Connection, texts: Sequence[Fingerprinted], kept: Mapping[str, object] | set[str]) -> None:
    """Remember the texts of those replies that are in `kept`."""
    rows = [
        {
            "reply_id": each.reply_id,
            "key": key,
            "site_id": each.site_id,
            "sketch": each.likeness.sketch,
            "exact": key == each.likeness.exact,
            "received_at": each.received_at,
        }
        for each in texts
        if each.reply_id in kept
        for key in dict.fromkeys(each.likeness.keys)
    ]
    add_rows(tx, fingerprints, rows)


def drop(tx: Connection, *, before: datetime) -> int:
    return tx.execute(delete(fingerprints).where(fingerprints.c.received_at < before)).rowcount
