"""The attributes a text is scored for: what each means, which data column teaches it, what others call it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing a text can be, and how it is written down elsewhere."""

    name: str
    column: str  # in the labelled data
    perspective: str  # in the Perspective API's requests and answers
    meaning: str


ATTRIBUTES: Final = (
    Attribute("toxicity", "toxicity", "TOXICITY", "rude, disrespectful or likely to make people leave"),
    Attribute("severe_toxicity", "severe_toxicity", "SEVERE_TOXICITY", "very hateful or aggressive"),
    Attribute("insult", "insult", "INSULT", "demeans a person or a group of persons"),
    Attribute("identity_attack", "identity_attack", "IDENTITY_ATTACK", "attacks people for what they are"),
    Attribute("threat", "threat", "THREAT", "announces or wishes violence against somebody"),
    Attribute("profanity", "obscene", "PROFANITY", "swear words and obscene language"),
    Attribute("sexual_explicit", "sexual_explicit", "SEXUALLY_EXPLICIT", "refers to sexual acts or body parts"),
    Attribute("spam", "spam", "SPAM", "advertises or fishes for clicks, unasked"),
)

BY_NAME: Final = {attribute.name: attribute for attribute in ATTRIBUTES}
COLUMNS: Final = tuple(attribute.column for attribute in ATTRIBUTES)

# Fewer positive examples than this in the training part and the attribute is not offered at all.
FEWEST_POSITIVES: Final = 50
# Fewer held-out positives or texts, or a lower held-out ROC-AUC, and it is offered as experimental.
FEWEST_HELD_OUT_POSITIVES: Final = 30
FEWEST_HELD_OUT_TEXTS: Final = 500
LOWEST_STEADY_AUC: Final = 0.85
