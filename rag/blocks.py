"""The parts that several kinds of answer share: evidence by case, measures, groups, gaps."""

import re
from collections.abc import Collection, Iterable, Sequence

from renzhi.graph.case import Case, CaseMeasure, Doubt, Statement
from renzhi.graph.model import Fact
from renzhi.graph.tokens import tokens
from renzhi.ontology.model import Bilingual
from renzhi.rag.draft import Draft, entry_lang, source_titles, wording_of
from renzhi.rag.holdings import STRENGTH_RANK, Entry, entry_of
from renzhi.rag.model import AnswerMeasure, SideEffect
from renzhi.rag.question import Question
from renzhi.rag.selection import Found, MeasureOption, statements_for
from renzhi.rag.wording import (
    DIMENSION,
    SCALE,
    STANDING,
    STRENGTH,
    clause,
    figure_value,
    join,
    of,
    safe,
    verb,
    w,
    years,
)

TOLD = ("vulnerability", "impact", "cause", "outcome", "barrier", "side_effect")
"""Sections of a record that tell what happened."""


def case_head(draft: Draft, case: Case, *, translated: bool) -> str:
    """`**title** (place, scale, years; our translation …)`."""
    lang = draft.lang
    parts = [case.place.get(lang), of(SCALE, case.scale, lang), years(case.years, lang)]
    inner = ("，" if lang == "zh" else ", ").join(parts)
    if translated:
        inner += draft.say("；译文，记录原文为英文", "; our translation, record wording Chinese")
    return f"**{safe(case.title.get(lang))}**" + (f"（{inner}）" if lang == "zh" else f" ({inner})")


def short_name(draft: Draft, case: Case) -> str:
    """The place, with the year where the case has one: a span of years before a figure would date it wrongly."""
    place = short_place(case, draft.lang)
    return f"{place} {case.years}" if re.fullmatch(r"\d{4}", case.years) else place


def short_place(case: Case, lang: str) -> str:
    """The place without what stands in brackets; where that is long, another name of it that the title has, else the title."""
    name = re.split(r"[（(；;]", case.place.get(lang))[0].strip()
    limit = 14 if lang == "zh" else 32
    if len(name) <= limit:
        return name
    title = case.title.get(lang)
    shorter = [one for one in case.place.aliases if one in title and len(one) <= limit]
    return max(shorter, key=len) if shorter else title if len(title) <= 2 * limit else name


_RECLASSIFIES = re.compile(r"\bnot (a|an) (vulnerability )?(factor|hazard|measure|outcome|impact|barrier)\b|, not (a|an) \w+ factor|不是(脆弱性)?(因子|成效|措施|影响|结果)|不属(脆弱性|成效)|而非(脆弱性)?(因子|成效)", re.I)


def reclassifies(doubt: Bilingual | Doubt) -> bool:
    """Whether a doubt only says that a statement stands under the wrong heading: for curators, not for askers."""
    return len(doubt.en) <= 90 and _RECLASSIFIES.search(f"{doubt.zh} {doubt.en}") is not None


def doubted(draft: Draft, case: Case, entry: str) -> str:
    """A mark beside what the record has a doubt about; the doubt itself closes the gaps."""
    if any(d.at == entry and not reclassifies(d) for d in case.doubts):
        return draft.say("（存疑）", " (in doubt)")
    rivals = any(entry in conflict.between and len(conflict.between) > 1 for conflict in case.conflicts)
    return draft.say("（另有不同说法）", " (other sources differ)") if rivals else ""


_LABEL = re.compile(r"^[^\d]*\b(account|hearing|encyclop\w+|report|listed|cases|causes|effects)\b[^\d]*$", re.I)
"""A short note that only says where a chain of steps was read."""


def shown_words(draft: Draft, statement: Statement) -> str:
    """A statement's note, with its chain of steps where the note alone says little or only the steps have what is asked."""
    note = statement.text.get(draft.lang)
    if statement.chain is None:
        return note
    steps = set(tokens(" ".join(statement.chain.zh if draft.lang == "zh" else statement.chain.en)))
    news = (steps - set(tokens(note))) & draft.words
    if len(statement.text.en.split()) <= 5 and _LABEL.search(statement.text.en):
        told = capital(" → ".join(statement.chain.zh if draft.lang == "zh" else statement.chain.en))
        return f"{told}（{clause(note)}）" if draft.lang == "zh" else f"{told} ({clause(note)[:1].lower()}{clause(note)[1:]})"
    short = len(statement.text.en.split()) <= 4 or (len(statement.text.en.split()) <= 12 and len(statement.wording("en").split()) <= 36)
    return statement.wording(draft.lang) if short or len(news) > 1 else note


