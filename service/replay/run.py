"""The replay itself: hand in at a pace from many threads, then wait for every verdict."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from service.replay.client import Answer, Fate, Publisher
from service.replay.source import Comment

ARTICLES = 50
_POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Outcome:
    """Everything a report needs: an answer for each comment, and the fates of those accepted."""

    comments: Sequence[Comment]
    answers: Sequence[Answer]
    fates: dict[str, Fate]
    seconds: float


def replay(
    publisher: Publisher,
    comments: Sequence[Comment],
    *,
    concurrency: int,
    rate: float | None,
    patience_seconds: float,
    progress: Callable[[int], object],
) -> Outcome:
    """Post all comments, each by an author of its own; then wait until all accepted ones are decided."""
    run, began = secrets.token_hex(4), time.perf_counter()

    def hand_in(number: int) -> Answer:
        due = began + number / rate if rate else time.perf_counter()
        time.sleep(max(0.0, due - time.perf_counter()))
        answer = publisher.hand_in(_reply(run, number, comments[number]), key=f"{run}-{number}", due=due)
        progress(1)
        return answer

    with ThreadPoolExecutor(concurrency) as pool:
        answers = list(pool.map(hand_in, range(len(comments))))
    accepted = [answer.reply_id for answer in answers if answer.reply_id]
    fates = _wait_for_verdicts(publisher, accepted, patience_seconds)
    return Outcome(comments, answers, fates, time.perf_counter() - began)


def _reply(run: str, number: int, comment: Comment) -> dict[str, Any]:
    return {
        "thread": {"url": f"https://replay.example/{run}/{number % ARTICLES}", "title": "Replay"},
        "author": {"name": f"Reader {number}", "email": f"reader-{run}-{number}@replay.example"},
        "text": comment.text,
    }


def _wait_for_verdicts(publisher: Publisher, ids: Sequence[str], patience_seconds: float) -> dict[str, Fate]:
    fates: dict[str, Fate] = {}
    give_up = time.monotonic() + patience_seconds
    while time.monotonic() < give_up:
        open_ids = [each for each in ids if each not in fates or fates[each].decided_at is None]
        if not open_ids:
            break
        fates.update({fate.reply_id: fate for fate in publisher.fates(open_ids)})
        time.sleep(_POLL_SECONDS)
    fates.update({fate.reply_id: fate for fate in publisher.fates(ids)})  # once more: who was decided twice since?
    return fates
