"""Answers on figures and costs: what the record counts, rivals side by side, nothing added up."""

import re
from collections.abc import Sequence

from renzhi.graph.case import Case, Figure
from renzhi.graph.tokens import tokens
from renzhi.rag.blocks import (
    case_head,
    doubted,
    gaps_block,
    groups_block,
    short_place,
    stated,
)
from renzhi.rag.compose_case import own_measures
from renzhi.rag.draft import Draft, entry_lang
from renzhi.rag.question import Question
from renzhi.rag.selection import WELL_MATCHED, Found, statements_for
from renzhi.rag.wording import cell, figure_value, join, of, safe, w, years

_ASKED_KINDS = [
    ("casualties", r"死|伤亡|遇难|失踪|多少人(死|亡)|\b(die[ds]?|dead|deaths?|killed|casualt\w+|toll|injur\w+)\b"),
    ("loss", r"损失|经济损失|\b(loss(es)?|damages?)\b"),
    ("affected", r"受灾|影响(了)?多少|多少户|几户|人口|户数|\b(affected|displaced|households|homes|customers|evacuat\w+)\b"),
    ("cost", r"花|造价|成本|费用|投资|多少钱|预算|资金|\b(costs?|price|paid|spent|spend|budget|funding|invest\w*|premiums?)\b"),
    ("payout", r"赔|补偿|\b(payouts?|paid out|compensat\w+|came back)\b"),
    ("cover", r"保额|限额|\b(cover(age)?|insured)\b"),
    ("hazard", r"雨量|降雨|水位|浪高|风速|气温|多少度|\b(rain(fall)?|surge|wind|temperature|degrees|depth)\b"),
]
_DEATHS = re.compile(r"死|遇难|\b(die[ds]?|dead|deaths?|killed|fatalit\w+|toll)\b")
_MONEY_UNIT = re.compile(r"\b[A-Z]{3}\b|[$€£¥]")
MONEY_KINDS = ("cost", "payout", "cover", "loss")


def asked_kinds(text: str) -> list[str]:
    """The kinds of figure that a question asks for, by its words."""
    kinds = [kind for kind, cue in _ASKED_KINDS if re.search(cue, text.lower())]
    people = re.search(r"多少人|几人|\bhow many people\b", text.lower())
    return kinds or (["affected", "casualties"] if people else [])


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
    if cost and question.of_kind("hz") and not question.of_kind("mea", "sys"):
        kinds = ["loss", *kinds]  # what a disaster cost is its losses
    if cost and not set(kinds) & set(MONEY_KINDS):
        kinds = [*kinds, "cost"]
    if "loss" in kinds:
        kinds = [k for k in kinds if k != "cost"]
    chosen = _with_rivals(case, _asked_for(case, question, found, rank_figures(case, question, found, kinds=kinds), kinds))
    if cost and not any(f.kind in MONEY_KINDS for f in chosen):
        chosen = []
    if not chosen:
        return False
    if cost:
        chosen.sort(key=lambda f: (f.kind not in kinds, f.kind, f.year or "9999"))
    _figure_lead(draft, case, chosen, kinds)
    draft.block("table", w("figures", draft.lang), _figure_table(draft, case, chosen))
    if cost and "loss" not in kinds:
        _money_statements(draft, case, chosen)
        _priced_measure(draft, case, question, found, chosen)
    gaps_block(draft, _figure_gaps(draft, question, case, chosen, kinds), cases=[case])
    return True


_PAYER = re.compile(r"谁(出|付|掏|投)|由谁|国家出|\bwho (paid|pays|funded)|state pay\b")