def stated(draft: Draft, case: Case, statement: Statement, *, mark: bool = False, head: str = "") -> str:
    """One statement as a sentence in the reader's language, with its marker; `mark` says where it is our translation,
    `head` opens the sentence."""
    text = safe(re.sub(r"\s*\[s\d+\]", "", shown_words(draft, statement)))
    when = _when(draft, case, statement, text)
    if when:
        text = f"{clause(text)}（{when}）" if draft.lang == "zh" else f"{clause(text)} ({when})"
    if mark and statement.lang != draft.lang:
        text = clause(text) + draft.say("（译文）", " (our translation)")
    draft.said.add((case.id, statement.id))
    return draft.claim(head + clause(text) + doubted(draft, case, statement.id), [draft.record(case, statement.id)])


def _when(draft: Draft, case: Case, statement: Statement, text: str) -> str:
    """The year of a statement: its own, that of a figure in it; a quantity of a record of several years that has none is
    called undated."""
    own = statement.year or next((f.year for f in case.figures if f.statement == statement.id and f.year), None)
    if own:
        return "" if own in text else years(own, draft.lang)
    several = not re.fullmatch(r"\d{4}", case.years)
    counted = re.search(r"\d{2,}|\d ?%|[百千万亿]", text) and not re.search(r"(1[89]|20)\d\d", text)
    return w("undated", draft.lang) if several and counted and any(f.statement == statement.id for f in case.figures) else ""


def evidence_by_case(draft: Draft, cases: Sequence[Case], question: Question, found: Found, *, each: int) -> None:
    """One bullet a case with the statements that serve the question."""
    rows = []
    for case in cases:
        chosen = statements_for(case, question, found, draft.holdings, limit=each, sections=TOLD, without=draft.said)
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
    if fact.relation in ("may_worsen", "aggravates") and fact.object.startswith(("grp:", "sys:")):
        reads = reads.replace("加剧", "伤及").replace("can make worse", "can harm").replace("made worse", "harmed")
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


def measure_lines(draft: Draft, options: Sequence[MeasureOption], *, only_case: Case | None = None, left_out: Collection[str] = ()) -> None:
    """The measures block: under technology, institution, space; side effects first, then effect, then cases.

    `left_out`: sides on which the base holds a measure that is not shown here, so that they are not called empty.
    """
    rows, dimensions = [], set()
    for option in sorted(options, key=lambda o: _dimension_order(draft, o.concept)):
        concept = draft.holdings.vocabulary.concepts[option.concept]
        dimensions |= set(concept.dimensions)
        head = draft.say("、", ", ").join(of(DIMENSION, d, draft.lang) for d in concept.dimensions)
        rows.append(f"{head}{draft.say('｜', ' | ')}**{capital(draft.label(option.concept))}**{draft.say('。', '. ')}" + _measure_text(draft, option, only_case))
    for missing in ("technology", "institution", "space"):
        if rows and missing not in dimensions:
            none = draft.say("这里没有列", "not listed here") if missing in left_out else w("none_found", draft.lang)
            rows.append(f"{of(DIMENSION, missing, draft.lang)}{draft.say('｜', ' | ')}{none}{draft.say('。', '.')}")
    draft.block("measures", w("measures", draft.lang), draft.lines(rows))


def _dimension_order(draft: Draft, concept: str) -> tuple[int, str]:
    order = {"technology": 0, "institution": 1, "space": 2}
    own = draft.holdings.vocabulary.concepts[concept].dimensions
    return min((order[d] for d in own), default=3), concept


