"""Cuts what was read into passages: spans of one page that are long enough to be understood and short enough to cite."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from renzhi.graph.model import Passage
from renzhi.ingest_docs.headings import ARTICLE
from renzhi.ingest_docs.language import language_of
from renzhi.ingest_docs.model import Block, ReadText
from renzhi.ingest_docs.pdf_chars import is_han

if TYPE_CHECKING:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

TARGET = 1100
"""Letters; a Han character counts as two and a half, so about 440 of them."""
LONGEST_ARTICLE = 3 * TARGET
TINY = 40
_SEPARATORS = [
    "\n",
    r"(?<=[。！？])",
    r"(?<=[.!?]) (?=[\"“(]?[A-Z0-9])",
    r"(?<=[；;])\s*",
    r"(?<=[，,：:])\s*",
    r"\s+",
    "",
]


@dataclass(slots=True)
class _Piece:
    start: int
    end: int
    page: int | None
    paragraph: int | None
    heading: tuple[str, ...]
    article: bool = False


def split(read: ReadText, document: str) -> list[Passage]:
    """The passages of what was read, in its order; `document` is the id that theirs begin with.

    Each lies within one page and, unless it is tiny, under one heading; `page_text[start:end]` is its text exactly. A
    statute's article is one passage (its part on the next page another, with the article's number in `heading`).
    A heading stands in `heading`; it is a passage of its own only if no passage stands under it.
    """
    texts = {page.page: page.text for page in read.pages}
    pieces = [piece for run in _runs(read, texts) for piece in _pieces(run, texts[run.blocks[0].page])]
    pieces = _with_lonely_headings(read, _merged(pieces, texts, read.blocks))
    found: list[Passage] = []
    for piece in pieces:
        text = texts[piece.page][piece.start : piece.end]
        ordinal = len(found)
        found.append(
            Passage(
                f"{document}#{ordinal}",
                document,
                ordinal,
                piece.start,
                piece.end,
                language_of(text, otherwise=read.lang),
                text,
                piece.page,
                piece.paragraph,
                piece.heading,
            )
        )
    return found


def length_of(text: str) -> float:
    """Length in letters, a Han character counted as two and a half."""
    return len(text) + 1.5 * sum(1 for c in text if is_han(c))


# -- runs of blocks


@dataclass(slots=True)
class _Run:
    blocks: list[Block]
    article: str | None
    """The article that the run opens or continues."""
    opens: bool


def _runs(read: ReadText, texts: dict[int | None, str]) -> Iterator[_Run]:
    """Blocks that may share a passage: of one page, under one heading, of one article, with nothing in between."""
    body = [block for block in read.blocks if block.kind != "heading"]
    openings = [ARTICLE.match(texts[b.page][b.start : b.start + 12]) for b in body]
    statute = sum(1 for opening in openings if opening) >= 3
    run: _Run | None = None
    for block, opening in zip(body, openings, strict=True):
        if statute and opening:
            if run:
                yield run
            run = _Run([block], opening[0].strip(), True)
        elif run and _continues(run.blocks[-1], block):
            run.blocks.append(block)
        else:
            if run:
                yield run
            goes_on = run is not None and run.blocks[-1].heading == block.heading
            run = _Run([block], run.article if run and goes_on else None, False)
    if run:
        yield run


def _continues(last: Block, block: Block) -> bool:
    return last.page == block.page and last.heading == block.heading and block.start - last.end <= 2


# -- pieces


def _pieces(run: _Run, text: str) -> Iterator[_Piece]:
    """The run in pieces of at most the target length; an article stays whole."""
    blocks = run.blocks
    if run.article and not run.opens:
        blocks = [replace(block, heading=(*block.heading, run.article)) for block in blocks]
    if run.article and length_of(text[blocks[0].start : blocks[-1].end]) <= LONGEST_ARTICLE:
        yield _piece(blocks, article=True)
        return
    gathered: list[Block] = []
    for block in blocks:
        if gathered and length_of(text[gathered[0].start : block.end]) > TARGET:
            yield _piece(gathered)
            gathered = []
        if length_of(text[block.start : block.end]) <= 1.15 * TARGET:
            gathered.append(block)
            continue
        if gathered:
            yield _piece(gathered)
            gathered = []
        yield from _cut(block, text)
    if gathered:
        yield _piece(gathered)


def _piece(blocks: list[Block], *, article: bool = False) -> _Piece:
    first = blocks[0]
    return _Piece(first.start, blocks[-1].end, first.page, first.paragraph, first.heading, article)


def _cut(block: Block, text: str) -> Iterator[_Piece]:
    """A long paragraph in parts of about equal length, cut at sentence ends where there are any."""
    whole = text[block.start : block.end]
    parts = math.ceil(length_of(whole) / TARGET)
    for part in _splitter(math.ceil(length_of(whole) / parts * 1.15)).create_documents([whole]):
        start = block.start + int(part.metadata["start_index"])
        yield _Piece(start, start + len(part.page_content), block.page, block.paragraph, block.heading)


@lru_cache(maxsize=64)
def _splitter(size: int) -> "RecursiveCharacterTextSplitter":
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    return RecursiveCharacterTextSplitter(
        chunk_size=size,
        chunk_overlap=0,
        separators=_SEPARATORS,
        is_separator_regex=True,
        keep_separator="end",
        add_start_index=True,
        length_function=lambda part: math.ceil(length_of(part)),
    )


def _merged(pieces: list[_Piece], texts: dict[int | None, str], blocks: tuple[Block, ...]) -> list[_Piece]:
    """Tiny pieces joined to the neighbour before them on the page, under the headings that both share.

    A running footer or a table of contents between the two, which is no block, keeps them apart.
    """
    found: list[_Piece] = []
    headings = [block for block in blocks if block.kind == "heading"]
    for piece in pieces:
        last = found[-1] if found else None
        if last and last.page == piece.page and not (last.article or piece.article) and last.end <= piece.start:
            together = length_of(texts[piece.page][last.start : piece.end])
            sizes = [length_of(texts[p.page][p.start : p.end]) for p in (last, piece)]
            if min(sizes) < TINY and together <= 1.3 * TARGET and _adjoin(last, piece, headings):
                shared = tuple(a for a, b in zip(last.heading, piece.heading, strict=False) if a == b)
                heading = last.heading if last.heading == piece.heading or sizes[1] < TINY <= sizes[0] else shared
                found[-1] = _Piece(last.start, piece.end, last.page, last.paragraph, heading)
                continue
        found.append(piece)
    return found


def _adjoin(last: _Piece, piece: _Piece, headings: list[Block]) -> bool:
    """Whether nothing but white space and headings stands between the two."""
    between = [b for b in headings if b.page == piece.page and last.end <= b.start and b.end <= piece.start]
    return piece.start - last.end - sum(b.end - b.start for b in between) <= 2 * (len(between) + 1)


def _with_lonely_headings(read: ReadText, pieces: list[_Piece]) -> list[_Piece]:
    """The pieces, and between them the headings that no piece stands under or contains; neighbours share one."""
    carried = {piece.heading[:depth] for piece in pieces for depth in range(1, len(piece.heading) + 1)}
    spans = [(p.page, p.start, p.end) for p in pieces]
    lonely = [
        b
        for b in read.blocks
        if b.kind == "heading"
        and b.heading not in carried
        and not any(page == b.page and start <= b.start and b.end <= end for page, start, end in spans)
    ]
    found = list(pieces)
    for _, group in groupby(lonely, key=lambda b: (b.page, b.heading[:-1])):
        run: list[Block] = []
        for block in group:
            if run and block.start - run[-1].end > 2:
                found.append(_heading_piece(run))
                run = []
            run.append(block)
        found.append(_heading_piece(run))
    return sorted(found, key=lambda p: (p.page or 0, p.start))


def _heading_piece(blocks: list[Block]) -> _Piece:
    return _Piece(blocks[0].start, blocks[-1].end, blocks[0].page, None, blocks[0].heading[:-1])
