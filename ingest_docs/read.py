"""Reads one file, whatever its format, into text, blocks and what is printed of its origin."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

from renzhi.errors import Unreadable
from renzhi.graph.model import Format, PageText
from renzhi.ingest_docs.document_text import DocumentText
from renzhi.ingest_docs.headings import division_rank
from renzhi.ingest_docs.imprint import Imprint, read_imprint
from renzhi.ingest_docs.language import language_of
from renzhi.ingest_docs.model import Block, ReadText

MAX_BYTES = 50 * 1024 * 1024
FORMATS: dict[str, Format] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
    ".md": "md",
    ".markdown": "md",
    ".txt": "txt",
    ".text": "txt",
}
_SIGNS = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "Word/ZIP"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\xd0\xcf\x11\xe0", "Word 97–2003 / encrypted Office"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
)


def read_file(path: Path, *, name: str | None = None, progress: Callable[[int, int], None] | None = None) -> ReadText:
    """The file at `path` as text; `name` is what it was called where it lies under another name.

    `progress` is told pages done and pages in all. Raises `Unreadable`, with a sentence that says what to do, for a
    missing, empty, damaged, encrypted or oversized file, for a format that is not read, for content of another kind
    than the name says, for scans, and for text whose encoding is uncertain.
    """
    name = name or path.name
    data = _bytes(path, name)
    format = _format(data, name)
    if format == "pdf":
        return _read_pdf(path, name, progress)
    read = _read_docx(data, name) if format == "docx" else _read_marked_up(data, name, format)
    if progress:
        progress(1, 1)
    return read


def _bytes(path: Path, name: str) -> bytes:
    if path.is_dir():
        raise Unreadable(
            zh=f"{name} 是文件夹；请添加其中的文件，或加上 --recursive。",
            en=f"{name} is a folder; add the files in it, or use --recursive.",
        )
    if not path.exists():
        raise Unreadable(
            zh=f"找不到文件 {name}；请检查路径和文件名。", en=f"There is no file {name}; check the path and the name."
        )
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Unreadable(
                zh=f"{name} 有 {size / 1048576:.0f} MB，超过 50 MB 的上限；请拆分或压缩后再添加。",
                en=f"{name} has {size / 1048576:.0f} MB, over the limit of 50 MB; split or compress it and add it again.",
            )
        data = path.read_bytes()
    except OSError as exc:
        raise Unreadable(
            zh=f"无法打开 {name}（{exc.strerror}）；请检查读取权限。",
            en=f"Cannot open {name} ({exc.strerror}); check that you may read it.",
        ) from exc
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise Unreadable(
            zh=f"{name} 是空文件；请检查是否选错或没有下载完整。",
            en=f"{name} is empty; check that it is the right file and was downloaded whole.",
        )
    return data


def _format(data: bytes, name: str) -> Format:
    """By the name's ending, provided that the content is of that kind."""
    format = FORMATS.get(Path(name).suffix.lower())
    if format is None:
        raise Unreadable(
            zh=f"不认识 {name} 的格式；可读取 PDF、DOCX、HTML、Markdown（.md）和纯文本（.txt），请另存为其中一种。",
            en=f"{name} is of a format that is not read; save it as PDF, DOCX, HTML, Markdown (.md) or plain text (.txt).",
        )
    found = next(
        (
            label
            for sign, label in _SIGNS
            if data.lstrip()[:8].startswith(sign) or (label == "PDF" and sign in data[:1024])
        ),
        None,
    )
    if format == "pdf" and found != "PDF":
        raise _other_content(name, "PDF", found or _kind_of_text(data))
    if format == "docx" and not _is_docx(data):
        raise _other_content(name, "Word (.docx)", found if found != "Word/ZIP" else "ZIP")
    if format in ("html", "md", "txt") and found and not (found == "PDF" and not data.lstrip().startswith(b"%PDF-")):
        raise _other_content(name, "text", found)
    return format


def _is_docx(data: bytes) -> bool:
    from renzhi.ingest_docs.read_docx import is_docx

    return is_docx(data)


def _kind_of_text(data: bytes) -> str | None:
    return "HTML" if re.match(rb"\s*<(?:!doctype html|html|head|body)", data[:300], re.I) else None


def _other_content(name: str, expected: str, found: str | None) -> Unreadable:
    zh = {"text": "文本"}.get(expected, expected)
    is_zh, is_en = (f"，实际是 {found}", f"; it is {found}") if found else ("", "")
    return Unreadable(
        zh=f"{name} 的内容不是 {zh}{is_zh}，或者文件已损坏；请改正扩展名，或重新下载、导出后再添加。",
        en=f"The content of {name} is not {expected}{is_en}, or it is damaged; correct the ending of its name, or download or export it again.",
    )


# -- the formats


