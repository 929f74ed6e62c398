"""From scores to committed verdicts: gather the facts, ask the policy, write move, audit and outbox together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from service import metrics
from service.domain.likeness import likeness_of
from service.domain.policy import Facts, Outcome, Policy, decide
from service.domain.ports import Scored
from service.domain.reply import Actor, Claimed, Move, Status
from service.domain.signals import count_links, is_disguised
from service.services import Services
from service.storage import audit, authors, fingerprints, outbox, sites, worklist
from service.storage.authors import Record
from service.storage.database import Connection
from service.storage.fingerprints import Fingerprinted, Seen
from service.storage.worklist import Decided

REPEATS_SINCE = timedelta(days=1)
RECORD_SINCE = timedelta(days=90)
RECENT_SINCE = timedelta(minutes=5)


def decide_batch(services: Services, token: str, batch: Sequence[Claimed], scores: Sequence[Scored]) -> int:
    """Decide one claimed batch. Returns how many verdicts were stored: fewer where a claim had expired."""
    texts = [fingerprint_of(reply) for reply in batch]
    with services.database.reading() as tx:
        facts = gather_facts(tx, batch, scores, texts, services.clock())
        versions = sites.current_policy_versions(tx)
    now = services.clock()
    decided = [
        _verdict(reply, scored, facts[reply.id], policy_of(services, reply.site_id, versions), now)
        for reply, scored in zip(batch, scores, strict=True)
    ]
    with services.database.writing() as tx:
        ours = worklist.finish(tx, token, decided)
        moves = [each.move for each in decided if each.move.reply_id in ours]
        audit.append(tx, moves)
        outbox.announce(tx, moves)
        fingerprints.add(tx, texts, ours)
    _count(decided, ours, batch, services.clock())
    return len(ours)


def hold_undecidable(services: Services, token: str, reply: Claimed) -> int:
    """Leave to a person a reply that the rules stumbled over. Returns 1, or 0 where the claim had expired."""
    reason = {"rule": "not-decided", "then": "hold", "says": "an error kept the policy from deciding", "figures": {}}
    move = Move(reply.id, reply.site_id, Status.PENDING, Status.HELD, Actor.POLICY, services.clock(), reasons=(reason,))
    decided = [Decided(move, "not-decided")]
    with services.database.writing() as tx:
        ours = worklist.finish(tx, token, decided)
        if ours:
            audit.append(tx, [move])
            outbox.announce(tx, [move])
    _count(decided, ours, [reply], services.clock())
    return len(ours)


def fingerprint_of(reply: Claimed) -> Fingerprinted:
    return Fingerprinted(reply.id, reply.site_id, reply.received_at, likeness_of(reply.text))


def gather_facts(
    tx: Connection,
    batch: Sequence[Claimed],
    scores: Sequence[Scored],
    texts: Sequence[Fingerprinted],
    now: datetime,
) -> dict[str, Facts]:
    """All that a policy may look at, for a whole batch in three queries."""
    records = authors.records(
        tx, {reply.author_id for reply in batch}, since=now - RECORD_SINCE, recent_since=now - RECENT_SINCE
    )
    addresses = {reply.ip_hash for reply in batch if reply.ip_hash}
    per_ip = authors.replies_per_ip(tx, addresses, since=now - RECENT_SINCE)
    seen = fingerprints.seen_before(tx, texts, since=now - REPEATS_SINCE)
    return {
        reply.id: _facts(reply, scored, records.get(reply.author_id, Record()), per_ip, seen[reply.id])
        for reply, scored in zip(batch, scores, strict=True)
    }


def _facts(reply: Claimed, scored: Scored, record: Record, per_ip: Mapping[str, int], seen: Seen) -> Facts:
    return Facts(
        text=reply.text,
        author_name=reply.author_name,
        scores=scored.attributes,
        language=scored.language,
        links=count_links(reply.text),
        repeats=seen.repeats,
        near_repeats=seen.near_repeats,
        approved_before=record.approved,
        decided_before=record.decided,
        rejected_before=record.rejected,
        recent_replies=max(record.recent, per_ip.get(reply.ip_hash or "", 0)),
        thread_closed=reply.thread_closed,
        disguised=is_disguised(reply.text) or is_disguised(reply.author_name),
        honeypot=reply.honeypot,
    )


def policy_of(services: Services, site_id: str, versions: Mapping[str, int]) -> Policy:
    """A site's current policy; one that cannot be read holds everything rather than nothing."""
    return services.policies.get((site_id, versions[site_id])) or Policy((), Outcome.HOLD)


def _verdict(reply: Claimed, scored: Scored, facts: Facts, policy: Policy, now: datetime) -> Decided:
    verdict = decide(policy, facts)
    move = Move(
        reply_id=reply.id,
        site_id=reply.site_id,
        before=Status.PENDING,
        after=verdict.outcome.status,
        actor=Actor.POLICY,
        at=now,
        reasons=tuple(finding.as_reason() for finding in verdict.findings),
        scores=dict(scored.attributes or {}),
        model=scored.model,
        policy_version=policy.version,
    )
    return Decided(move, verdict.rule)


def _count(decided: Sequence[Decided], ours: set[str], batch: Sequence[Claimed], now: datetime) -> None:
    for each, reply in zip(decided, batch, strict=True):
        if reply.id in ours:
            metrics.decided.labels(each.move.after.value, each.rule).inc()
            metrics.decision_seconds.observe((now - reply.received_at).total_seconds())
