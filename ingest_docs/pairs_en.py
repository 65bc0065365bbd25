"""Causes and effects around the cues of an English sentence."""

import re
from dataclasses import replace

from renzhi.ingest_docs.cues import Cue
from renzhi.ingest_docs.objects import is_object
from renzhi.ingest_docs.pairs import FAR, NEAR, Pair
from renzhi.ingest_docs.phrases import Sentence, Spot
from renzhi.ontology.model import kind_of

_GOES_ON = re.compile(
    r"^\s*(?:and|but|which|that|this|these|it|they|thereby|thus|then|in turn|also|further|therefore|hence|eventually|ultimately|subsequently|directly|"
    r"indirectly|can|could|may|might|will|would|has|have|had|is|are|was|were|been|be|not|never|did|does|do|often|typically|usually|generally|likely|to|"
    r"significantly|greatly|severely|seriously|sharply|partly|mainly|largely|primarily|mostly|so|as|only|helps?|helped|quickly|sometimes|commonly|both|"
    r"\w+ly|already|later|soon|expected|projected|known|plans?|designed|meant|aims?|seeks?|intended|failed|fails|without)?"
    r"(?:\s+(?:and|but|which|that|then|in turn|also|further|therefore|eventually|can|could|may|might|will|would|has|have|had|is|are|was|were|been|be|not|"
    r"never|did|does|do|often|typically|usually|generally|likely|to|significantly|greatly|severely|seriously|partly|mainly|largely|primarily|mostly|"
    r"\w+ly|helps?|helped|already|later|directly|expected|projected|designed|meant|intended|subsequently|thereby|thus))*\s*$",
    re.I,
)
_APPOSED = re.compile(
    r"(?:most|many|some|all|both|half|largely|mainly|often|usually|partly|primarily|mostly|chiefly)(?: of (?:them|which|it|these))?"
    r"(?: (?:is|are|was|were))?",
    re.I,
)
_JOINT = re.compile(r", |\b(?:and|but|or|while|which|that|as)\b")
_SAME_SUBJECT = re.compile(r"(?:and|but|or)\b(?!\s+(?:which|that|this|these))", re.I)
_RELATIVE = re.compile(r"\s+(?:that|which|who)\s+(?!the\b|an?\b|our\b|their\b|these\b|such\b|this\b)[a-z]\w*")
_OPENING = re.compile(
    r"\s*(?:(?:[A-Z][\w.-]*:|[•\-–]|[\d.]+\)?)\s+)?(?:(?:the|a|an|these|such|this|our|more|most|many|severe|extreme|intense|major|frequent|recurrent|"
    r"widespread|recent|repeated|\d{4})\s+)*$",
    re.I,
)
_EVENT = re.compile(
    r"(?:flood(?:ing|s)?|damages?|outages?|loss(?:es)?|deaths?|injur(?:y|ies)|illness(?:es)?|closures?|failures?|erosion|fatalit(?:y|ies)|"
    r"disruptions?|surges?|subsidence|casualt(?:y|ies)|inundation|collapses?|pollution|contamination|landslides?|mortality|\bhomes|\broads|\bbuildings|\bproperty)$",
    re.I,
)
_FROM = re.compile(r"\s+from\s+(?:(?!the\b|\w+ing\b)[\w'-]+\s+){0,3}$")
_CAUSE_OF = re.compile(r"\b(?:causes?|drivers?|triggers?|sources?) (?:of|behind) (?:[\w'-]+ ){0,3}$", re.I)
_IS = re.compile(r"\s+(?:in [^,;.]{1,30} )?(?:is|are|was|were|remains?|include[sd]?)\s+(?:[\w'-]+\s+){0,3}$")


def english_pairs(read: Sentence) -> list[Pair]:
    """In the order of the cues; those of noun phrases ("damage from hail", "the main cause of … is") come last."""
    found: list[Pair] = []
    for cue in read.cues:
        pair = _pair(read, cue, found)
        if pair and pair.causes and pair.effects:
            found.append(pair)
    return found + _from(read) + _copular(read)


def _pair(read: Sentence, cue: Cue, before: list[Pair]) -> Pair | None:
    voiced = _voiced(read, cue)
    right = _right(read, voiced) if voiced else []
    if not voiced or not right:
        return None
    left, elsewhere = _left(read, voiced, before)
    if voiced.reverse:
        if left:
            return Pair(voiced, [[s] for s in right], left, elsewhere)
        return _fronted(read, voiced, right)
    return Pair(voiced, left, [[s] for s in right], elsewhere) if left else None


