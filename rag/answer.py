"""From a question to a cited answer: parse, retrieve, gate, compose, verify."""

import re
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from renzhi.graph.case import Case
from renzhi.graph.model import Lang, PageText, Passage, plain
from renzhi.graph.store import GraphStore
from renzhi.graph.tokens import tokens
from renzhi.ontology.recognise import Recogniser
from renzhi.rag.abstain import compose_abstention, compose_chatter
from renzhi.rag.compose_case import ALL_ROOM, compose_case, compose_compare, compose_lessons
from renzhi.rag.compose_chain import compose_chain
from renzhi.rag.compose_document import compose_document, document_supplement
from renzhi.rag.compose_figure import compose_figure, compose_no_figure
from renzhi.rag.compose_general import compose_general
from renzhi.rag.compose_measures import cases_for, compose_measures, compose_side_effects
from renzhi.rag.draft import Draft
from renzhi.rag.holdings import Holdings
from renzhi.rag.likeness import case_likeness, measure_likeness
from renzhi.rag.model import Answer, AnswerMeasure, Citation, Embedder
from renzhi.rag.question import Filters, Question, parse
from renzhi.rag.retrieve import Retriever
from renzhi.rag.selection import Found, rank_cases
from renzhi.rag.strength import BAR
from renzhi.rag.titles import documents_by_title, phrases_in
from renzhi.rag.verify import quote_stands, unfit
from renzhi.rag.wording import join, safe

EVIDENCE_BAR = BAR
"""The strength (0–1, see `retrieve`) below which retrieved text alone carries no answer."""
ORDER = ("lead", "table", "chain", "evidence", "document", "measures", "groups", "gaps", "nearest", "sources")
"""The blocks of an answer from top to bottom (`answers.md`, "Order")."""
NEEDS_ITS_PLACE = ("figure", "cost", "case", "lessons", "compare", "general")
"""Intents that another place's evidence cannot serve."""
LOOKING_UP = ("figure", "cost", "case", "lessons", "compare", "general", "document")
"""Intents that look for one case, which a noun that few cases have can point at; "lifts" in a question on measures does not."""


NEAREST = 6
"""Cases within which every statement is scored for the question."""


@dataclass(frozen=True)
class Asked:
    """One question with what was found for it."""

    question: Question
    found: Found
    passages: tuple[Passage, ...]
    """Passages of held documents among the hits, in order."""
    missing: tuple[str, ...]
    """Names and years that nothing held mentions."""
    case_names: dict[str, tuple[str, ...]]
    """Case slug: the names of the question that it holds."""
    document_names: dict[str, tuple[str, ...]]
    telling: frozenset[str]
    """Those of the names that are ordinary nouns which only one or two cases have."""
    embedder: Embedder


def answer(text: str, holdings: Holdings, retriever: Retriever, recogniser: Recogniser, store: GraphStore, *, lang: Lang | None = None,
           filters: Filters = Filters(), carry: dict[str, str | None] | None = None, k: int = 60) -> Answer:
    """The answer to a question, from this snapshot alone; the same snapshot and question give the same citations."""
    begun = time.perf_counter()
    question = parse(text, holdings, recogniser, lang=lang, filters=filters, carry=carry)
    draft = Draft(holdings, question.lang, question.concepts, frozenset(tokens(question.text)))
    if question.intent == "chatter":
        reason: str | None = compose_chatter(draft)
    else:
        asked = look_up(question, holdings, retriever, store, k=k)
        draft.asked = asked.question.concepts
        reason = _compose(draft, asked)
        draft = draft if reason is None or draft.blocks else Draft(holdings, question.lang, question.concepts, draft.words)
    draft = _checked(draft, store)
    draft.blocks.sort(key=lambda block: ORDER.index(block.kind))
    draft.sources_block()
    return _finish(draft, question, reason, begun)


