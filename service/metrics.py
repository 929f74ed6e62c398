"""Every figure by name. Call them where the thing happens; `web/ops/metrics.py` shows them.

Counters and histograms live in files under PROMETHEUS_MULTIPROC_DIR when that is set before this module is
imported, so that all processes of a machine are counted together.
"""

from __future__ import annotations

import os

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

_LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

accepted = Counter("civility_replies_accepted", "Replies stored as pending.", ["source"])
refused = Counter("civility_replies_refused", "Replies refused at the door, by the code of the error.", ["code"])
decided = Counter("civility_replies_decided", "Automatic decisions by outcome and deciding rule.", ["outcome", "rule"])
moved = Counter("civility_replies_moved", "Decisions by moderators, undo included.", ["action"])
decision_seconds = Histogram(
    "civility_decision_seconds", "From receipt of a reply to its committed verdict.", buckets=_LATENCIES
)
scoring_seconds = Histogram("civility_scoring_seconds", "Scoring of one batch.", buckets=_LATENCIES)
scored_texts = Counter("civility_scored_texts", "Texts scored.")
unscored_texts = Counter("civility_unscored_texts", "Texts the model failed on, left to a person.")
nudges = Counter("civility_nudges", "Nudges sent to the broker, by result: sent or failed.", ["work", "result"])
events = Counter("civility_events", "Events by outcome of a delivery attempt: delivered, again, dead.", ["outcome"])
requests = Histogram(
    "civility_http_request_seconds", "Requests by route and status.", ["route", "status"], buckets=_LATENCIES
)


def counters() -> CollectorRegistry:
    """The counters of all processes that share a folder of counters, or of this one alone."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
