"""Answers about cases: one case, its lessons, two cases side by side."""

import re
from collections.abc import Iterable, Sequence

from renzhi.graph.case import Case, Statement
from renzhi.ontology.countries import country_names
from renzhi.rag.blocks import TOLD, case_head, gaps_block, groups_block, measure_lines, short_name, stated
from renzhi.rag.draft import Draft, entry_lang, wording_of
from renzhi.rag.gaps import case_gaps, lesson_gaps
from renzhi.rag.holdings import Holdings
from renzhi.rag.question import Question
from renzhi.rag.selection import Found, MeasureOption, measure_option, rank_cases, sides_of, statements_for
from renzhi.rag.wording import SCALE, cell, clause, of, safe, w, years

ALL_ROOM = 3
"""Room of an answer: the most it may say; 2 and 1 say less where it came out too long."""
_DONE = re.compile(r"做了什么|做过什么|措施|应对|做法|怎么(做|办|处理|救|改)|规划|改造|治理|修复|\b(done|did|measures?|respon\w+|rebuil\w+|adapt\w*|protect\w*|plans?|planned|solution)\b")
_WHICH = re.compile(r"哪个案例|哪(座|个|里|儿)|什么(案例|地方)|\b(which|where)\b")


def compose_case(draft: Draft, question: Question, case: Case, found: Found, *, room: int = ALL_ROOM) -> bool:
    """One case: what the question asks of it, then the rest of its record; its measures where they were asked for."""
    lang, say = draft.lang, draft.say
    chosen = statements_for(case, question, found, draft.holdings, limit=2 + 2 * room, sections=TOLD)
    if not chosen:
        return False
    lead, head = _opening(draft, question, case, sure=_is_the_one(question, case, found, draft.holdings))
    lead += [stated(draft, case, s, mark=True, head="" if n else head) for n, s in enumerate(chosen[:2])]
    draft.block("lead", "", say("", " ").join(lead))
    rest = [s for s in case.statements if s in chosen[2:]]
    foreign = any(entry_lang(case, s) != lang for s in rest)
    rows = [case_head(draft, case, translated=foreign) + say("。", "."), *_by_section(draft, case, rest)]
    draft.block("evidence", w("evidence", lang), draft.lines(rows) if rest else "")
    if _DONE.search(question.text.lower()) or question.of_kind("mea"):
        own_measures(draft, case, question, found, limit=min(room, 2))
    groups_block(draft, [case], [c for c in draft.holdings.concepts_of_case[case.id] if c[:3] in ("hz:", "imp")], question)
    gaps = case_gaps(draft, question, case, chosen)
    # what the seed paper says of this system and nothing at hand confirms, unless the lead said so
    gaps += [clause(r.get(lang)) for r in case.remarks if not _named_in(question, case, r.zh, r.en)]
    gaps_block(draft, gaps, cases=[case], editor=room == ALL_ROOM)
    return True


def _is_the_one(question: Question, case: Case, found: Found, holdings: Holdings) -> bool:
    """Whether a case asked for by description is this one: named, or well ahead of every other."""
    ranked = rank_cases(question, found, holdings)
    return case.id in question.cases or len(ranked) < 2 or ranked[0][0] >= 1.3 * ranked[1][0]


def _opening(draft: Draft, question: Question, case: Case, *, sure: bool) -> tuple[list[str], str]:
    """Which case it is, where that was asked or the question names the paper's system; else place and years to open with."""
    say = draft.say
    remark = next((clause(r.get(draft.lang)) for r in case.remarks if _named_in(question, case, r.zh, r.en)), None)
    where = say("，", ", ").join([case.place.get(draft.lang), of(SCALE, case.scale, draft.lang), years(case.years, draft.lang)])
    title = safe(case.title.get(draft.lang))
    opening = say(f"这是“{title}”（{where}）。", f"This is “{title}” ({where}).") if sure else say(
        f"对不准是哪一个，最接近的是“{title}”（{where}）。", f"No record matches with certainty; the closest is “{title}” ({where}).")
    lead = [draft.holding(opening)] if _WHICH.search(question.text.lower()) or remark else []
    if remark:
        lead.append(draft.holding(remark + say("。", ".")))
    return lead, "" if lead else short_name(draft, case) + say("：", ": ")


def _named_in(question: Question, case: Case, *texts: str) -> bool:
    """Whether a name of the question, other than the case's place or country, stands in one of the texts."""
    where = " ".join([case.place.zh, case.place.en, *case.place.aliases, *country_names(case.place.country), case.title.zh, case.title.en])
    return any(name.lower() in " ".join(texts).lower() for name in question.names if name not in where)


_SECTION = {"vulnerability": ("脆弱性", "Vulnerability"), "impact": ("影响", "Impacts"), "cause": ("过程", "How it unfolded"), "outcome": ("结果", "Outcome"),
            "barrier": ("障碍", "Barriers"), "side_effect": ("副作用", "Side effects"), "co_benefit": ("协同效益", "Co-benefits"), "cost": ("费用", "Cost")}


def _by_section(draft: Draft, case: Case, statements: Iterable[Statement]) -> list[str]:
    """One line a section of the record."""
    rows: dict[str, list[str]] = {}
    for statement in statements:
        rows.setdefault(of(_SECTION, statement.section, draft.lang), []).append(stated(draft, case, statement))
    return [f"{name}{draft.say('：', ': ')}{draft.say('', ' ').join(texts)}" for name, texts in rows.items()]


