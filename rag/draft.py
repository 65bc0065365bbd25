"""An answer while it is written: every sentence is noted with its citations, every citation with its source."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from renzhi.graph.case import Case, CaseMeasure, Doubt, Figure, Statement
from renzhi.graph.case import Text as CaseText
from renzhi.graph.model import Fact, Lang, Passage, Work
from renzhi.ontology.model import Bilingual
from renzhi.rag.amounts import as_digits
from renzhi.rag.holdings import QUALITY_RANK, Entry, Holdings, best_source, entry_of
from renzhi.rag.model import AnswerCase, AnswerMeasure, Block, Citation, Sentence, SourceNote
from renzhi.rag.verify import support_of
from renzhi.rag.wording import QUALITY, clause, figure_value, of, safe, spaced, w


@dataclass
class Draft:
    """Collects blocks, sentences and citations; numbers are given by first use."""

    holdings: Holdings
    lang: Lang
    asked: tuple[str, ...] = ()
    """Concepts of the question: the reason why a case is shown."""
    words: frozenset[str] = frozenset()
    """Tokens of the question: they decide whether a statement's chain of steps is shown with it."""
    citations: list[Citation] = field(default_factory=list)
    evidence: dict[int, str] = field(default_factory=dict)
    """All text that a citation stands for, against which a sentence's numbers are held."""
    sentences: list[Sentence] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    cases: list[AnswerCase] = field(default_factory=list)
    measures: list[AnswerMeasure] = field(default_factory=list)
    groups_covered: list[str] = field(default_factory=list)
    groups_absent: list[str] = field(default_factory=list)
    chains: list[tuple[str, ...]] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    said: set[tuple[str, str]] = field(default_factory=set)
    """Statements that stand in the answer already, by case and id: they are not said twice."""
    _numbers: dict[tuple[str, ...], int] = field(default_factory=dict)

    def clear(self) -> None:
        """Forgets all that was written, to write it anew."""
        for part in (self.citations, self.evidence, self.sentences, self.blocks, self.cases, self.measures, self.groups_covered,
                     self.groups_absent, self.chains, self.gaps, self.said, self._numbers):
            part.clear()

    def too_long(self, *, short: bool = False) -> bool:
        """Whether the answer, sources apart, is over the length of `answers.md`: 700 字 or 420 words; `short` for
        look-ups and figures, 350 字 or 240 words."""
        text = " ".join(re.sub(r"[*|\[\]#-]|\d+\]", "", block.markdown) for block in self.blocks)
        if self.lang == "zh":
            return len(re.findall(r"[\u3400-\u9fff]", text)) > (350 if short else 700)
        return len(text.split()) > (240 if short else 420)

    # -- sentences
    def claim(self, text: str, cited: Iterable[int], *, stop: bool = True) -> str:
        """The sentence with its markers before the full stop; `stop=False` for a table cell or a clause."""
        numbers = tuple(dict.fromkeys(cited))
        body = spaced(clause(text)) if self.lang == "zh" else clause(text)
        support = support_of(body, [self.evidence[n] for n in numbers])
        self.sentences.append(Sentence(text=body, kind="claim", citations=numbers, support=support))
        end = ("。" if self.lang == "zh" else ".") if stop else ""
        return f"{body} {self.marks(numbers)}{end}"

    def holding(self, text: str) -> str:
        """A sentence about the base itself: what it holds or lacks."""
        body = spaced(text) if self.lang == "zh" else text
        self.sentences.append(Sentence(text=body, kind="holding"))
        return body

    @staticmethod
    def marks(numbers: Iterable[int]) -> str:
        return "".join(f"[{n}]" for n in numbers)

    def block(self, kind: str, heading: str, markdown: str) -> None:
        if markdown.strip():
            self.blocks.append(Block(kind=kind, heading=heading, markdown=markdown.strip()))  # type: ignore[arg-type]

    def lines(self, items: Iterable[str]) -> str:
        return "\n".join(f"- {item}" for item in items)

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def label(self, concept: str) -> str:
        return self.holdings.label(concept, self.lang)

    # -- citations
    def record(self, case: Case, entry_id: str) -> int:
        """The number of a statement, figure or measure of a case record."""
        entry = entry_of(case, entry_id)
        assert entry is not None, f"{case.id}#{entry_id}"
        key = ("record", case.id, entry_id)
        if key not in self._numbers:
            self._note_case(case)
            self._add(key, _record_citation(case, entry, len(self.citations) + 1, self.holdings), _entry_text(case, entry))
        return self._numbers[key]

    def references(self, fact: Fact, *, limit: int = 1) -> tuple[int, ...]:
        """The numbers of the best works behind a general fact, by quality, then year."""
        works = self.holdings.works
        ranked = sorted((s for s in fact.supports if s.status == "accepted" and s.works),
                        key=lambda s: _work_rank(works.get(s.works[0])), reverse=True)
        numbers = []
        for support in ranked[:limit]:
            work = works.get(support.works[0]) or Work(id=support.works[0], title=support.works[0])
            key = ("reference", work.id, support.locator or "")
            if key not in self._numbers:
                self._add(key, _reference_citation(work, support.locator, support.url, len(self.citations) + 1, fact), "")
            number = self._numbers[key]
            self.evidence[number] += f"\n{fact.note.zh}\n{fact.note.en}" if fact.note else ""
            numbers.append(number)
        return tuple(numbers)

    def span(self, passage: Passage, start: int, end: int, *, reviewed_by: str | None = None) -> int:
        """The number of a verbatim span of a held document; offsets as in the passage's page."""
        key = ("passage", passage.id, str(start), str(end))
        if key not in self._numbers:
            document = self.holdings.documents[passage.document]
            quote = passage.text[start - passage.start : end - passage.start]
            source = SourceNote(title=document.title, publisher=document.publisher, year=document.year, url=document.url,
                                quality=document.quality)
            citation = Citation(
                n=len(self.citations) + 1, kind="passage", title=document.title, source=source, document=document.id,
                passage=passage.id, page=passage.page, paragraph=passage.paragraph, heading=passage.heading,
                reviewed=bool(reviewed_by), reviewed_by=reviewed_by, held=True, start=start, end=end, quote=quote,
                lang=passage.lang)
            where = f"p. {passage.page} {passage.text[:12]} {document.year or ''} {document.name}"
            self._add(key, citation, "\n".join([quote, as_digits(f"{passage.text[:12]} {quote}"), document.title, where, *passage.heading]))
        return self._numbers[key]

    def of_fact(self, fact: Fact, *, limit: int = 1) -> tuple[int, ...]:
        """The numbers of what an accepted fact rests on, whatever its kind."""
        records = [s for s in fact.supports if s.kind == "record" and s.passage and s.status == "accepted"]
        if records:
            found = []
            for support in records[:limit]:
                slug, _, entry = str(support.passage).removeprefix("case:").partition("#")
                case = self.holdings.cases.get(slug)
                found += [self.record(case, entry)] if case and entry_of(case, entry) else []
            return tuple(found)
        spans = [s for s in fact.supports if s.kind == "passage" and s.passage and s.status == "accepted"]
        if spans:
            passages = {p.id: p for p in self.holdings.passages([str(s.passage) for s in spans[:limit]])}
            by = fact.decided_by if fact.decided_by and not fact.decided_by.startswith("pack:") else None
            return tuple(self.span(passages[str(s.passage)], int(s.start or 0), int(s.end or 0), reviewed_by=by)
                         for s in spans[:limit] if str(s.passage) in passages
                         and passages[str(s.passage)].document in self.holdings.documents)
        return self.references(fact, limit=limit)

    def _add(self, key: tuple[str, ...], citation: Citation, evidence: str) -> None:
        self._numbers[key] = citation.n
        self.citations.append(citation)
        self.evidence[citation.n] = evidence

    def _note_case(self, case: Case) -> None:
        if all(known.id != case.id for known in self.cases):
            has = self.holdings.concepts_of_case.get(case.id, frozenset())
            self.cases.append(AnswerCase(
                id=case.id, title=Bilingual(case.title.zh, case.title.en), place=Bilingual(case.place.zh, case.place.en),
                scale=case.scale, years=case.years, why=tuple(c for c in self.asked if c in has)))

    # -- the closing block
    def sources_block(self) -> None:
        """One line a source, in the order of the numbers."""
        held = any(c.held for c in self.citations)
        unheld = any(not c.held for c in self.citations)
        note = "" if held and unheld else self.say("（原文均未存）", " (originals not held)") if unheld else ""
        lines: dict[str, list[int]] = {}
        for c in self.citations:
            lines.setdefault(self._source_line(c, say_held=(held and unheld) or c.held), []).append(c.n)
        if lines:
            self.block("sources", w("sources", self.lang) + note, "\n".join(f"- {self.marks(ns)} {line}" for line, ns in lines.items()))

    def _source_line(self, c: Citation, *, say_held: bool) -> str:
        s, lang = c.source, self.lang
        comma, semi = ("，", "；") if lang == "zh" else (", ", "; ")
        name = safe(s.title)
        if c.kind == "passage" and c.document:
            name = safe(self.holdings.documents[c.document].name.replace("\\", "/").rsplit("/", 1)[-1]) + comma + name
        parts = [name, safe(s.publisher) if s.publisher else w("publisher_unknown", lang), str(s.year) if s.year else w("year_unknown", lang)]
        if s.author:
            parts.insert(0, safe(s.author))
        if c.locator:
            parts.append(safe(c.locator))
        if c.parts:
            parts.append(self.say("一部分据", "in part ") + self.say("、", ", ").join(f"《{safe(t)}》" if lang == "zh" else f"“{safe(t)}”" for t in c.parts))
        if c.page is not None:
            parts.append(self.say(f"第 {c.page} 页", f"p. {c.page}"))
        elif c.kind == "passage" and c.heading:
            parts.append(safe(c.heading[-1]))
        tail = [of(QUALITY, s.quality, lang)]
        if s.find_original:
            tail.append(self.say("待找原件", "find original"))
        if c.kind == "record":
            tail.append(self.say(f"案例记录 {c.case}", f"case record {c.case}"))
        if say_held:
            tail.append(w("held_reviewed" if c.reviewed else "held", lang) if c.held else w("not_held", lang))
        return comma.join(parts) + semi + semi.join(tail)


