"""Microcopy is complete in both languages; an answer's Markdown becomes HTML that can carry nothing else."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from renzhi.rag.model import Answer, Block, Citation, SourceNote
from renzhi.ui.answer_view import answer_html
from renzhi.ui.components import chain_strip, external_link, quality_badge, review_badge
from renzhi.ui.markup import to_html
from renzhi.ui.source_card import Evidence, cards
from renzhi.ui.strings import STRINGS

UI = Path(str(files("renzhi.ui")))
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)>"\'&'


def citation(n: int, kind: str, **more: object) -> Citation:
    source = SourceNote(title=more.pop("title", "来源"), publisher="某报", year=2021, url=more.pop("url", None), quality="copy")  # type: ignore[arg-type]
    return Citation(n=n, kind=kind, title=source.title, source=source, **more)  # type: ignore[arg-type]


def answer(*blocks: Block, lang: str = "zh", abstained: bool = False, chains: tuple[tuple[str, ...], ...] = ()) -> Answer:
    return Answer(question="问", lang=lang, intent="measures", abstained=abstained, reason="缺" if abstained else None,  # type: ignore[arg-type]
                  blocks=blocks, sentences=(), citations=(), chains=chains)


@pytest.mark.parametrize("key", STRINGS)
def test_each_text_stands_in_both_languages_with_the_same_placeholders(key: str) -> None:
    zh, en = STRINGS[key]
    assert zh.strip() and en.strip()
    assert sorted(re.findall(r"{(\w+)}", zh)) == sorted(re.findall(r"{(\w+)}", en))


def test_every_text_a_page_asks_for_exists_and_every_text_is_asked_for() -> None:
    sources = "".join(p.read_text(encoding="utf-8") for p in UI.rglob("*.py") if p.name not in ("strings.py", "cli.py"))
    asked = set(re.findall(r"\b(?:t|say|counted)\([\"'](\w+)[\"']", sources))
    assert asked - STRINGS.keys() == set()
    quoted = set(re.findall(r"[\"'](\w+)[\"']", sources)) | {"affirmed", "claimed", "general", "planned", "simulated"}
    made = ("section_", "state_", "value_", "standing_", "example_", "again_", "start_")
    assert {key for key in STRINGS if key.removesuffix("_1") not in quoted and not key.startswith(made)} == set()


def test_raw_html_images_and_script_links_of_an_answer_stay_text() -> None:
    html = to_html(f"{HOSTILE} ![图](https://evil.example/q?x=1) [点](javascript:alert(1)) [ok](https://example.org)", "zh")
    assert "<script" not in html and "<img" not in html and 'href="javascript' not in html
    assert '<a href="https://example.org">ok</a>' in html


def test_a_marker_becomes_a_link_to_its_card_kept_with_the_full_stop() -> None:
    html = to_html("备用电源被淹 [1][12]。", "zh")
    assert 'href="#src-1" aria-label="来源 1">1</a>' in html
    assert re.search(r'<span class="rz-nb">淹<a class="rz-cite".*>12</a>。</span>', html)


def test_what_a_source_or_record_says_is_escaped_on_its_card() -> None:
    given = [citation(1, "passage", title=HOSTILE, quote=HOSTILE, lang="zh", heading=(HOSTILE,), held=True, document="doc:x"),
             citation(2, "record", title=HOSTILE, quote=HOSTILE, translation=HOSTILE + "e", lang="zh", case="x", statement="i1", also=(HOSTILE,)),
             citation(3, "reference", title=HOSTILE, locator=HOSTILE, url="javascript:alert(1)")]
    html = cards(given, {1: Evidence(before=HOSTILE, after=HOSTILE)}, "en")
    assert "<script" not in html and "onerror=alert(1)>" not in html.replace("&gt;", ">").split("<mark>")[0].split("&lt;img")[0]
    assert "<img" not in html and "javascript:" not in html


def test_a_record_card_marks_wording_translation_and_that_the_original_is_not_held() -> None:
    html = cards([citation(1, "record", quote="备用电源被淹", translation="Backup power was flooded", lang="zh", case="x", statement="i1", shipped=True)], {}, "zh")
    assert all(word in html for word in ("记录原文", "译文", "原文未存", "随包收录")) and "已审核" not in html


def test_the_pack_is_never_shown_as_reviewed_and_a_fresh_passage_is_not() -> None:
    assert "As shipped" in review_badge(citation(1, "record", shipped=True), "en")
    assert "未审核" in review_badge(citation(1, "record"), "zh")
    assert "王工" in review_badge(citation(1, "record", reviewed=True, reviewed_by="王工", shipped=True), "zh")


@pytest.mark.parametrize(("quality", "bars"), [("official", 4), ("original_press", 3), ("copy", 2), ("low", 1), ("not_rated", 0)])
def test_the_quality_badge_has_as_many_bars_as_the_source_deserves(quality: str, bars: int) -> None:
    assert quality_badge(quality, "zh").count('class="on"') == bars


def test_only_http_addresses_become_links() -> None:
    assert external_link("javascript:alert(1)", "x") == external_link("data:text/html,x", "x") == external_link(None, "x") == ""
    assert 'rel="noopener noreferrer"' in external_link("https://example.org/?a=1&b=2", "x")


def test_side_effects_stand_above_the_effect_under_their_dimension() -> None:
    line = "- 制度、技术｜**应急备用电源**。副作用：加剧火灾 [1]。作用：保障诊疗 [2]。案例：没有。\n- 空间｜未找到记录（不等于没有）。"
    html = answer_html(answer(Block("measures", "可采取的措施（每项先列副作用）", line)), lambda c, _: c, "zh")
    assert html.index("制度</h3>") < html.index("应急备用电源") < html.index("加剧火") < html.index("保障诊") < html.index("空间</h3>")
    assert html.index('class="rz-side"') < html.index('class="rz-field"')


def test_a_measure_line_of_another_shape_is_still_shown_whole() -> None:
    html = answer_html(answer(Block("measures", "Measures", "Nothing in columns here [1].")), lambda c, _: c, "en")
    assert "Nothing in columns her" in html and 'href="#src-1"' in html


def test_evidence_is_a_row_a_case_with_a_paragraph_a_sentence() -> None:
    line = "- **Hospital blackout** (Zhengzhou, micro, 2021; our translation, record wording Chinese). Power failed [1]. Patients were moved [2]."
    html = answer_html(answer(Block("evidence", "Evidence by case", line), lang="en"), lambda c, _: c, "en")
    assert html.count('class="rz-row"') == 1 and html.count("<p>") == 2 and "our translation" in html


def test_an_abstention_is_a_notice_and_not_an_answer() -> None:
    html = answer_html(answer(Block("lead", "", "知识库里没有足够的证据回答这个问题：库里没有提到火星。"), abstained=True), lambda c, _: c, "zh")
    assert html.count("没有足够的证据") == 1 and 'class="rz-notice rz-warn"' in html and "没有提到火星" in html


def test_a_chain_is_drawn_in_order_with_a_glyph_a_kind() -> None:
    html = chain_strip([("hz:waterlogging", "内涝"), ("imp:power_outage", "停电<b>")])
    assert html.index("rz-hazard") < html.index("内涝") < html.index("rz-impact") < html.index("停电&lt;b&gt;")