def look_up(question: Question, holdings: Holdings, retriever: Retriever, store: GraphStore, *, k: int = 60) -> Asked:
    """Retrieval for a question, and which of its names are held where."""
    expansions = _expansions(question, holdings)
    titled = () if question.documents or not holdings.documents else documents_by_title(question, holdings, retriever.quick_embedder)
    own_names = question.names
    telling, unheld = _terms_held(question, holdings, store)
    question = replace(question, names=(*question.names, *(telling if question.intent in LOOKING_UP else ())), terms=unheld)
    by_case, by_document, missing = _names_held(question, holdings, store)
    elsewhere = [n for n in own_names if any(n in v for v in by_case.values()) and not any(n in v for v in by_document.values())]
    if titled and not elsewhere:
        question = replace(question, documents=titled, concepts=_outside_title(question))
    found = Found.of(retriever.search(question.text, k=k, expansions=expansions, graph=_graph_passages(question, holdings)))
    if question.documents:
        allowed = _witnesses(question.documents, holdings)
        missing = ()
        inside = retriever.search(question.text, k=k, expansions=expansions, allowed=_passages_of(store, allowed))
        found = Found.of([*inside, *[h for h in found.hits if h.passage not in {i.passage for i in inside}]])
    ids = [hit.passage for hit in found.hits if hit.passage.startswith("doc:")]
    passages = tuple(holdings.passages(ids))
    found = replace(found, case_likeness=case_likeness(question, holdings, retriever.quick_embedder))
    near = list(dict.fromkeys([*question.cases, *by_case, *[case.id for _, case in rank_cases(question, found, holdings)[:NEAREST]]]))[:12]
    inside = retriever.search(question.text, k=600, expansions=expansions, allowed={f"case:{slug}" for slug in near}) if near else []
    found = replace(found, inside={hit.passage: hit.score for hit in inside}, likeness=measure_likeness(question, holdings, retriever.quick_embedder))
    return Asked(question, found, passages, missing, by_case, by_document, frozenset(telling), retriever.quick_embedder)


def _outside_title(question: Question) -> tuple[str, ...]:
    """The concepts asked apart from those that only the document's name has: “the adaptation plan” is not asking about planning."""
    spans = [(at, at + len(phrase)) for phrase in phrases_in(question.text) if (at := question.text.find(phrase)) >= 0]
    kept = [m.concept for m in question.mentions if not any(a <= m.start and m.end <= b for a, b in spans)]
    return tuple(dict.fromkeys(kept))


def _witnesses(documents: Sequence[str], holdings: Holdings) -> set[str]:
    """Of several formats of one work the one with pages."""
    best: dict[str, str] = {}
    for one in documents:
        document = holdings.documents[one]
        other = best.get(document.work)
        if other is None or (document.pages or 0, document.id) > (holdings.documents[other].pages or 0, other):
            best[document.work] = one
    return set(best.values())


def _passages_of(store: GraphStore, documents: set[str]) -> set[str]:
    return {p.id for document in documents for p in store.passages(document=document)}


def _expansions(question: Question, holdings: Holdings) -> dict[Lang, list[str]]:
    """Labels and synonyms of the asked concepts in both languages: an exact, explainable translation."""
    found: dict[Lang, list[str]] = {"zh": [], "en": []}
    for concept in question.concepts:
        known = holdings.vocabulary.concepts.get(concept)
        if known:
            found["zh"] += [known.label.zh, *known.synonyms.get("zh", ())[:2]]
            found["en"] += [known.label.en, *known.synonyms.get("en", ())[:2]]
    return found


def _graph_passages(question: Question, holdings: Holdings) -> list[str]:
    """Passages behind accepted facts that join two of the concepts asked."""
    asked = set(question.concepts)
    facts = [f for c in question.concepts for f in holdings.by_subject.get(c, []) if f.object in asked]
    return list(dict.fromkeys(s.passage for f in facts for s in f.supports if s.passage))[:40]


