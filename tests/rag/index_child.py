"""Adds documents to the base at a path, and brings the dense index up to date after each: `<path> <prefix> <count>`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from small_base import open_base, put

folder, prefix, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
base = open_base(folder)
for number in range(count):
    put(base, f"doc:{prefix}{number}", "zh", [f"{prefix} 第 {number} 号：滨海泵站的防水闸门在天文大潮时提前关闭。"])
    base.index.sync(base.store)
base.close()
