"""Answers on chains: what a hazard or failure sets off, link by link, and where it can be cut."""

import re

from renzhi.graph.case import Case, Statement
from renzhi.graph.model import Fact
from renzhi.rag.blocks import (
    capital,
    doubted,
    fact_sentence,
    gaps_block,
    groups_block,
    measure_lines,
    record_of,
    short_name,
    short_place,
    shown_words,
)
from renzhi.rag.chains import Hop, best_cut, chain_between, hops_from, paths, tree_from, unguarded
from renzhi.rag.draft import Draft, entry_lang, wording_of
from renzhi.rag.holdings import WITH_THE_ARROW, Holdings
from renzhi.rag.question import Question
from renzhi.rag.selection import Found, MeasureOption, measure_option, sides_held
from renzhi.rag.wording import STRENGTH, cell, clause, join, of, safe, w

MAX_ROWS = 5
_TO = re.compile(r"怎么(影响|传|波及)|如何(影响|传|波及)|传到|影响到|波及|连到|\b(reach(es)?|end(s)? up|from .+ to|affect(s|ed)?)\b")


def compose_chain(draft: Draft, question: Question, found: Found, *, room: int = 3) -> bool:
    """Writes the answer; False if the concepts asked set nothing off in the accepted facts."""
    holdings = draft.holdings
    starts = _starts(question, found, holdings) or _found_starts(found, holdings)
    if not starts:
        return False
    near = _near(question, starts[0], holdings)
    hops = _hops(question, starts, near, holdings, rows=MAX_ROWS if room > 1 else 4)
    if not hops:
        return False
    meant = {c.id for c in holdings.vocabulary.concepts.values() if set(c.hazards) & set(starts)}
    cut = best_cut(hops, holdings, meant=meant)
    options = _options(cut, question, near, found, holdings)[: 2 if room < 3 else 3]
    _lead(draft, hops, cut, options, starts[0])
    draft.block("chain", w("chain", draft.lang), _table(draft, hops, each=2 if room > 2 else 1))
    draft.chains += [tuple(path) for path in paths(hops, starts[0])]
    measure_lines(draft, options, left_out=sides_held((h.target for h in hops), holdings))
    groups_block(draft, _cases(draft, hops), [h.target for h in hops], question)
    gaps_block(draft, _gaps(draft, hops, starts[0], near))
    return True


def _near(question: Question, start: str, holdings: Holdings) -> list[str]:
    """The cases named, else those that have the start of the chain."""
    asked = set(question.of_kind("hz", "imp", "sys"))
    having = [slug for slug, has in holdings.concepts_of_case.items() if start in has]
    return list(question.cases) or having or [slug for slug, has in holdings.concepts_of_case.items() if len(asked & has) > 1]


def _hops(question: Question, starts: list[str], near: list[str], holdings: Holdings, *, rows: int) -> list[Hop]:
    goals = _goals(question, starts[0], holdings)
    hops = chain_between(starts[0], goals, holdings, near) if goals and _TO.search(question.text.lower()) else []
    for number, start in enumerate(starts[:2]):
        share = rows - len(hops) if number or len(starts) < 2 else 3
        used = [h.target for h in hops]
        hops += [h for h in tree_from(start, goals, holdings, near, rows=max(0, share), used=used) if h not in hops]
    return hops[:rows]


def _goals(question: Question, start: str, holdings: Holdings) -> set[str]:
    """Where the asked chain should arrive: the systems and impacts asked and how those systems fail, else other hazards asked."""
    named = set(question.of_kind("imp", "sys"))
    named |= {f.object for s in question.of_kind("sys") for f in holdings.by_subject.get(s, []) if f.relation == "fails_as"}
    upstream = {c for c in question.concepts if any(h.target == start for h in hops_from(c, holdings))}
    return (named or set(question.of_kind("hz"))) - {start} - upstream


def _starts(question: Question, found: Found, holdings: Holdings) -> list[str]:
    """Where the asked chain begins: hazards before impacts, and of two that are linked the later one ("the surge of a typhoon").

    A hazard that no case near the question shows gives way to what such cases do show: first other concepts asked, then what
    the statements found say led to something.
    """
    asked = [c for c in question.concepts if c.partition(":")[0] in ("hz", "imp", "sys") and hops_from(c, holdings)]
    shared = [slug for slug, has in holdings.concepts_of_case.items() if len(set(asked) & has) > 1] if len(asked) > 1 else []
    shown = [c for c in asked if hops_from(c, holdings, shared)[0].near] if shared else asked
    if not shown:
        return _found_starts(found, holdings) or asked
    hazards = [c for c in shown if c.startswith("hz:")]
    further = {h.target for c in asked for h in hops_from(c, holdings)}
    return sorted(hazards or shown, key=lambda c: (c not in further, asked.index(c)))


