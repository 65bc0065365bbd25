"""The characters of a PDF page with their places, gathered into segments: runs on one line without a wide gap."""

import ctypes
import math
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from renzhi.ingest_docs.model import Box

GAP_EMS = 1.2
"""A wider gap starts a new segment: word spaces of justified text stay below, gutters and table columns above."""
_LIGATURES_AND_RADICALS = ((0xFB00, 0xFB06), (0x2E80, 0x2FDF), (0xF900, 0xFAFF))
_HYPHENS = {0x02, 0xAD, 0xFFFE}
"""What pdfium gives for a hyphen at a line's end."""


@dataclass(slots=True)
class Char:
    text: str
    u0: float
    """Along the writing direction of its turn, then across it, downwards."""
    v0: float
    u1: float
    v1: float
    box: Box


@dataclass(slots=True)
class Segment:
    """Characters on one line without a wide gap, in reading order."""

    order: int
    """Place in the page's content."""
    turn: int
    """Degrees counter-clockwise by which the text is turned on the displayed page."""
    bold: bool = False
    chars: list[Char] = field(default_factory=list)
    u0: float = 0.0
    u1: float = 0.0
    v0: float = 0.0
    v1: float = 0.0
    size: float = 1.0
    """Median height of its characters' boxes, in points."""
    text: str = ""
    letters: int = 0
    """Its length, a Han character counted twice."""

    def measured(self) -> "Segment":
        """Itself, with text, bounds and size taken from its characters."""
        self.u0, self.u1 = self.chars[0].u0, max(c.u1 for c in self.chars)
        self.v0, self.v1 = min(c.v0 for c in self.chars), max(c.v1 for c in self.chars)
        heights = sorted(c.v1 - c.v0 for c in self.chars)
        self.size = heights[len(heights) // 2] or 1.0
        self.text = "".join(c.text for c in self.chars)
        self.letters = sum(2 if is_han(c) else 1 for c in self.text)
        return self


def read_segments(page: Any, textpage: Any) -> tuple[list[Segment], int]:
    """The page's segments in content order, and how many characters have no Unicode value; arguments are pypdfium2's."""
    unread = 0
    segments: list[Segment] = []
    reader = _CharReader(page, textpage)
    current: Segment | None = None
    spaced = printed = False
    for index in range(reader.count):
        code = reader.code(index)
        if code in (0x20, 0x09, 0xA0, 0x3000, 0x0D, 0x0A) or reader.generated(index):
            spaced, printed = True, printed or not reader.generated(index)
            continue
        text = _readable(code)
        if not text:
            unread += code in (0, 0xFFFD)
            continue
        turn = reader.turn(index)
        char = reader.char(index, text, turn)
        if current is None or current.turn != turn or _breaks(current.chars[-1], char):
            current = Segment(order=len(segments), turn=turn, bold=reader.bold(index))
            segments.append(current)
        elif spaced and (printed or _spaced(current.chars[-1], char)):
            last = current.chars[-1]
            current.chars.append(Char(" ", last.u1, last.v0, char.u0, last.v1, last.box))
        current.chars.append(char)
        spaced = printed = False
    return [segment.measured() for segment in segments], unread


def _breaks(last: Char, char: Char) -> bool:
    """Whether `char` starts a new segment: another line, a jump back, or a wide gap."""
    size = max(last.v1 - last.v0, char.v1 - char.v0, 1.0)
    overlap = min(last.v1, char.v1) - max(last.v0, char.v0)
    other_line = overlap < 0.3 * min(last.v1 - last.v0, char.v1 - char.v0)
    return other_line or char.u0 - last.u1 > GAP_EMS * size or char.u0 < last.u0 - 0.5 * size


def _spaced(last: Char, char: Char) -> bool:
    """pdfium adds spaces between loosely set Han characters too; there only a gap one can see counts."""
    if is_han(last.text[-1]) and is_han(char.text[0]):
        return char.u0 - last.u1 > 0.45 * (last.v1 - last.v0)
    return True


def is_han(char: str) -> bool:
    """Whether the character is written without spaces: Han, kana, or full-width punctuation."""
    return (
        "\u2e80" <= char <= "\u9fff"
        or "\uf900" <= char <= "\ufaff"
        or "\uff00" <= char <= "\uffef"
        or char >= "\U00020000"
    )


def _readable(code: int) -> str:
    """The character as text: ligatures and radicals spelt out, line-end hyphens as such, controls dropped."""
    if code in _HYPHENS:
        return "-"
    if 0xD800 <= code <= 0xDFFF or code in (0xFFFD, 0xFEFF) or code > 0x10FFFF:
        return ""
    if 0xE000 <= code <= 0xF8FF:
        return "•"
    char = chr(code)
    if any(low <= code <= high for low, high in _LIGATURES_AND_RADICALS):
        return unicodedata.normalize("NFKC", char)
    return "" if unicodedata.category(char) in ("Cc", "Cf") else char


class _CharReader:
    """Reads single characters through pdfium's C interface, in coordinates of the displayed page."""

    def __init__(self, page: Any, textpage: Any) -> None:
        import pypdfium2.raw as raw

        self._raw = raw
        self._text = textpage.raw
        self._rotation = page.get_rotation() % 360
        self._crop = _visible_box(page, raw)
        self._rect = raw.FS_RECTF()
        self._name = ctypes.create_string_buffer(128)
        self.count = max(0, textpage.count_chars())

    def code(self, index: int) -> int:
        code = int(self._raw.FPDFText_GetUnicode(self._text, index))
        if 0xD800 <= code <= 0xDBFF and index + 1 < self.count:
            low = int(self._raw.FPDFText_GetUnicode(self._text, index + 1))
            if 0xDC00 <= low <= 0xDFFF:
                return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
        return code

    def generated(self, index: int) -> bool:
        return bool(self._raw.FPDFText_IsGenerated(self._text, index) == 1)

    def turn(self, index: int) -> int:
        """In steps of fifteen degrees, counter-clockwise; pdfium counts clockwise."""
        angle = math.degrees(self._raw.FPDFText_GetCharAngle(self._text, index))
        return int(round((-angle - self._rotation) / 15) * 15 % 360)

    def bold(self, index: int) -> bool:
        flags = ctypes.c_int()
        self._raw.FPDFText_GetFontInfo(self._text, index, self._name, 128, flags)
        name = self._name.value.lower()
        return any(word in name for word in (b"bold", b"black", b"heavy", b"semibold")) or bool(flags.value & 1 << 18)

    def char(self, index: int, text: str, turn: int) -> Char:
        rect = self._rect
        self._raw.FPDFText_GetLooseCharBox(self._text, index, rect)
        corners = [self._displayed(x, y) for x in (rect.left, rect.right) for y in (rect.top, rect.bottom)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        box = Box(min(xs), min(ys), max(xs), max(ys))
        if turn == 0:
            return Char(text, box.x0, box.y0, box.x1, box.y1, box)
        sin, cos = math.sin(math.radians(turn)), math.cos(math.radians(turn))
        if turn % 90:
            return self._oblique(index, text, box, sin, cos)
        us, vs = [x * cos - y * sin for x, y in corners], [x * sin + y * cos for x, y in corners]
        return Char(text, min(us), min(vs), max(us), max(vs), box)

    def _oblique(self, index: int, text: str, box: Box, sin: float, cos: float) -> Char:
        """A slanted character's box encloses too much; its centre and the font size say where it stands."""
        x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
        size = max(1.0, min(box.x1 - box.x0, box.y1 - box.y0) * 0.7)
        u, v = x * cos - y * sin, x * sin + y * cos
        return Char(text, u - size / 4, v - size / 2, u + size / 4, v + size / 2, box)

    def _displayed(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self._crop
        if self._rotation == 90:
            return y - bottom, x - left
        if self._rotation == 180:
            return right - x, y - bottom
        if self._rotation == 270:
            return top - y, right - x
        return x - left, top - y


def _visible_box(page: Any, raw: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of what the page shows, also where its boxes are inherited from the page tree
    (`get_cropbox` then gives US letter, whatever the page)."""
    box = raw.FS_RECTF()
    if raw.FPDF_GetPageBoundingBox(page, box):
        return box.left, box.bottom, box.right, box.top
    return tuple(page.get_cropbox())