def _measure_text(draft: Draft, option: MeasureOption, only_case: Case | None) -> str:
    stop = draft.say("。", ". ")
    parts = [w("side_effects", draft.lang) + draft.say("：", ": ") + side_effects(draft, option)]
    effects = [general_effect(draft, f) for f in option.general[:1]]
    effects += [case_effect(draft, f) for f in both_ways(observed(draft, option))]
    if not effects:
        effects = [general_effect(draft, f) for f in _general_mitigations(draft, option.concept)[:1]]
    parts.append(w("effect", draft.lang) + draft.say("：", ": ") + (_semi(draft, effects) if effects else w("none_found", draft.lang)))
    applied = [(c, m) for c, m in option.applied if only_case is None or c.id == only_case.id][: 1 if only_case is None else 2]
    uses = [applied_words(draft, option, case, measure, place=only_case is None) for case, measure in applied]
    parts.append(w("case", draft.lang) + draft.say("：", ": ") + (_semi(draft, uses) if uses else w("none", draft.lang)))
    draft.measures.append(AnswerMeasure(
        id=option.concept, label=draft.holdings.vocabulary.concepts[option.concept].label,
        dimensions=draft.holdings.vocabulary.concepts[option.concept].dimensions,
        cases=tuple(dict.fromkeys([*(c.id for c, _ in option.applied), *(str(f.scope).removeprefix("case:") for f in option.shown)])),
        may_worsen=tuple(SideEffect(f.object, draft.of_fact(f)[0]) for f in _shown_worsens(option) if draft.of_fact(f))))
    return stop.join(parts) + stop.strip()


def observed(draft: Draft, option: MeasureOption) -> list[Fact]:
    """The facts of cases that say what came of the measure; one that leans on the measure's own name only repeats the intent."""
    found = []
    for fact in option.shown:
        case, entry = record_of(draft, fact)
        if case is None or not isinstance(entry, CaseMeasure):
            found.append(fact)
    return found


def named_by_source(case: Case, measure: CaseMeasure) -> bool:
    """Whether the note of one of the record's sources names the measure (rule 4)."""
    words = set(tokens(f"{measure.name.zh} {measure.name.en}"))
    return any(words & set(tokens(source.supports or "")) for source in case.sources if source.id in measure.sources)


def applied_words(draft: Draft, option: MeasureOption, case: Case, measure: CaseMeasure, *, place: bool) -> str:
    """What a case did: the record's name of the measure, its standing, and whether an effect is recorded."""
    notes = [of(STANDING, measure.standing, draft.lang)]
    if measure.basis == "record" and not named_by_source(case, measure):
        notes.append(w("whole_record", draft.lang))
    if not any(f.scope == f"case:{case.id}" for f in observed(draft, option)):
        notes.append(draft.say("效果没有记录", "effect not recorded"))
    note = draft.say("；", "; ").join(notes)
    where = short_place(case, draft.lang) + draft.say("：", ": ") if place else ""
    text = f"{where}{safe(measure.name.get(draft.lang))}" + (f"（{note}）" if draft.lang == "zh" else f" ({note})")
    return draft.claim(text + doubted(draft, case, measure.id), [draft.record(case, measure.id)], stop=False)


def _general_mitigations(draft: Draft, measure: str) -> list[Fact]:
    """What the measure is known to mitigate at all, best evidence first."""
    facts = [f for f in draft.holdings.by_subject.get(measure, []) if f.relation == "mitigates" and f.scope is None and f.note]
    return sorted(facts, key=lambda f: (-STRENGTH_RANK[f.strength], f.id))


def both_ways(shown: Sequence[Fact]) -> list[Fact]:
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
    texts, said = [], set()
    for fact in _shown_worsens(option):
        if fact.scope:
            leaning = fact.supports[0].passage
            texts += [] if leaning in said else [case_effect(draft, fact)]
            said.add(leaning)
        else:
            reason = f"{draft.say('：', ': ')}{safe(clause(fact.note.get(draft.lang)))}" if fact.note else ""
            texts.append(draft.claim(fact_sentence(draft, fact, subject=False) + reason + _strength(draft, fact),
                                     draft.references(fact), stop=False))
    return _semi(draft, texts) if texts else w("none_found", draft.lang)


def record_of(draft: Draft, fact: Fact) -> tuple[Case | None, Entry | None]:
    """The case and the entry of its record that a fact leans on; None twice for a fact of another kind."""
    slug, _, entry = str(fact.supports[0].passage or "").removeprefix("case:").partition("#")
    case = draft.holdings.cases.get(slug)
    return (case, entry_of(case, entry)) if case else (None, None)


_HOW = {"planned": ("计划", "planned"), "simulated": ("模拟", "modelled"), "claimed": ("据称", "claimed")}


