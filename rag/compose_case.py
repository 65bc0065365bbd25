"""Answers about cases: one case, its figures, its costs, its lessons, two cases side by side."""

import re
from collections.abc import Iterable, Sequence

from renzhi.graph.case import Case, Figure, Statement
from renzhi.graph.tokens import tokens
from renzhi.rag.blocks import case_head, gaps_block, groups_block, measure_lines, stated, unheld_terms
from renzhi.rag.draft import Draft, entry_lang, wording_of
from renzhi.rag.question import Question
from renzhi.rag.selection import Found, MeasureOption, _option, statements_for
from renzhi.rag.wording import SCALE, cell, clause, figure_value, of, safe, w, years

_ASKED_KINDS = [
    ("casualties", r"死|伤亡|遇难|失踪|多少人(死|亡)|\b(die[ds]?|dead|deaths?|killed|casualt\w+|toll|injur\w+)\b"),
    ("loss", r"损失|经济损失|\b(loss(es)?|damages?|cost macao|cost the)\b"),
    ("affected", r"受灾|影响(了)?多少|多少(人|户)|几(人|户)|人口|户数|\b(affected|displaced|households|people|homes|customers|evacuat\w+)\b"),
    ("cost", r"花|造价|成本|费用|投资|多少钱|预算|资金|\b(costs?|price|paid|spent|spend|budget|funding|invest\w*|premiums?)\b"),
    ("payout", r"赔|补偿|\b(payouts?|paid out|compensat\w+|came back)\b"),
    ("cover", r"保额|限额|\b(cover(age)?|insured)\b"),
    ("hazard", r"雨量|降雨|水位|浪高|风速|气温|多少度|\b(rain(fall)?|surge|wind|temperature|degrees|depth)\b"),
]
_DEATHS = re.compile(r"死|遇难|\b(die[ds]?|dead|deaths?|killed|fatalit\w+|toll)\b")
MONEY_KINDS = ("cost", "payout", "cover", "loss")


def asked_kinds(text: str) -> list[str]:
    """The kinds of figure that a question asks for, by its words."""
    return [kind for kind, cue in _ASKED_KINDS if re.search(cue, text.lower())]


def rank_figures(case: Case, question: Question, found: Found, *, kinds: Sequence[str]) -> list[tuple[float, Figure]]:
    """Figures of a case by how well they answer, best first: kind asked, words shared, place in retrieval."""
    asked = set(tokens(question.text)) - set(tokens(f"{case.title.zh} {case.title.en} {case.place.zh} {case.place.en}"))
    scored = []
    for position, figure in enumerate(case.figures):
        words = set(tokens(f"{figure.what.zh} {figure.what.en}"))
        around = set(tokens(f"{figure.recorded} {figure.note.zh if figure.note else ''} {figure.note.en if figure.note else ''}"))
        score = 2.0 * (figure.kind in kinds) + 2.0 * len(asked & words) / (1 + min(len(asked), len(words))) + 0.5 * len(asked & around) / (1 + len(asked))
        score += 0.5 * any(year in (figure.year or "") for year in question.years)
        score += 1.0 * bool(_DEATHS.search(question.text.lower()) and _DEATHS.search(f"{figure.what.zh} {figure.what.en}".lower()))
        for entry in (figure.id, figure.statement):
            rank = found.rank.get(f"case:{case.id}#{entry}")
            score += 0.6 / (1 + rank) if rank is not None else 0.0
        scored.append((score, -position, figure))
    scored.sort(key=lambda row: row[:2], reverse=True)
    return [(score, figure) for score, _, figure in scored]


def compose_figure(draft: Draft, question: Question, case: Case, found: Found, *, cost: bool) -> bool:
    """A table of the figures asked for, rivals side by side; False if the case holds none that answers."""
    kinds = asked_kinds(question.text) or (["cost"] if cost else [])
    if cost and not set(kinds) & set(MONEY_KINDS):
        kinds = [*kinds, "cost"]
    if "loss" in kinds:
        kinds = [k for k in kinds if k != "cost"]
    ranked = rank_figures(case, question, found, kinds=kinds)
    best = ranked[0][0] if ranked else 0.0
    chosen = [f for score, f in ranked if score >= max(0.9, best * 0.55) or _shared(question, case, f) > 1]
    close = [f for _, f in ranked[:6] if _shared(question, case, f) > 1]
    chosen = ([f for f in chosen if f.kind in kinds or f in close[:2]] or chosen)[:5]
    if cost and not any(f.kind in MONEY_KINDS for f in chosen):
        chosen = []
    chosen = _with_rivals(case, chosen)
    if not chosen:
        return False
    if cost:
        chosen.sort(key=lambda f: (f.kind not in kinds, f.kind, f.year or "9999"))
    _figure_lead(draft, case, chosen)
    draft.block("table", w("figures", draft.lang), _figure_table(draft, case, chosen))
    if cost and "loss" not in kinds:
        _money_statements(draft, case, question, found)
        _own_measures(draft, case, question, found, limit=1)
        groups_block(draft, [case], [], question)
    gaps_block(draft, _figure_gaps(draft, case, question, chosen, kinds), cases=[case])
    return True


