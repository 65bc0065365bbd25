"""PDF files: reading order, turned pages, paragraphs, headings, and the boxes behind a quote."""

import io
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image

from renzhi.errors import NotFound
from renzhi.graph.model import plain
from renzhi.ingest_docs.passages import split
from renzhi.ingest_docs.pdf import page_image, quote_boxes
from renzhi.ingest_docs.read import read_file

LEFT = [
    "暴雨过后城市低洼地区出现大面积",
    "积水，道路交通中断，部分小区停",
    "电停水，医院启用备用电源维持手",
    "术室照明。",
]
RIGHT = [
    "有关部门在地下空间入口加装挡水",
    "板，清淤排水管网，并在汛期前检",
    "查泵站，减少内涝对居民生活造成",
    "的影响。",
]
LEFT_EN = [
    "Green roofs hold back rain where it",
    "falls and cool the rooms below, so that",
    "both floods and heat are felt less in the",
    "streets around them.",
]
RIGHT_EN = ["Sirens warn people in the valley when", "the river rises, and volunteers knock on", "the doors of those who do not hear well", "or cannot walk far."]  # fmt: skip


def _latin(path: Path, *, pages: int = 1) -> FPDF:
    pdf = FPDF(format="A4")
    for _ in range(pages):
        pdf.add_page()
        pdf.set_font("Helvetica", size=11)
    return pdf


def test_chinese_columns_read_one_after_the_other_although_drawn_row_by_row(make_pdf, line):
    rows = [
        [line(60, 760 - 16 * at, a), line(320, 760 - 16 * at, b)]
        for at, (a, b) in enumerate(zip(LEFT, RIGHT, strict=True))
    ]
    read = read_file(make_pdf("双栏.pdf", [[one for row in rows for one in row]]))
    assert read.pages[0].text == "".join(LEFT) + "\n" + "".join(RIGHT)
    assert read.lang == "zh"


def test_english_columns_read_one_after_the_other_under_a_heading_over_both(tmp_path):
    pdf = _latin(tmp_path)
    pdf.set_font("Helvetica", "B", 18)
    pdf.text(20, 25, "Living with water and heat in the old town of the harbour")
    pdf.set_font("Helvetica", size=11)
    for at, (left, right) in enumerate(zip(LEFT_EN, RIGHT_EN, strict=True)):
        pdf.text(20, 40 + 6 * at, left)
        pdf.text(115, 40 + 6 * at, right)
    pdf.output(str(path := tmp_path / "columns.pdf"))
    read = read_file(path)
    lines = read.pages[0].text.split("\n")
    assert lines == ["Living with water and heat in the old town of the harbour", " ".join(LEFT_EN), " ".join(RIGHT_EN)]
    assert [block.heading for block in read.blocks[1:]] == [(lines[0],)] * 2


def test_table_cells_stay_with_their_row(tmp_path):
    pdf = _latin(tmp_path)
    with pdf.table() as table:
        for row in (
            ("Hazard", "Impact", "Year"),
            ("Heavy rain", "Power outage", "2021"),
            ("Drought", "Crop loss", "2019"),
        ):
            table.row(row)
    pdf.output(str(path := tmp_path / "table.pdf"))
    assert read_file(path).pages[0].text.split("\n") == [
        "Hazard\tImpact\tYear",
        "Heavy rain\tPower outage\t2021",
        "Drought\tCrop loss\t2019",
    ]


@pytest.mark.parametrize(("rotate", "matrix", "place"), [
    (90, "0 1 -1 0", lambda at: (100 + 16 * at, 60)),
    (180, "-1 0 0 -1", lambda at: (500, 100 + 16 * at)),
    (270, "0 -1 1 0", lambda at: (500 - 16 * at, 800)),
])  # fmt: skip
def test_a_rotated_page_reads_as_it_is_displayed(make_pdf, line, rotate, matrix, place):
    lines = [line(*place(at), text, matrix=matrix) for at, text in enumerate(LEFT)]
    path = make_pdf(f"r{rotate}.pdf", [lines], rotate=rotate)
    text = read_file(path).pages[0].text
    assert text == "".join(LEFT)
    first, second = quote_boxes(path, 1, 10, 20)
    assert first.y1 <= second.y0 + 6 and first.x0 > second.x0  # the second line lies below, and begins further left
    image = Image.open(io.BytesIO(page_image(path, 1, scale=1)))
    assert second.x1 < image.width and second.y1 < image.height


