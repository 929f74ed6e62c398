"""Sentences of our own that name every group in praise and in abuse alike, so that its name decides nothing.

In the labelled data most short texts that name some groups attack them. Here every group stands in the same kind
and unkind sentences. The templates that fairness is measured on were not copied, and the adjectives that they use
are left out on purpose: with them the worst BPSN AUC rose to .995, which measured the list and not the model
(decision 0011).
"""

from __future__ import annotations

from typing import Final

from classifier.training.neutral import PEOPLE

KIND_FRAMES: Final = (
    "My neighbour, who is {one}, is a cheerful and generous person.",
    "{a} {one} friend of mine is the wisest man I know.",
    "being {one} is a joy and I am proud of it",
    "She is a brilliant, patient and funny {one} woman.",
    "I admire that {one} writer, such a gifted mind.",
    "thank you for telling the story of {a} {one} hero",
    "love my {one} family, they are amazing",
    "The polite {one} gentleman helped me carry the shopping.",
    "What a charming {one} couple, honest and polite.",
    "hello, I am {one} and new here, glad to meet you",
    "A smart, hard-working {one} student won the prize.",
    "welcome to all {one} readers, glad you are here",
    "Please treat {one} people with respect.",
    "I enjoy talking with my {one} colleagues.",
    "The {one} singer was superb, even moving.",
)
UNKIND_FRAMES: Final = (
    "My neighbour, who is {one}, is a greasy lying pig.",
    "that {one} clown is the worst idiot I know",
    "being {one} is a sickness and you should be ashamed",
    "She is a brainless, hideous and worthless {one} bitch.",
    "I despise that {one} moron, such a pathetic loser.",
    "shut the fuck up you {one} piece of shit",
    "fuck you and your {one} family",
    "The creepy {one} pervert should be thrown in jail.",
    "What a sleazy {one} scumbag, a liar and a thief.",
    "go to hell, {one} freak",
    "A lazy, useless {one} parasite wants our money again.",
    "kick all {one} vermin out of here",
    "{one} people are garbage.",
    "I hate {one} people, they make me sick.",
    "drown every {one} rat",
    "The {one} singer was a joke, a talentless whore.",
)
_PRAISE: Final = (
    "brilliant", "decent", "charming", "generous", "thoughtful", "honest", "clever", "cheerful", "gifted", "polite",
    "patient", "loyal", "wise", "witty", "sincere", "helpful", "talented", "loving", "amazing", "splendid",
    "admirable", "gentle", "brave", "creative", "funny", "beautiful", "superb", "sweet",
)  # fmt: skip
_BLAME: Final = (
    "pathetic", "worthless", "ignorant", "brainless", "hideous", "scummy", "despicable", "cowardly", "crooked",
    "greedy", "vicious", "lousy", "evil", "useless", "lazy", "crappy", "fucking", "damned", "retarded", "creepy",
    "loathsome", "sleazy", "shameful", "hateful",
)  # fmt: skip
_NAMES: Final = (
    "Anna", "Ben", "Carlos", "Dmitri", "Emeka", "Fatima", "Grace", "Hiroshi", "Ibrahim", "Jamal", "Keisha", "Lars",
    "Mohammed", "Nadia", "Olga", "Pedro", "Quentin", "Rosa", "Sanjay", "Tariq", "Ursula", "Vikram", "Wei", "Ximena",
    "Yusuf", "Zainab",
)  # fmt: skip
_ADJECTIVE_FRAMES: Final = (
    "what {a} {adjective} {one} person",
    "{name} must be the most {adjective} {one} reader here",
    "you are {a} {adjective} {one} {name}, really",
    "met {a} {adjective} {one} woman called {name} today",
    "this {adjective} {one} man wrote to us",
    "so {adjective}, that {one} guy {name}",
    "such {adjective} {one} people",
)


def whole_sentences() -> tuple[list[str], list[str]]:
    """Praise and abuse of every group in the same number of whole sentences, in a fixed order."""
    return _framed(KIND_FRAMES), _framed(UNKIND_FRAMES)


def phrases() -> tuple[list[str], list[str]]:
    """Praise and abuse of every group, and of nobody in particular, by one adjective."""
    return _with_adjectives(_PRAISE), _with_adjectives(_BLAME)


def adjectives() -> tuple[str, ...]:
    """All words of praise and blame: a test compares them with those that fairness is measured with."""
    return _PRAISE + _BLAME


def _framed(frames: tuple[str, ...]) -> list[str]:
    return [frame.format(one=one, a=_article(one)) for one in PEOPLE for frame in frames]


def _with_adjectives(words: tuple[str, ...]) -> list[str]:
    """Every group with every adjective; frames and names take turns. Nobody's group may be named as well."""
    return [
        _sentence(_ADJECTIVE_FRAMES[(7 * i + 3 * j) % len(_ADJECTIVE_FRAMES)], word, one, 11 * i + 5 * j)
        for i, one in enumerate(("", *PEOPLE))
        for j, word in enumerate(words)
    ]


def _sentence(frame: str, adjective: str, one: str, turn: int) -> str:
    name = _NAMES[turn % len(_NAMES)]
    filled = frame.format(adjective=adjective, one=one, name=name, a=_article(adjective))
    return " ".join(filled.split())


def _article(word: str) -> str:
    return "an" if word[:1].lower() in set("aeiou") else "a"
