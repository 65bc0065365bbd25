"""Rows of the SQLite store as the dataclasses of `graph/model.py`, and back."""

import json
from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from renzhi.graph.case import Case
from renzhi.graph.model import Document, Fact, Passage, Support, Work
from renzhi.graph.review import Held, Said
from renzhi.ontology.model import Bilingual

Row = tuple[Any, ...]


def columns(of: type[Document] | type[Work] | type[Passage]) -> str:
    """The columns of a table that has those of the dataclass, in its order."""
    return ", ".join(f'"{one.name}"' for one in fields(of))


def marks(row: Row) -> str:
    return ", ".join("?" * len(row))


def to_json(value: Iterable[str | float | None]) -> str:
    """The JSON list; written here, since `json.dumps` takes a fifth of the time of storing a fact."""
    parts = ("null" if one is None else encode_basestring(one) if isinstance(one, str) else repr(one) for one in value)
    return f"[{', '.join(parts)}]"


@lru_cache(maxsize=65536)
def tuple_json(value: tuple[str, ...]) -> str:
    return to_json(value)


@lru_cache(maxsize=65536)
def _tuple(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


@lru_cache(maxsize=4096)
def to_case(body: str) -> Case:
    return Case.model_validate_json(body)


def document_row(one: Document) -> Row:
    return tuple(to_json(one.warnings) if field.name == "warnings" else getattr(one, field.name) for field in fields(one))


def to_document(row: Row) -> Document:
    return Document(*(*row[:17], _tuple(row[17]), row[18]))


def work_row(one: Work) -> Row:
    return tuple(getattr(one, field.name) for field in fields(one))


def to_work(row: Row) -> Work:
    return Work(*(*row[:9], bool(row[9])))


def passage_row(one: Passage) -> Row:
    return (one.id, one.document, one.ordinal, one.start, one.end, one.lang, one.text, one.page, one.paragraph,
            to_json(one.heading), one.statement, one.translation, to_json(one.concepts))


def to_passage(row: Row) -> Passage:
    return Passage(*(*row[:9], _tuple(row[9]), *row[10:12], _tuple(row[12])))


FACT = ("id, subject, relation, object, scope, modality, polarity, condition, note, strength, scales, origin, score, "
        "status, decided_by, version")
_EMPTY = "[]"


def bilingual_json(text: Bilingual | None) -> str | None:
    return to_json((text.zh, text.en)) if text else None


def _bilingual(text: str | None) -> Bilingual | None:
    return Bilingual(*json.loads(text)) if text else None


def fact_identity_row(one: Fact) -> Row:
    return (one.id, one.subject, one.relation, one.object, one.scope, one.modality, one.polarity,
            bilingual_json(one.condition))


def said_row(said: Said) -> Row:
    """note, strength, scales, origin, score."""
    scales = to_json(said.scales) if said.scales else _EMPTY
    return (bilingual_json(said.note), said.strength, scales, said.origin, said.score)


def to_fact(row: Row, supports: tuple[Support, ...]) -> Fact:
    texts = (_bilingual(row[7]), _bilingual(row[8]))
    return Fact(*(*row[:4], supports, *row[4:7], *texts, row[9], _tuple(row[10]), *row[11:16]))


SUPPORT = 'kind, works, document, passage, start, "end", quote, locator, url, status'
HELD = f"source, {SUPPORT}, decided_by, said"


def support_row(one: Support, works: str) -> Row:
    """The columns of `SUPPORT` but the status, which is the store's to give."""
    return (one.kind, works, one.document, one.passage, one.start, one.end, one.quote, one.locator, one.url)


def to_support(row: Row) -> Support:
    return Support(*(row[0], _tuple(row[1]), *row[2:]))


def to_held(row: Row) -> Held:
    return Held(to_support(row[1:11]), row[0], row[11], to_said(row[12]))


def said_json(said: Said) -> str:
    return to_json((said.status, *said_row(said)))


@lru_cache(maxsize=4096)
def to_said(text: str) -> Said:
    status, note, strength, scales, origin, score = json.loads(text)
    return Said(status, origin, score, _bilingual(note), strength, _tuple(scales))
