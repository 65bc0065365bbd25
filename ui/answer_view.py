"""An answer's blocks as HTML: lead, chain strips, evidence by case, measure cards, groups, gaps."""

import re
from collections.abc import Callable, Sequence
from html import escape

from renzhi.rag.model import Answer, Block
from renzhi.ui.components import chain_strip, heading, html_lang
from renzhi.ui.markup import list_items, to_html, to_inline_html
from renzhi.ui.strings import STRINGS, say

Label = Callable[[str, str], str]
"""Concept id and language to label."""
_CASE_LINE = re.compile(r"^\*\*(?P<title>.+?)\*\*\s*[（(](?P<meta>.+?)[）)](?:。|\.\s)\s*(?P<text>.+)$", re.S)
_TITLE_AND_META = re.compile(r"^(?P<title>.+?)\s*[（(](?P<meta>[^（）()]+)[）)]$", re.S)
_MEASURE_LINE = re.compile(r"^(?P<kinds>[^*|｜]+?)\s*[|｜]\s*(?:\*\*(?P<name>.+?)\*\*(?:。|\.)\s*)?(?P<text>.+)$", re.S)
_PARTS = re.compile(r"(?:^|[。.；;]\s*)(副作用|作用|案例|Side effects|Effect|Case)\s*[：:]\s*")
_QUOTED_LINE = re.compile(r"^(?P<head>.*?[：:])\s*“(?P<quote>.+)”\s*(?P<marks>(?:\[\d+\])+)", re.S)
_DIMENSIONS = ("technology", "institution", "space")


def answer_html(answer: Answer, label: Label, lang: str) -> str:
    """The left pane: all blocks but the sources, which have cards of their own. `lang` is the interface's."""
    parts = [_block(block, answer, lang) for block in answer.blocks if block.kind != "sources"]
    strips = _chains(answer, label)
    if strips:
        parts.insert(_place_of_chains(answer), strips)
    return f'<article class="rz-answer" id="answer" lang="{html_lang(answer.lang)}">{"".join(parts)}</article>'


def _place_of_chains(answer: Answer) -> int:
    shown = [block.kind for block in answer.blocks if block.kind != "sources"]
    return shown.index("lead") + 1 if "lead" in shown else 0


def _chains(answer: Answer, label: Label) -> str:
    strips = [chain_strip([(step, label(step, answer.lang)) for step in chain]) for chain in answer.chains[:4] if len(chain) > 1]
    return "".join(strips)


def _block(block: Block, answer: Answer, lang: str) -> str:
    draw: Callable[[str, str], str] | None
    draw = {"evidence": _evidence, "nearest": _nearest, "measures": _measures, "groups": _groups, "gaps": _gaps,
            "document": _document}.get(block.kind)
    body = draw(block.markdown, lang) if draw else to_html(block.markdown, lang)
    if block.kind == "lead" and answer.intent == "chatter":
        return f'<div class="rz-notice rz-warn" role="status">{body}</div>'
    if block.kind == "lead" and answer.abstained:
        return f'<div class="rz-notice rz-warn" role="status"><strong>{escape(say("weak_title", answer.lang))}</strong>{_without_title(block, answer, lang)}</div>'
    title = _heading(block.heading) if block.heading else ""
    if block.kind == "table" and answer.abstained and body:
        title = title or heading(say("missing", answer.lang))
    return f'<div class="rz-block rz-b-{block.kind}">{title}{body}</div>'


def _without_title(block: Block, answer: Answer, lang: str) -> str:
    """The lead of an abstention, which itself may open with the notice's title."""
    text = block.markdown.strip()
    title = STRINGS["weak_title"][0 if answer.lang == "zh" else 1]
    rest = text.removeprefix(title).lstrip("。.:：， ")
    return to_html(_capital(rest), lang) if rest else ""


def _capital(text: str) -> str:
    """With a capital where it opens a line of its own."""
    return text[:1].upper() + text[1:]


def _heading(text: str) -> str:
    """A heading whose bracketed part is set smaller."""
    found = re.match(r"^(.*?)\s*[（(](.+)[）)]$", text)
    return heading(found[1], found[2]) if found else heading(text)


def _evidence(markdown: str, lang: str) -> str:
    rows = [_CASE_LINE.match(item) for item in list_items(markdown)]
    if not rows or not all(rows):
        return to_html(markdown, lang)
    return "".join(
        f'<div class="rz-row"><div><b>{to_inline_html(row["title"], lang)}</b><span class="rz-meta">{to_inline_html(_dots(row["meta"]), lang)}</span></div>'
        f'<div>{_sentences(row["text"], lang)}</div></div>' for row in rows if row)


def _document(markdown: str, lang: str) -> str:
    """Where it stands in our voice, the words themselves in the source's."""
    rows = [_QUOTED_LINE.match(item) for item in list_items(markdown)]
    if not rows or not all(rows):
        return to_html(markdown, lang)
    return "".join(
        f'<div class="rz-quoted"><p class="rz-meta">{to_inline_html(row["head"].rstrip("：: "), lang)} {to_inline_html(row["marks"], lang)}</p>'
        f'<blockquote class="rz-quote"><mark>{to_inline_html(row["quote"], lang)}</mark></blockquote></div>' for row in rows if row)