def compose_no_figure(draft: Draft, question: Question, case: Case, found: Found) -> bool:
    """Says plainly that a named case records no such figure, and what it records that comes nearest; nothing else."""
    kinds = asked_kinds(question.text) or (["cost"] if question.intent == "cost" else [])
    asked = [of(_KIND, kind, draft.lang) for kind in kinds]
    asked += [draft.say("由谁出钱", "who paid")] if _PAYER.search(question.text.lower()) else []
    place, say = short_place(case, draft.lang), draft.say
    what = join(asked, draft.lang) or say("所问的数字", "the figure asked for")
    lead = [draft.holding(say(f"{place}的记录没有写{what}。", f"The record of {place} does not give {what}."))]
    near = statements_for(case, question, found, draft.holdings, limit=2, sections=("cost", "outcome", "impact", "cause"))
    draft.block("lead", "", say("", " ").join(lead))
    if near:
        foreign = any(entry_lang(case, s) != draft.lang for s in near)
        rows = [case_head(draft, case, translated=foreign) + say("。", ". ") + say("", " ").join(stated(draft, case, s) for s in near)]
        draft.block("evidence", w("evidence", draft.lang), draft.lines(rows))
    newest = max((s.year for s in case.sources if s.year), default=None)
    until = say(f"；最新的来源是 {newest} 年的", f"; its newest source is of {newest}") if newest else ""
    gaps_block(draft, [say(f"{place}的记录有 {len(case.figures)} 个数字，没有一个是{what}{until}",
                           f"the record of {place} has {len(case.figures)} figures, none of them {what}{until}")], cases=[case])
    return True


def _asked_for(case: Case, question: Question, found: Found, ranked: list[tuple[float, Figure]], kinds: Sequence[str]) -> list[Figure]:
    """At most five figures: of each kind asked those that share words with the question, else the best of the kind, and those that match as a whole; without
    a kind those that come close to the best one."""
    if not ranked:
        return []
    if not kinds:
        close = [f for score, f in ranked if score >= max(0.9, ranked[0][0] * 0.7)]
        return (close or [f for _, f in ranked if _shared(question, case, f)])[:4]
    chosen: list[Figure] = []
    for kind in kinds:
        mine = [f for _, f in ranked if f.kind == kind]
        if kind == "casualties" and _DEATHS.search(question.text.lower()):
            mine = [f for f in mine if _DEATHS.search(f"{f.what.zh} {f.what.en}".lower())] or mine
        if kind == "loss":  # damage, losses and needs of one event are different counts: none stands for another
            chosen += ([f for f in mine if f.unit and _MONEY_UNIT.search(f.unit.en)] or mine)[:4]
            continue
        most = max((_shared(question, case, f) for f in mine), default=0)
        chosen += [f for f in mine if _shared(question, case, f) >= max(1, min(most, 2))][:4] or mine[:2]
    inside = sorted((f for _, f in ranked if f.kind in kinds), key=lambda f: -found.inside.get(f"case:{case.id}#{f.id}", -1.0))
    chosen += [f for f in inside[:2] if found.inside.get(f"case:{case.id}#{f.id}", -1.0) > WELL_MATCHED]
    chosen += [f for _, f in ranked[:2] if _shared(question, case, f) > 1]
    for year in question.years:
        chosen += [f for _, f in ranked if f.kind in kinds and year in f"{f.year or ''} {f.what.en}"][:1]
    for part in re.split(r"[,，;；?？]|\band\b|以及|还有", question.text):
        if not any(_shared(question, case, f, part) for f in chosen):
            chosen += sorted((f for _, f in ranked if f.kind in kinds and _shared(question, case, f, part)), key=lambda f: -_shared(question, case, f, part))[:1]
    return [f for i, f in enumerate(chosen) if f not in chosen[:i]][:5]


def _shared(question: Question, case: Case, figure: Figure, part: str = "") -> int:
    """How many telling words of the question, or of a part of it, the figure's name has; those of the case's own name tell
    nothing."""
    common = set(tokens(f"{case.title.zh} {case.title.en} {case.place.zh} {case.place.en}"))
    return len((set(tokens(part or question.text)) & set(tokens(f"{figure.what.zh} {figure.what.en}"))) - common)


def _with_rivals(case: Case, chosen: list[Figure]) -> list[Figure]:
    """The figures with those that other sources set against them."""
    ids = [f.id for f in chosen]
    for conflict in case.conflicts:
        if set(conflict.between) & set(ids):
            ids += [one for one in conflict.between if one not in ids]
    return [f for one in ids for f in case.figures if f.id == one]


