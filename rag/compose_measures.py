"""Answers on measures: what to do against a risk, and what a measure makes worse."""

import re

from renzhi.graph.case import Case
from renzhi.graph.model import Fact
from renzhi.rag.blocks import (
    both_ways,
    capital,
    case_effect,
    evidence_by_case,
    fact_sentence,
    gaps_block,
    general_effect,
    groups_block,
    measure_lines,
    names,
    observed,
    record_of,
    short_name,
    short_place,
    side_effects,
    stated,
)
from renzhi.rag.draft import Draft
from renzhi.rag.gaps import measure_gaps
from renzhi.rag.holdings import best_source
from renzhi.rag.model import AnswerMeasure, SideEffect
from renzhi.rag.question import Question
from renzhi.rag.selection import (
    Found,
    MeasureOption,
    failures_of,
    options_for,
    rank_cases,
    sides_held,
    statements_for,
    targets_of,
)
from renzhi.rag.wording import STANDING, STRENGTH, clause, join, of, safe, spaced, w

FAILING = ("vulnerability", "barrier", "side_effect", "cause")
WRONG = re.compile(r"未|没有|没能|失灵|不足|滞后|漏|缺|失效|失败|迟|瘫痪|误|\b(not|no|fail\w*|lack\w*|late|only|without|unable|poor\w*|missed|delay\w*|unclear|ignored|too)\b")
"""Words by which a statement tells that something went wrong."""
MAX_CASES = 3
MAX_MEASURES = 4


def compose_measures(draft: Draft, question: Question, found: Found, *, missing: tuple[str, ...], room: int = MAX_CASES) -> bool:
    """Writes the answer; False if no accepted fact names a measure for what was asked."""
    cases = cases_for(question, found, draft)[:room]
    options = _on_all_sides(options_for(question, cases, found, draft.holdings, limit=999), cases, draft)
    if not options:
        return False
    _lead(draft, question, found, options, cases, missing)
    evidence_by_case(draft, cases, question, found, each=2 if room > 2 else 1)
    measure_lines(draft, options, left_out=sides_held(targets_of(question, draft.holdings), draft.holdings))
    groups_block(draft, cases, targets_of(question, draft.holdings), question)
    gaps_block(draft, measure_gaps(draft, question, options, cases), cases=cases, editor=room > 2)
    return True


def _on_all_sides(options: list[MeasureOption], cases: list[Case], draft: Draft) -> list[MeasureOption]:
    """What the closest case did first, then the best options, and for each of technology, institution and space without one the best that has it."""
    def sides(option: MeasureOption) -> set[str]:
        return set(draft.holdings.vocabulary.concepts[option.concept].dimensions)

    own = [o for o in options if cases and any(c.id == cases[0].id for c, _ in o.applied)][:2]
    chosen = [*own, *[o for o in options if o not in own]][:MAX_MEASURES]
    for side in ("technology", "institution", "space"):
        if not any(side in sides(o) for o in chosen):
            chosen += [o for o in options if side in sides(o) and o.score >= options[0].score * 0.6][:1]
    return chosen


def cases_for(question: Question, found: Found, draft: Draft) -> list[Case]:
    """At most three cases that share a hazard, impact, system or measure asked; the named ones alone where cases are named."""
    ranked = rank_cases(question, found, draft.holdings)
    if question.cases:
        return [case for _, case in ranked if case.id in question.cases][:MAX_CASES]
    has = draft.holdings.concepts_of_case
    hard, core = set(question.of_kind("hz", "imp", "vul", "mea")), set(question.of_kind("hz", "imp", "vul", "mea", "sys", "grp"))
    ranked = [(score, case) for score, case in ranked if not core or hard & has[case.id] or len(core & has[case.id]) > min(1, len(core) - 1)]
    best = ranked[0][0] if ranked else 0.0
    return [case for score, case in ranked[:MAX_CASES] if score >= best / 2]


