"""HTML, through Beautiful Soup and lxml: what a reader sees of the page's own text."""

import re
from typing import TYPE_CHECKING

from renzhi.ingest_docs.document_text import DocumentText
from renzhi.ingest_docs.model import BlockKind

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_DROPPED = [
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "aside",
    "form",
    "button",
    "select",
    "svg",
    "iframe",
    "object",
    "head",
]
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "ul",
        "html",
        "center",
    ]
)


def read_html(text: str) -> tuple[DocumentText, dict[str, str]]:
    """The document's text and what its head says of it: `title`, `publisher`, `date`, `lang` where given."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "lxml")
    head = _head(soup)
    for tag in [*soup.find_all(_DROPPED), *soup.select("[hidden], [role=navigation]")]:
        tag.decompose()
    document = DocumentText()
    if root := soup.body or soup:
        _read(root, document)
    return document, head


def _head(soup: "BeautifulSoup") -> dict[str, str]:
    found: dict[str, str] = {}
    if soup.title and soup.title.get_text(strip=True):
        found["title"] = " ".join(soup.title.get_text().split())
    names = {
        "publisher": "publisher",
        "dc.publisher": "publisher",
        "og:site_name": "publisher",
        "dcterms.publisher": "publisher",
        "date": "date",
        "dc.date": "date",
        "article:published_time": "date",
        "pubdate": "date",
        "citation_publication_date": "date",
    }
    for tag in soup.find_all("meta"):
        name = names.get(str(tag.get("name") or tag.get("property") or "").lower())
        if name and tag.get("content"):
            found.setdefault(name, str(tag["content"]).strip())
    if soup.html and soup.html.get("lang"):
        found["lang"] = str(soup.html["lang"])
    return found


def _read(root: "Tag", document: DocumentText) -> None:
    """Depth first without recursion into the interpreter's limit: pages nest deeply."""
    from bs4.element import NavigableString, Tag

    stack: list[object] = [root]
    inline: list[str] = []
    while stack:
        node = stack.pop()
        if isinstance(node, _End):
            _flush(inline, document, node.kind, node.rank)
        elif type(node) is NavigableString:  # its subclasses are comments, declarations and the like
            inline.append(str(node))
        elif isinstance(node, Tag) and node.name in ("br", "tr"):
            _flush(inline, document, "paragraph", None)
            document.add("table", _cells(node))  # a line break has none
        elif isinstance(node, Tag) and node.name in _BLOCKS:
            _flush(inline, document, "paragraph", None)
            stack += [_end_of(node.name), *reversed(list(node.children))]
        elif isinstance(node, Tag):
            stack += reversed(list(node.children))
    _flush(inline, document, "paragraph", None)


def _cells(row: "Tag") -> str:
    return "\t".join(_clean(cell.get_text(" ")) for cell in row.find_all(["td", "th"], recursive=False))


class _End:
    """Marks where a block element ends."""

    def __init__(self, kind: BlockKind, rank: int | None) -> None:
        self.kind, self.rank = kind, rank


def _end_of(name: str) -> _End:
    if re.fullmatch(r"h[1-6]", name):
        return _End("heading", int(name[1]))
    return _End("list" if name == "li" else "paragraph", None)


def _flush(inline: list[str], document: DocumentText, kind: BlockKind, rank: int | None) -> None:
    document.add(kind, _clean("".join(inline)), rank=rank)
    inline.clear()


def _clean(text: str) -> str:
    """White space as HTML means it; line breaks between Han characters are none."""
    text = re.sub(r"(?<=[\u2e80-\uffef])[ \t]*\n\s*(?=[\u2e80-\uffef])", "", text)
    return " ".join(text.replace("\u200b", "").split())
