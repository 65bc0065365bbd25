"""Whether the words between an English cue and a concept leave the concept the object of the cue."""

import re

from renzhi.ingest_docs.cues import Cue

_ELSEWHERE = re.compile(
    r"[;:.!?()\"“”]|, |\b(?:which|while|but|because|although|from|during|through|via|using|with|without|by|for|at|after|before|when|where|than|"
    r"since|that|who|if|unless|until|against)\b"
)
"""After one of these what follows is no object of the verb ("reduce waste from outages")."""
_HARM = (
    r"(?:risks?|impacts?|effects?|damages?|losses|loss|harm|threats?|dangers?|likelihood|chances?|probability|severity|intensity|frequency|"
    r"extent|magnitude|amount|number|incidence|incidents?|occurrences?|consequences|costs|rates?|levels?|concentrations?|spread|burden|"
    r"hazards?|degree|potential|vulnerability|episodes?|events?|cases|pace|onset|duration|instances|periods)"
)
_OF_HARM = re.compile(
    rf"\b{_HARM}\s+(?:(?:posed|caused|created)\s+by|associated\s+with|related\s+to|from|to|by|of|for|in)\s", re.I
)
_PREPOSITION = re.compile(r"\b(?:of|in|to|on|over|into|between|among|within|across)\b", re.I)
_ELSEWHERE_IN = re.compile(
    r"\b(?<!increase )(?<!increases )(?<!rise )(?<!delays )(?<!disruptions )(?<!disruption )(?<!interruptions )(?<!failures )(?<!shift )"
    r"(?:in|on|across|within|over|among|between|throughout)\s",
    re.I,
)
_UNHARMED = re.compile(
    r"\b(?:financial|fiscal|insurance|credit|health care|ability|capacity|resilience|resiliency|protection|preparedness|awareness|reliance|"
    r"dependence|dependency|cost|costs|premiums?|time|budgets?|need|needs|demand|access|use|funding|barriers?|standards?|understanding|"
    r"opportunities|attention|investments?)\b",
    re.I,
)
_LESS = re.compile(
    r"\b(?:fewer|less|lower|lesser|reduced|decreased|smaller|diminished|reductions?|declines?|decreases?|absence|lack|prevention|"
    r"avoidance|mitigation|end|improved|better|restored)\b",
    re.I,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|can|could|will|would|may|might|must|should|shall|has|have|had|help|helps|to)\b", re.I
)


def is_object(between: str, cue: Cue) -> bool:
    """Whether what follows `between` is what the cue acts on, or, for a reversed cue, what it names as the cause.

    "Reduce the risk of", "threaten the health of" reach on; "reduce reliance on", "lead to fewer", "limit the ability
    to withstand" do not.
    """
    plain = _OF_HARM.sub(" ", between)
    if _ELSEWHERE.search(plain):
        return False
    if cue.reverse:
        return not _VERB.search(plain) and not _LESS.search(plain) and not _is_another_cause(plain)
    if _LESS.search(plain):
        return False
    if cue.family in ("reduce", "worsen", "raise"):
        return not _UNHARMED.search(plain) and not _PREPOSITION.search(plain)
    return not _VERB.search(plain) and not _UNHARMED.search(between) and not _ELSEWHERE_IN.search(plain)


def _is_another_cause(between: str) -> bool:
    """ "Due to the number of people in flood areas": what causes is the noun before the preposition."""
    found = re.search(r"\b(\w+) (?:of|in|to|on|for|within|across)\b", between)
    return bool(found) and not re.fullmatch(
        r"combination|force|series|mix|set|increase|rise|impact|proximity|exposure", str(found and found[1])
    )
