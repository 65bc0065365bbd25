"""Facts are proposed from sentences that say them outright, and from no others."""

from pathlib import Path

import pytest
import yaml

from renzhi.graph.model import Passage
from renzhi.ingest_docs.language import language_of
from renzhi.ingest_docs.propose import RULES, annotate, find_statements, propose

SENTENCES = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"))


def _passage(text, *, ordinal=0, paragraph=1, start=0):
    return Passage(
        f"doc:a#{ordinal}", "doc:a", ordinal, start, start + len(text), language_of(text), text, paragraph=paragraph
    )


@pytest.fixture
def facts_of(vocabulary, recogniser):
    return lambda *passages: propose(passages, vocabulary, recogniser, document="doc:a", work="work:a")


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda one: one["text"][:24])
def test_a_sentence_gives_just_the_facts_it_states(facts_of, sentence):
    facts = facts_of(_passage(sentence["text"]))
    assert {(f.subject, f.relation, f.object, f.modality) for f in facts} == {tuple(f) for f in sentence["facts"]}


def test_half_of_the_sentences_are_traps():
    assert len(SENTENCES) >= 48 and 0.4 < sum(not one["facts"] for one in SENTENCES) / len(SENTENCES) < 0.6


def test_only_general_facts_are_without_scope(facts_of):
    facts = facts_of(_passage("暴雨可能引发滑坡。2021 年，暴雨引发了内涝。"))
    assert {(f.object, f.scope, f.modality) for f in facts} == {
        ("hz:landslide", None, "general"),
        ("hz:waterlogging", "doc:a", "happened"),
    }


def test_a_support_encloses_the_sentence_by_offsets_of_the_page(facts_of):
    text = "样港区有两座泵站。暴雨可能引发内涝。泵站照常运行。"
    [fact] = facts_of(_passage(text, start=100))
    [support] = fact.supports
    assert (support.kind, support.document, support.passage, support.works) == (
        "passage",
        "doc:a",
        "doc:a#0",
        ("work:a",),
    )
    assert support.quote == "暴雨可能引发内涝。" == text[support.start - 100 : support.end - 100]
    assert (fact.status, fact.origin, fact.decided_by, support.status) == ("proposed", RULES, None, "proposed")
    assert 0.5 <= fact.score <= 1


def test_the_same_fact_from_two_sentences_is_one_with_two_supports(facts_of):
    [fact] = facts_of(
        _passage("Storm surge can cause coastal flooding."), _passage("风暴潮会引发沿海洪涝。", ordinal=1)
    )
    assert [s.passage for s in fact.supports] == ["doc:a#0", "doc:a#1"]


def test_headings_and_tables_of_contents_state_nothing(facts_of):
    assert facts_of(_passage("暴雨引发内涝", paragraph=None)) == []
    assert facts_of(_passage("2.1 暴雨引发内涝 ………………… 14\n2.2 Drought causes wildfire ........ 15")) == []


def test_two_paragraphs_or_cells_are_never_read_as_one_sentence(facts_of):
    assert facts_of(_passage("暴雨\n引发内涝")) == []
    assert facts_of(_passage("Heavy rain\tcaused waterlogging")) == []


def test_what_the_relations_do_not_allow_is_not_proposed(facts_of, vocabulary):
    facts = facts_of(*(_passage(one["text"], ordinal=at) for at, one in enumerate(SENTENCES)))
    assert facts and all(vocabulary.allows(f.subject, f.relation, f.object) for f in facts)
    assert facts_of(_passage("医院导致暴雨。"), _passage("Older people cause drought.", ordinal=1)) == []


def test_a_less_direct_reading_scores_lower(facts_of):
    [near] = facts_of(_passage("Heavy rain triggered waterlogging."))
    [turned] = facts_of(_passage("Waterlogging was triggered by heavy rain."))
    assert turned.score < near.score


def test_passages_are_given_the_concepts_they_name_each_once(recogniser):
    [passage] = annotate([_passage("暴雨引发内涝，内涝导致停电。")], recogniser)
    assert passage.concepts == ("hz:heavy_rain", "hz:waterlogging", "imp:power_outage")


def test_mentions_are_given_by_offsets_of_the_whole_text(recogniser, vocabulary):
    text = "泵站有两座。\n暴雨引发内涝。"
    [stated] = find_statements(text, recogniser, lang="zh", vocabulary=vocabulary)
    subject, object = stated.reading.subject, stated.reading.object
    assert (text[subject.start : subject.end], text[object.start : object.end]) == ("暴雨", "内涝")
    assert text[stated.start : stated.end] == "暴雨引发内涝。"
