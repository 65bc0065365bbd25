"""Answers on chains: what a hazard or failure sets off, hop by hop, and where it can be cut."""

import heapq
from dataclasses import dataclass, field

from renzhi.graph.case import Case
from renzhi.graph.model import Fact
from renzhi.rag.blocks import fact_sentence, gaps_block, groups_block, measure_lines, short_name
from renzhi.rag.draft import Draft, wording_of
from renzhi.rag.holdings import MODALITY_RANK, STRENGTH_RANK, WITH_THE_ARROW, Holdings, entry_of
from renzhi.rag.question import Question
from renzhi.rag.selection import Found, MeasureOption, _option
from renzhi.rag.wording import STRENGTH, cell, clause, join, of, safe, w

MAX_HOPS = 3
MAX_ROWS = 5


@dataclass(frozen=True, order=True)
class Hop:
    """One link of a chain: a general fact, what cases showed, or both."""

    source: str
    target: str
    general: tuple[Fact, ...] = field(compare=False)
    seen: tuple[Fact, ...] = field(compare=False)

    @property
    def weight(self) -> float:
        """More cases, stronger evidence, more works first."""
        strength = max((STRENGTH_RANK[f.strength] for f in self.general), default=0)
        happened = sum(MODALITY_RANK[f.modality] == 4 for f in self.seen)
        return 2.0 * min(happened, 3) + strength + 0.5 * len({w for f in self.general for w in f.works()})


def hops_from(concept: str, holdings: Holdings, allowed: frozenset[str] | None = None) -> list[Hop]:
    """The links along which a failure leaves a concept, best first; `depends_on` runs against its arrow."""
    by_target: dict[str, list[Fact]] = {}
    for fact in holdings.by_subject.get(concept, []):
        if fact.relation in WITH_THE_ARROW and fact.polarity == "affirmed":
            by_target.setdefault(fact.object, []).append(fact)
    for fact in holdings.by_object.get(concept, []):
        if fact.relation == "depends_on" and fact.polarity == "affirmed":
            by_target.setdefault(fact.subject, []).append(fact)
    hops = [Hop(concept, target, tuple(f for f in facts if f.scope is None), tuple(f for f in facts if f.scope))
            for target, facts in by_target.items() if allowed is None or target in allowed]
    return sorted(hops, key=lambda h: (-h.weight, h.target))


def chain_between(start: str, goals: set[str], holdings: Holdings, *, max_hops: int = 4) -> list[Hop]:
    """The chain to one of the goals with the best evidence, in at most `max_hops` links; empty if there is none.

    Dijkstra over 1 + 3 / (1 + weight) a link: a detour is taken only where its evidence is much better.
    """
    queue: list[tuple[float, str, tuple[Hop, ...]]] = [(0.0, start, ())]
    done: set[str] = set()
    while queue:
        cost, concept, path = heapq.heappop(queue)
        if concept in goals and path:
            return list(path)
        if concept in done or len(path) == max_hops:
            continue
        done.add(concept)
        for hop in hops_from(concept, holdings):
            if hop.target not in done:
                heapq.heappush(queue, (cost + 1 + 3 / (1 + hop.weight), hop.target, (*path, hop)))
    return []


def tree_from(start: str, holdings: Holdings) -> list[Hop]:
    """What a concept sets off: the three best first links, and the best continuation of each, up to three hops."""
    rows: list[Hop] = []
    used = {start}
    for first in [h for h in hops_from(start, holdings) if not h.target.startswith("grp:")][:3]:
        if first.target in used:
            continue
        rows.append(first)
        used.add(first.target)
        here = first.target
        for _ in range(MAX_HOPS - 1):
            onward = [h for h in hops_from(here, holdings) if h.target not in used and not h.target.startswith("grp:")]
            if not onward or len(rows) >= MAX_ROWS:
                break
            rows.append(onward[0])
            used.add(onward[0].target)
            here = onward[0].target
    return rows[:MAX_ROWS]


