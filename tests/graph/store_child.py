"""Adds documents `<prefix>0`, `<prefix>1`, … to the base at a path, and names each once it is acknowledged."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import examples as ex

from renzhi.graph.sqlite_store import open_sqlite

path, prefix, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store = open_sqlite(path)
print("ready", flush=True)
for number in range(count):
    store.put_document(ex.proposing(f"{prefix}{number}", texts=ex.TEXTS * 20), who=prefix)
    print(f"doc:{prefix}{number}", flush=True)
