"""The lexical side (FTS5 over our own tokens) and the vectors in SQLite."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import get_args

import numpy as np

from renzhi.errors import StoreError
from renzhi.graph.model import Lang, Passage
from renzhi.graph.sqlite_rows import to_json
from renzhi.graph.store import Vectors
from renzhi.graph.tokens import tokens

LANGS: tuple[Lang, ...] = get_args(Lang)


# -- lexical


def index_texts(conn: sqlite3.Connection, passages: Iterable[tuple[int, Passage]]) -> None:
    """Indexes the texts of (key, passage) in both languages."""
    rows: dict[Lang, list[tuple[int, str]]] = {lang: [] for lang in LANGS}
    for key, passage in passages:
        for lang, text in passage.texts().items():
            rows[lang].append((key, " ".join(tokens(text))))
    for lang, of_lang in rows.items():
        conn.executemany(f"INSERT INTO terms_{lang} (rowid, terms) VALUES (?, ?)", of_lang)


def drop_texts(conn: sqlite3.Connection, document: str) -> None:
    for lang in LANGS:
        conn.execute(f"DELETE FROM terms_{lang} WHERE rowid IN (SELECT key FROM texts WHERE document = ? AND lang = ?)",
                     [document, lang])


def match_terms(conn: sqlite3.Connection, terms: Sequence[str], lang: Lang, limit: int) -> list[tuple[str, float]]:
    """(passage, score) by FTS5's `bm25` (k1 = 1.2, b = 0.75), its sign turned: higher is better."""
    asked = " OR ".join('"' + one.replace('"', '""') + '"' for one in dict.fromkeys(terms)
                       if one.strip() and "\0" not in one)  # FTS5 reads its query no further than a NUL
    if not asked or limit <= 0:
        return []
    table = f"terms_{_checked(lang)}"
    rows = conn.execute(
        f"SELECT p.id, -t.rank FROM (SELECT rowid AS key, rank FROM {table} WHERE {table} MATCH ? ORDER BY rank LIMIT ?) t "
        "JOIN passages p ON p.key = t.key ORDER BY t.rank, p.id", [asked, limit])
    return [(str(row[0]), float(row[1])) for row in rows]


def count_terms(conn: sqlite3.Connection, terms: Sequence[str], lang: Lang) -> tuple[dict[str, int], int]:
    """In how many texts each term occurs (0 where in none), and how many texts there are."""
    counts = {}
    for term in dict.fromkeys(terms):
        row = conn.execute(f"SELECT doc FROM frequencies_{_checked(lang)} WHERE term = ?", [term]).fetchone()
        counts[term] = int(row[0]) if row else 0
    return counts, int(conn.execute(f"SELECT count(*) FROM terms_{_checked(lang)}_docsize").fetchone()[0])


def _checked(lang: Lang) -> Lang:
    if lang not in LANGS:
        raise ValueError(f"a language of the base is one of {LANGS}, not {lang!r}")
    return lang


# -- dense


def put_rows(conn: sqlite3.Connection, embedder: str, rows: Sequence[tuple[str, Lang, str]], vectors: Vectors,
             path: Path) -> None:
    """Stores each vector whose passage still has that text, and notes the change."""
    length = _length(conn, embedder)
    if len(rows) and length not in (None, vectors.shape[1]):
        raise StoreError(zh=f"知识库 {path} 中 {embedder} 的向量是 {length} 维，而不是 {vectors.shape[1]} 维。请运行 renzhi reindex。",
                         en=f"{embedder}'s vectors in the knowledge base {path} have {length} dimensions, not "
                            f"{vectors.shape[1]}. Run renzhi reindex.")
    same = "FROM texts WHERE id = ? AND lang = ? AND text = ?"
    blobs = [one.tobytes() for one in np.ascontiguousarray(vectors, dtype="<f4")]
    conn.executemany(f"INSERT OR REPLACE INTO vectors (passage, lang, embedder, vector) SELECT key, lang, ?, ? {same}",
                     [(embedder, blob, *row) for row, blob in zip(rows, blobs, strict=True)])
    conn.executemany(f"INSERT OR REPLACE INTO changes (embedder, passage, lang) SELECT ?, id, lang {same}",
                     [(embedder, *row) for row in rows])


def drop_rows(conn: sqlite3.Connection, keep: Sequence[str]) -> None:
    """Removes the vectors of every embedder but these, and notes the changes."""
    others = "v.embedder NOT IN (SELECT value FROM json_each(?))"
    conn.execute("INSERT OR REPLACE INTO changes (embedder, passage, lang) SELECT v.embedder, p.id, v.lang FROM vectors v "
                 f"JOIN passages p ON p.key = v.passage WHERE {others} ORDER BY v.embedder, p.document, p.ordinal", [to_json(keep)])
    conn.execute(f"DELETE FROM vectors AS v WHERE {others}", [to_json(keep)])


def note_removal(conn: sqlite3.Connection, document: str) -> None:
    """Notes the change of the document's vectors, which go with their passages."""
    conn.execute("INSERT OR REPLACE INTO changes (embedder, passage, lang) SELECT v.embedder, p.id, v.lang FROM passages p "
                 "JOIN vectors v ON v.passage = p.key WHERE p.document = ? ORDER BY p.ordinal", [document])


def read_vectors(conn: sqlite3.Connection, embedder: str, lang: Lang,
                 ids: Sequence[str] | None) -> tuple[list[str], Vectors]:
    """Passage ids (in the order asked for, else by document and ordinal) and their vectors."""
    sql = "SELECT p.id, v.vector FROM vectors v JOIN passages p ON p.key = v.passage WHERE v.embedder = ? AND v.lang = ?"
    if ids is None:
        found = conn.execute(f"{sql} ORDER BY p.document, p.ordinal", [embedder, lang]).fetchall()
    else:
        some = dict(conn.execute(f"{sql} AND p.id IN (SELECT value FROM json_each(?))", [embedder, lang, to_json(ids)]))
        found = [(own, some[own]) for own in dict.fromkeys(ids) if own in some]
    array = np.frombuffer(b"".join(blob for _, blob in found), dtype="<f4").astype(np.float32, copy=False)
    return [own for own, _ in found], array.reshape(len(found), _length(conn, embedder) or 0)


def _length(conn: sqlite3.Connection, embedder: str) -> int | None:
    row = conn.execute("SELECT length(vector) / 4 FROM vectors WHERE embedder = ? LIMIT 1", [embedder]).fetchone()
    return int(row[0]) if row else None


def read_unseen(conn: sqlite3.Connection, embedder: str) -> list[tuple[str, Lang, str]]:
    """(passage, language, text) of every text without a vector, by document and ordinal."""
    return conn.execute("SELECT id, lang, text FROM texts t WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE "
                        "v.passage = t.key AND v.lang = t.lang AND v.embedder = ?) ORDER BY document, ordinal, lang",
                        [embedder]).fetchall()


def read_changes(conn: sqlite3.Connection, after: int) -> list[tuple[int, str, str, Lang]]:
    return conn.execute("SELECT seq, embedder, passage, lang FROM changes WHERE seq > ? ORDER BY seq", [after]).fetchall()


def newest_change(conn: sqlite3.Connection) -> int:
    return int(conn.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])