def _shared(question: Question, case: Case, figure: Figure) -> int:
    """How many telling words of the question the figure's name has; those of the case's own name tell nothing."""
    common = set(tokens(f"{case.title.zh} {case.title.en} {case.place.zh} {case.place.en}"))
    return len((set(tokens(question.text)) & set(tokens(f"{figure.what.zh} {figure.what.en}"))) - common)


def _with_rivals(case: Case, chosen: list[Figure]) -> list[Figure]:
    """The figures with those that other sources set against them."""
    ids = [f.id for f in chosen]
    for conflict in case.conflicts:
        if set(conflict.between) & set(ids):
            ids += [one for one in conflict.between if one not in ids]
    return [f for one in ids for f in case.figures if f.id == one]


def _figure_text(draft: Draft, figure: Figure) -> str:
    """“what: value (year, place, whose count)”."""
    parts = [years(figure.year, draft.lang) if figure.year else w("undated", draft.lang)]
    parts += [pair.get(draft.lang) for pair in (figure.place, figure.counted_by) if pair]
    tail = "，".join(parts) if draft.lang == "zh" else ", ".join(parts)
    what, value = safe(figure.what.get(draft.lang)), figure_value(figure, draft.lang)
    return f"{what}为{value}（{safe(tail)}）" if draft.lang == "zh" else f"{what}: {value} ({safe(tail)})"


def _figure_lead(draft: Draft, case: Case, chosen: list[Figure]) -> None:
    rivals = [c.between for c in case.conflicts if len(set(c.between) & {f.id for f in chosen}) > 1]
    first = [f for f in chosen if rivals and f.id in rivals[0]] if rivals and chosen[0].id in rivals[0] else chosen[:2]
    sentences = []
    name = safe(case.title.get(draft.lang)) + draft.say("：", ": ")
    if rivals and first and first[0].id in rivals[0] and len(first) > 1:
        texts = [draft.claim(head + _figure_text(draft, f), [draft.record(case, f.id)], stop=False) for head, f in zip([name, "", ""], first[:3], strict=False)]
        sentences.append(draft.say("；", "; ").join(texts) + draft.say("。", "."))
        sentences.append(draft.holding(draft.say("几个数都在库里，口径不一，没有定论。", "All of these are in the base and none is settled.")))
    else:
        sentences += [draft.claim(head + _figure_text(draft, f), [draft.record(case, f.id)]) for head, f in zip([name, ""], first, strict=False)]
    draft.block("lead", "", draft.say("", " ").join(sentences))


def _figure_table(draft: Draft, case: Case, chosen: list[Figure]) -> str:
    say = draft.say
    place = case.place.get(draft.lang)
    head = say(f"| {place} | 数值 | 年份 | 口径 | 记录的写法 | 来源 |", f"| {place} | Value | Year | Which count | Record wording | Source |")
    rows = [head, "|---|---|---|---|---|---|"]
    for figure in chosen:
        count = draft.say("；", "; ").join(pair.get(draft.lang) for pair in (figure.counted_by, figure.place, figure.note) if pair) or w("not_stated", draft.lang)
        year = years(figure.year, draft.lang) if figure.year else w("undated", draft.lang)
        cells = [figure.what.get(draft.lang), figure_value(figure, draft.lang), year, count, f"“{figure.recorded}”"]
        number = draft.record(case, figure.id)
        rows.append("| " + " | ".join(safe(cell(c)) for c in cells) + f" | [{number}] |")
    return "\n".join(rows)


def _money_statements(draft: Draft, case: Case, question: Question, found: Found) -> None:
    """What the record says about money in words: quoted, never added up."""
    costs = [s for s in case.statements if s.section == "cost" and s.sources]
    rows = [stated(draft, case, s) for s in costs[:2]]
    foreign = any(entry_lang(case, s) != draft.lang for s in costs[:2])
    if rows:
        draft.block("evidence", w("evidence", draft.lang), draft.lines([case_head(draft, case, translated=foreign) + draft.say("。", ". ") + " ".join(rows)]))


