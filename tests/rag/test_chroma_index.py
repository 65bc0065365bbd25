"""The dense index: a projection of the store that follows it, across processes."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from small_base import TEXTS, USE, SmallBase, open_base, put

from renzhi.errors import StoreError
from renzhi.graph.model import Lang
from renzhi.rag.chroma_index import ChromaIndex

CHILD = Path(__file__).with_name("index_child.py")
GATE = "滨海泵站的防水闸门在天文大潮时提前关闭。"


def nearest(index: ChromaIndex, text: str, lang: Lang = "zh", k: int = 3) -> list[str]:
    return index.candidates("use", lang, USE.embed([text], input_type="query")[0], k=k)


def child(folder: Path, prefix: str, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, str(CHILD), str(folder), prefix, str(count)], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_passage_is_nearest_to_its_own_text_within_its_language(base: SmallBase) -> None:
    assert nearest(base.index, TEXTS["zh"][3])[0] == "doc:zh#3"
    assert nearest(base.index, TEXTS["en"][4], "en")[0] == "doc:en#4"
    assert all(one.startswith("doc:zh#") for one in nearest(base.index, TEXTS["en"][4], "zh", k=50))
    assert base.index.counts() == {"passages-use-zh": 6, "passages-use-en": 6}
    assert base.index.position() == base.store.position()


def test_an_index_that_was_never_written_finds_nothing(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path / "none")
    assert (nearest(index, "暴雨"), index.position(), index.counts()) == ([], 0, {})
    assert not (tmp_path / "none").exists()


def test_an_index_of_an_empty_store_finds_nothing(tmp_path: Path) -> None:
    empty = open_base(tmp_path / "空")
    empty.index.sync(empty.store)
    assert (nearest(ChromaIndex(tmp_path / "空" / "chroma"), "暴雨"), empty.index.counts()) == ([], {})
    empty.close()


def test_sync_replays_what_was_put_and_what_was_withdrawn(base: SmallBase) -> None:
    put(base, "doc:gate", "zh", [GATE])
    base.index.sync(base.store)
    assert nearest(base.index, GATE)[0] == "doc:gate#0"
    base.store.withdraw("doc:gate", who="安然")
    assert base.index.sync(base.store) == base.store.position()
    assert "doc:gate#0" not in nearest(base.index, GATE, k=50)


def test_a_text_without_words_has_no_place_in_the_index(base: SmallBase) -> None:
    put(base, "doc:dash", "en", [" "])
    base.index.sync(base.store)
    assert base.index.counts()["passages-use-en"] == 6


def test_a_reader_that_has_asked_sees_what_another_process_writes_at_its_next_question(tmp_path: Path, base: SmallBase) -> None:
    assert nearest(base.index, GATE)[0] != "doc:闸门0#0"
    process = child(tmp_path, "闸门", 1)
    assert process.wait(60) == 0, process.stderr and process.stderr.read()
    assert nearest(base.index, GATE)[0] == "doc:闸门0#0"
    put(base, "doc:after", "zh", ["防汛沙袋堆放在地铁站入口。"])
    base.index.sync(base.store)  # and it can write in its turn
    assert nearest(base.index, "防汛沙袋堆放在地铁站入口。")[0] == "doc:after#0"
    assert base.index.counts()["passages-use-zh"] == 8


def test_several_writing_processes_leave_an_index_that_holds_everything(tmp_path: Path, base: SmallBase) -> None:
    running = [child(tmp_path, prefix, 4) for prefix in ("甲", "乙", "丙")]
    for process in running:
        assert process.wait(120) == 0, process.stderr and process.stderr.read()
    assert base.index.sync(base.store, timeout_s=30) == base.store.position()
    found = nearest(base.index, GATE, k=50)
    assert {f"doc:{prefix}{number}#0" for prefix in "甲乙丙" for number in range(4)} <= set(found)
    assert base.index.counts()["passages-use-zh"] == 6 + 12 == len(base.store.vectors("use", "zh")[0])


def test_while_another_holds_the_lock_sync_leaves_the_work_to_it(base: SmallBase) -> None:
    put(base, "doc:late", "zh", [GATE])
    before = base.index.position()
    with base.index.writing():
        results: list[int] = []
        thread = threading.Thread(target=lambda: results.append(base.index.sync(base.store)))
        thread.start()
        thread.join(20)
    assert results == [before] and base.index.position() == before
    assert base.index.sync(base.store) == base.store.position() > before


def test_rebuild_gives_what_was_there_and_readers_follow(base: SmallBase) -> None:
    reader = ChromaIndex(base.index.folder)
    before = nearest(reader, TEXTS["zh"][0], k=6)
    base.index.rebuild(base.store)
    assert nearest(reader, TEXTS["zh"][0], k=6) == before
    assert len(list(base.index.folder.glob("chroma-*"))) == 1


def test_an_emptied_base_gives_an_emptied_index(base: SmallBase) -> None:
    for document in ("doc:zh", "doc:en"):
        base.store.withdraw(document, who="安然")
    base.index.sync(base.store)
    assert sum(base.index.counts().values()) == 0 and nearest(base.index, "暴雨") == []


def test_an_index_that_is_ahead_of_its_store_is_built_again(tmp_path: Path, base: SmallBase) -> None:
    other = open_base(tmp_path / "restored")
    put(other, "doc:gate", "zh", [GATE])
    assert base.index.sync(other.store) == other.store.position()
    assert base.index.counts() == {"passages-use-zh": 1}
    other.close()


@pytest.mark.parametrize("damage", ["chroma.sqlite3", "*.bin"])
def test_a_damaged_index_says_so_names_reindex_and_is_mended_by_it(base: SmallBase, damage: str) -> None:
    rng = np.random.default_rng(0)
    extra = [f"{number} 号断面水位 {rng.integers(10**6)} 毫米" for number in range(1100)]  # enough to be written out to files
    put(base, "doc:many", "zh", extra, embed=False)
    rows = base.store.without_vector("use")
    vectors = rng.normal(size=(len(rows), 512)).astype(np.float32)
    base.store.put_vectors("use", rows, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    base.index.sync(base.store)
    base.index.close()
    files = [path for path in base.index.folder.rglob(damage) if path.stat().st_size]
    assert files
    for path in files:
        path.write_bytes(b"\xff" * 4096)
    with pytest.raises(StoreError, match="renzhi reindex"):
        nearest(base.index, "水位", k=200)
    base.index.rebuild(base.store)
    assert nearest(base.index, TEXTS["zh"][3])[0] == "doc:zh#3"


def test_a_broken_stamp_costs_no_more_than_building_again(base: SmallBase) -> None:
    (base.index.folder / "stamp.json").write_text("{")
    assert nearest(base.index, TEXTS["zh"][0]) == []
    base.index.sync(base.store)
    assert nearest(base.index, TEXTS["zh"][0])[0] == "doc:zh#0"
    assert json.loads((base.index.folder / "stamp.json").read_text())["position"] == base.store.position()


def test_threads_may_ask_while_another_writes(base: SmallBase) -> None:
    problems: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(30):
                assert "doc:zh#2" in nearest(base.index, TEXTS["zh"][2])
        except BaseException as exc:
            problems.append(exc)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(6):
        put(base, f"doc:more{number}", "en", [f"Dyke section {number} was raised."])
        base.index.sync(base.store)
    base.index.rebuild(base.store)
    for thread in threads:
        thread.join()
    assert problems == []
