"""First run, Add and Review in Chromium, over bases that change."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fpdf import FPDF

pytestmark = pytest.mark.browser
PLAN = """# 某市内涝防治专项规划

## 一、风险

暴雨导致城市内涝。2023 年 7 月，城市内涝导致停电，停电造成医疗服务中断。

## 二、措施

下凹式绿地可减轻城市内涝。应急备用电源可以缓解停电。
"""
REVIEW = ("The cloudburst of 2022 in Riverton caused waterlogging in the old town. Waterlogging led to a power outage at the general "
          "hospital. Green roofs reduce waterlogging.")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "内涝规划.md"
    path.write_text(PLAN, encoding="utf-8")
    return path


@pytest.fixture
def report(tmp_path: Path) -> Path:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=12)
    pdf.multi_cell(0, 8, REVIEW)
    path = tmp_path / "riverton.pdf"
    pdf.output(str(path))
    return path


def upload(page: object, path: Path) -> None:
    page.page.locator("input[type=file]").set_input_files(path)  # type: ignore[attr-defined]
    page.see("[class*=st-key-just-]", path.name)  # type: ignore[attr-defined]
    page.settle()  # type: ignore[attr-defined]


def test_an_empty_home_offers_two_ways_to_begin(tab: Callable, start_server: Callable[[Path], str], tmp_path: Path) -> None:
    page = tab(start_server(tmp_path / "新建"))
    assert "知识库是空的" in page.see(".rz-h2").inner_text()
    assert page.page.get_by_role("button", name="载入启动包").is_visible()
    page.page.get_by_role("button", name="选择文件").click()
    page.see("[data-testid=stFileUploaderDropzone]")
    assert (tmp_path / "新建" / "base.sqlite3").exists()


def test_the_starter_pack_is_loaded_at_the_press_of_a_button(tab: Callable, start_server: Callable[[Path], str], tmp_path: Path) -> None:
    page = tab(start_server(tmp_path / "base"), locale="en-GB")
    page.page.get_by_role("button", name="Load starter pack").click()
    page.see("[data-testid=stProgress]", "Loading")
    held = page.see(".st-key-opening .rz-lead2").inner_text()
    assert re.search(r"holds [1-9]\d+ cases", held), held
    page.page.get_by_role("button", name="What does a heatwave set off?").click()
    page.see(".rz-answer .rz-cite")
    page.settle()


def test_files_are_added_held_and_withdrawn(tab: Callable, writing: str, plan: Path, report: Path, tmp_path: Path) -> None:
    page = tab(writing)
    page.open("添加资料", "[data-testid=stFileUploaderDropzone]")
    upload(page, plan)
    row = page.see("[class*=st-key-just-]", plan.name).inner_text()
    assert "待审核" in row and "条事实" in row and "字符" in row
    upload(page, report)
    assert "1 页" in page.see("[class*=st-key-just-]", report.name).inner_text()
    twin = tmp_path / "另一个名字.md"
    twin.write_bytes(plan.read_bytes())
    upload(page, twin)
    assert "重复，未处理" in page.see("[class*=st-key-just-]", twin.name).inner_text()
    broken = tmp_path / "坏.pdf"
    broken.write_bytes(b"no pdf at all")
    upload(page, broken)
    assert "失败" in page.see("[class*=st-key-just-]", broken.name).inner_text()

    held = page.see("[class*=st-key-held-]", plan.name)
    held.get_by_role("button", name="撤下").click()
    page.see("[role=dialog]", "一并撤下")
    page.page.locator("[role=dialog]").get_by_role("button", name="撤下").click()
    page.see(".rz-notice.rz-ok", plan.name)
    page.settle()
    assert page.page.locator("[class*=st-key-held-]", has_text=plan.name).count() == 0


def test_an_added_document_is_cited_with_its_page_and_context_and_an_earlier_turn_says_that_the_base_changed(
        tab: Callable, writing: str, report: Path) -> None:
    page = tab(writing, locale="en-GB")
    page.ask("How can hospitals keep power?")
    assert page.page.locator(".rz-changed").count() == 0
    page.open("Add documents", "[data-testid=stFileUploaderDropzone]")
    upload(page, report)
    page.page.reload()
    page.see("[class*=st-key-held-]", report.name)
    page.open("Ask", ".rz-answer")
    assert "answered anew" in page.see(".rz-changed").inner_text()
    page.ask("What did the 2022 cloudburst in Riverton cause?")
    assert page.page.locator(".rz-changed").count() == 0
    page.page.locator(".rz-src:has(.rz-page) .rz-src-head").first.click()
    image = page.page.locator(".rz-src:target .rz-page, .rz-src:has(.rz-page) .rz-page").first
    assert image.get_attribute("src").startswith("data:image/png;base64,")
    assert image.evaluate("e => e.naturalWidth") > 300
    assert "Riverton" in page.page.locator(".rz-src:has(.rz-page) blockquote").first.inner_text()


def test_review_asks_who_accepts_undoes_and_wants_a_reason(tab: Callable, writing: str, plan: Path) -> None:
    page = tab(writing)
    page.open("添加资料", "[data-testid=stFileUploaderDropzone]")
    upload(page, plan)
    page.open("审核", "[data-testid=stForm]")
    page.page.get_by_label("姓名").fill("王工")
    page.click("开始审核")
    page.see(".rz-tri")

    def waiting() -> int:
        return int(page.see(".rz-lead2").inner_text().split("共 ")[1].split(" ")[0])

    before = waiting()
    assert page.page.locator(".rz-paper mark, .rz-paper .rz-page").count() == 1
    page.page.keyboard.press("a")
    page.see(".rz-notice.rz-ok", "已接受")
    page.settle()
    assert waiting() == before - 1
    page.page.keyboard.press("u")
    page.see(".rz-notice.rz-ok", "已撤销")
    page.settle()
    assert waiting() == before
    page.click("拒绝")
    assert "请写明理由" in page.see(".rz-notice.rz-warn").inner_text()
    assert waiting() == before
    page.page.get_by_label("拒绝的理由").fill("原文只是规划目标")
    page.page.get_by_label("拒绝的理由").press("Tab")
    page.settle()
    page.click("拒绝")
    page.see(".rz-notice.rz-ok", "已拒绝")
    page.settle()
    assert waiting() == before - 1


def test_a_fact_decided_elsewhere_meanwhile_is_refused_with_a_sentence(tab: Callable, writing: str, plan: Path) -> None:
    first, second = tab(writing, locale="en-GB"), tab(writing, locale="en-GB")
    first.open("Add documents", "[data-testid=stFileUploaderDropzone]")
    upload(first, plan)
    for page in (first, second):
        page.open("Review", "[data-testid=stForm]")
        page.page.get_by_label("Name").fill("Reviewer")
        page.click("Start")
        page.see(".rz-tri")
    first.page.keyboard.press("a")
    first.see(".rz-notice.rz-ok", "Accepted")
    second.page.keyboard.press("a")
    assert second.see(".rz-notice.rz-bad").inner_text().strip()
    assert "Traceback" not in second.page.content()
