"""Reads relations between the concepts of one sentence: the nearest on both sides of a cue, and nothing further away."""

import re
from dataclasses import dataclass

from renzhi.graph.model import Lang, Modality
from renzhi.ingest_docs.cues import Cue, Family, find_cues
from renzhi.ingest_docs.phrases import Sentence, Spot, spots_of
from renzhi.ingest_docs.standing import is_denied, modality_of
from renzhi.ontology.model import Mention, Vocabulary, kind_of

RELATIONS: dict[Family, tuple[str, ...]] = {
    "cause": ("triggers", "leads_to", "affects", "increases_probability", "aggravates", "may_worsen"),
    "worsen": ("aggravates", "may_worsen"),
    "raise": ("increases_probability", "aggravates", "may_worsen"),
    "reduce": ("mitigates",),
    "affect": ("affects",),
}
"""The first that the vocabulary allows between the two concepts is meant."""
NEAR = {"zh": 20, "en": 40}
FAR = {"zh": 16, "en": 60}
"""Characters between a concept and the cue; beyond, the sentence is too winding to be read by rules."""

_GOES_ON_ZH = re.compile(
    r"^(?:并且?|进而|从而|进一步|由此|还|又|也|最终|甚至|因而|随后|继而|直接|间接|可能|会|将|已|可以?|能够?|以|来|有效|明显|显著|大幅|大大|"
    r"同时|严重|极?易|容易|往往|未能?|没有|并未|不会|旨在|有助于|有利于|用于|其|这|此|该|再|分别|相继|迅速|一度|曾)*$"
)
_SAME_SUBJECT_ZH = re.compile(r"并|还|又|也|同时")
_GOES_ON_EN = re.compile(
    r"^\s*(?:and|but|which|that|this|these|it|they|thereby|thus|then|in turn|also|further|therefore|hence|eventually|ultimately|subsequently|directly|"
    r"indirectly|can|could|may|might|will|would|has|have|had|is|are|was|were|been|be|not|never|did|does|do|often|typically|usually|generally|likely|to|"
    r"significantly|greatly|severely|seriously|sharply|partly|mainly|largely|primarily|mostly|so|as|only|helps?|helped|quickly|sometimes|commonly|both|"
    r"already|later|soon|expected|projected|known|plans?|designed|meant|aims?|seeks?|intended|failed|fails|without)?"
    r"(?:\s+(?:and|but|which|that|then|in turn|also|further|therefore|eventually|can|could|may|might|will|would|has|have|had|is|are|was|were|been|be|not|"
    r"never|did|does|do|often|typically|usually|generally|likely|to|significantly|greatly|severely|seriously|partly|mainly|largely|primarily|mostly|"
    r"helps?|helped|quickly|already|later|directly|expected|projected|designed|meant|intended|subsequently|thereby|thus))*\s*$",
    re.I,
)
_JOINT_EN = re.compile(r", |\b(?:and|but|or|while|which|that|as)\b")
_SAME_SUBJECT_EN = re.compile(r"(?:and|but|or)\b(?!\s+(?:which|that|this|these))", re.I)
_OF_HARM_EN = re.compile(r"\b(?:risks?|impacts?|effects?|damages?|losses|loss|harm|threats?)\s+(?:from|to|by)\b", re.I)
_ELSEWHERE_EN = re.compile(
    r"[;:.!?()]|, |\b(?:which|while|but|because|although|from|during|through|via|using|with|without|by|for|at|after|before|when|where|than|since)\b"
)
"""After one of these what follows is no object of the verb ("reduce waste from outages")."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One relation as a sentence states it; the mentions carry the offsets."""

    subject: Mention
    relation: str
    object: Mention
    modality: Modality
    score: float


@dataclass(frozen=True, slots=True)
class _Pair:
    """Causes and effects of one cue; each entry of `causes` lists readings in order of preference."""

    cue: Cue
    causes: list[list[Spot]]
    effects: list[list[Spot]]
    elsewhere: bool = False
    """The cause was taken from another clause."""


