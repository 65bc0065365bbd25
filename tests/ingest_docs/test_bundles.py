"""What a document and a case bring into the base."""

import hashlib
import json
from pathlib import Path

import pytest

from renzhi.errors import InvalidCase
from renzhi.graph.case import Case
from renzhi.graph.model import work_id
from renzhi.ingest_docs.case_file import load_case, parse_case
from renzhi.ingest_docs.ingest import case_bundle, document_bundle
from renzhi.ingest_docs.read import read_file

CASE = Path(__file__).parent / "sample-harbour-2021.yaml"
TEXT = "# 样港区记录\n\n2021 年 7 月，暴雨引发样港区内涝，内涝导致停电。\n\nStorm surge can cause coastal flooding.\n"


@pytest.fixture
def bundle_of(vocabulary, recogniser):
    def make(path: Path):
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return document_bundle(
            read_file(path), name=path.name, data_sha256=sha256, vocabulary=vocabulary, recogniser=recogniser
        )

    return make


@pytest.fixture
def case():
    return load_case(CASE)


@pytest.fixture
def bundle(case, vocabulary):
    return case_bundle(case, vocabulary=vocabulary, name=CASE.name, sha256="ab" * 32, who="pack:t@1")


def test_a_document_is_named_by_its_bytes_and_its_facts_lie_in_its_text(tmp_path, bundle_of):
    (path := tmp_path / "记录.md").write_text(TEXT, encoding="utf-8")
    bundle = bundle_of(path)
    document = bundle.document
    assert document.id == "doc:" + hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    assert (document.format, document.lang, document.title, document.pages, document.quality) == (
        "md",
        "zh",
        "样港区记录",
        None,
        "not_rated",
    )
    assert document.chars_read == document.chars_total == sum(not c.isspace() for c in bundle.pages[0].text)
    assert (
        [work.id for work in bundle.works]
        == [document.work]
        == list({w for f in bundle.facts for s in f.supports for w in s.works})
    )
    assert {(f.subject, f.object, f.scope) for f in bundle.facts} == {
        ("hz:heavy_rain", "hz:waterlogging", document.id), ("hz:waterlogging", "imp:power_outage", document.id), ("hz:storm_surge", "hz:coastal_flood", None)
    }  # fmt: skip
    for support in (s for fact in bundle.facts for s in fact.supports):
        assert bundle.pages[0].text[support.start : support.end] == support.quote
    assert "hz:storm_surge" in {c for p in bundle.passages for c in p.concepts}


def test_the_same_text_in_another_format_is_the_same_work(tmp_path, bundle_of):
    (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "a.txt").write_text(TEXT.replace("# ", "").replace("，", "，\u3000"), encoding="utf-8")
    (tmp_path / "b.txt").write_text(TEXT + "more", encoding="utf-8")
    one, same, other = (bundle_of(tmp_path / name).document for name in ("a.md", "a.txt", "b.txt"))
    assert one.id != same.id and one.work == same.work != other.work


def test_a_pdf_counts_its_pages(make_pdf, line, bundle_of):
    bundle = bundle_of(make_pdf("记录.pdf", [[line(60, 700, "暴雨可能引发内涝。")]] * 2))
    assert (bundle.document.pages, [page.page for page in bundle.pages]) == (2, [1, 2])
    [fact] = bundle.facts
    assert [s.passage for s in fact.supports] == [p.id for p in bundle.passages]


def test_every_sourced_entry_of_a_case_is_a_passage_and_the_editors_reading_is_none(bundle):
    assert [p.id for p in bundle.passages] == [f"case:sample-harbour-2021#{one}" for one in ("i1", "i2", "q1", "m1")]
    assert [p.statement for p in bundle.passages] == ["i1", "i2", "q1", "m1"]
    assert [(p.lang, p.text, p.translation) for p in bundle.passages] == [
        ("zh", "暴雨引发内涝，三条街停电", "Heavy rain triggered waterlogging; three streets lost power"),
        ("en", "Water stood for two days", "积水两天不退"),
        ("zh", "停电街道：三条街停电（2021）", "Streets without power: 三条街停电 (streets, 2021)"),
        ("zh", "移动泵车", "Mobile pumps"),
    ]
    assert "备用电源" not in bundle.pages[0].text and "泵站应有备用电源" in bundle.case
    assert all(bundle.pages[0].text[p.start : p.end] == p.text for p in bundle.passages)


def test_a_passage_has_the_concepts_bound_to_it_and_those_of_its_facts(bundle):
    assert bundle.passages[0].concepts == ("imp:power_outage", "hz:heavy_rain", "hz:waterlogging")
    assert bundle.passages[3].concepts == ("mea:backup_power",)


def test_the_facts_of_a_case_rest_on_its_statements_and_count_the_works_behind_them(bundle):
    press, review = work_id("样港日报报道", "样港日报", 2021), work_id("Harbour flood review", "Sample Press", 2022)
    triggers, leads = bundle.facts
    assert [(s.kind, s.passage, s.quote, s.works) for s in triggers.supports] == [
        ("record", "case:sample-harbour-2021#i1", "暴雨引发内涝，三条街停电", (press, review)),
        ("record", "case:sample-harbour-2021#i2", "Water stood for two days", (review,)),
    ]
    assert (triggers.scope, triggers.status, triggers.decided_by, triggers.score) == (
        "case:sample-harbour-2021",
        "accepted",
        "pack:t@1",
        None,
    )
    assert triggers.works() == tuple(sorted((press, review)))
    assert (leads.polarity, leads.modality) == ("negated", "happened")
    text = bundle.pages[0].text
    assert all(text[s.start : s.end] == s.quote for f in bundle.facts for s in f.supports)


def test_the_sources_of_a_case_are_works_with_their_quality(bundle):
    works = {work.title: work for work in bundle.works}
    assert works["样港日报报道"].quality == "original_press" and works["样港日报报道"].url == "https://example.org/a"
    assert works["Harbour flood review"].find_original and works["Harbour flood review"].author == "A. Nurse"
    assert works["Another print of the review"].lang is None


def test_the_case_comes_back_from_its_json(bundle, case):
    assert Case.model_validate(json.loads(bundle.case)) == case
    assert (bundle.document.id, bundle.document.format, bundle.document.title) == (
        "case:sample-harbour-2021",
        "case",
        "样港区内涝",
    )


@pytest.mark.parametrize(("old", "new", "said"), [
    ("concepts: ['mea:backup_power']", "concepts: ['mea:no_such_thing']", "m1: 'mea:no_such_thing'"),
    ("relation: leads_to", "relation: mitigates", "facts[2]: hz:waterlogging mitigates imp:power_outage"),
    ("concepts: ['hz:heavy_rain']}", "concepts: ['hz:frogs']}", "hazards[0]: 'hz:frogs'"),
])  # fmt: skip
def test_what_the_vocabulary_does_not_allow_is_named_with_its_place(vocabulary, old, new, said):
    text = CASE.read_text(encoding="utf-8")
    assert old in text
    broken = parse_case(text.replace(old, new), name="破.yaml")
    with pytest.raises(InvalidCase) as caught:
        case_bundle(broken, vocabulary=vocabulary, name="破.yaml", sha256="ab" * 32, who="pack:t@1")
    assert f"破.yaml: {said}" in caught.value.en and f"破.yaml: {said}" in caught.value.zh