def _found_starts(found: Found, holdings: Holdings) -> list[str]:
    """The subject of a causal fact that leans on one of the best matching statements."""
    for hit in found.hits[:8]:
        causes = [f.subject for f in holdings.facts_of_statement.get(hit.passage, ()) if f.relation in WITH_THE_ARROW and f.subject[:3] in ("hz:", "imp")]
        if causes:
            return causes[:1]
    return []


def _options(cut: tuple[Hop, list[Fact]] | None, question: Question, near: list[str], found: Found, holdings: Holdings) -> list[MeasureOption]:
    """The measures of the cut in the order of its facts."""
    if cut is None:
        return []
    hop, facts = cut
    shown = {*near, *(str(f.scope).removeprefix("case:") for f in facts if f.scope and f.scope.startswith("case:"))}
    return [measure_option(c, [f for f in facts if f.subject == c], [hop.target], question, shown & holdings.cases.keys(), found, holdings)
            for c in dict.fromkeys(f.subject for f in facts)]


def _lead(draft: Draft, hops: list[Hop], cut: tuple[Hop, list[Fact]] | None, options: list[MeasureOption], start: str) -> None:
    say = draft.say
    first = [h for h in hops if h.source == start][:2]
    sentences = [_sets_off(draft, start, first)] if first else []
    onward = [h for h in hops if h.source in {f.target for f in first}][:2]
    if onward:
        cited = [n for h in onward for n in _hop_citations(draft, h)]
        steps = draft.say("；", "; ").join(f"{draft.label(h.source)} → {draft.label(h.target)}" for h in onward)
        sentences.append(draft.claim(say(f"再往后是 {steps}", f"From there on: {steps}") + _where(draft, onward), cited))
    if cut and options:
        hop = cut[0]
        listed = join([draft.label(o.concept) for o in options[:2]], draft.lang)
        cited = [n for o in options[:2] for f in (o.general or o.shown)[:1] for n in draft.of_fact(f, limit=1)]
        link = f"{draft.label(hop.source)} → {draft.label(hop.target)}"
        sentences.append(draft.claim(say(f"有证据的拦截点是“{link}”这一环，做法是{listed}", f"A link with evidence for a cut is {link}, by {listed}"), cited))
    else:
        sentences.append(draft.holding(say("这些环节都没有做法记录。", "No measure is recorded for any of these links.")))
    draft.block("lead", "", say("", " ").join(sentences))


def _sets_off(draft: Draft, start: str, first: list[Hop]) -> str:
    """What the start sets off and which systems it hits, with the cases that show it; a link no case shows is called possible."""
    cited = [n for h in first for n in _hop_citations(draft, h)]
    general = all(h.general for h in first)
    ways = {False: draft.say("会引发" if general else "引发了", "can set off" if general else "set off"),
            True: draft.say("会影响" if general else "影响了", "can hit" if general else "hit")}
    parts = []
    for is_system, verb in ways.items():
        targets = [draft.label(h.target) for h in first if h.target.startswith("sys:") == is_system]
        if targets:
            parts.append(f"{verb}{draft.say('', ' ')}{join(targets, draft.lang)}")
    text = draft.say("，", " and ").join(parts)
    return draft.claim(capital(draft.label(start)) + draft.say("", " ") + text + _where(draft, first), cited)


def _where(draft: Draft, hops: list[Hop]) -> str:
    """Where cases of this hazard show the links."""
    places = list(dict.fromkeys(short_name(draft, c) for h in hops for f in h.near[:1] if (c := holdings_case(draft, f))))[:2]
    return draft.say(f"（见于{join(places, 'zh')}）", f" (seen in {join(places, 'en')})") if places else ""


def holdings_case(draft: Draft, fact: Fact) -> Case | None:
    """The case that a fact is scoped to, if it is one."""
    return draft.holdings.cases.get(str(fact.scope or "").removeprefix("case:"))


def _hop_citations(draft: Draft, hop: Hop) -> tuple[int, ...]:
    """What the lead cites for a link: a case of the hazard, else the general fact, else another case."""
    fact = next(iter((*hop.near[:1], *hop.general[:1], *hop.far[:1])))
    general = draft.of_fact(hop.general[0], limit=1) if hop.general and hop.near else ()
    return (*general, *draft.of_fact(fact, limit=1))


def _table(draft: Draft, hops: list[Hop], *, each: int) -> str:
    rows = [draft.say("| 一环 | 证据 |", "| Link | Evidence |"), "|---|---|"]
    for hop in hops:
        rows.append(f"| {safe(draft.label(hop.source))} → {safe(draft.label(hop.target))} | {_hop_evidence(draft, hop, each)} |")
    return "\n".join(rows)