def read_relations(sentence: str, mentions: list[Mention], *, lang: Lang, vocabulary: Vocabulary) -> list[Reading]:
    """The relations the sentence states, in the order of its cues; none where it denies, asks or only may be read so."""
    spots = spots_of(mentions)
    cues = [c for c in find_cues(sentence, lang) if not any(s.start <= c.start and c.end <= s.end for s in spots)]
    read = Sentence(sentence, lang, spots, tuple(cues))
    found: list[Reading] = []
    for pair in _pairs(read):
        found += [one for one in _readings(read, pair, found, vocabulary) if one not in found]
    return found


def _pairs(read: Sentence) -> list[_Pair]:
    found: list[_Pair] = []
    for cue in read.cues:
        pair = _chinese(read, cue, found) if read.lang == "zh" else _english(read, cue, found)
        if pair and pair.causes and pair.effects:
            found.append(pair)
    return found + (_without_verb(read) if read.lang == "zh" else [])


def _readings(read: Sentence, pair: _Pair, before: list[Reading], vocabulary: Vocabulary) -> list[Reading]:
    found: list[Reading] = []
    for causes in pair.causes:
        for effects in pair.effects:
            match = next(
                (
                    (c, r, e, cs, es)
                    for cs in causes
                    for es in effects
                    for c in cs.mentions
                    for e in es.mentions
                    if (r := _relation(pair.cue, c, e, vocabulary))
                ),
                None,
            )
            if match is None:
                continue
            cause, relation, effect, cause_spot, effect_spot = match
            if is_denied(
                read.text,
                pair.cue,
                lang=read.lang,
                cause_start=cause_spot.start,
                cause_end=cause_spot.end,
                effect_start=effect_spot.start,
            ):
                continue
            modality = _modality(read, pair, cause_spot, effect_spot, cause, before)
            found.append(
                Reading(cause, relation, effect, modality, _score(read, pair, cause_spot, effect_spot, cause, effect))
            )
    return found


def _relation(cue: Cue, cause: Mention, effect: Mention, vocabulary: Vocabulary) -> str | None:
    for relation in RELATIONS[cue.family]:
        # "Sea walls caused …" a system is no side effect that the vocabulary knows; only a verb of harm says it.
        if relation == "affects" and cue.family == "cause" and kind_of(cause.concept) == "measure":
            continue
        if vocabulary.allows(cause.concept, relation, effect.concept):
            return relation
    return None


def _modality(
    read: Sentence, pair: _Pair, cause: Spot, effect: Spot, mention: Mention, before: list[Reading]
) -> Modality:
    cue = pair.cue
    near = max([s.end for s in (cause, effect) if s.end <= cue.start] + [read.clause_start(cue.start)])
    carried = (
        before[-1].modality if before and pair.elsewhere and (cue.tense == "participle" or read.lang == "zh") else None
    )
    return modality_of(
        read.text,
        cue,
        lang=read.lang,
        of_measure=kind_of(mention.concept) == "measure",
        near_start=near,
        before=carried,
    )


def _score(read: Sentence, pair: _Pair, cause: Spot, effect: Spot, *mentions: Mention) -> float:
    gaps = [max(pair.cue.start - s.end, s.start - pair.cue.end) for s in (cause, effect)]
    less = [pair.elsewhere, max(gaps) > NEAR[read.lang], any(m.use == "context" for m in mentions), pair.cue.reverse]
    return round(0.9 - 0.1 * sum(less), 1)


# -- Chinese


def _chinese(read: Sentence, cue: Cue, before: list[_Pair]) -> _Pair | None:
    effects = _effects_zh(read, cue)
    turned = _turned(read, cue, effects)
    if turned or not effects:
        return turned
    start = read.clause_start(cue.start)
    inside = [s for s in read.before(cue.start) if s.start >= start]
    if inside:
        near = inside[-1]
        if cue.start - near.end > FAR["zh"] or read.has_cue(near.end, cue.start):
            return None
        return _Pair(cue, [[s] for s in read.with_list(near, rightwards=False)], effects)
    return _elsewhere_zh(read, cue, start, effects, before)


