"""The command line: one JSON object, right exit status, one clear sentence, no traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from renzhi.ui.cli import main


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict, str]:
    """Exit status, the JSON object, standard error."""
    status = main([str(w) for w in words] + ["--json"])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return status, json.loads(out), err


def test_status_counts_the_pack(capsys: pytest.CaptureFixture[str], pack_home: Path) -> None:
    status, found, _ = run(capsys, "status", "--home", pack_home)
    assert status == 0 and found["cases"] == 33 and found["statements_without_source"] == 0
    assert found["concepts"] == {"hazard": 73, "system": 72, "factor": 76, "impact": 67, "measure": 139, "group": 32}
    assert found["facts"]["proposed"] == 0 and found["facts"]["accepted"] > 1129 and found["ledger_intact"]
    assert all(e["passages"] == found["texts"] for e in found["embedders"])


@pytest.mark.parametrize("word", ["内涝", "waterlogging"])
def test_a_word_of_either_language_finds_the_same_concept(capsys: pytest.CaptureFixture[str], tmp_path: Path, word: str) -> None:
    _, found, _ = run(capsys, "concepts", word, "--home", tmp_path / "none")
    assert found["concepts"][0]["id"] == "hz:waterlogging"


def test_ask_gives_the_keys_of_the_contract_and_writes_its_trace(capsys: pytest.CaptureFixture[str], pack_home: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    status, found, _ = run(capsys, "ask", "内涝怎么防？", "--home", pack_home, "--trace", trace)
    assert status == 0 and found["lang"] == "zh" and not found["abstained"] and found["reason"] is None
    assert {"question", "answer", "sentences", "citations", "cases", "measures", "groups", "chains", "gaps", "model", "snapshot", "trace", "elapsed_ms"} <= set(found)
    assert json.loads(trace.read_text(encoding="utf-8"))["snapshot"] == found["snapshot"]


def test_review_accept_and_undo_through_commands(capsys: pytest.CaptureFixture[str], home: Path, note: Path) -> None:
    run(capsys, "add", note, "--home", home)
    _, item, _ = run(capsys, "review", "next", "--as", "Tester", "--home", home)
    fact = item["fact"]["id"]
    assert item["waiting"] > 0 and item["fact"]["passage"]["text"]
    status, done, _ = run(capsys, "review", "accept", fact, "--as", "Tester", "--home", home)
    assert (status, done["status"], done["by"]) == (0, "accepted", "Tester")
    _, back, _ = run(capsys, "review", "undo", done["entry"], "--as", "Tester", "--home", home)
    assert back["status"] == "proposed"
    status, refused, _ = run(capsys, "review", "accept", fact, "--as", "Tester", "--version", 0, "--home", home)
    assert status == 1 and refused["error"]["code"] == "conflict"


BROKEN = {
    "empty.md": b"", "wrong.pdf": b"this is no pdf", "broken.docx": b"PK\x03\x04 broken", "unknown.xyz": b"data",
    "case.yaml": b"format: 1\nid: x\n", "bad.yaml": b"a: [1, 2\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_read_is_reported_and_nothing_is_stored(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(BROKEN[name])
    _, before, _ = run(capsys, "status", "--home", home)
    status, found, _ = run(capsys, "add", path, "--home", home)
    [row] = found["documents"]
    assert status == 1 and row["status"] == "failed" and row["message"]["zh"] and row["message"]["en"]
    _, after, _ = run(capsys, "status", "--home", home)
    assert after["snapshot"] == before["snapshot"] and after["documents"] == before["documents"]


@pytest.mark.parametrize(("words", "status"), [
    (["add", "no-such-file.md"], 1), (["read", "no-such-file.pdf"], 1), (["case", "show", "no-such-case"], 1), (["remove", "no-such-document"], 1),
    (["concept", "hz:no_such"], 1), (["ask", ""], 2), (["ask", "x" * 10_000], 2), (["ask", "flood", "--lang", "xx"], 2), (["ask", "flood", "--llm", "a:b"], 2),
    (["ask", "flood", "--hazard", "hz:no_such"], 1), (["search", "flood", "--nonsense"], 2), (["nonsense"], 2), (["ask"], 2), (["review", "accept", "some-fact"], 2),
    (["review", "accept", "no-such-fact", "--as", "T"], 1), (["status", "--graph", "bolt://127.0.0.1:1"], 2), (["search", "flood", "--k", "0"], 2),
])
def test_wrong_usage_and_unknown_things_have_their_exit_status_and_one_sentence(capsys: pytest.CaptureFixture[str], pack_home: Path, words: list[str], status: int) -> None:
    got, found, err = run(capsys, *words, "--home", pack_home)
    assert got == status
    if words[0] != "add":
        assert found["error"]["message"]["zh"] and found["error"]["message"]["en"] and err.strip()


def test_a_folder_needs_recursive(capsys: pytest.CaptureFixture[str], home: Path, note: Path) -> None:
    folder = note.parent / "plans"
    folder.mkdir()
    (folder / "a.md").write_bytes(note.read_bytes())
    status, found, _ = run(capsys, "add", folder, "--home", home)
    assert status == 1 and "--recursive" in found["documents"][0]["reason"]
    status, found, _ = run(capsys, "add", folder, "--recursive", "--home", home)
    assert status == 0 and [d["status"] for d in found["documents"]] == ["added"]


def test_without_a_base_the_command_that_makes_one_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, found, _ = run(capsys, "ask", "flood", "--home", tmp_path / "nowhere")
    assert status == 1 and "renzhi init" in found["error"]["message"]["en"]


def test_a_home_that_cannot_be_made_is_said_in_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    status, found, _ = run(capsys, "init", "--empty", "--home", tmp_path / "file")
    assert status == 1 and found["error"]["code"] == "store"


def test_the_console_script_answers_in_the_users_language(pack_home: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "renzhi.ui.cli", "case", "show", "x", "--home", str(pack_home)], capture_output=True, text=True,
                          env=os.environ | {"LC_ALL": "zh_CN.UTF-8", "PYTHONIOENCODING": "utf-8"}, check=False)
    assert done.returncode == 1 and "没有案例" in done.stderr and "Traceback" not in done.stderr


def test_eval_retrieval_prints_all_systems(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    rows = [{"id": "p1", "lang": "en", "text": "Heavy rain floods the underpass"}, {"id": "p2", "lang": "zh", "text": "暴雨造成内涝"}]
    texts = tmp_path / "texts.jsonl"
    texts.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    qrels = tmp_path / "qrels.tsv"
    qrels.write_text("query_id\tpassage_id\tgrade\np1\tp1\t1\np2\tp2\t1\n")
    status, found, _ = run(capsys, "eval", "retrieval", "--passages", texts, "--queries", texts, "--qrels", qrels)
    assert status == 0 and {"renzhi", "bm25", "dense", "equal-weight fusion"} <= {s["name"] for s in found["systems"]}
