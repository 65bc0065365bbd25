"""The canonical export: what a base holds, written in one way only, so that two bases can be held equal."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace

from renzhi.graph.model import Fact, Passage
from renzhi.graph.store import GraphStore


def canonical_lines(store: GraphStore) -> Iterator[str]:
    """JSON Lines in byte order: documents with page texts and passages, works, cases, concepts used, and facts with
    statuses and supports; without ledger, times, versions of facts, withdrawn documents, settings and vectors."""
    passages, facts = store.passages(), store.facts()
    lines = [*_documents(store), *(_line("passage", asdict(one)) for one in passages), *map(_fact, facts)]
    lines += [_line("work", asdict(one)) for one in store.works().values()]
    lines += [_line("case", one.model_dump(mode="json")) for one in store.cases()]
    lines += [_line("concept", one) for one in _concepts(passages, facts)]
    yield from sorted(lines)


def _line(kind: str, body: object) -> str:
    return json.dumps({kind: body}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _documents(store: GraphStore) -> Iterator[str]:
    for one in store.documents():
        pages = [asdict(page) for page in store.pages(one.id)]
        yield _line("document", asdict(replace(one, added="")) | {"page_texts": pages})


def _fact(fact: Fact) -> str:
    body = asdict(replace(fact, version=0))
    body["supports"] = sorted(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in body["supports"])
    body["supports"] = [json.loads(one) for one in body["supports"]]
    return _line("fact", body)


def _concepts(passages: Iterable[Passage], facts: Iterable[Fact]) -> set[str]:
    return {c for one in passages for c in one.concepts} | {c for one in facts for c in (one.subject, one.object)}