def _elsewhere_zh(read: Sentence, cue: Cue, start: int, effects: list[list[Spot]], before: list[_Pair]) -> _Pair | None:
    """The cause of a clause that begins with its verb: what the clause before ended with, or its subject after 并, 还."""
    opening = read.text[start : cue.start].strip()
    earlier = [s for s in read.before(start) if s.start >= read.clause_start(start - 1)]
    if not _GOES_ON_ZH.match(opening) or not earlier:
        return None
    if before and _SAME_SUBJECT_ZH.search(opening):
        return _Pair(cue, before[-1].causes, effects, elsewhere=True)
    measures = [s for s in earlier if any(kind_of(m.concept) == "measure" for m in s.mentions)]
    wanted = measures[-1] if cue.family == "reduce" and measures else earlier[-1]
    return _Pair(cue, [[s] for s in read.with_list(wanted, rightwards=False)], effects, elsewhere=True)


def _effects_zh(read: Sentence, cue: Cue) -> list[list[Spot]]:
    limit = read.clause_end(cue.end)
    inside = [s for s in read.after(cue.end) if s.end <= limit]
    if not inside or inside[0].start - cue.end > FAR["zh"] or read.has_cue(cue.end, inside[0].start):
        return []
    first = inside[0]
    later = next((c for c in read.cues if c.start >= first.end and c.end <= limit), None)
    if later and later.attributive and cue.family in ("reduce", "worsen"):
        # `减少暴雨造成的内涝`: the inundation is reduced, not the rain.
        heads = [s for s in inside if s.start >= later.end]
        return [[s] for s in _listed(read, heads[0], limit)] if heads else []
    if later and cue.family == "reduce":
        return []
    return [[s] for s in _listed(read, first, limit)]


def _listed(read: Sentence, first: Spot, limit: int) -> list[Spot]:
    return [read.head_rightwards(s, limit) for s in read.with_list(read.head_rightwards(first, limit), rightwards=True)]


def _turned(read: Sentence, cue: Cue, after: list[list[Spot]]) -> _Pair | None:
    """`内涝由暴雨引发`, `由暴雨引发的内涝`, `道路被洪水冲毁`: the cause stands between 由 or 被 and the verb."""
    start = read.clause_start(cue.start)
    mark = next((m for m in reversed(list(re.finditer(r"由(?!于)|被|遭", read.text[start : cue.start])))), None)
    if mark is None:
        return None
    causes = [s for s in read.before(cue.start) if s.start >= start + mark.end()]
    if not causes or cue.start - causes[-1].end > 6:
        return None
    turned = Cue(cue.start, cue.end, cue.family, reverse=True, attributive=cue.attributive)
    effects = after if cue.attributive else [[s] for s in read.before(start + mark.start())[-1:] if start - s.end <= 6]
    return _Pair(turned, [[s] for s in read.with_list(causes[-1], rightwards=False)], effects) if effects else None


def _without_verb(read: Sentence) -> list[_Pair]:
    """`因暴雨而停运`, `由于暴雨，城区发生内涝`, `受台风影响，多地停电`: no verb of causing stands between the two."""
    found: list[_Pair] = []
    for mark in re.finditer(r"因为?(?!此|而|素|地|果)|由于|受", read.text):
        causes = [s for s in read.after(mark.end()) if s.start - mark.end() <= 8][:1]
        if not causes:
            continue
        listed = read.with_list(causes[0], rightwards=True)
        link = re.match(
            r"(?:的?影响|而|等?影响|天气)?[，,]?" if mark[0] != "受" else r"(?:等|天气)?(?:的)?影响[，,]?",
            read.text[listed[-1].end :],
        )
        if not link or not link[0]:
            continue
        end = listed[-1].end + link.end()
        effects = [s for s in read.after(end) if s.start - end <= FAR["zh"] and s.end <= read.clause_end(end)][:1]
        if (
            effects
            and not read.has_cue(mark.end(), effects[0].start)
            and not read.has_cue(effects[0].end, read.clause_end(effects[0].end))
        ):
            cue = Cue(end, end, "cause")
            heads = _listed(read, effects[0], read.clause_end(end))
            found.append(_Pair(cue, [[s] for s in listed], [[s] for s in heads], elsewhere=True))
    return found


