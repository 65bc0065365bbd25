"""Retrieval: words and vectors within each language, then both languages by one scale.

Scores are in standard deviations: a passage's similarity to the question, less the mean over a fixed sample of passages of
its language, over their spread; averaged over the embedders. The lexical side enters as `LEXICAL_PEAK` such deviations for
its best passage, with a weight set per question and language (see `lexical.py`). Because each language is measured against
its own passages, the two can then be ranked together, and neither drowns the other.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from renzhi.graph.model import Lang
from renzhi.graph.store import GraphStore
from renzhi.rag.lexical import NOTHING, Lexical, Words, lexical, translated
from renzhi.rag.model import DenseIndex, Embedder, Hit, Vectors
from renzhi.rag.strength import strength
from renzhi.rag.vector_shelf import Shelf, VectorShelves

CANDIDATES = 200
"""Asked of the dense index per language and embedder, and of the lexical one per language."""
CANDIDATES_FILTERED = 5000
"""Asked of the lexical index where a filter will drop most of them."""
LEXICAL_PEAK = 6.0
"""How many standard deviations the best passage by words is worth; between 6 and 10 no data set tells a difference."""
GRAPH_BONUS = 0.5
"""What it adds that a passage supports a fact about what was asked: it decides between passages that are alike otherwise."""
_LANGS: tuple[Lang, ...] = ("zh", "en")
FoundBy = Literal["lexical", "dense", "graph"]


@dataclass(frozen=True, slots=True)
class Query:
    """A question and what limits or helps its search."""

    text: str
    vectors: dict[str, Vectors]
    """By embedder."""
    labels: Mapping[Lang, Sequence[str]]
    allowed: Collection[str] | None
    graph: frozenset[str]

    def allows(self, passage: str) -> bool:
        """Whether the passage, or its document, is among those allowed."""
        return self.allowed is None or passage in self.allowed or passage.rpartition("#")[0] in self.allowed


@dataclass(frozen=True, slots=True)
class _Scored:
    passage: str
    lang: Lang
    score: float
    cosines: dict[str, float]
    """By embedder; those that have not seen the passage are left out."""
    means: Mapping[str, float]
    """The question's mean similarity to the language's passages, by embedder."""
    found_by: tuple[FoundBy, ...]


class Retriever:
    """Finds passages in a store and its dense index; safe for several threads."""

    def __init__(self, store: GraphStore, embedders: Sequence[Embedder], index: DenseIndex) -> None:
        self._store = store
        self._embedders = list(embedders)
        self._index = index
        self._shelves = VectorShelves(store)
        self._asked: OrderedDict[str, dict[str, Vectors]] = OrderedDict()

    @property
    def quick_embedder(self) -> Embedder:
        """The embedder that is always there, for small texts at question time."""
        return self._embedders[0]

    def search(self, query: str, *, k: int, lang: Lang | None = None, expansions: Mapping[Lang, Sequence[str]] | None = None,
               allowed: Collection[str] | None = None, graph: Sequence[str] = ()) -> list[Hit]:
        """Up to `k` passages, best first, ties by id; the same store, the same hits.

        `lang` keeps to passage texts in that language; a passage found by its text and its translation counts once.
        `expansions` are labels, by language, of the concepts that the question names. `allowed` holds ids of passages or
        documents; None allows all. `graph` are passages that support facts on what was asked: they are candidates too.
        An empty question finds nothing. Raises `StoreError` if the dense index is damaged.
        """
        if not query.strip() or k <= 0:
            return []
        asked = Query(query, self._embed(query), expansions or {}, allowed, frozenset(graph))
        words: dict[Lang, Words] = {}
        scored: list[_Scored] = []
        for one in _LANGS if lang is None else (lang,):
            found, words[one] = self._search_language(asked, one)
            scored += found
        return self._hits(_once(scored)[:k], words)

    def _embed(self, text: str) -> dict[str, Vectors]:
        if text not in self._asked:
            self._asked[text] = {one.name: one.embed([text], input_type="query")[0] for one in self._embedders}
            while len(self._asked) > 256:
                self._asked.popitem(last=False)
        return self._asked[text]

    def _search_language(self, query: Query, lang: Lang) -> tuple[list[_Scored], Words]:
        limit = CANDIDATES if query.allowed is None else CANDIDATES_FILTERED
        own, words = lexical(self._store, query.text, lang, limit=limit)
        labels = query.labels.get(lang, ())
        named = translated(self._store, labels, lang, limit=limit) if labels else NOTHING
        shelves = {name: self._shelves.get(name, lang) for name in query.vectors}
        dense = self._dense_candidates(query, lang, shelves)
        pool = sorted(one for one in dense | own.scores.keys() | named.scores.keys() if query.allows(one))
        pool += sorted(self._graph_candidates(query, lang) - set(pool))
        return _score(query, lang, pool, own, named, dense, shelves), words

    def _dense_candidates(self, query: Query, lang: Lang, shelves: Mapping[str, Shelf]) -> set[str]:
        """What Chroma finds, and what the store has put since Chroma's stamp; with a filter all that it allows, because
        filters inside Chroma are slow and those behind it may leave nothing."""
        late = {passage for _, _, passage, of in self._store.changes(self._index.position()) if of == lang}
        found: set[str] = set()
        for name, vector in query.vectors.items():
            held = shelves[name].row_of.keys()
            if not np.any(vector):
                continue
            if query.allowed is not None:
                found.update(one for one in held if query.allows(one))
            else:
                found.update(held & {*self._index.candidates(name, lang, vector, k=CANDIDATES), *late})
        return found

    def _graph_candidates(self, query: Query, lang: Lang) -> set[str]:
        wanted = [one for one in sorted(query.graph) if query.allows(one)]
        return {one.id for one in self._store.passages(ids=wanted) if lang in one.texts()} if wanted else set()

    def _hits(self, scored: list[_Scored], words: Mapping[Lang, Words]) -> list[Hit]:
        texts = {one.id: one.texts() for one in self._store.passages(ids=[hit.passage for hit in scored])}
        return [Hit(one.passage, one.score, one.lang, one.found_by,
                    strength(one.cosines, one.means, words[one.lang].share(texts[one.passage].get(one.lang, ""))))
                for one in scored if one.passage in texts]


def _score(query: Query, lang: Lang, pool: list[str], own: Lexical, named: Lexical, dense: set[str],
           shelves: Mapping[str, Shelf]) -> list[_Scored]:
    cosines = {name: shelves[name].cosines(vector, pool) for name, vector in query.vectors.items()}
    spreads = {name: shelves[name].spread(vector) for name, vector in query.vectors.items()}
    means = {name: mean for name, (mean, _) in spreads.items()}
    deviations = _mean_deviation([(cosines[name] - mean) / spread for name, (mean, spread) in spreads.items()], len(pool))
    labels = named.weight * (1.0 - own.weight)
    scored = []
    for i, passage in enumerate(pool):
        words = own.weight * own.scores.get(passage, 0.0) + labels * named.scores.get(passage, 0.0)
        score = LEXICAL_PEAK * words + (1.0 - own.weight - labels) * deviations[i] + GRAPH_BONUS * (passage in query.graph)
        tests: list[tuple[FoundBy, bool]] = [("lexical", passage in own.scores or passage in named.scores),
                                             ("dense", passage in dense), ("graph", passage in query.graph)]
        scored.append(_Scored(passage, lang, round(float(score), 6),
                              {name: float(row[i]) for name, row in cosines.items() if not np.isnan(row[i])},
                              means, tuple(name for name, found in tests if found)))
    return scored


def _mean_deviation(parts: list[NDArray[np.float64]], count: int) -> NDArray[np.float64]:
    """The mean over the embedders that have the passage; 0, the average passage's, where none has."""
    total, known = np.zeros(count), np.zeros(count)
    for part in parts:
        total += np.nan_to_num(part)
        known += ~np.isnan(part)
    return total / np.maximum(known, 1)


def _once(scored: list[_Scored]) -> list[_Scored]:
    """Best first, each passage once, in the language that found it better."""
    best: dict[str, _Scored] = {}
    order: Callable[[_Scored], tuple[float, str, str]] = lambda one: (-one.score, one.passage, one.lang)  # noqa: E731
    for one in sorted(scored, key=order):
        best.setdefault(one.passage, one)
    return list(best.values())