def _read_pdf(path: Path, name: str, progress: Callable[[int, int], None] | None) -> ReadText:
    from renzhi.ingest_docs.pdf_child import read_pdf_apart

    pdf = read_pdf_apart(path, name=name, progress=progress)
    if not any(page.text.strip() for page in pdf.pages):
        raise Unreadable(
            zh=f"{name} 没有文字层，可能是扫描件；请先做文字识别（OCR）再添加。",
            en=f"{name} has no text layer, it is probably a scan and needs OCR; recognise its text first and add the result.",
        )
    warnings = []
    if pdf.scans:
        warnings.append(
            f"{pdf.scans} 页没有文字层，可能是扫描件 / {pdf.scans} pages have no text layer; probably a scan"
        )
    if pdf.unread:
        warnings.append(
            f"{pdf.unread} 个字符没有编码，读不出来 / {pdf.unread} characters have no code and cannot be read"
        )
    return _finished(name, "pdf", pdf.pages, pdf.blocks, given_title=pdf.title, warnings=warnings, unread=pdf.unread)


def _read_docx(data: bytes, name: str) -> ReadText:
    from renzhi.ingest_docs.read_docx import read_docx

    document, title = read_docx(data, name=name)
    return _whole(name, "docx", document, given_title=title)


def _read_marked_up(data: bytes, name: str, format: Format) -> ReadText:
    from renzhi.ingest_docs.read_plain import decode, read_plain

    if format == "html":
        return _read_html(data, name)
    text = decode(data, name=name)
    if format == "md":
        from renzhi.ingest_docs.read_markdown import read_markdown

        document = read_markdown(text)
        return _whole(name, "md", document, given_title=document.title)
    return _whole(name, "txt", read_plain(text))


def _read_html(data: bytes, name: str) -> ReadText:
    from renzhi.ingest_docs.read_html import read_html
    from renzhi.ingest_docs.read_plain import decode

    declared = re.search(rb"charset=[\"']?([\w-]+)", data[:2048], re.I)
    try:
        encoding = declared[1].decode() if declared else ""
        text = data.decode({"gb2312": "gb18030", "gbk": "gb18030"}.get(encoding.lower(), encoding)) if encoding else ""
    except (UnicodeDecodeError, LookupError):
        text = ""
    document, head = read_html(text or decode(data, name=name))
    read = _whole(name, "html", document, given_title=document.title or head.get("title"))
    year = re.match(r"(19|20)\d\d", head.get("date", ""))
    return _with_origin(read, head.get("publisher"), int(year[0]) if year else None)


def _with_origin(read: ReadText, publisher: str | None, year: int | None) -> ReadText:
    from dataclasses import replace

    return replace(read, publisher=publisher or read.publisher, year=year or read.year)


def _whole(name: str, format: Format, document: DocumentText, *, given_title: str | None = None) -> ReadText:
    return _finished(
        name, format, (PageText(None, document.text),), tuple(document.blocks), given_title=given_title, warnings=[]
    )


def _finished(
    name: str,
    format: Format,
    pages: tuple[PageText, ...],
    blocks: tuple[Block, ...],
    *,
    given_title: str | None,
    warnings: list[str],
    unread: int = 0,
) -> ReadText:
    text = "\n".join(page.text for page in pages)
    if not any(unicodedata.category(c)[0] in "LN" for c in text):
        raise Unreadable(
            zh=f"{name} 里没有文字；请检查是否选错文件。", en=f"{name} holds no text; check that it is the right file."
        )
    imprint = _imprint(pages[0].text, [b for b in blocks if b.page in (None, 1)], given_title)
    read = sum(1 for c in text if not c.isspace())
    return ReadText(
        format=format,
        title=imprint.title or _first_line(text) or Path(name).stem,
        lang=language_of(text),
        pages=pages,
        blocks=blocks,
        warnings=tuple(warnings),
        chars_read=read,
        chars_total=read + unread,
        publisher=imprint.publisher,
        year=imprint.year,
    )


def _imprint(first: str, blocks: list[Block], given_title: str | None) -> Imprint:
    """From the first page, or the opening of a text without pages, up to its first long paragraph or article."""
    lines: list[str] = []
    for block in blocks[:40]:
        text = first[block.start : block.end]
        if len(text) > 400 or re.match(r"第一[章条]", text):
            break
        lines.append(text)
    named = [b for b in blocks if b.kind == "heading" and division_rank(first[b.start : b.end]) is None]
    headings = sorted(named, key=lambda b: len(b.heading))
    return read_imprint(
        lines,
        headings=[first[b.start : b.end] for b in headings],
        given_title=given_title,
        latest_year=date.today().year + 1,
    )


def _first_line(text: str) -> str | None:
    line = next((line.strip() for line in text.split("\n") if len(line.strip()) > 1), "")
    return line if 1 < len(line) <= 80 else None
