"""Claims on the lexical and dense sides, on several at once, and properties; part of `store_suite`."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import examples as ex
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_documents_suite import FEW, Again, Fresh, lines, only

from renzhi.errors import Conflict, NotFound, StoreError
from renzhi.graph.model import Bundle, FactStatus, Lang
from renzhi.graph.store import GraphStore
from renzhi.graph.tokens import tokens
from renzhi.ontology.model import Bilingual


class Lexical:
    def test_chinese_and_english_texts_are_found_each_in_its_language(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a"), who=ex.ANN)
        assert [one for one, _ in store.match(tokens("地铁停运"), "zh", limit=5)] == ["doc:a#0"]
        assert [one for one, _ in store.match(tokens("flooding"), "en", limit=5)] == ["doc:a#0"]  # our translation
        assert [one for one, _ in store.match(tokens("underpass pump"), "en", limit=5)] == ["doc:a#1"]
        assert store.match(tokens("underpass"), "zh", limit=5) == []

    def test_a_han_bigram_is_one_token(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a", texts=("铁地运停", "地和铁", "地铁", "鿕鿖龦站 㐀㐁 ䷀䷁")), who=ex.ANN)
        assert [one for one, _ in store.match(["地铁"], "zh", limit=9)] == ["doc:a#2"]
        for rare in ("鿕鿖", "㐀㐁", "䷀䷁"):
            assert [one for one, _ in store.match([rare], "zh", limit=9)] == ["doc:a#3"], rare
        assert store.match(["地"], "zh", limit=9) == []

    def test_a_latin_token_stays_whole(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a", texts=("Rain of 201.9 mm, covid-19, l'aquila, d’oro", "Rain of 9 201 mm, 19 covid")), who=ex.ANN)
        for token in ("201.9", "covid-19", tokens("l'aquila")[0], tokens("d’oro")[0]):
            assert [one for one, _ in store.match([token], "en", limit=9)] == ["doc:a#0"], token

    @pytest.mark.parametrize("odd", ['"', 'a" OR "b', "*", "NEAR(", "", " ", "terms:rain", "\x00", "(", "'"])
    def test_odd_tokens_are_harmless(self, store: GraphStore, odd: str) -> None:
        store.put_document(ex.bundle("a"), who=ex.ANN)
        assert [one for one, _ in store.match([odd, "地铁"], "zh", limit=5)] == ["doc:a#0"]
        assert store.match([odd], "zh", limit=5) == []

    def test_rarer_words_and_more_of_them_come_first(self, store: GraphStore) -> None:
        texts = ("内涝 内涝 泵站", "内涝", "泵站停电", *(f"第{n}号内涝点" for n in range(8)))
        store.put_document(ex.bundle("a", texts=texts), who=ex.ANN)
        found = store.match(tokens("泵站停电"), "zh", limit=3)
        assert [one for one, _ in found] == ["doc:a#2", "doc:a#0"]
        assert found[0][1] > found[1][1] > 0
        assert len(store.match(["内涝"], "zh", limit=3)) == 3 and store.match([], "zh", limit=3) == []

    def test_frequencies_count_texts_by_language(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a"), who=ex.ANN)
        store.put_document(ex.case(), who=ex.PACK)
        assert store.frequencies(["地铁", "没有"], "zh") == ({"地铁": 2, "没有": 0}, 3)
        assert store.frequencies(tokens("metro power"), "en") == ({"metro": 2, "power": 1}, 3)
        store.withdraw("doc:a", who=ex.ANN)
        assert store.frequencies(["地铁"], "zh") == ({"地铁": 1}, 1)
        assert store.match(tokens("38万人"), "zh", limit=5) == []


class Dense:
    def test_vectors_come_back_exactly(self, store: GraphStore, again: Again) -> None:
        store.put_document(ex.bundle("a"), who=ex.ANN)
        rows = store.without_vector("use")
        assert rows == [("doc:a#0", "en", ex.METRO_EN), ("doc:a#0", "zh", ex.METRO), ("doc:a#1", "en", ex.PUMPS),
                        ("doc:a#2", "zh", ex.TEXTS[2])]
        vectors = ex.unit_vectors(4)
        store.put_vectors("use", rows, vectors)
        ids, got = again(store).vectors("use", "zh")
        assert ids == ["doc:a#0", "doc:a#2"] and got.dtype == np.float32
        np.testing.assert_array_equal(got, vectors[[1, 3]])
        assert store.without_vector("use") == [] and len(store.without_vector("e5")) == 4

    def test_they_come_in_the_order_asked_for_and_unknown_ones_are_left_out(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a"), who=ex.ANN)
        ex.embed_all(store)
        ids, got = store.vectors("use", "zh", ids=["doc:a#2", "没有", "doc:a#0", "doc:a#1"])
        everything = dict(zip(*store.vectors("use", "zh"), strict=True))
        assert ids == ["doc:a#2", "doc:a#0"]
        np.testing.assert_array_equal(got, np.stack([everything[one] for one in ids]))
        assert store.vectors("use", "zh", ids=[])[1].shape == (0, 4)
        assert store.vectors("e5", "zh")[0] == [] and len(store.vectors("e5", "zh")[1]) == 0

    def test_each_embedder_has_its_own(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a"), who=ex.ANN)
        ex.embed_all(store, "use", 4)
        ex.embed_all(store, "e5", 6)
        assert store.vectors("use", "en")[1].shape == (2, 4) and store.vectors("e5", "en")[1].shape == (2, 6)

    def test_an_embedder_does_not_change_its_length(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a"), who=ex.ANN)
        ex.embed_all(store, "use", 4)
        with pytest.raises(StoreError):
            store.put_vectors("use", [("doc:a#1", "en", ex.PUMPS)], ex.unit_vectors(1, 6))
        assert store.vectors("use", "en")[1].shape == (2, 4)

    def test_dropped_vectors_are_gone_as_changes_and_may_come_again_with_another_length(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a"), who=ex.ANN)
        ex.embed_all(store, "use", 4)
        ex.embed_all(store, "e5", 6)
        before, kept = store.position(), store.vectors("use", "zh")
        store.drop_vectors(keep=["use"])
        assert store.vectors("e5", "zh")[0] == [] == store.vectors("e5", "en")[0] and store.vectors("use", "zh")[0] == kept[0]
        assert {(e, p, lang) for _, e, p, lang in store.changes(before)} == {("e5", p, lang) for p, lang, _ in store.without_vector("e5")}
        ex.embed_all(store, "e5", 5)
        assert store.vectors("e5", "zh")[1].shape == (2, 5) and store.without_vector("use") == []
        store.drop_vectors(keep=[])
        assert len(store.without_vector("use")) == len(store.without_vector("e5")) == 4

    def test_a_text_that_went_or_changed_meanwhile_gets_no_vector(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a"), who=ex.ANN)
        store.put_document(ex.bundle("b"), who=ex.ANN)
        rows = store.without_vector("use")
        store.withdraw("doc:a", who=ex.ANN)
        changed = ex.bundle("b", texts=("改写过的文字", *ex.TEXTS[1:]), replaces="doc:b")
        store.put_document(changed, who=ex.ANN)
        store.put_vectors("use", rows, ex.unit_vectors(len(rows)))
        assert store.vectors("use", "zh")[0] == ["doc:b#2"] and store.vectors("use", "en")[0] == ["doc:b#1"]
        assert store.without_vector("use") == [("doc:b#0", "zh", "改写过的文字")]

    def test_changes_tell_what_was_put_and_removed_after_a_position(self, store: GraphStore) -> None:
        assert store.position() == 0 and store.changes(0) == []
        store.put_document(ex.bundle("a"), who=ex.ANN)
        ex.embed_all(store)
        first = store.position()
        assert [(e, p, lang) for _, e, p, lang in store.changes(0)] == [
            ("use", "doc:a#0", "en"), ("use", "doc:a#0", "zh"), ("use", "doc:a#1", "en"), ("use", "doc:a#2", "zh")]
        assert store.changes(0)[-1][0] == first and store.changes(first) == []
        store.put_vectors("use", [("doc:a#1", "en", ex.PUMPS)], ex.unit_vectors(1))
        assert [one[2] for one in store.changes(first)] == ["doc:a#1"]
        second = store.position()
        store.withdraw("doc:a", who=ex.ANN)
        gone = store.changes(second)
        assert {(p, lang) for _, _, p, lang in gone} == {
            ("doc:a#0", "en"), ("doc:a#0", "zh"), ("doc:a#1", "en"), ("doc:a#2", "zh")}
        assert [one[0] for one in gone] == sorted({one[0] for one in gone}) and gone[0][0] > second
        assert store.changes(0) == gone and store.position() == gone[-1][0]
        assert store.vectors("use", "en", ids=["doc:a#1"])[0] == []

    def test_the_position_never_goes_back(self, store: GraphStore) -> None:
        positions = [store.position()]
        for _ in range(3):
            store.put_document(ex.bundle("a"), who=ex.ANN)
            ex.embed_all(store)
            positions.append(store.position())
            store.withdraw("doc:a", who=ex.ANN)
            positions.append(store.position())
        assert positions == sorted(set(positions))


class SeveralAtOnce:
    def test_a_second_handle_sees_what_the_first_wrote(self, store: GraphStore, again: Again) -> None:
        other = again(store)
        store.put_document(ex.proposing("a"), who=ex.ANN)
        assert lines(other) == lines(store) and other.snapshot() == store.snapshot()
        other.decide(only(store).id, "accept", who=ex.BO)
        assert only(store).status == "accepted"

    def test_threads_lose_nothing_and_read_whole_documents(self, store: GraphStore, again: Again) -> None:
        handles = [store, again(store)]

        def write(number: int) -> int:
            handle = handles[number % 2]
            handle.put_document(ex.proposing(f"d{number}"), who=ex.ANN)
            return len(handle.passages()) % 3

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(write, range(24))) == {0}
        assert len(store.documents()) == 24 and len(only(store).supports) == 24
        assert store.broken_ledger_entry() is None and len(store.ledger()) == 24

    def test_of_two_who_decide_at_once_one_is_refused(self, store: GraphStore, again: Again) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        seen = only(store)
        other = again(store)

        def decide(handle: GraphStore, decision: Any) -> bool:
            try:
                handle.decide(seen.id, decision, who=ex.BO, version=seen.version)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(decide, (store, other), ("accept", "reject")))
        assert sorted(outcomes) == [False, True] and len(store.ledger()) == 2


LINKS = (ex.RAIN_METRO, ex.POWER_PUMPS, ex.HEAT_CARE)
LANGS: tuple[Lang, ...] = ("zh", "en")
STATUSES: tuple[FactStatus, ...] = ("proposed", "accepted", "quarantined")


@st.composite
def bundles(draw: st.DrawFn, key: str) -> Bundle:
    """A document with facts that overlap those of others, each saying something of its own about them."""
    made = []
    for triple in draw(st.lists(st.sampled_from(LINKS), max_size=3, unique=True)):
        places = draw(st.lists(st.integers(0, 2), min_size=1, max_size=2, unique=True))
        note = draw(st.sampled_from([None, Bilingual(f"{key} 的说明", f"{key}'s note")]))
        made.append(ex.fact(triple, *(ex.support(f"doc:{key}", place) for place in places), note=note,
                            status=draw(st.sampled_from(STATUSES)), score=draw(st.sampled_from([None, 0.5]))))
    return ex.bundle(key, *made)


operations = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(
    ["add", "add", "remove", "replace", "accept", "reject", "undo", "links", "embed"])), max_size=14)


class Properties:
    @FEW
    @given(data=st.data())
    def test_a_removed_document_leaves_nothing(self, data: st.DataObject, fresh: Fresh) -> None:
        """add A, B, C; decide; add D; remove D  ≡  add A, B, C; decide — and in whatever order A, B, C came."""
        a, b, c, d = (data.draw(bundles(key), label=key) for key in "abcd")
        decisions = data.draw(st.lists(st.sampled_from(["accept", "reject"]), max_size=3))
        with_d, without = fresh(), fresh()
        for store in (with_d, without):
            for one in data.draw(st.permutations([a, b, c])):
                store.put_document(one, who=ex.ANN)
            for decision, waiting in zip(decisions, store.waiting(), strict=False):
                store.decide(waiting.id, decision, who=ex.BO)
            ex.embed_all(store)
        with_d.put_document(d, who=ex.ANN)
        ex.embed_all(with_d)
        with_d.withdraw("doc:d", who=ex.ANN)
        assert lines(with_d) == lines(without)
        assert [one.id for one in with_d.waiting()] == [one.id for one in without.waiting()]
        for lang in LANGS:
            (ids, vectors), (expected, same) = with_d.vectors("use", lang), without.vectors("use", lang)
            assert ids == expected and np.array_equal(vectors, same)
            asked = tokens("地铁停运 metro pumping stations 38万")
            assert with_d.frequencies(asked, lang) == without.frequencies(asked, lang)
            assert dict(with_d.match(asked, lang, limit=50)) == dict(without.match(asked, lang, limit=50))

    @FEW
    @given(data=st.data(), steps=operations)
    def test_whatever_is_done_no_evidence_hangs_loose(self, data: st.DataObject, steps: list[tuple[str, str]],
                                                     fresh: Fresh) -> None:
        store = fresh()
        for number, (key, action) in enumerate(steps):
            entries = len(store.ledger(limit=1000))
            written = self._do(store, data, key, action, number)
            assert len(store.ledger(limit=1000)) == entries + written
            self._check(store)

    def _do(self, store: GraphStore, data: st.DataObject, key: str, action: str, number: int) -> int:
        """How many ledger entries that has to leave."""
        held = [one.id for one in store.documents()]
        facts = store.facts()
        try:
            if action == "add":
                store.put_document(data.draw(bundles(key)), who=ex.ANN)
            elif action == "remove":
                store.withdraw(f"doc:{key}", who=ex.ANN)
            elif action == "replace" and f"doc:{key}" in held:
                newer = data.draw(bundles(f"{key}{number}"))
                document = replace(newer.document, name=f"{key}.pdf")
                store.put_document(replace(newer, document=document, replaces=f"doc:{key}"), who=ex.ANN)
            elif action in ("accept", "reject") and facts:
                store.decide(data.draw(st.sampled_from(facts)).id, action, who=ex.BO)
            elif action == "undo" and facts:
                store.undo(data.draw(st.sampled_from(facts)).id, who=ex.BO)
            elif action == "links":
                chosen = data.draw(st.lists(st.sampled_from(LINKS), unique=True))
                store.put_links([ex.link(one) for one in chosen], [ex.IPCC], who=ex.PACK)
            else:
                ex.embed_all(store)
                return 0
        except (Conflict, NotFound):
            return 0
        return 1

    def _check(self, store: GraphStore) -> None:
        active = {one.id for one in store.documents()}
        passages = {one.id: one for one in store.passages()}
        assert store.broken_ledger_entry() is None
        assert {one.document for one in passages.values()} <= active
        for fact in store.facts():
            assert fact.supports
            for support in fact.supports:
                assert support.passage is None or support.passage in passages
            statuses = {one.status for one in fact.supports}
            assert (fact.status == "accepted") == ("accepted" in statuses)
            assert (fact.status == "rejected") == (statuses == {"rejected"})
            assert (fact.decided_by is None) == (fact.status in ("proposed", "quarantined"))
        for lang in LANGS:
            texts = {one.id for one in passages.values() if lang in one.texts()}
            seen = set(store.vectors("use", lang)[0])
            unseen = {one for one, of, _ in store.without_vector("use") if of == lang}
            assert seen | unseen == texts and not seen & unseen
            assert store.frequencies([], lang)[1] == len(texts)


