"""A process that does one step of the journey on a real database and is killed (SIGKILL) at a named point of it.

A point names a function of the step and whether the process dies before or after it. Nothing of the service knows
about this: the function is wrapped from outside, in a forked process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from service.storage import audit, fingerprints, outbox, replies, sites, worklist
from service.storage.batching import GroupCommit
from service.storage.database import Database
from service.usecases import admit, deliver, receive, score
from tests.factories import a_submission, make_services
from tests.fakes import FakeScorer, FixedClock, RecordingOutgoing, RecordingQueue

IDEMPOTENCY_KEY = "the-same-key"

POINTS: dict[str, dict[str, tuple[Any, str, str]]] = {
    "receive": {
        "before anything is written": (admit.replies, "add", "before"),
        "written, not committed": (replies, "add", "after"),
        "committed, not answered": (GroupCommit, "submit", "after"),
        "answered, not nudged": (RecordingQueue, "nudge", "before"),
    },
    "score": {
        "claiming, not committed": (worklist, "claim", "after"),
        "claimed": (score, "score_batch", "before"),
        "scored": (score, "decide_batch", "before"),
        "deciding, before the verdicts": (worklist, "finish", "before"),
        "deciding, verdicts written": (worklist, "finish", "after"),
        "deciding, audit written": (audit, "append", "after"),
        "deciding, outbox written": (outbox, "announce", "after"),
        "deciding, all written, not committed": (fingerprints, "add", "after"),
        "decided, not announced": (RecordingQueue, "nudge", "before"),
    },
    "deliver": {
        "claiming, not committed": (outbox, "claim", "after"),
        "claimed, not sent": (RecordingOutgoing, "send", "before"),
        "sent, not noted": (RecordingOutgoing, "send", "after"),
        "noting, not committed": (outbox, "delivered", "after"),
        "noted": (deliver, "_settle", "after"),
    },
}


def die(*_: Any) -> None:
    """As the kernel would, when memory runs out or the plug is pulled."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(step: str, point: str) -> None:
    """Wrap the function of this point so that the process dies there."""
    owner, name, when = POINTS[step][point]
    original: Callable[..., Any] = getattr(owner, name)

    def deadly(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            die()
        result = original(*args, **kwargs)
        die()
        return result

    setattr(owner, name, deadly)


def run_until_killed(database_url: str, step: str, point: str) -> int | None:
    """Do one step in a process of its own that dies at the point; returns its exit code, -9 when it did."""
    process = multiprocessing.get_context("fork").Process(target=_run, args=(database_url, step, point))
    process.start()
    process.join(60)
    return process.exitcode


def _run(database_url: str, step: str, point: str) -> None:
    services = make_services(
        Database(database_url),
        clock=FixedClock(),
        scorer=FakeScorer(),
        queue=RecordingQueue(),
        outgoing=RecordingOutgoing(),
    )
    site = _only_site(services.database)
    arm(step, point)
    if step == "receive":
        submission = a_submission(
            site, text="Only once, please.", idempotency_key=IDEMPOTENCY_KEY, request_digest=b"the same body 16"
        )
        receive.receive(services, submission)
    elif step == "score":
        score.score_pending(services)
    else:
        deliver.deliver_due(services)


def _only_site(database: Database) -> Any:
    with database.reading() as tx:
        return sites.every(tx)[0]
