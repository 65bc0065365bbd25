"""What was asked in a conversation, kept in the base's folder so that a reloaded page has it again.

An answer follows from question and snapshot, so only the question is written down; it is asked again when shown.
"""

import json
import logging
import re
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from renzhi.graph.model import Lang
from renzhi.rag.question import Filters

MAX_TURNS = 20
MAX_CONVERSATIONS = 200
_ID = re.compile(r"[0-9a-f]{32}")
_writing = threading.Lock()


def new_key() -> str:
    return secrets.token_hex(4)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with all that its answer depends on besides the base."""

    question: str
    filters: Filters = field(default_factory=Filters)
    answer_in: Lang | None = None
    """The language to answer in; None for that of the question."""
    carry: dict[str, str | None] | None = None
    snapshot: str = ""
    """Of the base when it was answered first."""
    key: str = field(default_factory=new_key)
    """Names the turn in the address."""


def new_conversation() -> str:
    """A name that nobody can guess."""
    return secrets.token_hex(16)


def recall(home: Path, conversation: str) -> list[Asked]:
    """The questions of the conversation, oldest first; none where nothing is kept under that name."""
    if not _ID.fullmatch(conversation):
        return []
    try:
        lines = _file(home, conversation).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return []
    return [asked for line in lines if (asked := _read(line))][-MAX_TURNS:]


def remember(home: Path, conversation: str, asked: Asked) -> None:
    """Adds a question; the oldest gives way above `MAX_TURNS`, the oldest conversation above `MAX_CONVERSATIONS`."""
    file = _file(home, conversation)
    part = file.with_suffix(".part")
    with _writing:  # two tabs of one conversation may ask at once
        kept = [*recall(home, conversation), asked][-MAX_TURNS:]
        try:
            file.parent.mkdir(mode=0o700, exist_ok=True)
            part.write_text("".join(_line(one) for one in kept), encoding="utf-8")
            part.replace(file)
            _drop_oldest(file.parent.glob("*.jsonl"))
        except OSError as problem:  # the answer counts more than its place in the history
            logging.getLogger("renzhi.ui").warning("the conversation was not kept: %s", problem)


def forget(home: Path, conversation: str) -> None:
    """Deletes what was kept of the conversation."""
    if _ID.fullmatch(conversation):
        _file(home, conversation).unlink(missing_ok=True)


def _file(home: Path, conversation: str) -> Path:
    return home / "conversations" / f"{conversation}.jsonl"


def _drop_oldest(files: Iterable[Path]) -> None:
    newest_first = sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)
    for file in newest_first[MAX_CONVERSATIONS:]:
        file.unlink(missing_ok=True)


def _line(asked: Asked) -> str:
    f = asked.filters
    row = {"key": asked.key, "question": asked.question, "place": f.place, "scale": f.scale, "hazard": f.hazard,
           "answer_in": asked.answer_in, "carry": asked.carry, "snapshot": asked.snapshot}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _read(line: str) -> Asked | None:
    """The question of a line, None for a line of any other shape."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    if not isinstance(row, dict):
        return None
    texts = {name: value for name, value in row.items() if isinstance(value, str)}
    if not (texts.get("question") and re.fullmatch(r"[0-9a-f]{8}", texts.get("key", ""))):
        return None
    answer_in = cast(Lang, texts["answer_in"]) if texts.get("answer_in") in ("zh", "en") else None
    filters = Filters(place=texts.get("place"), scale=texts.get("scale"), hazard=texts.get("hazard"))
    return Asked(texts["question"], filters, answer_in, _carry(row.get("carry")), texts.get("snapshot", ""), texts["key"])


def _carry(given: object) -> dict[str, str | None] | None:
    if not isinstance(given, dict):
        return None
    return {str(name): value for name, value in given.items() if value is None or isinstance(value, str)}
