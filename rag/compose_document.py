"""Answers from held documents: their own words, verbatim, with page and heading (rule 2a of `answers.md`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from renzhi.graph.model import Document, Fact, Passage
from renzhi.graph.tokens import tokens
from renzhi.rag.blocks import fact_sentence, gaps_block
from renzhi.rag.draft import Draft, sentences_of
from renzhi.rag.model import Embedder, Sentence
from renzhi.rag.question import Question
from renzhi.rag.selection import Found
from renzhi.rag.wording import clause, join, safe, spaced, w

MAX_QUOTES = 3
MAX_QUOTE_CHARS = 420
MAX_COMPARED = 32
MAX_PASSAGES = 24


@dataclass(frozen=True)
class Quote:
    """A sentence or clause of a passage, within one page."""

    passage: Passage
    start: int
    end: int
    concepts: tuple[str, ...]
    """Concepts asked that the quote names."""
    score: float


def compose_document(draft: Draft, question: Question, found: Found, passages: Sequence[Passage], facts: Sequence[Fact], *,
                     embedder: Embedder | None = None) -> bool:
    """Quotes of held documents that serve the question, at most three a document; False if none does.

    `passages` come in the order of retrieval; `facts` are accepted facts from these documents; `embedder` compares
    sentences where question and document are in different languages.
    """
    quotes = choose_quotes(draft, question, passages, found, embedder=embedder)
    if not quotes:
        return False
    documents = list(dict.fromkeys(q.passage.document for q in quotes))
    _lead(draft, question, quotes, facts)
    for document in documents:
        _quotes_block(draft, draft.holdings.documents[document], [q for q in quotes if q.passage.document == document])
    _gaps(draft, question, quotes, passages)
    return True


def choose_quotes(draft: Draft, question: Question, passages: Sequence[Passage], found: Found, *, limit: int = MAX_QUOTES,
                  embedder: Embedder | None = None) -> list[Quote]:
    """The best sentences, each asked concept served first, one witness a work."""
    candidates: list[Quote] = []
    common = {c: sum(c in p.concepts for p in passages) / max(1, len(passages)) for c in question.concepts}
    held = [p for p in passages if p.document in draft.holdings.documents]
    named = {p.id: sum((1.0 - common[c]) ** 2 for c in question.concepts if c in p.concepts) for p in held}
    ranked = sorted(enumerate(held), key=lambda pair: (pair[0] - 8 * named[pair[1].id], pair[0]))[:MAX_PASSAGES]
    for place, (_, passage) in enumerate(ranked):
        candidates += _candidates(draft, question, passage, place, common)
    if embedder and any(q.passage.lang != question.lang for q in candidates):
        candidates = _compared(question, candidates, embedder)
    candidates.sort(key=lambda q: (-q.score, q.passage.id, q.start))
    chosen: list[Quote] = []
    served: set[str] = set()
    for wants_new in (True, False):
        for quote in candidates:
            new = set(quote.concepts) - served
            if len(chosen) == limit or quote in chosen or _repeats(quote, chosen) or (wants_new and not new):
                continue
            if chosen and quote.score < chosen[0].score * 0.45:
                continue
            chosen.append(quote)
            served |= set(quote.concepts)
    return sorted(chosen, key=lambda q: (q.passage.document, -q.score))


def _compared(question: Question, candidates: list[Quote], embedder: Embedder) -> list[Quote]:
    """The most promising candidates with the cosine of question and sentence in their score: words cannot be shared here."""
    best = sorted(candidates, key=lambda q: (-q.score, q.passage.id, q.start))[:MAX_COMPARED]
    asked = embedder.embed([question.text], input_type="query")[0]
    rows = embedder.embed([_text(q) for q in best], input_type="document")
    return [replace(q, score=q.score + 2.0 * float(cosine)) for q, cosine in zip(best, rows @ asked, strict=True)]


def _repeats(quote: Quote, chosen: list[Quote]) -> bool:
    words = set(tokens(quote.passage.text[quote.start - quote.passage.start : quote.end - quote.passage.start]))
    for other in chosen:
        if other.passage.id == quote.passage.id and other.start < quote.end and quote.start < other.end:
            return True
        theirs = set(tokens(other.passage.text[other.start - other.passage.start : other.end - other.passage.start]))
        if words and len(words & theirs) / len(words) > 0.8:
            return True
    return False


def _candidates(draft: Draft, question: Question, passage: Passage, place: int, common: dict[str, float]) -> list[Quote]:
    """`place`: its rank in retrieval, which weighs most; `common`: in which share of the passages at hand each asked concept occurs; what is everywhere tells little."""
    if any(re.search(r"bibliograph|references|参考文献|works cited", h, re.I) for h in passage.heading):
        return []
    base = 2.5 / (1 + 0.25 * place)
    asked_words = _asked_words(draft, question, passage.lang)
    telling = {c: (1.0 - common.get(c, 0.0)) ** 2 for c in question.concepts}
    quotes = []
    for start, end in _windows(passage.text):
        text = passage.text[start:end]
        has = tuple(c for c in question.concepts if c in passage.concepts and _names_concept(draft, c, text, passage.lang))
        words = set(tokens(text))
        shared = len(words & asked_words) / (2 + min(len(asked_words), 12))
        heading = len(set(tokens(" ".join(passage.heading))) & asked_words) / (2 + len(asked_words))
        named = sum(name.lower() in text.lower() for name in question.names)
        score = base + sum(1.2 * telling[c] for c in has) + 1.5 * shared + heading + 0.4 * named
        if _says_something(text, passage.lang) and len(re.findall(r"https?://|www\.", text)) < 2:
            quotes.append(Quote(passage, passage.start + start, passage.start + end, has, score))
    return quotes


def _says_something(text: str, lang: str) -> bool:
    """Whether a window is long enough to be a statement: headings, captions and lines of a table of contents are not quoted."""
    if re.search(r"\.{5}|…{3}", text):
        return False
    return len(text) >= 12 if lang == "zh" else len(text.split()) >= 8


def _asked_words(draft: Draft, question: Question, lang: str) -> set[str]:
    """The question's tokens, and those of its concepts' labels and synonyms in the language of the passage."""
    words = set(tokens(question.text))
    for concept in question.concepts:
        known = draft.holdings.vocabulary.concepts.get(concept)
        if known:
            words |= set(tokens(" ".join([known.label.get(lang), *known.synonyms.get(lang, ())])))
    return words


def _names_concept(draft: Draft, concept: str, text: str, lang: str) -> bool:
    known = draft.holdings.vocabulary.concepts[concept]
    forms = [known.label.get(lang), *known.synonyms.get(lang, ())]
    lowered, words = text.lower(), set(tokens(text))
    return any(form.lower() in lowered or (set(tokens(form)) and set(tokens(form)) <= words) for form in forms)


def _windows(text: str) -> list[tuple[int, int]]:
    """Sentences; a long one is cut at clause ends; a short article of a statute stays whole, or its items would lose their verb."""
    if re.match(r"\s*第[一二三四五六七八九十百零〇\d]+条", text) and len(text) <= MAX_QUOTE_CHARS:
        return [(0, len(text.rstrip()))]
    spans = []
    for start, end in [part for span in sentences_of(text) for part in _between_bullets(text, *span)]:
        if end - start <= MAX_QUOTE_CHARS:
            spans.append((start, end))
            continue
        at = start
        for match in re.finditer(r"[；;，,：:•]\s*|\n", text[start:end]):
            if start + match.end() - at > MAX_QUOTE_CHARS * 0.6:
                spans.append((at, start + match.end()))
                at = start + match.end()
        spans.append((at, end))
    return [(a, min(b, a + MAX_QUOTE_CHARS)) for a, b in spans if text[a:b].strip()]


def _between_bullets(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The items of a span that runs over bullets or table cells, without the marks themselves."""
    items = [(start + m.start(), start + m.end()) for m in re.finditer(r"[^•\t]+", text[start:end]) if m[0].strip()]
    return [(a + len(text[a:b]) - len(text[a:b].lstrip()), a + len(text[a:b].rstrip())) for a, b in items]


