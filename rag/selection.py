"""Which cases, statements and measures an answer shows, and in which order (rules 1–5 of `answers.md`)."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from renzhi.graph.case import Case, CaseMeasure, Statement
from renzhi.graph.model import Fact, plain
from renzhi.graph.tokens import tokens
from renzhi.rag.holdings import MODALITY_RANK, STRENGTH_RANK, Holdings
from renzhi.rag.model import Hit
from renzhi.rag.question import Filters, Question, title_overlap

ENOUGH = 4.5
"""The score from which a measure is shown however much better the best one is."""
WELL_MATCHED = 1.5
"""Standard deviations from which an entry of a case matches a question by its text alone."""
NOT_FOUND = -0.5
"""The score of a statement that the search within its case did not bring."""
NEGLIGIBLE = 0.4
"""The weight of a target below which what acts on it is no answer: a flood barrier that keeps some substation dry says little
on storm surge."""
ALL_ASKED = 4.0
"""What it counts that a case has every concept asked (rule 2 of `answers.md`)."""
LIKENESS = 1.0
"""What a standard deviation of a summary's likeness counts beside shared concepts."""
WEIGHT = {"hz": 2.0, "imp": 2.5, "sys": 3.0, "vul": 1.0, "mea": 2.0, "grp": 1.5}


@dataclass(frozen=True)
class Found:
    """What retrieval brought: hits by rank, and the strength of the best one of each document."""

    hits: tuple[Hit, ...]
    rank: dict[str, int] = field(default_factory=dict)
    strength: dict[str, float] = field(default_factory=dict)
    inside: dict[str, float] = field(default_factory=dict)
    """Scores of all passages of the nearest cases, in one search among these alone."""
    likeness: dict[str, float] = field(default_factory=dict)
    """Cosine of the question and each measure, by concept."""
    case_likeness: dict[str, float] = field(default_factory=dict)
    """How far the question is nearer to a case's summary than to others', in standard deviations, by slug."""

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
        matched += LIKENESS * max(0.0, found.case_likeness.get(slug, 0.0))
        matched += 3 * max(title_overlap(question.text, case.title.get(lang)) for lang in ("zh", "en"))
        core = set(question.of_kind("hz", "imp", "sys", "vul", "mea", "grp"))
        matched += ALL_ASKED * (len(core) > 1 and core <= has)
        named = 100.0 if slug in question.cases else 0.0
        if overlap or mine or named or found.case_likeness.get(slug, 0.0) > 1.0:
            scored.append((named + overlap + matched, case))
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].id))


_ASKING: list[tuple[str, dict[str, float]]] = [
    # what the question's words ask of a case -> how much more the sections that tell it weigh
    (r"为什么|为何|原因|怎么会|\b(why|reasons?|because)\b", {"cause": 0.9, "vulnerability": 0.8, "barrier": 0.8, "side_effect": 0.8}),
    (r"教训|出了什么(问题|岔子)|哪里(出错|没做好)|失误|栽在|\b(lessons?|went wrong|fail(ed|ure)?s?|problems?|mistakes?)\b",
     {"barrier": 1.1, "side_effect": 0.9, "cause": 0.6, "vulnerability": 0.5}),
    (r"结果|效果|成效|建成|见效|管用|有用|恢复|\b(results?|outcomes?|effects?|effective|work(ed)?|recover(ed|y)?|achieved?)\b", {"outcome": 1.2}),
    (r"断了|停了|瘫痪|受损|受影响|影响了|发生了什么|怎么回事|打击|\b(happen(ed)?|hit|disrupt\w*|stopped|lost|collapsed?|affected|impacts?)\b",
     {"impact": 1.1, "cause": 0.8}),
]
_ANY = {"impact": 0.3, "cause": 0.3, "outcome": 0.2}