def _work_rank(work: Work | None) -> tuple[int, int]:
    return (QUALITY_RANK[work.quality], work.year or 0) if work else (-1, 0)


def _entry_text(case: Case, entry: Entry) -> str:
    """All wording that stands behind a record's entry, in both languages, the case's own dates and place included."""
    own: list[str] = [case.title.zh, case.title.en, case.years, case.place.zh, case.place.en]
    if isinstance(entry, Statement):
        own += [entry.text.zh, entry.text.en, entry.year or "", *(f.year or "" for f in case.figures if f.statement == entry.id)]
        own += [" ".join(entry.chain.zh), " ".join(entry.chain.en)] if entry.chain else []
    elif isinstance(entry, Figure):
        own += [entry.what.zh, entry.what.en, entry.recorded, entry.year or "", figure_value(entry, "zh"), figure_value(entry, "en")]
        own += [text for pair in (entry.note, entry.counted_by, entry.place) if pair for text in (pair.zh, pair.en)]
    else:
        own += [entry.name.zh, entry.name.en]
    return "\n".join(own)


def wording_of(entry: Entry, lang: str) -> str:
    """The record's wording of an entry in one language; a figure's is its noun phrase and recorded value."""
    if isinstance(entry, Statement):
        return entry.wording(lang)
    if isinstance(entry, CaseMeasure):
        return entry.name.get(lang)
    return f"{entry.what.get(lang)}{'：' if lang == 'zh' else ': '}{entry.recorded}"


