"""Title, publisher and year, where a document prints them as such; never guessed."""

import re
from dataclasses import dataclass

_YEAR = r"(?:19[5-9]\d|20\d\d)"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE_LINE = re.compile(
    rf"^(?:date|published|publication date|issued|updated|日期|发布日期|发布时间|印发日期|成文日期|出版日期|编制时间)\s*[:：\t]?\s*.*?({_YEAR})|"
    rf"^(?:(?:{_MONTHS})\.?\s+(?:\d{{1,2}},?\s+)?|\d{{1,2}}\s+(?:{_MONTHS})\s+)({_YEAR})$|"
    rf"^({_YEAR})\s*年(?:\s*\d{{1,2}}\s*月(?:\s*\d{{1,2}}\s*日)?)?(?=$|\s|[第（(].{{0,60}}(?:通过|修正|修订|公布|发布|施行))|"
    rf"(?:©|\(c\)|copyright)\s*({_YEAR})|^({_YEAR})$",
    re.I,
)
_PUBLISHER = re.compile(
    r"^(?:publisher|published by|issued by|issuing authority|出版社|出版单位|出版者|发布单位|发布机构|发布机关|印发机关|发文机关|编制单位|主办单位)"
    r"\s*[:：\t]?\s*(.{2,80})$",
    re.I,
)
_SUBJECT = re.compile(r"^(?:subject|re|title|标题|题名|主题)\s*[:：\t]\s*(.{4,200})$", re.I)
_GENERIC = re.compile(
    r"^(?:memo(?:randum)?|report|contents|table of contents|draft|目录|目\s*录|前言|报告|通知|contents page)$", re.I
)


@dataclass(frozen=True, slots=True)
class Imprint:
    title: str | None
    publisher: str | None
    year: int | None


def read_imprint(lines: list[str], *, headings: list[str], given_title: str | None, latest_year: int) -> Imprint:
    """What the first lines print. `headings` are those of the first page, the most prominent first.

    Of several dates printed as such the latest counts, as a statute lists its amendments; years after `latest_year`
    are misreadings.
    """
    subject = next((_tidy(m[1]) for line in lines if (m := _SUBJECT.match(line.strip()))), None)
    named = next((_tidy(h) for h in headings if not _GENERIC.match(h.strip()) and len(h) <= 200), None)
    years = [int(next(g for g in m.groups() if g)) for line in lines if (m := _DATE_LINE.search(line.strip()))]
    years = [year for year in years if year <= latest_year]
    publisher = next((_tidy(m[1]) for line in lines if (m := _PUBLISHER.match(line.strip()))), None)
    return Imprint(given_title or subject or named, publisher, max(years, default=None))


def _tidy(text: str) -> str:
    return " ".join(text.split()).strip(" :：")
