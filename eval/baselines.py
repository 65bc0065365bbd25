"""The plain systems that retrieval is measured beside: BM25, vectors alone, and both in equal parts."""

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renzhi.errors import MissingExtra
from renzhi.eval.dataset_files import DatasetText
from renzhi.rag.model import Embedder, Vectors

Search = Callable[[str], list[str]]
"""Passage ids for a question, best first."""
DEPTH = 100
_WORD = re.compile(r"\w")


def need(module: str) -> ModuleType:
    """The module of the extra `eval`; raises `MissingExtra` where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as exc:
        raise MissingExtra(zh=f'评测需要 {module}。请运行：pip install "renzhi[eval]"',
                           en=f'Measuring needs {module}. Run: pip install "renzhi[eval]"') from exc


def words(text: str) -> list[str]:
    """jieba's words of the Chinese parts, whole words of the rest, in lower case, without punctuation."""
    jieba = need("jieba")
    jieba.setLogLevel(60)
    return [word for word in jieba.lcut(text.lower()) if _WORD.search(word)]


def bm25(passages: Sequence[DatasetText]) -> Search:
    """BM25 with k1 = 0.9 and b = 0.4 (the defaults of Anserini) over `words`."""
    index = need("bm25s").BM25(k1=0.9, b=0.4)
    index.index([words(one.text) or [""] for one in passages], show_progress=False)
    ids = [one.id for one in passages]

    def search(question: str) -> list[str]:
        known = [word for word in words(question) if word in index.vocab_dict]
        return _best(ids, np.asarray(index.get_scores(known)), above=0.0) if known else []

    return search


def dense(passages: Sequence[DatasetText], embedders: Sequence[Embedder], rows: Mapping[str, Vectors]) -> Search:
    """Exact similarity; of several embedders the mean of the z-scores over all passages. `rows` are the passages'
    vectors by embedder."""
    ids = [one.id for one in passages]

    def search(question: str) -> list[str]:
        scores = np.zeros(len(ids))
        for one in embedders:
            similar = rows[one.name] @ one.embed([question], input_type="query")[0]
            scores += (similar - similar.mean()) / max(float(similar.std()), 1e-6)
        return _best(ids, scores)

    return search


def equal_weights(parts: Sequence[Search], *, constant: int = 60) -> Search:
    """Reciprocal rank fusion of the parts, each with the same weight (Cormack, Clarke and Büttcher 2009)."""

    def search(question: str) -> list[str]:
        scores: dict[str, float] = {}
        for part in parts:
            for rank, passage in enumerate(part(question), start=1):
                scores[passage] = scores.get(passage, 0.0) + 1 / (constant + rank)
        return sorted(scores, key=lambda one: (-scores[one], one))

    return search


def _best(ids: Sequence[str], scores: NDArray[np.floating[Any]], *, above: float = -np.inf) -> list[str]:
    order = sorted(np.flatnonzero(scores > above).tolist(), key=lambda i: (-scores[i], ids[i]))
    return [ids[i] for i in order[:DEPTH]]
