"""What became of a replay, in a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from service.replay.client import Answer
from service.replay.run import Outcome


def accepted(outcome: Outcome) -> list[Answer]:
    return [answer for answer in outcome.answers if answer.reply_id]


def lost(outcome: Outcome) -> int:
    """Replies that were accepted and are not decided: gone, or still waiting when patience ran out."""
    fates = (outcome.fates.get(str(answer.reply_id)) for answer in accepted(outcome))
    return sum(fate is None or fate.decided_at is None for fate in fates)


def decided_twice(outcome: Outcome) -> int:
    return sum(fate.automatic_decisions > 1 for fate in outcome.fates.values())


def report(outcome: Outcome) -> str:
    """The report as text."""
    taken = accepted(outcome)
    refused = Counter(answer.refusal for answer in outcome.answers if answer.refusal)
    decided = [fate for fate in outcome.fates.values() if fate.decided_at]
    to_decision = [(fate.decided_at - fate.received_at).total_seconds() for fate in decided if fate.decided_at]
    reasons = ", ".join(f"{count} {code}" for code, count in refused.items())
    lines = [
        f"comments         {len(outcome.comments):>8}",
        f"accepted         {len(taken):>8}",
        f"refused          {refused.total():>8}   {reasons}".rstrip(),
        f"decided          {len(decided):>8}",
        f"lost             {lost(outcome):>8}   (must be 0)",
        f"decided twice    {decided_twice(outcome):>8}   (must be 0)",
        f"sent again       {sum(answer.retries for answer in outcome.answers):>8}",
        "",
        *_by_label(outcome),
        "",
        "latency (ms)          p50      p95      p99",
        f"  to accept      {_percentiles([answer.seconds for answer in taken])}",
        f"  to decision    {_percentiles(to_decision)}",
        f"accepted a second  {_rate(outcome):>8.0f}",
    ]
    return "\n".join(lines)


def _rate(outcome: Outcome) -> float:
    """Accepted and decided replies a second, from the first receipt to the last verdict."""
    decided = [(fate.received_at, fate.decided_at) for fate in outcome.fates.values() if fate.decided_at]
    if not decided:
        return 0.0
    seconds = (max(end for _, end in decided) - min(start for start, _ in decided)).total_seconds()
    return len(decided) / seconds if seconds else 0.0


def _by_label(outcome: Outcome) -> list[str]:
    counted: Counter[tuple[str, str]] = Counter()
    for comment, answer in zip(outcome.comments, outcome.answers, strict=True):
        fate = outcome.fates.get(answer.reply_id or "")
        counted[comment.label, fate.status if fate else "refused" if answer.refusal else "lost"] += 1
    statuses = [s for s in ("approved", "held", "rejected", "pending", "refused", "lost") if _any(counted, s)]
    labels = sorted({label for label, _ in counted})
    return [
        "status by label  " + "".join(f"{status:>10}" for status in statuses),
        *(f"  {label:<15}" + "".join(f"{counted[label, s]:>10}" for s in statuses) for label in labels),
    ]


def _any(counted: Counter[tuple[str, str]], status: str) -> bool:
    return any(found == status for _, found in counted)


def _percentiles(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    if not ordered:
        return "       –        –        –"
    picked = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.50, 0.95, 0.99))
    return " ".join(f"{value * 1000:8.1f}" for value in picked)
