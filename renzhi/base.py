"""The one service that joins the layers; commands, pages and programs call only this."""

import hashlib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from renzhi import __version__
from renzhi.errors import NotFound, RenzhiError, StoreError, UsageError
from renzhi.graph.case import Case
from renzhi.graph.model import PACK, Bundle, Document, Fact, Lang, LedgerEntry, Passage
from renzhi.graph.store import GraphStore
from renzhi.ontology.countries import country_name
from renzhi.ontology.load import load_vocabulary
from renzhi.ontology.lookup import find_concepts, short_label
from renzhi.ontology.model import Bilingual, Concept, Vocabulary
from renzhi.rag.model import Answer, Embedder
from renzhi.rag.question import MAX_CHARS, Filters, language
from renzhi.results import Added, EmbedderState, ReadPreview, Removed, SearchResult, Status, Waiting, coverage_notices
from renzhi.settings import Settings

if TYPE_CHECKING:
    from renzhi.ingest_docs.model import ReadText
    from renzhi.ontology.recognise import Recogniser
    from renzhi.rag.chroma_index import ChromaIndex
    from renzhi.rag.holdings import Holdings
    from renzhi.rag.retrieve import Retriever

Progress = Callable[[str, int, int], None]
"""Told the stage, and how much of how much is done."""
CASE_SUFFIXES = (".yaml", ".yml")
FILE_SUFFIXES = (".pdf", ".docx", ".html", ".htm", ".md", ".markdown", ".txt", ".text", *CASE_SUFFIXES)
LANGS: tuple[Lang, Lang] = ("zh", "en")


def open_base(settings: Settings) -> "KnowledgeBase":
    """The knowledge base of these settings; nothing is opened before it is needed."""
    if settings.graph != "sqlite":
        raise UsageError(zh=f"这个版本只有内嵌的 SQLite 存储，不能打开 {settings.graph!r}；请去掉 --graph 或 RENZHI_GRAPH。",
                         en=f"This version has the embedded SQLite store only and cannot open {settings.graph!r}; drop --graph or RENZHI_GRAPH.")
    return KnowledgeBase(settings)


