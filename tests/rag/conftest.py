"""Makes `small_base` importable by name, for the tests here and for the processes they start."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from small_base import SmallBase, filled_base


@pytest.fixture
def base(tmp_path: Path) -> Iterator[SmallBase]:
    made = filled_base(tmp_path)
    yield made
    made.close()
