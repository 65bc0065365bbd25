"""A case record as HTML: statements with sources, figures, measures, groups, conflicts, doubts."""

import re
from collections.abc import Callable, Sequence
from html import escape

from renzhi.graph.case import Case, CaseMeasure, Figure, Source, Statement, Text
from renzhi.graph.model import Fact
from renzhi.ui.components import (
    badge,
    chain_strip,
    chips,
    concept_chip,
    external_link,
    heading,
    html_lang,
    meta,
    quality_badge,
    year_span,
)
from renzhi.ui.markup import chip, keep_together
from renzhi.ui.strings import say

Label = Callable[[str, str], str]
_SOURCE_ID = re.compile(r"\[?(?<![A-Za-z0-9])(s\d+)(?![A-Za-z0-9])\]?")
_SECTIONS = ("vulnerability", "cause", "impact", "outcome", "barrier", "side_effect", "co_benefit", "cost", "lesson")


def case_head(case: Case, lang: str) -> str:
    """Title, place, years and scale, summary, and the concepts it was bound to."""
    admin = case.place.admin.get(lang) if case.place.admin else None
    line = meta(case.place.get(lang), admin, year_span(case.years, lang), say(case.scale, lang))
    named = [(n.concepts[0] if n.concepts else None, n.get(lang)) for n in (*case.hazards, *case.exposed_systems)]
    return (f'<div class="rz-head" lang="{html_lang(lang)}"><h1>{escape(case.title.get(lang))}</h1><p class="rz-meta">{line}</p></div>'
            f'{chips(named)}<p class="rz-summary" lang="{html_lang(lang)}">{escape(case.summary.get(lang))}</p>')


def source_numbers(case: Case) -> dict[str, int]:
    """The number shown for each source of the record."""
    return {source.id: n for n, source in enumerate(case.sources, 1)}


def _entries(case: Case) -> list[Statement | Figure | CaseMeasure]:
    return [*case.statements, *case.figures, *case.measures]


def sources_card(case: Case, lang: str) -> str:
    """All sources as cards that open on their number."""
    find = sum(source.find_original for source in case.sources)
    aside = say("to_find", lang).format(n=len(case.sources), m=find)
    numbers = source_numbers(case)
    drawn = "".join(_source(source, numbers[source.id], lang) + _doubts_at(case, source.id, lang) for source in case.sources)
    return heading(say("sources", lang), aside) + f'<div class="rz-sources rz-all">{drawn}</div>'


def _source(source: Source, n: int, lang: str) -> str:
    line = meta(source.author, source.publisher or say("publisher_unknown", lang), str(source.year or say("year_unknown", lang)), source.locator)
    link = external_link(source.url, say("open_link", lang))
    return (f'<section class="rz-src" id="src-{n}"><a class="rz-src-head" href="#src-{n}"><span class="rz-n">{n}</span>'
            f'<span class="rz-src-title"><b>{escape(source.title)}</b><span class="rz-meta">{line}</span></span>'
            f"{quality_badge(source.quality, lang, find_original=source.find_original)}</a>"
            f'<div class="rz-src-body"><p class="rz-meta">{escape(say("not_held", lang))} {link}</p></div></section>')


def _marks(sources: Sequence[str], case: Case, lang: str) -> str:
    numbers = source_numbers(case)
    return "".join(chip(numbers[one], lang) for one in sources if one in numbers)


def _worded(text: str, case: Case, lang: str) -> str:
    """The text with the ids by which a record names its sources (`s2`, `[s2]`) as the numbers that the page gives them."""
    numbers = source_numbers(case)
    return keep_together(_SOURCE_ID.sub(lambda m: chip(numbers[m[1]], lang) if m[1] in numbers else m[0], escape(text)))


def _both(text: Text, original: str, lang: str, words: Callable[[str], str], marks: str = "") -> str:
    """The record wording, and beside it our translation, marked; the reader's language comes first."""
    other = "en" if original == "zh" else "zh"
    own = f'<p lang="{html_lang(original)}">{words(text.get(original))}{marks}</p>'
    if text.get(original) == text.get(other):
        return own
    own = own if original == lang else own.replace("<p ", '<p class="rz-second" ', 1)
    tag = f'<span class="rz-tag">{escape(say("translation", lang))}</span>'
    translated = f'<p class="rz-translation" lang="{html_lang(other)}">{tag}{words(text.get(other))}</p>'
    return own + translated if original == lang else translated.replace("rz-translation", "rz-translation rz-first") + own


