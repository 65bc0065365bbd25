"""Headings by their wording and their rank, shared by all readers."""

import re
from dataclasses import dataclass, field

_NUMERAL = "一二三四五六七八九十百千零〇两\\d"
_DIVISION = re.compile(rf"^第[{_NUMERAL}]+(编|章|节)(?:[\s\u3000]|$|(?=[\u4e00-\u9fff]))")
ARTICLE = re.compile(rf"^第[{_NUMERAL}]+条(?:之[{_NUMERAL}]+)?(?=[\s\u3000：:]|$|[\u4e00-\u9fff])")
"""The opening of a statute's article."""
_RANK = {"编": 21, "章": 22, "节": 23}


def division_rank(text: str) -> int | None:
    """The rank of a statute's part, chapter or section heading (`第二章 防洪规划`); None for other lines.

    >>> division_rank("第二章 防洪规划"), division_rank("第二章规定了防洪规划的编制程序，应当公告。")
    (22, None)
    """
    found = _DIVISION.match(text.strip())
    if not found or len(text.strip()) > 40 or re.search(r"[。；！？!?]$|，", text.strip()):
        return None
    return _RANK[found[1]]


_LEADER = r"(?:\.{4,}|…{2,}|·{4,}|・{4,}|(?:\. ?){5,}|_{4,}|-{6,})"
_LED = re.compile(rf"{_LEADER}\s*[（(]?(?:\d{{1,4}}|[ivxlcIVXLC]{{1,6}})[)）]?(?=\s*$|\s+(?:[A-Z\d]|[第附图圖表]|[{_NUMERAL}]+、))")
_TABBED = re.compile(
    rf"(?:第[{_NUMERAL}]+[编章节条]|\d{{1,2}}(?:\.\d{{1,2}}){{0,3}}\.?|[{_NUMERAL}]+、|(?:Chapter|Section|Part|Appendix|Annex|附录|附件)\b)"
    r"[\s\u3000]*[^\t]{2,150}\t+\s*(?:\d{1,4}|[ivxlc]{1,6})",
    re.I,
)
_CONTENTS = re.compile(
    r"(?:table of )?contents|(?:list|table) of (?:figures|tables|maps)|目\s*[录錄次]|(?:图|表|图表)目录", re.I
)
_WITH_NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+)?\D.{1,150}[\s…·.](?:\d{1,3}|[ivxlc]{1,5})", re.S)


def is_contents_line(text: str) -> bool:
    """Whether the text is of a table of contents: leaders that end in a page number, or a numbered title and a tab.

    >>> is_contents_line("3.2 Flooding ........ 17"), is_contents_line("老街被淹……2021 年又淹。")
    (True, False)
    """
    text = text.strip()
    return bool(_LED.search(text) or _TABBED.fullmatch(text))


def is_contents_heading(text: str) -> bool:
    """Whether the line heads a table of contents, figures or tables."""
    return bool(_CONTENTS.fullmatch(text.strip(" :：\t")))


def ends_in_page_number(text: str) -> bool:
    """Whether the line could be one of a table of contents that has no leaders ("Flooding 17"); numbers end others too."""
    return bool(_WITH_NUMBER.fullmatch(text.strip())) and not text.strip().endswith(("。", "."))


@dataclass(slots=True)
class HeadingPath:
    """The headings that a place in a document stands under."""

    _open: list[tuple[int, str]] = field(default_factory=list)

    def enter(self, rank: int, text: str) -> tuple[str, ...]:
        """The path from here on: headings of the same or a lower rank (a greater number) are left."""
        self._open = [(r, t) for r, t in self._open if r < rank] + [(rank, " ".join(text.split()))]
        return self.path

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(text for _, text in self._open)
