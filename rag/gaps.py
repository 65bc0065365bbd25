"""What the evidence shown does not cover, said of this question: which effect, which cost, which group, since when."""

import re
from collections.abc import Sequence

from renzhi.graph.case import Case, CaseMeasure, Statement
from renzhi.rag.blocks import named_in_text, names, observed, short_place
from renzhi.rag.draft import Draft
from renzhi.rag.question import Question
from renzhi.rag.selection import MeasureOption, fits
from renzhi.rag.wording import clause, join, safe

MAX_GAPS = 4


def measure_gaps(draft: Draft, question: Question, options: Sequence[MeasureOption], cases: Sequence[Case]) -> list[str]:
    """Effects and costs that no case shown records, plans whose fate is unknown, and how few cases meet the question."""
    say, gaps = draft.say, few_cases(draft, question)
    unshown = [o for o in options if not observed(draft, o)][:3]
    if unshown:
        tried = [o for o in unshown if o.applied]
        where = join(list(dict.fromkeys(short_place(o.applied[0][0], draft.lang) for o in tried)), draft.lang)
        listed = names(draft, [o.concept for o in unshown])
        gaps.append(say(f"{listed}用下来的效果" + (f"（{where}只记了做法）" if where else "（没有案例）"),
                        f"what {listed} achieved in use" + (f" ({where} records only that it was done)" if where else " (no case)")))
    gaps += [unknown_fate(draft, c, m) for o in options for c, m in o.applied[:1] if m.standing == "planned"][:1]
    unpriced = [o for o in options if o.applied and not any(f.kind == "cost" for f in o.applied[0][0].figures)][:2]
    if unpriced:
        listed = names(draft, [o.concept for o in unpriced])
        places = list(dict.fromkeys(short_place(o.applied[0][0], draft.lang) for o in unpriced))
        gaps.append(say(f"{listed}的造价（{join(places, 'zh')}没有记）", f"what {listed} cost (not recorded for {join(places, 'en')})"))
    absent = [g for g in question.of_kind("grp") if g in draft.groups_absent]
    if absent:
        gaps.append(say(f"{names(draft, absent)}：所列案例没有写", f"{names(draft, absent)}: not in the cases listed"))
    if draft.lang == "zh" and cases and all(c.place.country not in ("CN", "HK", "MO", "TW") for c in cases):
        gaps.append(f"国内城市的案例（所列都在{join(list(dict.fromkeys(short_place(c, 'zh') for c in cases)), 'zh')}）")
    return gaps[:MAX_GAPS]


def few_cases(draft: Draft, question: Question) -> list[str]:
    """How few cases concern all that was asked together, where there are fewer than three."""
    core = question.of_kind("hz", "imp", "sys", "grp")[:3]
    if len(core) < 2:
        return []
    has = draft.holdings.concepts_of_case
    meet = [slug for slug, case in draft.holdings.cases.items() if set(core) <= has[slug] and fits(case, question.filters, draft.holdings)]
    labels = draft.say("、", ", ").join(map(draft.label, core))
    if not meet:
        return [draft.say(f"同时涉及{labels}的案例：库里一个也没有", f"cases that join {labels}: none is held")]
    if len(meet) > 2:
        return []
    where = join([short_place(draft.holdings.cases[s], draft.lang) for s in meet], draft.lang)
    return [draft.say(f"同时涉及{labels}的案例只有 {len(meet)} 个（{where}）", f"cases that join {labels}: only {len(meet)} ({where})")]


def unknown_fate(draft: Draft, case: Case, measure: CaseMeasure) -> str:
    """Whether a plan was carried out after the record ends."""
    until = last_year(case)
    name, place = safe(clause(measure.name.get(draft.lang))), short_place(case, draft.lang)
    return draft.say(f"{place}的“{name}”在 {until} 年之后是否落实" if until else f"{place}的“{name}”是否落实",
                     f"whether “{name}” ({place}) was carried out after {until}" if until else f"whether “{name}” ({place}) was carried out")


def last_year(case: Case) -> str | None:
    """The last year that the record speaks of: its span, or where that is open its latest dated entry or source."""
    named = re.findall(r"\d{4}", case.years)
    if re.search(r"\d\s*[-–—]\s*$", case.years):
        dated = [s.year for s in case.statements] + [f.year for f in case.figures]
        named += [y for one in dated for y in re.findall(r"\d{4}", one or "")]
        named += [str(s.year) for s in case.sources if s.year]
    newest = max((str(s.year) for s in case.sources if s.year), default=None)
    last = max(named, default=None)
    return None if last and newest and last > newest else last


def case_gaps(draft: Draft, question: Question, case: Case, shown: Sequence[Statement]) -> list[str]:
    """What the question names and the record is silent on, what came of its measures, and what they cost."""
    say, gaps = draft.say, []
    has = draft.holdings.concepts_of_case[case.id]
    text = draft.holdings.raw_text_of_case[case.id]
    forms = {m.concept: m.form.lower() for m in question.mentions}
    silent = [c for c in question.concepts if c not in has and not c.startswith("hz:") and forms.get(c, "") not in text
              and not named_in_text(draft, c, text)][:2]
    if silent:
        gaps.append(say(f"{names(draft, silent)}：这条记录没有写", f"{names(draft, silent)}: this record says nothing of it"))
    sections = {s.section for s in case.statements if s.sources}
    planned = [m for m in case.measures if m.standing == "planned"]
    gaps += [unknown_fate(draft, case, m) for m in planned[:1]]
    done = [m for m in case.measures if m.standing != "planned"]
    if done and "outcome" not in sections:
        gaps.append(say(f"“{clause(done[0].name.zh)}”之后的结果", f"what came of “{clause(done[0].name.en)}”"))
    if done and "cost" not in sections and not any(f.kind == "cost" for f in case.figures):
        gaps.append(say(f"“{clause(done[0].name.zh)}”花了多少", f"what “{clause(done[0].name.en)}” cost"))
    if len(gaps) < 1 and last_year(case):
        place = short_place(case, draft.lang)
        gaps.append(say(f"{place}在 {last_year(case)} 年之后有没有整改：记录到此为止", f"what {place} changed after {last_year(case)}: the record ends there"))
    return gaps[:MAX_GAPS]


def lesson_gaps(draft: Draft, case: Case, failings: Sequence[Statement]) -> list[str]:
    """Whether what failed was mended since; no record has a lesson with a source, so that is said."""
    say, gaps = draft.say, []
    until, place = last_year(case), short_place(case, draft.lang)
    later = [s for s in case.statements if s.section == "outcome" and s.sources]
    weak = next((s for s in failings if s.section in ("barrier", "side_effect", "vulnerability")), None)
    if weak:
        what = safe(clause(weak.text.get(draft.lang)))
        gaps.append(say(f"{place}：“{what}”在 {until} 年之后有没有改" if until else f"{place}：“{what}”后来有没有改",
                        f"{place}: whether “{what}” was mended" + (f" after {until}" if until else "")))
    if not later:
        gaps.append(say(f"{place}事后的任何结果", f"any outcome in {place}"))
    gaps += [unknown_fate(draft, case, m) for m in case.measures if m.standing == "planned"][:1]
    gaps.append(say("有出处的教训：记录里只有障碍、副作用与失效环节", "a lesson with a source: the record has barriers, side effects and failed links only"))
    return gaps