def _lead(draft: Draft, question: Question, found: Found, options: list[MeasureOption], cases: list[Case], missing: tuple[str, ...]) -> None:
    """What is sourced, what the closest place did, what came of it or what failed there."""
    say, sentences = draft.say, []
    if missing:
        listed = join([safe(m) for m in missing[:3]], draft.lang)
        sentences.append(draft.holding(say(f"库里没有提到{listed}；下面是其他有关的证据。", f"Nothing held mentions {listed}; what follows is related evidence.")))
    direct = {*question.concepts, *failures_of(question, draft.holdings)}
    general = [o for o in options if o.general]
    sentences += _general_sentence(draft, ([o for o in general if o.general[0].object in direct] or ([] if cases else general))[:3])
    did, named = _closest_did(draft, found, options, cases)
    sentences += did + _came_of_it(draft, question, found, options, cases, named)
    asked_bare = [t for t in question.of_kind("imp") if not any(f.relation == "mitigates" for f in draft.holdings.by_object.get(t, []))][:2]
    if asked_bare and len(sentences) < 3:
        sentences.append(draft.holding(say(f"{names(draft, asked_bare)}没有做法记录。", f"No measure is recorded for {names(draft, asked_bare)}.")))
    draft.block("lead", "", ("" if draft.lang == "zh" else " ").join(sentences))


def _general_sentence(draft: Draft, general: list[MeasureOption]) -> list[str]:
    """The measures that general evidence names, with their strength."""
    if not general:
        return []
    say = draft.say
    strength = of(STRENGTH, general[0].general[0].strength or "low", draft.lang)
    listed = join([draft.label(o.concept) for o in general], draft.lang)
    cited = [n for o in general for n in draft.references(o.general[0], limit=1)]
    same = len({o.general[0].strength for o in general}) == 1
    note = (f"（{strength}）" if draft.lang == "zh" else f" ({strength})") if same else ""
    return [draft.claim(say(f"有出处的做法是{listed}{note}", f"Sourced measures are {listed}{note}"), cited)]


def _closest_did(draft: Draft, found: Found, options: list[MeasureOption], cases: list[Case]) -> tuple[list[str], Case | None]:
    """What the closest case did or plans of the measures shown, best match first, at most two; and which case that is."""
    names_shown = {o.concept for o in options}
    for case in cases[:2]:
        mine = [m for m in case.measures if set(m.concepts) & names_shown]
        mine.sort(key=lambda m: -found.inside.get(f"case:{case.id}#{m.id}", 0.0))
        if not mine:
            continue
        texts = [draft.claim(safe(clause(m.name.get(draft.lang))) + draft.say(f"（{of(STANDING, m.standing, 'zh')}）", f" ({of(STANDING, m.standing, 'en')})"),
                             [draft.record(case, m.id)], stop=False) for m in mine[:2]]
        head = draft.say(f"{short_name(draft, case)}的做法是", f"In {short_name(draft, case)}: ")
        joined = head + draft.say("；", "; ").join(texts) + draft.say("。", ".")
        return [spaced(joined) if draft.lang == "zh" else joined], case
    return [], None


def _well_sourced(draft: Draft, fact: Fact) -> bool:
    """Whether a fact may stand in a lead: not where its record has only a forum or the like for it."""
    case, entry = record_of(draft, fact)
    return case is None or entry is None or best_source(case, entry).quality != "low"


def _came_of_it(draft: Draft, question: Question, found: Found, options: list[MeasureOption], cases: list[Case], named: Case | None) -> list[str]:
    """What a case saw of a measure shown, the failures first; else what went wrong in the case just named."""
    seen = [f for o in options for f in observed(draft, o) if _well_sourced(draft, f)]
    here = {f"case:{c.id}" for c in cases}
    seen.sort(key=lambda f: (f.scope not in here, f.polarity != "negated", f.modality != "happened"))
    if seen:
        return [case_effect(draft, seen[0], subject=True) + draft.say("。", ".")]
    for case in [named] if named else cases[:1]:
        ranked = statements_for(case, question, found, draft.holdings, limit=12, sections=FAILING)
        wrong = next((s for s in ranked if s.section in ("barrier", "side_effect") or WRONG.search(s.text.get(s.lang).lower())), None)
        if wrong:
            return [stated(draft, case, wrong, mark=True, head="" if named else short_name(draft, case) + draft.say("：", ": "))]
    if cases:
        return [draft.holding(draft.say("这些做法的效果，所列案例没有记录。", "None of the cases listed records what these measures achieved."))]
    return []