def test_text_turned_on_an_upright_page_reads_right(make_pdf, line):
    turned = [line(100 + 16 * at, 60, text, matrix="0 1 -1 0") for at, text in enumerate(RIGHT)]
    upright = [line(300, 700 - 16 * at, text) for at, text in enumerate(LEFT)]
    text = read_file(make_pdf("turned.pdf", [turned + upright])).pages[0].text
    assert set(text.split("\n")) == {"".join(LEFT), "".join(RIGHT)}


def test_lines_join_to_paragraphs_and_only_broken_words_lose_their_hyphen(tmp_path):
    pdf = _latin(tmp_path)
    lines = [
        "The city has to strengthen its adapta-",
        "tion to floods. Adaptation begins with low-",
        "lying streets, as low and lying ground fills",
        "first.",
        "Pumps come second.",
    ]
    for at, text in enumerate(lines):
        pdf.text(20, 30 + 5.5 * at, text)
    pdf.output(str(path := tmp_path / "hyphens.pdf"))
    text = read_file(path).pages[0].text
    assert "strengthen its adaptation to floods" in text
    assert "low-lying streets" in text
    assert text.endswith("first.\nPumps come second.")


def test_running_headers_and_page_numbers_are_no_blocks_and_pages_are_counted(make_pdf, line):
    pages = [[line(60, 805, "样港区防汛年报"), line(60, 700, f"第{n}处泵站在汛期前完成检修，运行正常。"), line(290, 30, str(at))]
             for at, n in enumerate("一二三四", 1)]  # fmt: skip
    read = read_file(make_pdf("年报.pdf", pages))
    assert [page.page for page in read.pages] == [1, 2, 3, 4]
    assert all("样港区防汛年报" in page.text for page in read.pages)
    assert [read.pages[b.page - 1].text[b.start : b.end] for b in read.blocks] == [
        f"第{n}处泵站在汛期前完成检修，运行正常。" for n in "一二三四"
    ]


CONTENTS = ["目 录", "一、防汛总则 ............ 3", "二、内涝应对 ……………… 5", "3.2 Flooding ........ 17"]


def test_a_table_of_contents_stays_in_the_text_and_is_neither_heading_nor_passage(make_pdf, line):
    contents = [line(60, 780 - 24 * at, text, 16) for at, text in enumerate(CONTENTS)]
    lines = [line(60, 740 - 16 * at, text) for at, text in enumerate([*LEFT[:3], *LEFT])]
    body = [line(60, 780, "一、防汛总则", 16), *lines]
    read = read_file(make_pdf("目录.pdf", [contents, body]))
    assert all(text.replace(" ", "") in read.pages[0].text.replace(" ", "") for text in CONTENTS)
    assert [b.heading[-1] for b in read.blocks if b.kind == "heading"] == ["一、防汛总则"]
    assert not any(passage.page == 1 for passage in split(read, "doc:a"))


def test_contents_without_leaders_are_known_by_their_page(tmp_path):
    pdf = _latin(tmp_path)
    pdf.set_font("Helvetica", "B", 18)
    pdf.text(20, 25, "Contents")
    pdf.set_font("Helvetica", size=11)
    for at, text in enumerate(["Introduction 1", "Flooding due to storm surge 4", "Heat and health 9", "Appendix ii"]):
        pdf.text(20, 40 + 12 * at, text)
    pdf.add_page()
    pdf.text(20, 40, "In 2021 the harbour flooded twice, and the second flood reached the level of 2019")
    pdf.output(str(path := tmp_path / "contents.pdf"))
    assert [p.page for p in split(read_file(path), "doc:a")] == [2]


def test_a_footer_between_two_paragraphs_is_in_no_passage(make_pdf, line):
    pages = [
        [line(60, 700, f"第{n}处泵站运行正常。"), line(60, 60, f"样港区防汛年报 第{at}页"), line(320, 500, "注：略。", matrix="0 1 -1 0")]
        for at, n in enumerate("一二三四", 1)
    ]
    passages = split(read_file(make_pdf("年报.pdf", pages)), "doc:a")
    assert passages and not any("年报" in p.text for p in passages)


