"""The SQLite store: the conformance suite, and what only a file can suffer."""

import itertools
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import examples as ex
import pytest
from store_suite import StoreSuite, lines, only

from renzhi.errors import StoreError
from renzhi.graph.sqlite_store import SqliteStore, open_sqlite

CHILD = Path(__file__).parent / "store_child.py"


class TestSqliteStore(StoreSuite):
    @pytest.fixture
    def opened(self) -> Iterator[dict[SqliteStore, Path]]:
        stores: dict[SqliteStore, Path] = {}
        yield stores
        for one in stores:
            one.close()

    @pytest.fixture
    def fresh(self, tmp_path: Path, opened: dict[SqliteStore, Path]) -> Callable[[], SqliteStore]:
        numbers = itertools.count()

        def make() -> SqliteStore:
            path = tmp_path / f"知识库 {next(numbers)}" / "base.db"
            store = open_sqlite(path)
            opened[store] = path
            return store

        return make

    @pytest.fixture
    def again(self, opened: dict[SqliteStore, Path]) -> Callable[[SqliteStore], SqliteStore]:
        def reopen(store: SqliteStore) -> SqliteStore:
            other = open_sqlite(opened[store], create=False)
            opened[other] = opened[store]
            return other

        return reopen

    @pytest.fixture
    def tamper(self, opened: dict[SqliteStore, Path]) -> Callable[[SqliteStore], None]:
        def rewrite(store: SqliteStore) -> None:
            conn = sqlite3.connect(opened[store])
            (trigger,) = conn.execute("SELECT sql FROM sqlite_master WHERE name = 'ledger_is_not_rewritten'").fetchone()
            conn.execute("DROP TRIGGER ledger_is_not_rewritten")
            conn.execute("UPDATE ledger SET who = '他人' WHERE seq = 2")
            conn.execute(trigger)
            conn.commit()
            conn.close()

        return rewrite


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "base.db"


def refusal(call: Callable[[], object], path: Path) -> StoreError:
    """The error, which names the file in both languages."""
    with pytest.raises(StoreError) as caught:
        call()
    assert str(path) in caught.value.zh and str(path) in caught.value.en
    assert "Traceback" not in caught.value.en
    return caught.value


@pytest.mark.parametrize("statement", ["UPDATE ledger SET who = 'x'", "DELETE FROM ledger"])
def test_the_ledger_cannot_be_rewritten_by_an_ordinary_statement(path: Path, statement: str) -> None:
    store = open_sqlite(path)
    store.put_document(ex.bundle("a"), who=ex.ANN)
    conn = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        conn.execute(statement)
    conn.close()
    store.close()


def test_a_cut_out_ledger_entry_is_found(path: Path) -> None:
    store = open_sqlite(path)
    for key in "abc":
        store.put_document(ex.bundle(key), who=ex.ANN)
    conn = sqlite3.connect(path)
    conn.execute("DROP TRIGGER ledger_is_not_shortened")
    conn.execute("DELETE FROM ledger WHERE seq = 2")
    conn.commit()
    conn.close()
    assert store.broken_ledger_entry() == 2
    store.close()


def test_a_missing_base_is_not_made_by_accident(path: Path) -> None:
    refusal(lambda: open_sqlite(path, create=False), path)
    assert not path.exists()


def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.write_bytes("这不是数据库。".encode() * 200)
    before = path.read_bytes()
    refusal(lambda: open_sqlite(path), path)
    assert path.read_bytes() == before


def test_another_programs_database_is_left_alone(path: Path) -> None:
    conn = sqlite3.connect(path)
    conn.execute("CREATE TABLE photos (id)")
    conn.commit()
    conn.close()
    assert "another program" in refusal(lambda: open_sqlite(path), path).en


def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    open_sqlite(path).close()
    conn = sqlite3.connect(path)
    conn.execute("PRAGMA user_version = 99")
    conn.close()
    assert "升级" in refusal(lambda: open_sqlite(path), path).zh


def test_a_folder_in_place_of_the_file_is_explained(tmp_path: Path) -> None:
    refusal(lambda: open_sqlite(tmp_path), tmp_path)


def test_a_file_in_place_of_the_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("x")
    refusal(lambda: open_sqlite(tmp_path / "home" / "base.db"), tmp_path / "home")


