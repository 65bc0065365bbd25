"""A base with the whole starter pack, made once; tests that change it work on a copy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from renzhi.base import KnowledgeBase, open_base
from renzhi.settings import Settings

NOTE = """# Sample Harbour flood note

In July 2021 heavy rain triggered waterlogging in Sample Harbour, and the waterlogging led to a power outage.

2021 年 7 月，暴雨引发样港区内涝，内涝导致停电，停电造成区医院医疗服务中断六小时。
"""


@pytest.fixture(scope="session")
def pack_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home folder of a base as `renzhi init` makes it."""
    home = tmp_path_factory.mktemp("pack") / "home"
    base = open_base(Settings(home=home))
    base.init()
    base.close()
    return home


@pytest.fixture(scope="session")
def pack(pack_home: Path) -> Iterator[KnowledgeBase]:
    """The starter pack, for reading only."""
    base = open_base(Settings(home=pack_home))
    yield base
    base.close()


@pytest.fixture
def home(pack_home: Path, tmp_path: Path) -> Path:
    """A copy of the pack's home folder that a test may change."""
    shutil.copytree(pack_home, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def base(home: Path) -> Iterator[KnowledgeBase]:
    opened = open_base(Settings(home=home))
    yield opened
    opened.close()


@pytest.fixture
def note(tmp_path: Path) -> Path:
    """A short bilingual note that says outright what set off what."""
    path = tmp_path / "note.md"
    path.write_text(NOTE, encoding="utf-8")
    return path
