"""Judge what is pending: claim a batch, score it, decide, store verdicts; again until nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from uuid_utils import uuid7

from service import metrics
from service.domain.ports import Scored, Work
from service.domain.reply import Claimed
from service.logs import get_logger
from service.services import Services
from service.storage import worklist
from service.storage.database import is_away
from service.usecases.decide import decide_batch, hold_undecidable

log = get_logger(__name__)


def score_pending(services: Services) -> int:
    """Decide all that is pending and free to be claimed; returns how many replies were decided."""
    total = 0
    while claimed := claim_batch(services):
        token, batch = claimed
        scores = score_batch(services, batch)
        total += _decide(services, token, batch, scores)
        services.queue.nudge(Work.DELIVERY)
        if len(batch) < services.settings.batch_replies:
            break  # what came meanwhile has its own nudge; waiting for it makes the next batch worth its round trips
    return total


def _decide(services: Services, token: str, batch: Sequence[Claimed], scores: Sequence[Scored]) -> int:
    """Decide together; when something in the batch cannot be decided, one by one, and that one goes to a person.

    Otherwise a single reply that no rule or no column can take would keep its neighbours pending for ever.
    """
    try:
        return decide_batch(services, token, batch, scores)
    except Exception as error:
        if is_away(error):
            raise  # the claim expires, and all is tried again
        log.exception("batch_not_decided", replies=len(batch))
    if len(batch) == 1:
        return hold_undecidable(services, token, batch[0])
    return sum(_decide(services, token, [reply], [scored]) for reply, scored in zip(batch, scores, strict=True))


def claim_batch(services: Services) -> tuple[str, list[Claimed]] | None:
    """Up to `batch_replies` pending replies and the token that proves the claim, or None."""
    token, now = str(uuid7()), services.clock()
    with services.database.writing() as tx:
        batch = worklist.claim(
            tx,
            token=token,
            now=now,
            until=now + timedelta(seconds=services.settings.claim_seconds),
            at_most=services.settings.batch_replies,
        )
    return (token, batch) if batch else None


def score_batch(services: Services, batch: Sequence[Claimed]) -> list[Scored]:
    """One `Scored` a reply. A text that fails alone, or was claimed too often, is left to a person."""
    fit = [reply for reply in batch if reply.attempts <= services.settings.attempts_at_most]
    with metrics.scoring_seconds.time():
        scores = dict(zip((reply.id for reply in fit), _score(services, [r.text for r in fit]), strict=True))
    unscored = Scored(None, services.scorer.version)
    results = [scores.get(reply.id, unscored) for reply in batch]
    metrics.scored_texts.inc(sum(result.attributes is not None for result in results))
    metrics.unscored_texts.inc(sum(result.attributes is None for result in results))
    return results


def _score(services: Services, texts: list[str]) -> list[Scored]:
    try:
        return services.scorer.score(texts)
    except Exception:
        log.exception("batch_not_scored", texts=len(texts))
    return [_score_alone(services, each) for each in texts]


def _score_alone(services: Services, given: str) -> Scored:
    try:
        return services.scorer.score([given])[0]
    except Exception:
        log.exception("text_not_scored", characters=len(given))
        return Scored(None, services.scorer.version)
