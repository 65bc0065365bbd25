"""An answer's Markdown as safe HTML, with its `[n]` markers as links that open source cards."""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from renzhi.ui.strings import say

_MARKER = re.compile(r"\[(\d{1,3})\]")
_TAIL = re.compile(r"([^\s<>&;]?)\s*((?:<a class=\"rz-cite\"[^>]*>\d+</a>)+)([。，；：、.,;:）)]?)")


def chip(n: int, lang: str) -> str:
    """The citation chip `[n]`: a link to the source card, which opens it without a rerun."""
    label = escape(say("source_n", lang).format(n=n))
    return f'<a class="rz-cite" href="#src-{n}" aria-label="{label}">{n}</a>'


def to_html(markdown: str, lang: str) -> str:
    """Block HTML: no raw HTML, no images, links to http(s) only."""
    return keep_together(_parser(lang).render(markdown))


def to_inline_html(markdown: str, lang: str) -> str:
    """The same without the enclosing paragraph, for one line of text."""
    return keep_together(_parser(lang).renderInline(markdown))


def list_items(markdown: str) -> list[str]:
    """The Markdown of each item where the whole text is one flat bullet list, else nothing."""
    lines = markdown.strip().split("\n")
    flat = all(line.startswith("- ") for line in lines)
    return [line[2:].strip() for line in lines] if flat else []


def keep_together(html: str) -> str:
    """The HTML with every run of chips bound to the character before and the punctuation after it."""
    return _TAIL.sub(r'<span class="rz-nb">\1\2\3</span>', html)


@lru_cache(maxsize=2)
def _parser(lang: str) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["image", "autolink", "html_inline", "html_block"])
    parser.validateLink = lambda url: re.match(r"https?://", url.strip(), re.I) is not None  # type: ignore[method-assign]
    parser.inline.ruler.before("link", "citation", _read_marker)

    def draw_marker(_: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        return chip(int(tokens[at].content), lang)

    parser.add_render_rule("citation", draw_marker)
    return parser


def _read_marker(state: StateInline, silent: bool) -> bool:
    found = _MARKER.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("citation", "", 0).content = found[1]
    state.pos = found.end()
    return True
