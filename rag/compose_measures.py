"""Answers on measures: what to do against a risk, and what a measure makes worse."""

from renzhi.graph.case import Case
from renzhi.rag.blocks import (
    evidence_by_case,
    fact_sentence,
    gaps_block,
    general_effect,
    groups_block,
    measure_lines,
    names,
    short_name,
    side_effects,
)
from renzhi.rag.draft import Draft
from renzhi.rag.model import AnswerMeasure, SideEffect
from renzhi.rag.question import Question
from renzhi.rag.selection import Found, MeasureOption, options_for, rank_cases, targets_of
from renzhi.rag.wording import STRENGTH, clause, join, of, safe, w

MAX_CASES = 3
MAX_MEASURES = 4


def compose_measures(draft: Draft, question: Question, found: Found, *, missing: tuple[str, ...], max_cases: int = MAX_CASES) -> bool:
    """Writes the answer; False if no accepted fact names a measure for what was asked."""
    cases = cases_for(question, found, draft)[:max_cases]
    options = _on_all_sides(options_for(question, cases, found, draft.holdings, limit=999), draft)
    if not options:
        return False
    _lead(draft, question, options, cases, missing)
    evidence_by_case(draft, cases, question, found, each=2)
    measure_lines(draft, options)
    groups_block(draft, cases, targets_of(question, draft.holdings), question)
    gaps_block(draft, _gaps(draft, question, options, cases), cases=cases, editor=True)
    return True


def _on_all_sides(options: list[MeasureOption], draft: Draft) -> list[MeasureOption]:
    """The best options, and for each of technology, institution and space without one the best that has it."""
    def sides(option: MeasureOption) -> set[str]:
        return set(draft.holdings.vocabulary.concepts[option.concept].dimensions)

    chosen = options[:MAX_MEASURES]
    for side in ("technology", "institution", "space"):
        if not any(side in sides(o) for o in chosen):
            chosen += [o for o in options if side in sides(o)][:1]
    return chosen


def cases_for(question: Question, found: Found, draft: Draft) -> list[Case]:
    """At most three cases that share a hazard, impact, system or measure asked; the named ones alone where cases are named."""
    ranked = rank_cases(question, found, draft.holdings)
    if question.cases:
        return [case for _, case in ranked if case.id in question.cases][:MAX_CASES]
    core = set(question.of_kind("hz", "imp", "sys", "mea"))
    ranked = [(score, case) for score, case in ranked if not core or core & draft.holdings.concepts_of_case[case.id]]
    best = ranked[0][0] if ranked else 0.0
    return [case for score, case in ranked[:MAX_CASES] if score >= best / 2]


def _lead(draft: Draft, question: Question, options: list[MeasureOption], cases: list[Case], missing: tuple[str, ...]) -> None:
    say, sentences = draft.say, []
    if missing:
        listed = join([safe(m) for m in missing[:3]], draft.lang)
        sentences.append(draft.holding(say(f"库里没有提到{listed}；下面是其他有关的证据。", f"Nothing held mentions {listed}; what follows is related evidence.")))
    general = [o for o in options if o.general][:3]
    shown = [o for o in options if o.shown]
    if general:
        strength = of(STRENGTH, general[0].general[0].strength or "low", draft.lang)
        listed = join([f"{draft.label(o.concept)}" for o in general], draft.lang)
        cited = [n for o in general for n in draft.references(o.general[0], limit=1)]
        same = len({o.general[0].strength for o in general}) == 1
        note = (f"（{strength}）" if draft.lang == "zh" else f" ({strength})") if same else ""
        sentences.append(draft.claim(say(f"有出处的做法是{listed}{note}", f"Sourced measures are {listed}{note}"), cited))
    if shown:
        fact = shown[0].shown[0]
        case = draft.holdings.cases.get(str(fact.scope).removeprefix("case:"))
        where = short_name(draft, case) if case else ""
        sentences.append(draft.claim(safe(say(f"{where}，{fact_sentence(draft, fact)}", f"In {where}, {fact_sentence(draft, fact)}")),
                                     draft.of_fact(fact, limit=1)))
    elif not general and any(o.applied for o in options):
        sentences.append(_applied_sentence(draft, next(o for o in options if o.applied)))
    elif cases:
        sentences.append(draft.holding(say("库里的案例没有记录这些措施的效果。", "No case held records an effect of these measures.")))
    bare = [t for t in targets_of(question, draft.holdings) if not any(f.relation == "mitigates" for f in draft.holdings.by_object.get(t, []))]
    asked_bare = [t for t in bare if t in question.of_kind("imp", "vul")][:2]
    if asked_bare and len(sentences) < 3:
        sentences.append(draft.holding(say(f"{names(draft, asked_bare)}没有做法记录。", f"No measure is recorded for {names(draft, asked_bare)}.")))
    draft.block("lead", "", ("" if draft.lang == "zh" else " ").join(sentences))


