"""What retrieval and answering hand on: hits, and answers that carry their evidence. JSON keys are those of `docs/cli.md`."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from renzhi.graph.model import Lang
from renzhi.graph.store import GraphStore
from renzhi.ontology.model import Bilingual

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors, so that a dot product is a cosine."""

    name: str
    dimensions: int

    def embed(self, texts: list[str], *, input_type: Literal["query", "document"]) -> Vectors:
        """Shape (len(texts), dimensions), rows of length one; an empty text gives a row of zeros."""


class DenseIndex(Protocol):
    """Supplies candidates for a vector, a few hundred at a time; their scores are computed again from the store's vectors."""

    def position(self) -> int:
        """The store position up to which changes are in the index; what came later is the reader's to score."""

    def candidates(self, embedder: str, lang: Lang, vector: Vectors, *, k: int) -> list[str]:
        """Ids of up to `k` passages whose vectors are nearest, best first; approximate. Raises `StoreError`."""

    def counts(self) -> dict[str, int]:
        """How many vectors it holds, by `embedder_lang`."""

    def sync(self, store: GraphStore, *, timeout_s: float = 0.0) -> int:
        """The position after replaying the store's changes; where another process writes for longer, the work is left to it."""

    def rebuild(self, store: GraphStore, *, timeout_s: float = 60.0) -> int:
        """The position after building the index anew from the store's vectors."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question."""

    passage: str
    score: float
    """Comparable within one search only."""
    lang: Lang
    """Of the text that matched: the passage's own language, or that of its translation."""
    found_by: tuple[Literal["lexical", "dense", "graph"], ...]
    strength: float = 0.0
    """0–1, comparable between searches: how well the passage answers, by the evidence bar's scale."""


@dataclass(frozen=True, slots=True)
class SourceNote:
    """What a citation says of its source; nothing guessed upward."""

    title: str
    publisher: str | None
    year: int | None
    url: str | None
    quality: str
    author: str | None = None
    find_original: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """`[n]`: a span of a held document, a statement of a record, or a reference that is not held."""

    n: int
    kind: Literal["passage", "record", "reference"]
    title: str
    source: SourceNote
    document: str | None = None
    case: str | None = None
    passage: str | None = None
    statement: str | None = None
    page: int | None = None
    paragraph: int | None = None
    heading: tuple[str, ...] = ()
    locator: str | None = None
    reviewed: bool = False
    reviewed_by: str | None = None
    shipped: bool = False
    """As shipped with the pack: accepted, but by no person here."""
    held: bool = False
    start: int | None = None
    end: int | None = None
    quote: str | None = None
    lang: Lang | None = None
    translation: str | None = None
    """Our translation of the quoted statement, marked as such wherever it is shown."""
    doubts: tuple[Bilingual, ...] = ()
    parts: tuple[str, ...] = ()
    """Titles of further sources that the record names for parts of the statement."""
    also: tuple[str, ...] = ()
    """Titles of further sources of the same statement."""


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    """Markdown, with its `[n]` markers."""
    kind: Literal["claim", "holding"]
    citations: tuple[int, ...] = ()
    support: Literal["supported", "partial", "unsupported"] | None = None


@dataclass(frozen=True, slots=True)
class AnswerCase:
    id: str
    title: Bilingual
    place: Bilingual
    scale: str
    years: str
    why: tuple[str, ...]
    """The concepts of the question that the case has."""


@dataclass(frozen=True, slots=True)
class SideEffect:
    target: str
    citation: int


@dataclass(frozen=True, slots=True)
class AnswerMeasure:
    id: str
    label: Bilingual
    dimensions: tuple[str, ...]
    cases: tuple[str, ...] = ()
    may_worsen: tuple[SideEffect, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One part of an answer as a page draws it: a heading (empty for the lead) and Markdown with markers."""

    kind: Literal["lead", "chain", "evidence", "document", "measures", "groups", "gaps", "nearest", "table", "sources"]
    heading: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    lang: Lang
    intent: str
    abstained: bool
    reason: str | None
    """Why it abstained; None exactly if it did not."""
    blocks: tuple[Block, ...]
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    cases: tuple[AnswerCase, ...] = ()
    measures: tuple[AnswerMeasure, ...] = ()
    groups_covered: tuple[str, ...] = ()
    groups_not_covered: tuple[str, ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()
    gaps: tuple[str, ...] = ()
    snapshot: str = ""
    trace: str = ""
    elapsed_ms: float = 0.0
    model: str | None = None
    context: dict[str, str | None] = field(default_factory=dict)
    """Case, hazard and place to carry into a follow-up."""

    @property
    def markdown(self) -> str:
        """The whole answer with its references, as it is copied or saved."""
        parts = [f"**{block.heading}**\n\n{block.markdown}" if block.heading else block.markdown for block in self.blocks]
        return "\n\n".join(parts)
