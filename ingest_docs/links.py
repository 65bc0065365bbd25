"""Reads the pack's general links, their references and the works these name, from three tab-separated tables."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from renzhi.errors import Unreadable
from renzhi.graph.model import Fact, Modality, Quality, Support, Work, fact_id
from renzhi.ontology.model import Bilingual, Vocabulary

LINK_COLUMNS = ("source_id", "relation", "target_id", "scale", "strength", "mechanism_en", "mechanism_zh")
REFERENCE_COLUMNS = ("source_id", "relation", "target_id", "n", "work", "locator", "url")
WORK_COLUMNS = ("work", "author", "title", "publisher", "year", "quality", "note")
SEED_PAPER = "src:94088c837d"
"""冷红, 祁婧昕, 规划师 2025(7): the paper this project was created from. It surveys; a link that rests on it alone is claimed."""
QUALITIES: dict[str, Quality] = {
    "official": "official",
    "original press": "original_press",
    "copy": "copy",
    "low": "low",
    "not rated": "not_rated",
    "journal": "not_rated",
    "organisation": "not_rated",
}
"""Never upward: a journal's or an organisation's own page is neither an authority nor press, so it stays unrated."""
Strength = Literal["high", "medium", "low", "case"]
_SCALES = ("macro", "meso", "micro")

Key = tuple[str, str, str]


def load_links(folder: Path, vocabulary: Vocabulary, *, who: str) -> tuple[list[Fact], list[Work]]:
    """The links of `links.tsv` as accepted facts without scope, and the works of `works.tsv` that they cite.

    Each reference of `link_references.tsv` is one support of kind `reference`; the mechanism is the fact's note. A link
    of strength `case` rests on one event: it keeps scope None, as the table names no case for it, but its modality is
    `happened`, so that nothing reads it as "can cause". One that rests on the seed paper alone is `claimed`.

    Raises `Unreadable`, naming file and line, for a row that breaks its table or a link that the relations forbid.
    """
    works = dict(_works(folder / "works.tsv"))
    references: dict[Key, list[Support]] = {}
    for where, row in _rows(folder / "link_references.tsv", REFERENCE_COLUMNS):
        if row["work"] not in works:
            raise _broken(where, f"不认识的文献 {row['work']!r}", f"no work {row['work']!r} in works.tsv")
        support = Support("reference", (row["work"],), locator=row["locator"] or None, url=row["url"] or None)
        references.setdefault(_key(row), []).append(support)
    facts: dict[str, Fact] = {}
    for where, row in _rows(folder / "links.tsv", LINK_COLUMNS):
        fact = _link(where, row, references.pop(_key(row), []), vocabulary, who)
        if fact.id in facts:
            raise _broken(where, "这条链接重复了", "this link stands twice")
        facts[fact.id] = fact
    if references:
        key = next(iter(references))
        raise _broken(
            "link_references.tsv", f"{' '.join(key)} 在 links.tsv 中没有", f"{' '.join(key)} is not in links.tsv"
        )
    cited = {work for fact in facts.values() for support in fact.supports for work in support.works}
    return list(facts.values()), [work for id, work in works.items() if id in cited]


def _link(where: str, row: dict[str, str], supports: list[Support], vocabulary: Vocabulary, who: str) -> Fact:
    subject, relation, object = _key(row)
    if not vocabulary.allows(subject, relation, object):
        raise _broken(
            where,
            f"词表不允许 {subject} {relation} {object}",
            f"the vocabulary does not allow {subject} {relation} {object}",
        )
    strength: Strength | None = next((one for one in get_args(Strength) if one == row["strength"]), None)
    scales = tuple(part for part in row["scale"].split(";") if part)
    if strength is None or not set(scales) <= set(_SCALES):
        raise _broken(
            where,
            f"强度或尺度无效：{row['strength']!r}，{row['scale']!r}",
            f"strength {row['strength']!r} or scale {row['scale']!r} is none of the known",
        )
    if not supports:
        raise _broken(where, "没有引用", "it has no row in link_references.tsv")
    modality = _modality(strength, supports)
    return Fact(
        fact_id(subject, relation, object, scope=None, modality=modality, polarity="affirmed", condition=None),
        subject, relation, object, tuple(supports), modality=modality, note=Bilingual(row["mechanism_zh"], row["mechanism_en"]),
        strength=strength, scales=scales, origin=who, decided_by=who,
    )  # fmt: skip


def _modality(strength: Strength, supports: list[Support]) -> Modality:
    if {work for support in supports for work in support.works} == {SEED_PAPER}:
        return "claimed"
    return "happened" if strength == "case" else "general"


def _works(path: Path) -> Iterator[tuple[str, Work]]:
    for where, row in _rows(path, WORK_COLUMNS):
        quality = QUALITIES.get(row["quality"])
        if quality is None or not row["title"]:
            raise _broken(
                where,
                f"缺题名，或质量等级无效：{row['quality']!r}",
                f"no title, or quality {row['quality']!r} is none of the known",
            )
        if row["year"] and not row["year"].isdecimal():
            raise _broken(where, f"年份不是数字：{row['year']!r}", f"the year {row['year']!r} is no number")
        yield (
            row["work"],
            Work(
                row["work"],
                row["title"],
                row["author"] or None,
                row["publisher"] or None,
                int(row["year"]) if row["year"] else None,
                quality=quality,
                note=row["note"] or None,
            ),
        )


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """`file:line` and the row by column; the header has to name the columns."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise _broken(path.name, f"无法读取（{exc}）", f"cannot be read ({exc})") from exc
    table = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    header = tuple(next(table, []))
    if header != columns:
        raise _broken(f"{path.name}:1", f"表头应为 {', '.join(columns)}", f"the header has to be {', '.join(columns)}")
    for number, cells in enumerate(table, 2):
        if not cells:
            continue
        if len(cells) != len(columns):
            raise _broken(
                f"{path.name}:{number}",
                f"应有 {len(columns)} 列，实有 {len(cells)} 列",
                f"{len(columns)} columns expected, {len(cells)} found",
            )
        yield f"{path.name}:{number}", dict(zip(columns, (cell.strip() for cell in cells), strict=True))


def _key(row: dict[str, str]) -> Key:
    return row["source_id"], row["relation"], row["target_id"]


def _broken(where: str, zh: str, en: str) -> Unreadable:
    return Unreadable(zh=f"{where}：{zh}；请改正这一行。", en=f"{where}: {en}; correct that line.")
