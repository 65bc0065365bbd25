"""Small pieces of escaped HTML: chips, badges, pills, chain strips, notices. Every text that comes in is escaped here."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Literal

from renzhi.ontology.model import kind_of
from renzhi.rag.model import Citation
from renzhi.ui.strings import say

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

Tone = Literal["plain", "brand", "ok", "warn", "bad"]
_BARS: dict[str, tuple[int, Tone, str]] = {
    # quality -> bars of four, tone, microcopy
    "official": (4, "ok", "official"),
    "original_press": (3, "brand", "original_press"),
    "copy": (2, "warn", "copy_quality"),
    "low": (1, "bad", "low"),
}
_PILLS: dict[str, Tone] = {"in_review": "warn", "active": "ok", "added": "ok", "updated": "brand", "failed": "bad"}


def show(html: str, *, into: "DeltaGenerator | None" = None) -> None:
    """Puts HTML on the page, or into a part of it; Streamlit sanitises it once more in the browser."""
    import streamlit as st

    # In a Chinese font the middle dot is as wide as a character; it is set in the Latin one.
    dotted = re.sub(r"(<[^>]*>)|·", lambda m: m[1] or '<span class="rz-mid">·</span>', html)
    (st if into is None else into).html(dotted)


def html_lang(lang: str | None) -> str:
    """The value of an HTML `lang` attribute; empty for an unknown language, as HTML has it."""
    return {"zh": "zh-CN", "en": "en", "ja": "ja"}.get(lang or "", "")


def badge(text: str, tone: Tone = "plain") -> str:
    return f'<span class="rz-badge rz-{tone}"><span>{escape(text)}</span></span>'


def quality_badge(quality: str, lang: str, *, find_original: bool = False) -> str:
    """Bars and word for a source's quality; no bars where nobody rated it."""
    bars, tone, word = _BARS.get(quality, (0, "plain", "not_rated"))
    text = say("mirror" if find_original and quality == "copy" else word, lang)
    drawn = "".join(f'<i class="{"on" if i < bars else ""}"></i>' for i in range(4))
    meter = f'<span class="rz-bars" aria-hidden="true">{drawn}</span>' if bars else ""
    return f'<span class="rz-badge rz-{tone}">{meter}<span>{escape(text)}</span></span>'


def review_badge(citation: Citation, lang: str) -> str:
    """Reviewed only where a person here reviewed it; the pack's own wears "as shipped"."""
    if citation.reviewed:
        who = citation.reviewed_by
        return badge(say("reviewed_by", lang).format(who=who) if who else say("reviewed", lang), "ok")
    return badge(say("shipped", lang)) if citation.shipped else badge(say("not_reviewed", lang), "warn")


def concept_chip(concept: str | None, label: str) -> str:
    """Glyph and label; the glyph's shape and colour tell the kind."""
    kind = kind_of(concept or "")
    glyph = f'<i class="rz-glyph rz-{kind}" aria-hidden="true"></i>' if kind else ""
    return f'<span class="rz-chip">{glyph}<span>{escape(label)}</span></span>'


def chips(pairs: Iterable[tuple[str | None, str]]) -> str:
    return '<div class="rz-chips">' + "".join(concept_chip(concept, label) for concept, label in pairs) + "</div>"


def chain_strip(steps: Sequence[tuple[str | None, str]], *, link_text: str = "") -> str:
    """A chain as boxes and arrows; each arrow and the box it leads to stay together."""
    parts = []
    for at, (concept, label) in enumerate(steps):
        arrow = f'<span class="rz-arrow"><em>{escape(link_text)}</em></span>' if at else ""
        parts.append(f'<span class="rz-step">{arrow}{concept_chip(concept, label)}</span>')
    return '<div class="rz-chain">' + "".join(parts) + "</div>"


def state_pill(state: str, lang: str) -> str:
    """The pill of a file's state: added, in_review, active, updated, unchanged, duplicate, failed, withdrawn."""
    return badge(say(f"state_{state}", lang), _PILLS.get(state, "plain"))


def notice(text: str, *, title: str = "", tone: Tone = "warn") -> str:
    """A framed message; failures are announced at once to a screen reader."""
    head = f"<strong>{escape(title)}</strong>" if title else ""
    role = "alert" if tone == "bad" else "status"
    return f'<div class="rz-notice rz-{tone}" role="{role}">{head}<p>{escape(text)}</p></div>'


def meta(*parts: str | None) -> str:
    """Facts about a thing on one line, parted by a middle dot that keeps its narrow width in Chinese."""
    return '<span class="rz-dot"> · </span>'.join(escape(part) for part in parts if part)


def working(text: str, *, stopped: str) -> str:
    """Says `text` while the page is being made, and `stopped` where it stays when no more is coming."""
    return f'<p class="rz-working" role="status"><span>{escape(text)}</span><span>{escape(stopped)}</span></p>'


def year_span(years: str, lang: str) -> str:
    """The years of a case with the dash of the language.

    >>> year_span("2017-2019", "zh"), year_span("2024-", "en"), year_span("2021-07-20", "en")
    ('2017—2019', '2024–', '2021-07-20')
    """
    return re.sub(r"(?<![\d-])(\d{4})-(?=\d{4}(?![\d-])|$)", r"\1" + ("—" if lang == "zh" else "–"), years)


def plain_label(text: str, *, limit: int = 200) -> str:
    """A text as the label of a Streamlit widget, which reads labels as Markdown: one line, nothing in it is markup."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~<>:$^])", r"\\\1", shortened(text, limit=limit))


def shortened(text: str, *, limit: int = 200) -> str:
    """The text on one line of at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def page_head(title: str, lead: str = "") -> str:
    below = f'<p class="rz-lead2">{escape(lead)}</p>' if lead else ""
    return f'<div class="rz-head"><h1>{escape(title)}</h1>{below}</div>'


def heading(title: str, aside: str = "") -> str:
    note = f"<small>{escape(aside)}</small>" if aside else ""
    return f'<h2 class="rz-h2">{escape(title)}{note}</h2>'


def progress_bar(done: int, total: int) -> str:
    share = round(100 * done / total, 1) if total else 100
    return (f'<div class="rz-progress" role="progressbar" aria-valuenow="{share}" aria-valuemin="0" aria-valuemax="100">'
            f'<i style="width:{share}%"></i></div>')


def external_link(url: str | None, text: str) -> str:
    """A link that leaves the page, for http(s) addresses only; nothing for others."""
    if not url or not url.lower().startswith(("http://", "https://")):
        return ""
    return f'<a class="rz-link" href="{escape(url, quote=True)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>'


def quote(text: str, lang: str | None) -> str:
    """A source's own words: serif, on yellow."""
    return f'<blockquote class="rz-quote" lang="{html_lang(lang)}"><mark>{escape(text)}</mark></blockquote>'


def quote_in_context(before: str, text: str, after: str, lang: str | None) -> str:
    """The words with what stands around them in the source."""
    return (f'<blockquote class="rz-quote rz-context" lang="{html_lang(lang)}">{escape(before)}<mark>{escape(text)}</mark>'
            f"{escape(after)}</blockquote>")
