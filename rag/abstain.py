"""What the base says when it cannot answer: what was needed, what was found, which cases come nearest."""

from collections.abc import Sequence

from renzhi.graph.case import Case
from renzhi.rag.blocks import named_in_text, stated
from renzhi.rag.draft import Draft, entry_lang
from renzhi.rag.question import Question
from renzhi.rag.selection import Found, rank_cases, statements_for
from renzhi.rag.wording import SCALE, cell, join, of, safe, w, years

MAX_NEAREST = 3


def compose_chatter(draft: Draft) -> str:
    """What to ask instead; returns the reason."""
    draft.block("lead", "", draft.holding(draft.say(
        "这里回答城市气候风险的问题：某类风险有哪些做法、某个案例发生了什么、花了多少、有什么副作用、会牵连什么。请直接写出风险、地点或措施，例如“内涝时怎样保住医院供电？”。",
        "This answers questions on climate risk in cities: what was done against a risk, what happened in a case, what it cost, what it made worse, "
        "what it sets off. Name a risk, a place or a measure, for example “How can hospitals keep power in a flood?”.")))
    return draft.say("这不是关于城市气候风险的问题", "not a question on climate risk in cities")


def compose_abstention(draft: Draft, question: Question, found: Found, *, missing: Sequence[str]) -> str:
    """Writes the designed refusal and returns the reason why. `missing`: names and years of the question that nothing held
    mentions."""
    say = draft.say
    reason = _reason(draft, question, missing)
    draft.block("lead", "", draft.holding(w("abstain", draft.lang) + say("：", ": ") + reason + say("。", ".")))
    draft.block("table", "", draft.holding(_needed(draft, question, missing)))
    _nearest(draft, question, found, missing)
    draft.gaps.append(reason)
    return reason


def _reason(draft: Draft, question: Question, missing: Sequence[str]) -> str:
    say = draft.say
    if missing and all(m.isdigit() for m in missing):
        listed = join(list(missing), draft.lang)
        return say(f"提到所问之处的案例没有 {listed} 年的记录", f"the cases that mention the place asked have nothing on {listed}")
    if missing:
        names = join([safe(m) for m in missing], draft.lang)
        return say(f"库里没有提到{names}的案例或文献", f"no case or document in it mentions {names}")
    if not question.concepts:
        return say("问题里没有认出风险、措施或地点", "no risk, measure or place was recognised in the question")
    labels = join([draft.label(c) for c in question.concepts[:3]], draft.lang)
    if question.filters:
        return say(f"在所选的筛选范围内没有关于{labels}的证据", f"nothing on {labels} within the filters chosen")
    return say(f"关于{labels}的证据没有达到回答的标准", f"what it holds on {labels} stays below the bar for an answer")


def _needed(draft: Draft, question: Question, missing: Sequence[str]) -> str:
    say = draft.say
    rows = [say("| 需要 | 找到 |", "| Needed | Found |"), "|---|---|"]
    rows += [f"| {safe(cell(name))} | {say('没有', 'nothing')} |" for name in missing]
    for concept in question.concepts[:4]:
        count = sum(concept in has or named_in_text(draft, concept, draft.holdings.raw_text_of_case[slug])
                    for slug, has in draft.holdings.concepts_of_case.items())
        found = say(f"{count} 个案例涉及，地点或事由不同", f"{count} case{'s' if count > 1 else ''} on it, elsewhere or otherwise") if count else say("没有案例涉及", "no case on it")
        rows.append(f"| {safe(cell(draft.label(concept)))} | {found} |")
    return "\n".join(rows) if len(rows) > 2 else ""


def _nearest(draft: Draft, question: Question, found: Found, missing: Sequence[str]) -> None:
    say, lang = draft.say, draft.lang
    has = draft.holdings.concepts_of_case
    near = set(question.of_kind("sys", "imp", "mea")) or set(question.of_kind("hz")) or set(question.concepts)
    ranked = [case for _, case in rank_cases(question, found, draft.holdings) if case.id in question.cases or near & has[case.id]][:MAX_NEAREST]
    if not ranked:
        return
    rows = [say("| 案例 | 相同 | 不同 | 记录了什么 |", "| Case | Same | Different | What it records |"), "|---|---|---|---|"]
    for case in ranked:
        same = [draft.label(c) for c in question.concepts if c in draft.holdings.concepts_of_case[case.id]][:3]
        different = _different(draft, case, question, missing)
        rows.append(f"| {safe(cell(_name(draft, case)))} | {safe(join(same, lang)) or say('文字相近', 'similar wording')} | {safe(join(different, lang)) or say('没有另问', 'nothing else asked')} | {_fact(draft, case, question, found)} |")
    note = draft.holding(say("这些内容属于各自的地方，不能说明所问之处。", "These belong to their own places and say nothing about the one asked.") if missing
                         else say("这些案例各有所同，没有一个对得上全部所问。", "Each of these shares something with the question; none meets all of it."))
    draft.block("nearest", w("nearest", lang), "\n".join(rows) + "\n\n" + note)


def _different(draft: Draft, case: Case, question: Question, missing: Sequence[str]) -> list[str]:
    """What was asked and this case has not: its place or years where they were named, concepts that it does not concern."""
    text = draft.holdings.raw_text_of_case[case.id]
    places = [m for m in missing if not m.isdigit()]
    years_asked = [y for y in question.years if y not in text]
    lacking = [draft.label(c) for c in question.concepts if c not in draft.holdings.concepts_of_case[case.id]][:2]
    return ([draft.say("地点", "place")] if places else []) + ([draft.say("年份", "years")] if years_asked else []) + lacking


def _name(draft: Draft, case: Case) -> str:
    inner = [case.place.get(draft.lang), of(SCALE, case.scale, draft.lang), years(case.years, draft.lang)]
    title = case.title.get(draft.lang)
    return f"{title}（{'，'.join(inner)}）" if draft.lang == "zh" else f"{title} ({', '.join(inner)})"


def _fact(draft: Draft, case: Case, question: Question, found: Found) -> str:
    chosen = statements_for(case, question, found, draft.holdings, limit=1, sections=("impact", "cause", "outcome", "barrier"))
    mark = draft.say("（译文）", " (our translation)")
    return "".join(cell(stated(draft, case, s)) + (mark if entry_lang(case, s) != draft.lang else "") for s in chosen)
