"""Which cases, statements and measures an answer shows, and in which order (rules 1–5 of `answers.md`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from renzhi.graph.case import Case, CaseMeasure, Statement
from renzhi.graph.model import Fact, plain
from renzhi.graph.tokens import tokens
from renzhi.rag.holdings import MODALITY_RANK, STRENGTH_RANK, Holdings
from renzhi.rag.model import Hit
from renzhi.rag.question import Filters, Question, title_overlap

WEIGHT = {"hz": 2.0, "imp": 2.5, "sys": 3.0, "vul": 1.0, "mea": 2.0, "grp": 1.5}


@dataclass(frozen=True)
class Found:
    """What retrieval brought: hits by rank, and the strength of the best one of each document."""

    hits: tuple[Hit, ...]
    rank: dict[str, int] = field(default_factory=dict)
    strength: dict[str, float] = field(default_factory=dict)

    @staticmethod
    def of(hits: Sequence[Hit]) -> "Found":
        rank = {hit.passage: n for n, hit in enumerate(hits)}
        strength: dict[str, float] = {}
        for hit in hits:
            document = hit.passage.rpartition("#")[0]
            strength[document] = max(strength.get(document, 0.0), hit.strength)
        return Found(tuple(hits), rank, strength)

    def best(self, prefix: str) -> float:
        """The strength of the best hit among documents whose id starts with `prefix`."""
        return max((s for d, s in self.strength.items() if d.startswith(prefix)), default=0.0)


def fits(case: Case, filters: Filters, holdings: Holdings) -> bool:
    """Whether a case passes the place, scale and hazard filters."""
    if filters.scale and case.scale != filters.scale:
        return False
    if filters.hazard and filters.hazard not in holdings.concepts_of_case[case.id]:
        return False
    return not filters.place or in_place(case, filters.place)


def in_place(case: Case, place: str) -> bool:
    """Whether the case lies in a place given by name, part of a name, or ISO country code."""
    if re.fullmatch(r"[A-Za-z]{2}", place):
        return place.upper() == case.country_code
    names = [case.place.zh, case.place.en, *case.place.aliases, *([case.place.admin.zh, case.place.admin.en] if case.place.admin else [])]
    return any(plain(place) in plain(name) for name in names)


def rank_cases(question: Question, found: Found, holdings: Holdings) -> list[tuple[float, Case]]:
    """Cases by how much of the question they share and how well their statements match; zero overlap is left out.

    All asked concepts, then hazard and measure, then hazard; a named case goes first. Retrieval decides between equals.
    """
    scored = []
    for slug, case in holdings.cases.items():
        if not fits(case, question.filters, holdings):
            continue
        has = holdings.concepts_of_case[slug]
        shared = [c for c in question.concepts if c in has]
        overlap = sum(WEIGHT.get(c.partition(":")[0], 1.0) for c in shared)
        mine = [hit for hit in found.hits[:30] if hit.passage.startswith(f"case:{slug}#")]
        matched = min(1.0, sum(1.0 / (1 + found.rank[hit.passage]) for hit in mine)) + found.strength.get(f"case:{slug}", 0.0) * 2
        matched += 3 * max(title_overlap(question.text, case.title.get(lang)) for lang in ("zh", "en"))
        named = 100.0 if slug in question.cases else 0.0
        if overlap or mine or named:
            scored.append((named + overlap + matched, case))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].id))


def statements_for(case: Case, question: Question, found: Found, holdings: Holdings, *, limit: int, sections: Sequence[str] | None = None) -> list[Statement]:
    """The sourced statements of a case that serve the question best, in the order of relevance."""
    wanted = set(sections) if sections else None
    first = next(iter(sections), None) if sections else None
    scored = []
    asked = set(tokens(question.text))
    for position, statement in enumerate(case.statements):
        if not statement.sources or (wanted and statement.section not in wanted) or not _readable_alone(statement):
            continue
        rank = found.rank.get(f"case:{case.id}#{statement.id}")
        words = set(tokens(f"{statement.text.zh} {statement.text.en}"))
        has = set(statement.concepts) | holdings.concepts_of_statement.get(f"case:{case.id}#{statement.id}", frozenset())
        score = (2.0 / (1 + rank) + 1.0 if rank is not None else 0.0) + sum(WEIGHT.get(c[:3].rstrip(":"), 1.0) / 2 for c in has & set(question.concepts))
        score += len(asked & words) / (1 + len(asked)) * 2 + {"impact": 0.3, "cause": 0.3, "outcome": 0.2}.get(statement.section, 0.0)
        score += 0.8 * (first == "barrier" and statement.section == first)
        scored.append((-score, position, statement))
    scored.sort(key=lambda row: row[:2])
    return [statement for _, _, statement in scored[:limit]]


def _readable_alone(statement: Statement) -> bool:
    """Whether the record's note says something by itself ("Operator's account" does not)."""
    return len(statement.text.en.split()) > 4