# -- English


def _english(read: Sentence, cue: Cue, before: list[_Pair]) -> _Pair | None:
    voiced = _voiced(read, cue)
    right = _right_en(read, voiced) if voiced else []
    if not voiced or not right:
        return None
    left, elsewhere = _left_en(read, voiced, before)
    if voiced.reverse:
        if left:
            return _Pair(voiced, [[s] for s in right], left, elsewhere)
        return _fronted(read, voiced, right)
    return _Pair(voiced, left, [[s] for s in right], elsewhere) if left else None


def _voiced(read: Sentence, cue: Cue) -> Cue | None:
    """The cue, turned round where it is passive ("exacerbated in places by"); None for a passive without its cause."""
    if cue.reverse or cue.tense != "past" or read.text[: cue.end].endswith((" to", " in", " off", " about")):
        return cue
    by = re.compile(r"[^,;:.()]{0,40}?\bby\s").match(read.text, cue.end)
    first = next(iter(read.after(cue.end)), None)
    if by and (first is None or by.end() <= first.start + 1):
        return Cue(cue.start, by.end(), cue.family, reverse=True, tense="participle")
    passive = re.search(r"\b(?:is|are|was|were|been|be|being)(?: \w+ly)?\s*$", read.text[: cue.start], re.I)
    return None if passive else cue


def _right_en(read: Sentence, cue: Cue) -> list[Spot]:
    first = next(iter(read.after(cue.end)), None)
    if first is None:
        return []
    between = read.text[cue.end : first.start]
    if (
        len(between) > FAR["en"]
        or _ELSEWHERE_EN.search(_OF_HARM_EN.sub("", between))
        or read.has_cue(cue.end, first.start)
    ):
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


def _left_en(read: Sentence, cue: Cue, before: list[_Pair]) -> tuple[list[list[Spot]], bool]:
    """What stands before the cue, each with its possible heads; and whether another clause had to be asked."""
    near = next(iter(read.before(cue.start)[::-1]), None)
    if near is None or any(near.end <= c.start and c.end <= cue.start for c in read.cues):
        return [], False
    between = read.text[near.end : cue.start]
    joints = list(_JOINT_EN.finditer(between))
    if len(between) > FAR["en"] or re.search(r"[;:.!?]", between):
        return [], False
    if joints and not cue.reverse:
        tail = between[joints[-1].start() :].strip(", ")
        if not _GOES_ON_EN.match(tail):
            return [], False
        if _SAME_SUBJECT_EN.match(tail) or re.search(r"\b(?:it|they)\b", tail, re.I):
            return (before[-1].causes, True) if before else ([], False)
        # A verb right after a comma goes on with another subject, unless the comma closes an insertion.
        closes = len([j for j in joints if j[0] == ", "]) > 1
        if (not tail and cue.tense != "participle" and not closes) or re.search(
            r"\b(?:and|to)\b", between[: joints[-1].start()]
        ):
            return [], False
    elif joints and not _GOES_ON_EN.match(between[joints[-1].start() :].strip(", ")):
        return [], False
    return [read.heads_leftwards(s) for s in read.with_list(near, rightwards=False)], bool(joints)


def _fronted(read: Sentence, cue: Cue, causes: list[Spot]) -> _Pair | None:
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
    return _Pair(cue, [[s] for s in causes], [[s] for s in read.with_list(head, rightwards=True)], elsewhere=True)