def compose_chain(draft: Draft, question: Question, found: Found) -> bool:
    """Writes the answer; False if the concepts asked set nothing off in the accepted facts."""
    holdings = draft.holdings
    starts = _starts(question, holdings)
    if not starts:
        return False
    start, goals = starts[0], _goals(question, starts[0], holdings)
    between = chain_between(start, goals, holdings) if goals else []
    hops = list(between)
    for other in starts[: 2 if not between else 1]:
        hops += [h for h in tree_from(other, holdings) if all((h.source, h.target) != (k.source, k.target) for k in hops)]
    hops = hops[:MAX_ROWS]
    if not hops:
        return False
    cut = _cut(hops, holdings)
    _lead(draft, hops, cut, start)
    draft.block("chain", w("chain", draft.lang), _table(draft, hops))
    draft.chains += [tuple(path) for path in _paths(hops, start)]
    if cut:
        measure_lines(draft, cut[1], complete=False)
    cases = _cases(draft, hops)
    groups_block(draft, cases, [h.target for h in hops], question)
    gaps_block(draft, _gaps(draft, hops, cut), cases=cases)
    return True


def _goals(question: Question, start: str, holdings: Holdings) -> set[str]:
    """Where the asked chain should arrive: the systems and impacts asked and how those systems fail, else other hazards asked."""
    named = set(question.of_kind("imp", "sys"))
    named |= {f.object for s in question.of_kind("sys") for f in holdings.by_subject.get(s, []) if f.relation == "fails_as"}
    upstream = {c for c in question.concepts if any(h.target == start for h in hops_from(c, holdings))}
    return (named or set(question.of_kind("hz"))) - {start} - upstream


def _starts(question: Question, holdings: Holdings) -> list[str]:
    """Where the asked chain begins: hazards before impacts, and of two that are linked the later one ("the surge of a typhoon")."""
    asked = [c for c in question.concepts if c.partition(":")[0] in ("hz", "imp", "sys") and hops_from(c, holdings)]
    further = {h.target for c in asked for h in hops_from(c, holdings)}
    return sorted(asked, key=lambda c: (not c.startswith("hz:"), c not in further, asked.index(c)))


def _lead(draft: Draft, hops: list[Hop], cut: tuple[Hop, list[MeasureOption]] | None, start: str) -> None:
    say = draft.say
    first = [h for h in hops if h.source == start and h.target[:3] in ("hz:", "imp")][:3]
    sentences = []
    targets = join([draft.label(h.target) for h in first], draft.lang)
    general = [h for h in first if h.general]
    if first:
        cited = [n for h in first for n in _hop_citations(draft, h)[:1]]
        verb = say("会引发或导致" if general else "在案例中引发或导致", "can set off" if general else "set off in cases")
        text = f"{draft.label(start)}{verb}{targets}" if draft.lang == "zh" else f"{draft.label(start)[:1].upper()}{draft.label(start)[1:]} {verb} {targets}"
        sentences.append(draft.claim(text, cited))
    onward = [h for h in hops if h.source != start][:2]
    for hop in onward[:1]:
        fact = (hop.seen or hop.general)[0]
        case = holdings_case(draft, fact)
        text = fact_sentence(draft, fact)
        where = say(f"再往后，{short_name(draft, case)}的记录是：{text}", f"Further on, {short_name(draft, case)} shows: {text}") if case else say(f"再往后，{text}", f"Further on, {text}")
        sentences.append(draft.claim(safe(where), draft.of_fact(fact, limit=1)))
    if cut:
        hop, options = cut
        listed = join([draft.label(o.concept) for o in options[:2]], draft.lang)
        facts = [(o.general or o.shown)[0] for o in options[:2]]
        cited = [n for f in facts for n in draft.of_fact(f, limit=1)]
        text = say(f"有证据支持的拦截点在“{draft.label(hop.source)}到{draft.label(hop.target)}”这一环：{listed}",
                   f"The first link with evidence for a cut is {draft.label(hop.source)} to {draft.label(hop.target)}: {listed}")
        sentences.append(draft.claim(text, cited))
    else:
        sentences.append(draft.holding(say("这些环节都没有做法记录。", "No measure is recorded for any of these links.")))
    draft.block("lead", "", say("", " ").join(sentences))


def holdings_case(draft: Draft, fact: Fact) -> Case | None:
    """The case that a fact is scoped to, if it is one."""
    return draft.holdings.cases.get(str(fact.scope or "").removeprefix("case:"))


def _hop_citations(draft: Draft, hop: Hop) -> tuple[int, ...]:
    return tuple(n for fact in (*hop.general[:1], *hop.seen[:1]) for n in draft.of_fact(fact, limit=1))


def _table(draft: Draft, hops: list[Hop]) -> str:
    rows = [draft.say("| 一环 | 证据 |", "| Link | Evidence |"), "|---|---|"]
    for hop in hops:
        rows.append(f"| {safe(draft.label(hop.source))} → {safe(draft.label(hop.target))} | {_hop_evidence(draft, hop)} |")
    return "\n".join(rows)


