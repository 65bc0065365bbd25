"""What reading a file gives: its text by page, and the blocks (headings, paragraphs, lists, tables) that lie in it."""

from dataclasses import dataclass
from typing import Literal

from renzhi.graph.model import Format, Lang, PageText

BlockKind = Literal["heading", "paragraph", "list", "table"]


@dataclass(frozen=True, slots=True)
class Block:
    """A span of one page's text that belongs together."""

    start: int
    """Code points from the start of the page's text (of the whole text where there are no pages)."""
    end: int
    kind: BlockKind
    page: int | None = None
    heading: tuple[str, ...] = ()
    """The headings it stands under, outermost first; a heading's own path ends with itself."""
    paragraph: int | None = None
    """From 1 within the page, or within the document where there are no pages; None for headings."""


@dataclass(frozen=True, slots=True)
class ReadText:
    """A file as it was read."""

    format: Format
    title: str
    lang: Lang
    pages: tuple[PageText, ...]
    """One entry a page; a single one with `page` None where the format has no pages."""
    blocks: tuple[Block, ...]
    """In reading order. Running headers and footers stay in the text of their page and are no block."""
    warnings: tuple[str, ...] = ()
    """Each as `zh / en`."""
    chars_read: int = 0
    chars_total: int = 0
    """Characters the file holds; more than `chars_read` where some could not be read as text."""
    publisher: str | None = None
    """Only where it is printed as such; never guessed."""
    year: int | None = None

    @property
    def text(self) -> str:
        """The pages' texts, one after the other."""
        return "\n".join(page.text for page in self.pages)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page as it is displayed (cropped and turned): PDF points from its top left corner."""

    x0: float
    y0: float
    x1: float
    y1: float
