"""Causes and effects around the cues of a Chinese sentence."""

import re

from renzhi.ingest_docs.cues import Cue
from renzhi.ingest_docs.pairs import FAR, Pair
from renzhi.ingest_docs.phrases import Sentence, Spot
from renzhi.ontology.model import kind_of

_GOES_ON = re.compile(
    r"^(?:并且?|进而|从而|进一步|由此|还|又|也|最终|甚至|因而|随后|继而|直接|间接|可能|会|将|已|可以?|能够?|以|来|有效|明显|显著|大幅|大大|"
    r"同时|严重|极?易|容易|往往|未能?|没有|并未|不会|旨在|有助于|有利于|用于|其|这|此|该|再|分别|相继|迅速|一度|曾)*$"
)
_SAME_SUBJECT = re.compile(r"并|还|又|也|同时")
_MORE_LIKELY = re.compile(r"^[^，。；]{0,10}更(?:加)?(?:易|容易|可能|频繁)(?:遭受|发生|出现|受到|面临)?")
_OF_DAMAGE = re.compile(r"^了?(?:[^，。；]{0,6})(?:影响|破坏|损害|冲击|威胁|损失|危害)")
_HAS_EFFECT = re.compile(r"(?:具有|有|起到|起|发挥)了?[^，。；]{0,6}$")


def chinese_pairs(read: Sentence) -> list[Pair]:
    """In the order of the cues; those without a verb of causing come last."""
    found: list[Pair] = []
    for cue in read.cues:
        pair = _pair(read, cue, found)
        if pair and pair.causes and pair.effects:
            found.append(pair)
    return found + _without_verb(read) + _suffers(read) + _copular(read)


def _pair(read: Sentence, cue: Cue, before: list[Pair]) -> Pair | None:
    turned = _on(read, cue) or _turned(read, cue)
    if turned:
        return turned
    effects = _effects(read, cue)
    if not effects:
        return None
    family = "raise" if _is_making(read, cue) and _MORE_LIKELY.match(read.text[cue.end :]) else cue.family
    cue = Cue(cue.start, cue.end, family, attributive=cue.attributive)
    start = read.clause_start(cue.start)
    inside = [s for s in read.before(cue.start) if s.start >= start]
    if inside:
        near = inside[-1]
        if cue.start - near.end > FAR["zh"] or read.has_cue(near.end, cue.start):
            return None
        return Pair(cue, [[s] for s in read.with_list(near, rightwards=False)], effects)
    return _elsewhere(read, cue, start, effects, before)


def _is_making(read: Sentence, cue: Cue) -> bool:
    return read.text[cue.start] == "使"


def _elsewhere(read: Sentence, cue: Cue, start: int, effects: list[list[Spot]], before: list[Pair]) -> Pair | None:
    """The cause of a clause that begins with its verb: what the clause before ended with, or its subject after 并, 还."""
    opening = read.text[start : cue.start].strip()
    earlier = [s for s in read.before(start) if s.start >= read.clause_start(start - 1)]
    if not _GOES_ON.match(opening) or not earlier:
        return None
    if before and _SAME_SUBJECT.search(opening):
        return Pair(cue, before[-1].causes, effects, elsewhere=True)
    measures = [s for s in earlier if any(kind_of(m.concept) == "measure" for m in s.mentions)]
    wanted = measures[-1] if cue.family == "reduce" and measures else earlier[-1]
    return Pair(cue, [[s] for s in read.with_list(wanted, rightwards=False)], effects, elsewhere=True)


def _effects(read: Sentence, cue: Cue) -> list[list[Spot]]:
    limit = read.clause_end(cue.end)
    start = cue.end
    if _is_making(read, cue) and (likely := _MORE_LIKELY.match(read.text[cue.end :])):
        start += likely.end()
    inside = [s for s in read.after(start) if s.end <= limit]
    if not inside or inside[0].start - start > FAR["zh"] or read.has_cue(start, inside[0].start):
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


def _turned(read: Sentence, cue: Cue) -> Pair | None:
    """`内涝由暴雨引发`, `由暴雨引发的内涝`, `道路被洪水冲毁`: the cause stands between 由 or 被 and the verb."""
    start = read.clause_start(cue.start)
    mark = next((m for m in reversed(list(re.finditer(r"由(?!于)|被|遭", read.text[start : cue.start])))), None)
    if mark is None:
        return None
    causes = [s for s in read.before(cue.start) if s.start >= start + mark.end()]
    if not causes or cue.start - causes[-1].end > 6:
        return None
    turned = Cue(cue.start, cue.end, cue.family, reverse=True, attributive=cue.attributive)
    before = read.before(start + mark.start())[-1:]
    effects = _effects(read, cue) if cue.attributive else [[s] for s in before if start + mark.start() - s.end <= 6]
    return Pair(turned, [[s] for s in read.with_list(causes[-1], rightwards=False)], effects) if effects else None


