"""Reading order of a PDF page: segments into rows, rows into columns, tables and running text, lines into paragraphs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from renzhi.ingest_docs.model import Box
from renzhi.ingest_docs.pdf_chars import Segment, is_han

_MARK = re.compile(r"[•●○◦▪■□►▶‣⁃]")
_BULLET = re.compile(
    r"^(?:[•●○◦▪■□►▶–·*‣⁃]|[-—] |\(?[0-9a-zA-Z]{1,2}[).、] ?|[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十]+、)"
)
_ARTICLE = re.compile(r"^第[一二三四五六七八九十百千零〇\d]+[编章节条]")
_NUMBER = re.compile(r"^[\dIVX]+(?:\.\d+)*\.?$|^[•●○▪■►▶–]$")


@dataclass(slots=True)
class Paragraph:
    """Text of one paragraph, heading, list item or table row, with the box behind each code point."""

    kind: str
    size: float
    bold: bool
    top: float
    """Share of the page's height at which it starts."""
    text: str = ""
    boxes: list[Box | None] = field(default_factory=list)
    """None for a space that joins two lines."""
    lines: list[list[Segment]] = field(default_factory=list)


def read_paragraphs(segments: list[Segment], *, height: float) -> list[Paragraph]:
    """The page's paragraphs in reading order: upright text first, then text turned by each further angle."""
    turns = sorted({s.turn for s in segments}, key=lambda turn: -sum(len(s.chars) for s in segments if s.turn == turn))
    found: list[Paragraph] = []
    for turn in turns:
        for kind, lines in _flows([s for s in segments if s.turn == turn]):
            found += _table_rows(lines) if kind == "table" else _paragraphs(lines)
    words = _whole_words(segments)
    for paragraph in found:
        _set_text(paragraph, words)
        paragraph.top = _top(paragraph, height)
    return [p for p in found if p.text.strip()]


def _whole_words(segments: list[Segment]) -> set[str]:
    """Words of the page, apart from the halves on both sides of a hyphen at a line's end."""
    words: set[str] = set()
    broken = False
    for segment in segments:
        text = segment.text.lower().rstrip()
        found = re.findall(r"[a-z]{2,}", text)
        words.update(found[(1 if broken else 0) : (-1 if text.endswith("-") else None)])
        broken = text.endswith("-")
    return words


def _top(paragraph: Paragraph, height: float) -> float:
    return next((box.y0 for box in paragraph.boxes if box), 0.0) / max(height, 1.0)


# -- reading order

Row = list[Segment]


def _flows(segments: list[Segment]) -> list[tuple[str, list[Row]]]:
    """Runs of rows to be read one after the other, each `text` (one segment after the other) or `table`."""
    rows = _rows(segments)
    flows: list[tuple[str, list[Row]]] = []
    at = 0
    while at < len(rows):
        end, gutter = _column_run(rows, at)
        if gutter is not None:
            run = [s for row in rows[at:end] for s in row]
            flows += _flows([s for s in run if s.u0 < gutter]) + _flows([s for s in run if s.u0 >= gutter])
        elif len(rows[at]) > 1 and not _is_numbered(rows[at]):
            end = _table_end(rows, at)
            flows.append(("table", rows[at:end]))
        else:
            end = at + 1
            if not flows or flows[-1][0] != "text":
                flows.append(("text", []))
            flows[-1][1].append(rows[at])
        at = end
    return flows


def _rows(segments: Iterable[Segment]) -> list[Row]:
    """Segments whose cores overlap in height share a row; rows from the top down, segments from the left."""
    rows: list[tuple[float, Row]] = []
    for segment in sorted(segments, key=lambda s: s.v0 + s.v1):
        core = (segment.v1 - segment.v0) * 0.3
        if rows and segment.v0 + core < rows[-1][0]:
            rows[-1][1].append(segment)
            rows[-1] = (max(rows[-1][0], segment.v1 - core), rows[-1][1])
        else:
            rows.append((segment.v1 - core, [segment]))
    return [sorted(row, key=lambda s: s.u0) for _, row in rows]


def _is_numbered(row: Row) -> bool:
    """A number or bullet set apart from its line is no table."""
    return len(row) == 2 and bool(_NUMBER.match(row[0].text.strip()))


