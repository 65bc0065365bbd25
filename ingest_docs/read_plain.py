"""Plain text: its encoding, and its paragraphs."""

import re
import unicodedata

from renzhi.errors import Unreadable
from renzhi.ingest_docs.document_text import DocumentText


def decode(data: bytes, *, name: str) -> str:
    """The bytes as text with `\\n` line ends: UTF-8 or UTF-16 (with a byte order mark, or plainly), else GB18030.

    Raises `Unreadable` where no encoding gives readable text: rather no text than a wrong one.
    """
    text = _decoded(data)
    if text is None or not _is_readable(text):
        raise Unreadable(
            zh=f"{name} 的文字编码无法确定（encoding unsure），请另存为 UTF-8 后再添加。",
            en=f"The encoding of {name} is uncertain (encoding unsure); save it as UTF-8 and add it again.",
        )
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _decoded(data: bytes) -> str | None:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _try(data, encoding)
    if (text := _try(data, "utf-8")) is not None and "\x00" not in text:
        return text
    if data[:400].count(0) > len(data[:400]) // 8:
        return _try(data, "utf-16-le" if data[1:400:2].count(0) >= data[:400:2].count(0) else "utf-16-be")
    text = _try(data, "gb18030")
    return text if text is not None and _is_chinese(text) else _unmarked_utf16(data)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _unmarked_utf16(data: bytes) -> str | None:
    """Chinese UTF-16 has few zero bytes; it is taken for such only if it reads as Chinese."""
    return next((t for e in ("utf-16-le", "utf-16-be") if (t := _try(data, e)) is not None and _is_chinese(t)), None)


def _is_chinese(text: str) -> bool:
    """Whether the text beyond ASCII is mostly everyday Han (the 3,755 characters of GB 2312's first level) or full-width
    punctuation: another encoding read as GB18030 gives rare ones."""
    beyond = [c for c in text if c > "\x7f"]
    return bool(beyond) and sum(_is_everyday(c) for c in beyond) >= 0.7 * len(beyond)


def _is_everyday(char: str) -> bool:
    if char in "，。、；：？！“”‘’（）《》〈〉【】—…·％　～":
        return True
    try:
        high, low = char.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return False
    return 0xB0 <= high <= 0xD7 and 0xA1 <= low <= 0xFE


def _is_readable(text: str) -> bool:
    """Control and unassigned characters mean that these bytes were no text."""
    strange = sum(1 for c in text if unicodedata.category(c) in ("Cc", "Cn", "Co", "Cs") and c not in "\n\r\t\f\x00")
    return strange <= len(text) // 200 and text.count("\ufffd") <= len(text) // 200


def read_plain(text: str) -> DocumentText:
    """Paragraphs stand between empty lines, or one a line where there are none; hard-wrapped lines are joined."""
    document = DocumentText()
    lines = [line.strip(" \t\f\u3000\ufeff") for line in text.split("\n")]
    groups: list[list[str]] = [[]]
    for line in lines:
        if line:
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    for group in groups:
        for paragraph in _unwrapped(group):
            document.add("list" if re.match(r"[-*•] |\d{1,2}[.)、]", paragraph) else "paragraph", paragraph)
    return document


def _unwrapped(lines: list[str]) -> list[str]:
    """One paragraph if the lines were broken at a margin, else each line by itself."""
    widths = [sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in lines]
    wrapped = len(lines) > 1 and min(widths[:-1]) >= 50 and min(widths[:-1]) > 0.8 * max(widths)
    if not wrapped or any(re.match(r"[-*•] |\d{1,2}[.)、]|第.{1,6}[章条]", line) for line in lines[1:]):
        return lines
    joined = lines[0]
    for line in lines[1:]:
        joined += ("" if joined[-1] > "\u2e80" and line[0] > "\u2e80" else " ") + line
    return [joined]
