"""Measuring retrieval: the figures, their files, and the systems they stand beside."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from renzhi.errors import MissingExtra, Unreadable
from renzhi.eval import baselines
from renzhi.eval.baselines import bm25, equal_weights, words
from renzhi.eval.dataset_files import DatasetText, read_texts
from renzhi.eval.retrieval import evaluate_retrieval
from renzhi.rag.embedders import use_embedder

USE = use_embedder()
PASSAGES = [
    {"id": "z1", "lang": "zh", "text": "特大暴雨淹没变电站，地铁停运四天。"},
    {"id": "z2", "lang": "zh", "text": "社区在夏季开放夜间避暑中心。", "title": "热浪"},
    {"id": "z3", "lang": "zh", "text": "巨灾保险在台风后七天内赔付。"},
    {"id": "e1", "lang": "en", "text": "Extreme rain flooded the substation and stopped the metro for four days."},
    {"id": "e2", "lang": "en", "text": "Night shelters with air conditioning open during heat waves.", "title": "Heat"},
    {"id": "e3", "lang": "en", "text": "The catastrophe insurance pays within seven days of a typhoon."},
]
QUERIES = [
    {"id": "q1", "lang": "zh", "text": "地铁为什么停运？"},
    {"id": "q2", "lang": "en", "text": "Where can people cool down at night in summer?"},
    {"id": "q3", "lang": "zh", "text": "台风后的保险赔付有多快？"},
]
ZH_EN = [("q1", "e1", 1), ("q2", "e2", 1), ("q3", "e3", 2)]
BOTH = [*ZH_EN, ("q1", "z1", 1), ("q2", "z2", 1), ("q3", "z3", 1)]

Files = tuple[Path, Path, Path]
Write = Callable[..., Files]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(passages: object = PASSAGES, queries: object = QUERIES, qrels: list[tuple[str, str, int]] = BOTH) -> Files:
        paths = tmp_path / "passages.jsonl", tmp_path / "queries.jsonl", tmp_path / "qrels.tsv"
        for path, rows in zip(paths[:2], (passages, queries), strict=True):
            path.write_text(rows if isinstance(rows, str) else "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows),
                            encoding="utf-8")
        paths[2].write_text("query_id\tpassage_id\tgrade\n" + "".join(f"{q}\t{p}\t{g}\n" for q, p, g in qrels), encoding="utf-8")
        return paths

    return make


def test_the_report_names_its_systems_and_their_figures(write: Write) -> None:
    report = evaluate_retrieval(*write(), embedders=[USE])
    assert (report["passages"], report["queries"]) == (6, 3)
    assert [one["name"] for one in report["systems"]] == ["renzhi", "bm25", "dense", "dense:use", "equal-weight fusion"]
    for one in report["systems"]:
        assert one.keys() == {"name", "ndcg10", "recall10", "mrr10", "p50_ms"}
        assert all(0 <= one[key] <= 1 for key in ("ndcg10", "recall10", "mrr10")) and one["p50_ms"] > 0  # type: ignore[literal-required]
    assert json.loads(json.dumps(report)) == report


def test_questions_find_passages_of_the_other_language(write: Write) -> None:
    report = evaluate_retrieval(*write(qrels=ZH_EN), lang="en", embedders=[USE])
    scores = {one["name"]: one for one in report["systems"]}
    assert report["passages"] == 3
    assert scores["renzhi"]["ndcg10"] == scores["renzhi"]["mrr10"] == 1.0
    assert scores["bm25"]["ndcg10"] < 0.5


def test_figures_are_those_of_the_definition(write: Write) -> None:
    """One question with three relevant passages, of which words alone find one, at the first place."""
    report = evaluate_retrieval(*write(queries=[{"id": "q", "lang": "zh", "text": "保险"}],
                                       qrels=[("q", "z3", 1), ("q", "e1", 1), ("q", "e3", 1)]), embedders=[USE])
    found = next(one for one in report["systems"] if one["name"] == "bm25")
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert (found["ndcg10"], found["recall10"], found["mrr10"]) == (round(1 / ideal, 4), round(1 / 3, 4), 1.0)


def test_one_file_may_hold_passages_and_queries(write: Write) -> None:
    path, _, qrels = write(qrels=[(one["id"], one["id"], 1) for one in PASSAGES])
    report = evaluate_retrieval(path, path, qrels, embedders=[USE])
    assert report["queries"] == 6 and report["systems"][0]["mrr10"] == 1.0


def test_pairs_that_are_not_in_the_files_are_left_out(write: Write) -> None:
    report = evaluate_retrieval(*write(qrels=[*ZH_EN, ("q9", "e1", 1), ("q1", "z99", 1), ("q2", "e2", 0)]), embedders=[USE])
    assert report["queries"] == 2  # of q2 only a grade 0 is left


def test_passage_vectors_are_kept_where_a_folder_is_given(write: Write, tmp_path: Path) -> None:
    first = evaluate_retrieval(*write(), embedders=[USE], vector_cache=tmp_path / "vec")
    assert (tmp_path / "vec" / "use-document.npz").exists()
    again = evaluate_retrieval(*write(), embedders=[USE], vector_cache=tmp_path / "vec")
    assert [one["ndcg10"] for one in first["systems"]] == [one["ndcg10"] for one in again["systems"]]


def test_without_any_embedder_words_alone_are_measured(write: Write) -> None:
    report = evaluate_retrieval(*write(), lang="zh", embedders=[])
    assert {one["name"]: one["mrr10"] for one in report["systems"]}["renzhi"] > 0


@pytest.mark.parametrize(("passages", "place"), [
    ('{"id": "a", "lang": "zh", "text": "甲"}\n{"id": "b", "lang": "zh"}\n', "passages.jsonl:2"),
    ('{"id": "a", "lang": "fr", "text": "a"}\n', "passages.jsonl:1"),
    ('\n\n[1]\n', "passages.jsonl:3"),
    ("不是 JSON\n", "passages.jsonl:1"),
    ('{"id": "a", "lang": "zh", "text": "甲"}\n{"id": "a", "lang": "zh", "text": "乙"}\n', "passages.jsonl:2"),
    ("", "passages.jsonl:1"),
])
def test_a_bad_line_is_named_with_its_file_and_number(write: Write, passages: str, place: str) -> None:
    with pytest.raises(Unreadable) as caught:
        evaluate_retrieval(*write(passages=passages), embedders=[USE])
    assert place in caught.value.en and place in caught.value.zh


@pytest.mark.parametrize("line", ["q1 z1 1", "q1\tz1\thigh", "q1\tz1"])
def test_a_bad_judgement_is_named_with_its_file_and_number(write: Write, line: str) -> None:
    files = write()
    files[2].write_text(f"query_id\tpassage_id\tgrade\nq1\tz1\t1\n{line}\n", encoding="utf-8")
    with pytest.raises(Unreadable, match=r"qrels\.tsv:3"):
        evaluate_retrieval(*files, embedders=[USE])


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_missing_file_is_named(write: Write, missing: int) -> None:
    files = write()
    files[missing].unlink()
    with pytest.raises(Unreadable, match=files[missing].name):
        evaluate_retrieval(*files, embedders=[USE])


def test_judgements_that_fit_no_file_are_an_error_that_says_what_to_check(write: Write) -> None:
    with pytest.raises(Unreadable, match="--lang"):
        evaluate_retrieval(*write(qrels=[("x", "y", 1)]), embedders=[USE])


@pytest.mark.parametrize("package", ["bm25s", "jieba", "ir_measures"])
def test_without_the_extra_the_command_that_installs_it_is_named(write: Write, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    load = baselines.importlib.import_module

    def missing(name: str) -> object:
        if name == package:
            raise ImportError(name)
        return load(name)

    monkeypatch.setattr(baselines.importlib, "import_module", missing)
    with pytest.raises(MissingExtra) as caught:
        evaluate_retrieval(*write(), embedders=[USE])
    assert 'pip install "renzhi[eval]"' in caught.value.en and package in caught.value.zh


def test_the_titles_of_passages_are_read_with_their_text(write: Write) -> None:
    assert read_texts(write()[0])[1].text == "热浪\n社区在夏季开放夜间避暑中心。"


def test_words_are_whole_words_in_both_languages_without_punctuation() -> None:
    assert words("气候变化, Urban Flooding!") == ["气候变化", "urban", "flooding"]


def test_bm25_finds_nothing_for_a_question_that_shares_no_word() -> None:
    search = bm25([DatasetText("a", "暴雨内涝", "zh"), DatasetText("b", "热浪", "zh"), DatasetText("c", "干旱", "zh")])
    assert search("earthquake") == [] == search("")
    assert search("热浪来了")[0] == "b"


def test_equal_weights_give_the_place_between_two_lists() -> None:
    assert equal_weights([lambda _: ["a", "b", "c"], lambda _: ["b", "c"]])("?") == ["b", "c", "a"]
    assert len(equal_weights([lambda _: [], lambda _: []])("?")) == 0
