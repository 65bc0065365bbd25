"""Readers on files that chance has broken: each ends, in time, with a document or with one of our errors."""

import io
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import docx
import pytest
from fpdf import FPDF
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from renzhi.base import KnowledgeBase, open_base
from renzhi.errors import RenzhiError
from renzhi.results import ReadPreview
from renzhi.settings import Settings

TIME_LIMIT_S = 30
"""Of one file of a few kilobytes; most take milliseconds."""
MANY = settings(max_examples=4000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
FEW = settings(MANY, max_examples=500)  # each PDF is read by a process of its own
ZH, EN = "2021 年 7 月，暴雨引发样港区内涝，内涝导致停电。", "Heavy rain triggered waterlogging, which led to a power outage."


class TooSlow(BaseException):
    """No `Exception`, so that no reader takes it for a fault of the file."""


@contextmanager
def time_limit() -> Iterator[None]:
    def stop(signum: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    return open_base(Settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    made = open_base(Settings(home=tmp_path_factory.mktemp("cases"), embedders="use"))
    made.init(empty=True)
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken")


def read(base: KnowledgeBase, path: Path, data: bytes) -> ReadPreview | None:
    """What adding the bytes would store, None where they were refused."""
    path.write_bytes(data)
    begun = time.monotonic()
    try:
        with time_limit():
            found = base.read(path)
    except RenzhiError as exc:
        assert exc.zh and exc.en and "\n" not in exc.zh
        return None
    finally:
        assert time.monotonic() - begun < TIME_LIMIT_S
    texts = dict(found.pages)
    for passage in found.passages:
        assert passage.text and texts[passage.page][passage.start : passage.end] == passage.text
        passage.text.encode("utf-8")
    return found


# -- whole files, made here


def pdf(*, compressed: bool) -> bytes:
    made = FPDF()
    made.set_compression(compressed)
    made.set_font("Helvetica", size=12)
    for number in range(3):
        made.add_page()
        made.multi_cell(0, 8, f"{number + 1}. Sample Harbour resilience plan\n{EN}\n" * 4)
        with made.table() as table:
            for cells in (("Measure", "Cost"), ("Flood wall", "2.5 m")):
                table.row(cells)
    return bytes(made.output())


def word() -> bytes:
    made = docx.Document()
    made.core_properties.title = "样港区韧性规划"
    made.add_heading("风险 Risks", 1)
    for text in (ZH, EN, ZH + EN):
        made.add_paragraph(text)
    table = made.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "措施"
    table.cell(1, 1).text = EN
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


HTML = f"""<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>样港区</title><meta name="date" content="2021-07-20">
<meta name="publisher" content="样港区政府"></head><body><nav>首页</nav><h1>内涝</h1><p>{ZH}</p><!-- c --><ul><li>{EN}<li>泵站</ul>
<table><tr><th>措施<td>2.5 m</tr></table><script>x = "<p>"</script><div hidden>h</div><h2>Heat &amp; 热</h2><pre>{EN}
</pre></body></html>"""
MARKDOWN = f"# 样港区\n\n{ZH}\n\n## Risks\n\n- {EN}\n- [泵站](http://x)\n\n| a | b |\n|---|---|\n| 措施 | 2.5 m |\n\n> {ZH}\n\n```\ncode\n```\n"
CASE = Path(__file__).parents[1] / "ingest_docs" / "sample-harbour-2021.yaml"
PDFS = [pdf(compressed=True), pdf(compressed=False)]
WORD = word()
TEXTS = {"html": HTML.encode(), "md": MARKDOWN.encode(), "txt": (ZH + "\n\n" + EN + "\n").encode("gb18030") * 3}


# -- and what may happen to them

Change = Callable[[bytes], bytes]


@st.composite
def change(draw: st.DrawFn) -> Change:
    """One fault: an end cut off, a part lost, doubled, overwritten, put in or moved."""
    at, length = draw(st.floats(0, 1)), draw(st.integers(1, 400))
    new = draw(st.binary(max_size=40) | st.sampled_from([b"<", b">", b"&#0;", b"&#xd800;", b"\xff\xfe", b"\0" * 9, b"<<", b"stream", b"9" * 30, b"-1", b" 0 R"]))
    kind = draw(st.sampled_from(["cut", "lose", "double", "overwrite", "put in", "move"]))

    def apply(data: bytes) -> bytes:
        start = int(at * len(data))
        head, part, tail = data[:start], data[start : start + length], data[start + length :]
        return {"cut": head, "lose": head + tail, "double": head + part * 3 + tail, "overwrite": head + new + data[start + len(new) :],
                "put in": head + new + part + tail, "move": part + head + tail}[kind]

    return apply


changes = st.lists(change(), min_size=1, max_size=6)


def changed(data: bytes, faults: list[Change]) -> bytes:
    for fault in faults:
        data = fault(data)
    return data


def repacked(archive: bytes, part: str, faults: list[Change]) -> bytes:
    """The archive with faults in one of its parts, and sound otherwise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changed(old.read(name), faults) if name == part else old.read(name))
    return out.getvalue()


def test_the_whole_files_are_read(base: KnowledgeBase, folder: Path) -> None:
    for name, data in {"a.pdf": PDFS[0], "b.pdf": PDFS[1], "a.docx": WORD, **{f"a.{kind}": data for kind, data in TEXTS.items()}}.items():
        found = read(base, folder / name, data)
        assert found and found.passages, name


@MANY
@given(data=st.binary(max_size=3000), kind=st.sampled_from(["docx", "html", "md", "txt"]))
def test_random_bytes(base: KnowledgeBase, folder: Path, data: bytes, kind: str) -> None:
    event("read" if read(base, folder / f"随机.{kind}", data) else "refused")


@MANY
@given(kind=st.sampled_from(["html", "md", "txt"]), faults=changes)
def test_texts_with_faults(base: KnowledgeBase, folder: Path, kind: str, faults: list[Change]) -> None:
    event("read" if read(base, folder / f"残缺.{kind}", changed(TEXTS[kind], faults)) else "refused")


@MANY
@given(text=st.text(max_size=2000) | st.lists(st.sampled_from([*"#*_`[]()<>|-=:~\n\t ", ZH, EN, "<table>", "<tr>", "<td>", "</p>", "第一章 ", "表 1", "1.2.3 ", "\u2028", "\ufeff"]), max_size=300).map("".join),
       kind=st.sampled_from(["html", "md", "txt"]))
def test_any_text_and_any_mark_up(base: KnowledgeBase, folder: Path, text: str, kind: str) -> None:
    event("read" if read(base, folder / f"任意.{kind}", text.encode("utf-8", "surrogatepass")) else "refused")


@MANY
@given(faults=changes, part=st.sampled_from([None, *zipfile.ZipFile(io.BytesIO(WORD)).namelist()]))
def test_word_files_with_faults_outside_or_in_one_part(base: KnowledgeBase, folder: Path, faults: list[Change], part: str | None) -> None:
    event("read" if read(base, folder / "残缺.docx", repacked(WORD, part, faults) if part else changed(WORD, faults)) else "refused")


@FEW
@given(faults=changes, whole=st.sampled_from(PDFS))
def test_pdf_files_with_faults(base: KnowledgeBase, folder: Path, faults: list[Change], whole: bytes) -> None:
    event("read" if read(base, folder / "残缺.pdf", changed(whole, faults)) else "refused")


@settings(FEW, max_examples=100)
@given(data=st.binary(max_size=3000), begins=st.booleans())
def test_random_bytes_as_pdf(base: KnowledgeBase, folder: Path, data: bytes, begins: bool) -> None:
    event("read" if read(base, folder / "随机.pdf", (b"%PDF-1.7\n" if begins else b"") + data) else "refused")


@settings(MANY, max_examples=1000)
@given(faults=st.lists(change(), min_size=1, max_size=2))
def test_case_files_with_faults_are_added_whole_or_reported(cases: KnowledgeBase, folder: Path, faults: list[Change]) -> None:
    path = folder / "case.yaml"
    path.write_bytes(changed(CASE.read_bytes(), faults))
    with time_limit():
        [added] = cases.add_paths([path])
    assert added.status in ("added", "updated", "unchanged") or (added.status == "failed" and added.reason and added.reason.zh)
    event(added.status)
