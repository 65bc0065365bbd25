"""Answers from held documents: their own words, verbatim, with page and heading (rule 2a of `answers.md`)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from renzhi.graph.model import Document, Fact, Passage
from renzhi.graph.tokens import tokens
from renzhi.rag.amounts import articles_cited, fine, numeral
from renzhi.rag.blocks import fact_sentence, gaps_block
from renzhi.rag.draft import Draft, sentences_of
from renzhi.rag.model import Embedder, Sentence
from renzhi.rag.question import Question
from renzhi.rag.selection import Found
from renzhi.rag.titles import phrases_in
from renzhi.rag.wording import clause, join, safe, spaced, w

MAX_QUOTES = 3
MAX_QUOTE_CHARS = 420
MAX_COMPARED = 32
MAX_PASSAGES = 24
MAX_TERMS = 4


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
    if _PENALTY.search(question.text.lower()):
        quotes = _with_penalty(quotes, passages)
    if not quotes:
        return False
    documents = list(dict.fromkeys(q.passage.document for q in quotes))
    _lead(draft, question, quotes, facts, embedder)
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
    if any(re.search(r"bibliograph|references|参考文献|works cited|^citations|literature cited", h, re.I) for h in passage.heading):
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
        counted = question.intent in ("figure", "cost") and re.search(r"[$€£¥]\s?\d|\d[\d,.]*\s?(%|million|billion|万|亿|元)", text)
        score = base + 1.0 * bool(counted) + sum(1.2 * telling[c] for c in has) + 1.5 * shared + heading + 0.4 * named
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


_PENALTY = re.compile(r"罚|处罚|责任|后果|\b(penalt\w+|fine[sd]?|punish\w*|liab\w+|sanction\w*)\b")
_DUTY = [(r"禁止|不得|严禁|\b(shall not|must not|prohibit\w*|may not)\b", ("禁止", "forbids")),
         (r"应当|必须|\b(shall|must|required? to)\b", ("要求", "requires")),
         (r"拟|草案|\b(draft|proposed?|proposes)\b", ("拟议", "proposes")),
         (r"可以|\bmay\b", ("允许", "allows"))]


def _with_penalty(quotes: list[Quote], passages: Sequence[Passage]) -> list[Quote]:
    """The provision and its penalty: the penal article quoted and the articles that it cites, or the one that cites those quoted."""
    penal = next((q for q in quotes if re.search(r"罚款|责令", _text(q))), None)
    if penal is None:
        wanted = {a for q in quotes if (a := _article(q.passage))}
        sanction = next((p for p in passages if re.search(r"罚款|责令", p.text) and wanted & set(articles_cited(p.text))), None)
        return [*quotes[: MAX_QUOTES - 1], _whole(sanction, quotes[0])] if sanction and quotes else quotes
    cited = articles_cited(_text(penal))
    provisions = [_whole(p, penal) for p in passages if p.document == penal.passage.document and _article(p) in cited]
    return [*provisions[: MAX_QUOTES - 1], penal] if provisions else quotes


def _whole(passage: Passage, like: Quote) -> Quote:
    """The first window of a passage as a quote that stands as high as another."""
    start, end = _windows(passage.text)[0]
    return Quote(passage, passage.start + start, passage.start + end, like.concepts, like.score)


def _lead(draft: Draft, question: Question, quotes: list[Quote], facts: Sequence[Fact], embedder: Embedder | None) -> None:
    say, sentences = draft.say, []
    for document_id in dict.fromkeys(q.passage.document for q in quotes):
        mine = [q for q in quotes if q.passage.document == document_id]
        name = safe(draft.holdings.documents[document_id].title).strip("《》")
        opening = f"《{name}》" if draft.lang == "zh" else f"“{name}”: "
        said: dict[str, list[int]] = {}
        for quote in mine:
            said.setdefault(_says(draft, question, quote, embedder), []).append(_cite(draft, quote))
        clauses = [draft.claim((opening if n == 0 else "") + text, cited, stop=False) for n, (text, cited) in enumerate(said.items())]
        sentences.append(say("；", "; ").join(clauses) + say("。", "."))
        sentences += _accepted(draft, facts, document_id, question)
    if _PENALTY.search(question.text.lower()) and not any(re.search(r"罚|责令|penalt|fine", _text(q).lower()) for q in quotes):
        sentences.append(draft.holding(say("所引条文没有写罚则。", "The quoted provisions name no penalty.")))
    draft.block("lead", "", say("", " ").join(sentences))


def _says(draft: Draft, question: Question, quote: Quote, embedder: Embedder | None) -> str:
    """What a quote does: forbids, requires, proposes, allows, states; on which concepts, where, and with which fine.

    A short quote in the reader's language is itself the answer; of a foreign provision the clause nearest to the question stands
    here in its own words.
    """
    text, where = _text(quote), _place_of(draft, quote)
    if quote.passage.lang == draft.lang and len(text) <= (70 if draft.lang == "zh" else 200):
        return f"{where}写明：“{_plain_quote(text, 'zh')}”" if draft.lang == "zh" else f"{where} states: “{_plain_quote(text, 'en')}”"
    amount = fine(text, draft.lang)
    if amount:
        return f"{where}规定{amount}" if draft.lang == "zh" else f"{where} sets {amount}"
    key = _key_clause(question, quote, embedder) if _article(quote.passage) else ""
    verb = next((words for cue, words in _DUTY if re.search(cue, (key or text).lower())), ("写明", "states"))
    if key:
        return f"{where}{verb[0]}：“{key}”" if draft.lang == "zh" else f"{where} {verb[1]} (original, Chinese): “{key}”"
    labels = join([draft.label(c) for c in quote.concepts[:3]], draft.lang)
    if draft.lang == "zh":
        return f"{where}{'就' + labels if labels else ''}{verb[0]}的内容见下面的原文"
    return f"{where} {verb[1]} what is quoted below" + (f" on {labels}" if labels else "")


def _plain_quote(text: str, lang: str) -> str:
    return safe(clause(re.sub(r"\s*\n\s*", " " if lang == "en" else "", text).strip()))


def _bare(text: str) -> str:
    """The question without the document's name and the asking for a penalty, which no clause of a provision has."""
    parts = [part for part in re.split(r"[,，;；?？]", text) if part.strip() and not _PENALTY.search(part.lower()) and not phrases_in(part)]
    return ", ".join(parts) or text


