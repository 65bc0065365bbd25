"""The graph store in one SQLite file: the default, and the first of the two that pass the conformance suite."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal, get_args

from renzhi.errors import Conflict, NotFound
from renzhi.graph import sqlite_facts, sqlite_index
from renzhi.graph.case import Case
from renzhi.graph.ledger import Pen, first_broken, head, read_entries, take_pen, write_entry
from renzhi.graph.model import (
    Bundle,
    Counts,
    Document,
    Fact,
    FactStatus,
    Lang,
    LedgerEntry,
    PageText,
    Passage,
    Work,
)
from renzhi.graph.review import pack_of
from renzhi.graph.sqlite_file import SqliteFile, open_file
from renzhi.graph.sqlite_rows import (
    columns,
    document_row,
    marks,
    passage_row,
    to_case,
    to_document,
    to_json,
    to_passage,
    to_work,
    work_row,
)
from renzhi.graph.store import Vectors


def open_sqlite(path: Path, *, create: bool = True, lock_timeout_s: float = 60.0) -> "SqliteStore":
    """The store in the file at `path`, made (with its folders) where there is none yet and `create` allows it.

    Safe for several threads and processes at once; a writer waits for others up to `lock_timeout_s`. Raises
    `StoreError` if the file cannot be opened, is no knowledge base, or comes from a newer version.
    """
    return SqliteStore(open_file(path, create=create, lock_timeout_s=lock_timeout_s))


class SqliteStore:
    """`GraphStore` in one SQLite file; made by `open_sqlite`."""

    kind = "sqlite"

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    # -- the state of the base
    def snapshot(self) -> str:
        with self._file.reading() as conn:
            return head(conn)[1]

    def counts(self) -> Counts:
        with self._file.reading() as conn:
            documents, cases, passages = (int(conn.execute(sql).fetchone()[0]) for sql in (
                "SELECT count(*) FROM documents WHERE status = 'active'", "SELECT count(*) FROM cases",
                "SELECT count(*) FROM passages"))
            facts = dict.fromkeys(get_args(FactStatus), 0)
            facts |= dict(conn.execute("SELECT status, count(*) FROM facts GROUP BY status"))
        return Counts(documents - cases, passages, cases, facts)

    def setting(self, key: str) -> str | None:
        with self._file.reading() as conn:
            row = conn.execute("SELECT value FROM settings WHERE key = ?", [key]).fetchone()
        return str(row[0]) if row else None

    def set_setting(self, key: str, value: str) -> None:
        with self._file.writing() as conn:
            conn.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", [key, value])

    # -- documents
    def put_document(self, bundle: Bundle, *, who: str) -> LedgerEntry:
        new = bundle.document
        with self._file.writing() as conn:
            pen = take_pen(conn, who)
            old = _replaced(conn, bundle.replaces) if bundle.replaces else None
            touched, gone = _withdraw(conn, old.id) if old else (set(), {})
            _store_document(conn, bundle, pen)
            names = tuple({new.name, *([old.id, old.name] if old else [])})
            touched |= sqlite_facts.add_facts(conn, bundle.facts, sqlite_facts.Source(new.id, names, who), pen)
            withdrawn = sqlite_facts.settle(conn, touched, pen.seq)
            after = _outline(new, passages=len(bundle.passages), facts={one.id for one in bundle.facts})
            return write_entry(conn, pen, "update" if old else "add", new.id, after=after,
                               before=_before(old, [gone[one] for one in withdrawn]))

    def withdraw(self, document: str, *, who: str) -> tuple[LedgerEntry, list[str]]:
        with self._file.writing() as conn:
            pen = take_pen(conn, who)
            old = _active(conn, document)
            touched, gone = _withdraw(conn, document)
            withdrawn = sqlite_facts.settle(conn, touched, pen.seq)
            after = json.dumps({"document": document, "status": "withdrawn", "facts_withdrawn": withdrawn})
            before = _before(old, [gone[one] for one in withdrawn])
            return write_entry(conn, pen, "withdraw", document, before=before, after=after), withdrawn

    def documents(self, *, withdrawn: bool = False) -> list[Document]:
        status = "withdrawn" if withdrawn else "active"
        with self._file.reading() as conn:
            rows = conn.execute(f"SELECT {columns(Document)} FROM documents WHERE status = ? ORDER BY id", [status])
            return [to_document(row) for row in rows]

    def pages(self, document: str) -> list[PageText]:
        with self._file.reading() as conn:
            _active(conn, document)
            rows = conn.execute("SELECT page, text FROM pages WHERE document = ? ORDER BY ordinal", [document])
            return [PageText(*row) for row in rows]

    def passages(self, *, ids: Sequence[str] | None = None, document: str | None = None) -> list[Passage]:
        where, values = ("document = ?", [document]) if document is not None else ("1", [])
        if ids is not None:
            where, values = f"{where} AND id IN (SELECT value FROM json_each(?))", [*values, to_json(ids)]
        with self._file.reading() as conn:
            rows = conn.execute(f"SELECT {columns(Passage)} FROM passages WHERE {where} ORDER BY document, ordinal", values)
            found = [to_passage(row) for row in rows]
        if ids is None:
            return found
        by_id = {one.id: one for one in found}
        return [by_id[own] for own in ids if own in by_id]

    def passages_about(self, concept: str) -> list[str]:
        with self._file.reading() as conn:
            rows = conn.execute("SELECT p.id FROM passage_concepts c JOIN passages p ON p.key = c.passage "
                                "WHERE c.concept = ? ORDER BY p.document, p.ordinal", [concept])
            return [str(row[0]) for row in rows]

    def cases(self) -> list[Case]:
        with self._file.reading() as conn:
            return [to_case(row[0]) for row in conn.execute("SELECT body FROM cases ORDER BY document")]

    def works(self, ids: Iterable[str] | None = None) -> dict[str, Work]:
        where, values = ("1", []) if ids is None else ("id IN (SELECT value FROM json_each(?))", [to_json(ids)])
        with self._file.reading() as conn:
            rows = conn.execute(f"SELECT {columns(Work)} FROM works WHERE {where} ORDER BY id, source DESC", values)
            return {row[0]: to_work(row) for row in rows}

    # -- facts and decisions
    def put_links(self, facts: Sequence[Fact], works: Sequence[Work], *, who: str) -> LedgerEntry:
        pack = pack_of(who)
        with self._file.writing() as conn:
            pen = take_pen(conn, who)
            touched, gone = sqlite_facts.remove_supports(conn, pack, keep=facts)
            touched |= sqlite_facts.add_facts(conn, facts, sqlite_facts.Source(pack, (), who), pen)
            withdrawn = sqlite_facts.settle(conn, touched, pen.seq)
            conn.execute("DELETE FROM works WHERE source = ?", [pack])
            _store_works(conn, works, pack)
            before = json.dumps({"facts_withdrawn": [json.loads(gone[one]) for one in withdrawn]}, ensure_ascii=False)
            after = json.dumps({"pack": who, "facts": sorted({one.id for one in facts})})
            return write_entry(conn, pen, "load", pack, before=before, after=after)

    def facts(self, *, ids: Sequence[str] | None = None, document: str | None = None, status: str | None = None,
              about: str | None = None) -> list[Fact]:
        where, values = sqlite_facts.condition(ids=ids, document=document, status=status, about=about)
        with self._file.reading() as conn:
            return sqlite_facts.read_facts(conn, where, values)

    def waiting(self) -> list[Fact]:
        with self._file.reading() as conn:
            return sqlite_facts.read_waiting(conn)

    def decide(self, fact: str, decision: Literal["accept", "reject"], *, who: str, version: int | None = None,
               reason: str | None = None) -> LedgerEntry:
        with self._file.writing() as conn:
            return sqlite_facts.decide_fact(conn, fact, decision, take_pen(conn, who), version=version, reason=reason)

    def undo(self, target: str, *, who: str) -> LedgerEntry:
        with self._file.writing() as conn:
            return sqlite_facts.undo_decision(conn, target, take_pen(conn, who))

    def ledger(self, *, target: str | None = None, limit: int = 100) -> list[LedgerEntry]:
        with self._file.reading() as conn:
            return read_entries(conn, target=target, limit=limit)

    def broken_ledger_entry(self) -> int | None:
        with self._file.reading() as conn:
            return first_broken(conn)

    # -- the lexical and dense sides
    def match(self, tokens: Sequence[str], lang: Lang, *, limit: int) -> list[tuple[str, float]]:
        with self._file.reading() as conn:
            return sqlite_index.match_terms(conn, tokens, lang, limit)

    def frequencies(self, tokens: Sequence[str], lang: Lang) -> tuple[dict[str, int], int]:
        with self._file.reading() as conn:
            return sqlite_index.count_terms(conn, tokens, lang)

    def put_vectors(self, embedder: str, rows: Sequence[tuple[str, Lang, str]], vectors: Vectors) -> None:
        with self._file.writing() as conn:
            sqlite_index.put_rows(conn, embedder, rows, vectors, self._file.path)

    def drop_vectors(self, *, keep: Sequence[str]) -> None:
        with self._file.writing() as conn:
            sqlite_index.drop_rows(conn, keep)

    def vectors(self, embedder: str, lang: Lang, *, ids: Sequence[str] | None = None) -> tuple[list[str], Vectors]:
        with self._file.reading() as conn:
            return sqlite_index.read_vectors(conn, embedder, lang, ids)

    def without_vector(self, embedder: str) -> list[tuple[str, Lang, str]]:
        with self._file.reading() as conn:
            return sqlite_index.read_unseen(conn, embedder)

    def position(self) -> int:
        with self._file.reading() as conn:
            return sqlite_index.newest_change(conn)

    def changes(self, after: int) -> list[tuple[int, str, str, Lang]]:
        with self._file.reading() as conn:
            return sqlite_index.read_changes(conn, after)

    def close(self) -> None:
        self._file.close()


def _find(conn: sqlite3.Connection, document: str) -> Document | None:
    row = conn.execute(f"SELECT {columns(Document)} FROM documents WHERE id = ?", [document]).fetchone()
    return to_document(row) if row else None


def _active(conn: sqlite3.Connection, document: str) -> Document:
    found = _find(conn, document)
    if not found:
        raise NotFound(zh=f"知识库中没有文档 {document}。", en=f"The knowledge base has no document {document}.")
    if found.status != "active":
        raise NotFound(zh=f"文档 {document} 已撤下。如需使用，请重新添加。",
                       en=f"The document {document} has been withdrawn. Add it again to use it.")
    return found


def _replaced(conn: sqlite3.Connection, document: str) -> Document:
    try:
        return _active(conn, document)
    except NotFound as exc:
        raise Conflict(zh=f"要替换的文档 {document} 已不在知识库中（可能刚被他人更新）。请重新查看后再试。",
                       en=f"The document to replace, {document}, is not held any more (somebody may have updated it just "
                          "now). Look again, then retry.") from exc


def _withdraw(conn: sqlite3.Connection, document: str) -> tuple[set[str], dict[str, str]]:
    """Facts to settle, and the states of those that rested on the document alone; all else of it is gone."""
    touched, gone = sqlite_facts.remove_supports(conn, document)
    sqlite_index.drop_texts(conn, document)
    sqlite_index.note_removal(conn, document)
    for table in ("passages", "pages", "cases"):
        conn.execute(f"DELETE FROM {table} WHERE document = ?", [document])
    conn.execute("DELETE FROM works WHERE source = ?", [document])
    conn.execute("UPDATE documents SET status = 'withdrawn' WHERE id = ?", [document])
    return touched, gone


def _store_document(conn: sqlite3.Connection, bundle: Bundle, pen: Pen) -> None:
    known = _find(conn, bundle.document.id)
    if known and known.status == "active":
        raise Conflict(zh=f"文档 {known.id}（{known.title}）已在知识库中。", en=f"The document {known.id} ({known.title}) is held already.")
    row = document_row(replace(bundle.document, status="active", added=pen.time))
    _upsert_document(conn, row, known is not None)
    pages = [(row[0], number, one.page, one.text) for number, one in enumerate(bundle.pages)]
    conn.executemany("INSERT INTO pages (document, ordinal, page, text) VALUES (?, ?, ?, ?)", pages)
    if bundle.case is not None:
        conn.execute("INSERT INTO cases (document, body) VALUES (?, ?)", [row[0], bundle.case])
    _store_works(conn, bundle.works, row[0])
    _store_passages(conn, bundle.passages)


def _upsert_document(conn: sqlite3.Connection, row: tuple[object, ...], known: bool) -> None:
    if known:
        conn.execute(f"UPDATE documents SET ({columns(Document)}) = ({marks(row)}) WHERE id = ?", [*row, row[0]])
    else:
        conn.execute(f"INSERT INTO documents ({columns(Document)}) VALUES ({marks(row)})", row)


def _store_passages(conn: sqlite3.Connection, passages: Sequence[Passage]) -> None:
    first = int(conn.execute("SELECT coalesce(max(key), 0) + 1 FROM passages").fetchone()[0])
    keyed = list(enumerate(passages, first))
    rows = [(key, *passage_row(one)) for key, one in keyed]
    conn.executemany('INSERT INTO passages (key, id, document, ordinal, start, "end", lang, text, page, paragraph, heading, '
                     "statement, translation, concepts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    conn.executemany("INSERT INTO passage_concepts (concept, passage) VALUES (?, ?)",
                     [(concept, key) for key, one in keyed for concept in set(one.concepts)])
    sqlite_index.index_texts(conn, keyed)


def _store_works(conn: sqlite3.Connection, works: Iterable[Work], source: str) -> None:
    conn.executemany(f"INSERT OR REPLACE INTO works ({columns(Work)}, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     [(*work_row(one), source) for one in works])


def _outline(document: Document, *, passages: int, facts: set[str]) -> str:
    return json.dumps({"document": document.id, "sha256": document.sha256, "title": document.title, "name": document.name,
                       "version": document.version, "passages": passages, "facts": sorted(facts)}, ensure_ascii=False)


def _before(document: Document | None, facts: list[str]) -> str:
    if document is None:
        return "null"
    body = {"document": asdict(document), "facts_withdrawn": [json.loads(one) for one in facts]}
    return json.dumps(body, ensure_ascii=False)