def _table_end(rows: list[Row], at: int) -> int:
    """A table goes on while rows have several cells, or lie beside a cell's further lines."""
    end = at + 1
    while end < len(rows):
        pitch = min(s.v0 for s in rows[end]) - max(s.v1 for s in rows[end - 1])
        if len(rows[end]) == 1 and (pitch > rows[end][0].size * 0.6 or not _within_cell(rows[end][0], rows[at:end])):
            break
        if _is_numbered(rows[end]) and rows[end][1].size > 1.12 * rows[end - 1][0].size:
            break  # "1   INTRODUCTION"
        if _column_run(rows, end)[1] is not None:
            break
        end += 1
    return end


def _within_cell(segment: Segment, rows: list[Row]) -> bool:
    """Whether a lone segment continues a cell above rather than spanning the table."""
    cells = [s for row in rows[-4:] for s in row]
    left, right = min(s.u0 for s in cells), max(s.u1 for s in cells)
    return segment.u1 - segment.u0 < 0.6 * (right - left)


Gap = tuple[float, float]


def _column_run(rows: list[Row], at: int) -> tuple[int, float | None]:
    """End of the longest run of rows from `at` that one gutter divides into two columns of text, and the gutter."""
    free: list[Gap] = [(-1e6, 1e6)]
    found: list[tuple[int, list[Gap]]] = []
    sizes: list[float] = []
    for end in range(at, len(rows)):
        row = rows[end]
        if found and len(row) == 1 and (row[0].size > 1.12 * median(sizes) or row[0].bold):
            break  # a heading that nothing stands beside: the columns above it end here
        free = [piece for gap in free for piece in _pieces(gap, row)]
        sizes += [s.size for s in row]
        left, right = min(s.u1 for r in rows[at : end + 1] for s in r), max(s.u0 for r in rows[at : end + 1] for s in r)
        inner = [gap for gap in free if left <= gap[0] and right >= gap[1]]
        if not free or (found and not inner):
            break
        found += [(end + 1, inner)] if inner else []
    for end, inner in reversed(found[-6:]):
        run = [s for row in rows[at:end] for s in row]
        for low, high in inner:
            if _divides(run, (low + high) / 2):
                return end, (low + high) / 2
    return at + 1, None


def _pieces(gap: Gap, row: Row) -> list[Gap]:
    """What the row's segments leave free of the gap, as far as it is wide enough for a gutter."""
    low, high = gap
    found: list[Gap] = []
    for segment in row:
        if segment.u1 > low and segment.u0 < high:
            found.append((low, segment.u0))
            low = segment.u1
    return [piece for piece in [*found, (low, high)] if piece[1] - piece[0] > 0.6 * row[0].size]


def _divides(run: list[Segment], gutter: float) -> bool:
    return all(_reads_as_text([s for s in run if (s.u0 < gutter) == left]) for left in (True, False))


def _reads_as_text(side: list[Segment]) -> bool:
    """Whether the segments are lines of a column rather than cells: three or more, mostly filling its width."""
    if len(side) < 3:
        return False
    width = max(s.u1 for s in side) - min(s.u0 for s in side)
    letters = median(s.letters for s in side)
    filled = sum(1 for s in side if s.u1 - s.u0 > 0.6 * width)
    return letters >= 12 and filled >= 0.5 * len(side)


# -- paragraphs


def _paragraphs(rows: list[Row]) -> list[Paragraph]:
    found: list[Paragraph] = []
    pitches = [b[0].v1 - a[0].v1 for a, b in pairwise(rows) if abs(a[0].size - b[0].size) < 1]
    pitch = median(pitches) if pitches else 0.0
    for at, row in enumerate(rows):
        if not found or _starts(rows, at, found[-1].lines, pitch):
            text = "".join(s.text for s in row).strip()
            kind = "list" if _BULLET.match(text) else "paragraph"
            found.append(Paragraph(kind, row[-1].size, all(s.bold for s in row), 0.0))
        found[-1].lines.append(row)
    return found