def _dots(text: str) -> str:
    return re.sub(r"\s*[，,；;]\s*", " · ", text)


def _sentences(markdown: str, lang: str) -> str:
    """One paragraph a sentence, cut behind its markers."""
    parts = re.split(r"(?<=\])(。|\.)\s*", markdown)
    joined = ["".join(parts[i : i + 2]) for i in range(0, len(parts), 2)]
    return "".join(f"<p>{to_inline_html(part, lang)}</p>" for part in joined if part.strip())


def _nearest(markdown: str, lang: str) -> str:
    """A card a row: the case, what is the same and what differs, and what it records."""
    head, *rows = [_cells(line) for line in markdown.splitlines() if line.startswith("|") and not line.startswith("|--")] or [[]]
    if not rows or {len(row) for row in (head, *rows)} != {4}:
        return to_html(markdown, lang)
    note = "\n".join(line for line in markdown.splitlines() if not line.startswith("|"))
    return "".join(_near_card(head, row, lang) for row in rows) + f'<div class="rz-meta">{to_html(note, lang)}</div>'


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _near_card(head: Sequence[str], row: Sequence[str], lang: str) -> str:
    title, same, differs, records = row
    found = _TITLE_AND_META.match(title)
    name, line = (found["title"], _dots(found["meta"])) if found else (title, "")
    colon = "：" if re.search("[\u3400-\u9fff]", head[0]) else ": "
    pairs = "".join(f"<span><span>{escape(label)}{colon}</span>{to_inline_html(text, lang)}</span>" for label, text in ((head[1], same), (head[2], differs)))
    said = f"<p>{to_inline_html(records, lang)}</p>" if records else ""
    return (f'<div class="rz-card rz-near"><b>{to_inline_html(name, lang)}</b>'
            f'<p class="rz-meta"><span>{to_inline_html(line, lang)}</span>{pairs}</p>{said}</div>')


def _measures(markdown: str, lang: str) -> str:
    rows = [_MEASURE_LINE.match(item) for item in list_items(markdown)]
    if not rows or not all(rows):
        return to_html(markdown, lang)
    columns: dict[str, list[str]] = {dimension: [] for dimension in _DIMENSIONS}
    for row in rows:
        if row:
            kinds = _dimensions(row["kinds"])
            columns[kinds[0]].append(_measure_card(row, kinds, lang))
    drawn = "".join(f'<div class="rz-col"><h3>{escape(say(name, _language_of(markdown)))}</h3>{"".join(cards)}</div>'
                    for name, cards in columns.items() if cards)
    return f'<div class="rz-cols">{drawn}</div>'


def _language_of(markdown: str) -> str:
    return "zh" if "｜" in markdown else "en"


def _dimensions(text: str) -> list[str]:
    """The dimensions in the order in which the line names them."""
    at = {d: max(text.find(STRINGS[d][0]), text.lower().find(STRINGS[d][1].lower())) for d in _DIMENSIONS}
    return sorted((d for d in _DIMENSIONS if at[d] >= 0), key=at.__getitem__) or ["technology"]


def _measure_card(row: re.Match[str], kinds: Sequence[str], lang: str) -> str:
    if not row["name"]:
        return f'<p class="rz-meta rz-empty">{to_inline_html(_capital(row["text"]), lang)}</p>'
    pieces = _PARTS.split(row["text"])
    fields = dict(zip(pieces[1::2], pieces[2::2], strict=False))
    rows = "".join(_measure_field(name, text.strip(), lang) for name, text in fields.items()) or to_html(row["text"], lang)
    more = f'<p class="rz-meta rz-kinds">{to_inline_html(row["kinds"].replace("、", " · "), lang)}</p>' if len(kinds) > 1 else ""
    return (f'<div class="rz-measure"><h4><i class="rz-glyph rz-measure-g" aria-hidden="true"></i>{to_inline_html(row["name"], lang)}</h4>'
            f"{rows}{more}</div>")


def _measure_field(name: str, text: str, lang: str) -> str:
    kind = "rz-side" if name in STRINGS["side_effects"] else "rz-field"
    return f'<div class="{kind}"><b>{escape(name)}</b><span>{to_inline_html(_capital(text), lang)}</span></div>'


def _groups(markdown: str, lang: str) -> str:
    """Label and text a row; a sentence without a label closes the box as a note."""
    rows = []
    for part in re.split(r"(?<=[。])\s*|(?<=\.)\s+(?=[A-Z])", markdown.strip()):
        name, colon, text = (part.partition("：") if "：" in part else part.partition(": "))
        if colon and len(name) < 30:
            rows.append(f'<div class="rz-pair"><b>{to_inline_html(name, lang)}</b><span>{to_inline_html(text.rstrip("。."), lang)}</span></div>')
        elif part:
            rows.append(f'<p class="rz-meta">{to_inline_html(part, lang)}</p>')
    return f'<div class="rz-box">{"".join(rows)}</div>'


def _gaps(markdown: str, lang: str) -> str:
    items = list_items(markdown) or [part.strip().rstrip("。.") for part in re.split(r"；|;\s", markdown.strip())]
    return "<ul>" + "".join(f"<li>{to_inline_html(item, lang)}</li>" for item in items if item) + "</ul>"