def asked_sections(text: str, *, lessons: bool = False) -> dict[str, float]:
    """How much more a section of a record weighs, by what the question asks of it."""
    weights = dict(_ANY)
    for cue, more in _ASKING:
        if re.search(cue, text.lower()) or (lessons and "barrier" in more and "cause" in more):
            for section, weight in more.items():
                weights[section] = max(weights.get(section, 0.0), weight)
    return weights


def statements_for(case: Case, question: Question, found: Found, holdings: Holdings, *, limit: int, sections: Sequence[str] | None = None,
                   without: Collection[tuple[str, str]] = ()) -> list[Statement]:
    """The sourced statements of a case that serve the question best, in the order of relevance, none said twice.

    Score, in the standard deviations of `retrieve`: how well the statement matches the question, what its section has to do
    with what is asked, and the concepts asked that few other statements of the case share.
    """
    weights = asked_sections(question.text, lessons=question.intent == "lessons")
    mine = [s for s in case.statements if s.sources and (not sections or s.section in sections) and _readable_alone(s) and (case.id, s.id) not in without]
    has = {s.id: set(s.concepts) | holdings.concepts_of_statement.get(f"case:{case.id}#{s.id}", frozenset()) for s in mine}
    telling = {c: 1.0 - sum(c in one for one in has.values()) / max(1, len(has)) for c in question.concepts}
    scored = []
    for position, statement in enumerate(mine):
        score = found.inside.get(f"case:{case.id}#{statement.id}", NOT_FOUND) + weights.get(statement.section, 0.0)
        score -= 0.5 * any(d.at == statement.id for d in case.doubts)
        score += sum(0.4 * WEIGHT.get(c.partition(":")[0], 1.0) * telling[c] for c in has[statement.id] & set(question.concepts))
        scored.append((-score, position, statement))
    chosen: list[Statement] = []
    for _, _, statement in sorted(scored, key=lambda row: row[:2]):
        if len(chosen) < limit and not any(_same_news(statement, other) for other in chosen):
            chosen.append(statement)
    return chosen


def _same_news(one: Statement, other: Statement) -> bool:
    """Whether two statements say much the same: most telling words of the shorter one stand in the other."""
    mine, theirs = set(tokens(one.text.zh)), set(tokens(other.text.zh))
    return len(mine & theirs) > 0.6 * min(len(mine), len(theirs))


def _readable_alone(statement: Statement) -> bool:
    """Whether the record's note says something by itself ("Operator's account" does not, unless steps stand with it)."""
    return len(statement.text.en.split()) > 3 or statement.chain is not None


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
    """What a measure should act on, what matters most first (see `target_weights`)."""
    weights = target_weights(question, holdings, wide=wide)
    return sorted(weights, key=lambda c: (-weights[c], c))


def target_weights(question: Question, holdings: Holdings, *, wide: bool = False) -> dict[str, float]:
    """How much it counts that a measure acts on a concept: impacts and factors asked, and how the systems asked fail, 4; the
    hazards asked 2; what they lead to less, the more so the more other hazards lead to it, unless it hits a group asked.

    Who asks about heat means its deaths and illness too, not the power cuts that any storm brings. Where impacts or failing
    systems are asked, what else the hazard leads to is left out, unless `wide`.
    """
    weights = {kind: 1.5 for h in question.of_kind("hz") for kind in holdings.kinds.get(h, ())} | dict.fromkeys(question.of_kind("hz"), 2.0)
    if wide or not question.of_kind("sys", "grp", "imp", "vul"):
        set_off = [f.object for h in weights for f in holdings.by_subject.get(h, []) if f.relation == "triggers" and f.polarity == "affirmed"]
        weights = dict.fromkeys(set_off, 0.7) | weights
    close = [*question.of_kind("imp", "vul"), *failures_of(question, holdings)]
    if wide or not close or question.of_kind("grp"):
        for hazard in question.of_kind("hz"):
            for fact in holdings.by_subject.get(hazard, []):
                if fact.relation == "leads_to" and fact.polarity == "affirmed":
                    causes = {f.subject for f in holdings.by_object[fact.object] if f.relation == "leads_to" and f.subject.startswith("hz:")}
                    hits = {f.object for f in holdings.by_subject.get(fact.object, []) if f.relation == "affects"} & set(question.of_kind("grp"))
                    if close and not hits and not wide:
                        continue
                    weight = 3.0 if hits else (0.5 + 0.5 * STRENGTH_RANK[fact.strength]) * 2 / (1 + len(causes))
                    weights[fact.object] = max(weights.get(fact.object, 0.0), weight)
    return weights | dict.fromkeys(close, 4.0)


