"""The parts that several kinds of answer share: evidence by case, measures, groups, gaps."""

import re
from collections.abc import Iterable, Sequence

from renzhi.graph.case import Case, Statement
from renzhi.graph.model import Fact
from renzhi.rag.draft import Draft, entry_lang, wording_of
from renzhi.rag.holdings import STRENGTH_RANK
from renzhi.rag.model import AnswerMeasure, SideEffect
from renzhi.rag.question import Question
from renzhi.rag.selection import Found, MeasureOption, statements_for
from renzhi.rag.wording import DIMENSION, SCALE, STANDING, STRENGTH, clause, join, of, safe, verb, w, years


def case_head(draft: Draft, case: Case, *, translated: bool) -> str:
    """`**title** (place, scale, years; our translation …)`."""
    lang = draft.lang
    parts = [case.place.get(lang), of(SCALE, case.scale, lang), years(case.years, lang)]
    inner = ("，" if lang == "zh" else ", ").join(parts)
    if translated:
        inner += draft.say("；译文，记录原文为英文", "; our translation, record wording Chinese")
    return f"**{safe(case.title.get(lang))}**" + (f"（{inner}）" if lang == "zh" else f" ({inner})")


def short_name(draft: Draft, case: Case) -> str:
    """Place and years, enough to tell a case once its title was given."""
    return f"{short_place(case, draft.lang)} {years(case.years, draft.lang)}"


def short_place(case: Case, lang: str) -> str:
    """The place without what stands in brackets; its province or state where that is still long."""
    name = re.split(r"[（(；;]", case.place.get(lang))[0].strip()
    return case.place.admin.get(lang) if case.place.admin and len(name) > (14 if lang == "zh" else 32) else name


def stated(draft: Draft, case: Case, statement: Statement, *, mark: bool = False) -> str:
    """One statement as a sentence in the reader's language, with its marker; `mark` says where it is our translation."""
    text = safe(re.sub(r"\s*\[s\d+\]", "", wording_of(statement, draft.lang)))
    if statement.year and statement.year not in text:
        text = f"{clause(text)}（{years(statement.year, 'zh')}）" if draft.lang == "zh" else f"{clause(text)} ({years(statement.year, 'en')})"
    if mark and statement.lang != draft.lang:
        text = clause(text) + draft.say("（译文）", " (our translation)")
    return draft.claim(text, [draft.record(case, statement.id)])


def evidence_by_case(draft: Draft, cases: Sequence[Case], question: Question, found: Found, *, each: int) -> None:
    """One bullet a case with the statements that serve the question."""
    rows = []
    for case in cases:
        chosen = statements_for(case, question, found, draft.holdings, limit=each, sections=("vulnerability", "impact", "cause", "outcome", "barrier", "side_effect"))
        if not chosen:
            continue
        foreign = any(entry_lang(case, s) != draft.lang for s in chosen)
        glue = "" if draft.lang == "zh" else " "
        rows.append(case_head(draft, case, translated=foreign) + draft.say("。", ". ") + glue.join(stated(draft, case, s) for s in chosen))
    draft.block("evidence", w("evidence", draft.lang), draft.lines(rows))


def fact_sentence(draft: Draft, fact: Fact, *, subject: bool = True) -> str:
    """A fact in words: label, verb, label; the subject may be dropped."""
    parts = [draft.label(fact.subject)] if subject else []
    reads = verb(fact.relation, fact.modality, fact.polarity, draft.lang)
    label = draft.label(fact.object)
    parts += [reads.replace("加剧", "带来") if label.endswith("加剧") else reads, label]
    text = "".join(parts) if draft.lang == "zh" else " ".join(parts)
    if fact.condition:
        text += f"（{clause(fact.condition.zh)}）" if draft.lang == "zh" else f" ({clause(fact.condition.en)})"
    return text


def _strength(draft: Draft, fact: Fact) -> str:
    word = of(STRENGTH, fact.strength or "low", draft.lang)
    return f"（{word}）" if draft.lang == "zh" else f" ({word})"


def general_effect(draft: Draft, fact: Fact) -> str:
    """A general fact by its mechanism, with strength and markers, as a clause."""
    text = clause(fact.note.get(draft.lang)) if fact.note else fact_sentence(draft, fact, subject=False)
    return draft.claim(safe(text) + _strength(draft, fact), draft.references(fact), stop=False)


