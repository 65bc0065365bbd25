"""Which held documents a question means by a phrase of its own ("the Napa plan", “防洪法”), in either language."""

import re
from pathlib import PurePath

from renzhi.graph.model import Document
from renzhi.rag.holdings import Holdings
from renzhi.rag.model import Embedder, Vectors
from renzhi.rag.question import Question

CLOSE = 0.5
"""Cosine from which a phrase names a title: true pairs of the two languages lie at .54–.86, others mostly below .45."""
APART = 0.1
"""By which the best work must lead the next one."""

_EN_END = r"(law|act|plan|strategy|report|memo(randum)?|ordinance|regulation|code|guideline|policy|programme|program)s?"
_ZH_END = r"(规划|计划|方案|法|条例|报告|战略|策略|纲要|导则|手册|白皮书|备忘录|办法|指南|标准|规定|法律)"


def phrases_in(text: str) -> list[str]:
    """Phrases that end in a word for a kind of document.

    >>> phrases_in("新奥尔良的气候行动计划里写了什么？"), phrases_in("What does China's flood-control law require?")
    (['新奥尔良的气候行动计划'], ["China's flood-control law"])
    """
    found = [m[0].strip() for m in re.finditer(rf"[^，。？！；、《》“”,?!;]{{0,24}}?{_ZH_END}(?![\u3400-\u9fff]?[律])", text)]
    for match in re.finditer(rf"\b{_EN_END}\b", text, re.I):
        words = text[: match.end()].split()[-6:]
        while words and words[0].lower() in _LEADING:
            words = words[1:]
        if len(words) > 1:
            found.append(" ".join(words).strip(",.?"))
    found = [re.sub(r"^(关于|根据|按照|按|在|请问|那份|这份|《)+", "", one).strip() for one in found if len(one) > 2]
    undated = [re.sub(r"\s*(?<!\d)(19|20)\d\d\s?年?的?|那份|这份|这部|那部", "", one).strip() for one in found]
    return list(dict.fromkeys([*found, *undated]))


_LEADING = frozenset(["what", "does", "do", "did", "is", "are", "under", "in", "of", "the", "a", "an", "by", "how", "which", "where", "according", "to", "say", "says", "and", "for", "on"])


def documents_by_title(question: Question, holdings: Holdings, embedder: Embedder) -> tuple[str, ...]:
    """Documents of the one work whose title or file name a phrase of the question comes close to; empty if none does.

    A place that the phrase names must not be one that only cases hold: “郑州的防洪规划” is not the national flood law.
    """
    phrases = phrases_in(question.text)
    if not phrases or not holdings.documents:
        return ()
    documents = list(holdings.documents.values())
    titles = [t for d in documents for t in _titles(d)]
    owners = [d for d in documents for _ in _titles(d)]
    rows = _embed(embedder, tuple(titles))
    scores = embedder.embed(phrases, input_type="query") @ rows.T
    by_work: dict[str, float] = {}
    for column, document in enumerate(owners):
        by_work[document.work] = max(by_work.get(document.work, 0.0), float(scores[:, column].max()))
    ranked = sorted(by_work.items(), key=lambda pair: (-pair[1], pair[0]))
    if ranked[0][1] < CLOSE or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < APART):
        return ()
    return tuple(sorted(d.id for d in documents if d.work == ranked[0][0]))


def _titles(document: Document) -> list[str]:
    stem = re.sub(r"[-_.]+", " ", PurePath(document.name.replace("\\", "/")).stem)
    return [document.title, stem]


_KEPT: dict[tuple[str, tuple[str, ...]], Vectors] = {}


def _embed(embedder: Embedder, titles: tuple[str, ...]) -> Vectors:
    """Vectors of the titles, kept until the held documents change."""
    key = (embedder.name, titles)
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = embedder.embed(list(titles), input_type="query")
    return _KEPT[key]