def entry_lang(case: Case, entry: Entry) -> Lang:
    return case.lead_language if isinstance(entry, Figure) else entry.lang


def _record_citation(case: Case, entry: Entry, n: int, holdings: Holdings) -> Citation:
    source = best_source(case, entry)
    lang = entry_lang(case, entry)
    others = [s.title for s in case.sources if s.id in entry.sources and s is not source]
    marked = set(re.findall(r"\[(s\d+)\]", entry.text.zh)) if isinstance(entry, Statement) else set()
    parts = tuple(s.title for s in case.sources if s.id in marked and s is not source)
    facts = [f for f in holdings.by_case.get(case.id, []) if any(s.passage == f"case:{case.id}#{entry.id}" for s in f.supports)]
    by = next((f.decided_by for f in facts if f.decided_by and not f.decided_by.startswith("pack:")), None)
    shipped = by is None and all(f.origin.startswith("pack:") for f in holdings.by_case.get(case.id, []))
    whole = isinstance(entry, CaseMeasure) and entry.basis == "record"
    return Citation(
        n=n, kind="record", title=case.title.get(lang), document=f"case:{case.id}", case=case.id,
        passage=f"case:{case.id}#{entry.id}", statement=entry.id, reviewed=by is not None, reviewed_by=by, shipped=shipped,
        held=False, quote=_quote(entry, lang), lang=lang, translation=_quote(entry, "en" if lang == "zh" else "zh"),
        source=SourceNote(title=source.title, publisher=source.publisher, year=source.year, url=None if source.find_original else source.url,
                          quality=source.quality, author=source.author, find_original=source.find_original),
        locator=source.locator, parts=parts, doubts=tuple(source_titles(case, d) for d in case.doubts if d.at == entry.id),
        also=tuple(others) if not whole else tuple(s.title for s in case.sources if s is not source))


