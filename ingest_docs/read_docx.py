"""Word files, through python-docx: headings, paragraphs and tables in the order of the document."""

import io
import re
import zipfile
from typing import Any

from renzhi.errors import Unreadable
from renzhi.ingest_docs.document_text import DocumentText
from renzhi.ingest_docs.model import BlockKind

MAX_EXPANDED = 200 * 1024 * 1024
"""Bytes; a .docx that unpacks to more is refused unread (python-docx would need several times as much memory)."""
MAX_RATIO = 100


def is_docx(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def read_docx(data: bytes, *, name: str) -> tuple[DocumentText, str | None]:
    """The document's text and the title of its properties.

    Raises `Unreadable` for an archive that unpacks to too much, and for a damaged file.
    """
    _refuse_bombs(data, name=name)
    import docx

    try:
        loaded = docx.Document(io.BytesIO(data))
        document = DocumentText()
        for item in loaded.iter_inner_content():
            _add(item, document)
        title = str(loaded.core_properties.title or "").strip() or None
    except Exception as exc:  # python-docx and lxml raise whatever the broken part provokes
        raise Unreadable(
            zh=f"{name} 是损坏的 Word 文件，请在 Word 中打开并另存为 .docx 后再添加。",
            en=f"{name} is a damaged Word file; open it in Word, save it as .docx and add it again.",
        ) from exc
    return document, title


def _refuse_bombs(data: bytes, *, name: str) -> None:
    """Counts what the archive really unpacks to: the sizes that its directory states may lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            stated = sum(entry.file_size for entry in archive.infolist())
            if stated <= MAX_EXPANDED and not _expands_too_much(archive, len(data)):
                return
    except Exception as exc:  # zipfile and zlib raise whatever the broken archive provokes
        raise Unreadable(
            zh=f"{name} 是损坏的 Word 文件，请在 Word 中打开并另存为 .docx 后再添加。",
            en=f"{name} is a damaged Word file; open it in Word, save it as .docx and add it again.",
        ) from exc
    raise Unreadable(
        zh=f"{name} 解压后过大（可能是压缩炸弹），未读取；请删减内容或拆分后再添加。",
        en=f"{name} unpacks to far more than its size (perhaps a zip bomb) and was not read; shorten or split it.",
    )


def _expands_too_much(archive: zipfile.ZipFile, packed: int) -> bool:
    expanded = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            while chunk := part.read(1 << 20):
                expanded += len(chunk)
                # Small files of repeated mark-up pack well; they can do no harm.
                if expanded > MAX_EXPANDED or (expanded > 5 << 20 and expanded > MAX_RATIO * packed):
                    return True
    return False


def _add(item: Any, document: DocumentText) -> None:
    if hasattr(item, "rows"):
        _add_table(item, document)
        return
    kind, rank = _style(item)
    for part in item.text.split("\n") if kind != "heading" else [item.text]:
        document.add(kind, part, rank=rank)


def _add_table(table: Any, document: DocumentText) -> None:
    """One block a row; a merged cell, which python-docx gives again for each place it spans, stands once."""
    seen: list[Any] = []
    for row in table.rows:
        texts = []
        for cell in row.cells:
            if not any(cell._tc is other for other in seen[-64:]):
                seen.append(cell._tc)
                texts.append(" ".join(cell.text.split()))
        document.add("table", "\t".join(texts))


def _style(paragraph: Any) -> tuple[BlockKind, int | None]:
    """`Heading 1`, `标题 1` and `Title` by name or by outline level; lists by their style."""
    style = paragraph.style
    name = str(style.name if style is not None else "")
    if re.match(r"(?:title|标题)$", name, re.I):
        return "heading", 1
    if found := re.match(r"(?:heading|标题)\s*(\d)", name, re.I):
        return "heading", int(found[1]) + 1
    return ("list" if re.match(r"list|列表|列出", name, re.I) else "paragraph"), None
