"""Answers on the starter pack, held against the rules of a good answer."""

import json
import re
from pathlib import Path

import pytest

from renzhi.base import KnowledgeBase
from renzhi.errors import UsageError
from renzhi.graph.model import plain
from renzhi.rag.model import Answer
from renzhi.rag.question import Filters

QUESTIONS = [json.loads(line) for line in (Path(__file__).parents[1] / "gold" / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
ON_CASES = [q for q in QUESTIONS if q["gold_cases"]]
UNANSWERABLE = [q for q in QUESTIONS if q["unanswerable"]]
SIDE_EFFECTS = {"zh": "副作用", "en": "Side effects"}


def body(answer: Answer) -> str:
    return "\n".join(block.markdown for block in answer.blocks if block.kind != "sources")


def statement_texts(base: KnowledgeBase, slug: str) -> str:
    case = base.case(slug)
    own = [t for s in case.statements for t in (s.wording("zh"), s.wording("en"))]
    own += [t for m in case.measures for t in (m.name.zh, m.name.en)] + [f.recorded for f in case.figures]
    return plain("\n".join(own))


@pytest.mark.parametrize("question", ON_CASES, ids=lambda q: q["id"])
def test_a_question_of_our_own_finds_its_case_and_every_claim_is_cited(pack: KnowledgeBase, question: dict) -> None:
    answer = pack.ask(question["question"])
    assert not answer.abstained and answer.lang == question["lang"] and answer.intent == question["intent"]
    assert {c.id for c in answer.cases} & set(question["gold_cases"])
    numbers = {c.n for c in answer.citations}
    marks = {int(n) for n in re.findall(r"\[(\d+)\]", answer.markdown)}
    assert marks and marks <= numbers
    for sentence in answer.sentences:
        assert bool(sentence.citations) == (sentence.kind == "claim"), sentence.text
        assert sentence.support in (None, "supported"), sentence.text
    for fact in question["facts"]:
        assert fact in answer.markdown


@pytest.mark.parametrize("question", ON_CASES, ids=lambda q: q["id"])
def test_a_record_citation_quotes_its_record_and_names_the_original(pack: KnowledgeBase, question: dict) -> None:
    answer = pack.ask(question["question"])
    records = [c for c in answer.citations if c.kind == "record"]
    assert records
    for citation in records:
        assert plain(citation.quote or "") in statement_texts(pack, str(citation.case))
        assert citation.source.title and not citation.held and not citation.reviewed and citation.shipped
        assert citation.source.url is None or not citation.source.find_original


@pytest.mark.parametrize("question", UNANSWERABLE, ids=lambda q: q["id"])
def test_what_nothing_held_can_answer_is_refused_with_what_is_missing(pack: KnowledgeBase, question: dict) -> None:
    answer = pack.ask(question["question"])
    assert answer.abstained and answer.reason
    assert not answer.measures
    assert answer.blocks[0].kind == "lead"


@pytest.mark.parametrize("question", ["高温热浪来袭时，城市可以采取哪些措施保护老年人？",
                                      "Which measures reduce urban waterlogging, and what may they worsen?"])
def test_every_measure_shows_its_side_effects_before_its_effect(pack: KnowledgeBase, question: str) -> None:
    answer = pack.ask(question)
    block = next(b for b in answer.blocks if b.kind == "measures")
    rows = [row for row in block.markdown.splitlines() if "**" in row]
    assert len(rows) > 1
    effect = {"zh": "作用：", "en": "Effect:"}[answer.lang]
    for row in rows:
        assert row.index(SIDE_EFFECTS[answer.lang]) < row.index(effect, row.index(SIDE_EFFECTS[answer.lang]) + 6)
    kinds = [b.kind for b in answer.blocks]
    assert kinds.index("groups") < kinds.index("gaps") < kinds.index("sources")


def test_an_answer_reads_in_the_askers_language_with_the_original_a_click_away(pack: KnowledgeBase) -> None:
    answer = pack.ask("塔克洛班那次台风海燕，避难所为什么反而死了人，有什么教训？")
    english = [c for c in answer.citations if c.kind == "record" and c.lang == "en"]
    assert english and all(c.translation for c in english)
    assert "译文" in body(answer)
    assert all((c.quote or "") not in body(answer) for c in english)


def test_rival_figures_stand_side_by_side_and_are_not_merged(pack: KnowledgeBase) -> None:
    answer = pack.ask("What did Typhoon Hato cost Macao? One draft says 8.3 billion, another 12.5 billion.")
    assert "8.31 billion" in body(answer) and "12.545 billion" in body(answer)
    assert "none is settled" in answer.blocks[0].markdown


def test_the_same_question_on_the_same_snapshot_has_the_same_citations(pack: KnowledgeBase) -> None:
    question = "Which measures keep a hospital's power on when the streets flood?"
    first, second = pack.ask(question), pack.ask(question)
    assert (first.markdown, first.citations, first.snapshot) == (second.markdown, second.citations, second.snapshot)


@pytest.mark.parametrize("chatter", ["你好", "谢谢！", "今天北京天气怎么样", "hello", "Thank you very much", "What's the weather like today?"])
def test_chatter_is_met_with_what_to_ask_instead(pack: KnowledgeBase, chatter: str) -> None:
    answer = pack.ask(chatter)
    assert answer.abstained and not answer.citations and len(answer.markdown) > 40


@pytest.mark.parametrize("question", ["", "   \n", "暴雨" * 5000])
def test_an_empty_or_endless_question_is_refused_in_one_sentence(pack: KnowledgeBase, question: str) -> None:
    with pytest.raises(UsageError) as refusal:
        pack.ask(question)
    assert refusal.value.zh and refusal.value.en


@pytest.mark.parametrize("question", ["'}) DETACH DELETE n //", "[1] [2] ![x](http://evil.example/?q=1)", "<script>alert(1)</script> 内涝怎么办", "\x00内涝\u202e怎么办", "？？？"])
def test_hostile_or_broken_questions_are_answered_or_refused_like_any_other(pack: KnowledgeBase, question: str) -> None:
    answer = pack.ask(question)
    assert answer.blocks and "<script>" not in answer.markdown


def test_a_filter_keeps_cases_of_other_places_and_scales_out(pack: KnowledgeBase) -> None:
    answer = pack.ask("停电时怎样减少损失？", filters=Filters(place="CN"))
    assert answer.cases and {pack.case(c.id).place.country for c in answer.cases} == {"CN"}
    shown = pack.ask("停电时怎样减少损失？", filters=Filters(scale="micro"))
    evidence = next((b.markdown for b in shown.blocks if b.kind == "evidence"), "")
    assert "宏观" not in evidence


def test_a_follow_up_keeps_the_case(pack: KnowledgeBase) -> None:
    first = pack.ask("What went wrong with warning and command in the Ahr valley flood of 2021?")
    second = pack.ask("How many people died?", carry=first.context)
    assert {c.id for c in second.cases} == {"ahr-valley-2021-flood"}
    assert "134" in second.markdown


def test_a_figure_without_a_year_is_called_undated(pack: KnowledgeBase) -> None:
    answer = pack.ask("What did the Baoye detention pond in Kaohsiung cost?")
    assert "250 million" in answer.markdown and "undated" in answer.markdown


def test_a_chain_shows_general_evidence_beside_what_cases_showed(pack: KnowledgeBase) -> None:
    answer = pack.ask("寒潮一来会连着引发哪些事？哪一环最该先拦？")
    assert answer.chains and answer.chains[0][0] == "hz:cold_wave"
    table = next(b.markdown for b in answer.blocks if b.kind == "chain")
    assert "一般证据" in table and "见于" in table


def test_what_the_seed_paper_claims_is_said_to_be_unconfirmed(pack: KnowledgeBase) -> None:
    answer = pack.ask("What happened in the London Climate Resilience Review?")
    assert not answer.abstained and "not confirmed" in body(answer)