class KnowledgeBase:
    """Documents, cases and facts of one home folder. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.RLock()
        self._holdings: Holdings | None = None

    # -- parts, each made when first needed
    @cached_property
    def vocabulary(self) -> Vocabulary:
        return load_vocabulary(cache_dir=Path(platformdirs.user_cache_dir("renzhi")))

    @cached_property
    def _recogniser(self) -> "Recogniser":
        from renzhi.ontology.recognise import Recogniser

        return Recogniser(self.vocabulary)

    @cached_property
    def _embedders(self) -> list[Embedder]:
        from renzhi.rag.embedders import load_embedders

        return load_embedders(self.settings.embedders)

    @cached_property
    def _index(self) -> "ChromaIndex":
        from renzhi.rag.chroma_index import ChromaIndex

        return ChromaIndex(self.settings.home / "chroma")

    @cached_property
    def _retriever(self) -> "Retriever":
        from renzhi.rag.retrieve import Retriever

        return Retriever(self._store, self._embedders, self._index)

    @cached_property
    def _store(self) -> GraphStore:
        from renzhi.graph.sqlite_store import open_sqlite

        if not self.exists():
            raise StoreError(zh=f"{self.settings.home} 里还没有知识库。先运行：renzhi init（或用 --home 指定已有的知识库）。",
                             en=f"There is no knowledge base in {self.settings.home} yet. Run: renzhi init (or name an existing one with --home).")
        return open_sqlite(self._path, create=False)

    @property
    def _path(self) -> Path:
        return self.settings.home / "base.sqlite3"

    def exists(self) -> bool:
        """Whether a knowledge base stands in the home folder."""
        return self._path.exists()

    # -- making and describing
    def init(self, *, empty: bool = False, progress: Progress | None = None) -> Status:
        """Makes the base, or brings the pack in it up to date; local documents and decisions stay."""
        from renzhi.graph.sqlite_store import open_sqlite
        from renzhi.ingest_docs.files import make_folder

        make_folder(self.settings.home)
        with self._lock:
            if not self.exists():
                self.__dict__["_store"] = open_sqlite(self._path)
            self._refuse_other_embedders()
            if not empty:
                self._load_pack(progress)
            self.publish(progress)
        return self.status()

    def _load_pack(self, progress: Progress | None) -> None:
        from renzhi.ingest_docs.pack import pack_cases, pack_links

        who = f"{PACK}@{__version__}"
        held = {document.id: document.sha256 for document in self._store.documents()}
        cases = list(pack_cases())
        for number, case in enumerate(cases, 1):
            if held.get(case.document) != case.sha256:
                bundle = case.bundle(self.vocabulary, who=who)
                self._store.put_document(replace(bundle, replaces=case.document if case.document in held else None), who=who)
            if progress:
                progress("cases", number, len(cases))
        if self._store.setting("pack") != f"renzhi-starter@{__version__}":
            facts, works = pack_links(self.vocabulary, who=who)
            self._store.put_links(facts, works, who=who)
            self._store.set_setting("pack", f"renzhi-starter@{__version__}")

    def reindex(self, *, progress: Progress | None = None) -> Status:
        """Builds the dense index anew from the store's vectors; embeds only what has none, which is all of it where the settings name other embedders."""
        from renzhi.ingest_docs.pack import vectors_file
        from renzhi.rag.made_with import change_embedders

        with self._lock:
            change_embedders(self._store, self._embedders, shipped=vectors_file, progress=progress)
            self._index.rebuild(self._store)
        return self.status()

    def publish(self, progress: Progress | None = None) -> None:
        """Embeds what has no vector yet, the quick embedder first, and brings the dense index up to date."""
        from renzhi.ingest_docs.pack import vectors_file
        from renzhi.rag.made_with import claim_base, embed_missing

        claim_base(self._store, self._embedders)
        for embedder in self._embedders:
            embed_missing(self._store, embedder, shipped=vectors_file, progress=progress)
            self._index.sync(self._store)
        self._index.sync(self._store, timeout_s=5.0)

    def _refuse_other_embedders(self) -> None:
        from renzhi.rag.made_with import refuse_other_embedders

        refuse_other_embedders(self._store, self._embedders)

    def status(self) -> Status:
        """Counts and the state of the base."""
        from renzhi.rag.answer import EVIDENCE_BAR
        from renzhi.rag.made_with import other_embedders

        store = self._store
        embedders = tuple(EmbedderState(e.name, e.dimensions, sum(len(store.vectors(e.name, lang)[0]) for lang in LANGS)) for e in self._embedders)
        texts = sum(len(p.texts()) for p in store.passages())
        unsourced = sum(not s.sources and not s.editor for case in store.cases() for s in case.statements)
        kinds = Counter[str](c.kind for c in self.vocabulary.concepts.values())
        return Status(store=store.kind, snapshot=store.snapshot(), pack=store.setting("pack") or "none@0", embedders=embedders, texts=texts,
                      evidence_bar=EVIDENCE_BAR, counts=store.counts(), concepts=dict(kinds), statements_without_source=unsourced,
                      ledger_intact=store.broken_ledger_entry() is None, notices=coverage_notices(embedders, texts, named=self.settings.embedders, differ=other_embedders(store, self._embedders)))

    # -- documents
    def documents(self) -> list[Document]:
        """Held files, by id; case records apart."""
        return [d for d in self._store.documents() if not d.id.startswith("case:")]

    def read(self, path: Path) -> ReadPreview:
        """What adding the file would store; nothing is stored."""
        data, read = self._read(path, name=path.name)
        bundle = self._bundle(read, name=str(path), data=data)
        return ReadPreview(path=str(path), format=read.format, lang=read.lang, pages=tuple((p.page, p.text) for p in read.pages),
                           passages=bundle.passages, facts=bundle.facts, warnings=read.warnings)

    def _read(self, path: Path, *, name: str, progress: Progress | None = None) -> "tuple[bytes, ReadText]":
        from renzhi.ingest_docs.read import read_file

        read = read_file(path, name=name, progress=(lambda done, total: progress("read", done, total)) if progress else None)
        return path.read_bytes(), read

    def _bundle(self, read: "ReadText", *, name: str, data: bytes) -> Bundle:
        from renzhi.ingest_docs.ingest import document_bundle

        return document_bundle(read, name=name, data_sha256=hashlib.sha256(data).hexdigest(), vocabulary=self.vocabulary, recogniser=self._recogniser)

    def add_paths(self, paths: Sequence[Path], *, recursive: bool = False, who: str = "local", progress: Progress | None = None) -> list[Added]:
        """Adds files one transaction each; a file that cannot be read is reported, the rest is kept."""
        self._refuse_other_embedders()  # said, like a missing base, before any file is read
        added = []
        for path in paths:
            if path.is_dir() and recursive:
                files = sorted(f for f in path.rglob("*") if f.is_file() and f.suffix.lower() in FILE_SUFFIXES)
                added += [self._add(f, name=str(f.resolve()), who=who, progress=progress) for f in files]
            else:
                added.append(self._add(path, name=str(path.resolve()), who=who, progress=progress))
        if any(one.status in ("added", "updated") for one in added):
            self.publish(progress)
        return added

    def add_upload(self, name: str, data: bytes, *, who: str = "local", progress: Progress | None = None) -> Added:
        """Adds an uploaded file; its name is only a label, never a path."""
        import tempfile

        self._refuse_other_embedders()
        label = Path(name.replace("\\", "/")).name.replace("\x00", "") or "upload"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"upload{Path(label).suffix.lower()}"
            path.write_bytes(data)
            added = self._add(path, name=label, who=who, progress=progress)
        if added.status in ("added", "updated"):
            self.publish(progress)
        return added

    def _add(self, path: Path, *, name: str, who: str, progress: Progress | None) -> Added:
        try:
            with self._lock:
                if path.suffix.lower() in CASE_SUFFIXES and path.is_file():
                    return self._add_case(path, name=name, who=who)
                return self._add_file(path, name=name, who=who, progress=progress)
        except RenzhiError as exc:
            return Added(path=name, status="failed", reason=Bilingual(exc.zh, exc.en))

    def _add_file(self, path: Path, *, name: str, who: str, progress: Progress | None) -> Added:
        from renzhi.ingest_docs.files import keep_file

        held = self.documents()
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            same = next((d for d in held if d.sha256 == digest), None)
            if same:
                return self._same_bytes(same, name)
        data, read = self._read(path, name=Path(name).name, progress=progress)
        bundle = self._bundle(read, name=name, data=data)
        older = next((d for d in held if d.name == name), None)
        if older:
            bundle = replace(bundle, replaces=older.id, document=replace(bundle.document, version=older.version + 1))
        twin = next((d for d in held if d.work == bundle.document.work and d is not older), None)
        keep_file(self.settings.home / "files", path, bundle.document.sha256)
        self._store.put_document(bundle, who=who)
        document = bundle.document
        return Added(path=name, status="updated" if older else "added", document=document.id, pages=document.pages, passages=len(bundle.passages),
                     chars_read=document.chars_read, chars_total=document.chars_total, facts_proposed=len(bundle.facts),
                     same_work=twin.id if twin else None, warnings=document.warnings)

    @staticmethod
    def _same_bytes(same: Document, name: str) -> Added:
        if same.name == name:
            return Added(path=name, status="unchanged", document=same.id, pages=same.pages, chars_read=same.chars_read, chars_total=same.chars_total)
        return Added(path=name, status="duplicate", document=same.id, pages=same.pages,
                     reason=Bilingual(f"与已有文件 {Path(same.name).name} 内容相同，未处理。", f"Same content as {Path(same.name).name}, which is held already; not processed."))

    def _add_case(self, path: Path, *, name: str, who: str) -> Added:
        from renzhi.ingest_docs.case_bundle import case_bundle
        from renzhi.ingest_docs.case_file import load_case

        case = load_case(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        known = next((d for d in self._store.documents() if d.id == f"case:{case.id}"), None)
        if known and known.sha256 == digest:
            return Added(path=name, status="unchanged", document=known.id)
        bundle = case_bundle(case, vocabulary=self.vocabulary, name=name, sha256=digest, who=who)
        self._store.put_document(replace(bundle, replaces=known.id if known else None), who=who)
        document = bundle.document
        return Added(path=name, status="updated" if known else "added", document=document.id, passages=len(bundle.passages),
                     chars_read=document.chars_read, chars_total=document.chars_total, facts_proposed=0)

    def remove(self, document: str, *, who: str = "local") -> Removed:
        """Withdraws a document and all that rests on it alone; raises `NotFound`."""
        from renzhi.ingest_docs.files import drop_file

        found = self._document(document)
        with self._lock:
            _, withdrawn = self._store.withdraw(found.id, who=who)
            self._index.sync(self._store, timeout_s=5.0)
            drop_file(self.settings.home / "files", found.sha256)
        return Removed(found.id, tuple(withdrawn))

    def rests_on(self, document: str) -> int:
        """How many facts rest on the document alone."""
        return sum(all(s.document == document for s in fact.supports) for fact in self._store.facts(document=document))

    def _document(self, document: str) -> Document:
        known = {d.id: d for d in self._store.documents()}
        named = known.get(document) or next((d for d in known.values() if Path(d.name).name == document or d.name == document), None)
        if named is None:
            raise NotFound(zh=f"没有文献 {document!r}；用 renzhi status 或界面“添加资料”页查看已有的文献。",
                           en=f"There is no document {document!r}; the page Add documents lists those held.")
        return named

    # -- asking
    def ask(self, question: str, *, lang: Lang | None = None, filters: Filters = Filters(), carry: dict[str, str | None] | None = None, k: int = 60) -> Answer:
        """A cited answer from this snapshot, from the `k` best passages; raises `UsageError` for an empty or overlong question."""
        from renzhi.rag.answer import answer

        if not question.strip():
            raise UsageError(zh="问题是空的；请写出风险、地点或措施，例如“内涝时怎样保住医院供电？”。",
                             en="The question is empty; name a risk, a place or a measure, for example “How can hospitals keep power in a flood?”.")
        if len(question) > MAX_CHARS:
            raise UsageError(zh=f"问题有 {len(question)} 个字符，超过 {MAX_CHARS} 的上限；请缩短，或把文件添加进知识库再提问。",
                             en=f"The question has {len(question)} characters, over the limit of {MAX_CHARS}; shorten it, or add the text as a document and ask about it.")
        if filters.hazard:
            self.concept(filters.hazard)
        self._refuse_other_embedders()
        with self._lock:
            return answer(question, self.holdings(), self._retriever, self._recogniser, self._store, lang=lang, filters=filters, carry=carry, k=k)

    def holdings(self) -> "Holdings":
        """The base at its newest snapshot, kept in memory until the ledger moves on."""
        from renzhi.rag.holdings import Holdings

        snapshot = self._store.snapshot()
        if self._holdings is None or self._holdings.snapshot != snapshot:
            waiting = Counter(s.document for f in self._store.waiting() for s in {s.document: s for s in f.supports if s.document}.values())
            self._holdings = Holdings(
                vocabulary=self.vocabulary, cases={case.id: case for case in self._store.cases()}, facts=tuple(self._store.facts(status="accepted")),
                works=self._store.works(), documents={d.id: d for d in self.documents()}, proposed={str(k): v for k, v in waiting.items()},
                passages=lambda ids: self._store.passages(ids=list(ids)), snapshot=snapshot)
        return self._holdings

    def search(self, query: str, *, k: int = 10, lang: Lang | None = None) -> list[SearchResult]:
        """Passages for a query, best first; `lang` keeps those written in that language."""
        if not query.strip() or k < 1:
            raise UsageError(zh="检索词是空的，或 --k 小于 1。", en="The query is empty, or --k is below 1.")
        self._refuse_other_embedders()
        with self._lock:
            mentions = self._recogniser.find(query, lang=language(query), hidden=True)
            expansions: dict[Lang, list[str]] = {"zh": [], "en": []}
            for mention in mentions:
                label = self.vocabulary.concepts[mention.concept].label
                expansions["zh"].append(label.zh)
                expansions["en"].append(label.en)
            hits = self._retriever.search(query, k=k * 4 if lang else k, expansions=expansions)
            passages = {p.id: p for p in self._store.passages(ids=[h.passage for h in hits])}
        kept = [h for h in hits if h.passage in passages and (lang is None or passages[h.passage].lang == lang)][:k]
        return [SearchResult(n, passages[h.passage], h.score, h.found_by, h.lang) for n, h in enumerate(kept, 1)]

    # -- cases, concepts, facts
    def cases(self, *, hazard: str | None = None, measure: str | None = None, scale: str | None = None, country: str | None = None, group: str | None = None) -> list[Case]:
        """Cases that have all the concepts given, by id."""
        wanted = {c for c in (hazard, measure, group) if c}
        for concept in wanted:
            self.concept(concept)
        has = self.holdings().concepts_of_case
        return [case for case in self._store.cases() if wanted <= has[case.id] and (not scale or case.scale == scale)
                and (not country or (case.country_code or "").lower() == country.lower())]

    def case(self, slug: str) -> Case:
        """The case with this id; raises `NotFound`."""
        found = self.holdings().cases.get(slug.removeprefix("case:"))
        if found is None:
            raise NotFound(zh=f"没有案例 {slug!r}；用 renzhi cases 列出全部。", en=f"There is no case {slug!r}; renzhi cases lists them all.")
        return found

    def case_facts(self, slug: str) -> list[Fact]:
        """Facts scoped to the case, by id."""
        return self._store.facts(document=f"case:{slug.removeprefix('case:')}")

    def concepts(self, text: str = "") -> list[Concept]:
        """Concepts by label or synonym in either language, best match first; all of them for an empty text."""
        return find_concepts(self.vocabulary, text)

    def concept(self, concept: str) -> Concept:
        """The concept with this id; raises `NotFound`."""
        if concept not in self.vocabulary.concepts:
            raise _no_concept(concept)
        return self.vocabulary.concepts[concept]

    def cases_with(self, concept: str) -> list[str]:
        """Ids of the cases that have the concept; none where no base was made yet."""
        return [slug for slug, has in self.holdings().concepts_of_case.items() if concept in has] if self.exists() else []

    def facts(self, *, document: str | None = None, status: str | None = None, about: str | None = None) -> list[Fact]:
        """Facts with their supports, by id."""
        if document:
            document = self._document(document).id
        return self._store.facts(document=document, status=status, about=about)

    def label(self, concept: str, lang: str) -> str:
        """The concept's label as it reads in a sentence."""
        known = self.vocabulary.concepts.get(concept)
        return short_label(known, lang) if known else concept

    def places(self, lang: str) -> list[tuple[str, str]]:
        """Countries of the held cases: (value for a filter, label)."""
        found = {case.place.country for case in self.holdings().cases.values() if case.place.country}
        return sorted(((code, country_name(code, lang)) for code in found), key=lambda pair: pair[1])

    # -- passages and pages
    def passage(self, passage: str) -> Passage:
        """The passage with this id; raises `NotFound`."""
        found = self._store.passages(ids=[passage])
        if not found:
            raise NotFound(zh=f"没有段落 {passage!r}；它所在的文献可能已撤下。", en=f"There is no passage {passage!r}; its document may have been withdrawn.")
        return found[0]

    def passage_context(self, passage: str, *, chars: int = 400) -> tuple[str, str, str]:
        """The text before it, the passage, and the text after it, on its page."""
        found = self.passage(passage)
        text = next((p.text for p in self._store.pages(found.document) if p.page == found.page), found.text)
        return text[max(0, found.start - chars) : found.start], text[found.start : found.end], text[found.end : found.end + chars]

    def page_image(self, document: str, page: int, start: int, end: int, *, scale: float = 1.5) -> bytes | None:
        """The page as PNG with the span boxed; None where the format has no pages or the file is not kept."""
        from renzhi.ingest_docs.pdf import page_image, quote_boxes

        held = self._document(document)
        file = self.settings.home / "files" / f"{held.sha256}.pdf"
        if held.format != "pdf" or not file.exists():
            return None
        return page_image(file, page, boxes=quote_boxes(file, page, start, end), scale=scale)

    # -- review
    def waiting(self) -> list[Fact]:
        """Facts a person has to decide on, in the order of reading."""
        return self._store.waiting()

    def review_next(self) -> Waiting | None:
        """The first fact to decide on with its passage; None if nothing waits."""
        waiting = self._store.waiting()
        return self.review_item(waiting[0], len(waiting)) if waiting else None

    def review_item(self, fact: Fact, waiting: int) -> Waiting:
        """A fact beside the passage it was read in."""
        support = next((s for s in fact.supports if s.status == "proposed" and s.passage), None) or next((s for s in fact.supports if s.passage), None)
        passage = self.passage(str(support.passage)) if support else None
        document = self._document(passage.document) if passage else None
        return Waiting(fact, passage, document, waiting)

    def accept(self, fact: str, *, who: str, version: int | None = None) -> LedgerEntry:
        """Makes a proposed fact knowledge; raises `Conflict` if it changed since `version`."""
        return self._store.decide(fact, "accept", who=_named(who), version=version)

    def reject(self, fact: str, *, who: str, version: int | None = None, reason: str | None = None) -> LedgerEntry:
        """Keeps a proposed fact out of every answer; raises `Conflict` if it changed since `version`."""
        return self._store.decide(fact, "reject", who=_named(who), version=version, reason=reason)

    def undo(self, target: str, *, who: str) -> LedgerEntry:
        """Takes back the newest decision on a fact, or the decision of a ledger entry."""
        return self._store.undo(target, who=_named(who))

    def fact(self, fact: str) -> Fact:
        """The fact with this id; raises `NotFound`."""
        found = self._store.facts(ids=[fact])
        if not found:
            raise NotFound(zh=f"没有事实 {fact!r}；用 renzhi facts 列出全部。", en=f"There is no fact {fact!r}; renzhi facts lists them all.")
        return found[0]

    def log(self, *, target: str | None = None, limit: int = 20) -> list[LedgerEntry]:
        """Ledger entries, newest first."""
        return self._store.ledger(target=target, limit=limit)

    def canonical(self) -> Iterable[str]:
        """The lines of the canonical export, in byte order."""
        from renzhi.graph.canonical import canonical_lines

        return canonical_lines(self._store)

    def close(self) -> None:
        """Closes what is open; the base may be opened again."""
        for name in ("_index", "_store"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()
        self.__dict__.pop("_retriever", None)
        self._holdings = None


def _no_concept(concept: str) -> NotFound:
    return NotFound(zh=f"没有概念 {concept!r}；用 renzhi concepts 加词语查找它的编号。", en=f"There is no concept {concept!r}; look its id up with: renzhi concepts WORD.")


def _named(who: str) -> str:
    if not who.strip():
        raise UsageError(zh="请写明由谁决定：--as 姓名。", en="Say who decides: --as NAME.")
    return who.strip()