def own_measures(draft: Draft, case: Case, question: Question, found: Found, *, limit: int, only: Sequence[str] = ()) -> None:
    """The measures that the case applied (`only`: those of these concepts), with what accepted facts say of them."""
    concepts = list(dict.fromkeys(c for m in case.measures for c in m.concepts if not only or c in only))
    options: list[MeasureOption] = []
    for concept in concepts:
        facts = [f for f in draft.holdings.by_subject.get(concept, []) if f.relation == "mitigates"
                 and (f.scope is None or f.scope == f"case:{case.id}")]
        targets = list(dict.fromkeys(f.object for f in facts))
        own = draft.holdings.concepts_of_case[case.id]
        facts = [f for f in facts if f.scope or f.object in own]
        options.append(measure_option(concept, facts, targets, question, {case.id}, found, draft.holdings))
    options.sort(key=lambda o: (-o.score, o.concept))
    left_out = sides_of((c for m in case.measures for c in m.concepts), draft.holdings)
    measure_lines(draft, options[:limit], only_case=case, left_out=left_out)


FAILING = ("barrier", "side_effect", "cause", "vulnerability")
"""Sections that tell what went wrong."""


def compose_lessons(draft: Draft, question: Question, cases: Sequence[Case], found: Found, *, room: int = ALL_ROOM) -> bool:
    """Documented failings, then outcomes by date; no record has a sourced lesson, so none is invented."""
    rows = []
    for case in cases[: 1 if question.cases else room]:
        failings = statements_for(case, question, found, draft.holdings, limit=1 + room, sections=FAILING)
        if failings:
            rows.append((case, failings, [s for s in case.statements if s.section == "outcome" and s.sources][: max(1, room - 1)]))
    if not rows:
        return False
    case, failings, _ = rows[0]
    head = short_name(draft, case) + draft.say("：", ": ")
    lead = [stated(draft, case, s, mark=True, head="" if n else head) for n, s in enumerate(failings[: 3 if room > 1 else 2])]
    draft.block("lead", "", draft.say("", " ").join(lead))
    bullets = []
    for case, failings, outcomes in rows:
        rest = [s for s in failings[: 1 + room] + outcomes if (case.id, s.id) not in draft.said]
        foreign = any(entry_lang(case, s) != draft.lang for s in rest or failings)
        texts = [stated(draft, case, s) for s in rest]
        bullets.append(case_head(draft, case, translated=foreign) + draft.say("。", ". ") + draft.say("", " ").join(texts))
    draft.block("evidence", w("evidence", draft.lang), draft.lines(bullets))
    first, failed = rows[0][:2]
    own_measures(draft, first, question, found, limit=room)
    shown = [case for case, _, _ in rows]
    groups_block(draft, shown, [c for c in draft.holdings.concepts_of_case[first.id] if c[:3] in ("hz:", "imp")], question)
    gaps_block(draft, lesson_gaps(draft, first, failed), cases=shown, editor=room > 1)
    return True


def compose_compare(draft: Draft, question: Question, cases: Sequence[Case], found: Found) -> bool:
    """Two cases in fixed rows; no winner is named."""
    if len(cases) < 2:
        return False
    left, right = cases[0], cases[1]
    say = draft.say
    head = "| | " + " | ".join(safe(cell(c.title.get(draft.lang))) for c in (left, right)) + " |"
    rows = [head, "|---|---|---|"]
    for section, (zh, en) in {"cause": ("过程", "How it unfolded"), "impact": ("影响", "Impacts"), "outcome": ("结果", "Outcome"), "barrier": ("障碍", "Barriers"), "side_effect": ("副作用", "Side effects")}.items():
        cells = [_compare_cell(draft, c, question, found, section) for c in (left, right)]
        if any(cells):
            rows.append(f"| {say(zh, en)} | " + " | ".join(c or w("none_found", draft.lang) for c in cells) + " |")
    for dimension, (zh, en) in {"technology": ("技术", "Technical"), "institution": ("制度", "Institutional"), "space": ("空间", "Spatial")}.items():
        cells = ["; ".join(draft.claim(safe(cell(m.name.get(draft.lang))), [draft.record(c, m.id)], stop=False) for m in c.measures if dimension in m.dimensions) for c in (left, right)]
        if any(cells):
            rows.append(f"| {say(zh, en)} | " + " | ".join(c or w("none_found", draft.lang) for c in cells) + " |")
    shared = draft.holdings.concepts_of_case[left.id] & draft.holdings.concepts_of_case[right.id]
    measures = sorted(c for c in shared if c.startswith("mea:"))
    both = say("、", ", ").join(map(draft.label, measures[:4])) or say("没有相同的措施概念", "no measure concept in common")
    draft.block("lead", "", draft.holding(say(f"两个案例的记录并列如下；共有的措施：{both}。不评高下。", f"The two records stand side by side; measures in common: {both}. No winner is named.")))
    draft.block("table", w("evidence", draft.lang), "\n".join(rows))
    groups_block(draft, [left, right], [], question)
    gaps_block(draft, case_gaps(draft, question, left, []) + case_gaps(draft, question, right, []), cases=[])
    return True


def _compare_cell(draft: Draft, case: Case, question: Question, found: Found, section: str) -> str:
    chosen = statements_for(case, question, found, draft.holdings, limit=1, sections=(section,))
    return "".join(draft.claim(safe(cell(wording_of(s, draft.lang))), [draft.record(case, s.id)], stop=False) for s in chosen)
