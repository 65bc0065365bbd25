"""The dense index: Chroma, embedded, as a projection of the store's vectors that can be dropped and rebuilt at any time.

Two processes that write one Chroma folder corrupt it without a sign, and a reader that has queried once does not see
what another process writes. So one writer at a time holds a file lock, and every write leaves a new stamp that each
reader compares before it asks. Chroma's server has an open remote hole; it is never started.
"""

import json
import re
import shutil
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from filelock import FileLock, Timeout

from renzhi.errors import StoreError
from renzhi.graph.model import Lang
from renzhi.graph.store import GraphStore
from renzhi.rag.model import Vectors

Result = TypeVar("Result")
_BATCH = 1000
# 6,000 vectors in 2.6 s on two cores; 99.7 % of the true nearest 200 are found.
_CONFIGURATION = {"hnsw": {"space": "ip", "ef_construction": 100, "ef_search": 400, "max_neighbors": 16}}
_in_process = threading.RLock()
_opened: dict[str, "_Opened"] = {}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the index holds: the store's changes up to `position`, in the folder `files`."""

    position: int
    generation: str
    """New with every write."""
    files: str


@dataclass(slots=True)
class _Opened:
    generation: str
    client: Any
    collections: dict[str, Any]


class ChromaIndex:
    """One collection per language and embedder under `folder`; vectors come from the store, never from Chroma."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def position(self) -> int:
        """The store position up to which changes are in the index; what came later is the reader's to score."""
        return self._stamp().position

    def candidates(self, embedder: str, lang: Lang, vector: Vectors, *, k: int) -> list[str]:
        """Ids of up to `k` passages whose vectors are nearest, best first; approximate, so to be scored again.

        Raises `StoreError` if the index is damaged.
        """

        def ask(opened: _Opened) -> list[str]:
            collection = _collection(opened, collection_name(embedder, lang))
            if collection is None:
                return []
            found = collection.query(query_embeddings=[vector.tolist()], n_results=k, include=[])
            return [str(one) for one in found["ids"][0]]

        return self._read(ask, [])

    def counts(self) -> dict[str, int]:
        """How many vectors each collection holds, by `collection_name`."""

        def ask(opened: _Opened) -> dict[str, int]:
            return {one.name: one.count() for one in opened.client.list_collections()}

        return self._read(ask, {})

    def sync(self, store: GraphStore, *, timeout_s: float = 0.0) -> int:
        """The position the index stands at after replaying the store's changes into it.

        Where another process is writing for longer than `timeout_s`, the work is left to it.
        """
        try:
            with self.writing(timeout_s=timeout_s):
                return self._replay(store)
        except Timeout:
            return self.position()

    def rebuild(self, store: GraphStore, *, timeout_s: float = 60.0) -> int:
        """The position after building the whole index anew beside the old one; readers change over at its end.

        Raises `StoreError` if another process goes on writing.
        """
        try:
            with self.writing(timeout_s=timeout_s):
                return self._replay(store, anew=True)
        except Timeout as exc:
            raise StoreError(zh="另一个进程正在写入向量索引。请等它结束后再运行 renzhi reindex。",
                             en="Another process is writing the vector index. Wait for it, then run renzhi reindex.") from exc

    def close(self) -> None:
        """Lets go of Chroma's files in this process; the next query opens them again."""
        with _in_process:
            for path in [one for one in _opened if Path(one).parent == self.folder]:
                _opened.pop(path).client.close()

    # -- writing
    @contextmanager
    def writing(self, *, timeout_s: float = 0.0) -> Iterator[None]:
        """Holds the writer's lock; raises `filelock.Timeout` where another process goes on holding it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "writer.lock").acquire(timeout=timeout_s):
            yield

    def _replay(self, store: GraphStore, *, anew: bool = False) -> int:
        old = self._stamp()
        anew = anew or not old.files or old.position > store.position() or not (self.folder / old.files).is_dir()
        stamp = Stamp(0, "", f"chroma-{uuid.uuid4().hex[:8]}") if anew else old
        changes = store.changes(stamp.position)
        if changes or anew:  # an empty index too is made by its writer, and not by the first reader
            self._write(store, stamp, [(embedder, lang, passage) for _, embedder, passage, lang in changes])
            position = max((number for number, *_ in changes), default=stamp.position)
            self._put_stamp(Stamp(position, uuid.uuid4().hex, stamp.files))
        if anew:
            self._drop_other_files(stamp.files)
        return self.position()

    def _write(self, store: GraphStore, stamp: Stamp, rows: list[tuple[str, Lang, str]]) -> None:
        groups: dict[tuple[str, Lang], list[str]] = {}
        for embedder, lang, passage in rows:
            groups.setdefault((embedder, lang), []).append(passage)

        def write(opened: _Opened) -> None:
            for (embedder, lang), passages in sorted(groups.items()):
                collection = _collection(opened, collection_name(embedder, lang), create=True)
                for start in range(0, len(passages), _BATCH):
                    _put(collection, store, embedder, lang, passages[start : start + _BATCH])

        self._guard(lambda: write(self._open(stamp)))

    def _drop_other_files(self, keep: str) -> None:
        self.close()
        for path in self.folder.glob("chroma-*"):
            if path.name != keep:
                shutil.rmtree(path, ignore_errors=True)

    # -- reading
    def _read(self, ask: Callable[[_Opened], Result], nothing: Result) -> Result:
        stamp = self._stamp()
        if not stamp.files:
            return nothing
        try:
            return self._guard(lambda: ask(self._open(stamp)))
        except StoreError:
            # A rebuild may have taken the files away since the stamp was read; then there is a newer stamp.
            newer = self._stamp()
            if newer.files == stamp.files:
                raise
            return self._guard(lambda: ask(self._open(newer)))

    def _guard(self, act: Callable[[], Result]) -> Result:
        try:
            with _in_process:
                return act()
        except (KeyboardInterrupt, SystemExit, StoreError):
            raise
        except BaseException as exc:  # a panic of Chroma's Rust core is no Exception
            self.close()
            raise StoreError(
                zh=f"向量索引 {self.folder} 无法使用（{type(exc).__name__}）。请运行 renzhi reindex 重建；资料本身不受影响。",
                en=f"The vector index {self.folder} cannot be used ({type(exc).__name__}). Run renzhi reindex to build it "
                   "again; the knowledge itself is not affected.") from exc

    def _open(self, stamp: Stamp) -> _Opened:
        path = str(self.folder / stamp.files)
        known = _opened.get(path)
        if known and known.generation == stamp.generation:
            return known
        if known:
            _opened.pop(path).client.close()
        if stamp.generation and not Path(path).is_dir():
            raise FileNotFoundError(path)
        _opened[path] = _Opened(stamp.generation, _client(path), {})
        return _opened[path]

    def _stamp(self) -> Stamp:
        try:
            return Stamp(**json.loads((self.folder / "stamp.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return Stamp(0, "", "")

    def _put_stamp(self, stamp: Stamp) -> None:
        part = self.folder / "stamp.json.part"
        part.write_text(json.dumps({"position": stamp.position, "generation": stamp.generation, "files": stamp.files}))
        part.replace(self.folder / "stamp.json")
        with _in_process:
            known = _opened.get(str(self.folder / stamp.files))
            if known:  # what this process wrote, its own client has seen
                known.generation = stamp.generation


def collection_name(embedder: str, lang: Lang) -> str:
    """The collection of an embedder and language: a name that Chroma accepts."""
    return f"passages-{re.sub(r'[^A-Za-z0-9]+', '_', embedder).strip('_')}-{lang}"


def _client(path: str) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path, settings=Settings(anonymized_telemetry=False))


def _collection(opened: _Opened, name: str, *, create: bool = False) -> Any:
    from chromadb.errors import NotFoundError

    if name not in opened.collections:
        try:
            opened.collections[name] = (
                opened.client.get_or_create_collection(name, embedding_function=None, configuration=_CONFIGURATION)
                if create else opened.client.get_collection(name, embedding_function=None))
        except NotFoundError:
            return None
    return opened.collections[name]


def _put(collection: Any, store: GraphStore, embedder: str, lang: Lang, passages: list[str]) -> None:
    ids, rows = store.vectors(embedder, lang, ids=passages)
    filled = [i for i, row in enumerate(rows) if np.any(row)]
    if filled:
        collection.upsert(ids=[ids[i] for i in filled], embeddings=rows[filled])
    gone = _without(passages, (ids[i] for i in filled))
    if gone:
        collection.delete(ids=gone)


def _without(passages: list[str], kept: Iterable[str]) -> list[str]:
    known = set(kept)
    return [one for one in passages if one not in known]
