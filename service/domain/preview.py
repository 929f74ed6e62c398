"""The author's own look at a reply that awaits moderation: a signature that WordPress calls moderation-hash."""

from __future__ import annotations

import hmac
from datetime import datetime


def preview_hash(secret: bytes, reply_id: str, received_at: datetime) -> str:
    """32 hexadecimal digits that only this deployment can make for this reply."""
    message = f"preview\0{reply_id}\0{received_at.timestamp():.6f}".encode()
    return hmac.digest(secret, message, "sha256").hex()[:32]


def may_preview(
    secret: bytes, reply_id: str, received_at: datetime, given: str, *, now: datetime, seconds: int
) -> bool:
    """Whether `given` opens the preview, which it does for `seconds` after receipt."""
    young = 0 <= (now - received_at).total_seconds() <= seconds
    expected = preview_hash(secret, reply_id, received_at)
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")) and young
