"""What commands print for people: Markdown, tables, a progress bar when a job takes longer than a second."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from renzhi.base import KnowledgeBase
from renzhi.base import Progress as Told
from renzhi.graph.case import Case
from renzhi.graph.model import Document, Fact, LedgerEntry
from renzhi.ontology.model import Concept
from renzhi.rag.model import Answer
from renzhi.results import Added, ReadPreview, SearchResult, Status, Waiting

SAMPLE_QUESTION = {"zh": "暴雨内涝造成停电时，怎样保住医院的供电和救治？", "en": "How can a hospital keep its power and its patients safe when a rainstorm floods the city?"}
STAGES = {"cases": ("载入案例", "Loading cases"), "read": ("读取页面", "Reading pages"), "embed": ("计算向量", "Embedding passages")}

_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


def user_language(environ: Mapping[str, str]) -> str:
    """zh or en, by the locale of the environment."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


def say(lang: str, zh: str, en: str) -> None:
    _out.print(zh if lang == "zh" else en, markup=False)


@contextmanager
def progress(lang: str) -> Iterator[Told]:
    """A callback for long jobs that draws a bar on standard error once a second has passed."""
    begun = time.monotonic()
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), console=_err, transient=True)
    tasks: dict[str, Any] = {}

    def told(stage: str, done: int, total: int) -> None:
        if time.monotonic() - begun < 1.0:
            return
        if not tasks:
            bar.start()
        name, _, detail = stage.partition(":")
        label = STAGES.get(name, (name, name))[0 if lang == "zh" else 1] + (f" ({detail})" if detail else "")
        if stage not in tasks:
            tasks[stage] = bar.add_task(label, total=total)
        bar.update(tasks[stage], completed=done, total=total)

    try:
        yield told
    finally:
        if tasks:
            bar.stop()


def print_answer(answer: Answer) -> None:
    _out.print(Markdown(f"## {answer.question}"))
    _out.print(Markdown(answer.markdown))
    note = "未使用大模型，逐句可查出处" if answer.lang == "zh" else "No language model used; every sentence traceable to its source"
    _out.print(f"\n{note} · {answer.elapsed_ms:.0f} ms · {answer.snapshot[:12]}", style="dim", markup=False)


def print_status(s: Status, lang: str) -> None:
    facts = ", ".join(f"{name} {count}" for name, count in sorted(s.counts.facts.items()) if count)
    say(lang, f"知识库（{s.store}），{s.pack}：{s.counts.cases} 个案例，{s.counts.documents} 份文献，{s.counts.passages} 个段落。",
        f"Knowledge base ({s.store}), {s.pack}: {s.counts.cases} cases, {s.counts.documents} documents, {s.counts.passages} passages.")
    say(lang, f"事实：{facts or 0}", f"Facts: {facts or 0}")
    for one in s.embedders:
        _out.print(f"  {one.name} ({one.dimensions}-d): {one.passages}/{s.texts}", markup=False)
    if not s.ledger_intact:
        say(lang, "账本的哈希链断了；请不要继续写入，并从备份恢复。", "The ledger's hash chain is broken; stop writing and restore a backup.")
    for notice in s.notices:
        say(lang, notice.zh, notice.en)


STATUS_WORD = {"added": ("已添加", "added"), "unchanged": ("未变", "unchanged"), "updated": ("已更新", "updated"), "duplicate": ("重复，未处理", "duplicate, not processed"), "failed": ("失败", "failed")}


def print_added(rows: Sequence[Added], lang: str) -> None:
    if not rows:
        say(lang, "没有找到可读的文件（pdf、docx、html、md、txt、yaml）。", "No readable file found (pdf, docx, html, md, txt, yaml).")
    for row in rows:
        word = STATUS_WORD[row.status][0 if lang == "zh" else 1]
        detail = row.reason.get(lang) if row.reason else ""
        if row.passages:
            pages = f"{row.pages} pages, " if row.pages else ""
            detail = (f"{row.pages} 页，" if row.pages else "") + f"{row.passages} 个段落，提出 {row.facts_proposed} 条事实" if lang == "zh" else f"{pages}{row.passages} passages, {row.facts_proposed} facts proposed"
        _out.print(f"{Path(row.path).name}: {word}{'；' if lang == 'zh' else '; '}{detail}" if detail else f"{Path(row.path).name}: {word}", markup=False)
        if row.same_work:
            say(lang, f"  与 {row.same_work} 文字相同，作为同一作品引用。", f"  Same text as {row.same_work}; cited as one work.")
        for warning in row.warnings:
            _out.print(f"  {warning}", markup=False)


def print_documents(held: Sequence[Document], lang: str) -> None:
    table = Table("id", "文件" if lang == "zh" else "file", "标题" if lang == "zh" else "title", "页" if lang == "zh" else "pages")
    for d in held:
        table.add_row(d.id, Path(d.name).name, d.title, str(d.pages or "–"))
    _out.print(table)


