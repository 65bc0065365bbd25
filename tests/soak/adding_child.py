"""Adds the notes from a number on, without end, and names each once it is acknowledged: `<home> <notes> <first>`."""

import sys
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from soak_notes import opened, write_note

home, folder, first = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
base = opened(home)
base.search("暴雨 flood")  # loads what an addition needs
base.read(write_note(folder, first))
print("ready", flush=True)
for number in count(first):
    [added] = base.add_paths([write_note(folder, number)])
    assert added.status == "added", added
    print(number, flush=True)
