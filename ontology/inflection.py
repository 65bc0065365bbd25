"""English word forms: one key for the inflections of a word, made only where no other word can be meant."""

from functools import lru_cache

# -ed and -ing are undone for these alone. Left out on purpose: verbs whose forms are words of their own in this field
# (heat and heating, build and building, train and training, drill and drilling, pond and ponding, warn and warning).
_VERBS_IN_USE = """
abandon block breach break buckle burn burst cancel choke clog close collapse contaminate crack cut damage decline
deforest degrade delay depave desertify destroy die displace disrupt drown dry elevate encroach erode evacuate
exceed fail fill float flood forecast harden heed hospitalise hospitalize ignore injure insulate interrupt inundate
isolate kill knock leak live lose maroon melt migrate overcrowd overflow overheat overload overtop overwhelm pave
pollute raise ration reclaim recycle reduce relocate rescue resettle restore restrict retreat retrofit reuse rip
rise ruin run rupture seal shade shrink shut silt slip snap soften spill sprawl spray spread stop strand subdivide
submerge subside suspend swamp thaw topple trap turn undersize upgrade uproot wash waterlog
"""
_VERBS = frozenset(_VERBS_IN_USE.split())
_IRREGULAR = {
    "broke": "break", "broken": "break", "brought": "bring", "buses": "bus", "children": "child", "crises": "crisis",
    "fallen": "fall", "fell": "fall", "gases": "gas", "gone": "go", "goes": "go", "going": "go", "life": "live",
    "lost": "lose", "men": "man", "people": "person", "ran": "run", "risen": "rise", "shrank": "shrink",
    "shrunk": "shrink", "shrunken": "shrink", "went": "go", "women": "woman", "dying": "die",
    # The noun of the act: "schools closed" is a school closure.
    "cancellation": "cancel", "closure": "close", "contamination": "contaminate", "destruction": "destroy",
    "disruption": "disrupt", "failure": "fail", "interruption": "interrupt", "inundation": "inundate", "loss": "lose",
    "suspension": "suspend",
}  # fmt: skip
# Words whose singular is another word (blind, good, logistic) or that are no plurals.
_NO_PLURAL = frozenset(
    ["blinds", "diabetes", "drivers", "gas", "goods", "has", "logistics", "means", "news", "was", "works"]
)


def _singular(word: str) -> str:
    if len(word) < 4 or word in _NO_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "zes", "sses")) else word[:-1]


def _verb(word: str) -> str | None:
    for ending in ("ed", "ing"):
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 2:
            continue
        for base in (stem, stem + "e", stem[:-1], stem[:-1] + "y" if ending == "ed" and stem[-1] == "i" else ""):
            if base in _VERBS:
                return base
    return None


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """The key that the inflections of a lower-case English word share; the word itself where nothing is to be undone.

    >>> [fold_word(word) for word in ("outages", "cities", "flooded", "heating", "universities", "universal")]
    ['outage', 'city', 'flood', 'heating', 'university', 'universal']
    """
    return _IRREGULAR.get(word) or _verb(word) or _IRREGULAR.get(_singular(word)) or _singular(word)


def is_verb_form(word: str) -> bool:
    """Whether a lower-case word is the -ed or -ing form of a verb whose forms are folded.

    >>> is_verb_form("stranded"), is_verb_form("strands"), is_verb_form("heating")
    (True, False, False)
    """
    return _verb(word) is not None