def _doubts_at(case: Case, at: str, lang: str) -> str:
    return "".join(f'<p class="rz-doubt"><b>{escape(say("doubt", lang))}</b>{_worded(d.get(lang), case, lang)}</p>' for d in case.doubts if d.at == at)


def statements(case: Case, lang: str) -> str:
    """All statements by section, each with its sources, doubts beside it; an editor's reading is set apart."""
    parts = []
    for section in _SECTIONS:
        rows = [s for s in case.statements if s.section == section]
        if rows:
            parts.append(heading(say(f"section_{section}", lang)) + _doubts_at(case, section, lang)
                         + "".join(_statement(case, row, lang) for row in rows))
    return "".join(parts)


def _statement(case: Case, one: Statement, lang: str) -> str:
    year = f'<span class="rz-meta"> {escape(one.year)}</span>' if one.year else ""
    named = _SOURCE_ID.findall(one.text.get(one.lang))
    marks = _marks([source for source in one.sources if source not in named], case, lang)
    body = keep_together(_both(one.text, one.lang, lang, lambda text: _worded(text, case, lang), year + marks))
    strip = chain_strip([(None, step) for step in (one.chain.zh if lang == "zh" else one.chain.en)]) if one.chain else ""
    mark = badge(say("editor", lang)) if one.editor else ""
    return f'<div class="rz-says{" rz-editor" if one.editor else ""}" id="{one.id}">{mark}{body}{strip}{_doubts_at(case, one.id, lang)}</div>'


def figures_table(case: Case, lang: str) -> str:
    """Figures with value, date and basis, source; a figure without year is shown as undated."""
    if not case.figures:
        return ""
    heads = "".join(f'<th class="{c}">{escape(say(k, lang))}</th>' for k, c in (("figure", ""), ("value", "num"), ("unit", ""), ("basis", ""), ("source", "")))
    rows = "".join(_figure(case, figure, lang) for figure in case.figures)
    return heading(say("figures", lang)) + f'<table class="rz-table rz-figures"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _figure(case: Case, figure: Figure, lang: str) -> str:
    basis = meta(figure.year or say("undated", lang), figure.place.get(lang) if figure.place else None,
                 figure.counted_by.get(lang) if figure.counted_by else None, figure.note.get(lang) if figure.note else None)
    doubts = _doubts_at(case, figure.id, lang)
    below = f'<tr class="rz-below"><td colspan="5">{doubts}</td></tr>' if doubts else ""
    return (f'<tr><td>{escape(figure.what.get(lang))}</td><td class="num">{escape(_value(figure, lang))}</td>'
            f'<td class="rz-unit">{escape(_unit(figure, lang))}</td>'
            f'<td>{basis}</td><td>{_marks(figure.sources, case, lang)}</td></tr>{below}')


def _value(figure: Figure, lang: str) -> str:
    """The number as recorded, with its range and qualifier; the record's wording, quoted, where it gives no number."""
    if figure.value is None:
        return f"“{figure.recorded}”"
    text = _number(figure.value, lang) + (f"–{_number(figure.upper, lang)}" if figure.upper is not None else "")
    return say(f"value_{figure.qualifier}", lang).format(value=text) if figure.qualifier else text


def _number(value: float, lang: str) -> str:
    """The number as it is read: 万 and 亿, million and billion, where that keeps all digits in four places.

    >>> _number(120_060_000_000, "zh"), _number(14_786_000, "en"), _number(201.9, "zh")
    ('1200.6 亿', '14.786 million', '201.9')
    """
    for size, zh, en in ((1e9, "", "billion"), (1e8, "亿", ""), (1e6, "", "million"), (1e4, "万", "")):
        word = zh if lang == "zh" else en
        if word and abs(value) >= size and round(value / size, 4) * size == value:
            return f"{value / size:.10g} {word}"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) >= 10_000 else f"{value:.10g}"


def _unit(figure: Figure, lang: str) -> str:
    return figure.unit.get(lang) if figure.unit and figure.value is not None else ""