def fact_words(draft: Draft, fact: Fact) -> str:
    """What a case says of a fact in the record's own words (a fact's three labels often say more than its record does),
    with how far it is sure; a fact of a held document, or one without a record, as label, verb, label."""
    case, entry = record_of(draft, fact)
    if case is None or entry is None:
        return safe(fact_sentence(draft, fact, subject=False))
    text = shown_words(draft, entry) if isinstance(entry, Statement) else wording_of(entry, draft.lang)
    notes = [of(_HOW, fact.modality, draft.lang)] if fact.modality in _HOW else []
    notes += [draft.say("译文", "our translation")] if entry_lang(case, entry) != draft.lang else []
    note = clause(fact.note.get(draft.lang)) if fact.note else ""
    if note and len(note) <= (24 if draft.lang == "zh" else 70) and len(set(tokens(note)) - set(tokens(text))) > 0.6 * len(set(tokens(note))):
        notes.append(note)
    text = clause(re.sub(r"\s*\[s\d+\]", "", text))
    if notes:
        text += f"（{'；'.join(notes)}）" if draft.lang == "zh" else f" ({'; '.join(notes)})"
    return safe(text) + doubted(draft, case, entry.id)


def case_effect(draft: Draft, fact: Fact, *, subject: bool = False) -> str:
    """What one case, or one held document, says of a measure; `subject`: the measure is named."""
    scope = str(fact.scope)
    case = draft.holdings.cases.get(scope.removeprefix("case:"))
    where = short_name(draft, case) if case else safe(draft.holdings.documents[scope].title) if scope in draft.holdings.documents else ""
    name = draft.label(fact.subject) if subject else ""
    if fact.polarity == "negated" and fact.relation == "mitigates":
        when = clause(fact.condition.get(draft.lang)) if fact.condition else ""
        name += draft.say(f"未见效（{when}）" if when else "未见效", (" did not help" if name else "did not help") + (f" ({when})" if when else ""))
    head = where + (draft.say("，", ", ") + name if name else "")
    if case:
        draft.said.add((case.id, str(fact.supports[0].passage).rpartition("#")[2]))
    return draft.claim(f"{head}{draft.say('：', ': ')}{fact_words(draft, fact)}", draft.of_fact(fact, limit=1), stop=False)


def groups_block(draft: Draft, cases: Sequence[Case], hazards: Iterable[str], question: Question) -> None:
    """Groups that sourced facts name, groups only listed, and those that general facts name and the cases do not."""
    cited = {case.id for case in draft.cases}
    cases = [case for case in cases if case.id in cited]
    sourced: dict[str, Fact] = {}
    for case in cases:
        for fact in draft.holdings.by_case.get(case.id, []):
            if fact.relation == "affects" and fact.object.startswith("grp:") and fact.polarity == "affirmed":
                sourced.setdefault(fact.object, fact)
    shown = list(sourced.items())[:3]
    listed = [(case, named.get(draft.lang), named.concepts) for case in cases for named in case.vulnerable_groups]
    covered = list(dict.fromkeys([*sourced, *(c for _, _, concepts in listed for c in concepts)]))
    spoken = "\n".join(draft.holdings.raw_text_of_case[case.id] for case in cases)
    of_cases = [c for case in cases for c in sorted(draft.holdings.concepts_of_case[case.id]) if c[:3] in ("hz:", "imp")]
    named_hazards = list(dict.fromkeys([*hazards, *question.of_kind("hz", "imp")])) or of_cases
    absent = [g for g in _absent_groups(draft, named_hazards, covered) if not named_in_text(draft, g, spoken)][:4]
    draft.groups_covered += covered
    draft.groups_absent += [g for g in question.of_kind("grp") if g not in covered]
    stop, colon, parts = draft.say("。", ". "), draft.say("：", ": "), []
    if shown:
        texts = [draft.claim(draft.label(g), draft.of_fact(f, limit=1), stop=False) for g, f in shown]
        parts.append(draft.say("有出处", "Sourced") + colon + draft.say("、", ", ").join(texts))
    by_case: dict[str, list[str]] = {}
    for case, name, concepts in listed:
        if not set(concepts) & {g for g, _ in shown}:
            by_case.setdefault(short_place(case, draft.lang), []).append(safe(name))
    names = [(f"{place}—" if draft.lang == "zh" else f"{place} – ") * (len(by_case) > 1) + draft.say("、", ", ").join(dict.fromkeys(some[:4]))
             for place, some in by_case.items()]
    if names:
        parts.append(draft.say("记录列出（未附出处）", "Listed without source") + colon + draft.say("；", "; ").join(names))
    elif not shown:
        parts.append(draft.say("记录没有列出人群", "The records list no group"))
    if absent:
        parts.append(draft.say("没有出现", "Absent") + colon + draft.say("、", ", ").join(map(draft.label, absent)))
        parts.append(w("absent", draft.lang))
    else:
        parts.append(draft.say("一般事实没有再点出别的人群", "General facts name no further group"))
    draft.block("groups", w("groups", draft.lang), draft.holding(stop.join(parts) + stop.strip()))