def _figure_text(draft: Draft, figure: Figure, *, named: bool = True) -> str:
    """“what: value (year, place, whose count)”; without the “what” where it was just said."""
    parts = [years(figure.year, draft.lang) if figure.year else w("undated", draft.lang)]
    parts += [pair.get(draft.lang) for pair in (figure.place, figure.counted_by) if pair]
    tail = "，".join(parts) if draft.lang == "zh" else ", ".join(parts)
    what, value = safe(figure.what.get(draft.lang)), figure_value(figure, draft.lang)
    if not named:
        return f"{value}（{safe(tail)}）" if draft.lang == "zh" else f"{value} ({safe(tail)})"
    return f"{what}为{value}（{safe(tail)}）" if draft.lang == "zh" else f"{what}: {value} ({safe(tail)})"


def _figure_lead(draft: Draft, case: Case, chosen: list[Figure], kinds: Sequence[str]) -> None:
    rivals = [c.between for c in case.conflicts if len(set(c.between) & {f.id for f in chosen}) > 1]
    first = [f for f in chosen if rivals and f.id in rivals[0]] if rivals and chosen[0].id in rivals[0] else (_one_a_kind(chosen, kinds) if len(kinds) > 1 else chosen[:2])
    sentences = []
    name = safe(short_place(case, draft.lang)) + draft.say("：", ": ") if first[0].place is None else ""
    first = sorted(first, key=lambda f: f.year or "", reverse=True) if rivals else first
    if rivals and first and first[0].id in rivals[0] and len(first) > 1:
        sentences.append(_rivals(draft, case, first[:3], name))
        sentences.append(draft.holding(draft.say("几个数都在库里，口径不一，没有定论。", "All of these are in the base and none is settled.")))
    else:
        sentences += [draft.claim(head + _figure_text(draft, f), [draft.record(case, f.id)]) for head, f in zip([name, ""], first, strict=False)]
    draft.block("lead", "", draft.say("", " ").join(sentences))


def _one_a_kind(chosen: list[Figure], kinds: Sequence[str]) -> list[Figure]:
    """The first figure of each kind asked, so that the lead answers all that was asked; at least two figures."""
    firsts = [f for kind in kinds for f in [next((f for f in chosen if f.kind == kind), None)] if f]
    return (firsts + [f for f in chosen if f not in firsts])[: max(2, len(firsts))]


def _rivals(draft: Draft, case: Case, figures: Sequence[Figure], name: str) -> str:
    """Rival values of one thing, named once where they have one name."""
    same = len({f.what.get(draft.lang) for f in figures}) == 1
    texts = []
    for n, figure in enumerate(figures):
        body = _figure_text(draft, figure, named=n == 0 or not same)
        texts.append(draft.claim((name if n == 0 else "") + body, [draft.record(case, figure.id)], stop=False))
    return draft.say("；另一个数是 ", "; another count: ").join(texts) + draft.say("。", ".") if same else draft.say("；", "; ").join(texts) + draft.say("。", ".")


def _figure_table(draft: Draft, case: Case, chosen: list[Figure]) -> str:
    say = draft.say
    place = case.place.get(draft.lang)
    foreign = {other_language(f.recorded, draft.lang) for f in chosen}
    mark = (say("（英文）", " (Chinese)")) if foreign == {True} else ""
    head = say(f"| {place} | 数值 | 年份 | 口径 | 记录的写法{mark} | 来源 |", f"| {place} | Value | Year | Which count | Record wording{mark} | Source |")
    rows = [head, "|---|---|---|---|---|---|"]
    for figure in chosen:
        count = draft.say("；", "; ").join(pair.get(draft.lang) for pair in (figure.counted_by, figure.place, figure.note) if pair) or w("not_stated", draft.lang)
        own = "" if mark or not other_language(figure.recorded, draft.lang) else say("（英文）", " (Chinese)")
        cells = [figure.what.get(draft.lang), figure_value(figure, draft.lang), _year(draft, case, figure), count, f"“{figure.recorded}”{own}"]
        number = draft.record(case, figure.id)
        rows.append("| " + " | ".join(safe(cell(c)) for c in cells) + f" | [{number}]{doubted(draft, case, figure.id)} |")
    return "\n".join(rows)


def _year(draft: Draft, case: Case, figure: Figure) -> str:
    """The figure's year; an undated one is called so, with the year of the case where it is a single one."""
    if figure.year:
        return years(figure.year, draft.lang)
    if re.fullmatch(r"\d{4}", case.years):
        return w("undated", draft.lang) + draft.say(f"（事件在 {case.years} 年）", f" (event of {case.years})")
    return w("undated", draft.lang)


