"""Makes `soak_notes` importable by name, for the trials here and for the processes they start; marks them all."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent and not item.get_closest_marker("models"):
            item.add_marker(pytest.mark.soak)
