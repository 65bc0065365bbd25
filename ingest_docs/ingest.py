"""Turns what was read into the bundle that the base stores in one transaction."""

import hashlib

from renzhi.graph.model import Bundle, Document, Passage, Work, plain
from renzhi.ingest_docs.case_bundle import case_bundle
from renzhi.ingest_docs.model import ReadText
from renzhi.ingest_docs.passages import split
from renzhi.ingest_docs.propose import Finder, annotate, propose
from renzhi.ontology.model import Vocabulary

__all__ = ["case_bundle", "document_bundle"]


def document_bundle(
    read: ReadText, *, name: str, data_sha256: str, vocabulary: Vocabulary, recogniser: Finder
) -> Bundle:
    """The document, its passages with their concepts, and the facts it proposes.

    `data_sha256` is that of the file's bytes and gives the document's id; the work's id comes from its text alone, so
    that one text in several formats is one work. `name` is the path or upload name it came under.
    """
    document = "doc:" + data_sha256[:12]
    text_sha256 = hashlib.sha256(plain(read.text).encode()).hexdigest()
    work = Work("work:" + text_sha256[:12], read.title, publisher=read.publisher, year=read.year, lang=read.lang)
    passages: list[Passage] = annotate(split(read, document), recogniser)
    facts = propose(passages, vocabulary, recogniser, document=document, work=work.id)
    return Bundle(
        _document(read, document, name=name, sha256=data_sha256, work=work.id, text_sha256=text_sha256),
        read.pages,
        tuple(passages),
        facts=tuple(facts),
        works=(work,),
    )


def _document(read: ReadText, id: str, *, name: str, sha256: str, work: str, text_sha256: str) -> Document:
    return Document(
        id=id, sha256=sha256, format=read.format, title=read.title, lang=read.lang, name=name, work=work, text_sha256=text_sha256,
        pages=len(read.pages) if read.pages[0].page is not None else None, chars_read=read.chars_read, chars_total=read.chars_total,
        publisher=read.publisher, year=read.year, warnings=read.warnings,
    )  # fmt: skip