def print_read(read: ReadPreview, lang: str) -> None:
    pages = sum(page is not None for page, _ in read.pages)
    say(lang, f"{Path(read.path).name}（{read.format}，{read.lang}）：{pages} 页，{len(read.passages)} 个段落，{len(read.facts)} 条事实可提出。",
        f"{Path(read.path).name} ({read.format}, {read.lang}): {pages} pages, {len(read.passages)} passages, {len(read.facts)} facts to propose.")
    for fact in read.facts[:10]:
        _out.print(f"  {fact.subject} {fact.relation} {fact.object} ({fact.modality}): “{fact.supports[0].quote}”", markup=False)
    for warning in read.warnings:
        _out.print(f"  {warning}", markup=False)


def print_search(results: Sequence[SearchResult], lang: str) -> None:
    if not results:
        say(lang, "没有找到。", "Nothing found.")
    for r in results:
        page = f" p. {r.passage.page}" if r.passage.page else ""
        _out.print(f"{r.rank:>2}. {r.passage.id}{page}  [{', '.join(r.found_by)}]", markup=False, style="bold")
        _out.print(f"    {r.passage.text[:300]}", markup=False)


def print_cases(found: Sequence[Case], lang: str) -> None:
    for case in found:
        _out.print(f"{case.id}: {case.title.get(lang)} ({case.place.get(lang)}, {case.years})", markup=False)


def print_case(case: Case, lang: str) -> None:
    _out.print(Markdown(f"## {case.title.get(lang)}\n\n{case.summary.get(lang)}"))
    for s in case.statements:
        mark = " · 编者归纳，无来源 / editor's reading" if s.editor else f" [{', '.join(s.sources)}]"
        _out.print(f"- {s.id} {s.section}: {s.text.get(lang)}{mark}", markup=False)
    for f in case.figures:
        _out.print(f"- {f.id}: {f.what.get(lang)}: {f.recorded} [{', '.join(f.sources)}]", markup=False)
    for m in case.measures:
        _out.print(f"- {m.id}: {m.name.get(lang)} ({', '.join(m.dimensions)}) [{', '.join(m.sources)}]", markup=False)
    for source in case.sources:
        _out.print(f"  {source.id}: {source.title}, {source.publisher or '–'}, {source.year or '–'}; {source.quality}", markup=False, style="dim")


def print_concepts(found: Sequence[Concept], lang: str) -> None:
    if not found:
        say(lang, "没有这个词；换个说法，或不带词语列出全部概念。", "No concept has that word; try another, or list all with no word.")
    for c in found:
        _out.print(f"{c.id}  {c.label.zh} / {c.label.en}", markup=False)


def print_concept(c: Concept, about: Sequence[Fact], base: KnowledgeBase, lang: str) -> None:
    _out.print(f"{c.id}  {c.label.zh} / {c.label.en}", markup=False, style="bold")
    if c.definition:
        _out.print(c.definition.get(lang), markup=False)
    print_facts(about[:20], base, lang)


def print_facts(found: Sequence[Fact], base: KnowledgeBase, lang: str) -> None:
    for f in found:
        _out.print(f"{f.id}  {base.label(f.subject, lang)} — {f.relation} → {base.label(f.object, lang)}  ({f.modality}, {f.status}, {len(f.works())})", markup=False)


def print_waiting(item: Waiting | None, base: KnowledgeBase, lang: str) -> None:
    if item is None:
        say(lang, "审核完了，没有待处理的事实。", "All reviewed; nothing waiting.")
        return
    f = item.fact
    say(lang, f"还有 {item.waiting} 条。", f"{item.waiting} waiting.")
    _out.print(f"{f.id} (version {f.version})", markup=False, style="bold")
    _out.print(f"{base.label(f.subject, lang)} — {f.relation} → {base.label(f.object, lang)}  ({f.modality}, {f.polarity}, {f.score})", markup=False)
    quote = next((s.quote for s in f.supports if s.quote), "")
    _out.print(f"“{quote}”", markup=False)
    if item.passage and item.document:
        _out.print(f"{Path(item.document.name).name}" + (f", p. {item.passage.page}" if item.passage.page else ""), markup=False, style="dim")


def print_log(entries: Sequence[LedgerEntry]) -> None:
    for e in entries:
        _out.print(f"{e.seq:>5} {e.time} {e.who}: {e.action} {e.target}" + (f" ({e.reason})" if e.reason else ""), markup=False)


def print_retrieval(result: Mapping[str, Any]) -> None:
    table = Table("system", "nDCG@10", "recall@10", "MRR@10", "p50 ms", title=f"{result['passages']} passages, {result['queries']} queries")
    for s in result["systems"]:
        table.add_row(s["name"], f"{s['ndcg10']:.3f}", f"{s['recall10']:.3f}", f"{s['mrr10']:.3f}", f"{s['p50_ms']:.1f}")
    _out.print(table)
    sys.stdout.flush()