_DUTY = [(r"应当|必须|不得|禁止|\b(shall|must)\b", ("要求", "requires")), (r"拟|草案|\b(draft|proposed?|proposes)\b", ("拟议", "proposes"))]


def _lead(draft: Draft, question: Question, quotes: list[Quote], facts: Sequence[Fact]) -> None:
    say, sentences = draft.say, []
    for document_id in dict.fromkeys(q.passage.document for q in quotes):
        mine = [q for q in quotes if q.passage.document == document_id]
        document = draft.holdings.documents[document_id]
        text = " ".join(_text(q) for q in mine)
        verb = next((words for cue, words in _DUTY if re.search(cue, text.lower())), ("写明", "states"))
        about = list(dict.fromkeys(c for q in mine for c in q.concepts))[:3]
        labels = join([draft.label(c) for c in about], draft.lang)
        where = join(list(dict.fromkeys(_place_of(draft, q) for q in mine)), draft.lang)
        name = safe(document.title)
        if draft.lang == "zh":
            what = f"就{labels}{verb[0]}的内容" if labels else f"与此有关、{verb[0]}的内容"
            body = f"《{name.strip('《》')}》{what}见{where}，原文如下"
        else:
            what = f"on {labels}" if labels else "on this"
            body = f"“{name}” {verb[1]} the following {what}: see {where}"
        sentences.append(draft.claim(body, [_cite(draft, q) for q in mine]))
        sentences += _accepted(draft, facts, document_id, question)
    if re.search(r"罚|处罚|penalt|fine|punish", question.text.lower()) and not any(re.search(r"罚|责令|penalt|fine", _text(q).lower()) for q in quotes):
        sentences.append(draft.holding(say("所引条文没有写罚则。", "The quoted provisions name no penalty.")))
    draft.block("lead", "", say("", " ").join(sentences))


