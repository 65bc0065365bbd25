"""Facts are proposed from sentences that say them outright, and from no others."""

from pathlib import Path

import pytest
import yaml

from renzhi.graph.model import Passage
from renzhi.ingest_docs.language import language_of
from renzhi.ingest_docs.propose import RULES, annotate, find_statements, propose

SENTENCES = yaml.safe_load((Path(__file__).parent / "sentences.yaml").read_text(encoding="utf-8"))

STATEMENTS = yaml.safe_load((Path(__file__).parent / "statements.yaml").read_text(encoding="utf-8"))


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


def _facts_by_lang(facts_of):
    """For either language, the facts proposed and the facts wanted, over all the statements, each with its sentence."""
    found = {"zh": (set(), set()), "en": (set(), set())}
    for one in STATEMENTS:
        got, wanted = found[language_of(one["text"])]
        got |= {(one["text"], f.subject, f.relation, f.object, f.modality) for f in facts_of(_passage(one["text"]))}
        wanted |= {(one["text"], *fact) for fact in one["facts"]}
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nineteen_of_twenty_proposals_are_right_and_four_of_five_facts_are_found(facts_of, lang):
    got, wanted = _facts_by_lang(facts_of)[lang]
    assert len(got & wanted) >= 0.95 * len(got)
    assert len(got & wanted) >= 0.8 * len(wanted)


@pytest.mark.parametrize("sentence", [one for one in STATEMENTS if not one["facts"]], ids=lambda one: one["text"][:24])
def test_denials_questions_conditions_and_titles_propose_nothing(facts_of, sentence):
    assert facts_of(_passage(sentence["text"])) == []


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


@pytest.mark.parametrize(
    "line",
    ["3.2 Flooding caused by storm surge\t17", "Coastal Flooding Caused by Storm Surge", "FLOODING DUE TO STORM SURGE",
     "第二节 暴雨引发内涝", "（二）暴雨引发内涝"],
)  # fmt: skip
def test_a_line_set_as_a_title_states_nothing_inside_a_passage(facts_of, line):
    assert facts_of(_passage(f"{line}\n样港区有两座泵站。")) == []


@pytest.mark.parametrize("text", ["The flood plan caused a review of drought insurance.", "洪水保险影响干旱规划。",
                                  "Green roofs reduce the financial risk from flooding.", "Heavy rain led to fewer wildfires."])  # fmt: skip
def test_a_hazard_that_only_names_a_plan_or_is_not_what_the_verb_acts_on_is_no_fact(facts_of, text):
    assert facts_of(_passage(text)) == []


def test_a_measure_that_is_to_be_taken_is_planned(facts_of):
    [fact] = facts_of(_passage("Measure Flood-1: Install rain gardens to reduce urban flooding."))
    assert (fact.subject, fact.object, fact.modality) == ("mea:rain_garden", "hz:waterlogging", "planned")


def test_a_year_in_a_citation_makes_no_event(facts_of):
    facts = facts_of(_passage("Sea floods, leading to saltwater intrusion due to storm surge (WMO, 2006)."),
                     _passage("风暴潮引发沿海洪涝（国家海洋局，2019）。", ordinal=1))  # fmt: skip
    assert facts and {f.modality for f in facts} == {"general"}


def test_traditional_characters_are_read_and_quoted_as_they_stand(facts_of):
    text = "暴雨可能引發土石流，並導致大面積停電。"
    facts = facts_of(_passage(text))
    assert {(f.subject, f.object) for f in facts} == {
        ("hz:heavy_rain", "hz:debris_flow"), ("hz:heavy_rain", "imp:power_outage"),
    }  # fmt: skip
    assert {s.quote for f in facts for s in f.supports} == {text}


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