def compose_side_effects(draft: Draft, question: Question, found: Found) -> bool:
    """What a measure makes worse, cases before general facts; then what it helps. False if the base knows no such measure."""
    measures = question.of_kind("mea")
    options = [o for o in options_for(question, list(draft.holdings.cases.values()), found, draft.holdings, limit=50) if o.concept in measures][:3]
    if not options:
        return False
    _side_effect_lead(draft, options[0])
    rows = [f"**{capital(draft.label(o.concept))}**{draft.say('：', ': ')}{side_effects(draft, o)}{draft.say('。', '.')}" for o in options]
    draft.block("table", w("side_effects", draft.lang), draft.lines(rows))
    _effects(draft, options)
    shown = [f for o in options for f in o.worsens]
    cases = list({c.id: c for f in shown if (c := draft.holdings.cases.get(str(f.scope).removeprefix("case:")))}.values())[:2]
    groups_block(draft, cases, [f.object for f in shown], question)
    gaps_block(draft, _side_effect_gaps(draft, question, options[0], cases), cases=cases[:1])
    return True


def _side_effect_lead(draft: Draft, option: MeasureOption) -> None:
    """Whether it does: seen in a case, with all that one statement names; else general and called possible; else not recorded."""
    say, name = draft.say, draft.label(option.concept)
    happened = [f for f in option.worsens if f.scope and f.modality == "happened" and f.polarity == "affirmed"]
    general = [f for f in option.worsens if not f.scope]
    if happened:
        first = happened[0]
        together = names(draft, [f.object for f in happened if f.supports[0].passage == first.supports[0].passage])
        where = short_name(draft, draft.holdings.cases[str(first.scope).removeprefix("case:")])
        text = say(f"会，见于{where}：{name}加剧了{together}", f"Yes, seen in {where}: {name} made worse {together}")
        lead = draft.claim(safe(text), draft.of_fact(first, limit=1))
    elif general:
        text = say(f"可能。一般证据：{fact_sentence(draft, general[0])}", f"It may: {fact_sentence(draft, general[0])}")
        lead = draft.claim(text, draft.references(general[0]))
    else:
        lead = draft.holding(say(f"库里没有{name}副作用的记录，这不等于没有。", f"The base records no side effect of {name}; that is not the same as none."))
    draft.block("lead", "", lead)


def _effects(draft: Draft, options: list[MeasureOption]) -> None:
    """What the measures are good for: one general fact, and what cases saw, failures beside successes."""
    rows = []
    for option in options:
        facts = [f for f in draft.holdings.by_subject.get(option.concept, []) if f.relation == "mitigates" and f.scope is None and f.note]
        texts = [general_effect(draft, f) for f in facts[:1]] + [case_effect(draft, f) for f in both_ways(observed(draft, option))]
        if texts:
            rows.append(f"**{capital(draft.label(option.concept))}**{draft.say('：', ': ')}{draft.say('；', '; ').join(texts)}{draft.say('。', '.')}")
        draft.measures.append(AnswerMeasure(
            id=option.concept, label=draft.holdings.vocabulary.concepts[option.concept].label,
            dimensions=draft.holdings.vocabulary.concepts[option.concept].dimensions,
            cases=tuple(dict.fromkeys(c.id for c, _ in option.applied)),
            may_worsen=tuple(SideEffect(f.object, draft.of_fact(f)[0]) for f in option.worsens[:4] if draft.of_fact(f))))
    draft.block("evidence", w("effect", draft.lang), draft.lines(rows))


def _side_effect_gaps(draft: Draft, question: Question, option: MeasureOption, cases: list[Case]) -> list[str]:
    say, name, gaps = draft.say, draft.label(option.concept), []
    if cases:
        place = short_place(cases[0], draft.lang)
        gaps.append(say(f"{place}有多少人受这些副作用影响", f"how many people the side effects reached in {place}"))
    if not any(f.scope is None for f in option.worsens):
        gaps.append(say(f"{name}副作用的一般证据", f"general evidence on side effects of {name}"))
    absent = [c for c in question.of_kind("sys", "grp", "hz") if not any(c in draft.holdings.concepts_of_case[case.id] for case in cases)][:2]
    if absent:
        gaps.append(say(f"{names(draft, absent)}里用{name}的案例", f"a case of {name} with {names(draft, absent)}"))
    if draft.lang == "zh" and cases and all(c.place.country not in ("CN", "HK", "MO", "TW") for c in cases):
        gaps.append(f"国内用{name}出问题的案例")
    gaps.append(say(f"怎样安装和使用{name}才能避免这些副作用", f"how {name} has to be installed and run to avoid them"))
    return gaps
