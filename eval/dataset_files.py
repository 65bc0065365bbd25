"""Reads retrieval data sets: `passages.jsonl`, `queries.jsonl` and `qrels.tsv`, with messages that name file and line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from renzhi.errors import Unreadable
from renzhi.graph.model import Lang

Judgements = dict[str, dict[str, int]]
"""Grade by query and passage; a passage not listed is not relevant."""


@dataclass(frozen=True, slots=True)
class DatasetText:
    id: str
    text: str
    """With its title on a line of its own before it, where it has one."""
    lang: Lang


def read_texts(path: Path) -> list[DatasetText]:
    """The texts of a .jsonl file of {id, text, title?, lang}; raises `Unreadable` for a missing file, a line that is no
    such object, or an id that stands twice."""
    texts: dict[str, DatasetText] = {}
    for number, line in _lines(path):
        one = _text(path, number, line)
        if one.id in texts:
            raise _bad(path, number, zh=f"id {one.id!r} 重复出现", en=f"the id {one.id!r} stands twice")
        texts[one.id] = one
    if not texts:
        raise _bad(path, 1, zh="文件里没有文本", en="the file holds no texts")
    return list(texts.values())


def read_judgements(path: Path) -> Judgements:
    """Grades of a tab-separated file with the header `query_id passage_id grade`; raises `Unreadable` otherwise."""
    judged: Judgements = {}
    for number, line in _lines(path):
        cells = line.split("\t")
        if number == 1 and cells[0].strip().lstrip("\ufeff") == "query_id":
            continue
        try:
            query, passage, grade = (cell.strip() for cell in cells)
            judged.setdefault(query, {})[passage] = int(grade)
        except ValueError as exc:
            raise _bad(path, number, zh="应为三列：query_id、passage_id、整数 grade，以制表符分隔",
                       en="expected query_id, passage_id and a whole number as grade, separated by tabs") from exc
    return judged


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise Unreadable(zh=f"无法读取 {path}：{exc}。请检查路径，文件须为 UTF-8。",
                         en=f"Cannot read {path}: {exc}. Check the path; the file has to be UTF-8.") from exc
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            yield number, line


def _text(path: Path, number: int, line: str) -> DatasetText:
    wrong = _bad(path, number, zh='应为 JSON 对象 {"id", "text", "lang": "zh" 或 "en"}',
                 en='expected a JSON object {"id", "text", "lang": "zh" or "en"}')
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise wrong from exc
    if not isinstance(row, dict) or row.get("lang") not in ("zh", "en"):
        raise wrong
    own, text, title = row.get("id"), row.get("text"), row.get("title") or ""
    if not (isinstance(own, str) and own and isinstance(text, str) and isinstance(title, str)):
        raise wrong
    return DatasetText(own, f"{title}\n{text}" if title and not text.startswith(title) else text, row["lang"])


def _bad(path: Path, number: int, *, zh: str, en: str) -> Unreadable:
    return Unreadable(zh=f"{path}:{number}：{zh}。", en=f"{path}:{number}: {en}.")