def _on(read: Sentence, cue: Cue) -> Pair | None:
    """`洪水对道路造成破坏`, `绿地对热岛有缓解作用`: what is hit or eased stands between 对 and the verb."""
    start = read.clause_start(cue.start)
    mark = next(iter(re.finditer(r"对(?![于应外比])", read.text[start : cue.start])), None)
    if mark is None:
        return None
    place = start + mark.start()
    hit = [s for s in read.before(cue.start) if s.start >= place and s.start - place <= 12]
    causes = [s for s in read.before(place) if s.start >= start and place - s.end <= 8]
    if not hit or not causes or read.has_cue(place, cue.start):
        return None
    if cue.family == "cause" and _OF_DAMAGE.match(read.text[cue.end :]):
        cue = Cue(cue.start, cue.end, "affect")
    elif not (
        _HAS_EFFECT.search(read.text[hit[-1].end : cue.start])
        and re.match("的?(?:作用|效果|效应)", read.text[cue.end :])
    ):
        return None
    listed = read.with_list(hit[0], rightwards=True)
    return Pair(cue, [[s] for s in read.with_list(causes[-1], rightwards=False)], [[s] for s in listed])


def _without_verb(read: Sentence) -> list[Pair]:
    """`因暴雨而停运`, `由于暴雨，城区发生内涝`, `受台风影响，多地停电`: no verb of causing stands between the two."""
    found: list[Pair] = []
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
        effects = _after_link(read, mark.end(), end)
        if effects:
            found.append(Pair(Cue(end, end, "cause"), [[s] for s in listed], [[s] for s in effects], elsewhere=True))
    return found


def _after_link(read: Sentence, mark: int, end: int) -> list[Spot]:
    """What the clause after the cause names, and the failures that further clauses add to it."""
    limit = read.clause_end(end)
    first = [s for s in read.after(end) if s.start - end <= FAR["zh"] and s.end <= limit][:1]
    if not first or read.has_cue(mark, first[0].start) or read.has_cue(first[0].end, limit):
        return []
    found = _listed(read, first[0], limit)
    while read.text[limit : limit + 1] in ("，", ","):
        start, limit = limit + 1, read.clause_end(limit + 1)
        more = [s for s in read.after(start) if s.end <= limit]
        if not more or read.has_cue(start, limit) or not all(kind_of(m.concept) == "impact" for m in more[-1].mentions):
            break
        found.append(more[-1])
    return found


def _suffers(read: Sentence) -> list[Pair]:
    """`老年人更易受高温热浪的影响`: who is hit stands first, what hits between 受 and 影响."""
    found: list[Pair] = []
    for mark in re.finditer(r"受到?|遭受", read.text):
        hits = [s for s in read.after(mark.end()) if s.start - mark.end() <= 4][:1]
        start = read.clause_start(mark.start())
        hit = [s for s in read.before(mark.start()) if s.start >= start and mark.start() - s.end <= 10][-1:]
        if not hits or not hit or read.has_cue(hit[0].end, mark.start()):
            continue
        listed = read.with_list(hits[0], rightwards=True)
        if re.match(r"等?(?:的)?(?:严重|较大|不利)?(?:影响|威胁|冲击|侵袭)", read.text[listed[-1].end :]):
            cue = Cue(mark.start(), mark.end(), "affect", reverse=True)
            effects = [[s] for s in read.with_list(hit[0], rightwards=False)]
            found.append(Pair(cue, [[s] for s in listed], effects))
    return found


def _copular(read: Sentence) -> list[Pair]:
    """`淤堵是内涝的重要成因`: the effect stands before the word for a cause."""
    found: list[Pair] = []
    for mark in re.finditer(r"是", read.text):
        effects = [s for s in read.after(mark.end()) if s.start - mark.end() <= 6][:1]
        causes = [s for s in read.before(mark.start()) if mark.start() - s.end <= 4][-1:]
        if not effects or not causes or read.has_cue(causes[0].end, effects[0].end):
            continue
        if re.match(
            r"的[^，。；的]{0,6}(?:成因|诱因|原因|根源|推手|元凶|驱动因[素子]|致因)", read.text[effects[0].end :]
        ):
            cue = Cue(mark.start(), mark.end(), "cause")
            found.append(Pair(cue, [[s] for s in read.with_list(causes[0], rightwards=False)], [[effects[0]]]))
    return found