@dataclass(frozen=True)
class MeasureOption:
    """A measure with the facts that speak for and against it, best first."""

    concept: str
    general: tuple[Fact, ...]
    """General facts that it mitigates an asked target."""
    shown: tuple[Fact, ...]
    """Facts of cases that say so, or that it failed (any modality); those of the cases shown first."""
    worsens: tuple[Fact, ...]
    """`may_worsen` facts: cases before general ones."""
    applied: tuple[tuple[Case, CaseMeasure], ...]
    score: float


def targets_of(question: Question, holdings: Holdings, *, wide: bool = False) -> list[str]:
    """What a measure should act on: the hazards, impacts and factors asked, and how the systems asked fail.

    Where only hazards are asked, what they lead to counts as well: who asks about heat means its deaths too (`wide`: always).
    """
    targets = list(question.of_kind("hz", "imp", "vul"))
    failures = failures_of(question, holdings)
    targets += failures
    if wide or not (failures or question.of_kind("imp")):
        for hazard in question.of_kind("hz"):
            targets += [f.object for f in holdings.by_subject.get(hazard, []) if f.relation == "leads_to" and f.polarity == "affirmed"]
    return list(dict.fromkeys(targets))


def failures_of(question: Question, holdings: Holdings) -> list[str]:
    """How the systems asked can fail; where a hazard is asked too, only as far as it can bring that about in two links."""
    failures = [f.object for s in question.of_kind("sys") for f in holdings.by_subject.get(s, [])
                if f.relation == "fails_as" and f.polarity == "affirmed"]
    hazards = question.of_kind("hz")
    if hazards:
        reach = set().union(*(holdings.reach(h) for h in hazards))
        failures = [one for one in failures if one in reach]
    return list(dict.fromkeys(failures))


def options_for(question: Question, cases: Sequence[Case], found: Found, holdings: Holdings, *, limit: int) -> list[MeasureOption]:
    """Measures that accepted facts say mitigate what was asked, and the asked measures themselves, best first.

    Score: targets covered (impacts and system failures before hazards), strength of the general evidence, cases that
    show or apply it, the groups asked, and how well its passages match the question.
    """
    options = _options(question, targets_of(question, holdings), cases, found, holdings)
    if not options:
        options = _options(question, targets_of(question, holdings, wide=True), cases, found, holdings)
    return options[:limit]


def _options(question: Question, targets: list[str], cases: Sequence[Case], found: Found, holdings: Holdings) -> list[MeasureOption]:
    facts = [f for t in targets for f in holdings.by_object.get(t, []) if f.relation == "mitigates"]
    shown = {case.id for case in cases}
    names = {f.subject for f in facts} | set(question.of_kind("mea")) | _applied_in(cases[:1], question, holdings)
    options = []
    for concept in names:
        mine = [f for f in facts if f.subject == concept]
        options.append(_option(concept, mine, targets, question, shown, found, holdings))
    options = [o for o in options if o.general or o.shown or o.applied or o.concept in question.concepts]
    failures = set(failures_of(question, holdings))
    options = [o for o in options if o.concept in question.concepts or _meant_for(o.concept, question, holdings)] or options
    failing = failures | set(question.of_kind("imp"))
    options = [o for o in options if failing & _acts_on(o) or o.concept in question.concepts] or options
    return sorted(options, key=lambda o: (-o.score, o.concept))


