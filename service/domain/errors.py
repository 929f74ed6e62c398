"""What can go wrong, in the product's own words; each audience translates these once (`web/problems.py`)."""

from __future__ import annotations

from datetime import datetime


class Refusal(Exception):
    """Something the service will not do. `code` is stable for programs, the message is a sentence for people."""

    code = "refused"

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class BadAddress(Refusal):
    code = "bad_email"


class BadThreadUrl(Refusal):
    code = "bad_thread_url"


class BadText(Refusal):
    code = "bad_text"


class UnknownSite(Refusal):
    code = "unknown_site"


class UnknownThread(Refusal):
    code = "unknown_thread"


class ThreadClosed(Refusal):
    code = "thread_closed"


class UnknownParent(Refusal):
    code = "unknown_parent"


class ParentElsewhere(Refusal):
    code = "parent_in_another_thread"


class UnknownReply(Refusal):
    code = "unknown_reply"


class IdempotencyConflict(Refusal):
    code = "idempotency_key_reused"


class BadCursor(Refusal):
    code = "bad_cursor"


class BadPolicy(Refusal):
    code = "bad_policy"


class NotAllowed(Refusal):
    code = "not_allowed"


class BadCredentials(Refusal):
    code = "bad_credentials"


class DuplicateReply(Refusal):
    """The same author said the same under the same parent before."""

    code = "duplicate_reply"

    def __init__(self, reply_id: str) -> None:
        super().__init__("Duplicate reply detected; it looks as though you've already said that!")
        self.reply_id = reply_id


class TooFast(Refusal):
    """Too many replies from one author or address; try again in `retry_after_seconds`."""

    code = "too_fast"

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"You are posting replies too quickly. Slow down: try again in {retry_after_seconds} seconds.")
        self.retry_after_seconds = retry_after_seconds


class Overloaded(Refusal):
    """The queue is too old to accept more; nothing was stored, so the sender must keep the reply and retry."""

    code = "overloaded"

    def __init__(self, oldest_seconds: float, retry_after_seconds: int) -> None:
        super().__init__(
            f"Moderation is {oldest_seconds:.0f} seconds behind, so new replies are not accepted just now. "
            f"Nothing was stored: send it again in {retry_after_seconds} seconds."
        )
        self.retry_after_seconds = retry_after_seconds


class ForbiddenMove(Refusal):
    """The table of moves does not allow it."""

    code = "forbidden_move"


class StaleDecision(Refusal):
    """Someone else moved the reply since it was looked at."""

    code = "stale_decision"

    def __init__(self, *, status: str, version: int, by: str, at: datetime) -> None:
        super().__init__(
            f"This reply was changed to {status} by {by} at {at:%H:%M:%S} UTC, after you looked at it. "
            f"Send version {version} to decide all the same."
        )
        self.current_status = status
        self.version = version
