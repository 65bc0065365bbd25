"""A sentence-transformers model as embedder (extra `st`), from a folder of this machine or from an installed package.

The model's files are data: nothing is fetched, no code that comes with them is run, and weights are read from safetensors
only, because the older formats are pickles.
"""

import hashlib
import importlib.util
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from renzhi.errors import MissingExtra, NotFound, Unreadable
from renzhi.rag.embedders import Encode, InputType, LocalEmbedder
from renzhi.rag.model import Embedder, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SAMPLE_BYTES = 65_536


def st_embedder(named: str) -> Embedder:
    """The model in the folder, or in the installed package, of this name. Read at once: only it knows its dimensions.

    Its `name` holds a fingerprint of its files, so that another model under the same name is another embedder. Raises
    `NotFound` for a name that is neither, `Unreadable` for what is no such model or brings code of its own, `MissingExtra`
    without the packages of `renzhi[st]`.
    """
    folder = _folder(named)
    _refuse_code(folder)
    _need_package()
    model = _load(folder)
    label = re.sub(r"[^\w.-]+", "_", named if folder != Path(named).expanduser() else folder.resolve().name)
    return LocalEmbedder(f"st-{label}-{fingerprint(folder)}", _dimensions(model), lambda: _encode(model), batch=32)


def _folder(named: str) -> Path:
    folder = Path(named).expanduser()
    if not (named and folder.is_dir()):
        found = _package_folder(named.replace("-", "_"))
        if found is None:
            raise NotFound(
                zh=f"找不到嵌入模型 {named!r}：它既不是文件夹，也不是已安装的包；请检查 RENZHI_EMBEDDERS 中 st: 后面的名字。",
                en=f"There is no embedding model {named!r}: it is neither a folder nor an installed package; check what "
                   "stands after st: in RENZHI_EMBEDDERS.")
        folder = found
    if not (folder / "modules.json").is_file():
        raise _no_model(folder, "modules.json")
    return folder


def _package_folder(package: str) -> Path | None:
    """Where in the package a model lies, or the package's own folder; the package is not imported for it."""
    spec = importlib.util.find_spec(package) if package.isidentifier() else None
    if spec is None or not spec.submodule_search_locations:
        return None
    home = Path(next(iter(spec.submodule_search_locations)))
    return next((one.parent for one in sorted(home.rglob("modules.json"))), home)


def _refuse_code(folder: Path) -> None:
    """Before release 6 the library ran what a local `modules.json` names, whatever `trust_remote_code` said."""
    try:
        kinds = [str(module["type"]) for module in json.loads((folder / "modules.json").read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as exc:
        raise _no_model(folder, f"modules.json: {type(exc).__name__}") from exc
    if not kinds:
        raise _no_model(folder, "modules.json: []")
    foreign = [kind for kind in kinds if not kind.startswith("sentence_transformers.")]
    if foreign:
        raise Unreadable(zh=f"模型 {folder} 要运行自带的程序 {foreign[0]}，韧知不运行模型附带的程序；请换一个不带程序的模型。",
                         en=f"The model {folder} wants to run code of its own, {foreign[0]}, which renzhi does not do; "
                            "choose a model without code.")


def _need_package() -> None:
    if importlib.util.find_spec("sentence_transformers") is None:
        raise MissingExtra(zh='使用 sentence-transformers 模型需要另外安装：pip install "renzhi[st]"',
                           en='sentence-transformers models need an extra. Run: pip install "renzhi[st]"')


def _load(folder: Path) -> "SentenceTransformer":
    os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when the hub's client is imported
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        # On a graphics card the same text gives other last digits, and the same question then other ranks.
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True, trust_remote_code=False,
                                   model_kwargs={"use_safetensors": True})
    except Exception as exc:  # the library raises whatever a broken file provokes
        raise _no_model(folder, f"{type(exc).__name__}: {str(exc).splitlines()[0][:200] if str(exc) else ''}") from exc


def _no_model(folder: Path, detail: str) -> Unreadable:
    return Unreadable(zh=f"无法从 {folder} 读取 sentence-transformers 模型（{detail}）；请检查文件夹是否完整，权重须为 safetensors。",
                      en=f"Cannot read a sentence-transformers model from {folder} ({detail}); check that the folder is "
                         "whole and has its weights as safetensors.")


def _dimensions(model: "SentenceTransformer") -> int:
    return int(model.encode(["水 water"], show_progress_bar=False).shape[1])


def _encode(model: "SentenceTransformer") -> Encode:
    def encode(texts: list[str], input_type: InputType) -> Vectors:
        # Each puts the model's own prompt for its kind of text before it, where the model has one.
        run = model.encode_query if input_type == "query" else model.encode_document
        return np.asarray(run(texts, batch_size=len(texts), show_progress_bar=False), dtype=np.float32)

    return encode


def fingerprint(folder: Path) -> str:
    """Eight hex digits from the name, size, beginning, middle and end of every file that makes the model what it is."""
    digest = hashlib.sha256()
    for path in sorted(one for one in folder.rglob("*") if one.suffix in {".json", ".txt", ".model", ".safetensors"}):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
        with path.open("rb") as file:
            for start in (0, size // 2, max(0, size - _SAMPLE_BYTES)):
                file.seek(start)
                digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()[:8]
