"""PDF files: text by page in reading order, the boxes behind a quote, and page images, all through pypdfium2."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from renzhi.errors import NotFound, Unreadable
from renzhi.graph.model import PageText
from renzhi.ingest_docs.headings import (
    HeadingPath,
    division_rank,
    ends_in_page_number,
    is_contents_heading,
    is_contents_line,
)
from renzhi.ingest_docs.model import Block, BlockKind, Box
from renzhi.ingest_docs.pdf_chars import read_segments
from renzhi.ingest_docs.pdf_layout import Paragraph, read_paragraphs

MAX_PAGES = 9_999
MARK, MARK_EDGE = (255, 239, 176, 110), (185, 133, 0, 255)
"""The interface's "mark" colours, #FFEFB0 and its edge #B98500."""
_LABELLED = re.compile(
    r"(?:Measure|Strategy|Action|Goal|Objective|Policy|Section|Chapter|Part|Recommendation) \S*\d|\d+(?:\.\d+)+ ", re.I
)
_PDFIUM = RLock()
"""pdfium is not safe to call from two threads."""


@dataclass(frozen=True, slots=True)
class PdfText:
    pages: tuple[PageText, ...]
    blocks: tuple[Block, ...]
    title: str | None
    """From the file's metadata."""
    unread: int
    """Characters that have no Unicode value."""
    scans: int
    """Pages that show pictures and have no text."""


@dataclass(frozen=True, slots=True)
class _Page:
    paragraphs: list[Paragraph]
    unread: int
    picture: bool
    """No text, but an image."""


def read_pdf(path: Path, *, name: str | None = None, progress: Callable[[int, int], None] | None = None) -> PdfText:
    """Every page's text; a page without text layer has an empty one. `name` stands in messages.

    Raises `Unreadable` for a damaged or encrypted file and for one of 10,000 pages or more.
    """
    with _opened(path, name) as document:
        read: list[_Page] = []
        for number in range(len(document)):
            read.append(_read_page(document, number))
            if progress:
                progress(number + 1, len(document))
        title = _metadata_title(document)
    layouts = [page.paragraphs for page in read]
    pages = tuple(PageText(number, _page_text(layout)) for number, layout in enumerate(layouts, 1))
    return PdfText(pages, tuple(_blocks(layouts)), title, sum(p.unread for p in read), sum(p.picture for p in read))


def quote_boxes(path: Path, page: int, start: int, end: int) -> list[Box]:
    """One box a line around `page_text[start:end]` of a page (from 1), computed again from the file.

    Raises `NotFound` for a page the file does not have, `Unreadable` as `read_pdf` does; empty for an empty span.
    """
    with _opened(path) as document:
        if not 1 <= page <= len(document):
            raise NotFound(
                zh=f"{path.name} 没有第 {page} 页（共 {len(document)} 页）。",
                en=f"{path.name} has no page {page} (it has {len(document)}).",
            )
        layout = _read_page(document, page - 1).paragraphs
    boxes: list[Box | None] = []
    for paragraph in layout:
        boxes += [*([None] if boxes else []), *paragraph.boxes]
    lines: list[Box] = []
    for box in boxes[max(0, start) : end]:
        if box and lines and _same_line(lines[-1], box):
            lines[-1] = _around(lines[-1], box)
        elif box:
            lines.append(box)
    return lines


def page_image(path: Path, page: int, *, boxes: Sequence[Box] = (), scale: float = 1.5) -> bytes:
    """A PNG of the page (from 1) with the boxes marked in yellow; `scale` is pixels per PDF point.

    Raises `NotFound` for a page the file does not have, `Unreadable` as `read_pdf` does.
    """
    from PIL import Image, ImageDraw

    with _opened(path) as document:
        if not 1 <= page <= len(document):
            raise NotFound(
                zh=f"{path.name} 没有第 {page} 页（共 {len(document)} 页）。",
                en=f"{path.name} has no page {page} (it has {len(document)}).",
            )
        loaded = document[page - 1]
        scale = min(scale, 4000 / max(*loaded.get_size(), 1.0))
        image = loaded.render(scale=scale).to_pil().convert("RGB")
    marks = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(marks)
    for box in boxes:
        corners = (box.x0 * scale - 1, box.y0 * scale - 1, box.x1 * scale + 1, box.y1 * scale + 1)
        draw.rectangle(corners, fill=MARK, outline=MARK_EDGE, width=max(1, round(scale)))
    # Multiplied, the mark colours the paper and leaves the letters black.
    marked = _multiplied(image, marks)
    out = io.BytesIO()
    marked.save(out, "PNG")
    return out.getvalue()