def sides_of(measures: Iterable[str], holdings: Holdings) -> set[str]:
    """Technology, institution, space: the sides that the measures have."""
    return {side for measure in measures for side in holdings.vocabulary.concepts[measure].dimensions}


def sides_held(targets: Iterable[str], holdings: Holdings) -> set[str]:
    """The sides on which an accepted fact says that some measure mitigates one of the targets."""
    return sides_of({f.subject for t in targets for f in holdings.by_object.get(t, []) if f.relation == "mitigates" and f.polarity == "affirmed"}, holdings)


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
    """Measures that accepted facts say mitigate what was asked, and the asked measures themselves, best first (see
    `measure_option` for what counts)."""
    options = _options(question, target_weights(question, holdings), cases, found, holdings)
    if not options:
        options = _options(question, target_weights(question, holdings, wide=True), cases, found, holdings)
    return options[:limit]


def _options(question: Question, weights: dict[str, float], cases: Sequence[Case], found: Found, holdings: Holdings) -> list[MeasureOption]:
    targets = sorted(weights, key=lambda c: (-weights[c], c))
    facts = [f for t in targets for f in holdings.by_object.get(t, []) if f.relation == "mitigates"]
    facts = [f for f in facts if weights[f.object] >= NEGLIGIBLE] or facts
    facts += [f for g in question.of_kind("grp") for f in holdings.by_object.get(g, []) if f.relation == "mitigates"]
    targets += [g for g in question.of_kind("grp") if g not in targets]
    shown = {case.id for case in cases}
    names = {f.subject for f in facts} | set(question.of_kind("mea")) | _applied_in(cases[:3], question, found, holdings)
    options = []
    for concept in names:
        mine = [f for f in facts if f.subject == concept]
        # what a case shown saw of the measure counts whatever it was meant to act on: a failure must not go missing
        mine += [f for f in holdings.by_subject.get(concept, []) if f.relation == "mitigates" and f.scope and _slug(f) in shown and f not in mine]
        options.append(measure_option(concept, mine, targets, question, shown, found, holdings, weights=weights))
    options = [o for o in options if o.general or o.shown or o.applied or o.concept in question.concepts]
    failures = set(failures_of(question, holdings))
    options = [o for o in options if o.concept in question.concepts or _meant_for(o.concept, question, holdings)] or options
    failing = failures | set(question.of_kind("imp"))
    closest = {c.id for c in cases[:1]}
    options = [o for o in options if failing & _acts_on(o) or o.concept in question.concepts or closest & {c.id for c, _ in o.applied}] or options
    options.sort(key=lambda o: (-o.score, o.concept))
    return [o for o in options if o.score >= min(options[0].score * 0.7, ENOUGH) or o.concept in question.concepts]


def _acts_on(option: MeasureOption) -> set[str]:
    return {f.object for f in (*option.general, *option.shown)}


def _applied_in(cases: Sequence[Case], question: Question, found: Found, holdings: Holdings) -> set[str]:
    """What the closest cases did, if they share two concepts of the question or are named in it; and what matches it by its text."""
    asked = set(question.of_kind("hz", "imp", "sys", "vul", "grp"))
    close = [c for c in cases if c.id in question.cases or len(asked & holdings.concepts_of_case[c.id]) > min(1, len(asked) - 1)]
    matched = {c for case in cases for m in case.measures if found.inside.get(f"case:{case.id}#{m.id}", 0.0) >= WELL_MATCHED for c in m.concepts}
    return matched | {concept for case in close for measure in case.measures for concept in measure.concepts}