def _starts(rows: list[Row], at: int, lines: list[Row], pitch: float) -> bool:
    """Whether row `at` starts a paragraph after `lines`."""
    row, last = rows[at], lines[-1]
    size = last[-1].size
    text = "".join(s.text for s in row).strip()
    before = last[-1].text.rstrip()
    runs_on = bool(re.match(r"[a-z]", text)) and bool(re.search(r"[\w,]$", before))
    if abs(row[-1].size - size) > 0.12 * size and not runs_on:
        return True
    if (
        _ARTICLE.match(text)
        or _MARK.match(text)
        or (_BULLET.match(text) and re.search(r"[.;:!?。；：！？)）]$", before))
    ):
        return True
    gap = row[0].v1 - last[0].v1
    large = size > 1.12 * median(r[0].size for r in rows)
    # The pitch of a page with few lines says little: two of them may be a sentence and the footer.
    if gap < 0 or gap > (1.45 * size if large else max(min(1.3 * pitch, 2.4 * size), 1.15 * size)):
        return True
    if row[0].u0 > last[0].u0 + 0.8 * size and len(lines) > 1:
        return True
    return _turns_bold(row, lines) or _ended(rows, at, lines)


def _turns_bold(row: Row, lines: list[Row]) -> bool:
    """A bold heading ends where plain text follows; bold text after a plain line starts one only after a sentence's end."""
    bold, before = all(s.bold for s in row), all(s.bold for line in lines for s in line)
    if bold == before:
        return False
    return before or lines[-1][-1].text.rstrip()[-1:] in "。！？.!?:："


def _ended(rows: list[Row], at: int, lines: list[Row]) -> bool:
    """Whether the line before was left short although the next word would have fitted in."""
    row, last = rows[at], lines[-1]
    right = max(r[-1].u1 for r in [*lines, *rows[at : at + 2]])
    free = right - last[-1].u1
    chars = row[0].chars
    word = next((i for i, c in enumerate(chars) if c.text == " " or is_han(c.text[0])), len(chars) - 1)
    return free > chars[word].u1 - chars[0].u0 + 1.6 * last[-1].size


def _table_rows(rows: list[Row]) -> list[Paragraph]:
    """Cells in the order of the content, which producers write cell by cell; a row ends where it jumps back left."""
    found: list[Paragraph] = []
    last: Segment | None = None
    for segment in sorted((s for row in rows for s in row), key=lambda s: s.order):
        if last and _same_cell(last, segment):
            found[-1].lines[-1].append(segment)
        elif last and segment.u0 > last.u1 - 0.5 * last.size:
            found[-1].lines.append([segment])
        else:
            found.append(Paragraph("table", segment.size, segment.bold, 0.0, lines=[[segment]]))
        last = segment
    return found


def _same_cell(last: Segment, segment: Segment) -> bool:
    overlap = min(last.u1, segment.u1) - max(last.u0, segment.u0)
    return 0 < segment.v1 - last.v1 < 2 * last.size and overlap > 0


# -- text


def _set_text(paragraph: Paragraph, words: set[str]) -> None:
    """Joins lines: Han without a space, words with one, a hyphen at a line's end dropped where that makes a word."""
    cells = paragraph.kind == "table"
    for line in paragraph.lines:
        for place, segment in enumerate(line):
            if paragraph.text:
                _join(paragraph, segment, words, tab=cells and place == 0, same_row=place > 0 and not cells)
            for char in segment.chars:
                paragraph.text += char.text
                paragraph.boxes += [char.box] * len(char.text)


def _join(paragraph: Paragraph, segment: Segment, words: set[str], *, tab: bool, same_row: bool) -> None:
    first = segment.chars[0].text[0]
    if tab or same_row:
        glue = "\t" if tab else " "
    elif is_han(paragraph.text[-1]) and is_han(first):
        glue = ""
    elif paragraph.text[-1] == "-" and first.islower():
        glue = ""
        if _splits_a_word(paragraph.text, segment.text, words):
            paragraph.text, paragraph.boxes = paragraph.text[:-1], paragraph.boxes[:-1]
    else:
        glue = "" if paragraph.text[-1] in "-–—/" and len(paragraph.text) > 1 and paragraph.text[-2].isalnum() else " "
    paragraph.text += glue
    paragraph.boxes += [None] * len(glue)


def _splits_a_word(before: str, after: str, words: set[str]) -> bool:
    """Whether the hyphen only marks a line's end: the joined word stands on the page, or a half of it does not."""
    head = re.search(r"([A-Za-z]+)-$", before)
    tail = re.match(r"[a-z]+", after)
    if not head or not tail or (len(before) > len(head[0]) and before[-len(head[0]) - 1] == "-"):
        return False
    left, right = head[1].lower(), tail[0]
    return left + right in words or not (_stands_alone(left, words) and _stands_alone(right, words))


def _stands_alone(half: str, words: set[str]) -> bool:
    """Halves of a compound mostly occur by themselves."""
    return len(half) > 2 and half in words