def _multiplied(image: Any, marks: Any) -> Any:
    from PIL import Image, ImageChops

    alpha = marks.getchannel("A").point(lambda value: 255 if value else 0)
    tinted = ImageChops.multiply(image, Image.merge("RGB", marks.split()[:3]))
    return Image.composite(tinted, image, alpha)


@contextmanager
def _opened(path: Path, name: str | None = None) -> Iterator[Any]:
    import pypdfium2

    name = name or path.name
    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(path)
        except (pypdfium2.PdfiumError, OSError, ValueError) as exc:
            raise _cannot_open(name, exc) from exc
        try:
            if len(document) > MAX_PAGES:
                raise Unreadable(
                    zh=f"{name} 有 {len(document)} 页，超过 {MAX_PAGES} 页的上限，请拆成几个文件再添加。",
                    en=f"{name} has {len(document)} pages, more than the limit of {MAX_PAGES}; split it and add the parts.",
                )
            if len(document) < 1:
                raise Unreadable(
                    zh=f"{name} 没有可读的页，文件可能已损坏，请重新导出后再添加。",
                    en=f"{name} has no readable page; the file may be damaged: export it again and add it then.",
                )
            yield document
        except pypdfium2.PdfiumError as exc:
            raise _damaged(name) from exc
        finally:
            document.close()


def _cannot_open(name: str, exc: Exception) -> Unreadable:
    if "password" in str(exc).lower() or "security" in str(exc).lower():
        return Unreadable(
            zh=f"{name} 已加密，请用密码打开后另存为不加密的 PDF 再添加。",
            en=f"{name} is encrypted; open it with its password, save it without one and add that file.",
        )
    return _damaged(name)


def _damaged(name: str) -> Unreadable:
    return Unreadable(
        zh=f"{name} 是损坏或不完整的 PDF，请重新下载或重新导出后再添加。",
        en=f"{name} is a damaged or incomplete PDF; download or export it again and add it then.",
    )


def _read_page(document: Any, index: int) -> _Page:
    """Empty for a page that cannot be loaded: the rest of a partly damaged file is still worth reading."""
    import pypdfium2
    import pypdfium2.raw as raw

    try:
        page = document[index]
        textpage = page.get_textpage()
    except pypdfium2.PdfiumError:
        return _Page([], 0, False)
    try:
        segments, unread = read_segments(page, textpage)
        paragraphs = read_paragraphs(segments, height=page.get_height())
        picture = not paragraphs and next(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]), None) is not None
        return _Page(paragraphs, unread, picture)
    finally:
        textpage.close()
        page.close()


def _page_text(layout: list[Paragraph]) -> str:
    return "\n".join(paragraph.text for paragraph in layout)


def _metadata_title(document: Any) -> str | None:
    title = str(document.get_metadata_dict().get("Title") or "").strip()
    return (
        title
        if len(title) > 3 and not re.search(r"^\(|untitled|microsoft word|\.(docx?|indd|pdf)$|^无标题", title, re.I)
        else None
    )


def _same_line(line: Box, box: Box) -> bool:
    """Neighbours on a line touch and overlap across the writing direction, whichever way it runs."""
    size = max(min(box.x1 - box.x0, box.y1 - box.y0), min(line.x1 - line.x0, line.y1 - line.y0), 1.0)
    high = min(line.y1, box.y1) - max(line.y0, box.y0)
    wide = min(line.x1, box.x1) - max(line.x0, box.x0)
    along = high > 0.5 * min(line.y1 - line.y0, box.y1 - box.y0) and wide > -1.5 * size
    across = wide > 0.5 * min(line.x1 - line.x0, box.x1 - box.x0) and high > -0.2 * size
    return along or (across and line.y1 - line.y0 > 1.5 * (line.x1 - line.x0))


def _around(a: Box, b: Box) -> Box:
    return Box(min(a.x0, b.x0), min(a.y0, b.y0), max(a.x1, b.x1), max(a.y1, b.y1))


# -- blocks


def _blocks(layouts: list[list[Paragraph]]) -> Iterator[Block]:
    """The paragraphs as blocks under their headings; running headers, footers and tables of contents are left out."""
    running = _running_lines(layouts)
    ranks = _heading_ranks(layouts)
    body = 1.08 * _body_size(layouts)
    path = HeadingPath()
    contents = False
    for page, layout in enumerate(layouts, 1):
        start, number = 0, 0
        contents = _is_contents(layout, contents)
        for paragraph, after in zip(layout, [*layout[1:], None], strict=False):
            end = start + len(paragraph.text)
            rank = None if after and _runs_on(paragraph, after) else _heading_rank(paragraph, ranks)
            at_end = paragraph.size <= body and any(paragraph is other for other in layout[:2] + layout[-2:])
            if _is_running(paragraph, running, at_end=at_end) or _is_of_contents(paragraph.text, page=contents):
                pass
            elif rank is not None:
                yield Block(start, end, "heading", page, path.enter(rank, paragraph.text))
            else:
                number += 1
                yield Block(start, end, _kind(paragraph), page, path.path, number)
            start = end + 1


