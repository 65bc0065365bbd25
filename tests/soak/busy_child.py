"""Adds notes, asks about them and withdraws some, for a time: `<home> <notes> <first> <seconds>`; prints what it then has."""

import json
import random
import sys
import time
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from soak_notes import finds, opened, place, write_note

home, folder, first, seconds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
base = opened(home)
chosen, kept, asked, withdrawn = random.Random(first), dict[int, str](), 0, 0
deadline = time.monotonic() + seconds
for number in count(first):
    if time.monotonic() > deadline:
        break
    [added] = base.add_paths([write_note(folder, number)])
    assert added.status == "added" and added.document, added
    kept[number] = added.document
    assert finds(base, added.document), f"{number} was added and is not found"
    answer = base.ask(f"{place(number)[0]}的独居老人在热浪中怎么办？" if number % 2 else f"What floods {place(number)[1]}?")
    assert answer.blocks and answer.snapshot
    asked += 1
    if number % 5 == 4:
        gone = chosen.choice(sorted(kept))
        text = base.passage(f"{kept[gone]}#0").text
        base.remove(kept[gone])
        assert kept[gone] not in {one.passage.document for one in base.search(text)}, f"{gone} was withdrawn and is found"
        del kept[gone]
        withdrawn += 1
print(json.dumps({"kept": sorted(kept), "asked": asked, "withdrawn": withdrawn, "added": len(kept) + withdrawn}))
