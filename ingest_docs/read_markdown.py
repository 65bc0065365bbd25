"""Markdown, through markdown-it-py: the words without their mark-up."""

from typing import TYPE_CHECKING

from renzhi.ingest_docs.document_text import DocumentText
from renzhi.ingest_docs.model import BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token


def read_markdown(text: str) -> DocumentText:
    """Headings, paragraphs, list items and table rows; code blocks as paragraphs, HTML and front matter left out."""
    from markdown_it import MarkdownIt

    document = DocumentText()
    tokens = MarkdownIt("commonmark").enable("table").parse(_without_front_matter(text))
    lists = 0
    row: list[str] | None = None
    rank: int | None = None
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists -= 1
        elif token.type == "heading_open":
            rank = int(token.tag[1])
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            document.add("table", "\t".join(row or []))
            row = None
        elif token.type in ("fence", "code_block"):
            document.add("paragraph", token.content)
        elif token.type == "inline":
            words = _words(token.children or [])
            if row is not None:
                row.append(words)
            else:
                kind: BlockKind = "heading" if rank else "list" if lists else "paragraph"
                document.add(kind, words, rank=rank)
            rank = None
    return document


def _without_front_matter(text: str) -> str:
    if text.startswith("---\n") and (end := text.find("\n---", 4)) > 0:
        return text[text.find("\n", end + 1) + 1 :]
    return text


def _words(tokens: "Sequence[Token]") -> str:
    """The text of inline tokens; a soft line break between Han characters leaves no space."""
    words = ""
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            words += "\n"
        elif token.type in ("text", "code_inline"):
            words += token.content
        elif token.type == "image":
            words += _words(token.children or [])
    lines = [line.strip() for line in words.split("\n")]
    joined = lines[0]
    for line in lines[1:]:
        joined += ("" if joined and line and joined[-1] > "\u2e80" and line[0] > "\u2e80" else " ") + line
    return joined
