"""Take in replies: store them as pending, say that there is work.

What arrives at the same time is stored in one transaction (`storage/batching.py`): a commit is a disk flush, and on
two cores it is flushes and round trips, not the rules, that cost.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from uuid_utils import uuid7

from service import metrics
from service.domain.errors import Overloaded
from service.domain.identity import truncate_ip
from service.domain.reply import Arrival, Receipt, Submission
from service.domain.text import check_text, digest
from service.services import Services
from service.storage import worklist
from service.storage.database import is_passing
from service.usecases.admit import admit

_TRIES = 3


def receive(services: Services, submission: Submission) -> Receipt:
    """Store one reply as pending and answer its receipt. Raises a `Refusal` and then stores nothing."""
    refuse_when_behind(services)
    arrival = drop_the_address(services, submission)
    receipt = services.intake.submit(arrival, partial(_admit_safely, services))
    if not receipt.replayed:
        metrics.accepted.labels(arrival.source).inc()
        services.queue.nudge()
    return receipt


def drop_the_address(services: Services, submission: Submission) -> Arrival:
    """What is stored of a submission: keyed hashes in the place of the e-mail and the reader's address."""
    now = services.clock()
    keys, ip = services.hash_keys, submission.ip
    return Arrival(
        id=str(uuid7()),
        site_id=submission.site_id,
        thread_id=submission.thread_id,
        thread_url=submission.thread_url,
        thread_title=submission.thread_title,
        parent_id=submission.parent_id,
        author_name=submission.author_name,
        author_url=submission.author_url,
        author_hashes=keys.author_hashes(submission.email),
        text=check_text(submission.text, maximum=services.settings.text_characters_at_most),
        text_digest=digest(submission.text),
        received_at=now,
        created_at=submission.created_at or now,
        source=submission.source,
        ip_prefix=truncate_ip(ip) if ip else None,
        ip_hash=keys.ip_hash(ip, now.date()) if ip else None,
        user_agent=submission.user_agent,
        honeypot=submission.honeypot,
        idempotency_key=submission.idempotency_key,
        request_digest=submission.request_digest,
    )


def refuse_when_behind(services: Services) -> None:
    """Raise `Overloaded` while the oldest pending reply is older than the setting allows."""
    limit = services.settings.pending_age_at_most_seconds
    behind = services.backlog_seconds.get("oldest") or 0.0
    if behind > limit:
        raise Overloaded(behind, retry_after_seconds=max(5, min(60, round(behind - limit))))


def oldest_pending_seconds(services: Services) -> float:
    """The age of the oldest pending reply; 0 when none is."""
    with services.database.reading() as tx:
        oldest = worklist.oldest(tx)
    return max(0.0, (services.clock() - oldest).total_seconds()) if oldest else 0.0


def _admit_safely(services: Services, arrivals: Sequence[Arrival]) -> Sequence[Receipt | BaseException]:
    """Admit together; when that fails, one by one, so that nobody suffers for a neighbour."""
    try:
        return admit(services, arrivals)
    except Exception as error:
        if not is_passing(error):
            raise
    return [_admit_alone(services, arrival) for arrival in arrivals]


def _admit_alone(services: Services, arrival: Arrival) -> Receipt | BaseException:
    for attempt in range(1, _TRIES + 1):
        try:
            return admit(services, [arrival])[0]
        except Exception as error:
            if attempt == _TRIES or not is_passing(error):
                return error
            time.sleep(0.01 * attempt)
    raise AssertionError("the last try returns")
