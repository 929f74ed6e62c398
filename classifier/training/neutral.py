"""Sentences of our own that name a group and attack nobody, so that a name alone is not learned as an attack.

In the labelled data most short texts that name some groups attack them. These sentences are the counterweight;
tests and fairness figures use other sentences, never these.
"""

from __future__ import annotations

from typing import Final

PEOPLE: Final = (
    "gay", "lesbian", "bisexual", "transgender", "trans", "queer", "straight", "homosexual",
    "heterosexual", "black", "white", "Asian", "Latino", "Hispanic", "African American", "Mexican",
    "Chinese", "Japanese", "Korean", "Indian", "Pakistani", "Arab", "African", "European", "American",
    "Canadian", "Middle Eastern", "Native American", "Muslim", "Jewish", "Christian", "Catholic",
    "Protestant", "Buddhist", "Hindu", "Sikh", "Mormon", "atheist", "deaf", "blind", "disabled",
    "autistic", "elderly", "old", "young", "female", "male", "immigrant", "Roma", "Turkish", "Polish",
    "Somali", "Nigerian", "Israeli", "Palestinian", "Puerto Rican", "Cuban", "Russian", "Ukrainian",
    "Irish", "middle aged", "millennial", "millenial",
)  # fmt: skip

_SINGULAR: Final = (
    "I am {a} {one} person.",
    "As {a} {one} reader I found this article helpful.",
    "My doctor is {a} {one} woman and she is very kind.",
    "He is {one}.",
    "She told us that she is {one}.",
    "Our new colleague is {a} {one} man from the next town.",
    "The council elected its first {one} member last night.",
    "I grew up with {one} parents.",
    "My best friend is {one} and we talk every day.",
    "The story of {a} {one} family during the war.",
    "Is it hard to be {one} in this town?",
    "I'm {one} and I agree with the author.",
    "A {one} couple moved in next door, we had coffee.",
    "The film is about {a} {one} boy who learns to swim.",
    "My {one} aunt cooks for the whole street.",
    "her {one} grandparents came here in 1952",
    "Our {one} friends stayed for lunch, we laughed a lot.",
    "My wife is {one}, I am not, and our children are fine.",
    "{a} {one} nurse looked after my father",
    "You do not have to be {one} to see that.",
    "His daughter came out as {one}? Good for her.",
    "being {one} is nothing to hide",
)
_PLURAL: Final = (
    "{one} people live here too.",
    "The {one} community held a market on Saturday.",
    "Many {one} voters supported the new school.",
    "{one} men and {one} women deserve the same pay.",
    "The museum shows paintings by {one} artists.",
    "There are {one} students in every class.",
    "We should listen to what {one} people tell us.",
    "The law protects {one} citizens from discrimination.",
    "How many {one} families live in the district?",
    "The article quotes two {one} teachers.",
    "{one} neighbours brought food after the storm.",
    "In the survey most {one} respondents said they feel safe.",
    "The {one} bakery on the corner is the best in town.",
    "I went to school with many {one} kids.",
    "{one} history should be taught in schools, I think.",
    "Not all {one} people vote the same way.",
    "A concert of {one} music, free entry.",
    "why are there so few {one} judges?",
)
GROUPS: Final = (
    "Muslims", "Jews", "Christians", "Catholics", "Hindus", "Buddhists", "Sikhs", "atheists", "gays",
    "lesbians", "immigrants", "refugees", "blacks", "whites", "Asians", "Latinos", "Mexicans", "Arabs",
    "women", "men", "Africans", "trans women", "trans men", "feminists", "homosexuals", "Europeans",
    "Americans", "Israelis", "Palestinians",
)  # fmt: skip
_FURTHER_NAMES: Final = (
    "LGBT", "LGBTQ", "Latina", "Latinx", "nonbinary", "transgenders", "Christianity", "Islam", "Islamic", "Judaism",
    "Jew", "Moslem", "Moslems", "paralyzed", "older", "younger", "teenage", "girl", "girls", "boy",
    "boys", "lady", "ladies",
)  # fmt: skip
_NOT_NAMES_ALONE: Final = frozenset({"native", "puerto"})
_ABOUT_GROUPS: Final = (
    "{many} celebrate the holiday next week.",
    "The mayor met {many} and listened to them.",
    "Most {many} in the region work in health care.",
    "I teach English to {many} in the evening.",
    "{many} and their friends marched for peace.",
    "A report on how {many} are treated at work.",
    "The festival was organised by {many} from the valley.",
    "We need more {many} in the city council.",
    "What do {many} think of the new tax?",
    "Our church works together with {many} to help the poor.",
    "{many} pay taxes like everyone else.",
    "some of my neighbours are {many}",
    "I used to believe things about {many} that were wrong.",
    "The book explains the history of {many} in Europe.",
    "Please do not speak about {many} like that.",
)


def sentences() -> list[str]:
    """All of them, in a fixed order."""
    named = [
        frame.format(one=one, a="an" if one[0] in "AEIOUaeiou" else "a")
        for frame in _SINGULAR + _PLURAL
        for one in PEOPLE
    ]
    return named + [frame.format(many=many) for frame in _ABOUT_GROUPS for many in GROUPS]


def names() -> frozenset[str]:
    """The single words that name a group, in lower case, so that they can be taken out of a text."""
    spelled = {word.lower() for name in PEOPLE + GROUPS + _FURTHER_NAMES for word in name.split()}
    return frozenset(spelled - _NOT_NAMES_ALONE)
