"""Markdown, plain text, HTML and Word files: their words, headings and encodings."""

from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renzhi.errors import Unreadable
from renzhi.ingest_docs.model import ReadText
from renzhi.ingest_docs.passages import split
from renzhi.ingest_docs.read import read_file

ZH = "2021 年 7 月，暴雨引发样港区内涝，内涝导致停电。\n\n停电造成区医院医疗服务中断六小时。"


def _read(folder: Path, name: str, data: str | bytes) -> ReadText:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_file(path)


def _blocks(read: ReadText) -> list[tuple[str, str]]:
    return [(block.kind, read.pages[0].text[block.start : block.end]) for block in read.blocks]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_text_in_every_usual_encoding(tmp_path, encoding):
    read = _read(tmp_path, "记录.txt", ZH.encode(encoding))
    assert read.pages[0].text == ZH.replace("\n\n", "\n")
    assert (read.format, read.lang) == ("txt", "zh")


def test_an_english_utf_16_file_and_windows_line_ends(tmp_path):
    read = _read(tmp_path, "note.txt", "First line.\r\n\r\nSecond line.".encode("utf-16-le"))
    assert read.pages[0].text == "First line.\nSecond line."


def test_hard_wrapped_lines_are_joined_and_lists_are_not(tmp_path):
    wrapped = "Heavy rain fell over the harbour for three days and filled\nthe old drains, which had been laid for half as much water\nand were blocked."
    read = _read(tmp_path, "wrapped.txt", wrapped + "\n\n1. sandbags\n2. pumps")
    assert _blocks(read) == [("paragraph", wrapped.replace("\n", " ")), ("list", "1. sandbags"), ("list", "2. pumps")]


def test_markdown_gives_headings_lists_and_tables_without_their_marks(tmp_path):
    text = "---\ntitle: x\n---\n# 样港区记录\n\n## 灾情\n\n暴雨引发**内涝**，\n道路[中断](http://example.org)。\n\n- 停电\n- 停水\n\n| 项 | 数 |\n|---|---|\n| 泵站 | 2 |\n"
    read = _read(tmp_path, "记录.md", text)
    assert _blocks(read) == [("heading", "样港区记录"), ("heading", "灾情"), ("paragraph", "暴雨引发内涝，道路中断。"), ("list", "停电"), ("list", "停水"),
                             ("table", "项\t数"), ("table", "泵站\t2")]  # fmt: skip
    assert read.blocks[2].heading == ("样港区记录", "灾情")
    assert read.title == "样港区记录"


def test_html_leaves_out_scripts_styles_and_navigation(tmp_path):
    html = """<!doctype html><html lang=zh><head><title>样港区 - 门户</title><meta name=publisher content=样港区水务局><style>p{}</style></head><body>
    <nav><a href=/>首页</a></nav><script>alert("x")</script><h1>防汛公告</h1><div>2023年6月1日<p>暴雨引发<b>内涝</b>，
    请勿涉水。</p></div><ul><li>备好沙袋</li></ul><table><tr><th>泵站</th><td>2 座</td></tr></table><p hidden>看不见</p></body></html>"""
    read = _read(tmp_path, "公告.html", html)
    assert _blocks(read) == [("heading", "防汛公告"), ("paragraph", "2023年6月1日"), ("paragraph", "暴雨引发内涝，请勿涉水。"), ("list", "备好沙袋"),
                             ("table", "泵站\t2 座")]  # fmt: skip
    assert (read.title, read.publisher, read.year) == ("防汛公告", "样港区水务局", 2023)


def test_html_in_gbk_and_html_nested_ten_thousand_deep(tmp_path):
    gbk = '<meta charset="gb2312"><p>暴雨引发内涝。</p>'.encode("gbk")
    assert _read(tmp_path, "旧页.html", gbk).pages[0].text == "暴雨引发内涝。"
    deep = _read(tmp_path, "深.html", "<div>" * 10_000 + "水")
    assert deep.pages[0].text == "水"


def test_html_saved_as_text_is_read_as_the_text_it_is(tmp_path):
    assert "<p>" in _read(tmp_path, "page.txt", "<html><p>Heavy rain.</p></html>").pages[0].text


def test_word_gives_headings_paragraphs_and_tables_in_the_order_of_the_document(tmp_path):
    document = docx.Document()
    document.add_heading("样港区防汛总结", 0)
    document.add_heading("灾情", 1)
    document.add_paragraph("暴雨引发内涝。")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table.rows[0].cells + table.rows[1].cells, ["设施", "损失", "泵站", "两座"], strict=True):
        cell.text = text
    document.add_paragraph("Sandbags ran out.", style="List Bullet")
    document.save(str(tmp_path / "总结.docx"))
    read = read_file(tmp_path / "总结.docx")
    assert _blocks(read) == [("heading", "样港区防汛总结"), ("heading", "灾情"), ("paragraph", "暴雨引发内涝。"), ("table", "设施\t损失"),
                             ("table", "泵站\t两座"), ("list", "Sandbags ran out.")]  # fmt: skip
    assert [b.paragraph for b in read.blocks] == [None, None, 1, 2, 3, 4]


def test_publisher_and_year_are_taken_only_where_they_are_printed_as_such(tmp_path):
    printed = _read(
        tmp_path,
        "a.md",
        "# Flood note\n\nPublished by: Sample Harbour Water Office\n\nDate: 3 May 2022\n\nHeavy rain fell in 1998.",
    )
    silent = _read(
        tmp_path, "b.md", "# Flood note\n\nIn 1998 the Water Office of Sample Harbour counted heavy rain on nine days."
    )
    assert (printed.publisher, printed.year) == ("Sample Harbour Water Office", 2022)
    assert (silent.publisher, silent.year) == (None, None)


def test_the_year_of_a_statute_is_that_of_its_last_amendment(tmp_path):
    text = "样港区防汛条例\n1997年8月29日 区人大常委会第二次会议通过\n2016年7月2日 区人大常委会第九次会议修正\n第一章 总则\n第一条 2030年前建成。"
    read = _read(tmp_path, "条例.txt", text)
    assert (read.title, read.year) == ("样港区防汛条例", 2016)


TEXTS = st.lists(
    st.text(
        st.sampled_from("暴雨引发内涝，停电。第一条章 ab.\n\n\t#-*|>[]()`1年；\u3000é😀"), min_size=1, max_size=120
    ),
    min_size=1,
    max_size=12,
).map("\n\n".join)


@pytest.mark.parametrize("ending", [".md", ".txt", ".html"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_offsets_return_the_text_of_every_block_and_passage(tmp_path, ending, text):
    path = tmp_path / f"任意{ending}"
    path.write_text(text, encoding="utf-8")
    try:
        read = read_file(path)
    except Unreadable:
        return
    stored = read.pages[0].text
    ends = [0]
    for block in read.blocks:
        assert ends[-1] <= block.start < block.end <= len(stored)
        ends.append(block.end)
    passages = split(read, "doc:x")
    assert passages
    for passage in passages:
        assert stored[passage.start : passage.end] == passage.text.strip() == passage.text
    carried = "".join(p.text for p in passages) + "".join(h for p in passages for h in p.heading)
    assert {c for c in stored if c.isalnum()} <= set(carried)