def _names_held(question: Question, holdings: Holdings, store: GraphStore) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]], tuple[str, ...]]:
    by_case: dict[str, list[str]] = {}
    by_document: dict[str, list[str]] = {}
    missing = []
    whole = {n for n in question.names if _holders(n, holdings, store) != ([], [])}
    names = [part for n in question.names for part in ([n] if n in whole or " " not in n else _held_words(n, holdings, store) or [n])]
    for name in names:
        cases, documents = _holders(name, holdings, store)
        for slug in cases:
            by_case.setdefault(slug, []).append(name)
        for document in documents:
            by_document.setdefault(document, []).append(name)
        if not cases and not documents and not _perhaps_no_name(name):
            missing.append(name)
    return {k: tuple(v) for k, v in by_case.items()}, {k: tuple(v) for k, v in by_document.items()}, tuple(missing)


def _perhaps_no_name(name: str) -> bool:
    """Two Han characters that the segmenter takes for a person's name are as often two ordinary ones."""
    import rjieba

    return len(name) == 2 and not name.isascii() and [tag for _, tag in rjieba.tag(name)] in (["nr"], ["nrt"])


def _terms_held(question: Question, holdings: Holdings, store: GraphStore) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the question's nouns: those that one or two cases mention, and those that nothing held mentions."""
    telling, unheld = [], []
    for term in question.terms:
        cases, documents = _holders(term, holdings, store)
        if not cases and not documents:
            unheld.append(term)
        elif len(cases) in (1, 2) and not documents:
            telling.append(term)
    return tuple(telling), tuple(unheld)


def _holders(name: str, holdings: Holdings, store: GraphStore) -> tuple[list[str], list[str]]:
    """Slugs of the cases and ids of the documents that mention the name."""
    return [slug for slug, text in holdings.raw_text_of_case.items() if _mentions(text, name)], _documents_with(name, holdings, store)


def _held_words(name: str, holdings: Holdings, store: GraphStore) -> list[str]:
    """The words of a longer name that something held mentions."""
    return [word for word in name.split() if _holders(word, holdings, store) != ([], [])]


def _mentions(text: str, name: str) -> bool:
    if name.isascii() or re.match(r"[A-Za-zÀ-ž]", name):
        return re.search(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])", text) is not None
    return plain(name) in plain(text)


def _documents_with(name: str, holdings: Holdings, store: GraphStore) -> list[str]:
    if not holdings.documents:
        return []
    wanted = tokens(name)
    langs: tuple[Lang, Lang] = ("zh", "en")
    ids = [p for lang in langs for p, _ in store.match(wanted, lang, limit=60) if p.startswith("doc:")]
    found = {p.document for p in holdings.passages(ids) if _mentions(p.text.lower(), name)}
    found |= {d.id for d in holdings.documents.values() if _mentions(d.title.lower(), name)}
    return sorted(found)


def _compose(draft: Draft, asked: Asked) -> str | None:
    """Writes the answer into the draft; the reason if it abstained instead."""
    question, found = asked.question, asked.found
    refuse = partial(compose_abstention, found=found, missing=asked.missing)
    if _document_only(asked) and _from_documents(draft, asked):
        return None
    missing = (*asked.missing, *_years_missing(asked, draft.holdings))
    if missing and (question.intent in NEEDS_ITS_PLACE or not question.concepts):
        return compose_abstention(draft, question, found, missing=missing)
    question = _with_cases(asked, draft.holdings)
    if not _enough(question, asked, draft.holdings):
        return refuse(draft, question)
    if _by_intent(draft, question, asked):
        return None
    if _fitted(draft, lambda room: compose_general(draft, question, asked.found, asked.passages, room=room)):
        return None
    return refuse(draft, question)


def _document_only(asked: Asked) -> bool:
    """Whether the question is about a held document: named, or the only holder of the names asked."""
    if asked.question.documents:
        return True
    if asked.question.names and asked.document_names and not asked.missing:
        most_case = max((len(v) for v in asked.case_names.values()), default=0)
        return max(len(v) for v in asked.document_names.values()) > most_case
    documents, cases = asked.found.best("doc:"), asked.found.best("case:")
    lead = asked.found.hits[0].passage.startswith("doc:") if asked.found.hits else False
    plain_asking = asked.question.intent in ("general", "figure", "cost", "case")
    return plain_asking and lead and not asked.question.cases and not asked.question.names and documents >= EVIDENCE_BAR and documents > cases + 0.12


