"""Where the concepts of a sentence lie, and which of them stand together: heads, compounds and lists."""

import re
from dataclasses import dataclass

from renzhi.graph.model import Lang
from renzhi.ingest_docs.cues import Cue
from renzhi.ontology.model import Mention, kind_of

BOUNDARY = {"zh": re.compile(r"[，；：。！？,;:]"), "en": re.compile(r"[;:.!?()—–]|, ")}
_AND = {
    "zh": re.compile(r"^(?:、|[和与及或并]|以及|、以及|和/或|甚至)[^，。；、]{0,6}$"),
    "en": re.compile(
        r"^(?:,\s*(?:and |or |as well as )?|\s+(?:and|or|and/or|as well as)\s+)(?:(?!and\b|or\b)[\w'’-]+[ -]){0,3}$"
    ),
}
_PHRASE = re.compile(
    r"^\s+(?:(?:of|in|on|at|near|across|along|from|during|within|around|under)\s+(?:[\w'’-]+\s+){0,4}|"
    r"to\s+(?:(?:the|a|an|our|its|their|local|critical|public|private|coastal)\s+){0,2})$"
)
_PARTICIPLE = re.compile(r"[a-z]+ed\b", re.I)
"""What begins with one is no head of the words before it: "the earthquake blocked roads"."""
_NAMED_ONLY = re.compile(
    r"(?:[ -](?:zone|area|plain|map|mapping|insurance|plan|planning|polic(?:y|ies)|control|management|protection|prevention|preparedness|"
    r"mitigation|adaptation|resilience|resiliency|warning|alert|response|relief|recovery|gate|elevation|season|district|program|programme|"
    r"project|code|law|monitoring|research|stud(?:y|ies)|assessment|model|modell?ing|data|standard|chapter|section|committee|task force|"
    r"coordinator|department|readiness|awareness|education|vulnerability|exposure|fund|funding|designation|category|scenario|projection|"
    r"forecast|forecasting|watch|meter|level)s?\b|[ -](?:prone|resistant|proof|resilient|tolerant|proofing|proofed|control)\b)",
    re.I,
)
"""After one of these a hazard only names something else: a flood map, a heat plan."""
_NAMED_ONLY_ZH = re.compile(
    "规划|管理|预报|预警|预案|调度|评估|评价|监测|区划|防治|防御|治理|应急|保险|模型|模拟|数据|指数|作?为"
)


@dataclass(frozen=True, slots=True)
class Spot:
    """A span with the concepts it may name."""

    start: int
    end: int
    mentions: tuple[Mention, ...]

    @property
    def is_place_or_people(self) -> bool:
        """Systems and groups in Chinese often only say where: `造成地铁积水`."""
        return all(kind_of(m.concept) in ("system", "group") for m in self.mentions)


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    lang: Lang
    spots: tuple[Spot, ...]
    cues: tuple[Cue, ...]

    @property
    def masked(self) -> str:
        """The text with its mentions blotted out: the "without" of "without power" denies nothing."""
        text = self.text
        for spot in self.spots:
            text = text[: spot.start] + "x" * (spot.end - spot.start) + text[spot.end :]
        return text

    def before(self, offset: int) -> list[Spot]:
        return [spot for spot in self.spots if spot.end <= offset]

    def after(self, offset: int) -> list[Spot]:
        return [spot for spot in self.spots if spot.start >= offset]

    def has_cue(self, start: int, end: int) -> bool:
        return any(start <= cue.start and cue.end <= end for cue in self.cues)

    def clause_start(self, offset: int) -> int:
        return max((m.end() for m in BOUNDARY[self.lang].finditer(self.text, 0, offset)), default=0)

    def clause_end(self, offset: int) -> int:
        found = BOUNDARY[self.lang].search(self.text, offset)
        return found.start() if found else len(self.text)

    def with_list(self, spot: Spot, *, rightwards: bool) -> list[Spot]:
        """The spot and those listed with it on that side ("flooding, outages and delays").

        A list in English needs its "and": a comma alone may start another clause.
        """
        found, joined = [spot], False
        others = self.after(spot.end) if rightwards else self.before(spot.start)[::-1]
        for other in others:
            first, second = (found[-1], other) if rightwards else (other, found[-1])
            between = self.text[first.end : second.start]
            if not _AND[self.lang].match(between) or self.has_cue(first.end, second.start):
                break
            joined = joined or self.lang == "zh" or bool(re.search(r"\b(?:and|or|as well as)\b", between))
            found.append(other)
        return found if joined else [spot]

    def head_rightwards(self, spot: Spot, limit: int) -> Spot:
        """The head of a compound that begins with the spot: its last part (`医院停电`, "hospital power outage")."""
        for other in self.after(spot.end):
            between = self.text[spot.end : other.start]
            near = (
                len(between) <= 6
                and not re.search(r"[、，和与及或并]", between)
                and self.lang == "zh"
                and spot.is_place_or_people
            )
            if (
                other.end > limit
                or not (between in ("", " ", "-", "的") or near)
                or (self.lang == "en" and _PARTICIPLE.match(self.text, other.start))
                or self.has_cue(spot.end, other.start)
            ):
                break
            spot = other
        return spot

    def heads_leftwards(self, spot: Spot) -> list[Spot]:
        """What the spot may belong to in English, outermost first, itself last: "flooding" of "flooding of roads"."""
        found = [spot]
        if self.lang == "en":
            for other in self.before(spot.start)[::-1]:
                if not _PHRASE.match(self.text[other.end : found[0].start]) or self.has_cue(other.end, found[0].start):
                    break
                found.insert(0, other)
        return found


def meant(text: str, spot: Spot, lang: Lang) -> bool:
    """Whether a spot stands for what it names, and not for a plan, zone or insurance called after it."""
    kinds = {kind_of(m.concept) for m in spot.mentions}
    if lang == "zh":
        return not (kinds <= {"hazard", "impact", "system"} and _NAMED_ONLY_ZH.match(text, spot.end))
    return not (kinds <= {"hazard", "impact"} and _NAMED_ONLY.match(text, spot.end))


def spots_of(mentions: list[Mention]) -> tuple[Spot, ...]:
    spans = sorted({(m.start, m.end) for m in mentions})
    return tuple(
        Spot(start, end, tuple(m for m in mentions if (m.start, m.end) == (start, end))) for start, end in spans
    )
