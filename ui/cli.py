"""The command line of `docs/cli.md`; each command calls one method of `renzhi.base`."""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
import typer

from renzhi import __version__
from renzhi.base import KnowledgeBase, open_base
from renzhi.errors import RenzhiError, UsageError
from renzhi.rag.question import Filters, language
from renzhi.settings import DEFAULT_PORT, Settings, read_settings
from renzhi.ui import json_shape, terminal

app = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False,
                  help="韧知 · renzhi: a climate-resilience knowledge base for urban planners. 面向城市规划师的气候韧性知识库。")
case_app = typer.Typer(help="One case: show.")
review_app = typer.Typer(help="Curation: next, accept, reject, undo, log; always with --as NAME.")
eval_app = typer.Typer(help="Measuring: retrieval.")
app.add_typer(case_app, name="case")
app.add_typer(review_app, name="review")
app.add_typer(eval_app, name="eval")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Home = Annotated[str | None, typer.Option("--home", help="Folder of the knowledge base (default ./renzhi-data, or RENZHI_HOME).")]
Graph = Annotated[str | None, typer.Option("--graph", help="Where facts are kept: sqlite (or RENZHI_GRAPH).")]
As = Annotated[str, typer.Option("--as", help="Who decides.")]
Language = Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help="zh or en.")]


@dataclass(frozen=True)
class Run:
    """One command's knowledge base and way of printing."""

    base: KnowledgeBase
    as_json: bool
    lang: str

    def show(self, data: dict[str, Any], text: Callable[[], None]) -> None:
        if self.as_json:
            sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        else:
            text()


def _run(as_json: bool, home: str | None, graph: str | None) -> Run:
    return Run(open_base(_settings(home, graph)), as_json, terminal.user_language(os.environ))


def _settings(home: str | None, graph: str | None) -> Settings:
    return read_settings(os.environ, home=home, graph=graph)


