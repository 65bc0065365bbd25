"""What the documents say is so: commands, options, settings, fields, values, links and versions."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main
from pydantic import BaseModel

from renzhi import __version__
from renzhi.graph import case as case_format
from renzhi.ingest_docs.case_bundle import case_bundle
from renzhi.ingest_docs.case_file import parse_case
from renzhi.ontology.load import load_vocabulary
from renzhi.settings import Settings
from renzhi.ui.cli import app

ROOT = Path(__file__).parent.parent
COMMON = {"--json", "--home", "--graph"}
READMES = ("README.md", "README.zh.md")
CASE_PAGES = ("docs/case-format.md", "docs/case-format.zh.md")
PAGES = sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def _text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _commands(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    """(name, options) of every command there is."""
    command = command or typer.main.get_command(app)
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*path, name))
    if path and not getattr(command, "commands", {}):
        yield " ".join(path), {option for one in command.params for option in one.opts if option.startswith("--")} - COMMON


def _documented() -> dict[str, set[str]]:
    """The same, as the table of `docs/cli.md` has it."""
    rows = re.findall(r"^\| `renzhi (.+?)` \|", _text("docs/cli.md").replace("\\|", "/"), re.MULTILINE)
    names = {row: re.match(r"[a-z ]+(?=$| )", row) for row in rows}
    return {name[0].strip(): set(re.findall(r"--[a-z-]+", row)) for row, name in names.items() if name}


def test_the_table_of_commands_lists_every_command_with_its_options() -> None:
    assert _documented() == dict(_commands())


def test_what_is_said_to_be_unbuilt_is_unbuilt() -> None:
    section = _text("docs/cli.md").split("## Not built yet")[1].split("\nNor do")[0].split("Nor do")[0]
    unbuilt = set(re.findall(r"`([a-z ]+)`", section))
    assert len(unbuilt) > 10
    assert unbuilt & {name for name, _ in _commands()} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_command_a_page_shows_exists(page: str) -> None:
    there = dict(_commands())
    shown = re.findall(r"^ {4}renzhi (.+)$|`renzhi ((?:[a-z]+)(?: [^`\n]*)?)`", _text(page).split("## Not built yet")[0], re.MULTILINE)
    for line in (indented or inline for indented, inline in shown):
        words = line.split("#")[0].split()
        name = next((n for n in (" ".join(words[:2]), words[0]) if n in there), None)
        assert name, f"{page}: renzhi {line}"
        assert set(re.findall(r"--[a-z-]+", line.split("#")[0])) <= there[name] | COMMON, f"{page}: renzhi {line}"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_to_a_file(page: str) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", _text(page))
    assert [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_a_page_names_exists(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", _text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:^ {4}|`)make ([a-z]+)", _text(page), re.MULTILINE)) <= targets


def test_the_table_of_settings_lists_every_setting_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(RENZHI_\w+)` \| .*? \| (.+?) \|", _text("docs/settings.md"), re.MULTILINE)
    there = {field.name: (f"RENZHI_{field.name.upper()}", str(field.default) if field.default else "none") for field in fields(Settings)}
    assert {name: (variable, default.strip("`").split(" ")[0]) for name, variable, default in rows} == there


def test_the_page_of_settings_names_every_variable_that_the_code_reads() -> None:
    folders = ("renzhi", "ontology", "ingest_docs", "graph", "rag", "ui", "eval")
    code = "".join(path.read_text(encoding="utf-8") for folder in folders for path in (ROOT / folder).rglob("*.py"))
    assert set(re.findall(r"RENZHI_[A-Z]+", code)) == set(re.findall(r"RENZHI_[A-Z]+", _text("docs/settings.md")))


@pytest.mark.parametrize("page", CASE_PAGES)
def test_the_page_of_the_case_format_names_every_field_and_value(page: str) -> None:
    models = [m for m in vars(case_format).values() if isinstance(m, type) and issubclass(m, BaseModel) and m.__module__ == case_format.__name__]
    named = set(re.findall(r"`([a-z_]+)`", _text(page))) | set(re.findall(r"\b([a-z_]+):", _text(page)))
    fields_there = {name for model in models for name in model.model_fields}
    values = {value for kind in (case_format.Scale, case_format.Quality, case_format.Section, case_format.FigureKind) for value in get_args(kind)}
    assert len(fields_there) > 40
    assert (fields_there | values) - named == set()


@pytest.mark.parametrize("page", CASE_PAGES)
def test_the_example_of_the_case_format_is_accepted(page: str) -> None:
    example = re.search(r"^```yaml\n(.*?)^```", _text(page), re.MULTILINE | re.DOTALL)
    assert example
    bundle = case_bundle(parse_case(example[1], name=page), vocabulary=load_vocabulary(), name=page, sha256="0" * 64, who="test")
    assert [passage.statement for passage in bundle.passages] == ["c1", "q1", "m1"]
    assert len(bundle.facts) == 1


def test_the_page_of_the_vocabulary_counts_and_names_what_is_there() -> None:
    vocabulary, page = load_vocabulary(), _text("docs/ontology.md")
    counted = {prefix: int(number) for prefix, number in re.findall(r"\| `([a-z]+:)` \| (\d+) \|", page)}
    there = [id.split(":")[0] + ":" for id in vocabulary.concepts]
    assert counted == {prefix: there.count(prefix) for prefix in set(there)}
    assert set(vocabulary.relations) - set(re.findall(r"`([a-z_]+)`", page)) == set()


@pytest.mark.parametrize("page", READMES)
def test_the_readme_shows_the_two_commands_before_anything_else(page: str) -> None:
    first = re.findall(r"^ {4}(\S+ \S+)", _text(page), re.MULTILINE)
    assert first[:2] == ["make demo", "make test"]
    assert _text(page).index("make demo") < 400


def test_both_readmes_have_the_same_parts() -> None:
    shape = [[len(mark) for mark in re.findall(r"^(#+) ", _text(page), re.MULTILINE)] for page in (*READMES, *CASE_PAGES)]
    assert shape[0] == shape[1]
    assert shape[2] == shape[3]
    tables = [re.findall(r"^\| `([a-z]+/)`", _text(page), re.MULTILINE) for page in READMES]
    assert tables[0] == tables[1]
    assert set(tables[0]) <= {path.name + "/" for path in ROOT.iterdir() if path.is_dir()}


def test_the_changelog_begins_with_this_version() -> None:
    newest = re.search(r"^## \[(.+?)\]", _text("CHANGELOG.md"), re.MULTILINE)
    assert newest and newest[1] == __version__