def measures(case: Case, lang: str) -> str:
    """Measures of the case; side effects first, and "none recorded" is said."""
    if not case.measures:
        return ""
    texts = {s.id: s.text.get(lang) for s in case.statements} | {f.id: f.what.get(lang) for f in case.figures}
    drawn = []
    for one in case.measures:
        effects = "；".join(texts[i] for i in one.side_effects if i in texts) or say("no_effects", lang)
        benefits = "；".join(texts[i] for i in one.co_benefits if i in texts)
        more = (f'<div class="rz-field"><b>{escape(say("section_co_benefit", lang))}</b><span>{escape(benefits)}</span></div>') if benefits else ""
        line = meta(*(say(d, lang) for d in one.dimensions), say(one.scale, lang), say(f"standing_{one.standing}", lang),
                    say("whole_record", lang) if one.basis == "record" else None)
        drawn.append(
            f'<div class="rz-measure"><h4><i class="rz-glyph rz-measure-g" aria-hidden="true"></i>{escape(one.name.get(lang))}</h4>'
            f'<div class="rz-side"><b>{escape(say("side_effects", lang))}</b><span>{escape(effects)}</span></div>{more}'
            f'<p class="rz-meta rz-kinds">{line} {_marks(one.sources, case, lang)}</p>{_doubts_at(case, one.id, lang)}</div>')
    return heading(say("measures", lang)) + "".join(drawn)


def groups(case: Case, lang: str) -> str:
    named = [(n.concepts[0] if n.concepts else None, n.get(lang)) for n in case.vulnerable_groups]
    body = chips(named) if named else f'<p class="rz-meta">{escape(say("groups_none", lang))}</p>'
    return heading(say("groups", lang)) + body + _doubts_at(case, "vulnerable_groups", lang) + _doubts_at(case, "groups", lang)


def conflicts(case: Case, lang: str) -> str:
    """What the sources disagree on, the statements side by side."""
    entries = {s.id: s.text.get(lang) for s in case.statements}
    entries |= {f.id: f"{f.what.get(lang)} {_value(f, lang)} {_unit(f, lang)}" for f in case.figures} | {m.id: m.name.get(lang) for m in case.measures}
    sources = {e.id: e.sources for e in _entries(case)}
    drawn = "".join(
        f'<p>{_worded(c.about.get(lang), case, lang)}</p><div class="rz-versus">'
        + "".join(f"<div>{_worded(entries[i], case, lang)}{_marks(sources[i], case, lang)}</div>" for i in c.between if i in entries) + "</div>"
        for c in case.conflicts)
    return heading(say("conflicts", lang)) + drawn if drawn else ""


def closing(case: Case, lang: str) -> str:
    """Doubts that concern no single entry, and the editor's remarks."""
    shown = {e.id for e in _entries(case)} | {source.id for source in case.sources} | {*_SECTIONS, "vulnerable_groups", "groups"}
    rest = "".join(f'<p class="rz-doubt">{_worded(d.get(lang), case, lang)}</p>' for d in case.doubts if d.at not in shown)
    notes = "".join(f'<p class="rz-says rz-editor">{_worded(r.get(lang), case, lang)}</p>' for r in case.remarks)
    return (heading(say("doubts", lang)) + rest if rest else "") + (heading(say("remarks", lang)) + notes if notes else "")


def facts(items: Sequence[Fact], label: Label, relation: Label, lang: str) -> str:
    """Structured facts of the case: chip, relation, chip; modality and polarity where they are not the plain case."""
    rows = []
    for fact in items:
        notes = [say(fact.modality, lang)] if fact.modality != "happened" else []
        notes += [say("negated", lang)] if fact.polarity == "negated" else []
        notes += [fact.condition.get(lang)] if fact.condition else []
        rows.append(f'<div class="rz-fact">{concept_chip(fact.subject, label(fact.subject, lang))}<span>{escape(relation(fact.relation, lang))}</span>'
                    f'{concept_chip(fact.object, label(fact.object, lang))}<span class="rz-meta">{meta(*notes)}</span></div>')
    return heading(say("facts", lang), say("facts_count", lang).format(n=len(items))) + f'<div class="rz-facts">{"".join(rows)}</div>' if rows else ""
