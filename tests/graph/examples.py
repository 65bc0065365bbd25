"""Small documents, cases and facts for the tests of the stores; half of them Chinese."""

import json
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from renzhi.graph.model import Bundle, Document, Fact, FactStatus, Lang, PageText, Passage, Support, Work, fact_id
from renzhi.graph.store import GraphStore
from renzhi.ontology.model import Bilingual

PACK = "pack:renzhi-starter@0.1.0"
ANN, BO = "安然", "Bo"
METRO = "特大暴雨淹没变电站，导致地铁停运四天。"
METRO_EN = "Extreme rain flooded the substation and stopped the metro for four days."
PUMPS = "Pumping stations lost power, so the underpasses filled."
TEXTS = (METRO, PUMPS, "受灾人口约38万人。")

RAIN_METRO = ("hz:pluvial_flood", "disrupts", "sys:metro")
POWER_PUMPS = ("sys:power", "disrupts", "sys:drainage")
HEAT_CARE = ("hz:heat", "disrupts", "sys:hospital")


def document(key: str, *, name: str = "", version: int = 1) -> Document:
    return Document(
        id=f"doc:{key}", sha256=f"sha-{key}", format="pdf", title=f"{key} 号调查报告", lang="zh", name=name or f"{key}.pdf",
        work=f"doc:{key}", text_sha256=f"text-{key}", pages=1, chars_read=80, chars_total=90, publisher="应急管理部",
        year=2021, url="https://example.org/报告", quality="official", version=version, warnings=("第 3 页是图片",))


def passages(document: str, texts: tuple[str, ...] = TEXTS) -> tuple[Passage, ...]:
    made = []
    for number, text in enumerate(texts):
        lang: Lang = "en" if text[0].isascii() else "zh"
        made.append(Passage(
            id=f"{document}#{number}", document=document, ordinal=number, start=number * 100, end=number * 100 + len(text),
            lang=lang, text=text, page=1, paragraph=number, heading=("灾情", "2.1 Impact"),
            translation=METRO_EN if text == METRO else None, concepts=("hz:pluvial_flood",) if "雨" in text else ()))
    return tuple(made)


def support(document: str, passage: int = 0, *, texts: tuple[str, ...] = TEXTS, length: int = 8) -> Support:
    start = passage * 100
    return Support(kind="passage", works=(document,), document=document, passage=f"{document}#{passage}", start=start,
                   end=start + length, quote=texts[passage][:length], status="proposed")


def fact(link: tuple[str, str, str], *supports: Support, status: FactStatus = "proposed", scope: str | None = "doc:zhengzhou",
         origin: str = "rules@1", note: Bilingual | None = None, score: float | None = 0.8) -> Fact:
    subject, relation, target = link
    own = fact_id(subject, relation, target, scope=scope, modality="happened", polarity="affirmed", condition=None)
    if status == "accepted":
        supports = tuple(replace(one, status="accepted") for one in supports)
    return Fact(own, subject, relation, target, supports, scope=scope, modality="happened", origin=origin, score=score,
                status=status, note=note, decided_by=PACK if status == "accepted" else None)


def bundle(key: str, *facts: Fact, texts: tuple[str, ...] = TEXTS, name: str = "", version: int = 1,
           replaces: str | None = None) -> Bundle:
    """A document `doc:<key>` with a passage per text."""
    one = document(key, name=name, version=version)
    return Bundle(one, (PageText(1, "\n".join(texts)),), passages(one.id, texts), facts,
                  (Work(one.id, one.title, publisher="应急管理部", year=2021, quality="official"),), replaces=replaces)


def proposing(key: str, link: tuple[str, str, str] = RAIN_METRO, *, texts: tuple[str, ...] = TEXTS, name: str = "",
              version: int = 1, replaces: str | None = None) -> Bundle:
    """A document from which rules read one fact."""
    return bundle(key, fact(link, support(f"doc:{key}", texts=texts)), texts=texts, name=name, version=version,
                  replaces=replaces)


def case_json(slug: str = "zhengzhou-2021", summary: str = "地铁停运") -> str:
    source = {"id": "s1", "title": "调查报告", "publisher": "国务院", "year": 2022, "url": None, "lang": "zh"}
    statement = {"id": "v1", "section": "impact", "lang": "zh", "text": {"zh": METRO, "en": METRO_EN}, "sources": ["s1"]}
    return json.dumps({
        "format": 1, "id": slug, "lead_language": "zh", "title": {"zh": "郑州暴雨", "en": "Zhengzhou rainstorm"},
        "summary": {"zh": summary, "en": "The metro stopped"}, "place": {"zh": "郑州", "en": "Zhengzhou", "country": "CN"},
        "scale": "meso", "years": "2021", "sources": [source], "statements": [statement]}, ensure_ascii=False)


def case(slug: str = "zhengzhou-2021", *facts: Fact, summary: str = "地铁停运", replaces: str | None = None) -> Bundle:
    """A case record with one statement, as the pack ships it."""
    own = f"case:{slug}"
    record = Document(own, f"sha-{summary}", "case", "郑州暴雨", "zh", f"{slug}.yaml", own, f"text-{summary}")
    statement = Passage(f"{own}#v1", own, 0, 0, len(METRO), "zh", METRO, statement="v1", translation=METRO_EN)
    return Bundle(record, (PageText(None, METRO),), (statement,), facts, (Work("src:aaaaaaaaaa", "调查报告"),),
                  case_json(slug, summary), replaces)


def case_support(slug: str = "zhengzhou-2021") -> Support:
    return Support(kind="record", works=("src:aaaaaaaaaa",), document=f"case:{slug}", passage=f"case:{slug}#v1", quote=METRO)


def link(triple: tuple[str, str, str], work: str = "src:bbbbbbbbbb", *, origin: str = PACK, page: str = "p. 12",
         note: Bilingual | None = None) -> Fact:
    """A general link of the pack, on a reference."""
    subject, relation, target = triple
    own = fact_id(subject, relation, target, scope=None, modality="general", polarity="affirmed", condition=None)
    return Fact(own, subject, relation, target, (Support("reference", (work,), locator=page, url="https://example.org"),),
                origin=origin, note=note, strength="high", scales=("meso",), decided_by=origin)


IPCC = Work("src:bbbbbbbbbb", "AR6 WGII", publisher="IPCC", year=2022)


def unit_vectors(count: int, dimensions: int = 4, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, dimensions)).astype(np.float32)
    unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def embed_all(store: GraphStore, embedder: str = "use", dimensions: int = 4) -> None:
    """Puts a vector for every text that has none, the same for the same text."""
    rows = store.without_vector(embedder)
    seeds = [sum(map(ord, text)) for _, _, text in rows]
    if rows:
        store.put_vectors(embedder, rows, np.concatenate([unit_vectors(1, dimensions, seed) for seed in seeds]))


def facts_by_link(store: GraphStore) -> dict[tuple[str, str, str], Fact]:
    return {(one.subject, one.relation, one.object): one for one in store.facts()}