def _voiced(read: Sentence, cue: Cue) -> Cue | None:
    """The cue, turned round where it is passive ("exacerbated in places by"); None for a passive without its cause."""
    if cue.reverse or cue.tense != "past" or read.text[: cue.end].endswith((" to", " in", " about", " for")):
        return cue
    by = re.compile(r"[^,;:.()]{0,40}?\bby\s").match(read.text, cue.end)
    first = next(iter(read.after(cue.end)), None)
    if by and (first is None or by.end() <= first.start + 1):
        return replace(cue, end=by.end(), reverse=True, tense="participle")
    passive = re.search(
        r"\b(?:is|are|was|were|been|be|being|become|became)(?: \w+ly)?\s*$", read.text[: cue.start], re.I
    )
    return None if passive else cue


# -- what follows the cue


def _right(read: Sentence, cue: Cue) -> list[Spot]:
    first = next(iter(read.after(cue.end)), None)
    if first is None or read.has_cue(cue.end, first.start):
        return []
    between = read.text[cue.end : first.start]
    if len(between) > FAR["en"] or not is_object(between, cue):
        return []
    first = read.head_rightwards(first, len(read.text))
    listed = [read.head_rightwards(s, len(read.text)) for s in read.with_list(first, rightwards=True)]
    return [listed[0]] + [s for s in listed[1:] if not _is_subject(read, s)]


def _is_subject(read: Sentence, spot: Spot) -> bool:
    """Whether a verb of its own follows: "triggered flooding and landslides blocked roads"."""
    cue = next((c for c in read.cues if c.start >= spot.end), None)
    return bool(
        cue
        and not cue.reverse
        and cue.tense != "participle"
        and re.fullmatch(
            r"\s+(?:(?:can|could|may|might|will|would|also|then|later|has|have|had|did|not)\s+)*",
            read.text[spot.end : cue.start],
        )
    )


# -- what stands before it


def _left(read: Sentence, cue: Cue, before: list[Pair]) -> tuple[list[list[Spot]], bool]:
    """What stands before the cue, each with its possible heads; and whether another clause had to be asked."""
    near = next(iter(read.before(cue.start)[::-1]), None)
    if near is None:
        return [], False
    if verb := next((c for c in read.cues[::-1] if near.end <= c.start and c.end <= cue.start), None):
        return _with_verb_before(read, cue, verb, before)
    between = read.text[near.end : cue.start]
    joints = list(_JOINT.finditer(between))
    if len(between) > FAR["en"] or re.search(r"[;:.!?]", between):
        return [], False
    tail = between[joints[-1].start() :].strip(", ") if joints else ""
    if joints and cue.reverse:
        return _before_reverse(read, near, tail, before)
    if joints:
        return _before_joint(read, cue, near, joints, before)
    if not cue.reverse and cue.tense != "participle":
        if before and before[-1].cue.reverse and before[-1].cue.end <= near.start:
            return before[-1].effects, False  # "flooding due to rain causes": the rain is no subject
        near = _before_relative(read, near) or near
    return [read.heads_leftwards(s) for s in read.with_list(near, rightwards=False)], False


def _with_verb_before(read: Sentence, cue: Cue, verb: Cue, before: list[Pair]) -> tuple[list[list[Spot]], bool]:
    """ "X destroyed homes and shut down Y": the subject of the verb before, which needs no object that we know."""
    tail = re.search(r"\b(?:and|or|but)\b[^,;.:]*$", read.text[verb.end : cue.start])
    if (
        cue.reverse
        or verb.reverse
        or not tail
        or not _GOES_ON.match(tail[0])
        or re.search(r"[;:.]", read.text[verb.end : cue.start])
    ):
        return [], False
    return _left(read, verb, before)[0], True


def _before_reverse(read: Sentence, near: Spot, tail: str, before: list[Pair]) -> tuple[list[list[Spot]], bool]:
    """ "X caused by Y and worsened by Z": Z worsens X, what the participle before it speaks of."""
    if _SAME_SUBJECT.match(tail) and _GOES_ON.match(tail):
        return (before[-1].effects, True) if before and before[-1].cue.reverse else ([], False)
    listed = re.fullmatch(r"(?:and|or) [\w'-]+(?: [\w'-]+)?", tail)
    if not _GOES_ON.match(tail) and not _APPOSED.fullmatch(tail) and not listed:
        return [], False
    return [read.heads_leftwards(s) for s in read.with_list(near, rightwards=False)], True


