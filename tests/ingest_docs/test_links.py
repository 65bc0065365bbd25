"""The pack's links: general facts that rest on references to works."""

from importlib.resources import files
from pathlib import Path

import pytest

from renzhi.errors import Unreadable
from renzhi.ingest_docs.links import LINK_COLUMNS, REFERENCE_COLUMNS, SEED_PAPER, WORK_COLUMNS, load_links

LINKS = [
    "hz:heavy_rain\ttriggers\thz:waterlogging\tmeso;micro\thigh\tRain exceeds the drains\t雨量超过排水能力",
    "hz:waterlogging\tleads_to\timp:power_outage\tmeso\tcase\tA substation was flooded\t一座变电站进水",
    "mea:sponge_city\tmitigates\thz:waterlogging\tmeso\tlow\tInfiltration\t下渗",
]
REFERENCES = [
    "hz:heavy_rain\ttriggers\thz:waterlogging\t0\tsrc:a\tpara. 4\thttps://example.org/a",
    "hz:heavy_rain\ttriggers\thz:waterlogging\t1\tsrc:b\t\t",
    "hz:waterlogging\tleads_to\timp:power_outage\t0\tsrc:b\t\t",
    f"mea:sponge_city\tmitigates\thz:waterlogging\t0\t{SEED_PAPER}\t\t",
]
WORKS = [
    "src:a\t\tUrban flood assessment\tSample Panel\t2021\tofficial\t",
    "src:b\t甲, 乙\t样港内涝成因\t样港学报\t\tjournal\ttitle not given",
    f"{SEED_PAPER}\t丙\t综述\t规划学报\t2025\tjournal\t",
    "src:d\t\t没有被引用\t\t\tlow\t",
]


@pytest.fixture
def load(tmp_path: Path, vocabulary):
    def run(*, links=LINKS, references=REFERENCES, works=WORKS):
        for name, columns, rows in (
            ("links", LINK_COLUMNS, links),
            ("link_references", REFERENCE_COLUMNS, references),
            ("works", WORK_COLUMNS, works),
        ):
            (tmp_path / f"{name}.tsv").write_text("\n".join(["\t".join(columns), *rows]) + "\n", encoding="utf-8")
        return load_links(tmp_path, vocabulary, who="pack:t@1")

    return run


def test_a_link_is_an_accepted_general_fact_with_a_support_for_each_reference(load):
    fact = load()[0][0]
    assert (fact.subject, fact.relation, fact.object, fact.scope, fact.modality) == (
        "hz:heavy_rain",
        "triggers",
        "hz:waterlogging",
        None,
        "general",
    )
    assert (fact.status, fact.origin, fact.decided_by, fact.strength, fact.scales) == (
        "accepted",
        "pack:t@1",
        "pack:t@1",
        "high",
        ("meso", "micro"),
    )
    assert (fact.note.zh, fact.note.en) == ("雨量超过排水能力", "Rain exceeds the drains")
    assert [(s.kind, s.works, s.locator, s.url, s.quote) for s in fact.supports] == [
        ("reference", ("src:a",), "para. 4", "https://example.org/a", None), ("reference", ("src:b",), None, None, None)
    ]  # fmt: skip


def test_one_event_and_the_seed_paper_alone_make_no_general_fact(load):
    assert [fact.modality for fact in load()[0]] == ["general", "happened", "claimed"]


def test_works_keep_their_ids_and_no_quality_is_guessed_upward(load):
    works = {work.id: work for work in load()[1]}
    assert set(works) == {"src:a", "src:b", SEED_PAPER}
    assert (works["src:a"].quality, works["src:a"].year, works["src:a"].author) == ("official", 2021, None)
    assert (works["src:b"].quality, works["src:b"].note, works["src:b"].year) == ("not_rated", "title not given", None)


@pytest.mark.parametrize(("change", "where"), [
    ({"links": [LINKS[0], LINKS[1].replace("leads_to", "mitigates"), LINKS[2]]}, "links.tsv:3"),
    ({"links": [LINKS[0].replace("high", "huge"), *LINKS[1:]]}, "links.tsv:2"),
    ({"links": [*LINKS, LINKS[0].rpartition("\t")[0]]}, "links.tsv:5"),
    ({"references": REFERENCES[:2] + REFERENCES[3:]}, "links.tsv:3"),
    ({"links": LINKS[:2]}, "link_references.tsv"),
    ({"references": [*REFERENCES, REFERENCES[0].replace("src:a", "src:zzz")]}, "link_references.tsv:6"),
    ({"works": [*WORKS, "src:e\t\t书\t\tMMXX\tlow\t"]}, "works.tsv:6"),
    ({"works": [*WORKS, "src:e\t\t书\t\t2020\tsplendid\t"]}, "works.tsv:6"),
])  # fmt: skip
def test_a_broken_row_is_named_by_file_and_line(load, change, where):
    with pytest.raises(Unreadable) as caught:
        load(**change)
    assert caught.value.en.startswith(where) and caught.value.zh.startswith(where)


def test_a_missing_table_and_a_wrong_header_are_named(load, tmp_path, vocabulary):
    load()
    (tmp_path / "works.tsv").write_text("title\n", encoding="utf-8")
    with pytest.raises(Unreadable, match=r"works\.tsv:1"):
        load_links(tmp_path, vocabulary, who="pack:t@1")
    (tmp_path / "works.tsv").unlink()
    with pytest.raises(Unreadable, match=r"works\.tsv"):
        load_links(tmp_path, vocabulary, who="pack:t@1")


def test_the_links_of_the_pack_load_whole(vocabulary):
    facts, works = load_links(Path(str(files("renzhi.knowledge"))), vocabulary, who="pack:t@1")
    assert len(facts) > 1000 and len({fact.id for fact in facts}) == len(facts)
    assert {s.kind for fact in facts for s in fact.supports} == {"reference"}
    assert {work for fact in facts for work in fact.works()} == {work.id for work in works}