def source_titles(case: Case, doubt: Doubt | CaseText) -> Bilingual:
    """A note on a record with the numbers of sources spelt out as titles, since a reader of an answer has no list of them."""
    titles = {source.id: source.title for source in case.sources}
    zh = re.sub(r"来源 ?(s\d+)", lambda m: f"来源《{titles.get(m[1], m[1])}》", doubt.zh)
    en = re.sub(r"([Ss])ources? (s\d+)", lambda m: f"{'T' if m[1] == 'S' else 't'}he source “{titles.get(m[2], m[2])}”", doubt.en)
    zh = re.sub(r"[、和与]\s?(s\d+)", lambda m: f"和《{titles.get(m[1], m[1])}》", zh)
    en = re.sub(r"(, | and )(s\d+)", lambda m: f"{m[1]}“{titles.get(m[2], m[2])}”", en)
    return Bilingual(zh, en)


def _quote(entry: Entry, lang: str) -> str:
    return entry.recorded if isinstance(entry, Figure) else wording_of(entry, lang)


def _reference_citation(work: Work, locator: str | None, url: str | None, n: int, fact: Fact) -> Citation:
    by = fact.decided_by
    person = by if by and not by.startswith("pack:") else None
    return Citation(n=n, kind="reference", title=work.title, locator=locator, reviewed=person is not None, reviewed_by=person,
                    shipped=person is None,
                    source=SourceNote(title=work.title, publisher=work.publisher, year=work.year,
                                      url=None if work.quality in ("copy", "low") else (url or work.url), quality=work.quality,
                                      author=work.author, find_original=work.find_original))


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, in either language.

    >>> sentences_of("暴雨。内涝！ Rain fell. It stopped.")
    [(0, 3), (3, 6), (7, 17), (18, 29)]
    """
    spans, start = [], 0
    for match in re.finditer(r"[。！？；!?]+[”」』]?|\.(?=\s+[A-Z“\"(•])|\n{2,}|$", text):
        raw = text[start : match.end()]
        lead = len(raw) - len(raw.lstrip())
        if raw.strip():
            spans.append((start + lead, start + lead + len(raw.strip())))
        start = match.end()
    return spans