def _hop_evidence(draft: Draft, hop: Hop, each: int) -> str:
    """The general fact with its strength, then cases of the hazard; another hazard's case only where there is none, so called."""
    parts = []
    for fact in hop.general[:1]:
        strength = of(STRENGTH, fact.strength or "low", draft.lang)
        mechanism = safe(cell(clause(fact.note.get(draft.lang)))) if fact.note else fact_sentence(draft, fact)
        zh = f"{strength}：{mechanism}" if fact.strength == "case" else f"一般证据（{strength}）：{mechanism}"
        parts.append(draft.claim(draft.say(zh, f"{strength}: {mechanism}"), draft.references(fact), stop=False))
    parts += [_seen_in(draft, fact) for fact in _one_a_statement(hop.near)[:each]]
    if not hop.near:
        parts += [_seen_in(draft, fact, other=True) for fact in hop.far[:1]]
    if not hop.general:
        parts.append(draft.say("没有一般证据", "no general evidence"))
    return draft.say("；", "; ").join(parts)


def _one_a_statement(facts: tuple[Fact, ...]) -> list[Fact]:
    return list({f.supports[0].passage: f for f in reversed(facts)}.values())[::-1]


_STANDING = {"happened": ("见于", "seen in"), "planned": ("计划于", "planned in"), "simulated": ("模拟于", "modelled for"), "claimed": ("据称见于", "claimed for")}


def _seen_in(draft: Draft, fact: Fact, *, other: bool = False) -> str:
    """What one case showed, in the record's words; `other`: of another hazard, which is named."""
    case, entry = record_of(draft, fact)
    if case is None or entry is None:
        return draft.claim(safe(cell(fact_sentence(draft, fact))), draft.of_fact(fact, limit=1), stop=False)
    words = clause(re.sub(r"\s*\[s\d+\]", "", shown_words(draft, entry) if isinstance(entry, Statement) else wording_of(entry, draft.lang)))
    hazard = case.hazards[0].get(draft.lang) if other and case.hazards else ""
    notes = [draft.say(f"另一灾种：{hazard}", f"another hazard: {hazard}")] if hazard else []
    notes += [draft.say("译文", "our translation")] if entry_lang(case, entry) != draft.lang else []
    note = (f"（{'；'.join(notes)}）" if draft.lang == "zh" else f" ({'; '.join(notes)})") if notes else ""
    standing = of(_STANDING, fact.modality, draft.lang)
    prefix = f"{standing}{short_name(draft, case)}{note}：" if draft.lang == "zh" else f"{standing} {short_name(draft, case)}{note}: "
    return draft.claim(prefix + safe(cell(words)) + doubted(draft, case, entry.id), draft.of_fact(fact, limit=1), stop=False)


def _cases(draft: Draft, hops: list[Hop]) -> list[Case]:
    """The cases of the hazard asked that are shown, at most three: whom another hazard hit is not who is hit here."""
    found = {c.id: c for f in [f for h in hops for f in h.near[:2]] if (c := holdings_case(draft, f))}
    return list(found.values())[:3]


def _gaps(draft: Draft, hops: list[Hop], start: str, near: list[str]) -> list[str]:
    say = draft.say

    def listed(some: list[Hop]) -> str:
        return say("、", ", ").join(f"{draft.label(h.source)} → {draft.label(h.target)}" for h in some[:2])

    gaps = []
    open_links = unguarded(hops, draft.holdings)
    if open_links:
        gaps.append(say(f"怎样拦住 {listed(open_links)}：没有做法记录", f"how to cut {listed(open_links)}: no measure is recorded"))
    unseen = [h for h in hops if not h.near]
    if unseen:
        gaps.append(say(f"{listed(unseen)} 在{draft.label(start)}案例中的记录", f"{listed(unseen)} in a case of {draft.label(start)}"))
    single = [h for h in hops if h not in unseen and len({w for f in (*h.general, *h.near, *h.far) for w in f.works()}) == 1]
    if single:
        gaps.append(say(f"{listed(single)} 只有一份文献", f"{listed(single)} rests on one document"))
    places = [short_place(draft.holdings.cases[s], draft.lang) for s in near[:3]]
    if places:
        gaps.append(say(f"{join(places, 'zh')}以外的{draft.label(start)}案例", f"cases of {draft.label(start)} other than {join(places, 'en')}") if len(near) <= 3
                    else say("各拦截点的造价，所以比不出哪一环更划算", "what each cut costs, so no link can be called the cheaper one"))
    return gaps
