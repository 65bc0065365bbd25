"""The store's vectors in memory, per embedder and language, so that every score is computed exactly."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renzhi.graph.model import Lang
from renzhi.graph.store import GraphStore
from renzhi.rag.model import Vectors

SAMPLE = 3000
"""Mean and spread of a question's similarities are taken over so many passages of a language, always the same ones."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """All vectors of one embedder and language, by passage id; 2 KB a passage for 512 dimensions."""

    ids: tuple[str, ...]
    rows: Vectors
    row_of: dict[str, int]
    sample: Vectors

    def cosines(self, query: Vectors, passages: Sequence[str]) -> NDArray[np.float64]:
        """One similarity per passage; NaN where it has no vector. A row's value does not depend on the other rows."""
        found = np.full(len(passages), np.nan)
        places = [(i, self.row_of[one]) for i, one in enumerate(passages) if one in self.row_of]
        if places:
            at, rows = zip(*places, strict=True)
            found[list(at)] = np.einsum("ij,j->i", self.rows[list(rows)], query).round(6)
        return found

    def spread(self, query: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of the similarities to the sample; the deviation is at least 0.01, so that two
        or three passages alike do not blow up a difference of nothing."""
        if not len(self.sample):
            return 0.0, 1.0
        similar = np.einsum("ij,j->i", self.sample, query)
        return float(similar.mean()), max(float(similar.std()), 0.01)


class VectorShelves:
    """Shelves that follow the store: read again when, and only if, one of their vectors has changed."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store
        self._shelves: dict[tuple[str, Lang], Shelf] = {}
        self._position = 0
        self._lock = threading.Lock()

    def get(self, embedder: str, lang: Lang) -> Shelf:
        """The shelf as the store stands now."""
        with self._lock:
            self._forget_changed()
            if (embedder, lang) not in self._shelves:
                self._shelves[embedder, lang] = _load(self._store, embedder, lang)
            return self._shelves[embedder, lang]

    def _forget_changed(self) -> None:
        position = self._store.position()
        if position != self._position:
            after = self._position if position > self._position else 0
            for _, embedder, _, lang in self._store.changes(after):
                self._shelves.pop((embedder, lang), None)
            self._position = position


def _load(store: GraphStore, embedder: str, lang: Lang) -> Shelf:
    ids, rows = store.vectors(embedder, lang)
    chosen = sorted(range(len(ids)), key=lambda i: hashlib.md5(ids[i].encode(), usedforsecurity=False).digest())[:SAMPLE]
    return Shelf(tuple(ids), rows, {one: i for i, one in enumerate(ids)}, rows[sorted(chosen)])
