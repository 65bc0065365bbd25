"""Measures retrieval on a data set, with the pipeline that questions use, beside plain baselines."""

import hashlib
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal, TypedDict

import numpy as np

from renzhi.errors import Unreadable
from renzhi.eval.baselines import Search, bm25, dense, equal_weights, need
from renzhi.eval.dataset_files import DatasetText, Judgements, read_judgements, read_texts
from renzhi.graph.model import Bundle, Document, Lang, PageText, Passage
from renzhi.graph.sqlite_store import SqliteStore, open_sqlite
from renzhi.rag.chroma_index import ChromaIndex
from renzhi.rag.embedders import cached, load_embedders
from renzhi.rag.model import Embedder, Vectors
from renzhi.rag.retrieve import Retriever

BATCH = 64


class SystemScore(TypedDict):
    """Means over the questions, 0–1; the median time of one search with the embedding of its question."""

    name: str
    ndcg10: float
    recall10: float
    mrr10: float
    p50_ms: float


class RetrievalReport(TypedDict):
    passages: int
    queries: int
    systems: list[SystemScore]


@dataclass(frozen=True, slots=True)
class Dataset:
    passages: list[DatasetText]
    queries: list[DatasetText]
    judged: Judgements


def evaluate_retrieval(passages: Path, queries: Path, qrels: Path, *, lang: Lang | None = None,
                       vector_cache: Path | None = None, embedders: Sequence[Embedder] | None = None) -> RetrievalReport:
    """The scores of renzhi and of the baselines; passages are those in `lang` (None: all, both languages together).

    A judged pair whose query or passage is not among them is left out, and so is a query without a relevant passage.
    `embedders` are those of the machine where none are given; `vector_cache` is a folder that keeps the passages' vectors. Raises `Unreadable` for a file that is missing, broken
    (named with its line) or leaves nothing to measure, and `MissingExtra` without the packages of `renzhi[eval]`.
    """
    for module in ("ir_measures", "bm25s", "jieba"):
        need(module)
    data = read_dataset(passages, queries, qrels, lang=lang)
    embedders = load_embedders() if embedders is None else embedders
    asked = [_RememberedQueries(one) for one in embedders]
    with tempfile.TemporaryDirectory(prefix="renzhi-eval-", ignore_cleanup_errors=True) as folder:
        base = _Base(Path(folder), data.passages, cached(list(embedders), vector_cache), asked, lang)
        try:
            systems = [_measure("renzhi", base.search, data, asked)]
        finally:
            base.close()
    systems += [_measure(name, search, data, uses) for name, search, uses in _baselines(data, asked, base.rows)]
    return RetrievalReport(passages=len(data.passages), queries=len(data.queries), systems=systems)


def read_dataset(passages: Path, queries: Path, qrels: Path, *, lang: Lang | None) -> Dataset:
    """The passages in `lang`, and the queries with a relevant one among them."""
    texts = [one for one in read_texts(passages) if lang in (None, one.lang)]
    known = {one.id for one in texts}
    judged = {query: {passage: grade for passage, grade in grades.items() if passage in known}
              for query, grades in read_judgements(qrels).items()}
    asked = [one for one in read_texts(queries) if max(judged.get(one.id, {}).values(), default=0) > 0]
    if not asked:
        raise Unreadable(zh=f"{qrels} 没有把任何问题与所给段落联系起来。请检查三个文件的 id 是否一致，以及 --lang。",
                         en=f"{qrels} links no query with a passage given. Check that the three files share their ids, and --lang.")
    return Dataset(texts, asked, {one.id: judged[one.id] for one in asked})


class _RememberedQueries:
    """An embedder that embeds each question once, and remembers how long that took, for every system that asks."""

    def __init__(self, inner: Embedder) -> None:
        self.name = inner.name
        self.dimensions = inner.dimensions
        self._inner = inner
        self._inner.embed(["warm up 预热"], input_type="query")
        self._known: dict[str, tuple[Vectors, float]] = {}

    def embed(self, texts: list[str], *, input_type: Literal["query", "document"]) -> Vectors:
        if input_type == "document":
            return self._inner.embed(texts, input_type=input_type)
        for text in texts:
            if text not in self._known:
                begun = time.perf_counter()
                self._known[text] = self._inner.embed([text], input_type="query")[0], time.perf_counter() - begun
        return np.array([self._known[text][0] for text in texts])

    def seconds(self, text: str) -> float:
        return self._known[text][1] if text in self._known else 0.0


