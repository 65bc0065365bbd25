"""A process that adds documents is killed at random points, again and again, on one base."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from soak_notes import finds, opened, undisturbed, write_note

from renzhi.base import KnowledgeBase
from renzhi.graph.model import Document

ROUNDS = 60
CHILD = Path(__file__).parent / "adding_child.py"


def added_until_killed(home: Path, notes: Path, first: int, wait_s: float) -> set[int]:
    """The notes that a process acknowledged before it was killed, `wait_s` after it was ready."""
    with subprocess.Popen([sys.executable, str(CHILD), str(home), str(notes), str(first)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout and child.stdout.readline() == "ready\n"
        time.sleep(wait_s)
        os.kill(child.pid, 9)
        said = [line for line in child.stdout if line.endswith("\n")]
    assert child.returncode == -9, "the child ended by itself"
    return {int(line) for line in said}


def held(base: KnowledgeBase) -> set[int]:
    return {number_of(one) for one in base.documents()}


def number_of(document: Document) -> int:
    return int(Path(document.name).stem.removeprefix("note-"))


def test_sixty_kills_leave_each_document_whole_or_absent(tmp_path: Path) -> None:
    home, notes, chosen = tmp_path / "知识库", tmp_path / "notes", random.Random(20211)
    base = opened(home)
    base.init(empty=True)
    base.close()
    acknowledged: set[int] = set()
    cut_short = 0
    for number in range(ROUNDS):
        first = max(acknowledged, default=-1) + 1
        now = added_until_killed(home, notes, first, chosen.uniform(0.0, 1.2))
        base = opened(home)
        there = held(base)
        assert acknowledged | now <= there, f"round {number}: acknowledged and lost"
        assert len(there - acknowledged - now) <= 1, f"round {number}: held and not acknowledged"
        cut_short += len(there - acknowledged - now)
        acknowledged = there
        assert base.status().ledger_intact
        assert sum(entry.action == "add" for entry in base.log(limit=100_000)) == len(there) == len(base.documents())
        newest = next((one.id for one in base.documents() if now and number_of(one) == max(now)), None)
        assert newest is None or finds(base, newest), f"round {number}: {newest} not found"
        base.close()
    print(f"{ROUNDS} kills, {len(acknowledged)} documents held, {cut_short} of them stored and not yet acknowledged")
    assert acknowledged == set(range(len(acknowledged))) and len(acknowledged) > ROUNDS
    _as_if_never_killed(home, tmp_path, [write_note(notes, one) for one in sorted(acknowledged)])


def _as_if_never_killed(home: Path, tmp_path: Path, notes: list[Path]) -> None:
    base = opened(home)
    assert {one.status for one in base.add_paths(notes)} == {"unchanged"}
    base.publish()
    assert list(base.canonical()) == undisturbed(tmp_path / "undisturbed", notes)
    status = base.status()
    assert [one.passages for one in status.embedders] == [status.texts]
    assert {path.name for path in (home / "files").iterdir()} == {one.sha256 + ".md" for one in base.documents()}
    asked = [base.passage(f"{one.id}#0").text for one in base.documents()[::20]]
    found = [[(hit.passage.id, hit.score) for hit in base.search(text)] for text in asked]
    base.reindex()
    assert [[(hit.passage.id, hit.score) for hit in base.search(text)] for text in asked] == found
    base.close()