def _hop_evidence(draft: Draft, hop: Hop) -> str:
    parts = []
    for fact in hop.general[:1]:
        strength = of(STRENGTH, fact.strength or "low", draft.lang)
        mechanism = safe(cell(clause(fact.note.get(draft.lang)))) if fact.note else fact_sentence(draft, fact)
        text = draft.say(f"一般证据（{strength}）：{mechanism}", f"{strength}: {mechanism}")
        parts.append(draft.claim(text, draft.references(fact), stop=False))
    for fact in sorted(hop.seen, key=lambda f: (-MODALITY_RANK[f.modality], f.id))[:2]:
        parts.append(_seen_in(draft, fact))
    if not hop.general:
        parts.append(draft.say("没有一般证据", "no general evidence"))
    return draft.say("；", "; ").join(parts)


def _seen_in(draft: Draft, fact: Fact) -> str:
    """What one case showed, in the record's words."""
    case = holdings_case(draft, fact)
    if case is None:
        return draft.claim(safe(cell(fact_sentence(draft, fact))), draft.of_fact(fact, limit=1), stop=False)
    entry_id = str(fact.supports[0].passage).rpartition("#")[2]
    entry = entry_of(case, entry_id)
    words = clause(wording_of(entry, draft.lang)) if entry else fact_sentence(draft, fact)
    standing = {"happened": ("见于", "seen in"), "planned": ("计划于", "planned in"), "simulated": ("模拟于", "modelled for"), "claimed": ("据称见于", "claimed for")}[fact.modality]
    prefix = f"{standing[0]}{short_name(draft, case)}：" if draft.lang == "zh" else f"{standing[1]} {short_name(draft, case)}: "
    return draft.claim(prefix + safe(cell(words)), draft.of_fact(fact, limit=1), stop=False)


def _cut(hops: list[Hop], holdings: Holdings) -> tuple[Hop, list[MeasureOption]] | None:
    """The first link whose target an accepted `mitigates` fact guards, with its measures, best first."""
    for hop in hops:
        facts = [f for f in holdings.by_object.get(hop.target, []) if f.relation == "mitigates" and f.polarity == "affirmed"]
        if not facts:
            continue
        blank = Question(text="", lang="zh", intent="chain", mentions=(), concepts=(hop.target,), names=(), terms=(), cases=(), documents=(), years=())
        shown = {str(f.scope).removeprefix("case:") for f in facts if f.scope and f.scope.startswith("case:")}
        options = [_option(c, [f for f in facts if f.subject == c], [hop.target], blank, shown, Found(()), holdings) for c in {f.subject for f in facts}]
        return hop, sorted(options, key=lambda o: (-o.score, o.concept))[:3]
    return None


def _paths(hops: list[Hop], start: str) -> list[list[str]]:
    """The chains that the hops form, from the start to their ends."""
    onward: dict[str, list[str]] = {}
    for hop in hops:
        onward.setdefault(hop.source, []).append(hop.target)
    paths, stack = [], [[start]]
    while stack:
        path = stack.pop()
        nexts = [t for t in onward.get(path[-1], []) if t not in path]
        if not nexts and len(path) > 1:
            paths.append(path)
        stack += [[*path, t] for t in reversed(nexts)]
    return paths


def _cases(draft: Draft, hops: list[Hop]) -> list[Case]:
    found: dict[str, Case] = {}
    for hop in hops:
        for fact in hop.seen[:2]:
            case = holdings_case(draft, fact)
            if case:
                found[case.id] = case
    return list(found.values())[:4]


def _gaps(draft: Draft, hops: list[Hop], cut: tuple[Hop, list[MeasureOption]] | None) -> list[str]:
    say, gaps = draft.say, []
    single = [h for h in hops if len({w for f in (*h.general, *h.seen) for w in f.works()}) == 1][:2]
    for hop in single:
        gaps.append(say(f"“{draft.label(hop.source)}→{draft.label(hop.target)}”只有一份文献", f"{draft.label(hop.source)} → {draft.label(hop.target)} rests on one document"))
    unseen = [h for h in hops if not h.seen][:2]
    for hop in unseen:
        gaps.append(say(f"“{draft.label(hop.source)}→{draft.label(hop.target)}”没有案例印证", f"no case shows {draft.label(hop.source)} → {draft.label(hop.target)}"))
    gaps.append(say("各拦截点的造价，所以比不出哪一环更划算", "what each cut costs, so no link can be called the cheaper one"))
    return gaps
