"""Documents from file to citation, and back out again."""

import subprocess
import sys
import textwrap
from pathlib import Path

from fpdf import FPDF

from renzhi.base import KnowledgeBase, open_base
from renzhi.errors import NotFound
from renzhi.settings import Settings

ASKED = "What did the heavy rain of July 2021 trigger in Sample Harbour?"


def passages_cited(base: KnowledgeBase, question: str) -> list[str]:
    return [str(c.document) for c in base.ask(question).citations if c.kind == "passage"]


def test_a_question_that_only_the_note_answers_cites_it_with_a_quote_that_stands_there(base: KnowledgeBase, note: Path) -> None:
    [added] = base.add_paths([note])
    assert added.status == "added" and added.facts_proposed and added.passages
    answer = base.ask(ASKED)
    citation = next(c for c in answer.citations if c.kind == "passage")
    assert citation.document == added.document and citation.held and not citation.reviewed
    before, passage, after = base.passage_context(str(citation.passage), chars=10_000)
    assert (citation.quote or "?") in before + passage + after
    assert "Sample Harbour" in (citation.quote or "")


def test_the_same_file_again_is_unchanged_and_changed_bytes_are_a_new_version(base: KnowledgeBase, note: Path) -> None:
    [first] = base.add_paths([note])
    assert [a.status for a in base.add_paths([note])] == ["unchanged"]
    note.write_text(note.read_text(encoding="utf-8") + "\nA flood wall was built in 2023.\n", encoding="utf-8")
    [second] = base.add_paths([note])
    assert second.status == "updated" and second.document != first.document
    assert [d.version for d in base.documents()] == [2]


def test_the_same_bytes_elsewhere_are_a_duplicate_and_the_same_text_in_another_format_is_one_work(base: KnowledgeBase, note: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.md"
    copy.write_bytes(note.read_bytes())
    html = tmp_path / "note.html"
    paragraphs = note.read_text(encoding="utf-8").strip().split("\n\n")
    html.write_text("<html><meta charset='utf-8'><body><h1>" + paragraphs[0].lstrip("# ") + "</h1>" + "".join(f"<p>{p}</p>" for p in paragraphs[1:]) + "</body></html>", encoding="utf-8")
    first, second, third = base.add_paths([note, copy, html])
    assert (first.status, second.status, third.status) == ("added", "duplicate", "added")
    assert third.same_work == first.document
    held = {d.id: d.work for d in base.documents()}
    assert held[str(first.document)] == held[str(third.document)]
    assert len(set(passages_cited(base, ASKED))) == 1


def test_a_withdrawn_document_leaves_nothing_behind(base: KnowledgeBase, note: Path) -> None:
    before = list(base.canonical())
    [added] = base.add_paths([note])
    gone = base.remove(str(added.document))
    assert gone.facts_withdrawn
    assert list(base.canonical()) == before
    assert not passages_cited(base, ASKED)
    assert all(r.passage.document != added.document for r in base.search("Sample Harbour heavy rain"))


def test_accepted_facts_take_part_in_the_next_answer_and_rejected_ones_never_do(base: KnowledgeBase, note: Path) -> None:
    [added] = base.add_paths([note])
    proposed = [f for f in base.facts(document=str(added.document)) if f.status == "proposed" and f.relation == "triggers"]
    fact = proposed[0]
    assert "Reviewed fact" not in base.ask(ASKED).markdown
    base.accept(fact.id, who="Curator", version=fact.version)
    answer = base.ask(ASKED)
    assert "Reviewed fact" in answer.markdown
    assert any(c.reviewed_by == "Curator" for c in answer.citations)
    base.undo(fact.id, who="Curator")
    base.reject(fact.id, who="Curator", reason="misread")
    assert "Reviewed fact" not in base.ask(ASKED).markdown
    assert base.fact(fact.id).status == "rejected"


def test_a_base_that_was_open_sees_what_another_process_added_at_the_next_question(base: KnowledgeBase, home: Path, note: Path) -> None:
    assert not passages_cited(base, ASKED)
    script = textwrap.dedent("""
        import sys; from pathlib import Path
        from renzhi.base import open_base; from renzhi.settings import Settings
        base = open_base(Settings(home=Path(sys.argv[1])))
        assert [a.status for a in base.add_paths([Path(sys.argv[2])])] == ["added"]
    """)
    subprocess.run([sys.executable, "-c", script, str(home), str(note)], check=True)
    assert passages_cited(base, ASKED)


def test_a_pdf_answer_names_the_page_and_the_page_can_be_drawn_with_its_box(base: KnowledgeBase, tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    for text in ("Tern Bay resilience plan. Introduction and scope of this plan for the harbour town.",
                 "In Tern Bay the pump station at Gull Street keeps the underpass dry during heavy rain of 60 mm an hour."):
        pdf.add_page()
        pdf.multi_cell(0, 8, text)
    path = tmp_path / "tern-bay-plan.pdf"
    pdf.output(str(path))
    [added] = base.add_paths([path])
    assert (added.status, added.pages) == ("added", 2)
    citation = next(c for c in base.ask("What keeps the underpass dry in Tern Bay during heavy rain?").citations if c.kind == "passage")
    assert citation.page == 2 and "pump station" in (citation.quote or "")
    image = base.page_image(str(citation.document), 2, int(citation.start or 0), int(citation.end or 0))
    assert image is not None and image.startswith(b"\x89PNG")


def test_an_uploads_name_is_a_label_and_never_a_path(base: KnowledgeBase, home: Path) -> None:
    added = base.add_upload("../../etc/cron.d/x.md", "暴雨引发内涝。\n\n内涝导致停电。".encode())
    assert added.status == "added" and added.path == "x.md"
    kept = [p.name for p in (home / "files").iterdir()]
    assert len(kept) == 1 and len(Path(kept[0]).stem) == 64


def test_a_local_case_file_joins_the_cases(base: KnowledgeBase, tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "ingest_docs" / "sample-harbour-2021.yaml"
    local = tmp_path / source.name
    local.write_bytes(source.read_bytes())
    [added] = base.add_paths([local])
    assert added.status == "added", added.reason
    slug = str(added.document).removeprefix("case:")
    assert base.case(slug).title.zh
    base.remove(str(added.document))
    try:
        base.case(slug)
    except NotFound:
        return
    raise AssertionError("the withdrawn case is still there")


def test_init_again_keeps_documents_and_decisions(base: KnowledgeBase, home: Path, note: Path) -> None:
    [added] = base.add_paths([note])
    fact = next(f for f in base.facts(document=str(added.document)) if f.status == "proposed")
    base.accept(fact.id, who="Curator")
    before = list(base.canonical())
    base.close()
    again = open_base(Settings(home=home))
    again.init()
    assert list(again.canonical()) == before
    assert again.fact(fact.id).status == "accepted"
