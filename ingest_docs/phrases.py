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
    r"^\s+(?:of|in|on|at|near|across|along|for|from|during|to|within|around|under)\s+(?:[\w'’-]+\s+){0,4}$"
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


def spots_of(mentions: list[Mention]) -> tuple[Spot, ...]:
    spans = sorted({(m.start, m.end) for m in mentions})
    return tuple(
        Spot(start, end, tuple(m for m in mentions if (m.start, m.end) == (start, end))) for start, end in spans
    )
