"""What is built is whole: a wheel made from the source archive runs, with its data files, away from the repository."""

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def _run(*command: str | Path, cwd: Path, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "RENZHI_"))}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=clean | environment, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _folders() -> dict[str, str]:
    """Folder of the repository for each package that tells where it stands; a sub-package stands in its parent's."""
    return {str(name): str(folder) for name, folder in SETUPTOOLS["package-dir"].items()}


def _own_files() -> list[tuple[str, Path]]:
    """(package, file) of every file in the packages' folders."""
    return [(name, path) for name, folder in _folders().items() for path in sorted((ROOT / folder).rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive, made from a copy of what it is made from, so that nothing is left in the repository."""
    here = tmp_path_factory.mktemp("sdist")
    copy = here / "copy"
    for _, path in _own_files():
        (copy / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        (copy / path.relative_to(ROOT)).write_bytes(path.read_bytes())
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (copy / name).write_bytes((ROOT / name).read_bytes())
    _run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", here, ".", cwd=copy)
    return next(here.glob("renzhi-*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel made from the source archive."""
    here = tmp_path_factory.mktemp("wheel")
    with tarfile.open(archive) as packed:
        packed.extractall(here, filter="data")
    source = next(path for path in here.iterdir() if path.is_dir())
    _run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", here, ".", cwd=source)
    return next(here.glob("renzhi-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content, as an installer lays it out."""
    target = tmp_path_factory.mktemp("installed")
    _run(sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--no-compile", "--quiet", "--target", target, wheel, cwd=target)
    return target


def test_the_list_of_packages_is_complete() -> None:
    there = {".".join((name, *path.parent.relative_to(ROOT / folder).parts))
             for name, folder in _folders().items() for path in (ROOT / folder).rglob("__init__.py")}
    assert set(SETUPTOOLS["packages"]) == there


def test_every_folder_with_python_files_is_a_package() -> None:
    assert [str(path) for _, path in _own_files() if path.suffix == ".py" and not (path.parent / "__init__.py").exists()] == []


def test_the_wheel_from_the_source_archive_has_every_module_and_data_file(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {name.replace(".", "/") + "/" + path.relative_to(ROOT / _folders()[name]).as_posix()
              for name, path in _own_files()}
    assert len(wanted) > 80
    assert sorted(wanted - packed) == []


def test_the_wheel_brings_both_licences_and_nothing_of_the_tests(wheel: Path) -> None:
    packed = zipfile.ZipFile(wheel).namelist()
    licences = {name.split("/licenses/")[1] for name in packed if "/licenses/" in name}
    assert licences == {"LICENSE", "knowledge/LICENSE"}
    assert {name.split("/")[0].split("-")[0] for name in packed} == {"renzhi"}


def test_the_installed_wheel_finds_a_chinese_word_in_its_own_vocabulary(installed: Path, tmp_path: Path) -> None:
    lookup = ("import renzhi.ontology.load as load, renzhi.ontology.lookup as lookup; "
              "print(load.__file__); print(lookup.find_concepts(load.load_vocabulary(), '内涝')[0].id)")
    file, concept = _run(sys.executable, "-c", lookup, cwd=tmp_path, PYTHONPATH=str(installed), PYTHONUTF8="1").splitlines()
    assert Path(file).is_relative_to(installed)
    assert concept == "hz:waterlogging"


def test_the_command_of_the_installed_wheel_starts(installed: Path, tmp_path: Path) -> None:
    command = "import sys; from importlib.metadata import distribution as d; "
    command += "e = next(e for e in d('renzhi').entry_points if e.name == 'renzhi'); sys.argv = ['renzhi', '--help']; sys.exit(e.load()())"
    said = _run(sys.executable, "-c", command, cwd=tmp_path, PYTHONPATH=str(installed), PYTHONUTF8="1")
    assert "ask" in said and "韧知" in said