def _accepted(draft: Draft, facts: Sequence[Fact], document: str, question: Question) -> list[str]:
    """Accepted facts from the document that bear on the question: knowledge, since a person took them in."""
    mine = [f for f in facts if any(s.document == document and s.status == "accepted" for s in f.supports)]
    mine.sort(key=lambda f: -sum(c in question.concepts for c in (f.subject, f.object)))
    rows = []
    for fact in [f for f in mine if {f.subject, f.object} & set(question.concepts)][:2]:
        cited = draft.of_fact(fact, limit=1)
        if cited:
            rows.append(draft.claim(draft.say(f"已审核的事实：{fact_sentence(draft, fact)}", f"Reviewed fact: {fact_sentence(draft, fact)}"), cited))
    return rows


def _text(quote: Quote) -> str:
    return quote.passage.text[quote.start - quote.passage.start : quote.end - quote.passage.start]


def _cite(draft: Draft, quote: Quote) -> int:
    by = next((f.decided_by for f in draft.holdings.facts if f.decided_by and not f.decided_by.startswith("pack:")
               and any(s.passage == quote.passage.id and s.status == "accepted" for s in f.supports)), None)
    return draft.span(quote.passage, quote.start, quote.end, reviewed_by=by)


def _article(passage: Passage) -> str | None:
    match = re.match(r"\s*(第[一二三四五六七八九十百零〇\d]+条)", passage.text) or next(
        (m for h in reversed(passage.heading) if (m := re.match(r"\s*(第[一二三四五六七八九十百零〇\d]+条)", h))), None)
    return match[1] if match else None


def _place_of(draft: Draft, quote: Quote) -> str:
    """Page, article or last heading: where a reader finds the quote."""
    passage = quote.passage
    page = draft.say(f"第 {passage.page} 页", f"p. {passage.page}") if passage.page is not None else ""
    article = _article(passage) or ""
    heading = "" if article else safe(passage.heading[-1]) if passage.heading else ""
    parts = [part for part in (article, page or heading) if part]
    return draft.say("，", ", ").join(parts) or draft.say(f"第 {passage.paragraph or passage.ordinal + 1} 段", f"paragraph {passage.paragraph or passage.ordinal + 1}")


