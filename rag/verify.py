"""Checks before an answer is shown: numbers occur in what is cited, quotes stand where they are said to stand."""

import re
from collections.abc import Sequence
from typing import Literal

from renzhi.graph.model import PageText, plain
from renzhi.rag.model import Citation, Sentence

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def numbers_in(text: str) -> set[str]:
    """The numbers of a text, thousands separators and trailing zeros apart; citation markers are none.

    >>> sorted(numbers_in("96,000 households, 1.50 m [2]"))
    ['1.5', '96000']
    """
    found = set()
    for one in _NUMBER.findall(re.sub(r"\[\d+\]", "", text)):
        value = re.sub(r",(?=\d{3}(?!\d))", "", one).rstrip(".,")
        found.add(value.rstrip("0").rstrip(".") if "." in value else value)
    return found


def support_of(sentence: str, evidence: Sequence[str]) -> Literal["supported", "partial", "unsupported"]:
    """`supported` if every number of the sentence occurs in the evidence it cites, `unsupported` if it cites none."""
    if not evidence:
        return "unsupported"
    missing = numbers_in(sentence) - numbers_in("\n".join(evidence))
    return "partial" if missing else "supported"


def quote_stands(citation: Citation, pages: Sequence[PageText]) -> bool:
    """Whether a passage citation's offsets return its quote (white space, punctuation, width and case apart)."""
    if citation.kind != "passage" or citation.start is None or citation.end is None:
        return citation.kind != "passage"
    text = next((p.text for p in pages if p.page == citation.page), pages[0].text if len(pages) == 1 else "")
    return bool(citation.quote) and plain(text[citation.start : citation.end]) == plain(citation.quote or "")


def unfit(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Claims that must not be shown: those without any citation."""
    return [s for s in sentences if s.kind == "claim" and not s.citations]