def _before_joint(
    read: Sentence, cue: Cue, near: Spot, joints: list[re.Match[str]], before: list[Pair]
) -> tuple[list[list[Spot]], bool]:
    between = read.text[near.end : cue.start]
    tail = between[joints[-1].start() :].strip(", ")
    if not _GOES_ON.match(tail):
        return [], False
    if _SAME_SUBJECT.match(tail) or re.search(r"\b(?:it|they)\b", tail, re.I):
        same = before[-1].causes if before and not before[-1].cue.reverse else [[s] for s in _subject(read, cue)]
        return same, bool(same)
    # A verb right after a comma goes on with another subject, unless the comma closes an insertion.
    closes = len([j for j in joints if j[0] == ", "]) > 1
    if not tail and cue.tense != "participle" and not closes:
        return [], False
    if re.search(r"\b(?:and|to)\b", between[: joints[-1].start()]) or _is_far_from_pronoun(between, tail):
        return [], False
    fallback = _subject(read, cue) if cue.tense == "participle" else []
    return [read.heads_leftwards(s) + fallback for s in read.with_list(near, rightwards=False)], True


def _is_far_from_pronoun(between: str, tail: str) -> bool:
    """ "Funding for a programme of works that reduces": the pronoun stands for a nearer noun, which is no concept."""
    return tail.startswith("that") and len(between[: between.rfind("that")].split()) > 1


def _before_relative(read: Sentence, near: Spot) -> Spot | None:
    """ "Surfaces that trap heat intensify": the subject stands before the relative clause, which ends with `near`."""
    for owner in read.before(near.start)[::-1]:
        between = read.text[owner.end : near.start]
        if re.search(r"[,;:.]|\band\b", between) or len(between) > FAR["en"]:
            return None
        if _RELATIVE.match(between):
            return owner
    return None


def _subject(read: Sentence, cue: Cue) -> list[Spot]:
    """The subject that opens the sentence, where it is a hazard, a failure, a measure or a condition."""
    first = next((s for s in read.before(cue.start)), None)
    if first is None or not _OPENING.match(read.text[: first.start]):
        return []
    kinds = {kind_of(m.concept) for m in first.mentions}
    return [first] if kinds <= {"hazard", "impact", "measure", "factor"} else []


def _fronted(read: Sentence, cue: Cue, causes: list[Spot]) -> Pair | None:
    """ "Due to heavy rain, waterlogging occurred": the effect begins the next clause."""
    opening = read.text[read.clause_start(cue.start) : cue.start]
    if len(opening.split()) > 3:
        return None
    comma = re.compile(r"[^,;:.]{0,40}, ").match(read.text, causes[-1].end)
    if not comma:
        return None
    effects = [s for s in read.after(comma.end()) if s.start - comma.end() <= NEAR["en"]][:1]
    if (
        not effects
        or read.has_cue(comma.end(), effects[0].start)
        or re.search(r"[,;:.]", read.text[comma.end() : effects[0].start])
    ):
        return None
    head = read.head_rightwards(effects[0], len(read.text))
    return Pair(cue, [[s] for s in causes], [[s] for s in read.with_list(head, rightwards=True)], elsewhere=True)


# -- noun phrases


def _from(read: Sentence) -> list[Pair]:
    """ "Damage to homes from landslides": what happened, and after "from" what did it."""
    found: list[Pair] = []
    for effect, cause in zip(read.spots, read.spots[1:], strict=False):
        mark = _FROM.match(read.text[effect.end : cause.start])
        if not mark or not _EVENT.search(read.text[effect.start : effect.end]):
            continue
        kinds = {kind_of(m.concept) for m in effect.mentions}, {kind_of(m.concept) for m in cause.mentions}
        if not kinds[0] <= {"hazard", "impact"} or kinds[1] != {"hazard"} or _is_guarded(read, effect):
            continue
        cue = Cue(effect.end, cause.start, "cause", reverse=True, tense="participle")
        causes = read.with_list(cause, rightwards=True)
        found.append(Pair(cue, [[s] for s in causes if not _is_subject(read, s)], [[effect]]))
    return found


def _is_guarded(read: Sentence, effect: Spot) -> bool:
    """ "Protect homes from floods" and "recovery of roads from" state no harm."""
    return any(m.concept == "imp:displacement" for m in effect.mentions) or bool(
        re.search(
            r"\b(?:protect\w*|safe\w*|recover\w*|shield\w*|free|keep\w*|buffer\w*)\b[^.;]{0,60}$",
            read.text[: effect.start],
            re.I,
        )
    )


def _copular(read: Sentence) -> list[Pair]:
    """ "The main cause of power outages is falling trees": the effect stands before the verb."""
    found: list[Pair] = []
    for effect, cause in zip(read.spots, read.spots[1:], strict=False):
        if _CAUSE_OF.search(read.text[: effect.start]) and _IS.match(read.text[effect.end : cause.start]):
            cue = Cue(effect.end, cause.start, "cause", reverse=True)
            found.append(Pair(cue, [[s] for s in read.with_list(cause, rightwards=True)], [[effect]]))
    return found
