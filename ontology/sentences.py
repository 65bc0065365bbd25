"""Sentences of a text in either language, by offsets, and a plain copy of it in which offsets stay true."""

import re
from bisect import bisect_right
from functools import lru_cache

from renzhi.ontology.traditional import to_simplified

_END = re.compile(r"""(?:[。！？!?]+["'”’」』）)]*|\.["'”’)]*(?=\s+["'“‘(]?[A-Z0-9\u3400-\u9fff])|\n\s*\n)\s*""")
_ABBREVIATION = re.compile(
    r"(?:\b[A-Za-z]|\b(?:e\.g|i\.e|cf|approx|ca|vs|etc|al|Dr|Mr|Mrs|Ms|St|No|Fig|Eq|Sec|Ch|pp))$"
)
# Full-width letters, digits and signs, but not punctuation, at which English ends in Chinese text; dashes and
# apostrophes in one form each.
_SAME_LENGTH = {0xFF01 + i: chr(0x21 + i) for i in range(94) if chr(0x21 + i) not in "!(),:;?"} | {
    0x3000: " ", 0xA0: " ", 0x2019: "'", 0x2018: "'", 0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-",
}  # fmt: skip


def plain(text: str) -> str:
    """The text in half width, lower case and simplified characters, with as many code points as before.

    >>> plain("ＰＭ２.５污染"), plain("都市熱島")
    ('pm2.5污染', '都市热岛')
    """
    narrow = text.translate(_table())
    lower = narrow.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in narrow)


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    return _SAME_LENGTH | to_simplified()


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence in code points; together they cover the text.

    >>> sentence_spans("暴雨成灾。Drains failed.")
    [(0, 5), (5, 19)]
    """
    ends = [end.end() for end in _END.finditer(text) if not _is_abbreviation(text, end)]
    ends = [end for end in ends if end < len(text)] + [len(text)]
    return list(zip([0, *ends[:-1]], ends, strict=True))


def sentence_around(spans: list[tuple[int, int]], offset: int) -> tuple[int, int]:
    """The one of the sentences in which the offset lies."""
    return spans[bisect_right(spans, offset, key=lambda span: span[0]) - 1]


def _is_abbreviation(text: str, end: re.Match[str]) -> bool:
    return end.group()[0] == "." and bool(_ABBREVIATION.search(text, max(0, end.start() - 8), end.start()))
