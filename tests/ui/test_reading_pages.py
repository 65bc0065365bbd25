"""Ask and Cases in Chromium, over a base that stays as it is."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
ZH = "暴雨内涝造成停电时，怎样避免医院失去供电？"
EN = "What happened to hospitals in Zhengzhou in 2021?"


def open_cards(page: Page) -> list[str]:
    return [str(body.evaluate("e => e.parentElement.id")) for body in page.locator(".rz-src-body:visible").all()]


def test_an_answer_has_chips_and_a_chip_opens_its_card_without_a_rerun(tab: Callable, reading: str) -> None:
    page = tab(reading)
    page.ask(ZH)
    assert open_cards(page.page) == []
    for n in (1, 2):
        page.page.locator(f".rz-answer .rz-cite[href='#src-{n}']").first.click()
        assert open_cards(page.page) == [f"src-{n}"]
    assert page.page.locator(".rz-question h1").inner_text() == ZH


@pytest.mark.parametrize("width", [1440, 390])
def test_a_new_question_starts_at_its_top_with_no_card_open(tab: Callable, reading: str, width: int) -> None:
    page = tab(reading, width=width)
    page.ask(ZH)
    page.page.locator(".rz-answer .rz-cite[href='#src-2']").first.click()
    page.page.locator(".rz-trace").scroll_into_view_if_needed()
    assert page.page.url.endswith("#src-2") and page.scrolled() != []
    page.ask("那造价呢？")
    assert "#" not in page.page.url
    assert (open_cards(page.page), page.scrolled()) == ([], [])


@pytest.mark.parametrize(("locale", "question", "words"), [
    ("zh-CN", ZH, ("记录原文", "译文", "原文未存")), ("en-GB", EN, ("Record wording", "Our translation", "Original not held"))])
def test_a_card_says_where_the_words_come_from(tab: Callable, reading: str, locale: str, question: str, words: tuple[str, ...]) -> None:
    page = tab(reading, locale=locale)
    page.ask(question)
    page.page.locator(".rz-src:has(.rz-tag) .rz-src-head").first.click()
    card = page.page.locator(".rz-src:has(.rz-tag) .rz-src-body").first
    assert card.is_visible()
    assert all(word in card.inner_text() for word in words)
    assert card.locator(".rz-badge").first.inner_text() in ("已审核 · 测试", "未审核", "Reviewed by 测试", "Not reviewed")
    assert card.locator("mark").inner_text().strip()


def test_a_follow_up_carries_the_case_and_the_first_turn_stays_under_history(tab: Callable, reading: str) -> None:
    page = tab(reading)
    page.ask("郑州医院停电是怎么回事？")
    page.ask("有什么教训？")
    assert "郑州" in page.see(".rz-answer").inner_text()
    page.click("历史")
    page.page.get_by_role("button", name="郑州医院停电是怎么回事？").click()
    page.settle()
    assert page.page.locator(".rz-question h1").inner_text() == "郑州医院停电是怎么回事？"


def test_a_case_opened_far_down_the_list_starts_at_its_top(tab: Callable, reading: str) -> None:
    page = tab(reading, width=390, height=300, path="/cases")
    page.page.locator("[class*=st-key-case-row-] button").last.scroll_into_view_if_needed()
    assert page.scrolled() != []
    page.page.locator("[class*=st-key-case-row-] button").last.click()
    page.see(".rz-summary")
    page.settle()
    assert page.scrolled() == []
    page.page.go_back()
    page.see("[class*=st-key-case-row-]")


def test_a_reload_keeps_the_conversation_the_turn_shown_and_the_language(tab: Callable, reading: str) -> None:
    page = tab(reading)
    page.ask("郑州医院停电是怎么回事？")
    page.ask("有什么教训？")
    answered = page.see(".rz-answer").inner_text()
    page.page.get_by_text("EN", exact=True).click()
    page.settle()
    page.page.reload()
    assert page.see(".rz-question h1").inner_text() == "有什么教训？"
    page.settle()
    assert page.see(".rz-answer").inner_text() == answered  # the case carried from the first question is known again
    assert page.page.get_by_test_id("stTopNavLink").first.inner_text() == "Ask"
    page.click("History")
    page.page.get_by_role("button", name="郑州医院停电是怎么回事？").click()
    page.settle()
    page.page.reload()
    assert page.see(".rz-question h1").inner_text() == "郑州医院停电是怎么回事？"
    page.settle()
    page.page.go_back()
    page.page.locator(".rz-question h1", has_text="有什么教训？").wait_for()


def test_a_cleared_history_is_gone_from_the_page_and_the_folder(tab: Callable, reading: str, written_base: Path) -> None:
    page = tab(reading)
    page.ask("郑州医院停电是怎么回事？")
    named = re.search(r"conversation=(\w+)", page.page.url)
    assert named and "郑州医院停电" in (written_base / "conversations" / f"{named[1]}.jsonl").read_text(encoding="utf-8")
    page.click("历史")
    page.click("清除历史")
    page.see(".st-key-opening")
    assert "conversation" not in page.page.url
    assert not (written_base / "conversations" / f"{named[1]}.jsonl").exists()


def test_an_answer_that_is_stopped_is_said_to_be_and_makes_no_turn(tab: Callable, start_server: Callable[..., str], written_base: Path) -> None:
    slowly = ("import time; from renzhi.base import KnowledgeBase as B; quick = B.ask\n"
              "def ask(*a, **k): time.sleep(2); return quick(*a, **k)\nB.ask = ask\n")
    page = tab(start_server(written_base, slowly))
    box = page.page.get_by_test_id("stChatInputTextArea")
    box.fill("热浪会引发哪些连锁影响？")
    box.press("Enter")
    assert page.see(".rz-working span:visible").inner_text() == "正在查证据"
    page.page.get_by_test_id("stChatInputStopButton").click()
    page.see(".rz-working span:visible", "已停止")
    assert page.page.locator(".rz-question h1").inner_text() == "热浪会引发哪些连锁影响？"
    assert page.page.get_by_role("button", name="历史").count() == 0
    page.settle()


def test_switching_the_language_keeps_the_turn_and_offers_to_answer_again(tab: Callable, reading: str) -> None:
    page = tab(reading)
    page.ask(ZH)
    before = page.see(".rz-answer").inner_text()
    page.page.get_by_text("EN", exact=True).click()
    page.settle()
    assert page.page.locator(".rz-question h1").inner_text() == ZH
    assert page.see(".rz-answer").inner_text() == before
    assert page.page.get_by_test_id("stTopNavLink").first.inner_text() == "Ask"
    page.click("Answer in English")
    page.see(".rz-answer[lang=en]")
    page.open("Cases", "[class*=st-key-case-row-]")
    page.open("Ask", ".rz-answer")
    assert page.page.locator(".rz-question h1").inner_text() == ZH


def test_a_filter_narrows_the_answer_and_clearing_takes_it_back(tab: Callable, reading: str) -> None:
    page = tab(reading)
    page.page.get_by_role("combobox", name="地点").click()
    page.page.get_by_role("option", name="美国").click()
    page.settle()
    page.ask("停电时医院怎么办？")
    page.see(".rz-answer")
    shown = " ".join(page.page.locator(".rz-block:not(.rz-b-gaps), .rz-notice, .rz-sources").all_inner_texts())
    assert "郑州" not in shown
    assert "纽约" in shown or "没有足够的证据" in shown
    page.click("清除筛选")
    assert page.page.get_by_role("combobox", name="地点").input_value() == ""


def test_the_saved_markdown_has_question_answer_and_references(tab: Callable, reading: str, tmp_path: Path) -> None:
    page = tab(reading)
    page.ask(ZH)
    with page.page.expect_download() as started:
        page.page.get_by_role("button", name="保存为 Markdown").click()
    target = tmp_path / "saved.md"
    started.value.save_as(target)
    saved = target.read_text(encoding="utf-8")
    assert saved.startswith(f"# {ZH}\n") and "**来源" in saved and "[1]" in saved
    page.click("复制")
    assert ZH in page.see("[data-testid=stCode]").inner_text()


def test_what_the_base_does_not_hold_is_a_designed_refusal(tab: Callable, reading: str) -> None:
    page = tab(reading)
    page.ask("亚特兰蒂斯的海底城市怎样防暴雨？")
    assert "没有足够的证据" in page.see(".rz-notice.rz-warn").inner_text()
    assert "亚特兰蒂斯" in page.see(".rz-search").inner_text()


def test_an_overlong_question_is_a_notice_and_no_traceback(tab: Callable, reading: str) -> None:
    page = tab(reading, locale="en-GB")
    box = page.page.get_by_test_id("stChatInputTextArea")
    box.fill("flood " * 800)
    box.press("Enter")
    assert "limit" in page.see(".rz-notice.rz-bad").inner_text()
    assert "Traceback" not in page.page.content()


WIDER_THAN_ITS_PLACE = ("() => ['html', '[class*=st-key-view-]', '.rz-answer', '.rz-sources', '.rz-figures'].flatMap(s => "
                        "[...document.querySelectorAll(s)].filter(e => e.scrollWidth > e.clientWidth + 1).map(() => s))")
COMPARE = "Compare the hospital blackouts of Zhengzhou and New York"


@pytest.mark.parametrize(("question", "locale"), [(ZH, "zh-CN"), (COMPARE, "en-GB")])
def test_no_width_makes_an_answer_scroll_sideways_and_on_a_phone_its_sources_stand_below_it(tab: Callable, reading: str, question: str, locale: str) -> None:
    page = tab(reading, locale=locale)
    page.ask(question)
    for width in (1440, 1024, 720, 390):
        page.page.set_viewport_size({"width": width, "height": 900})
        page.settle()
        assert page.page.evaluate(WIDER_THAN_ITS_PLACE) == [], width
    answer, sources = (page.page.locator(s).bounding_box() for s in (".rz-answer", ".rz-sources"))
    assert sources["x"] == answer["x"] and sources["y"] > answer["y"] + answer["height"]


def test_a_case_fits_its_width_and_names_sources_by_their_numbers(tab: Callable, reading: str) -> None:
    page = tab(reading, path="/cases?case=zhengzhou-hospitals-blackout-2021")
    page.see(".rz-summary")
    for width in (1440, 720, 390):
        page.page.set_viewport_size({"width": width, "height": 900})
        page.settle()
        assert page.page.evaluate(WIDER_THAN_ITS_PLACE) == [], width
    shown = page.page.locator(".st-key-wide").inner_text()
    assert "存疑" in shown and not re.search(r"(?<![A-Za-z0-9])s\d+(?![A-Za-z0-9])", shown)


def test_a_case_is_found_by_filter_and_shows_record_and_translation(tab: Callable, reading: str) -> None:
    page = tab(reading)
    page.open("案例", "[class*=st-key-case-row-]")
    assert page.page.locator("[class*=st-key-case-row-]").count() == 2
    page.page.get_by_role("combobox", name="国家或地区").click()
    page.page.get_by_role("option", name="中国").click()
    page.settle()
    assert page.page.locator("[class*=st-key-case-row-]").count() == 1
    page.page.locator("[class*=st-key-case-row-] button").first.click()
    page.see(".rz-summary")
    page.settle()
    text = page.page.locator(".stMain").inner_text()
    assert all(word in text for word in ("来源", "数字", "措施", "脆弱人群", "译文", "编者归纳，无来源", "存疑"))
    assert page.page.locator("#src-2").count() == 1
    page.page.locator(".rz-says .rz-cite[href='#src-2']").first.click()
    assert page.page.locator("#src-2 .rz-src-body").is_visible()
    page.click("全部案例")
    assert page.page.locator("[class*=st-key-case-row-]").count() >= 1


def test_an_unknown_case_in_the_address_is_a_sentence(tab: Callable, reading: str) -> None:
    page = tab(reading, locale="en-GB")
    page.page.goto(reading + "/cases?case=no-such-case")
    assert "no-such-case" in page.see(".rz-notice.rz-bad").inner_text()


def test_dark_and_light_use_the_tokens(tab: Callable, reading: str) -> None:
    colours = [tab(reading, dark=dark).page.locator(".rz-head h1").evaluate("e => getComputedStyle(e).color") for dark in (False, True)]
    assert [re.findall(r"\d+", colour)[:3] for colour in colours] == [["23", "35", "43"], ["228", "234", "238"]]