def _figure_gaps(draft: Draft, case: Case, question: Question, chosen: list[Figure], kinds: Sequence[str]) -> list[str]:
    say, gaps = draft.say, []
    for kind in kinds:
        if kind not in {f.kind for f in chosen}:
            zh = {"casualties": "伤亡", "loss": "损失", "affected": "受影响的人数或户数", "cost": "造价", "payout": "赔付", "cover": "保额", "hazard": "致灾强度"}
            en = {"casualties": "casualties", "loss": "losses", "affected": "people or households affected", "cost": "cost", "payout": "payouts", "cover": "cover", "hazard": "intensity"}
            gaps.append(say(f"{zh[kind]}的数字：这条记录没有", f"figures on {en[kind]}: this record has none"))
    missing_year = [y for y in question.years if not any(y in (f.year or "") for f in chosen)]
    if missing_year and any(f.year for f in chosen):
        gaps.append(say(f"注明 {'、'.join(missing_year)} 年的数字", f"figures dated {', '.join(missing_year)}"))
    if any(f.counted_by is None for f in chosen):
        gaps.append(say("各数由谁统计，记录没有全部写明", "whose count each figure is: not always stated"))
    latest = max((y for f in case.figures for y in re.findall(r"\d{4}", f.year or "")), default=None)
    if latest:
        gaps.append(say(f"{latest} 年以后的数字", f"figures after {latest}"))
    return gaps


def compose_case(draft: Draft, question: Question, case: Case, found: Found) -> bool:
    """One case: what it is, what the question asks of it, its measures, groups and gaps."""
    lang, say = draft.lang, draft.say
    chosen = statements_for(case, question, found, draft.holdings, limit=6, sections=("vulnerability", "impact", "cause", "outcome", "barrier", "side_effect"))
    if not chosen:
        return False
    first, rest = _answering(case, chosen, question)
    place = case.place.get(lang)
    where = f"{place}，{of(SCALE, case.scale, lang)}，{years(case.years, lang)}" if lang == "zh" else f"{place}, {of(SCALE, case.scale, lang)}, {years(case.years, lang)}"
    title = safe(case.title.get(lang))
    mark = say("；以下为译文，记录原文为英文", "; our translation, record wording Chinese") if any(s.lang != lang for s in first) else ""
    lead = [draft.holding(say(f"库里的案例是“{title}”（{where}{mark}）。", f"The case in the base is “{title}” ({where}{mark})."))]
    remark = next((clause(r.get(lang)) for r in case.remarks if any(n.lower() in f"{r.zh} {r.en}".lower() for n in question.names if n.lower() not in place.lower())), None)
    if remark:
        lead.append(draft.holding(remark + say("。", ".")))
    lead += [stated(draft, case, s) for s in first]
    draft.block("lead", "", say("", " ").join(lead))
    foreign = any(entry_lang(case, s) != lang for s in chosen)
    note = say("（译文，记录原文为英文）", " (our translation; record wording Chinese)") if foreign else ""
    draft.block("evidence", w("evidence", lang) + note, _by_section(draft, case, rest))
    _own_measures(draft, case, question, found, limit=4)
    groups_block(draft, [case], [c for c in draft.holdings.concepts_of_case[case.id] if c[:3] in ("hz:", "imp")], question)
    remarks = [] if remark else remarks_of(draft, case)
    gaps_block(draft, unheld_terms(draft, question) + _case_gaps(draft, case) + remarks, cases=[case], editor=True)
    return True


def _answering(case: Case, chosen: list[Statement], question: Question) -> tuple[list[Statement], list[Statement]]:
    """The two statements that answer best, and the others in the order of the record."""
    later = re.search(r"后来|结果|之后|效果|建成|\b(after(wards)?|later|outcome|result|since)\b", question.text.lower())
    ordered = sorted(chosen, key=lambda s: s.section != "outcome") if later else chosen
    rest = ordered[2:]
    return ordered[:2], [s for s in case.statements if s in rest]


_SECTION = {"vulnerability": ("脆弱性", "Vulnerability"), "impact": ("影响", "Impacts"), "cause": ("过程", "How it unfolded"), "outcome": ("结果", "Outcome"),
            "barrier": ("障碍", "Barriers"), "side_effect": ("副作用", "Side effects"), "co_benefit": ("协同效益", "Co-benefits"), "cost": ("费用", "Cost")}


