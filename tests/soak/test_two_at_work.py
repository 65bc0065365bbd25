"""Two processes add to one base, ask it and withdraw from it at the same time for two minutes."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from soak_notes import finds, opened, undisturbed, write_note

SECONDS = 120
CHILD = Path(__file__).parent / "busy_child.py"


def test_two_processes_on_one_base_lose_double_and_break_nothing(tmp_path: Path) -> None:
    home, notes = tmp_path / "知识库", tmp_path / "notes"
    base = opened(home)
    base.init(empty=True)
    children = [subprocess.Popen([sys.executable, str(CHILD), str(home), str(notes), str(first), str(SECONDS)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                for first in (0, 10_000)]
    said = [one.communicate(timeout=SECONDS + 300) for one in children]
    assert [one.returncode for one in children] == [0, 0], [err[-2000:] for _, err in said]
    done = [json.loads(out) for out, _ in said]
    print(*({key: value for key, value in one.items() if key != "kept"} for one in done))
    kept = sorted(number for one in done for number in one["kept"])
    documents = base.documents()  # of a base that was open all the while
    assert sorted(int(Path(one.name).stem.removeprefix("note-")) for one in documents) == kept
    assert all(finds(base, one.id) for one in documents[::10])
    entries = Counter(entry.action for entry in base.log(limit=100_000))
    assert entries == Counter(add=sum(one["added"] for one in done), withdraw=sum(one["withdrawn"] for one in done))
    status = base.status()
    assert status.ledger_intact and [one.passages for one in status.embedders] == [status.texts]
    assert {path.name for path in (home / "files").iterdir()} == {one.sha256 + ".md" for one in documents}
    assert list(base.canonical()) == undisturbed(tmp_path / "undisturbed", [write_note(notes, number) for number in kept])
    base.close()
