"""The words that a disguised one may have been: swear words and slurs first, then what people often write.

`vocabulary.txt` holds words found in at least twenty labelled texts of at least three sources, most frequent first;
`python -m classifier vocabulary` makes it again. It holds words only, no text.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "vocabulary.txt"
LONGEST_WORD: Final = 18
FEWEST_TEXTS: Final = 20
FEWEST_SOURCES: Final = 3

# What people disguise. Those first in the list win where several fit: f*** is the first of four letters.
SENSITIVE: Final = (
    "fuck shit bitch cunt ass dick idiot moron stupid asshole fucking fucked fucker fuckers fuckin fucks "
    "motherfucker motherfuckers motherfucking bullshit shitty shithead shithole bitches bitchy cunts dicks dickhead "
    "nigger niggers nigga niggas faggot faggots fag fags retard retards retarded whore whores slut sluts slutty "
    "pussy pussies cock cocks cocksucker cocksuckers bastard bastards idiots idiotic morons moronic imbecile "
    "imbeciles dumb dumbass dumbasses stupidity assholes jackass asses asshat crap crappy damn goddamn piss pissed "
    "douche douchebag douchebags twat twats wanker wankers prick pricks tits titties boobs penis vagina porn "
    "rape raped rapist rapists kill killed killing murder die dies hate hated suck sucks sucker suckers loser "
    "losers scum scumbag scumbags trash garbage pathetic worthless disgusting filthy ugly fat pig pigs clown clowns "
    "fool fools foolish liar liars lying coward cowards cretin dolt dimwit halfwit nitwit dunce dummy ignorant "
    "ignoramus lunatic psycho crazy insane nuts maniac pervert perverts perverted pedo pedophile pedophiles "
    "nazi nazis fascist fascists racist racists bigot bigots terrorist terrorists traitor traitors thug thugs "
    "spic spics kike kikes chink chinks gook gooks wetback wetbacks paki pakis towelhead raghead coon coons "
    "tranny trannies dyke dykes homo homos queer queers gay gays lesbian jew jews muslim muslims libtard libtards "
    "cuck cucks snowflake trailer redneck rednecks hillbilly cracker crackers skank skanks hoe hoes thot thots "
    "bimbo tramp hag vermin parasite parasites rat rats snake cockroach cockroaches subhuman savages savage animals "
    "shut hell bloody bugger bollocks arse arsehole cum jizz blowjob handjob dildo anal anus sex sexy nude orgy "
    "suicide hang lynch shoot stab burn destroy exterminate deport stfu gtfo wtf kys"
).split()

_STAR: Final = ord("*")
_PLAIN_WORD: Final = re.compile(r"(?<![a-z0-9'@#*$])(?:[a-z]{2,18}|[aiu])(?![a-z0-9'*@$])")
_VOWELS: Final = bytes.maketrans(b"aeiou", b"*****")
_DOUBLE: Final = re.compile(rb"([a-z])\1+")
_RUN: Final = re.compile(rb"([a-z])\1*")
_UNKNOWN_LETTER: Final = 14.0  # nats; dearer than any known word, so letters stay alone only where no word fits


def spelled_alike(word: bytes) -> bytes:
    """The word as the normaliser leaves it: doubled letters single, l as i. Words alike here are one word to us."""
    return _DOUBLE.sub(rb"\1", word).replace(b"l", b"i")


@cache
def words() -> tuple[bytes, ...]:
    """All known words, those that people disguise first."""
    common = FILE.read_bytes().split()
    return tuple(dict.fromkeys([*(word.encode() for word in SENSITIVE), *common]))


@cache
def _known() -> frozenset[bytes]:
    return frozenset(map(spelled_alike, words()))


@cache
def _sensitive() -> frozenset[bytes]:
    return frozenset(spelled_alike(word.encode()) for word in SENSITIVE)


def is_known(word: bytes) -> bool:
    """Whether this is a word, however its letters are doubled."""
    return spelled_alike(word) in _known()


def is_sensitive(word: bytes) -> bool:
    """Whether this is a word that people disguise."""
    return spelled_alike(word) in _sensitive()


@cache
def _alike() -> dict[bytes, list[bytes]]:
    return _grouped((_DOUBLE.sub(rb"\1", word), word) for word in words())


def unstretched_word(word: bytes) -> bytes:
    """The word behind idiooot or iiddiioott; an unknown one with every letter once if all were doubled."""
    single = _DOUBLE.sub(rb"\1", word)
    runs = _runs(word)
    for candidate in _alike().get(single, ()):
        if all(meant <= written for meant, written in zip(_runs(candidate), runs, strict=True)):
            return candidate
    return single if min(runs) > 1 else word


def _runs(word: bytes) -> list[int]:
    """How often each letter stands in a row."""
    return [len(run.group()) for run in _RUN.finditer(word)]


@cache
def _by_consonants() -> dict[bytes, list[bytes]]:
    return _grouped((word.translate(_VOWELS), word) for word in words())


@cache
def _by_ends() -> dict[tuple[int, int, int], list[bytes]]:
    return _grouped(((len(word), word[0], word[-1]), word) for word in words() if len(word) > 2)


@cache
def _sensitive_by_ends() -> dict[tuple[int, int, int], list[bytes]]:
    return _grouped(((len(word), word[0], word[-1]), word) for word in map(str.encode, SENSITIVE))


@cache
def _sensitive_by_beginning() -> dict[tuple[int, int], list[bytes]]:
    return _grouped(((len(word), word[0]), word) for word in map(str.encode, SENSITIVE))


def _grouped(pairs: Iterable[tuple[object, bytes]]) -> dict:  # type: ignore[type-arg]
    groups: dict[object, list[bytes]] = defaultdict(list)
    for key, word in pairs:
        groups[key].append(word)
    return dict(groups)


def uncensored(word: bytes) -> bytes | None:
    """The word behind f*ck, id**t or s***: letters and stars in, the first known word that fits out.

    What people disguise comes first, then words with vowels where the stars are, then any with the same ends.
    """
    ends, beginning = (len(word), word[0], word[-1]), (len(word), word[0])
    for candidates in (
        _sensitive_by_ends().get(ends, ()),
        _by_consonants().get(word.translate(_VOWELS), ()),
        _by_ends().get(ends, ()),
        _sensitive_by_beginning().get(beginning, ()),
    ):
        for candidate in candidates:
            if _fits(word, candidate):
                return candidate
    return None


def _fits(word: bytes, candidate: bytes) -> bool:
    return all(seen in (_STAR, meant) for seen, meant in zip(word, candidate, strict=True))


@cache
def _costs() -> dict[bytes, float]:
    """How unlikely each word is, in nats, by Zipf's law from its place in the file."""
    common = FILE.read_bytes().split()
    costs = {word: math.log(rank + 10) + 2.2 for rank, word in enumerate(common)}
    for word in SENSITIVE:
        costs[word.encode()] = min(costs.get(word.encode(), 9.0), 9.0)
    return {word: cost for word, cost in costs.items() if len(word) > 1 or word in (b"a", b"i", b"u")}


