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
