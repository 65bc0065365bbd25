"""Files made while testing: PDFs with Chinese text in a standard CJK font that no one has to embed, and others."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from renzhi.ontology.load import load_vocabulary
from renzhi.ontology.model import Vocabulary
from renzhi.ontology.recognise import Recogniser


@dataclass(frozen=True)
class Line:
    x: float
    y: float
    """From the bottom of the page, as PDF counts."""
    text: str
    size: float = 12
    matrix: str = "1 0 0 1"
    """Scale and turn; `0 1 -1 0` writes upwards."""


MakePdf = Callable[..., Path]


@pytest.fixture
def make_pdf(tmp_path: Path) -> MakePdf:
    """Writes a PDF of lines set in /STSong-Light (UniGB-UCS2-H): `make_pdf("a.pdf", [[Line(…), …], …], rotate=90)`."""

    def make(name: str, pages: list[list[Line]], *, rotate: int = 0, width: int = 595, height: int = 842) -> Path:
        path = tmp_path / name
        path.write_bytes(_pdf(pages, rotate=rotate, width=width, height=height))
        return path

    return make


def _pdf(pages: list[list[Line]], *, rotate: int, width: int, height: int) -> bytes:
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /W [1 95 500] /CIDSystemInfo << /Registry (Adobe) "
        "/Ordering (GB1) /Supplement 4 >> /FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 "
        "/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>",
    ]
    for at, lines in enumerate(pages):
        content = "\n".join(
            f"BT /F1 {line.size} Tf {line.matrix} {line.x} {line.y} Tm <{line.text.encode('utf-16-be').hex()}> Tj ET"
            for line in lines
        )
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Rotate {rotate} "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {6 + 2 * at} 0 R >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    return _file(objects)


def _file(objects: list[str]) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n"
    )
    return out + end.encode() + f"startxref\n{len(out)}\n%%EOF\n".encode()


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture(scope="session")
def recogniser(vocabulary: Vocabulary) -> Recogniser:
    return Recogniser(vocabulary)


@pytest.fixture
def line() -> type[Line]:
    return Line
