"""The embedders that made a base's vectors: which they were, what they have not seen yet, and the change to others.

Vectors of two embedders cannot be compared, and one that has seen a part of the texts only would hide the rest. So a base
remembers who made its vectors and answers nobody else, until `renzhi reindex` has made them anew.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from renzhi.errors import StoreError
from renzhi.graph.store import GraphStore
from renzhi.ontology.model import Bilingual
from renzhi.rag.model import Embedder
from renzhi.rag.pack_vectors import read_vectors, text_key

BATCH = 32
Progress = Callable[[str, int, int], None]
Shipped = Callable[[str], Path]
"""The file of an embedder's vectors that ship with the pack; it need not exist."""


def other_embedders(store: GraphStore, embedders: Sequence[Embedder]) -> Bilingual | None:
    """What to do where the base's vectors were made by others than these; None where they were not, or there are none."""
    made, now = _remembered(store), _described(embedders)
    if not made or made == now:
        return None
    return Bilingual(
        f"这个知识库的向量由 {_listed(made, '、')} 生成，而现在的设置是 {_listed(now, '、')}：请运行 renzhi reindex 重新生成，"
        "或把 RENZHI_EMBEDDERS 改回原来的值。",
        f"This knowledge base's vectors were made with {_listed(made, ' and ')}, but the settings name {_listed(now, ' and ')}: "
        "run renzhi reindex to make them anew, or set RENZHI_EMBEDDERS back to what it was.")


def refuse_other_embedders(store: GraphStore, embedders: Sequence[Embedder]) -> None:
    """Raises `StoreError` where the base's vectors were made by others."""
    if differ := other_embedders(store, embedders):
        raise StoreError(zh=differ.zh, en=differ.en)


def claim_base(store: GraphStore, embedders: Sequence[Embedder]) -> None:
    """Remembers these embedders in a base that has none yet; raises `StoreError` where it has others."""
    refuse_other_embedders(store, embedders)
    if not _remembered(store):
        _remember(store, embedders)


def change_embedders(store: GraphStore, embedders: Sequence[Embedder], *, shipped: Shipped,
                     progress: Progress | None = None) -> None:
    """Makes the vectors that these embedders lack and drops those of all others; if that breaks off, the base still
    has what it had and goes on with the embedders of before."""
    made, now = _remembered(store), _described(embedders)
    resized = {name for name in made.keys() & now.keys() if made[name] != now[name]}
    if resized:  # the same name with another length: the two cannot stand side by side
        store.drop_vectors(keep=sorted(made.keys() - resized))
    for one in embedders:
        embed_missing(store, one, shipped=shipped, progress=progress)
    _remember(store, embedders)
    store.drop_vectors(keep=sorted(now))


def embed_missing(store: GraphStore, embedder: Embedder, *, shipped: Shipped, progress: Progress | None = None) -> None:
    """Gives every text that the embedder has not seen its vector: the pack's where it ships one, else made here."""
    rows = store.without_vector(embedder.name)
    known = read_vectors(shipped(embedder.name)) if rows and shipped(embedder.name).exists() else {}
    ready = [row for row in rows if text_key(row[2]) in known]
    if ready:
        store.put_vectors(embedder.name, ready, np.stack([known[text_key(text)] for *_, text in ready]))
    rest = [row for row in rows if text_key(row[2]) not in known]
    for at in range(0, len(rest), BATCH):
        batch = rest[at : at + BATCH]
        store.put_vectors(embedder.name, batch, embedder.embed([text for *_, text in batch], input_type="document"))
        if progress:
            progress(f"embed:{embedder.name}", min(at + BATCH, len(rest)), len(rest))


def _remembered(store: GraphStore) -> dict[str, int]:
    """Dimensions by name, from `use:512,e5:384`."""
    return {name: int(size) for name, size in re.findall(r"([^,:]+):(\d+)", store.setting("embedders") or "")}


def _remember(store: GraphStore, embedders: Sequence[Embedder]) -> None:
    store.set_setting("embedders", ",".join(f"{name}:{size}" for name, size in _described(embedders).items()))


def _described(embedders: Sequence[Embedder]) -> dict[str, int]:
    return {one.name: one.dimensions for one in embedders}


def _listed(embedders: dict[str, int], between: str) -> str:
    return between.join(f"{name} ({size})" for name, size in embedders.items())