def test_a_running_line_further_in_on_one_page_is_still_no_block(make_pdf, line):
    pages = [[line(60, 700, f"第{n}处泵站在汛期前完成检修。"), line(60, 60 if at < 4 else 140, "样港区防汛年报")]
             for at, n in enumerate("一二三四", 1)]  # fmt: skip
    read = read_file(make_pdf("年报.pdf", pages))
    assert len(read.blocks) == 4 and not any("年报" in p.text for p in split(read, "doc:a"))


def test_headings_are_told_by_size_and_nest(make_pdf, line):
    page = [line(60, 780, "样港区防汛总结", 24), line(60, 740, "一场暴雨", 16), line(60, 710, LEFT[0]), line(60, 694, LEFT[3]),
            line(60, 660, "两处泵站", 16), line(60, 630, RIGHT[0]), line(60, 614, RIGHT[3])]  # fmt: skip
    read = read_file(make_pdf("总结.pdf", [page]))
    assert read.title == "样港区防汛总结"
    assert [b.heading for b in read.blocks if b.kind == "paragraph"] == [
        ("样港区防汛总结", "一场暴雨"),
        ("样港区防汛总结", "两处泵站"),
    ]


def test_boxes_lie_line_by_line_over_the_quote_and_offsets_agree_with_the_text(make_pdf, line):
    path = make_pdf("框.pdf", [[line(60, 760 - 16 * at, text) for at, text in enumerate(LEFT)]])
    text = read_file(path).pages[0].text
    quote = "积水，道路交通中断，部分小区停电停水"
    start = text.index(quote)
    boxes = quote_boxes(path, 1, start, start + len(quote))
    assert len(boxes) == 2
    assert boxes[0].x0 == pytest.approx(60, abs=1) and boxes[0].x1 == pytest.approx(60 + 15 * 12, abs=2)
    assert 842 - 744 - 14 < boxes[0].y0 < boxes[0].y1 < 842 - 744 + 6
    assert boxes[1].x1 == pytest.approx(60 + 3 * 12, abs=2)
    assert quote_boxes(path, 1, 5, 5) == []


def test_the_page_image_is_marked_inside_the_box_and_nowhere_else(make_pdf, line):
    path = make_pdf("图.pdf", [[line(60, 760, LEFT[0])]])
    boxes = quote_boxes(path, 1, 0, 4)
    image = Image.open(io.BytesIO(page_image(path, 1, boxes=boxes, scale=2))).convert("RGB")
    plain_image = Image.open(io.BytesIO(page_image(path, 1, boxes=[], scale=2))).convert("RGB")
    box = boxes[0]
    assert image.size == plain_image.size == (1190, 1684)
    marked = {
        image.getpixel((x, y))
        for x in range(int(box.x0 * 2) + 4, int(box.x1 * 2) - 4)
        for y in range(int(box.y0 * 2) + 3, int(box.y1 * 2) - 3)
    }
    assert any(r > 240 and b < 200 for r, _, b in marked)
    assert image.crop((0, 200, 1190, 1684)).tobytes() == plain_image.crop((0, 200, 1190, 1684)).tobytes()


def test_a_page_that_is_not_there_is_named(make_pdf, line):
    path = make_pdf("一页.pdf", [[line(60, 700, LEFT[0])]])
    with pytest.raises(NotFound) as caught:
        quote_boxes(path, 2, 0, 5)
    assert "2" in caught.value.zh and "2" in caught.value.en


def test_a_statute_gives_its_chapters_although_all_is_set_in_one_size(make_pdf, line):
    texts = [
        "样港区防汛条例",
        "第一章 总则",
        "第一条 为了防御内涝，保护居民，制定本条例。",
        "第二条 防汛工作实行预防为主的原则。",
        "第二章 预案",
        "第三条 街道应当编制预案。",
    ]
    read = read_file(make_pdf("条例.pdf", [[line(60, 780 - 22 * at, text) for at, text in enumerate(texts)]]))
    assert [read.pages[0].text[b.start : b.end] for b in read.blocks if b.kind == "heading"] == [
        "第一章 总则",
        "第二章 预案",
    ]
    assert plain(read.text) == plain("".join(texts))


def test_progress_is_told_page_by_page(make_pdf, line):
    told = []
    read_file(make_pdf("进度.pdf", [[line(60, 700, LEFT[0])]] * 3), progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]
