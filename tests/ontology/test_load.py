"""The cache of the vocabulary."""

import subprocess
import sys
from pathlib import Path

import pytest

from renzhi.ontology.load import load_vocabulary
from renzhi.ontology.model import Vocabulary


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    load_vocabulary(cache_dir=folder)
    return folder


def test_the_cache_gives_the_same_vocabulary(vocabulary: Vocabulary, cache: Path) -> None:
    assert load_vocabulary(cache_dir=cache) == vocabulary


def test_writing_the_cache_leaves_one_json_file(cache: Path) -> None:
    (file,) = cache.iterdir()
    assert file.suffix == ".json"
    assert file.read_text(encoding="utf-8").startswith("{")


def test_a_warm_cache_needs_no_rdflib(cache: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from renzhi.ontology.load import load_vocabulary;"
        "load_vocabulary(cache_dir=Path(sys.argv[1])); print('rdflib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(cache)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"concepts": [], "forms": [[]]}', '{"concepts": [{"id": "hz:x"}]}'])
def test_a_broken_cache_is_replaced(vocabulary: Vocabulary, cache: Path, broken: str) -> None:
    (file,) = cache.iterdir()
    file.write_text(broken, encoding="utf-8")
    assert load_vocabulary(cache_dir=cache) == vocabulary
    assert len(file.read_text(encoding="utf-8")) > 100_000


def test_a_cache_that_is_no_text_is_replaced(vocabulary: Vocabulary, cache: Path) -> None:
    (file,) = cache.iterdir()
    file.write_bytes(b"\xff\xfe\x00")
    assert load_vocabulary(cache_dir=cache) == vocabulary


def test_a_folder_that_cannot_be_written_does_no_harm(vocabulary: Vocabulary, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file stands where the folder should be", encoding="utf-8")
    assert load_vocabulary(cache_dir=taken) == vocabulary
