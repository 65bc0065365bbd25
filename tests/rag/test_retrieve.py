"""Retrieval: words and vectors, both languages, filters, and what its numbers mean."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from small_base import USE, SmallBase, open_base, put

from renzhi.rag.embedders import use_embedder
from renzhi.rag.model import Vectors
from renzhi.rag.retrieve import Retriever
from renzhi.rag.strength import BAR, strength


class Mute:
    """An embedder that has no opinion: what is found is found by words."""

    name, dimensions = "mute", 8

    def embed(self, texts: list[str], *, input_type: Literal["query", "document"]) -> Vectors:
        return np.zeros((len(texts), 8), dtype=np.float32)


QUESTIONS = [
    ("地铁为什么停运？", "doc:zh#0"),
    ("独居老人夜里去哪里避暑", "doc:zh#1"),
    ("台风过后保险怎么赔付", "doc:zh#3"),
    ("What froze in the winter storm?", "doc:en#5"),
    ("How are villages warned of cyclones?", "doc:en#2"),
    ("微电网怎样在停电时保障诊所供电？", "doc:en#4"),
    ("Who pays residents after a typhoon?", "doc:zh#3"),
]


@pytest.mark.parametrize(("question", "passage"), QUESTIONS)
def test_the_passage_that_answers_comes_first_in_either_language(base: SmallBase, question: str, passage: str) -> None:
    assert base.retriever().search(question, k=3)[0].passage == passage


def test_the_same_question_finds_the_same_hits_in_a_new_process_state(base: SmallBase) -> None:
    first = base.retriever().search("暴雨 地铁 flood", k=12)
    base.index.close()
    again = Retriever(base.store, [use_embedder()], base.index).search("暴雨 地铁 flood", k=12)
    assert first == again and len({hit.passage for hit in first}) == len(first) == 12
    assert [hit.score for hit in first] == sorted((hit.score for hit in first), reverse=True)


def test_hits_alike_stand_in_the_order_of_their_ids(base: SmallBase) -> None:
    for name in ("c", "a", "b"):
        put(base, f"doc:{name}", "zh", ["排水口被落叶堵住。"])
    hits = base.retriever().search("排水口被落叶堵住", k=3)
    assert [hit.passage for hit in hits] == ["doc:a#0", "doc:b#0", "doc:c#0"]
    assert len({hit.score for hit in hits}) == 1


def test_a_passage_is_found_before_the_dense_index_has_it(base: SmallBase) -> None:
    put(base, "doc:new", "en", ["Green roofs on schools hold back the first thirty millimetres of rain."])
    assert base.index.position() < base.store.position()
    best = base.retriever().search("学校屋顶绿化能滞留多少雨水？", k=1)[0]
    assert best.passage == "doc:new#0" and "dense" in best.found_by


def test_a_retriever_sees_at_its_next_question_what_was_put_and_withdrawn(base: SmallBase) -> None:
    retriever = base.retriever()
    retriever.search("露营地的山洪预警", k=3)
    put(base, "doc:new", "zh", ["露营地用声光警报发布山洪预警。"])
    assert retriever.search("露营地的山洪预警", k=3)[0].passage == "doc:new#0"
    base.store.withdraw("doc:new", who="安然")
    assert all(hit.passage != "doc:new#0" for hit in retriever.search("露营地的山洪预警", k=20))


def test_without_the_dense_index_nothing_is_found_by_vectors(base: SmallBase) -> None:
    import chromadb
    from chromadb.config import Settings

    base.index.close()
    path = str(next(base.index.folder.glob("chroma-*")))
    client = chromadb.PersistentClient(path, settings=Settings(anonymized_telemetry=False))
    for collection in client.list_collections():
        collection.delete(ids=collection.get(include=[])["ids"])
    client.close()
    hits = base.retriever().search("地铁停运与断电", k=12)
    assert hits and all(hit.found_by == ("lexical",) for hit in hits)


def test_the_only_passage_that_shares_a_word_is_found_without_any_vector(tmp_path: Path) -> None:
    base = open_base(tmp_path, embedders=[Mute()])
    put(base, "doc:a", "zh", ["暴雨内涝"], embed=False)
    put(base, "doc:b", "zh", ["高温热浪"])
    hits = base.retriever().search("内涝", k=5)
    assert [(hit.passage, hit.found_by) for hit in hits] == [("doc:a#0", ("lexical",))]
    base.close()


def test_a_passage_that_one_embedder_has_not_seen_keeps_the_others_score(base: SmallBase) -> None:
    base.store.put_vectors("mute", [], np.zeros((0, 8), dtype=np.float32))
    alone = base.retriever().search("地铁为什么停运？", k=6, lang="zh")
    both = Retriever(base.store, [USE, Mute()], base.index).search("地铁为什么停运？", k=6, lang="zh")
    assert [(hit.passage, hit.score) for hit in both] == [(hit.passage, hit.score) for hit in alone]


def test_labels_of_the_concepts_asked_about_find_passages_in_the_other_language(tmp_path: Path) -> None:
    base = open_base(tmp_path, embedders=[Mute()])
    put(base, "doc:en", "en", ["Zud killed a third of the herds.", "The pier was rebuilt."])
    search: Callable[..., list[object]] = base.retriever().search
    assert search("白灾怎样影响牧民？", k=5) == []
    found = base.retriever().search("白灾怎样影响牧民？", k=5, expansions={"en": ["zud", "dzud winter"]})
    assert [hit.passage for hit in found] == ["doc:en#0"]
    base.close()


def test_labels_lift_a_passage_that_holds_them_and_lift_none_that_does_not(base: SmallBase) -> None:
    put(base, "doc:term", "en", ["Pluvial flooding closed the underpass.", "The underpass was closed for the parade."])
    plain = {hit.passage: hit.score for hit in base.retriever().search("内涝封闭了通道", k=20)}
    helped = {hit.passage: hit.score for hit in base.retriever().search("内涝封闭了通道", k=20, expansions={"en": ["pluvial flooding"]})}
    assert helped["doc:term#0"] > plain["doc:term#0"]
    assert helped["doc:term#1"] <= max(plain["doc:term#1"], 0.0)


def test_a_statement_found_by_its_text_and_by_its_translation_counts_once(base: SmallBase) -> None:
    put(base, "case:c", "zh", ["疏散演练每年两次。"], translations=["Evacuation drills are held twice a year."])
    for question in ("疏散演练多久一次", "How often are evacuation drills held?"):
        hits = base.retriever().search(question, k=20)
        assert [hit.passage for hit in hits].count("case:c#0") == 1
        assert hits[0].passage == "case:c#0"
    assert base.retriever().search("evacuation drills", k=1)[0].lang == "en"
    assert base.retriever().search("evacuation drills", k=1, lang="zh")[0].lang == "zh"


def test_a_language_asked_for_is_the_only_one_found(base: SmallBase) -> None:
    for lang in ("zh", "en"):
        hits = base.retriever().search("flood 暴雨", k=20, lang=lang)
        assert len(hits) == 6 and {hit.lang for hit in hits} == {lang}


def test_a_filter_lets_through_its_documents_and_passages_alone(base: SmallBase) -> None:
    put(base, "doc:other", "zh", ["滑坡掩埋了山脚的公路。"])
    base.index.sync(base.store)
    retriever = base.retriever()
    assert {hit.passage for hit in retriever.search("地铁停运", k=20, allowed={"doc:other"})} == {"doc:other#0"}
    assert {hit.passage for hit in retriever.search("地铁停运", k=20, allowed={"doc:zh#4", "doc:other"})} == {"doc:zh#4", "doc:other#0"}
    assert retriever.search("地铁停运", k=20, allowed=set()) == []


def test_a_passage_that_supports_a_fact_asked_about_is_a_candidate_and_gains_a_little(tmp_path: Path) -> None:
    base = open_base(tmp_path, embedders=[Mute()])
    put(base, "doc:a", "zh", ["堤防加高两米。", "公园种了树。"])
    hits = base.retriever().search("堤防", k=5, graph=["doc:a#1", "doc:unknown#1"])
    assert [(hit.passage, hit.found_by) for hit in hits] == [("doc:a#0", ("lexical",)), ("doc:a#1", ("graph",))]
    assert base.retriever().search("堤防", k=5, graph=["doc:a#1"], lang="en") == []
    base.close()


@pytest.mark.parametrize("question", ["", "  \n", "？！", "the of"])
def test_a_question_without_words_raises_nothing(base: SmallBase, question: str) -> None:
    assert len(base.retriever().search(question, k=3)) <= 3
    assert base.retriever().search("   ", k=3) == [] == base.retriever().search("暴雨", k=0)


@pytest.mark.parametrize("question", ['"', "NEAR(a b)", "暴雨* OR", "a" * 5000, "内涝" * 3000, "\ud800 洪水"])
def test_any_text_may_be_asked(base: SmallBase, question: str) -> None:
    assert all(0 <= hit.strength <= 1 for hit in base.retriever().search(question, k=3))


def test_strength_is_higher_for_a_question_the_base_answers_than_for_one_it_does_not(base: SmallBase) -> None:
    retriever = base.retriever()
    for question, _ in QUESTIONS:
        assert 0 < retriever.search(question, k=1)[0].strength <= 1
    answered = retriever.search("巨灾保险在台风后怎样向居民赔付房屋损失", k=1)[0].strength
    assert answered > BAR > max(hit.strength for hit in retriever.search("红烧肉怎么做？", k=5))


def test_strength_does_not_depend_on_what_else_was_found(base: SmallBase) -> None:
    whole = {hit.passage: hit.strength for hit in base.retriever().search("地铁停运", k=12)}
    few = {hit.passage: hit.strength for hit in base.retriever().search("地铁停运", k=12, allowed={"doc:zh#0", "doc:en#1"})}
    assert few and all(whole[passage] == found for passage, found in few.items())


@pytest.mark.parametrize(("cosines", "covered"), [({}, 0.0), ({"use": -1.0}, 0.0), ({"use": 1.0, "e5": 1.0}, 1.0), ({"e5": 0.7}, 0.5)])
def test_strength_stays_between_0_and_1(cosines: dict[str, float], covered: float) -> None:
    assert 0 <= strength(cosines, {"use": 0.1, "e5": 0.8}, covered) <= 1


def test_strength_grows_with_similarity_and_with_the_words_covered() -> None:
    means = {"use": 0.1, "e5": 0.8}
    assert strength({"use": 0.5, "e5": 0.9}, means, 0.3) > strength({"use": 0.3, "e5": 0.9}, means, 0.3)
    assert strength({"use": 0.5, "e5": 0.9}, means, 0.3) > strength({"use": 0.5, "e5": 0.85}, means, 0.3)
    assert strength({"use": 0.5}, means, 0.6) > strength({"use": 0.5}, means, 0.3)