class _Base:
    """A temporary knowledge base with the passages: the store, the index and the retriever that a real one has."""

    def __init__(self, folder: Path, passages: Sequence[DatasetText], embedders: Sequence[Embedder],
                 asked: Sequence[Embedder], lang: Lang | None) -> None:
        self._store = open_sqlite(folder / "base.sqlite")
        self._index = ChromaIndex(folder / "chroma")
        self._store.put_document(_bundle(passages), who="eval")
        for one in embedders:
            _embed(self._store, one)
        self._index.sync(self._store, timeout_s=60.0)
        self.rows = {one.name: _rows(self._store, one, passages) for one in embedders}
        self._retriever = Retriever(self._store, asked, self._index)
        self._lang = lang

    def search(self, question: str) -> list[str]:
        return [hit.passage for hit in self._retriever.search(question, k=10, lang=self._lang)]

    def close(self) -> None:
        self._index.close()
        self._store.close()


def _bundle(passages: Sequence[DatasetText]) -> Bundle:
    text = "\n".join(one.text for one in passages)
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    own = f"doc:{digest[:12]}"
    document = Document(id=own, sha256=digest, format="txt", title="data set", lang=passages[0].lang, name="data set",
                        work=own, text_sha256=digest)
    rows, start = [], 0
    for ordinal, one in enumerate(passages):
        rows.append(Passage(one.id, own, ordinal, start, start + len(one.text), one.lang, one.text))
        start += len(one.text) + 1
    return Bundle(document, (PageText(None, text),), tuple(rows))


def _embed(store: SqliteStore, embedder: Embedder) -> None:
    unseen = store.without_vector(embedder.name)
    for start in range(0, len(unseen), BATCH):
        part = unseen[start : start + BATCH]
        store.put_vectors(embedder.name, part, embedder.embed([text for _, _, text in part], input_type="document"))


def _rows(store: SqliteStore, embedder: Embedder, passages: Sequence[DatasetText]) -> Vectors:
    rows = np.zeros((len(passages), embedder.dimensions), dtype=np.float32)
    place = {one.id: i for i, one in enumerate(passages)}
    langs: tuple[Lang, ...] = ("zh", "en")
    for lang in langs:
        ids, vectors = store.vectors(embedder.name, lang)
        if ids:
            rows[[place[one] for one in ids]] = vectors
    return rows


def _baselines(data: Dataset, asked: Sequence[_RememberedQueries],
               rows: dict[str, Vectors]) -> list[tuple[str, Search, Sequence[_RememberedQueries]]]:
    lexical, vectors = bm25(data.passages), dense(data.passages, asked, rows)
    alone = [(f"dense:{one.name}", dense(data.passages, [one], rows), [one]) for one in asked]
    return [("bm25", lexical, []), ("dense", vectors, asked), *alone,
            ("equal-weight fusion", equal_weights([lexical, vectors]), asked)]


def _measure(name: str, search: Search, data: Dataset, uses: Sequence[_RememberedQueries]) -> SystemScore:
    """`uses` are the embedders the system asks, whose times count although the vectors are remembered."""
    run: dict[str, dict[str, float]] = {}
    seconds = []
    for query in data.queries:
        fresh = [one.seconds(query.text) for one in uses]
        begun = time.perf_counter()
        found = search(query.text)
        seconds.append(time.perf_counter() - begun + sum(fresh))
        run[query.id] = {passage: 1 / rank for rank, passage in enumerate(found, start=1)}
    return _score(name, run, data.judged, 1000 * median(seconds))


def _score(name: str, run: dict[str, dict[str, float]], judged: Judgements, p50_ms: float) -> SystemScore:
    measures = need("ir_measures")
    ndcg, recall, mrr = (measures.parse_measure(one) for one in ("nDCG@10", "R@10", "RR@10"))
    found = measures.calc_aggregate([ndcg, recall, mrr], judged, run)
    return SystemScore(name=name, ndcg10=round(found[ndcg], 4), recall10=round(found[recall], 4),
                       mrr10=round(found[mrr], 4), p50_ms=round(p50_ms, 2))