def other_language(text: str, lang: str) -> bool:
    """Whether a wording is in the other language: Han characters in English, none but words in Chinese."""
    han = re.search(r"[\u3400-\u9fff]", text) is not None
    return han if lang == "en" else not han and re.search(r"[A-Za-z]{3}", text) is not None


def _money_statements(draft: Draft, case: Case, chosen: Sequence[Figure]) -> None:
    """What the record says about money in words beyond the figures shown: never added up."""
    shown = {f.statement for f in chosen} | {f.recorded for f in chosen}
    costs = [s for s in case.statements if s.section == "cost" and s.sources and s.id not in shown and s.text.get(s.lang) not in shown][:2]
    if costs:
        foreign = any(entry_lang(case, s) != draft.lang for s in costs)
        texts = draft.say("", " ").join(stated(draft, case, s) for s in costs)
        draft.block("evidence", w("evidence", draft.lang), draft.lines([case_head(draft, case, translated=foreign) + draft.say("。", ". ") + texts]))


def _priced_measure(draft: Draft, case: Case, question: Question, found: Found, chosen: Sequence[Figure]) -> None:
    """The measure that the figures price, with its side effects: a price without them would mislead."""
    words = set(tokens(f"{question.text} " + " ".join(f"{f.what.zh} {f.what.en}" for f in chosen)))
    priced = [m for m in case.measures if m.concepts and words & set(tokens(f"{m.name.zh} {m.name.en}"))]
    priced.sort(key=lambda m: -len(words & set(tokens(f"{m.name.zh} {m.name.en}"))))
    if priced:
        own_measures(draft, case, question, found, limit=1, only=priced[0].concepts)
        groups_block(draft, [case], [c for c in draft.holdings.concepts_of_case[case.id] if c[:3] in ("hz:", "imp")], question)


_KIND = {"casualties": ("伤亡", "casualties"), "loss": ("损失", "losses"), "affected": ("受影响的人数或户数", "people or households affected"),
         "cost": ("造价", "cost"), "payout": ("赔付", "payouts"), "cover": ("保额", "cover"), "hazard": ("致灾强度", "intensity")}


def _figure_gaps(draft: Draft, question: Question, case: Case, chosen: list[Figure], kinds: Sequence[str]) -> list[str]:
    """Which figures asked are not there; of those shown which lack a year, a count or a settled value."""
    say, gaps = draft.say, list[str]()
    place = short_place(case, draft.lang)
    asked_for = [k for k, cue in _ASKED_KINDS if re.search(cue, question.text.lower())]
    households = re.search(r"多少户|几户|户数|\bhouseholds?\b", question.text.lower())
    if households and not any(re.search(r"户|household", f"{f.what.zh}{f.recorded}{f.what.en}".lower()) for f in chosen):
        gaps.append(say(f"{place}的户数：记录没有", f"households: no number in the record of {place}"))
    for kind in kinds:
        if kind not in {f.kind for f in chosen} and kind in asked_for and not (kind == "affected" and any(_shared(question, case, f) for f in chosen)):
            gaps.append(say(f"{place}的{of(_KIND, kind, 'zh')}数字：记录没有", f"{of(_KIND, kind, 'en')}: no figure in the record of {place}"))
    missing = [y for y in question.years if y not in case.years and not any(y in (f.year or "") for f in chosen)]
    if missing:
        gaps.append(say(f"注明 {'、'.join(missing)} 年的数字", f"figures dated {', '.join(missing)}"))
    undated = list(dict.fromkeys(f"“{safe(f.what.get(draft.lang))}”" for f in chosen if not f.year and not re.fullmatch(r"\d{4}", case.years)))[:2]
    if undated:
        gaps.append(say(f"{join(undated, 'zh')}是哪一年的数", f"which year {join(undated, 'en')} {'is' if len(undated) == 1 else 'are'} of"))
    loose = list(dict.fromkeys(f"“{safe(f.what.get(draft.lang))}”" for f in chosen if f.counted_by is None))[:2]
    if loose:
        gaps.append(say(f"{join(loose, 'zh')}由谁统计、算了什么", f"who counted {join(loose, 'en')}, and what the count takes in"))
    return gaps