def _by_section(draft: Draft, case: Case, statements: Iterable[Statement]) -> str:
    rows: dict[str, list[str]] = {}
    for statement in statements:
        rows.setdefault(of(_SECTION, statement.section, draft.lang), []).append(stated(draft, case, statement))
    return draft.lines(f"{name}{draft.say('：', ': ')}{draft.say('', ' ').join(texts)}" for name, texts in rows.items())


def _own_measures(draft: Draft, case: Case, question: Question, found: Found, *, limit: int) -> None:
    """The measures that the case applied, with what accepted facts say of them."""
    concepts = list(dict.fromkeys(c for m in case.measures for c in m.concepts))
    options: list[MeasureOption] = []
    for concept in concepts:
        facts = [f for f in draft.holdings.by_subject.get(concept, []) if f.relation == "mitigates"
                 and (f.scope is None or f.scope == f"case:{case.id}")]
        targets = list(dict.fromkeys(f.object for f in facts))
        own = draft.holdings.concepts_of_case[case.id]
        facts = [f for f in facts if f.scope or f.object in own]
        options.append(_option(concept, facts, targets, question, {case.id}, found, draft.holdings))
    options.sort(key=lambda o: (-o.score, o.concept))
    measure_lines(draft, options[:limit], only_case=case)


def _case_gaps(draft: Draft, case: Case) -> list[str]:
    say, gaps = draft.say, []
    sections = {s.section for s in case.statements if s.sources}
    if "cost" not in sections and not any(f.kind == "cost" for f in case.figures):
        gaps.append(say("造价", "cost"))
    if "outcome" not in sections:
        gaps.append(say("措施实施后的结果", "what came of the measures"))
    latest = max(re.findall(r"\d{4}", case.years), default=None)
    if latest:
        gaps.append(say(f"{latest} 年以后的情况", f"anything after {latest}"))
    return gaps


def remarks_of(draft: Draft, case: Case) -> list[str]:
    """What the seed paper says of this system and nothing at hand confirms."""
    return [clause(remark.get(draft.lang)) for remark in case.remarks]


def compose_lessons(draft: Draft, question: Question, cases: Sequence[Case], found: Found) -> bool:
    """Documented failings, then outcomes by date; no record has a sourced lesson, so none is invented."""
    shown, rows = [], []
    for case in cases[: 1 if question.cases else 3]:
        failings = statements_for(case, question, found, draft.holdings, limit=4, sections=("barrier", "side_effect", "cause", "vulnerability"))
        if not failings:
            continue
        shown.append(case)
        outcomes = [s for s in case.statements if s.section == "outcome" and s.sources][:2]
        rows.append((case, failings, outcomes))
    if not rows:
        return False
    case, failings, _ = rows[0]
    lead = [stated(draft, case, s, mark=True) for s in failings[:2]]
    draft.block("lead", "", draft.say("", " ").join(lead))
    bullets = []
    for number, (case, failings, outcomes) in enumerate(rows):
        rest = (failings[2:] if number == 0 else failings[:3]) + outcomes
        foreign = any(entry_lang(case, s) != draft.lang for s in rest or failings)
        texts = [stated(draft, case, s) for s in rest]
        bullets.append(case_head(draft, case, translated=foreign) + draft.say("。", ". ") + draft.say("", " ").join(texts))
    draft.block("evidence", w("evidence", draft.lang), draft.lines(bullets))
    _own_measures(draft, shown[0], question, found, limit=4)
    groups_block(draft, shown, [c for c in draft.holdings.concepts_of_case[shown[0].id] if c[:3] in ("hz:", "imp")], question)
    gaps = [draft.say("教训本身：记录中没有注明出处的教训，以上是有出处的障碍、副作用与失效环节",
                      "lessons as such: no record has a sourced one; what stands above are documented barriers, side effects and failed links")]
    gaps_block(draft, unheld_terms(draft, question) + gaps + _case_gaps(draft, shown[0]), cases=shown, editor=True)
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
    gaps_block(draft, _case_gaps(draft, left) + _case_gaps(draft, right), cases=[])
    return True


def _compare_cell(draft: Draft, case: Case, question: Question, found: Found, section: str) -> str:
    chosen = statements_for(case, question, found, draft.holdings, limit=1, sections=(section,))
    return "".join(draft.claim(safe(cell(wording_of(s, draft.lang))), [draft.record(case, s.id)], stop=False) for s in chosen)
