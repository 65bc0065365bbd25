"""The JSON of the command line, key for key as `docs/cli.md` has it."""

from dataclasses import asdict
from typing import Any

from renzhi.errors import RenzhiError
from renzhi.graph.case import Case, Figure, Statement
from renzhi.graph.model import Fact, LedgerEntry
from renzhi.ontology.model import Concept
from renzhi.rag.model import Answer, Citation
from renzhi.results import Added, ReadPreview, Removed, SearchResult, Status, Waiting

Json = dict[str, Any]


def both(text: Any) -> Json | None:
    """`{zh, en}` of anything that has the two."""
    return {"zh": text.zh, "en": text.en} if text is not None else None


def error_json(error: RenzhiError) -> Json:
    return {"error": {"code": error.code, "message": {"zh": error.zh, "en": error.en}}}


def answer_json(a: Answer) -> Json:
    return {
        "question": a.question, "lang": a.lang, "intent": a.intent, "abstained": a.abstained, "reason": a.reason, "answer": a.markdown,
        "sentences": [{"text": s.text, "kind": s.kind, "citations": list(s.citations), "support": s.support} for s in a.sentences],
        "citations": [citation_json(c) for c in a.citations],
        "cases": [{"id": c.id, "title": both(c.title), "place": c.place.get(a.lang), "scale": c.scale, "why": list(c.why)} for c in a.cases],
        "measures": [{"id": m.id, "label": both(m.label), "dimensions": list(m.dimensions), "cases": list(m.cases),
                      "may_worsen": [{"target": e.target, "citation": e.citation} for e in m.may_worsen]} for m in a.measures],
        "groups": {"covered": list(a.groups_covered), "asked_not_covered": list(a.groups_not_covered)},
        "chains": [list(c) for c in a.chains], "gaps": list(a.gaps), "model": a.model, "snapshot": a.snapshot, "trace": a.trace,
        "elapsed_ms": a.elapsed_ms,
    }


def citation_json(c: Citation) -> Json:
    source = {"title": c.source.title, "publisher": c.source.publisher, "year": c.source.year, "url": c.source.url, "quality": c.source.quality,
              "author": c.source.author, "find_original": c.source.find_original}
    return {"n": c.n, "kind": c.kind, "document": c.document, "case": c.case, "passage": c.passage, "statement": c.statement, "title": c.title,
            "page": c.page, "paragraph": c.paragraph, "heading": list(c.heading), "locator": c.locator, "reviewed": c.reviewed,
            "reviewed_by": c.reviewed_by, "shipped": c.shipped, "held": c.held, "start": c.start, "end": c.end, "quote": c.quote, "lang": c.lang,
            "translation": c.translation, "doubts": [both(d) for d in c.doubts], "also": list(c.also), "source": source}


def search_json(query: str, results: list[SearchResult], elapsed_ms: float) -> Json:
    rows = [{"rank": r.rank, "passage": r.passage.id, "document": r.passage.document,
             "case": r.passage.document.removeprefix("case:") if r.passage.document.startswith("case:") else None, "page": r.passage.page,
             "lang": r.passage.lang, "score": float(r.score), "text": r.passage.text, "from": list(r.found_by)} for r in results]
    return {"query": query, "results": rows, "elapsed_ms": elapsed_ms}


def added_json(rows: list[Added]) -> Json:
    return {"documents": [asdict(row) | {"reason": row.reason.en if row.reason else None, "message": both(row.reason), "warnings": list(row.warnings)}
                          for row in rows]}


def removed_json(removed: Removed) -> Json:
    return {"document": removed.document, "status": "withdrawn", "facts_withdrawn": list(removed.facts_withdrawn)}


def read_json(read: ReadPreview) -> Json:
    return {"path": read.path, "format": read.format, "lang": read.lang, "pages": [{"page": page, "text": text} for page, text in read.pages],
            "passages": [{"ordinal": p.ordinal, "page": p.page, "paragraph": p.paragraph, "heading": list(p.heading), "start": p.start, "end": p.end,
                          "lang": p.lang, "text": p.text, "concepts": list(p.concepts)} for p in read.passages],
            "facts": [{"subject": f.subject, "relation": f.relation, "object": f.object, "quote": f.supports[0].quote, "polarity": f.polarity,
                       "modality": f.modality, "score": f.score if f.score is not None else 0.0, "status": f.status} for f in read.facts],
            "warnings": list(read.warnings)}


def status_json(s: Status) -> Json:
    facts = {name: s.counts.facts.get(name, 0) for name in ("accepted", "proposed", "rejected", "disputed", "quarantined")}
    return {"store": s.store, "snapshot": s.snapshot, "pack": s.pack, "texts": s.texts,
            "embedders": [{"name": e.name, "dimensions": e.dimensions, "passages": e.passages} for e in s.embedders], "evidence_bar": s.evidence_bar,
            "documents": s.counts.documents, "passages": s.counts.passages, "cases": s.counts.cases,
            "statements_without_source": s.statements_without_source, "concepts": s.concepts, "facts": facts, "ledger_intact": s.ledger_intact,
            "notices": [both(n) for n in s.notices]}