def measure_lines(draft: Draft, options: Sequence[MeasureOption], *, only_case: Case | None = None, complete: bool = True) -> None:
    """The measures block: under technology, institution, space; side effects first, then effect, then cases.

    `complete`: nothing was left out, so that a side without a measure may be called empty.
    """
    rows, dimensions = [], set()
    for option in sorted(options, key=lambda o: _dimension_order(draft, o.concept)):
        concept = draft.holdings.vocabulary.concepts[option.concept]
        dimensions |= set(concept.dimensions)
        head = draft.say("、", ", ").join(of(DIMENSION, d, draft.lang) for d in concept.dimensions)
        rows.append(f"{head}{draft.say('｜', ' | ')}**{draft.label(option.concept)}**{draft.say('。', '. ')}" + _measure_text(draft, option, only_case))
    for missing in ("technology", "institution", "space"):
        if complete and rows and missing not in dimensions:
            rows.append(f"{of(DIMENSION, missing, draft.lang)}{draft.say('｜', ' | ')}{w('none_found', draft.lang)}{draft.say('。', '.')}")
    draft.block("measures", w("measures", draft.lang), draft.lines(rows))


def _dimension_order(draft: Draft, concept: str) -> tuple[int, str]:
    order = {"technology": 0, "institution": 1, "space": 2}
    own = draft.holdings.vocabulary.concepts[concept].dimensions
    return min((order[d] for d in own), default=3), concept


def _measure_text(draft: Draft, option: MeasureOption, only_case: Case | None) -> str:
    stop = draft.say("。", ". ")
    parts = [w("side_effects", draft.lang) + draft.say("：", ": ") + side_effects(draft, option)]
    effects = [general_effect(draft, f) for f in option.general[:1]]
    effects += [_case_effect(draft, f) for f in _both_ways(option.shown)]
    if not effects:
        effects = [general_effect(draft, f) for f in _general_mitigations(draft, option.concept)[:1]]
    parts.append(w("effect", draft.lang) + draft.say("：", ": ") + (_semi(draft, effects) if effects else w("none_found", draft.lang)))
    applied = [(c, m) for c, m in option.applied if only_case is None or c.id == only_case.id][: 1 if only_case is None else 2]
    uses = []
    for case, measure in applied:
        whole = draft.say("；", "; ") + w("whole_record", draft.lang) if measure.basis == "record" else ""
        note = f"{of(STANDING, measure.standing, draft.lang)}{whole}"
        place = "" if only_case else short_place(case, draft.lang) + draft.say("：", ": ")
        text = f"{place}{safe(measure.name.get(draft.lang))}" + (f"（{note}）" if draft.lang == "zh" else f" ({note})")
        uses.append(draft.claim(text, [draft.record(case, measure.id)], stop=False))
    parts.append(w("case", draft.lang) + draft.say("：", ": ") + (_semi(draft, uses) if uses else w("none", draft.lang)))
    draft.measures.append(AnswerMeasure(
        id=option.concept, label=draft.holdings.vocabulary.concepts[option.concept].label,
        dimensions=draft.holdings.vocabulary.concepts[option.concept].dimensions,
        cases=tuple(dict.fromkeys([*(c.id for c, _ in option.applied), *(str(f.scope).removeprefix("case:") for f in option.shown)])),
        may_worsen=tuple(SideEffect(f.object, draft.of_fact(f)[0]) for f in _shown_worsens(option) if draft.of_fact(f))))
    return stop.join(parts) + stop.strip()


def _general_mitigations(draft: Draft, measure: str) -> list[Fact]:
    """What the measure is known to mitigate at all, best evidence first."""
    facts = [f for f in draft.holdings.by_subject.get(measure, []) if f.relation == "mitigates" and f.scope is None and f.note]
    return sorted(facts, key=lambda f: (-STRENGTH_RANK[f.strength], f.id))


def _both_ways(shown: Sequence[Fact]) -> list[Fact]:
    """The first fact of a case, and the first that says the contrary: a measure that failed is shown beside one that worked."""
    first = list(shown[:1])
    return first + [f for f in shown if f.polarity != first[0].polarity][:1] if first else []


def _semi(draft: Draft, items: Iterable[str]) -> str:
    return draft.say("；", "; ").join(items)


def _shown_worsens(option: MeasureOption) -> list[Fact]:
    cases = [f for f in option.worsens if f.scope]
    same = [f for f in cases if f.supports[0].passage == cases[0].supports[0].passage][:3]
    return same + [f for f in option.worsens if not f.scope][:1]


def side_effects(draft: Draft, option: MeasureOption) -> str:
    """What the measure may worsen, cases before general facts; "none recorded" is said, never implied."""
    texts = []
    shown = _shown_worsens(option)
    together = [f for f in shown if f.scope]
    for fact in shown:
        if fact.scope:
            texts += [_case_effect(draft, fact, [f.object for f in together[1:]])] if fact is together[0] else []
        else:
            reason = f"{draft.say('：', ': ')}{safe(clause(fact.note.get(draft.lang)))}" if fact.note else ""
            texts.append(draft.claim(fact_sentence(draft, fact, subject=False) + reason + _strength(draft, fact),
                                     draft.references(fact), stop=False))
    return _semi(draft, texts) if texts else w("none_found", draft.lang)


