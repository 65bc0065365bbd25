"""Proposes facts from sentences that say them outright: a recognised concept, a cue, a recognised concept.

The default is no fact. `score` is 0.9, less 0.1 for each thing that makes the reading less direct: the cause stands in
another clause; more than 20 (Chinese) or 40 (English) characters lie between a concept and the cue; a concept was
recognised by context only; the cue is turned round ("caused by"). It says how sure the reading is, not the fact.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from renzhi.graph.model import Fact, Lang, Passage, Support, fact_id
from renzhi.ingest_docs.headings import is_contents_line
from renzhi.ingest_docs.language import language_of
from renzhi.ingest_docs.relations import Reading, read_relations
from renzhi.ontology.model import Mention, Vocabulary
from renzhi.ontology.sentences import sentence_spans
from renzhi.ontology.traditional import simplified

RULES = "rules@2"
_LEADERS = re.compile(r"\.{4,}|…{2,}|·{4,}|(?:\. ){4,}|_{4,}")
_NUMBERED = re.compile(
    r"\d{1,2}(?:\.\d{1,2})+\.?\s|第[一二三四五六七八九十\d]+[编章节]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]"
)
_STOPS = ("。", "！", "？", "；", "：", ".", "!", "?", ";", ":", ",", "，")


class Finder(Protocol):
    """What recognises concepts (`renzhi.ontology.recognise.Recogniser`)."""

    def find(self, text: str, *, lang: Lang, hidden: bool = False) -> list[Mention]: ...


def annotate(passages: Iterable[Passage], recogniser: Finder) -> list[Passage]:
    """The passages with the concepts recognised in them, each once, in the order of the text."""
    return [
        replace(p, concepts=tuple(dict.fromkeys(m.concept for m in recogniser.find(p.text, lang=p.lang))))
        for p in passages
    ]


def propose(
    passages: Iterable[Passage], vocabulary: Vocabulary, recogniser: Finder, *, document: str, work: str
) -> list[Fact]:
    """The facts that the passages state, as proposals; the same fact from two sentences is one with two supports.

    A general statement has no scope; every other modality is about `document`. Headings and tables of contents state
    nothing. Offsets of a support are those of the passage's page, and enclose the sentence.
    """
    found: dict[str, Fact] = {}
    for passage in passages:
        if passage.paragraph is None:
            continue
        for stated in find_statements(passage.text, recogniser, lang=passage.lang, vocabulary=vocabulary):
            fact = _fact(stated, passage, document=document, work=work)
            known = found.get(fact.id)
            found[fact.id] = _joined(known, fact) if known else fact
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Stated:
    """A relation and the sentence that states it; all offsets are code points of the text that was read."""

    start: int
    end: int
    reading: Reading


def find_statements(text: str, recogniser: Finder, *, lang: Lang, vocabulary: Vocabulary) -> list[Stated]:
    """The relations that the sentences of a text state, in its order; `lang` stands for sentences without words."""
    found: list[Stated] = []
    for start, end in _statements(text):
        sentence = text[start:end]
        own = language_of(sentence, otherwise=lang)
        mentions = recogniser.find(sentence, lang=own)
        if len(mentions) > 1:
            readable = simplified(sentence) if own == "zh" else sentence
            readings = read_relations(readable, mentions, lang=own, vocabulary=vocabulary)
            found += [Stated(start, end, _shifted(reading, start)) for reading in readings]
    return found


def _shifted(reading: Reading, by: int) -> Reading:
    subject, object = (replace(m, start=m.start + by, end=m.end + by) for m in (reading.subject, reading.object))
    return replace(reading, subject=subject, object=object)


def _is_title(line: str) -> bool:
    """Whether a line is set as a title: no stop at its end, and numbered, in capitals or with Most Words in Capitals."""
    if line.endswith(_STOPS) or len(line) > 120:
        return False
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", line) if len(word) > 3]
    capitals = sum(word[0].isupper() for word in words)
    return bool(_NUMBERED.match(line)) or line.isupper() or (len(words) > 2 and capitals >= 0.8 * len(words))


def _statements(text: str) -> list[tuple[int, int]]:
    """Spans of sentences without the white space around them; lines and table cells end a sentence."""
    found: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n\t]+", text):
        if _LEADERS.search(line[0]) or is_contents_line(line[0]) or _is_title(line[0].strip()):
            continue
        for start, end in sentence_spans(line[0]):
            sentence = line[0][start:end]
            left = len(sentence) - len(sentence.lstrip())
            if sentence.strip():
                found.append((line.start() + start + left, line.start() + start + len(sentence.rstrip())))
    return found


def _fact(stated: Stated, passage: Passage, *, document: str, work: str) -> Fact:
    reading, start, end = stated.reading, stated.start, stated.end
    scope = None if reading.modality == "general" else document
    support = Support(
        "passage",
        (work,),
        document=document,
        passage=passage.id,
        start=passage.start + start,
        end=passage.start + end,
        quote=passage.text[start:end],
        status="proposed",
    )
    id = fact_id(
        reading.subject.concept,
        reading.relation,
        reading.object.concept,
        scope=scope,
        modality=reading.modality,
        polarity="affirmed",
        condition=None,
    )
    return Fact(
        id,
        reading.subject.concept,
        reading.relation,
        reading.object.concept,
        (support,),
        scope=scope,
        modality=reading.modality,
        origin=RULES,
        score=reading.score,
        status="proposed",
    )


def _joined(known: Fact, fact: Fact) -> Fact:
    if fact.supports[0] in known.supports:
        return known
    return replace(known, supports=known.supports + fact.supports, score=max(known.score or 0.0, fact.score or 0.0))
