"""The reply form as pages show it: empty, remembered, or with what was typed and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.domain.errors import Refusal
from service.domain.text import visible
from service.web.problems import Invalid

# Field -> what to say when it is empty. The order is that of the form.
MISSING = {
    "comment": "Please type your reply.",
    "author": "Please enter your name.",
    "email": "Please enter your email address.",
    "url": "",
}
# Hidden, and carried along when a refused form is sent again.
HIDDEN = ("comment_post_ID", "comment_parent", "site", "thread_url", "redirect_to")
CONSENT, TRAP = "wp-comment-cookies-consent", "ak_hp_textarea"
_SHOWN = (*MISSING, CONSENT, TRAP)
_FIELD_OF = {"text": "comment", "author.name": "author", "author.url": "url"}  # the domain's names


@dataclass(frozen=True)
class ReplyForm:
    """What the template `reply_form.html` shows; `mistakes` are sentences by field."""

    values: Mapping[str, str] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)


def sent_again(typed: Mapping[str, str], refusal: Refusal | None) -> ReplyForm:
    """The form with all that the reader typed, and the refusal's mistakes beside their fields."""
    readable = {name: value.replace("\0", "") for name, value in typed.items()}
    return ReplyForm(
        values={name: readable[name] for name in _SHOWN if name in readable},
        hidden={name: readable[name] for name in HIDDEN if name in readable},
        mistakes=_mistakes(readable, refusal) if refusal else {},
    )


def _mistakes(typed: Mapping[str, str], refusal: Refusal) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, sentence in _said(refusal):
        if name in MISSING:
            blank = not visible(typed.get(name, ""))
            found.setdefault(name, MISSING[name] if blank and MISSING[name] else sentence)
    return {name: found[name] for name in MISSING if name in found}


def _said(refusal: Refusal) -> list[tuple[str, str]]:
    """(field of the form, sentence) for each mistake."""
    if isinstance(refusal, Invalid):
        return [(error["pointer"].removeprefix("#/"), error["detail"]) for error in refusal.errors]
    name = refusal.field or ""
    return [(_FIELD_OF.get(name, name), refusal.sentence)]
