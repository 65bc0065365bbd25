"""Embedders by the names that settings give, up to the point where a sentence-transformers model is read.

The reading itself needs PyTorch; `make models` tries it with a real model.
"""

import json
import sys
from pathlib import Path

import pytest

from renzhi.errors import MissingExtra, NotFound, RenzhiError, Unreadable, UsageError
from renzhi.rag.embedders import load_embedders
from renzhi.settings import read_settings

OWN = "sentence_transformers.models.Transformer"


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)


def model_folder(tmp_path: Path, *kinds: str) -> Path:
    folder = tmp_path / "中文模型"
    folder.mkdir()
    modules = [{"idx": at, "name": str(at), "path": "", "type": kind} for at, kind in enumerate(kinds)]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    return folder


def refusal(kind: type[RenzhiError], named: str) -> RenzhiError:
    with pytest.raises(kind) as caught:
        load_embedders(named)
    assert any("\u4e00" <= one <= "\u9fff" for one in caught.value.zh)
    return caught.value


def test_the_environment_names_the_embedders_and_their_order() -> None:
    assert read_settings({}).embedders == "use,e5"
    assert [one.name for one in load_embedders(read_settings({"RENZHI_EMBEDDERS": " use "}).embedders)] == ["use"]
    both = [one.name for one in load_embedders("e5, use,e5")]
    assert both in (["e5", "use"], ["use"])  # e5 has a wheel for some machines only


@pytest.mark.parametrize("named", ["USE", "st", "bge-m3", "use,minilm", "use;e5"])
def test_a_name_that_is_not_known_is_refused_with_those_that_are(named: str) -> None:
    error = refusal(UsageError, named)
    assert repr(named.split(",")[-1]) in error.en and "st:" in error.zh and "RENZHI_EMBEDDERS" in error.zh


@pytest.mark.parametrize("named", ["", " , ", ",,"])
def test_naming_none_at_all_is_refused(named: str) -> None:
    assert "use" in refusal(UsageError, named).en


@pytest.mark.usefixtures("without_package")
def test_without_the_package_the_extra_is_named(tmp_path: Path) -> None:
    error = refusal(MissingExtra, f"use,st:{model_folder(tmp_path, OWN)}")
    assert 'pip install "renzhi[st]"' in error.en and 'pip install "renzhi[st]"' in error.zh


@pytest.mark.parametrize("named", ["st:", "st:no-such-model-here", "st:/no/such/folder", "st:sentence-transformers/all-MiniLM-L6-v2", "st:os.path", "st:a\0b"])
def test_a_model_that_is_not_on_this_machine_is_not_looked_for_elsewhere(named: str) -> None:
    assert "RENZHI_EMBEDDERS" in refusal(NotFound, named).zh


@pytest.mark.usefixtures("without_package")
def test_a_model_may_lie_in_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "sample_st_model"
    package.mkdir()
    (package / "__init__.py").write_text("raise SystemExit('a package is searched, not run')")
    model_folder(package, OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    refusal(MissingExtra, "st:sample-st-model")


def test_a_package_without_a_model_is_refused() -> None:
    assert "modules.json" in refusal(Unreadable, "st:json").en


@pytest.mark.parametrize("content", ["", "[", "{}", "[1]", '[{"name": "0"}]', "null", "[" * 100_000])
def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, content: str) -> None:
    folder = model_folder(tmp_path)
    (folder / "modules.json").write_text(content)
    assert str(folder) in refusal(Unreadable, f"st:{folder}").en


@pytest.mark.parametrize("kind", ["modeling.Custom", "os.system", "sentence_transformers_evil.Transformer", ""])
def test_a_model_that_brings_code_of_its_own_is_refused_and_its_code_is_not_run(tmp_path: Path, kind: str) -> None:
    folder = model_folder(tmp_path, OWN, kind)
    (folder / "modeling.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    assert str(folder) in refusal(Unreadable, f"st:{folder}").en
    assert not (tmp_path / "ran").exists()
