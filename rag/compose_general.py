"""The general form: evidence by case and by document, for a question of no particular kind."""

from collections.abc import Sequence

from renzhi.graph.case import Case
from renzhi.graph.model import Passage
from renzhi.rag.blocks import (
    evidence_by_case,
    gaps_block,
    groups_block,
    measure_lines,
    short_name,
    short_place,
    stated,
)
from renzhi.rag.compose_document import document_supplement
from renzhi.rag.compose_measures import cases_for
from renzhi.rag.draft import Draft
from renzhi.rag.gaps import case_gaps, few_cases
from renzhi.rag.question import Question
from renzhi.rag.selection import Found, options_for, statements_for, targets_of
from renzhi.rag.wording import join

MAX_CASES = 3
WELL_MATCHED = 0.62
"""Strength above which a case's text alone carries the general form."""


def close_enough(case: Case, question: Question, found: Found, draft: Draft) -> bool:
    """Whether a case is named, shares two concepts of the question (or the only one), or matches its text well."""
    core = set(question.of_kind("hz", "imp", "sys", "mea", "vul"))
    shared = core & draft.holdings.concepts_of_case[case.id]
    return case.id in question.cases or len(shared) >= min(2, len(core)) > 0 or found.strength.get(f"case:{case.id}", 0.0) >= WELL_MATCHED


def compose_general(draft: Draft, question: Question, found: Found, passages: Sequence[Passage], *, room: int = MAX_CASES) -> bool:
    """Writes what cases and documents say on the concepts asked; False if neither says anything."""
    cases = [c for c in cases_for(question, found, draft)[:room] if close_enough(c, question, found, draft)]
    if not cases:
        return False
    best = statements_for(cases[0], question, found, draft.holdings, limit=2)
    if not best:
        return False
    listed = join([short_name(draft, c) for c in cases], draft.lang)
    lead = [draft.holding(draft.say(f"最贴近的记录是{listed}。", f"The closest record{'s are' if len(cases) > 1 else ' is'} {listed}."))]
    lead += [stated(draft, cases[0], s, mark=True, head="" if n else short_place(cases[0], draft.lang) + draft.say("：", ": ")) for n, s in enumerate(best)]
    draft.block("lead", "", draft.say("", " ").join(lead))
    evidence_by_case(draft, cases, question, found, each=room)
    document_supplement(draft, question, found, passages[:10])
    options = options_for(question, cases, found, draft.holdings, limit=3)
    measure_lines(draft, [o for o in options if o.applied or o.shown], left_out=("technology", "institution", "space"))
    groups_block(draft, cases, targets_of(question, draft.holdings), question)
    gaps = few_cases(draft, question) + case_gaps(draft, question, cases[0], best)
    gaps_block(draft, gaps[:4], cases=cases)
    return True