def _from_documents(draft: Draft, asked: Asked) -> bool:
    question = asked.question
    passages: Sequence[Passage] = asked.passages
    if question.documents:
        witnesses = _witnesses(question.documents, draft.holdings)
        passages = [p for p in passages if p.document in witnesses]
    elif asked.document_names:
        most = max(len(v) for v in asked.document_names.values())
        holders = {d for d, names in asked.document_names.items() if len(names) == most}
        passages = [p for p in passages if p.document in _witnesses(sorted(holders), draft.holdings)]
    else:
        witnesses = _witnesses(sorted({p.document for p in passages}), draft.holdings)
        passages = [p for p in passages if p.document in witnesses]
    documents = {p.document for p in passages}
    facts = [f for f in draft.holdings.facts if any(s.document in documents for s in f.supports)]
    return compose_document(draft, question, asked.found, passages, facts, embedder=asked.embedder)


def _years_missing(asked: Asked, holdings: Holdings) -> tuple[str, ...]:
    """Years asked about a named case that none of the named cases mentions."""
    named = set(asked.question.cases) if asked.missing else {*asked.question.cases, *asked.case_names}
    if asked.question.intent not in NEEDS_ITS_PLACE or not asked.question.years or not named:
        return ()
    return tuple(y for y in asked.question.years if not any(_covers(holdings.cases[s], y, holdings) for s in named))


def _covers(case: Case, year: str, holdings: Holdings) -> bool:
    """Whether the case names the year or spans it."""
    return year in holdings.raw_text_of_case[case.id] or year in case.years or _within(year, [case.years])


def _within(year: str, spans: Sequence[str]) -> bool:
    for span in spans:
        found = re.findall(r"\d{4}", span)
        if len(found) > 1 and found[0] <= year <= found[-1]:
            return True
    return False


def _with_cases(asked: Asked, holdings: Holdings) -> Question:
    """The question with the cases that hold most of its names put in front."""
    question = asked.question
    if not asked.case_names:
        return question
    # one noun that few cases have points at nothing yet; two do, as a proper name does
    weights = {slug: sum(0.4 if n in asked.telling else 1.0 for n in names) for slug, names in asked.case_names.items()}
    most = max(weights.values())
    holders = [slug for slug, weight in weights.items() if weight == most and weight >= 0.8]
    ranked = [case.id for _, case in rank_cases(question, asked.found, holdings)]
    dated = [s for s in holders if question.years and all(_covers(holdings.cases[s], y, holdings) for y in question.years)]
    holders = dated or holders
    holders.sort(key=lambda s: (s not in question.cases, ranked.index(s) if s in ranked else 999, s))
    telling = len(holders) <= 4
    others = [s for s in question.cases if s not in holders and (question.intent == "compare" or not telling)]
    cases = [*[s for s in holders if telling], *others]
    intent = "case" if question.intent == "general" and cases else question.intent
    return replace(question, cases=tuple(cases), intent=intent)


def _enough(question: Question, asked: Asked, holdings: Holdings) -> bool:
    """The gate: a named case, asked concepts that accepted facts know, or retrieved text above the bar."""
    if question.cases or asked.found.best("") >= EVIDENCE_BAR:
        return bool(question.cases or question.concepts or asked.found.best("") >= EVIDENCE_BAR + 0.1)
    core = question.of_kind("hz", "imp", "sys", "mea", "vul")
    return bool(core) and any(c in holdings.by_subject or c in holdings.by_object for c in core)


