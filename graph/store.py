"""The contract of a graph store. `tests/graph/store_suite.py` is its conformance suite; every adapter passes it whole."""

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from renzhi.graph.case import Case
from renzhi.graph.model import Bundle, Counts, Document, Fact, Lang, LedgerEntry, PageText, Passage, Work

Vectors = NDArray[np.float32]


class GraphStore(Protocol):
    """Documents, cases, facts and the ledger; the only truth, of which every index is a projection.

    Each writing method is one transaction with one ledger entry (vectors and settings have none). Methods raise
    `NotFound` for an unknown id, `Conflict` for a decision on what changed meanwhile, `StoreError` where the store
    cannot be read or written; nothing is half-written.
    """

    kind: str

    # -- the state of the base
    def snapshot(self) -> str:
        """The id of the newest ledger entry; sixty-four zeros in an empty base. The same snapshot, the same answers."""

    def counts(self) -> Counts: ...

    def setting(self, key: str) -> str | None:
        """A remembered property of the base (`pack`, `embedders`, …)."""

    def set_setting(self, key: str, value: str) -> None: ...

    # -- documents
    def put_document(self, bundle: Bundle, *, who: str) -> LedgerEntry:
        """Stores the bundle whole and withdraws `bundle.replaces`.

        A fact whose id is known already gains the bundle's supports: an accepted one keeps its status and a support
        that nobody reviewed waits as `proposed`; a rejected one stays rejected, its new supports with it. What a person
        decided on the same quote of this document, or of an earlier version of it, stays decided. Storing an id that is
        active already raises `Conflict` (unless the bundle replaces it), as does replacing what is not held any more;
        one that was withdrawn comes back. A bundle that contradicts itself raises `StoreError`.
        """

    def withdraw(self, document: str, *, who: str) -> tuple[LedgerEntry, list[str]]:
        """Withdraws the document with its passages, vectors and supports; second, the ids of the facts whose last
        support went, withdrawn with it. "add A, B; remove B" leaves what "add A" leaves, the ledger apart."""

    def documents(self, *, withdrawn: bool = False) -> list[Document]:
        """Active documents (or the withdrawn ones), cases included, by id."""

    def pages(self, document: str) -> list[PageText]:
        """The stored text, by page; raises `NotFound`."""

    def passages(self, *, ids: Sequence[str] | None = None, document: str | None = None) -> list[Passage]:
        """Passages of active documents, in the order of `ids` (unknown ones left out), else by document and ordinal."""

    def passages_about(self, concept: str) -> list[str]:
        """Ids of the passages that have the concept, by document and ordinal."""

    def cases(self) -> list[Case]:
        """The active cases, by id."""

    def works(self, ids: Iterable[str] | None = None) -> dict[str, Work]:
        """Works by id, of active documents and links; unknown ids are left out. Where two sources describe one work,
        the source whose id sorts first is heard."""

    # -- facts and decisions
    def put_links(self, facts: Sequence[Fact], works: Sequence[Work], *, who: str) -> LedgerEntry:
        """Stores general facts that rest on references (the pack's links) in place of those `who`'s pack brought before;
        facts that a person decided on keep that decision."""

    def facts(self, *, ids: Sequence[str] | None = None, document: str | None = None, status: str | None = None,
              about: str | None = None) -> list[Fact]:
        """Facts with their supports, by id; `about` is a concept that is subject or object."""

    def waiting(self) -> list[Fact]:
        """Facts a person has to decide on, in the order of reading: proposed ones, then accepted ones with a
        proposed support."""

    def decide(self, fact: str, decision: Literal["accept", "reject"], *, who: str, version: int | None = None,
               reason: str | None = None) -> LedgerEntry:
        """Accepts the fact with its proposed supports, or rejects it (an accepted fact: only its proposed supports).
        Raises `Conflict` if `version` is given and is not the fact's any more, or if nothing about it waits."""

    def undo(self, target: str, *, who: str) -> LedgerEntry:
        """Takes back the newest decision on a fact, or the decision whose ledger entry is given: status, supports and
        decider are those of before. Raises `Conflict` if the fact changed after that decision. A support that came under
        a rejection of the whole fact is no such change: it waits again."""

    def ledger(self, *, target: str | None = None, limit: int = 100) -> list[LedgerEntry]:
        """Newest first."""

    def broken_ledger_entry(self) -> int | None:
        """The first sequence number at which the hash chain does not hold; None if it holds."""

    # -- the lexical and dense sides
    def match(self, tokens: Sequence[str], lang: Lang, *, limit: int) -> list[tuple[str, float]]:
        """Passages whose text in `lang` has any of the tokens, best first by BM25 (higher is better)."""

    def frequencies(self, tokens: Sequence[str], lang: Lang) -> tuple[dict[str, int], int]:
        """In how many texts of `lang` each token occurs, and how many texts there are."""

    def put_vectors(self, embedder: str, rows: Sequence[tuple[str, Lang, str]], vectors: Vectors) -> None:
        """One unit vector (row of `vectors`) per (passage, language, text), as `without_vector` gives them; texts
        withdrawn or changed meanwhile are left out. Raises `StoreError` if the embedder's other vectors have another
        length."""

    def drop_vectors(self, *, keep: Sequence[str]) -> None:
        """Removes the vectors of every embedder but these."""

    def vectors(self, embedder: str, lang: Lang, *, ids: Sequence[str] | None = None) -> tuple[list[str], Vectors]:
        """Passage ids, and an array of shape (n, dimensions) in their order; those without a vector are left out."""

    def without_vector(self, embedder: str) -> list[tuple[str, Lang, str]]:
        """(passage, language, text) of every text the embedder has not seen."""

    def position(self) -> int:
        """The sequence number of the newest change to vectors, removed ones included; 0 where there was none."""

    def changes(self, after: int) -> list[tuple[int, str, str, Lang]]:
        """(sequence number, embedder, passage, language) of the vectors put or removed after a position, oldest
        first, each once with its newest number; one that `vectors` does not return was removed."""

    def close(self) -> None: ...
