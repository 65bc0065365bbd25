"""What cannot be read is refused in one sentence of each language that says what to do."""

import io
import time
import zipfile
from pathlib import Path

import docx
import pytest
from fpdf import FPDF
from PIL import Image

from renzhi.errors import Unreadable
from renzhi.ingest_docs.pdf_child import read_pdf_apart
from renzhi.ingest_docs.read import read_file


def _refused(path: Path, *, name: str | None = None) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read_file(path, name=name)
    assert caught.value.zh.endswith(("。", "）")) and caught.value.en.endswith(".")
    assert (name or path.name) in caught.value.zh and (name or path.name) in caught.value.en
    return caught.value


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _scan(pdf: FPDF) -> None:
    pdf.add_page()
    pdf.image(Image.new("RGB", (300, 400), "gray"), x=10, y=10, w=180)


def test_a_missing_file(tmp_path):
    assert "找不到" in _refused(tmp_path / "没有.pdf").zh


def test_a_folder(tmp_path):
    (tmp_path / "资料.pdf").mkdir()
    assert "folder" in _refused(tmp_path / "资料.pdf").en


@pytest.mark.parametrize("name", ["空.pdf", "空.docx", "空.html", "空.md", "空.txt"])
def test_an_empty_file(tmp_path, name):
    assert "empty" in _refused(_written(tmp_path / name, b" \n")).en


def test_an_unknown_format_names_those_that_are_read(tmp_path):
    assert "DOCX" in _refused(_written(tmp_path / "表.xlsx", b"PK\x03\x04abc")).en


@pytest.mark.parametrize(("name", "data", "found"), [
    ("规划.pdf", "<!doctype html><p>登录后下载</p>".encode(), "HTML"),
    ("规划.pdf", b"PK\x03\x04 zip", "ZIP"),
    ("规划.docx", b"<html><body>404</body></html>", ""),
    ("规划.docx", b"%PDF-1.7 ...", "PDF"),
    ("规划.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "Word 97"),
    ("规划.md", b"%PDF-1.7 ...", "PDF"),
    ("规划.txt", b"\x89PNG\r\n\x1a\n....", "PNG"),
])  # fmt: skip
def test_content_of_another_kind_than_the_name_says(tmp_path, name, data, found):
    assert found in _refused(_written(tmp_path / name, data)).en


def test_the_name_it_came_under_stands_in_the_message(tmp_path):
    _refused(_written(tmp_path / "0f3a", b"%PDF-1.4 broken"), name="防汛预案.pdf")


@pytest.mark.parametrize("data", [b"%PDF-1.4\n1 0 obj <<", b"%PDF-1.7\n" + bytes(range(256)) * 40])
def test_a_damaged_pdf(tmp_path, data):
    assert "damaged" in _refused(_written(tmp_path / "坏.pdf", data)).en


def test_a_truncated_pdf_is_refused_or_read_but_never_crashes(make_pdf, line):
    path = make_pdf("截断.pdf", [[line(60, 700, "暴雨引发内涝。")]] * 3)
    whole = path.read_bytes()
    outcomes = set()
    for share in (0.3, 0.6, 0.9):
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            outcomes.add(read_file(path).format)
        except Unreadable:
            outcomes.add("refused")
    assert outcomes <= {"pdf", "refused"} and "refused" in outcomes


def test_an_encrypted_pdf(tmp_path):
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.text(20, 20, "secret")
    pdf.set_encryption(owner_password="owner", user_password="user")
    pdf.output(str(tmp_path / "密.pdf"))
    assert "encrypted" in _refused(tmp_path / "密.pdf").en


def test_a_scan_needs_ocr(tmp_path):
    pdf = FPDF()
    _scan(pdf)
    pdf.output(str(tmp_path / "扫描件.pdf"))
    error = _refused(tmp_path / "扫描件.pdf")
    assert "OCR" in error.zh and "needs OCR" in error.en


def test_a_partly_scanned_pdf_is_read_with_a_warning(tmp_path):
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=12)
    pdf.text(20, 20, "Heavy rain triggered waterlogging.")
    _scan(pdf)
    _scan(pdf)
    pdf.add_page()  # an empty page is no scan
    pdf.output(str(tmp_path / "mixed.pdf"))
    read = read_file(tmp_path / "mixed.pdf")
    assert len(read.pages) == 4
    assert read.warnings == ("2 页没有文字层，可能是扫描件 / 2 pages have no text layer; probably a scan",)


def test_a_pdf_of_ten_thousand_pages(tmp_path):
    kids = b"4 0 R " * 10_000
    body = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [" + kids + b"] /Count 10000 >>", b"<< >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"]  # fmt: skip
    data = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, o) for n, o in enumerate(body, 1))
    data += b"trailer << /Size 5 /Root 1 0 R >>\n%%EOF"
    assert "10000" in _refused(_written(tmp_path / "巨.pdf", data)).en


def test_too_many_bytes(tmp_path):
    path = tmp_path / "大.txt"
    with path.open("wb") as file:
        file.truncate(51 * 1024 * 1024)
    assert "50 MB" in _refused(path).en


def test_a_word_file_that_unpacks_to_too_much_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "炸弹.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w:p>" * 12_000_000)
    started = time.monotonic()
    assert "unpacks" in _refused(path).en
    assert time.monotonic() - started < 2


def test_a_damaged_word_file(tmp_path):
    path = tmp_path / "坏.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", b"<w:document>")
    assert "damaged" in _refused(path).en
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    assert "damaged" in _refused(_written(path, buffer.getvalue()[:-900] + b"\x00" * 900)).en


def test_a_word_file_with_a_damaged_part_is_refused_wherever_the_damage_lies(tmp_path):
    buffer = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("暴雨引发内涝，泵站停机。" * 200)
    document.save(buffer)
    whole = buffer.getvalue()
    for at in range(40, len(whole) - 60, len(whole) // 60):
        path = _written(tmp_path / f"坏{at}.docx", whole[:at] + bytes(b ^ 0xFF for b in whole[at : at + 24]) + whole[at + 24 :])
        try:
            read_file(path)
        except Unreadable as refused:
            assert refused.zh and refused.en


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(128, 256)) * 8,
        "Überschwemmung in Köln, Maßnahmen für Bürger".encode("latin-1") * 9,
        b"\x00\x01\x02\x03" * 99,
    ],
)
def test_text_of_an_uncertain_encoding_is_refused_rather_than_garbled(tmp_path, data):
    assert "encoding unsure" in _refused(_written(tmp_path / "乱.txt", data)).en


@pytest.mark.parametrize("name", ["标点.txt", "标点.md", "标点.html"])
def test_a_file_without_letters(tmp_path, name):
    assert "no text" in _refused(_written(tmp_path / name, "……　—— !!!".encode())).en


def test_a_parser_that_takes_too_long_is_stopped(make_pdf, line):
    path = make_pdf("慢.pdf", [[line(60, 700, "暴雨引发内涝。")]])
    with pytest.raises(Unreadable) as caught:
        read_pdf_apart(path, name="慢.pdf", time_limit_s=0.0)
    assert "慢.pdf" in caught.value.zh