def _acts_on(option: MeasureOption) -> set[str]:
    return {f.object for f in (*option.general, *option.shown)}


def _applied_in(cases: Sequence[Case], question: Question, holdings: Holdings) -> set[str]:
    """What the closest case did, if it shares two concepts of the question or is named in it."""
    close = [c for c in cases if c.id in question.cases or len(set(question.of_kind("hz", "imp", "sys")) & holdings.concepts_of_case[c.id]) > 1]
    return {concept for case in close for measure in case.measures for concept in measure.concepts}


def _option(concept: str, facts: list[Fact], targets: list[str], question: Question, shown: set[str], found: Found,
            holdings: Holdings) -> MeasureOption:
    general = sorted((f for f in facts if f.scope is None), key=lambda f: (-STRENGTH_RANK[f.strength], targets.index(f.object), f.id))
    seen = sorted((f for f in facts if f.scope and _within(f, question.filters, holdings)), key=lambda f: (_slug(f) not in shown, -MODALITY_RANK[f.modality], f.id))
    applied = [(holdings.cases[s], m) for s in sorted(shown) for m in holdings.cases[s].measures if concept in m.concepts]
    worsens = sorted((f for f in holdings.by_subject.get(concept, []) if f.relation == "may_worsen" and _within(f, question.filters, holdings)),
                     key=lambda f: (f.scope is None, -MODALITY_RANK[f.modality], -STRENGTH_RANK[f.strength], f.id))
    score = 0.0
    score += sum(_target_weight(t, question, holdings) for t in {f.object for f in facts if f.polarity == "affirmed"})
    score += STRENGTH_RANK[general[0].strength] if general else 0.0
    score += 1.5 * min(2, len({f.scope for f in seen if f.polarity == "affirmed"})) + 0.75 * min(2, len(applied))
    score += 3.0 * (concept in question.concepts) + _group_bonus(concept, question, holdings)
    score += sum(1.0 / (1 + found.rank[p]) for c, m in applied if (p := f"case:{c.id}#{m.id}") in found.rank)
    return MeasureOption(concept, tuple(general), tuple(seen), tuple(worsens), tuple(applied), score)


def _meant_for(measure: str, question: Question, holdings: Holdings) -> bool:
    """Whether the table's (unsourced) hazards of a measure are of a family asked or set off: melting ice off lines is no
    answer to a flood. A measure meant for three families serves them all. It only keeps measures out; it is never evidence."""
    concepts = holdings.vocabulary.concepts
    asked = question.of_kind("hz")
    meant = {concepts[h].category for h in concepts[measure].hazards if h in concepts}
    set_off = {f.object for h in asked for f in holdings.by_subject.get(h, []) if f.relation == "triggers"}
    families = {concepts[h].category for h in (*asked, *set_off) if h in concepts}
    return not asked or not meant or len(meant) > 2 or bool(meant & families)


def _target_weight(target: str, question: Question, holdings: Holdings) -> float:
    """Impacts asked, and how a system asked fails, weigh most; then the hazard asked; then what it leads to."""
    if target in failures_of(question, holdings) or (target in question.concepts and not target.startswith("hz:")):
        return 4.0
    return 1.0 if target in question.concepts else 0.6


def _within(fact: Fact, filters: Filters, holdings: Holdings) -> bool:
    """Whether a fact is general, or its case passes the filters."""
    case = holdings.cases.get(_slug(fact))
    return case is None or fits(case, filters, holdings)


def _group_bonus(concept: str, question: Question, holdings: Holdings) -> float:
    groups = set(question.of_kind("grp"))
    if not groups:
        return 0.0
    helped = {f.object for f in holdings.by_subject.get(concept, []) if f.relation in ("co_benefit", "affects", "mitigates")}
    return 2.0 * len(groups & helped)


def _slug(fact: Fact) -> str:
    return str(fact.scope).removeprefix("case:")