def named_in_text(draft: Draft, concept: str, text: str) -> bool:
    """Whether a label or synonym of a concept stands in a record's text, so that it cannot be called absent."""
    known = draft.holdings.vocabulary.concepts.get(concept)
    forms = [known.label.zh, known.label.en, *known.synonyms.get("zh", ()), *known.synonyms.get("en", ())] if known else []
    return any(len(form) > 1 and form.lower() in text for form in forms)


def _absent_groups(draft: Draft, hazards: Iterable[str], covered: list[str]) -> list[str]:
    named: dict[str, int] = {}
    for concept in hazards:
        for fact in draft.holdings.by_subject.get(concept, []):
            if fact.scope is None and fact.relation == "affects" and fact.object.startswith("grp:"):
                named[fact.object] = max(named.get(fact.object, 0), STRENGTH_RANK[fact.strength])
    rest = [g for g in named if g not in covered]
    return sorted(rest, key=lambda g: (-named[g], g))


def _rivals_of(draft: Draft) -> list[str]:
    """Of figures in the statements cited: the values that other sources set against them and that the answer does not show."""
    found, shown = [], {(c.case, c.statement) for c in draft.citations}
    for citation in list(draft.citations):
        case = draft.holdings.cases.get(str(citation.case))
        for conflict in case.conflicts if case else []:
            ids = set(conflict.between)
            hangs = {f.id for f in case.figures if f.statement == citation.statement} | {str(citation.statement)} if case else set()
            rivals = [f for f in case.figures if f.id in ids - hangs and (case.id, f.id) not in shown] if case and ids & hangs else []
            for figure in rivals[:1]:
                same = any(f.what.en == figure.what.en for f in case.figures if f.id in hangs) if case else False
                if not same:
                    note = clause(source_titles(case, conflict.about).get(draft.lang)) if case else ""
                    found.append(draft.say(f"{draft.marks([citation.n])} 口径冲突：{note}", f"{draft.marks([citation.n])} sources differ: {note}"))
                    continue
                text = f"{figure.what.get(draft.lang)}{draft.say('：', ': ')}{figure_value(figure, draft.lang)}"
                body = draft.say(f"{draft.marks([citation.n])} 另有不同说法：{text}", f"{draft.marks([citation.n])} another source differs: {text}")
                found.append(draft.claim(safe(body).replace("［", "[").replace("］", "]"), [draft.record(case, figure.id)], stop=False) if case else "")
    return list(dict.fromkeys(found))


def doubts_of(draft: Draft, *, limit: int = 2) -> list[str]:
    """Doubts about the record that concern what was cited; what there is no room for is counted."""
    found = []
    for citation in draft.citations:
        for doubt in [d for d in citation.doubts if not reclassifies(d)]:
            found.append(draft.say(f"{draft.marks([citation.n])} 存疑：{clause(doubt.zh)}", f"{draft.marks([citation.n])} in doubt: {clause(doubt.en)}"))
    found = [*_rivals_of(draft), *found]
    more = len(found) - limit
    return found[:limit] + ([draft.say(f"另有 {more} 处存疑，见来源卡", f"{more} more doubt{'s' if more > 1 else ''} on the source cards")] if more > 0 else [])


def gaps_block(draft: Draft, gaps: Sequence[str], *, cases: Sequence[Case] = (), editor: bool = False) -> None:
    """What this evidence does not cover; at most one editor's reading, marked, closes it."""
    shown = [*dict.fromkeys(gaps), *doubts_of(draft)]
    if editor:
        reading = next((s for c in cases for s in c.statements if s.editor and s.section in ("lesson", "side_effect")), None)
        if reading:
            shown.append(w("editor", draft.lang) + draft.say("：", ": ") + clause(reading.text.get(draft.lang)))
    draft.gaps += list(gaps)
    draft.block("gaps", w("gaps", draft.lang), draft.lines(draft.holding(capital(clause(g)) + draft.say("。", ".")) for g in shown))


def capital(text: str) -> str:
    """The text with a capital first letter, as a heading has it."""
    return text[:1].upper() + text[1:]


def names(draft: Draft, concepts: Iterable[str]) -> str:
    return join([draft.label(c) for c in concepts], draft.lang)