def _applied_sentence(draft: Draft, option: MeasureOption) -> str:
    case, measure = option.applied[0]
    text = draft.say(f"{short_name(draft, case)}的做法是{draft.label(option.concept)}（{clause(measure.name.zh)}），效果没有记录",
                     f"In {short_name(draft, case)} the measure was {draft.label(option.concept)} ({clause(measure.name.en)}); its effect is not recorded")
    return draft.claim(safe(text), [draft.record(case, measure.id)])


def _gaps(draft: Draft, question: Question, options: list[MeasureOption], cases: list[Case]) -> list[str]:
    say, gaps = draft.say, []
    unshown = [o.concept for o in options if not o.shown][:3]
    if unshown:
        gaps.append(say(f"{names(draft, unshown)}在所列案例中的效果", f"the effect of {names(draft, unshown)} in the cases listed"))
    costs = [f for c in cases for f in c.figures if f.kind == "cost"]
    if not costs:
        gaps.append(say("这些措施的造价", "what these measures cost"))
    groups = [g for g in question.of_kind("grp") if g in draft.groups_absent]
    if groups:
        gaps.append(say(f"{names(draft, groups)}：所列案例没有写", f"{names(draft, groups)}: not in the cases listed"))
    if cases and all(c.place.country != "CN" for c in cases) and draft.lang == "zh":
        gaps.append("国内的案例")
    return gaps


def compose_side_effects(draft: Draft, question: Question, found: Found) -> bool:
    """What a measure makes worse, cases before general facts; then what it helps. False if the base knows no such measure."""
    measures = question.of_kind("mea")
    cases = cases_for(question, found, draft)
    options = [o for o in options_for(question, list(draft.holdings.cases.values()), found, draft.holdings, limit=50) if o.concept in measures]
    if not options:
        return False
    option = options[0]
    _side_effect_lead(draft, option)
    rows = [f"**{draft.label(o.concept)}**{draft.say('：', ': ')}{side_effects(draft, o)}{draft.say('。', '.')}" for o in options[:3]]
    draft.block("table", w("side_effects", draft.lang), draft.lines(rows))
    _effects(draft, options[:3])
    hit = [f.object for f in option.worsens]
    cases = [draft.holdings.cases[s] for f in option.worsens if (s := str(f.scope).removeprefix("case:")) in draft.holdings.cases][:1]
    groups_block(draft, cases, hit, question)
    gaps_block(draft, [draft.say("造价", "cost"), draft.say("副作用的规模和人数", "how large the side effects are, and how many people they reach")],
               cases=cases[:1], editor=False)
    return True


def _side_effect_lead(draft: Draft, option: MeasureOption) -> None:
    say, name = draft.say, draft.label(option.concept)
    happened = [f for f in option.worsens if f.scope and f.modality == "happened" and f.polarity == "affirmed"]
    general = [f for f in option.worsens if not f.scope]
    if happened:
        case = draft.holdings.cases[str(happened[0].scope).removeprefix("case:")]
        text = say(f"会，见于{short_name(draft, case)}：{fact_sentence(draft, happened[0])}",
                   f"Yes, seen in {short_name(draft, case)}: {fact_sentence(draft, happened[0])}")
        lead = draft.claim(safe(text), draft.of_fact(happened[0], limit=1))
    elif general:
        text = say(f"可能。一般证据：{fact_sentence(draft, general[0])}", f"It may: {fact_sentence(draft, general[0])}")
        lead = draft.claim(text, draft.references(general[0]))
    else:
        lead = draft.holding(say(f"库里没有{name}副作用的记录，这不等于没有。", f"The base records no side effect of {name}; that is not the same as none."))
    draft.block("lead", "", lead)


def _effects(draft: Draft, options: list[MeasureOption]) -> None:
    rows = []
    for option in options:
        facts = [f for f in draft.holdings.by_subject.get(option.concept, []) if f.relation == "mitigates" and f.scope is None]
        if facts:
            rows.append(f"**{draft.label(option.concept)}**{draft.say('：', ': ')}{general_effect(draft, facts[0])}{draft.say('。', '.')}")
        draft.measures.append(AnswerMeasure(
            id=option.concept, label=draft.holdings.vocabulary.concepts[option.concept].label,
            dimensions=draft.holdings.vocabulary.concepts[option.concept].dimensions,
            cases=tuple(dict.fromkeys(c.id for c, _ in option.applied)),
            may_worsen=tuple(SideEffect(f.object, draft.of_fact(f)[0]) for f in option.worsens[:4] if draft.of_fact(f))))
    draft.block("evidence", w("effect", draft.lang), draft.lines(rows))