def _key_clause(question: Question, quote: Quote, embedder: Embedder | None) -> str:
    """The sentence of a provision with a duty in it that is nearest to the question; empty where the provision is one sentence."""
    text = _text(quote)
    clauses = [text[a:b] for a, b in sentences_of(text) if re.search(_DUTY[0][0] + "|" + _DUTY[1][0], text[a:b].lower())]
    if len(clauses) < 2 or embedder is None:
        return ""
    cosines = embedder.embed(clauses, input_type="document") @ embedder.embed([_bare(question.text)], input_type="query")[0]
    return _plain_quote(clauses[int(cosines.argmax())], quote.passage.lang)


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
    """Page, article or last heading: where a reader finds the quote; an article in the reader's own numerals."""
    passage = quote.passage
    page = draft.say(f"第 {passage.page} 页", f"p. {passage.page}") if passage.page is not None else ""
    article = _article(passage) or ""
    heading = "" if article else _heading(passage, 1)
    named = article if draft.lang == "zh" or not article else f"Article {numeral(article[1:-1]):.0f}"
    parts = [part for part in (named, page or heading) if part]
    return draft.say("，", ", ").join(parts) or draft.say(f"第 {passage.paragraph or passage.ordinal + 1} 段", f"paragraph {passage.paragraph or passage.ordinal + 1}")


def _heading(passage: Passage, last: int) -> str:
    """The last headings above a passage, without bullets."""
    return " › ".join(safe(re.sub(r"^[•·▪\-–\s]+", "", h)) for h in passage.heading[-last:])