def _is_contents(layout: list[Paragraph], before: bool) -> bool:
    """Whether the page holds a table of contents: its title and lines with leaders, or, without leaders, its title or such
    a page before and mostly lines that end in a number."""
    numbered = sum(ends_in_page_number(p.text) or is_contents_line(p.text) for p in layout)
    titled = any(is_contents_heading(p.text) for p in layout)
    if titled and any(is_contents_line(p.text) for p in layout):
        return True
    return numbered >= 3 and ((titled and numbered >= 0.3 * len(layout)) or (before and numbered >= 0.6 * len(layout)))


def _is_of_contents(text: str, *, page: bool) -> bool:
    """`page`: whether it stands on a page of contents, where a number at the end is enough."""
    return is_contents_line(text) or (page and (ends_in_page_number(text) or is_contents_heading(text)))


def _runs_on(paragraph: Paragraph, after: Paragraph) -> bool:
    """A line whose sentence goes on below is no heading, however it is set."""
    return bool(re.search(r"[a-z,]$", paragraph.text) and re.match(r"[a-z]", after.text))


def _kind(paragraph: Paragraph) -> BlockKind:
    return "list" if paragraph.kind == "list" else "table" if paragraph.kind == "table" else "paragraph"


def _digitless(text: str) -> str:
    return re.sub(r"[\d\s]+", "", text)


def _running_lines(layouts: list[list[Paragraph]]) -> set[str]:
    """Short lines at a page's top or bottom that come back, page numbers aside, on three pages or more."""
    seen = Counter(line for layout in layouts for line in {_digitless(p.text) for p in layout if _at_edge(p)})
    return {line for line, pages in seen.items() if pages >= 3}


def _at_edge(paragraph: Paragraph) -> bool:
    return len(paragraph.text) < 120 and (paragraph.top < 0.1 or paragraph.top > 0.88)


def _is_running(paragraph: Paragraph, running: set[str], *, at_end: bool) -> bool:
    """A line that comes back is running also where a page has it further in, `at_end`: among its first or last
    paragraphs and no larger than the body."""
    number = re.fullmatch(r"[-–—\s]*(?:第|Page)?\s*[\divxl]+\s*(?:页|/\s*\d+)?[-–—\s]*", paragraph.text, re.I)
    comes_back = len(paragraph.text) < 120 and _digitless(paragraph.text) in running
    named = sum(c.isalpha() for c in paragraph.text) >= 3
    return (_at_edge(paragraph) and bool(number)) or (comes_back and (_at_edge(paragraph) or (at_end and named)))


def _body_size(layouts: list[list[Paragraph]]) -> float:
    sizes: Counter[float] = Counter()
    for layout in layouts:
        for paragraph in layout:
            sizes[_rounded(paragraph.size)] += len(paragraph.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _heading_ranks(layouts: list[list[Paragraph]]) -> dict[float, int]:
    """Rank by size for what is set larger than the body; -1 stands for bold lines, the last rank.

    Of the sizes that only a title page has, the largest alone counts: the rest are names and dates.
    """
    body = _body_size(layouts)
    sizes = [{_rounded(p.size) for p in layout if p.size > 1.08 * body and _may_head(p)} for layout in layouts]
    inside = set().union(*sizes[1:])
    title = {max(sizes[0])} if sizes and sizes[0] and max(sizes[0]) > max(inside, default=0) else set()
    larger = (inside | title) if len(layouts) > 3 else inside.union(*sizes[:1])
    ranks = {size: rank for rank, size in enumerate(sorted(larger, reverse=True), 1)}
    return ranks | {-1.0: len(ranks) + 1}


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _may_head(paragraph: Paragraph) -> bool:
    text = paragraph.text.strip()
    letters = sum(c.isalpha() for c in text)
    return (
        letters >= 2
        and len(text) <= 220
        and paragraph.kind != "table"
        and len(paragraph.lines) <= 4
        and not re.search(r"[。；，;,]$", text)
    )


def _heading_rank(paragraph: Paragraph, ranks: dict[float, int]) -> int | None:
    division = division_rank(paragraph.text)
    if division:
        return division
    if not _may_head(paragraph):
        return None
    size = ranks.get(_rounded(paragraph.size))
    if size:
        return size
    labelled = _LABELLED.match(paragraph.text) or not paragraph.text.endswith((".", ":", "："))
    return ranks[-1.0] if paragraph.bold and paragraph.kind == "paragraph" and labelled else None
