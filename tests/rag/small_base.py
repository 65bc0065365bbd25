"""A small bilingual base on the real store and the real dense index, with the quick embedder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from renzhi.graph.model import Bundle, Document, Lang, PageText, Passage
from renzhi.graph.sqlite_store import SqliteStore, open_sqlite
from renzhi.rag.chroma_index import ChromaIndex
from renzhi.rag.embedders import use_embedder
from renzhi.rag.model import Embedder
from renzhi.rag.retrieve import Retriever

USE = use_embedder()

TEXTS: dict[str, tuple[str, ...]] = {
    "zh": (
        "特大暴雨淹没变电站，地铁停运四天，早高峰的乘客改乘公交。",
        "社区在夏季开放夜间避暑中心，独居老人可在空调房里过夜。",
        "海绵城市改造后，河道水质由劣五类升到四类，内涝点减少一半。",
        "巨灾保险在台风后七天内向居民赔付房屋损失。",
        "连续三年干旱使水库见底，电解铝企业限产。",
        "养老院没有转移失能老人的预案，洪水在凌晨漫过一层。",
    ),
    "en": (
        "The storm surge topped the sea wall and flooded the hospital's generators in the basement.",
        "During the drought households cut their water use by half after tariffs rose.",
        "Volunteers warn villages of cyclones with flags, sirens and loudspeakers.",
        "A heat dome killed mostly older people who lived alone without air conditioning.",
        "The microgrid kept the town hall and the clinic supplied when the grid failed.",
        "Rolling blackouts began when gas wells froze in the winter storm.",
    ),
}


@dataclass(frozen=True)
class SmallBase:
    store: SqliteStore
    index: ChromaIndex
    embedders: tuple[Embedder, ...]

    def retriever(self) -> Retriever:
        return Retriever(self.store, self.embedders, self.index)

    def close(self) -> None:
        self.index.close()
        self.store.close()


def open_base(folder: Path, *, embedders: Sequence[Embedder] = (USE,)) -> SmallBase:
    return SmallBase(open_sqlite(folder / "base.sqlite"), ChromaIndex(folder / "chroma"), tuple(embedders))


def filled_base(folder: Path) -> SmallBase:
    """`doc:zh#0` … `doc:en#5`, embedded and in the dense index."""
    base = open_base(folder)
    for lang, texts in TEXTS.items():
        put(base, f"doc:{lang}", "zh" if lang == "zh" else "en", texts)
    base.index.sync(base.store, timeout_s=30)
    return base


def put(base: SmallBase, document: str, lang: Lang, texts: Sequence[str], *, translations: Sequence[str] = (),
        embed: bool = True) -> None:
    """Stores the document and its vectors; the dense index does not know of it yet."""
    whole = "\n".join(texts)
    passages, start = [], 0
    for number, text in enumerate(texts):
        translation = translations[number] if translations else None
        passages.append(Passage(f"{document}#{number}", document, number, start, start + len(text), lang, text,
                                translation=translation))
        start += len(text) + 1
    head = Document(document, f"sha-{document}", "txt", document, lang, document, document, f"text-{document}")
    base.store.put_document(Bundle(head, (PageText(None, whole),), tuple(passages)), who="安然")
    if embed:
        embed_missing(base)


def embed_missing(base: SmallBase) -> None:
    for one in base.embedders:
        rows = base.store.without_vector(one.name)
        if rows:
            base.store.put_vectors(one.name, rows, one.embed([text for *_, text in rows], input_type="document"))