def _terms(draft: Draft, quote: Quote) -> str:
    """Recognised concepts of a foreign quote: the form that stands in it beside the label, longest form first."""
    text, found = _text(quote), []
    for concept in quote.passage.concepts:
        known = draft.holdings.vocabulary.concepts.get(concept)
        forms = [known.label.get(quote.passage.lang), *known.synonyms.get(quote.passage.lang, ())] if known else []
        present = [f for f in forms if len(f) > 1 and f.lower() in text.lower()]
        if present:
            found.append((text.lower().find(max(present, key=len).lower()), max(present, key=len), concept))
    shown = sorted(sorted(found, key=lambda one: one[2] not in draft.asked)[:MAX_TERMS])
    return draft.say("；", "; ").join(f"“{safe(form)}” {draft.label(concept)}" for _, form, concept in shown)


def _quotes_block(draft: Draft, document: Document, quotes: list[Quote]) -> None:
    foreign = any(q.passage.lang != draft.lang for q in quotes)
    reviewed = all(draft.citations[_cite(draft, q) - 1].reviewed for q in quotes)
    lang_note = (draft.say("英文", "Chinese") if foreign else draft.say("原文", "original"))
    state = draft.say("已审核", "reviewed") if reviewed else w("not_reviewed", draft.lang)
    note = draft.say(f"《{document.title.strip('《》')}》（{lang_note}，{state}）", f" “{document.title}” (original{', ' + lang_note if foreign else ''}; {state})")
    rows = []
    for quote in quotes:
        number = _cite(draft, quote)
        name = draft.say("、", ", ").join(draft.label(c) for c in quote.concepts[:3])
        heading, where = _heading(quote.passage, 2), _place_of(draft, quote)
        if heading and heading.split(" › ")[-1] not in where:
            where = f"{where}，{heading}" if draft.lang == "zh" else f"{where}, {heading}"
        body = _plain_quote(_text(quote), quote.passage.lang)
        start = f"{name}（{where}）：" if draft.lang == "zh" and name else f"{where}：" if draft.lang == "zh" else f"{name} ({where}): " if name else f"{where}: "
        draft.sentences.append(_quoted_sentence(body, number))
        terms = _terms(draft, quote) if quote.passage.lang != draft.lang else ""
        gloss = draft.say(f" 词语：{terms}。", f" Terms: {terms}.") if terms else ""
        rows.append(f"{spaced(start) if draft.lang == 'zh' else start}“{body}” [{number}]{draft.say('。', '.')}{gloss}")
    draft.block("document", w("document", draft.lang) + note, draft.lines(rows))


def _quoted_sentence(body: str, number: int) -> Sentence:
    return Sentence(text=f"“{body}”", kind="claim", citations=(number,), support="supported")


def _gaps(draft: Draft, question: Question, quotes: list[Quote], passages: Sequence[Passage]) -> None:
    say, gaps = draft.say, []
    served = {c for q in quotes for c in q.concepts}
    missed = [c for c in question.concepts if c not in served][:3]
    if missed and all(q.passage.lang == question.lang for q in quotes):
        labels = join([draft.label(c) for c in missed], draft.lang)
        gaps.append(say(f"{labels}：所引原文没有写到", f"{labels}: not in the quotes"))
    text = " ".join(_text(q) for q in quotes)
    if question.intent in ("figure", "cost") and not re.search(r"\d|[一二两三四五六七八九十百千万]+(元|米|人|户|年|天|日|倍|成)", text):
        gaps.append(say("所问的数值：引文没有", "the figure asked: not in the quotes"))
    if any(q.passage.lang != draft.lang for q in quotes):
        gaps.append(say("中文译文：没有，只有词表里的术语注了中文", "an English translation: none held, only vocabulary terms are in English"))
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
    """A quote of a held document beside evidence from cases: only one that names two of the concepts asked, or the only one,
    and only where there is room."""
    core = question.of_kind("hz", "imp", "sys", "mea", "vul", "grp")
    if draft.too_long() or not core or (len(core) == 1 and found.best("doc:") < found.best("case:")):
        return
    quotes = [q for q in choose_quotes(draft, question, passages, found, limit=2) if len(q.concepts) >= min(2, len(core))][:1]
    for quote in quotes:
        _quotes_block(draft, draft.holdings.documents[quote.passage.document], [quote])