def case_row(case: Case) -> Json:
    def concepts(kind: str) -> list[str]:
        bound = [c for n in (*case.hazards, *case.vulnerable_groups) for c in n.concepts] + [c for m in case.measures for c in m.concepts]
        return list(dict.fromkeys(c for c in bound if c.startswith(kind + ":")))

    return {"id": case.id, "title": both(case.title), "place": both(case.place), "country": case.country_code, "scale": case.scale,
            "years": case.years, "hazards": concepts("hz"), "measures": concepts("mea"), "groups": concepts("grp")}


def case_json(case: Case, facts: list[Fact]) -> Json:
    statements = [_statement(s) for s in case.statements] + [_figure(case, f) for f in case.figures]
    statements += [{"id": m.id, "section": "measure", "lang": m.lang, "text": both(m.name), "sources": list(m.sources), "basis": m.basis,
                    "standing": m.standing, "dimensions": list(m.dimensions), "concepts": list(m.concepts)} for m in case.measures]
    sources = [{"id": s.id, "title": s.title, "publisher": s.publisher, "year": s.year, "url": None if s.find_original else s.url, "quality": s.quality,
                "author": s.author, "locator": s.locator, "find_original": s.find_original} for s in case.sources]
    return case_row(case) | {
        "summary": both(case.summary), "statements": statements, "sources": sources, "facts": [f.id for f in facts],
        "systems": [both(n) | {"concepts": list(n.concepts)} for n in case.exposed_systems],  # type: ignore[operator]
        "actors": [both(n) for n in case.actors], "conflicts": [{"about": both(c.about), "between": list(c.between)} for c in case.conflicts],
        "doubts": [{"at": d.at, "zh": d.zh, "en": d.en} for d in case.doubts], "remarks": [both(r) for r in case.remarks]}


def _statement(s: Statement) -> Json:
    chain = {"zh": list(s.chain.zh), "en": list(s.chain.en)} if s.chain else None
    return {"id": s.id, "section": s.section, "lang": s.lang, "text": {"zh": s.wording("zh"), "en": s.wording("en")}, "sources": list(s.sources), "editor": s.editor, "year": s.year,
            "chain": chain, "concepts": list(s.concepts)}


def _figure(case: Case, f: Figure) -> Json:
    return {"id": f.id, "section": "figure", "lang": case.lead_language, "text": {"zh": f"{f.what.zh}：{f.recorded}", "en": f"{f.what.en}: {f.recorded}"},
            "sources": list(f.sources), "what": both(f.what), "value": f.value, "upper": f.upper, "qualifier": f.qualifier, "unit": both(f.unit),
            "year": f.year, "place": both(f.place), "counted_by": both(f.counted_by), "recorded": f.recorded, "note": both(f.note), "kind": f.kind}


def concept_json(c: Concept) -> Json:
    return {"id": c.id, "kind": c.kind, "label": both(c.label), "synonyms": {"zh": list(c.synonyms.get("zh", ())), "en": list(c.synonyms.get("en", ()))},
            "codes": dict(c.codes), "domain": c.domain, "dimensions": list(c.dimensions), "scales": list(c.scales), "nature": c.nature}


def fact_json(f: Fact) -> Json:
    return {"id": f.id, "subject": f.subject, "relation": f.relation, "object": f.object, "scope": f.scope, "status": f.status, "modality": f.modality,
            "polarity": f.polarity, "strength": f.strength, "condition": both(f.condition), "note": both(f.note), "origin": f.origin, "score": f.score,
            "decided_by": f.decided_by, "version": f.version, "scales": list(f.scales),
            "supports": [{"kind": s.kind, "document": s.document or (s.works[0] if s.works else None), "passage": s.passage, "page": None,
                          "quote": s.quote, "start": s.start, "end": s.end, "works": list(s.works), "locator": s.locator, "status": s.status}
                         for s in f.supports]}


def waiting_json(w: Waiting | None) -> Json:
    if w is None:
        return {"fact": None, "waiting": 0}
    fact = fact_json(w.fact)
    page = w.passage.page if w.passage else None
    for support in fact["supports"]:
        if w.passage and support["passage"] == w.passage.id:
            support["page"] = page
    fact["passage"] = {"text": w.passage.text, "document": w.passage.document, "page": page, "id": w.passage.id} if w.passage else None
    return {"fact": fact, "waiting": w.waiting}


def decision_json(fact: str, status: str, entry: LedgerEntry) -> Json:
    return {"fact": fact, "status": status, "by": entry.who, "entry": entry.id}


def entry_json(e: LedgerEntry) -> Json:
    return {"seq": e.seq, "entry": e.id, "time": e.time, "who": e.who, "action": e.action, "target": e.target, "reason": e.reason}