@app.command()
def init(empty: Annotated[bool, typer.Option("--empty", help="Without the starter pack.")] = False, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Make a knowledge base with the starter pack; on an existing one bring the pack up to date."""
    run = _run(json_, home, graph)
    with terminal.progress(run.lang) as told:
        status = run.base.init(empty=empty, progress=told)
    run.show(json_shape.status_json(status), lambda: terminal.print_status(status, run.lang))


@app.command()
def status(json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Counts and the state of the base."""
    run = _run(json_, home, graph)
    state = run.base.status()
    run.show(json_shape.status_json(state), lambda: terminal.print_status(state, run.lang))


@app.command()
def reindex(json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Build the dense index anew; makes vectors only where the embedders changed."""
    run = _run(json_, home, graph)
    with terminal.progress(run.lang) as told:
        state = run.base.reindex(progress=told)
    run.show(json_shape.status_json(state), lambda: terminal.print_status(state, run.lang))


@app.command()
def demo(no_browser: Annotated[bool, typer.Option("--no-browser")] = False, no_serve: Annotated[bool, typer.Option("--no-serve", help="Stop before serving.")] = False,
         port: Annotated[int, typer.Option("--port")] = DEFAULT_PORT, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """The main job in one go: starter base, one cited answer, web interface."""
    run = _run(json_, home, graph)
    with terminal.progress(run.lang) as told:
        run.base.init(progress=told)
    question = terminal.SAMPLE_QUESTION[run.lang]
    answer = run.base.ask(question)
    run.show(json_shape.answer_json(answer), lambda: terminal.print_answer(answer))
    run.base.close()
    if not no_serve:
        _serve(_settings(home, graph), port=port, open_browser=not no_browser)


@app.command()
def ui(port: Annotated[int, typer.Option("--port")] = DEFAULT_PORT, no_browser: Annotated[bool, typer.Option("--no-browser")] = False, home: Home = None, graph: Graph = None) -> None:
    """Serve the web interface on this machine."""
    settings = _settings(home, graph)
    open_base(settings)
    _serve(settings, port=port, open_browser=not no_browser)


def _serve(settings: Settings, *, port: int, open_browser: bool) -> None:
    from renzhi.ui.app import serve

    serve(settings, port=port, open_browser=open_browser)


@app.command()
def add(paths: Annotated[list[Path], typer.Argument(metavar="PATH…")], recursive: Annotated[bool, typer.Option("--recursive", help="Take folders whole.")] = False,
        json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Read documents and case files into the base."""
    run = _run(json_, home, graph)
    with terminal.progress(run.lang) as told:
        rows = run.base.add_paths(paths, recursive=recursive, progress=told)
    run.show(json_shape.added_json(rows), lambda: terminal.print_added(rows, run.lang))
    if not rows or any(row.status == "failed" for row in rows):
        raise typer.Exit(1)


@app.command()
def remove(document: str, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Withdraw a document and all that rests on it alone."""
    run = _run(json_, home, graph)
    gone = run.base.remove(document)
    run.show(json_shape.removed_json(gone), lambda: terminal.say(run.lang, f"已撤下 {gone.document}；一并撤下 {len(gone.facts_withdrawn)} 条事实。",
                                                                 f"Withdrew {gone.document}, and {len(gone.facts_withdrawn)} facts with it."))


@app.command()
def documents(json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """List the documents held."""
    run = _run(json_, home, graph)
    held = run.base.documents()
    run.show({"documents": [asdict(d) for d in held]}, lambda: terminal.print_documents(held, run.lang))


@app.command()
def read(file: Path, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Parse only: what would be stored."""
    run = _run(json_, home, graph)
    preview = run.base.read(file)
    run.show(json_shape.read_json(preview), lambda: terminal.print_read(preview, run.lang))


@app.command()
def ask(question: str, lang: Language = None, place: Annotated[str | None, typer.Option("--place")] = None,
        scale: Annotated[Literal["macro", "meso", "micro"] | None, typer.Option("--scale")] = None,
        hazard: Annotated[str | None, typer.Option("--hazard", help="A concept id, for example hz:waterlogging.")] = None,
        k: Annotated[int, typer.Option("--k", min=1, max=500, help="How many passages are looked at.")] = 60,
        llm: Annotated[str | None, typer.Option("--llm", help="provider:model; not built in this version.")] = None,
        trace: Annotated[Path | None, typer.Option("--trace", help="Write the answer with its whole trace to this file.")] = None,
        json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """A cited answer."""
    if llm:
        raise UsageError(zh="这个版本还不能接大模型，答案由已接受的事实和原文组成；请去掉 --llm。",
                         en="Language models are not built into this version; answers are composed from accepted facts and quotes. Drop --llm.")
    run = _run(json_, home, graph)
    answer = run.base.ask(question, lang=lang, filters=Filters(place, scale, hazard), k=k)
    data = json_shape.answer_json(answer)
    if trace:
        _write(trace, json.dumps(data | {"version": __version__, "filters": {"place": place, "scale": scale, "hazard": hazard}}, ensure_ascii=False, indent=1))
    run.show(data, lambda: terminal.print_answer(answer))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as exc:
        raise UsageError(zh=f"无法写入 {path}（{exc.strerror}）；请换一个路径。", en=f"Cannot write {path} ({exc.strerror}); choose another path.") from exc


@app.command()
def search(query: str, k: Annotated[int, typer.Option("--k", min=1, max=200)] = 10, lang: Language = None, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Retrieval only: passages, best first."""
    run = _run(json_, home, graph)
    begun = time.perf_counter()
    results = run.base.search(query, k=k, lang=lang)
    elapsed = round((time.perf_counter() - begun) * 1000, 1)
    run.show(json_shape.search_json(query, results, elapsed), lambda: terminal.print_search(results, run.lang))


@app.command()
def cases(hazard: Annotated[str | None, typer.Option("--hazard")] = None, measure: Annotated[str | None, typer.Option("--measure")] = None,
          scale: Annotated[Literal["macro", "meso", "micro"] | None, typer.Option("--scale")] = None, country: Annotated[str | None, typer.Option("--country", help="ISO code, for example CN.")] = None,
          group: Annotated[str | None, typer.Option("--group")] = None, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """List cases."""
    run = _run(json_, home, graph)
    found = run.base.cases(hazard=hazard, measure=measure, scale=scale, country=country, group=group)
    run.show({"cases": [json_shape.case_row(c) for c in found]}, lambda: terminal.print_cases(found, run.lang))


@case_app.command("show")
def case_show(case_id: str, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """One case with its statements and sources."""
    run = _run(json_, home, graph)
    case = run.base.case(case_id)
    run.show(json_shape.case_json(case, run.base.case_facts(case_id)), lambda: terminal.print_case(case, run.lang))


@app.command()
def concepts(text: Annotated[str, typer.Argument()] = "", json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Look the vocabulary up by label or synonym, in either language."""
    run = _run(json_, home, graph)
    found = run.base.concepts(text)
    run.show({"concepts": [json_shape.concept_json(c) for c in found]}, lambda: terminal.print_concepts(found, run.lang))


@app.command()
def concept(concept_id: str, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """One concept with its facts and cases."""
    run = _run(json_, home, graph)
    found = run.base.concept(concept_id)
    about = run.base.facts(about=concept_id) if run.base.exists() else []
    data = json_shape.concept_json(found) | {"definition": json_shape.both(found.definition), "facts": [f.id for f in about], "cases": run.base.cases_with(concept_id)}
    run.show(data, lambda: terminal.print_concept(found, about, run.base, run.lang))


@app.command()
def facts(document: Annotated[str | None, typer.Option("--document")] = None,
          status: Annotated[Literal["accepted", "proposed", "rejected", "disputed", "quarantined"] | None, typer.Option("--status")] = None,
          about: Annotated[str | None, typer.Option("--about")] = None, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Facts with their evidence."""
    run = _run(json_, home, graph)
    if about:
        run.base.concept(about)
    found = run.base.facts(document=document, status=status, about=about)
    run.show({"facts": [json_shape.fact_json(f) for f in found]}, lambda: terminal.print_facts(found, run.base, run.lang))


@review_app.command("next")
def review_next(who: As, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """The next fact to decide on, beside its passage."""
    run = _run(json_, home, graph)
    item = run.base.review_next()
    run.show(json_shape.waiting_json(item), lambda: terminal.print_waiting(item, run.base, run.lang))


@review_app.command("accept")
def review_accept(fact: str, who: As, version: Annotated[int | None, typer.Option("--version", help="Refuse if the fact is no longer this version.")] = None,
                  json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Make a proposed fact knowledge."""
    run = _run(json_, home, graph)
    entry = run.base.accept(fact, who=who, version=version)
    _decided(run, fact, entry)


@review_app.command("reject")
def review_reject(fact: str, who: As, reason: Annotated[str | None, typer.Option("--reason")] = None, version: Annotated[int | None, typer.Option("--version")] = None,
                  json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Keep a proposed fact out of every answer."""
    run = _run(json_, home, graph)
    entry = run.base.reject(fact, who=who, version=version, reason=reason)
    _decided(run, fact, entry)


@review_app.command("undo")
def review_undo(target: Annotated[str, typer.Argument(metavar="FACT|ENTRY")], who: As, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Take back the newest decision on a fact, or the decision of a ledger entry."""
    run = _run(json_, home, graph)
    entry = run.base.undo(target, who=who)
    _decided(run, entry.target, entry)


@review_app.command("log")
def review_log(fact: Annotated[str | None, typer.Argument()] = None, limit: Annotated[int, typer.Option("--limit", min=1)] = 20, json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """The ledger, newest first."""
    run = _run(json_, home, graph)
    entries = run.base.log(target=fact, limit=limit)
    run.show({"entries": [json_shape.entry_json(e) for e in entries]}, lambda: terminal.print_log(entries))


def _decided(run: Run, fact: str, entry: Any) -> None:
    state = run.base.fact(fact).status
    run.show(json_shape.decision_json(fact, state, entry), lambda: terminal.say(run.lang, f"{fact}：{state}（{entry.who}，账本第 {entry.seq} 条）", f"{fact}: {state} ({entry.who}, ledger entry {entry.seq})"))


@app.command()
def export(out: Path, format_: Annotated[Literal["canonical"], typer.Option("--format", help="canonical: sorted JSON Lines, what equality tests compare.")] = "canonical",
           json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Write the knowledge of the base to a file."""
    run = _run(json_, home, graph)
    lines = list(run.base.canonical())
    _write(out, "\n".join(lines))
    run.show({"path": str(out), "format": format_, "lines": len(lines)}, lambda: terminal.say(run.lang, f"已写入 {out}，{len(lines)} 行。", f"Wrote {out}, {len(lines)} lines."))


@eval_app.command("retrieval")
def eval_retrieval(passages: Annotated[Path, typer.Option("--passages")], queries: Annotated[Path, typer.Option("--queries")], qrels: Annotated[Path, typer.Option("--qrels")],
                   lang: Language = None, vector_cache: Annotated[Path | None, typer.Option("--vector-cache", help="Keep vectors here between runs.")] = None,
                   json_: AsJson = False, home: Home = None, graph: Graph = None) -> None:
    """Measure retrieval beside its baselines, on a temporary index."""
    from renzhi.eval.retrieval import evaluate_retrieval

    lang_ui = terminal.user_language(os.environ)
    cache = vector_cache or Path(platformdirs.user_cache_dir("renzhi")) / "vectors"
    result = evaluate_retrieval(passages, queries, qrels, lang=lang, vector_cache=cache)
    Run(open_base(_settings(home, graph)), json_, lang_ui).show(dict(result), lambda: terminal.print_retrieval(result))


def main(argv: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status. No traceback reaches the user."""
    words = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in words
    lang = terminal.user_language(os.environ)
    try:
        status = app(words or ["--help"], standalone_mode=False)
        return status if isinstance(status, int) else 0
    except RenzhiError as exc:
        asked = next((language(w) for w in words[1:2] if words[0] in ("ask", "search") and w.strip()), lang)
        return _fail(exc, as_json, asked)
    except typer.Exit as exc:
        return exc.exit_code
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("\n")
        return 130
    except BrokenPipeError:
        return 0
    except Exception as exc:
        if exc.__class__.__mro__[-3].__name__ == "TyperException" or hasattr(exc, "format_message"):
            detail = exc.format_message() if hasattr(exc, "format_message") else str(exc)
            return _fail(UsageError(zh=f"用法不对：{detail} 用 renzhi --help 查看命令。", en=f"Wrong usage: {detail} See renzhi --help."), as_json, lang)
        if os.environ.get("RENZHI_DEBUG"):
            raise
        return _fail(RenzhiError(zh=f"出现意外错误（{type(exc).__name__}：{exc}）。知识库没有被改动；设 RENZHI_DEBUG=1 重试可得到详情，请附上它提交问题。",
                                 en=f"Something unexpected went wrong ({type(exc).__name__}: {exc}). Nothing was half-written; set RENZHI_DEBUG=1 and run again for details to report."), as_json, lang)


def _fail(error: RenzhiError, as_json: bool, lang: str) -> int:
    if as_json:
        sys.stdout.write(json.dumps(json_shape.error_json(error), ensure_ascii=False) + "\n")
    sys.stderr.write(error.message(lang) + "\n")
    return error.exit_status


def entry_point() -> None:
    """The console script."""
    raise SystemExit(main())


if __name__ == "__main__":
    entry_point()