def _case_effect(draft: Draft, fact: Fact, more: Sequence[str] = ()) -> str:
    """What a case says of a measure, with the record's own qualification; `more`: further objects of the same statement."""
    scope = str(fact.scope)
    case = draft.holdings.cases.get(scope.removeprefix("case:"))
    where = short_name(draft, case) if case else draft.holdings.documents[scope].title if scope in draft.holdings.documents else ""
    text = fact_sentence(draft, fact, subject=False)
    text += "".join(draft.say("、", " and ") + draft.label(c) for c in more)
    note = clause(fact.note.get(draft.lang)) if fact.note and not more else ""
    if note and len(note) <= (30 if draft.lang == "zh" else 90):
        text += f"（{note}）" if draft.lang == "zh" else f" ({note})"
    body = f"{where} {text}" if draft.lang == "zh" else f"{where}: {text}"
    return draft.claim(safe(body), draft.of_fact(fact, limit=1), stop=False)


def groups_block(draft: Draft, cases: Sequence[Case], hazards: Iterable[str], question: Question) -> None:
    """Groups that sourced facts name, groups only listed, and those that general facts name and the cases do not."""
    sourced: dict[str, Fact] = {}
    for case in cases:
        for fact in draft.holdings.by_case.get(case.id, []):
            if fact.relation == "affects" and fact.object.startswith("grp:") and fact.polarity == "affirmed":
                sourced.setdefault(fact.object, fact)
    listed = [(named.get(draft.lang), named.concepts) for case in cases for named in case.vulnerable_groups]
    covered = list(dict.fromkeys([*sourced, *(c for _, concepts in listed for c in concepts)]))
    absent = _absent_groups(draft, hazards, covered)
    draft.groups_covered += covered
    draft.groups_absent += [g for g in question.of_kind("grp") if g not in covered]
    stop, colon, parts = draft.say("。", ". "), draft.say("：", ": "), []
    if sourced:
        texts = [draft.claim(draft.label(g), draft.of_fact(f, limit=1), stop=False) for g, f in list(sourced.items())[:3]]
        parts.append(draft.say("有出处", "Sourced") + colon + draft.say("、", ", ").join(texts))
    names = list(dict.fromkeys(safe(name) for name, _ in listed))[:6]
    if names:
        parts.append(draft.say("记录列出（未附出处）", "Listed without source") + colon + draft.say("、", ", ").join(names))
    else:
        parts.append(draft.say("记录没有列出人群", "The records list no group"))
    if absent:
        parts.append(draft.say("没有出现", "Absent") + colon + draft.say("、", ", ").join(map(draft.label, absent)))
    parts.append(w("absent", draft.lang))
    draft.block("groups", w("groups", draft.lang), draft.holding(stop.join(parts) + stop.strip()))


def _absent_groups(draft: Draft, hazards: Iterable[str], covered: list[str]) -> list[str]:
    named: dict[str, int] = {}
    for concept in hazards:
        for fact in draft.holdings.by_subject.get(concept, []):
            if fact.scope is None and fact.relation == "affects" and fact.object.startswith("grp:"):
                named[fact.object] = max(named.get(fact.object, 0), STRENGTH_RANK[fact.strength])
    rest = [g for g in named if g not in covered]
    return sorted(rest, key=lambda g: (-named[g], g))[:4]


def doubts_of(draft: Draft, *, limit: int = 2) -> list[str]:
    """Doubts about the record that concern what was cited."""
    found = []
    for citation in draft.citations:
        for doubt in citation.doubts:
            found.append(draft.say(f"{draft.marks([citation.n])} 存疑：{clause(doubt.zh)}", f"{draft.marks([citation.n])} in doubt: {clause(doubt.en)}"))
    return found[:limit]


def unheld_terms(draft: Draft, question: Question) -> list[str]:
    """Words of the question that nothing held mentions, as a gap."""
    if not question.terms:
        return []
    listed = join([f"“{safe(t)}”" for t in question.terms[:3]], draft.lang)
    return [draft.say(f"库里没有提到{listed}", f"nothing held mentions {listed}")]


def gaps_block(draft: Draft, gaps: Sequence[str], *, cases: Sequence[Case] = (), editor: bool = False) -> None:
    """What this evidence does not cover; at most one editor's reading, marked, closes it."""
    shown = [*dict.fromkeys(gaps), *doubts_of(draft, limit=1)]
    if editor:
        reading = next((s for c in cases for s in c.statements if s.editor and s.section in ("lesson", "side_effect")), None)
        if reading:
            shown.append(w("editor", draft.lang) + draft.say("：", ": ") + clause(reading.text.get(draft.lang)))
    draft.gaps += list(gaps)
    body = draft.say("；", "; ").join(clause(g) for g in shown)
    draft.block("gaps", w("gaps", draft.lang), draft.holding(body + draft.say("。", ".")) if shown else "")


def names(draft: Draft, concepts: Iterable[str]) -> str:
    return join([draft.label(c) for c in concepts], draft.lang)