def segmented(letters: bytes) -> list[bytes]:
    """Letters without spaces, cut into the likeliest words; what no word covers stays together."""
    costs = _costs()
    best = [0.0] + [math.inf] * len(letters)
    came_from = [0] * (len(letters) + 1)
    for end in range(1, len(letters) + 1):
        best[end], came_from[end] = best[end - 1] + _UNKNOWN_LETTER, end - 1
        for start in range(max(0, end - LONGEST_WORD), end):
            cost = costs.get(letters[start:end])
            if cost is not None and best[start] + cost < best[end]:
                best[end], came_from[end] = best[start] + cost, start
    return _together(_cut(letters, came_from))


def _cut(letters: bytes, came_from: list[int]) -> list[bytes]:
    parts, end = [], len(letters)
    while end:
        parts.append(letters[came_from[end] : end])
        end = came_from[end]
    return parts[::-1]


def _together(parts: list[bytes]) -> list[bytes]:
    """Join neighbouring letters that are no words: they are a name, or a word nobody told us."""
    joined: list[bytes] = []
    for is_word, group in groupby(parts, _costs().__contains__):
        letters = list(group)
        joined += letters if is_word else [b"".join(letters)]
    return joined


def frequent(texts: Iterable[str], sources: Iterable[str]) -> list[str]:
    """Words found in enough texts and sources to be words and not names; most frequent first."""
    counts: Counter[str] = Counter()
    seen_in: dict[str, set[str]] = defaultdict(set)
    for text, source in zip(texts, sources, strict=True):
        for word in set(_PLAIN_WORD.findall(text.lower())):
            counts[word] += 1
            seen_in[word].add(source)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    return [word for word in ranked if counts[word] >= FEWEST_TEXTS and len(seen_in[word]) >= FEWEST_SOURCES]
