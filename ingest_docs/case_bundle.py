"""What a case record brings into the base: its statements as passages, its facts, and the works they rest on."""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import get_args

from renzhi.errors import InvalidCase
from renzhi.graph.case import Case, CaseFact, CaseMeasure, Figure, Source, Statement
from renzhi.graph.case import Text as CaseText
from renzhi.graph.model import Bundle, Document, Fact, Lang, PageText, Passage, Support, Work, fact_id, plain, work_id
from renzhi.ontology.model import Bilingual, Vocabulary


def case_bundle(case: Case, *, vocabulary: Vocabulary, name: str, sha256: str, who: str) -> Bundle:
    """The case as one document `case:<slug>`; `name` is its file's, `who` decides on its facts.

    Every sourced statement, figure and measure is a passage `case:<slug>#<id>`. The editor's readings stay in the
    case's JSON alone: they are never evidence. Raises `InvalidCase` for concepts or relations that the vocabulary does
    not have or does not allow.
    """
    _hold_against(vocabulary, case, name)
    document = f"case:{case.id}"
    text, passages = _laid_out([entry for entry in _entries(case) if entry.sources], document)
    works = {source.id: _work(source) for source in case.sources}
    cited = {entry.id: tuple(dict.fromkeys(works[s].id for s in entry.sources)) for entry in _entries(case)}
    facts = _facts(case.facts, {p.statement: p for p in passages}, cited, scope=document, who=who)
    text_sha256 = hashlib.sha256(plain(text).encode()).hexdigest()
    head = Document(
        id=document,
        sha256=sha256,
        format="case",
        title=_of(case.title, case.lead_language),
        lang=case.lead_language,
        name=name,
        work="work:" + text_sha256[:12],
        text_sha256=text_sha256,
        chars_read=len(text),
        chars_total=len(text),
    )
    unique = {work.id: work for work in reversed(list(works.values()))}
    return Bundle(
        head,
        (PageText(None, text),),
        tuple(passages),
        facts=tuple(facts),
        works=tuple(sorted(unique.values(), key=lambda w: w.id)),
        case=json.dumps(case.model_dump(mode="json"), ensure_ascii=False),
    )


# -- passages


@dataclass(frozen=True, slots=True)
class _Entry:
    """A statement, figure or measure as it becomes a passage."""

    id: str
    lang: Lang
    text: str
    translation: str
    concepts: tuple[str, ...]
    sources: tuple[str, ...]


def _entries(case: Case) -> list[_Entry]:
    leaning: dict[str, list[str]] = {}
    for fact in case.facts:
        leaning.setdefault(fact.statement, []).extend((fact.subject, fact.object))
    found = [_statement_entry(one) for one in case.statements if not one.editor]
    found += [_figure_entry(one, case.lead_language) for one in case.figures]
    found += [_measure_entry(one) for one in case.measures]
    return [
        replace(entry, concepts=tuple(dict.fromkeys([*entry.concepts, *leaning.get(entry.id, [])]))) for entry in found
    ]


def _statement_entry(one: Statement) -> _Entry:
    return _Entry(
        one.id,
        one.lang,
        one.wording(one.lang),
        one.wording(_other(one.lang)),
        tuple(one.concepts),
        tuple(one.sources),
    )


def _measure_entry(one: CaseMeasure) -> _Entry:
    return _Entry(
        one.id,
        one.lang,
        _of(one.name, one.lang),
        _of(one.name, _other(one.lang)),
        tuple(one.concepts),
        tuple(one.sources),
    )


def _figure_entry(one: Figure, lead: Lang) -> _Entry:
    return _Entry(one.id, lead, _figure_text(one, lead), _figure_text(one, _other(lead)), (), tuple(one.sources))


def _figure_text(one: Figure, lang: Lang) -> str:
    """`what: recorded wording (unit, year)`; unit and year only where the wording does not have them."""
    unit = _of(one.unit, lang) if one.unit and one.value is not None else None
    further = [part for part in (unit, one.year) if part and plain(part) not in plain(one.recorded)]
    if lang == "zh":
        return f"{one.what.zh}：{one.recorded}" + (f"（{'，'.join(further)}）" if further else "")
    return f"{one.what.en}: {one.recorded}" + (f" ({', '.join(further)})" if further else "")