def _by_intent(draft: Draft, question: Question, asked: Asked) -> bool:
    found, intent = asked.found, question.intent
    case = _one_case(question, found, draft)
    short = intent in ("case", "figure", "cost")
    written = False
    if intent == "measures":
        written = _fitted(draft, lambda room: compose_measures(draft, question, found, missing=asked.missing, room=room))
    elif intent == "side_effects":
        written = compose_side_effects(draft, question, found)
    elif intent == "chain":
        written = _fitted(draft, lambda room: compose_chain(draft, question, found, room=room))
    elif intent == "compare":
        written = compose_compare(draft, question, [draft.holdings.cases[c] for c in question.cases[:2]], found)
    elif intent == "lessons":
        cases = [case] if case and question.cases else cases_for(question, found, draft)
        written = _fitted(draft, lambda room: compose_lessons(draft, question, cases, found, room=room))
    elif case and short:
        written = intent != "case" and (compose_figure(draft, question, case, found, cost=intent == "cost")
                                        or (bool(question.cases) and compose_no_figure(draft, question, case, found)))
        written = written or _fitted(draft, lambda room: compose_case(draft, question, case, found, room=room), short=True)
    if written and intent in ("chain", "side_effects") and asked.missing:
        _say_missing(draft, asked.missing)
    if written and intent == "measures" and not question.cases and asked.passages and found.best("doc:") >= EVIDENCE_BAR:
        document_supplement(draft, question, found, asked.passages[:10])
    return written


def _say_missing(draft: Draft, missing: Sequence[str]) -> None:
    """Opens the lead with the names that nothing held mentions."""
    listed = join([safe(m) for m in missing[:3]], draft.lang)
    said = draft.holding(draft.say(f"库里没有提到{listed}；下面是其他地方的证据。", f"Nothing held mentions {listed}; what follows is evidence from elsewhere. "))
    draft.blocks = [replace(b, markdown=said + b.markdown) if b.kind == "lead" else b for b in draft.blocks]


def _fitted(draft: Draft, write: Callable[[int], bool], *, short: bool = False) -> bool:
    """Writes with all room, then with less until the answer is as short as it should be."""
    for room in (ALL_ROOM, 2, 1):
        draft.clear()
        if not write(room):
            return False
        if not draft.too_long(short=short):
            break
    return True


def _one_case(question: Question, found: Found, draft: Draft) -> Case | None:
    ranked = rank_cases(question, found, draft.holdings)
    return ranked[0][1] if ranked else None


def _checked(draft: Draft, store: GraphStore) -> Draft:
    """Every quote of a held document is looked up again where it is said to stand; every claim must cite."""
    pages: dict[str, list[PageText]] = {}
    for citation in draft.citations:
        if citation.kind == "passage" and citation.document:
            text = pages.setdefault(citation.document, store.pages(citation.document))
            if not quote_stands(citation, text):
                raise AssertionError(f"quote of {citation.passage} does not stand at {citation.start}")
    bare = unfit(draft.sentences)
    if bare:
        raise AssertionError(f"a claim without a citation: {bare[0].text!r}")
    return draft


def _finish(draft: Draft, question: Question, reason: str | None, begun: float) -> Answer:
    shown: tuple[Citation, ...] = tuple(draft.citations)
    context = {"case": draft.cases[0].id if draft.cases and (len(draft.cases) == 1 or question.cases) else None,
               "hazard": next(iter(question.of_kind("hz")), None), "place": question.filters.place,
               "document": next((c.document for c in shown if c.kind == "passage"), None)}
    asked_groups = list(dict.fromkeys(draft.groups_absent))
    return Answer(
        question=question.text, lang=question.lang, intent=question.intent, abstained=reason is not None, reason=reason,
        blocks=tuple(draft.blocks), sentences=tuple(draft.sentences), citations=shown, cases=tuple(draft.cases),
        measures=tuple(_unique(draft)), groups_covered=tuple(dict.fromkeys(draft.groups_covered)), groups_not_covered=tuple(asked_groups),
        chains=tuple(draft.chains), gaps=tuple(draft.gaps), snapshot=draft.holdings.snapshot, trace=uuid.uuid4().hex,
        elapsed_ms=round((time.perf_counter() - begun) * 1000, 1), context=context)


def _unique(draft: Draft) -> list[AnswerMeasure]:
    return list({m.id: m for m in draft.measures}.values())
