"""Source cards: what a citation `[n]` stands for, with the words themselves."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from renzhi.rag.model import Citation
from renzhi.ui.components import (
    badge,
    external_link,
    html_lang,
    meta,
    quality_badge,
    quote,
    quote_in_context,
    review_badge,
)
from renzhi.ui.strings import say


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was fetched for a `passage` citation: text around it, and its page with the span boxed."""

    before: str = ""
    after: str = ""
    page_png: bytes | None = None


def cards(citations: Sequence[Citation], evidence: dict[int, Evidence], lang: str) -> str:
    """All cards in the order of their numbers; none is open until it is chosen."""
    if not citations:
        return f'<p class="rz-meta">{escape(say("no_sources", lang))}</p>'
    drawn = "".join(card(c, evidence.get(c.n, Evidence()), lang) for c in citations)
    return f'<div class="rz-sources" lang="{html_lang(lang)}">{drawn}</div>'


def card(citation: Citation, evidence: Evidence, lang: str) -> str:
    """One card: a head that opens it, and a body with badges, words and origin."""
    c = citation
    body = {"passage": _passage, "record": _record, "reference": _reference}[c.kind](c, evidence, lang)
    doubts = "".join(f'<p class="rz-doubt"><b>{escape(say("doubt", lang))}</b> {escape(d.get(lang))}</p>' for d in c.doubts)
    back = f'<a class="rz-back" href="#answer">{escape(say("back", lang))}</a>'
    return f'<section class="rz-src" id="src-{c.n}">{_head(c, lang)}<div class="rz-src-body">{body}{doubts}{back}</div></section>'


def _head(c: Citation, lang: str) -> str:
    source = c.source
    place = [say("page_n", lang).format(n=c.page) if c.page else None,
             say("paragraph_n", lang).format(n=c.paragraph) if c.paragraph else None, c.locator]
    line = meta(source.author, source.publisher or say("publisher_unknown", lang), str(source.year or say("year_unknown", lang)), *place)
    return (f'<a class="rz-src-head" href="#src-{c.n}"><span class="rz-n">{c.n}</span>'
            f'<span class="rz-src-title"><b>{escape(source.title)}</b><span class="rz-meta">{line}</span></span>'
            f"{quality_badge(source.quality, lang, find_original=source.find_original)}</a>")


def _labels(*items: str) -> str:
    return '<div class="rz-labels">' + "".join(items) + "</div>"


def _passage(c: Citation, evidence: Evidence, lang: str) -> str:
    image = ""
    if evidence.page_png:
        data = base64.b64encode(evidence.page_png).decode()
        alt = escape(say("page_image", lang).format(title=c.title, n=c.page), quote=True)
        image = f'<img class="rz-page" alt="{alt}" src="data:image/png;base64,{data}">'
    held = badge(say("held_reviewed" if c.reviewed else "held", lang), "ok" if c.reviewed else "plain")
    heads = f'<p class="rz-meta">{" › ".join(map(escape, c.heading))}</p>' if c.heading else ""
    words = (quote_in_context(evidence.before, c.quote or "", evidence.after, c.lang)
             if evidence.before or evidence.after else quote(c.quote or "", c.lang))
    return image + _labels(badge(say("verbatim", lang)), held) + heads + words


def _record(c: Citation, _: Evidence, lang: str) -> str:
    top = _labels(review_badge(c, lang), badge(say("record_wording", lang)))
    words = quote(c.quote or "", c.lang)
    translated = ""
    if c.translation and c.translation != c.quote:
        other = "en" if c.lang == "zh" else "zh"
        translated = (f'<p class="rz-translation" lang="{html_lang(other)}"><span class="rz-tag">{escape(say("translation", lang))}</span>'
                      f"{escape(c.translation)}</p>")
    record = f'<p class="rz-meta">{escape(say("case_record", lang))} {escape(f"{c.case}#{c.statement}")}</p>'
    return top + words + translated + _origin(c, lang) + record


def _reference(c: Citation, _: Evidence, lang: str) -> str:
    return _labels(review_badge(c, lang), badge(say("reference_only", lang))) + _origin(c, lang, say_held=False)


def _origin(c: Citation, lang: str, *, say_held: bool = True) -> str:
    """The original behind a record or reference: title, whether it is held, link, further sources."""
    held = f'<span class="rz-meta">{escape(say("not_held", lang))}</span>' if say_held and not c.held else ""
    link = external_link(c.source.url, say("open_link", lang))
    also = f'<p class="rz-meta">{escape(say("also", lang))}：{escape("；".join(c.also))}</p>' if c.also else ""
    return (f'<p class="rz-origin"><span class="rz-meta">{escape(say("original_source", lang))}</span> {escape(c.source.title)} '
            f"{held} {link}</p>{also}")