def test_a_read_only_base_refuses_to_write_and_says_why(path: Path) -> None:
    """Root may write anywhere, so the file itself is made to refuse: every connection is told to write nothing."""
    store = open_sqlite(path)
    with store._file.reading() as conn:
        conn.execute("PRAGMA query_only = 1")
    error = refusal(lambda: store.put_document(ex.bundle("a"), who=ex.ANN), path)
    assert "read-only" in error.en and "只读" in error.zh
    store.close()


def test_a_full_disk_is_explained_and_nothing_is_half_written(path: Path) -> None:
    store = open_sqlite(path)
    store.put_document(ex.proposing("a"), who=ex.ANN)
    before = lines(store)
    store.close()
    code = (f"import resource, sys; sys.path.insert(0, {str(CHILD.parent)!r}); import examples as ex\n"
            "from pathlib import Path; from renzhi.errors import StoreError\n"
            "from renzhi.graph.sqlite_store import open_sqlite\n"
            f"store = open_sqlite(Path({str(path)!r}))\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))\n"
            "try: store.put_document(ex.proposing('b', texts=ex.TEXTS * 3000), who='x')\n"
            "except StoreError as exc: print(exc.en); print(len(store.documents()), store.broken_ledger_entry())\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "nothing was changed" in done.stdout and "1 None" in done.stdout, done.stdout + done.stderr
    store = open_sqlite(path)
    assert lines(store) == before
    store.put_document(ex.proposing("b", texts=ex.TEXTS * 3000), who=ex.ANN)
    store.close()


def test_a_writer_that_waits_too_long_says_so(path: Path) -> None:
    store = open_sqlite(path, lock_timeout_s=0.2)
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    error = refusal(lambda: store.put_document(ex.bundle("a"), who=ex.ANN), path)
    assert "another process" in error.en and time.monotonic() - begun < 5
    assert store.documents() == []  # reading goes on
    conn.execute("ROLLBACK")
    conn.close()
    store.put_document(ex.bundle("a"), who=ex.ANN)
    store.close()


def test_a_writer_waits_for_another_to_finish(path: Path) -> None:
    store = open_sqlite(path)
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    conn.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.5, lambda: conn.execute("ROLLBACK"))
    timer.start()
    store.put_document(ex.bundle("a"), who=ex.ANN)
    timer.join()
    conn.close()
    assert len(store.documents()) == 1
    store.close()


def test_a_closed_store_says_that_it_is_closed(path: Path) -> None:
    store = open_sqlite(path)
    store.close()
    assert "closed" in refusal(store.documents, path).en


def child(path: Path, prefix: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(CHILD), str(path), prefix, str(count)], stdout=subprocess.PIPE, text=True)


def test_processes_that_make_and_write_one_base_at_once_lose_nothing(path: Path) -> None:
    children = [child(path, f"p{number}n", 8) for number in range(4)]
    assert [one.wait(timeout=60) for one in children] == [0] * 4
    for one in children:
        assert one.stdout
        one.stdout.close()
    store = open_sqlite(path, create=False)
    assert {one.id for one in store.documents()} == {f"doc:p{a}n{b}" for a in range(4) for b in range(8)}
    assert len(only(store).supports) == 32 and store.broken_ledger_entry() is None
    store.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_writer_leaves_documents_whole_or_not_at_all(path: Path, seed: int) -> None:
    process = child(path, "k", 10_000)
    assert process.stdout and process.stdout.readline() == "ready\n"
    time.sleep(random.Random(seed).uniform(0.02, 0.5))
    os.kill(process.pid, 9)
    acknowledged = {line.strip() for line in process.stdout if line.endswith("\n")}
    process.stdout.close()
    process.wait()
    store = open_sqlite(path)
    held = {one.id for one in store.documents()}
    assert acknowledged <= held and len(held - acknowledged) <= 1
    assert len(store.passages()) == 60 * len(held) and len(store.ledger(limit=10_000)) == len(held)
    assert store.frequencies([], "zh")[1] == 40 * len(held) and store.broken_ledger_entry() is None
    assert all(len(one.supports) == len(held) for one in store.facts())
    store.put_document(ex.bundle("after"), who=ex.ANN)
    store.close()