def _quotes_block(draft: Draft, document: Document, quotes: list[Quote]) -> None:
    foreign = any(q.passage.lang != draft.lang for q in quotes)
    reviewed = all(draft.citations[_cite(draft, q) - 1].reviewed for q in quotes)
    lang_note = (draft.say("英文", "Chinese") if foreign else draft.say("原文", "original"))
    state = draft.say("已审核", "reviewed") if reviewed else w("not_reviewed", draft.lang)
    note = draft.say(f"《{document.title.strip('《》')}》（{lang_note}，{state}）", f" “{document.title}” (original{', ' + lang_note if foreign else ''}; {state})")
    rows = []
    for quote in quotes:
        number = _cite(draft, quote)
        labels = [draft.label(c) for c in quote.concepts[:3]]
        name = draft.say("、", ", ").join(labels)
        heading = " › ".join(safe(h) for h in quote.passage.heading[-2:])
        where = _place_of(draft, quote)
        if heading and heading.split(" › ")[-1] not in where:
            where = f"{where}，{heading}" if draft.lang == "zh" else f"{where}, {heading}"
        body = safe(clause(re.sub(r"\s*\n\s*", " " if quote.passage.lang == "en" else "", _text(quote)).strip()))
        start = f"{name}（{where}）：" if draft.lang == "zh" and name else f"{where}：" if draft.lang == "zh" else f"{name} ({where}): " if name else f"{where}: "
        draft.sentences.append(_quoted_sentence(body, number))
        rows.append(f"{spaced(start) if draft.lang == 'zh' else start}“{body}” [{number}]{draft.say('。', '.')}")
    draft.block("document", w("document", draft.lang) + note, draft.lines(rows))


def _quoted_sentence(body: str, number: int) -> Sentence:
    return Sentence(text=f"“{body}”", kind="claim", citations=(number,), support="supported")


def _gaps(draft: Draft, question: Question, quotes: list[Quote], passages: Sequence[Passage]) -> None:
    say, gaps = draft.say, []
    served = {c for q in quotes for c in q.concepts}
    missed = [c for c in question.concepts if c not in served][:3]
    if missed:
        labels = join([draft.label(c) for c in missed], draft.lang)
        gaps.append(say(f"{labels}：所引原文没有写到", f"{labels}: not in the quotes"))
    text = " ".join(_text(q) for q in quotes)
    if not re.search(r"\d|[一二两三四五六七八九十百千万]+(元|米|人|户|年|天|日|倍|成)", text):
        gaps.append(say("引文没有数值", "the quotes give no figure"))
    gaps.append(say("副作用没有写（不等于没有）", "side effects: not in the quotes (not the same as none)"))
    for document_id in dict.fromkeys(q.passage.document for q in quotes):
        pages = sorted({p.page for p in passages[:12] if p.document == document_id and p.page} - {q.passage.page for q in quotes if q.passage.page})[:4]
        if pages:
            listed = "、".join(map(str, pages)) if draft.lang == "zh" else ", ".join(map(str, pages))
            gaps.append(say(f"同一文件第 {listed} 页另有相关段落，未引", f"further passages on p. {listed} of the same document are not quoted"))
        waiting = draft.holdings.proposed.get(document_id, 0)
        if waiting:
            gaps.append(say(f"从该文件提出、等待审核的事实 {waiting} 条，没有使用", f"{waiting} proposed facts from this document wait for review and were not used"))
    gaps_block(draft, gaps)


def document_supplement(draft: Draft, question: Question, found: Found, passages: Sequence[Passage]) -> None:
    """Up to two quotes of held documents beside evidence from cases."""
    quotes = choose_quotes(draft, question, passages, found, limit=2)
    wanted = min(2, len(question.of_kind("hz", "imp", "sys", "mea", "vul")))
    quotes = [q for q in quotes if len(q.concepts) >= wanted > 0]
    for document_id in dict.fromkeys(q.passage.document for q in quotes):
        _quotes_block(draft, draft.holdings.documents[document_id], [q for q in quotes if q.passage.document == document_id])
