"""The shape of the code: imports point one way, files stay small, nothing of one machine is in it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("ontology", "ingest_docs", "graph", "rag", "ui", "eval", "knowledge")
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".ttl", ".tsv", ".sql", ".css", ".txt", ".jsonl", ".svg", ".cfg", ".json"}
MAX_LINES = 500

LEAVES = {"renzhi", "renzhi.errors", "renzhi.settings"}
MODELS = {"renzhi.ontology.model", "renzhi.graph.model", "renzhi.graph.case", "renzhi.rag.model", "renzhi.rag.question"}
"""Plain values that the service hands out; of `rag.question`, what one test below lists."""
SERVICE = {"renzhi.base", "renzhi.results"}
MEASURED = {"renzhi.graph.sqlite_store", "renzhi.rag.chroma_index", "renzhi.rag.embedders", "renzhi.rag.retrieve"}
"""The parts that `eval` measures on data sets which are no knowledge base, so that no service stands over them."""
ALLOWED: dict[str, set[str]] = {
    # folder: what of renzhi it may import, besides itself; a folder's name stands for all of its modules
    "ontology": LEAVES,
    "graph": LEAVES | {"renzhi.ontology"},
    "ingest_docs": LEAVES | {"renzhi.ontology", "renzhi.graph"},
    "rag": LEAVES | {"renzhi.ontology", "renzhi.graph"},
    "knowledge": set(),
    "ui": LEAVES | SERVICE | MODELS | {"renzhi.eval"},
    "eval": LEAVES | SERVICE | MODELS | MEASURED,
}
ROOT_MODULES: dict[str, set[str]] = {
    "__init__": LEAVES,
    "errors": set(),
    "settings": {"renzhi.errors"},
    "results": LEAVES | MODELS,
    "base": LEAVES | SERVICE | {"renzhi.ontology", "renzhi.graph", "renzhi.ingest_docs", "renzhi.rag"},
}


def _imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every `renzhi…` module the file imports, wherever in it, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names if alias.name.split(".")[0] == "renzhi")
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield f"a relative import (from {'.' * node.level}{node.module or ''})", node.lineno
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "renzhi":
            for alias in node.names:
                deeper = _module_file(f"{node.module}.{alias.name}")
                yield (f"{node.module}.{alias.name}" if deeper else str(node.module)), node.lineno


def _module_file(name: str) -> Path | None:
    parts = name.split(".")[1:]
    base = ROOT / "renzhi" if len(parts) == 1 and parts[0] not in FOLDERS else ROOT
    path = base.joinpath(*parts)
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.exists()), None)


def _forbidden(path: Path, allowed: set[str], own: str) -> list[str]:
    def fine(module: str) -> bool:
        return any(module == one or (one not in LEAVES and module.startswith(one + ".")) for one in allowed | {own})

    return [f"{path.relative_to(ROOT)}:{line} imports {module}" for module, line in _imports(path) if not fine(module)]


def _sources(folder: str) -> list[Path]:
    return sorted(p for p in (ROOT / folder).rglob("*.py") if "__pycache__" not in p.parts)


def _texts() -> list[Path]:
    """Every text file that belongs to the repository, this one apart."""
    out = {".git", ".venv", "build", "dist", "renzhi-data", "__pycache__", "screenshots"}
    files = (p for p in ROOT.rglob("*") if p.is_file() and not p.is_symlink())
    own = (p for p in files if not any(part in out or part.endswith(("_cache", ".egg-info")) for part in p.relative_to(ROOT).parts))
    return [p for p in own if (p.suffix in TEXT or p.name in {"Makefile", "run", "LICENSE"}) and p != Path(__file__)
            and ".types" not in p.parts and ".hypothesis" not in p.parts]


def test_the_table_of_imports_names_every_folder() -> None:
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["package-dir"]
    assert set(packaged.values()) == {"renzhi", *ALLOWED} == {"renzhi", *FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_only_what_stands_below_it(folder: str) -> None:
    assert [one for path in _sources(folder) for one in _forbidden(path, ALLOWED[folder], f"renzhi.{folder}")] == []


def test_the_modules_of_the_root_package_keep_to_their_row() -> None:
    modules = {path.stem: path for path in _sources("renzhi")}
    assert modules.keys() <= ROOT_MODULES.keys()
    assert [one for name, path in modules.items() for one in _forbidden(path, ROOT_MODULES[name], f"renzhi.{name}")] == []


def test_a_forbidden_import_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    file = tmp_path / "sample.py"
    file.write_text("def f():\n    from renzhi.rag import answer\n    from .. import graph\n    import renzhi.graph.model\n")
    seen = _forbidden(file, ALLOWED["ingest_docs"], "renzhi.ingest_docs")
    assert [line.split(" imports ")[0] for line in seen] == ["sample.py:2", "sample.py:3"]


def test_of_the_questions_module_pages_and_commands_take_filters_and_the_language() -> None:
    taken = {alias.name for folder in ("ui", "eval") for path in _sources(folder)
             for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(node, ast.ImportFrom) and node.module == "renzhi.rag.question" for alias in node.names}
    assert taken <= {"Filters", "language"}


def test_no_python_file_is_longer_than_500_lines() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
               for folder in ("renzhi", *FOLDERS, "tests") for path in _sources(folder)}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_no_file_names_a_path_of_one_machine_or_a_package_registry() -> None:
    machine = re.compile(r"(?:^|[^A-Za-z0-9.])/(?:work|farm|root)/", re.MULTILINE)
    registry = re.compile(r"index-url|registry *= *[\"']http|https?://[^ \"')>]*/simple\b|files\.pythonhosted|pypi\.org/packages")
    texts = {path: path.read_text(encoding="utf-8") for path in _texts()}
    assert len(texts) > 50
    assert [str(path.relative_to(ROOT)) for path, text in texts.items() if machine.search(text) or registry.search(text)] == []


def test_the_type_checker_finds_every_folder() -> None:
    links = {link.name: link.resolve() for link in (ROOT / ".types" / "renzhi").iterdir()}
    assert links == {folder: (ROOT / folder).resolve() for folder in FOLDERS}