def _laid_out(entries: list[_Entry], document: str) -> tuple[str, list[Passage]]:
    """One text of all entries, a line each, and the passages in it."""
    text = ""
    found: list[Passage] = []
    for ordinal, entry in enumerate(entries):
        start = len(text) + (1 if text else 0)
        text += ("\n" if text else "") + entry.text
        found.append(
            Passage(
                f"{document}#{entry.id}",
                document,
                ordinal,
                start,
                len(text),
                entry.lang,
                entry.text,
                statement=entry.id,
                translation=entry.translation,
                concepts=entry.concepts,
            )
        )
    return text, found


def _of(text: CaseText, lang: Lang) -> str:
    return text.zh if lang == "zh" else text.en


def _other(lang: Lang) -> Lang:
    return "en" if lang == "zh" else "zh"


# -- facts and works


def _facts(
    facts: list[CaseFact],
    passages: dict[str | None, Passage],
    cited: dict[str, tuple[str, ...]],
    *,
    scope: str,
    who: str,
) -> list[Fact]:
    found: dict[str, Fact] = {}
    for one in facts:
        fact = _fact(one, passages[one.statement], cited[one.statement], scope=scope, who=who)
        known = found.get(fact.id)
        if known is None:
            found[fact.id] = fact
        elif fact.supports[0] not in known.supports:
            found[fact.id] = replace(known, supports=known.supports + fact.supports, note=known.note or fact.note)
    return list(found.values())


def _fact(one: CaseFact, passage: Passage, works: tuple[str, ...], *, scope: str, who: str) -> Fact:
    condition = Bilingual(one.condition.zh, one.condition.en) if one.condition else None
    note = Bilingual(one.note.zh, one.note.en) if one.note else None
    support = Support(
        "record",
        works,
        document=passage.document,
        passage=passage.id,
        start=passage.start,
        end=passage.end,
        quote=passage.text,
    )
    id = fact_id(
        one.subject,
        one.relation,
        one.object,
        scope=scope,
        modality=one.modality,
        polarity=one.polarity,
        condition=condition,
    )
    return Fact(
        id,
        one.subject,
        one.relation,
        one.object,
        (support,),
        scope=scope,
        modality=one.modality,
        polarity=one.polarity,
        condition=condition,
        note=note,
        origin=who,
        decided_by=who,
    )


def _work(source: Source) -> Work:
    lang: Lang | None = next((one for one in get_args(Lang) if one == source.lang), None)
    return Work(
        work_id(source.title, source.publisher, source.year),
        source.title,
        source.author,
        source.publisher,
        source.year,
        source.url,
        source.quality,
        lang,
        source.quality_as_recorded,
        source.find_original,
    )


# -- checks


def _hold_against(vocabulary: Vocabulary, case: Case, name: str) -> None:
    problems = [
        f"{where}: {one!r} is no concept of the vocabulary"
        for where, one in _bound(case)
        if one not in vocabulary.concepts
    ]
    for number, fact in enumerate(case.facts):
        known = fact.subject in vocabulary.concepts and fact.object in vocabulary.concepts
        if known and not vocabulary.allows(fact.subject, fact.relation, fact.object):
            problems.append(f"facts[{number}]: {fact.subject} {fact.relation} {fact.object} is not allowed")
    if problems:
        listing = "\n".join(f"{name}: {problem}" for problem in problems[:8]) + (
            f"\n… and {len(problems) - 8} more" if len(problems) > 8 else ""
        )
        raise InvalidCase(
            zh=f"案例文件用了词表里没有的概念或不允许的关系，请改用 `renzhi concepts` 列出的编号：\n{listing}",
            en=f"The case file uses concepts that the vocabulary lacks, or relations it forbids; take ids from `renzhi concepts`:\n{listing}",
        )


def _bound(case: Case) -> list[tuple[str, str]]:
    """Where each concept id of the case stands, and the id."""
    named = {
        "hazards": case.hazards,
        "exposed_systems": case.exposed_systems,
        "vulnerable_groups": case.vulnerable_groups,
    }
    found = [
        (f"{key}[{at}]", one)
        for key, entries in named.items()
        for at, entry in enumerate(entries)
        for one in entry.concepts
    ]
    found += [(statement.id, one) for statement in case.statements for one in statement.concepts]
    found += [(measure.id, one) for measure in case.measures for one in measure.concepts]
    return found + [(f"facts[{at}]", one) for at, fact in enumerate(case.facts) for one in (fact.subject, fact.object)]
