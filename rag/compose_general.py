"""The general form: evidence by case and by document, for a question of no particular kind."""

from collections.abc import Sequence

from renzhi.graph.case import Case
from renzhi.graph.model import Passage
from renzhi.rag.blocks import evidence_by_case, gaps_block, groups_block, measure_lines, short_name, stated
from renzhi.rag.compose_document import document_supplement
from renzhi.rag.compose_measures import cases_for
from renzhi.rag.draft import Draft
from renzhi.rag.question import Question
from renzhi.rag.selection import Found, options_for, statements_for, targets_of

MAX_CASES = 3
WELL_MATCHED = 0.62
"""Strength above which a case's text alone carries the general form."""


def close_enough(case: Case, question: Question, found: Found, draft: Draft) -> bool:
    """Whether a case is named, shares two concepts of the question (or the only one), or matches its text well."""
    core = set(question.of_kind("hz", "imp", "sys", "mea", "vul"))
    shared = core & draft.holdings.concepts_of_case[case.id]
    return case.id in question.cases or len(shared) >= min(2, len(core)) > 0 or found.strength.get(f"case:{case.id}", 0.0) >= WELL_MATCHED


def compose_general(draft: Draft, question: Question, found: Found, passages: Sequence[Passage]) -> bool:
    """Writes what cases and documents say on the concepts asked; False if neither says anything."""
    cases = [c for c in cases_for(question, found, draft)[:MAX_CASES] if close_enough(c, question, found, draft)]
    if not cases:
        return False
    best = statements_for(cases[0], question, found, draft.holdings, limit=1)
    if not best:
        return False
    lead = [stated(draft, cases[0], best[0], mark=True)]
    lead.insert(0, draft.holding(draft.say(f"最贴近的记录是{short_name(draft, cases[0])}。", f"The closest record is {short_name(draft, cases[0])}.")))
    draft.block("lead", "", draft.say("", " ").join(lead))
    evidence_by_case(draft, cases, question, found, each=3)
    document_supplement(draft, question, found, passages[:10])
    options = options_for(question, cases, found, draft.holdings, limit=3)
    measure_lines(draft, [o for o in options if o.applied or o.shown], complete=False)
    groups_block(draft, cases, targets_of(question, draft.holdings), question)
    gaps_block(draft, [draft.say("问题没有落到某一类（措施、数字、费用、教训、连锁），这里只列证据",
                                 "the question is of no one kind (measures, figure, cost, lessons, chain), so evidence is listed only")], cases=cases)
    return True