def measure_option(concept: str, facts: list[Fact], targets: list[str], question: Question, shown: set[str], found: Found,
                   holdings: Holdings, *, weights: Mapping[str, float] | None = None) -> MeasureOption:
    """A measure with its facts and what it counts for.

    Score: the weightiest target it acts on and a third of the others, the strength of its evidence, cases that saw it work,
    how near to the question a case is that applied it, the groups asked that it helps, how like its name is to the question, and how well its entries match.
    """
    general = sorted((f for f in facts if f.scope is None), key=lambda f: (targets.index(f.object), -STRENGTH_RANK[f.strength], f.id))
    seen = sorted((f for f in facts if f.scope and _within(f, question.filters, holdings)), key=lambda f: (_slug(f) not in shown, -MODALITY_RANK[f.modality], f.id))
    where = {*shown, *(_slug(f) for f in seen[:3] if _slug(f) in holdings.cases)}
    applied = [(holdings.cases[s], m) for s in sorted(where) for m in holdings.cases[s].measures if concept in m.concepts]
    applied.sort(key=lambda one: (one[0].id not in shown, -found.inside.get(f"case:{one[0].id}#{one[1].id}", NOT_FOUND), one[0].id, one[1].id))
    worsens = sorted((f for f in holdings.by_subject.get(concept, []) if f.relation == "may_worsen" and _within(f, question.filters, holdings)),
                     key=lambda f: (f.scope is None, -MODALITY_RANK[f.modality], -STRENGTH_RANK[f.strength], f.id))
    acts = sorted(((weights or {}).get(t, 1.0) for t in {f.object for f in facts if f.polarity == "affirmed"}), reverse=True)
    score = acts[0] + sum(acts[1:]) / 3 if acts else 0.0
    score += 0.5 * STRENGTH_RANK[general[0].strength] * min(1.0, (weights or {}).get(general[0].object, 1.0) / 2) if general else 0.0
    score += min(2.0, sum(min(1.0, (weights or {}).get(f.object, 1.0) / 2) for f in {f.scope: f for f in seen if f.polarity == "affirmed"}.values()))
    core = set(question.of_kind("hz", "sys", "grp", "imp"))
    score += max((len(core & holdings.concepts_of_case[c.id]) for c, _ in applied if c.id in shown), default=0)
    score += 3.0 * (concept in question.concepts) + _group_bonus(concept, question, holdings) + 8.0 * found.likeness.get(concept, 0.0) + 1.0 * _made_for(concept, question, holdings)
    score += max((0.8 * found.inside.get(f"case:{c.id}#{m.id}", 0.0) for c, m in applied if c.id in shown), default=0.0)
    return MeasureOption(concept, tuple(general), tuple(seen), tuple(worsens), tuple(applied), score)


def _made_for(measure: str, question: Question, holdings: Holdings) -> bool:
    """Whether the table's hazards of a measure are all of the families asked: it orders measures, as `_meant_for` keeps some out."""
    concepts = holdings.vocabulary.concepts
    meant = {concepts[h].category for h in concepts[measure].hazards if h in concepts}
    return bool(meant) and meant <= {concepts[h].category for h in question.of_kind("hz") if h in concepts}


def _meant_for(measure: str, question: Question, holdings: Holdings) -> bool:
    """Whether the table's (unsourced) hazards of a measure are of a family asked or set off: melting ice off lines is no
    answer to a flood. A measure meant for three families serves them all. It only keeps measures out; it is never evidence."""
    concepts = holdings.vocabulary.concepts
    asked = question.of_kind("hz")
    meant = {concepts[h].category for h in concepts[measure].hazards if h in concepts}
    set_off = {f.object for h in asked for f in holdings.by_subject.get(h, []) if f.relation == "triggers"}
    families = {concepts[h].category for h in (*asked, *set_off) if h in concepts}
    return not asked or not meant or len(meant) > 2 or bool(meant & families)


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
