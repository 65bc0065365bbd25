"""What is stored: documents, passages, works, facts with their supports, and the ledger of decisions."""

import hashlib
import json
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from renzhi.ontology.model import Bilingual

Lang = Literal["zh", "en"]
Format = Literal["pdf", "docx", "html", "md", "txt", "case"]
Quality = Literal["official", "original_press", "copy", "low", "not_rated"]
Modality = Literal["general", "happened", "planned", "simulated", "claimed"]
Polarity = Literal["affirmed", "negated"]
FactStatus = Literal["proposed", "accepted", "rejected", "disputed", "quarantined"]
SupportKind = Literal["passage", "record", "reference"]

PACK = "pack:renzhi-starter"
"""`who` of what ships with the product: accepted as shipped, never a person's review (`PACK@version`)."""


@dataclass(frozen=True, slots=True)
class Work:
    """A publication that evidence rests on; two paragraphs of one report are one work."""

    id: str
    """`src:` and ten hex digits of title, publisher and year; `doc:…` for a held document that is its own work."""
    title: str
    author: str | None = None
    publisher: str | None = None
    year: int | None = None
    url: str | None = None
    quality: Quality = "not_rated"
    lang: Lang | None = None
    note: str | None = None
    find_original: bool = False


def work_id(title: str, publisher: str | None, year: int | None) -> str:
    """`src:` and ten hex digits; the same title, publisher and year give the same id."""
    key = "\x1f".join(plain(part) for part in (title, publisher or "", str(year or "")))
    return "src:" + hashlib.sha256(key.encode()).hexdigest()[:10]


@dataclass(frozen=True, slots=True)
class Document:
    """A held file (`doc:…`) or a case record (`case:<slug>`)."""

    id: str
    sha256: str
    format: Format
    title: str
    lang: Lang
    name: str
    """The path or upload name it came under; the same name with other bytes is a new version."""
    work: str
    """Documents with the same normalised text share one work and count as one witness."""
    text_sha256: str
    pages: int | None = None
    chars_read: int = 0
    chars_total: int = 0
    publisher: str | None = None
    year: int | None = None
    url: str | None = None
    quality: Quality = "not_rated"
    version: int = 1
    status: Literal["active", "withdrawn"] = "active"
    warnings: tuple[str, ...] = ()
    added: str = ""
    """ISO 8601 time, UTC; set by the store."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The stored text that offsets point into: of one page, or of the whole document where there are no pages."""

    page: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document's stored text, in its own language."""

    id: str
    """`<document>#<ordinal>`; for a case `case:<slug>#<statement>`."""
    document: str
    ordinal: int
    start: int
    """Code points from the start of the page's stored text (of the whole text where `page` is None)."""
    end: int
    lang: Lang
    text: str
    page: int | None = None
    paragraph: int | None = None
    heading: tuple[str, ...] = ()
    statement: str | None = None
    translation: str | None = None
    """Our translation into the other language: a second text of the same passage, never a second piece of evidence."""
    concepts: tuple[str, ...] = ()
    """Ids of the concepts recognised in, or bound to, the passage."""

    def texts(self) -> dict[Lang, str]:
        """The text by language: the original and, where there is one, the translation."""
        other: Lang = "en" if self.lang == "zh" else "zh"
        return {self.lang: self.text} | ({other: self.translation} if self.translation else {})


@dataclass(frozen=True, slots=True)
class Support:
    """What a fact rests on: a span of a held document, a statement of a record, or a reference not held."""

    kind: SupportKind
    works: tuple[str, ...]
    """Ids of the works behind it; independent documents are counted by these."""
    document: str | None = None
    passage: str | None = None
    start: int | None = None
    """Offsets as in the passage's page."""
    end: int | None = None
    quote: str | None = None
    locator: str | None = None
    url: str | None = None
    status: Literal["proposed", "accepted", "rejected"] = "accepted"


@dataclass(frozen=True, slots=True)
class Fact:
    """Subject, relation, object, within a scope; knowledge only once `accepted`."""

    id: str
    subject: str
    relation: str
    object: str
    supports: tuple[Support, ...]
    scope: str | None = None
    """A case (`case:<slug>`) or document (`doc:…`) the fact is about; None: a general fact."""
    modality: Modality = "general"
    polarity: Polarity = "affirmed"
    condition: Bilingual | None = None
    note: Bilingual | None = None
    """For a general link: its mechanism."""
    strength: Literal["high", "medium", "low", "case"] | None = None
    """A rating of the evidence as given by the source, not a probability."""
    scales: tuple[str, ...] = ()
    origin: str = PACK
    """`pack:…@version`, `rules@version`, or a person."""
    score: float | None = None
    """0–1, for "did we read it right"; None where nobody had to read."""
    status: FactStatus = "accepted"
    decided_by: str | None = None
    """The person, or `pack:…@version`, who made it what its status says; None while proposed."""
    version: int = 1
    """Grows with every change; a decision names the version it was taken on."""

    def works(self) -> tuple[str, ...]:
        """The independent works behind its accepted supports, sorted."""
        return tuple(sorted({w for s in self.supports if s.status == "accepted" for w in s.works}))


def fact_id(subject: str, relation: str, object: str, *, scope: str | None, modality: str, polarity: str,
            condition: Bilingual | None) -> str:
    """`fact:` and sixteen hex digits; the same fact from two statements has one id and two supports."""
    parts = [subject, relation, object, scope or "general", modality, polarity,
             f"{condition.zh}\x1e{condition.en}" if condition else ""]
    return "fact:" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One decision or change; `id` is the hash of its content and of the entry before."""

    seq: int
    id: str
    previous: str
    time: str
    who: str
    action: str
    """add, update, withdraw, accept, reject, undo, load (the pack's general links)."""
    target: str
    before: str
    """JSON; what `undo` restores."""
    after: str
    reason: str | None = None


def entry_id(previous: str, time: str, who: str, action: str, target: str, before: str, after: str,
             reason: str | None) -> str:
    """Hex sha256 over the entry's content and its predecessor's id."""
    body = json.dumps([previous, time, who, action, target, before, after, reason], ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Bundle:
    """All that one document brings; stored in one transaction or not at all."""

    document: Document
    pages: tuple[PageText, ...]
    passages: tuple[Passage, ...]
    facts: tuple[Fact, ...] = ()
    works: tuple[Work, ...] = ()
    case: str | None = None
    """The case's JSON, for a case record."""
    replaces: str | None = None
    """The document whose place it takes, withdrawn in the same transaction."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the base holds, withdrawn documents apart."""

    documents: int
    """Held files; case records are counted in `cases`."""
    passages: int
    cases: int
    facts: dict[str, int] = field(default_factory=dict)
    """By status, every status present."""


def plain(text: str) -> str:
    """The text as quotes are compared: without white space, punctuation, width and case.

    >>> plain("约 38 万，Ｐumps.")
    '约38万pumps'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
