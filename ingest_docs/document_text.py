"""Gathers the text of a format without pages, block by block, and keeps where each block lies."""

from dataclasses import dataclass, field

from renzhi.ingest_docs.headings import HeadingPath, division_rank, is_contents_line
from renzhi.ingest_docs.model import Block, BlockKind


@dataclass(slots=True)
class DocumentText:
    text: str = ""
    blocks: list[Block] = field(default_factory=list)
    title: str | None = None
    """The first heading of the highest rank, unless a reader knows better."""
    _path: HeadingPath = field(default_factory=HeadingPath)
    _paragraphs: int = 0

    def add(self, kind: BlockKind, text: str, *, rank: int | None = None) -> None:
        """Appends one block; empty ones are left out. A statute's chapter is a heading whatever its mark-up.

        A line of a table of contents stays in the text and is no block.
        """
        text = text.strip()
        if not text:
            return
        if kind == "paragraph" and (division := division_rank(text)):
            kind, rank = "heading", division
        start = len(self.text) + 1 if self.text else 0
        self.text += ("\n" if self.text else "") + text
        if kind != "table" and is_contents_line(text):
            return
        self.blocks.append(self._block(kind, start, text, rank))

    def _block(self, kind: BlockKind, start: int, text: str, rank: int | None) -> Block:
        end = start + len(text)
        if kind == "heading":
            self.title = self.title or " ".join(text.split())
            return Block(start, end, kind, heading=self._path.enter(division_rank(text) or rank or 1, text))
        self._paragraphs += 1
        return Block(start, end, kind, heading=self._path.path, paragraph=self._paragraphs)
