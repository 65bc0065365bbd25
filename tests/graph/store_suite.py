"""What every graph store has to do: an adapter's tests inherit `StoreSuite` and give it three fixtures.

`fresh()` makes a new empty base and returns a handle on it, `again(store)` opens a second handle on the same base, and
`tamper(store)` rewrites the `who` of the second ledger entry behind the store's back.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import examples as ex
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from renzhi.errors import Conflict, NotFound, StoreError
from renzhi.graph.canonical import canonical_lines
from renzhi.graph.model import Bundle, Fact, FactStatus, Lang, Work
from renzhi.graph.store import GraphStore
from renzhi.graph.tokens import tokens
from renzhi.ontology.model import Bilingual

Fresh = Callable[[], GraphStore]
Again = Callable[[GraphStore], GraphStore]
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
ZERO = "0" * 64


def lines(store: GraphStore) -> list[str]:
    return list(canonical_lines(store))


def only(store: GraphStore) -> Fact:
    (one,) = store.facts()
    return one


class StateOfTheBase:
    def test_an_empty_base_has_the_zero_snapshot_and_counts_nothing(self, store: GraphStore) -> None:
        counts = store.counts()
        assert store.snapshot() == ZERO
        assert (counts.documents, counts.passages, counts.cases) == (0, 0, 0)
        assert counts.facts == dict.fromkeys(("proposed", "accepted", "rejected", "disputed", "quarantined"), 0)
        assert lines(store) == [] and store.ledger() == [] and store.broken_ledger_entry() is None

    def test_the_snapshot_is_the_id_of_the_newest_entry(self, store: GraphStore) -> None:
        first = store.put_document(ex.proposing("a"), who=ex.ANN)
        assert store.snapshot() == first.id
        second = store.decide(only(store).id, "accept", who=ex.BO)
        assert store.snapshot() == second.id != first.id

    def test_counts_tell_files_from_cases_and_forget_withdrawn_ones(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.put_document(ex.case(), who=ex.PACK)
        counts = store.counts()
        assert (counts.documents, counts.cases, counts.passages, counts.facts["proposed"]) == (1, 1, 4, 1)
        store.withdraw("doc:a", who=ex.ANN)
        counts = store.counts()
        assert (counts.documents, counts.cases, counts.passages, counts.facts["proposed"]) == (0, 1, 1, 0)

    def test_a_setting_is_remembered_by_other_handles_without_a_ledger_entry(self, store: GraphStore, again: Again) -> None:
        assert store.setting("pack") is None
        store.set_setting("pack", "0.1.0")
        store.set_setting("pack", "0.2.0 版")
        assert again(store).setting("pack") == "0.2.0 版"
        assert store.ledger() == []


class Documents:
    def test_everything_a_bundle_brings_comes_back_as_it_was(self, store: GraphStore, again: Again) -> None:
        made = ex.proposing("a")
        entry = store.put_document(made, who=ex.ANN)
        other = again(store)
        (held,) = other.documents()
        assert replace(held, added="") == made.document and held.added.startswith("20") and held.added == entry.time
        assert other.pages("doc:a") == list(made.pages)
        assert other.passages() == list(made.passages)
        assert other.works() == {one.id: one for one in made.works}
        assert [replace(one, version=1) for one in other.facts()] == list(made.facts)

    def test_a_case_comes_back_as_a_case(self, store: GraphStore) -> None:
        store.put_document(ex.case("b-town"), who=ex.PACK)
        store.put_document(ex.case("a-town"), who=ex.PACK)
        assert [one.id for one in store.cases()] == ["a-town", "b-town"]
        assert store.cases()[0].title.zh == "郑州暴雨"
        assert store.pages("case:a-town")[0].page is None
        store.withdraw("case:b-town", who=ex.ANN)
        assert [one.id for one in store.cases()] == ["a-town"]

    def test_documents_come_by_id_and_the_withdrawn_ones_apart(self, store: GraphStore) -> None:
        for key in "cab":
            store.put_document(ex.bundle(key), who=ex.ANN)
        store.withdraw("doc:b", who=ex.ANN)
        assert [one.id for one in store.documents()] == ["doc:a", "doc:c"]
        assert [(one.id, one.status) for one in store.documents(withdrawn=True)] == [("doc:b", "withdrawn")]

    def test_an_active_document_is_not_stored_twice(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        before = lines(store), store.snapshot()
        with pytest.raises(Conflict) as caught:
            store.put_document(ex.proposing("a"), who=ex.BO)
        assert "doc:a" in caught.value.zh and "doc:a" in caught.value.en
        assert (lines(store), store.snapshot()) == before

    def test_a_withdrawn_document_comes_back(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        before = lines(store)
        store.withdraw("doc:a", who=ex.ANN)
        assert lines(store) == []
        store.put_document(ex.proposing("a"), who=ex.ANN)
        assert lines(store) == before and store.documents(withdrawn=True) == []

    def test_a_new_version_takes_the_place_of_the_old_one_in_one_entry(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a1", name="a.pdf"), who=ex.ANN)
        entry = store.put_document(ex.proposing("a2", name="a.pdf", version=2, replaces="doc:a1"), who=ex.ANN)
        assert entry.action == "update" and len(store.ledger()) == 2
        assert [one.id for one in store.documents()] == ["doc:a2"]
        assert {one.document for one in store.passages()} == {"doc:a2"}
        assert {one.document for one in only(store).supports} == {"doc:a2"}

    def test_a_case_is_updated_under_its_own_id(self, store: GraphStore) -> None:
        store.put_document(ex.case(summary="旧摘要"), who=ex.PACK)
        store.put_document(ex.case(summary="新摘要", replaces="case:zhengzhou-2021"), who=ex.PACK)
        assert [one.summary.zh for one in store.cases()] == ["新摘要"]
        assert store.documents(withdrawn=True) == [] and len(store.passages()) == 1

    def test_replacing_what_is_not_held_any_more_is_refused_whole(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a1"), who=ex.ANN)
        store.withdraw("doc:a1", who=ex.BO)
        with pytest.raises(Conflict):
            store.put_document(ex.bundle("a2", replaces="doc:a1"), who=ex.ANN)
        assert store.documents() == [] and store.passages() == []

    def test_unknown_and_withdrawn_documents_are_not_found(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a"), who=ex.ANN)
        store.withdraw("doc:a", who=ex.ANN)
        for call in (lambda: store.withdraw("doc:a", who=ex.ANN), lambda: store.withdraw("doc:没有", who=ex.ANN),
                     lambda: store.pages("doc:a"), lambda: store.pages("doc:没有")):
            with pytest.raises(NotFound):
                call()

    def test_passages_come_in_the_order_asked_for(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("b"), who=ex.ANN)
        store.put_document(ex.bundle("a"), who=ex.ANN)
        assert [one.id for one in store.passages(ids=["doc:b#2", "没有", "doc:a#0"])] == ["doc:b#2", "doc:a#0"]
        assert [one.id for one in store.passages(document="doc:b")] == ["doc:b#0", "doc:b#1", "doc:b#2"]
        assert [one.document for one in store.passages()] == ["doc:a"] * 3 + ["doc:b"] * 3
        assert store.passages(ids=[]) == [] and store.passages(document="doc:没有") == []

    def test_passages_are_found_by_concept(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("b"), who=ex.ANN)
        store.put_document(ex.bundle("a"), who=ex.ANN)
        assert store.passages_about("hz:pluvial_flood") == ["doc:a#0", "doc:b#0"]
        assert store.passages_about("hz:heat") == []
        store.withdraw("doc:a", who=ex.ANN)
        assert store.passages_about("hz:pluvial_flood") == ["doc:b#0"]

    def test_works_are_asked_for_by_id_and_go_with_their_last_document(self, store: GraphStore) -> None:
        shared = Work("doc:a", "共同的报告", url="https://example.org/1")
        store.put_document(replace(ex.bundle("a"), works=(shared,)), who=ex.ANN)
        store.put_document(replace(ex.bundle("b"), works=(replace(shared, url=None),)), who=ex.ANN)
        assert store.works(["doc:a", "没有"]) == {"doc:a": shared}
        store.withdraw("doc:a", who=ex.ANN)
        assert store.works() == {"doc:a": replace(shared, url=None)}
        store.withdraw("doc:b", who=ex.ANN)
        assert store.works() == {}


class NothingHalfWritten:
    @pytest.mark.parametrize("broken", [
        lambda b: replace(b, facts=(ex.fact(ex.RAIN_METRO, replace(ex.support("doc:a"), passage="doc:a#77")),)),
        lambda b: replace(b, facts=(ex.fact(ex.RAIN_METRO),)),
        lambda b: replace(b, passages=(*b.passages, b.passages[0])),
        lambda b: replace(b, passages=(replace(b.passages[0], text="雨\ud800"),)),
    ], ids=["a support without its passage", "a fact without a support", "a passage id twice", "half a character"])
    def test_a_bundle_that_contradicts_itself_leaves_nothing(self, store: GraphStore,
                                                            broken: Callable[[Bundle], Bundle]) -> None:
        store.put_document(ex.proposing("old", ex.POWER_PUMPS), who=ex.ANN)
        before = lines(store), store.snapshot(), store.position()
        with pytest.raises(StoreError) as caught:
            store.put_document(broken(ex.bundle("a", replaces="doc:old")), who=ex.ANN)
        assert caught.value.zh and caught.value.en
        assert (lines(store), store.snapshot(), store.position()) == before
        store.put_document(ex.proposing("a"), who=ex.ANN)


class FactsOfDocuments:
    def test_the_same_fact_from_two_documents_has_one_id_and_two_supports(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.put_document(ex.proposing("b"), who=ex.ANN)
        assert {one.document for one in only(store).supports} == {"doc:a", "doc:b"}
        assert only(store).status == "proposed" and only(store).decided_by is None

    def test_the_same_fact_twice_in_one_bundle_is_one_fact(self, store: GraphStore) -> None:
        twice = [ex.fact(ex.RAIN_METRO, ex.support("doc:a", number)) for number in (0, 1, 0)]
        store.put_document(ex.bundle("a", *twice), who=ex.ANN)
        assert sorted(one.start or 0 for one in only(store).supports) == [0, 100]

    def test_an_accepted_fact_stays_accepted_while_a_new_support_waits(self, store: GraphStore) -> None:
        store.put_document(ex.case("c", ex.fact(ex.RAIN_METRO, ex.case_support("c"), status="accepted")), who=ex.PACK)
        store.put_document(ex.proposing("a"), who=ex.ANN)
        one = only(store)
        assert (one.status, one.decided_by) == ("accepted", ex.PACK)
        assert {s.document: s.status for s in one.supports} == {"case:c": "accepted", "doc:a": "proposed"}
        assert one.works() == ("src:aaaaaaaaaa",)

    def test_a_proposed_fact_is_accepted_when_the_pack_brings_it(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.put_document(ex.case("c", ex.fact(ex.RAIN_METRO, ex.case_support("c"), status="accepted")), who=ex.PACK)
        assert (only(store).status, only(store).decided_by) == ("accepted", ex.PACK)
        assert [one.id for one in store.waiting()] == [only(store).id]

    def test_a_rejected_fact_stays_rejected_with_its_new_supports(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.decide(only(store).id, "reject", who=ex.BO)
        store.put_document(ex.proposing("b"), who=ex.ANN)
        store.put_document(ex.case("c", ex.fact(ex.RAIN_METRO, ex.case_support("c"), status="accepted")), who=ex.PACK)
        one = only(store)
        assert (one.status, one.decided_by, {s.status for s in one.supports}) == ("rejected", ex.BO, {"rejected"})
        assert store.waiting() == []

    def test_a_support_is_not_accepted_under_a_fact_that_nobody_accepted(self, store: GraphStore) -> None:
        careless = replace(ex.support("doc:a"), status="accepted")
        store.put_document(ex.bundle("a", ex.fact(ex.RAIN_METRO, careless)), who=ex.ANN)
        assert [one.status for one in only(store).supports] == ["proposed"] and only(store).works() == ()

    def test_a_quarantined_fact_is_kept_apart(self, store: GraphStore) -> None:
        store.put_document(ex.bundle("a", ex.fact(ex.RAIN_METRO, ex.support("doc:a"), status="quarantined")), who=ex.ANN)
        assert only(store).status == "quarantined" and store.waiting() == []
        with pytest.raises(Conflict):
            store.decide(only(store).id, "accept", who=ex.BO)

    def test_withdrawing_names_the_facts_that_went_with_it(self, store: GraphStore) -> None:
        both = [ex.fact(one, ex.support("doc:a")) for one in (ex.RAIN_METRO, ex.POWER_PUMPS)]
        store.put_document(ex.bundle("a", *both), who=ex.ANN)
        store.put_document(ex.proposing("b"), who=ex.ANN)
        entry, gone = store.withdraw("doc:a", who=ex.BO)
        assert gone == [both[1].id] and (entry.action, entry.target, entry.who) == ("withdraw", "doc:a", ex.BO)
        assert only(store).id == both[0].id and {s.document for s in only(store).supports} == {"doc:b"}
        assert both[1].id in entry.before and "proposed" in entry.before

    def test_an_accepted_fact_with_only_waiting_supports_left_waits_again(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.decide(only(store).id, "accept", who=ex.BO)
        store.put_document(ex.proposing("b"), who=ex.ANN)
        store.withdraw("doc:a", who=ex.ANN)
        assert (only(store).status, only(store).decided_by) == ("proposed", None)

    def test_facts_are_found_by_id_document_status_and_concept(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a", ex.RAIN_METRO), who=ex.ANN)
        store.put_document(ex.proposing("b", ex.POWER_PUMPS), who=ex.ANN)
        store.put_links([ex.link(ex.HEAT_CARE)], [ex.IPCC], who=ex.PACK)
        by = ex.facts_by_link(store)
        rain, power, heat = by[ex.RAIN_METRO], by[ex.POWER_PUMPS], by[ex.HEAT_CARE]
        assert store.facts() == sorted([rain, power, heat], key=lambda one: one.id)
        assert store.facts(ids=[heat.id, "fact:没有"]) == [heat] and store.facts(ids=[]) == []
        assert store.facts(document="doc:b") == [power]
        assert store.facts(status="accepted") == [heat]
        assert store.facts(about="sys:metro") == [rain] == store.facts(about="hz:pluvial_flood")
        assert store.facts(about="sys:metro", status="accepted") == []

    def test_what_waits_comes_in_the_order_of_reading(self, store: GraphStore) -> None:
        late, early = ex.fact(ex.RAIN_METRO, ex.support("doc:a", 2)), ex.fact(ex.POWER_PUMPS, ex.support("doc:a", 0))
        known = ex.fact(ex.HEAT_CARE, ex.case_support("c"), status="accepted")
        store.put_document(ex.case("c", known), who=ex.PACK)
        store.put_document(ex.bundle("a", late, early, ex.fact(ex.HEAT_CARE, ex.support("doc:a", 0))), who=ex.ANN)
        assert [one.id for one in store.waiting()] == [early.id, late.id, known.id]


class Links:
    def test_links_are_kept_with_their_references_and_load_is_one_entry(self, store: GraphStore) -> None:
        note = Bilingual("高温使医院超负荷", "Heat overloads hospitals")
        entry = store.put_links([ex.link(ex.HEAT_CARE, note=note)], [ex.IPCC], who=ex.PACK)
        assert (entry.action, entry.who) == ("load", ex.PACK) and len(store.ledger()) == 1
        assert replace(only(store), version=1) == ex.link(ex.HEAT_CARE, note=note)
        assert store.works() == {ex.IPCC.id: ex.IPCC}

    def test_the_next_version_of_the_pack_takes_the_place_of_the_one_before(self, store: GraphStore) -> None:
        store.put_links([ex.link(ex.HEAT_CARE), ex.link(ex.POWER_PUMPS)], [ex.IPCC], who=ex.PACK)
        newer = "pack:renzhi-starter@0.2.0"
        store.put_links([ex.link(ex.POWER_PUMPS), ex.link(ex.RAIN_METRO)], [ex.IPCC], who=newer)
        assert set(ex.facts_by_link(store)) == {ex.POWER_PUMPS, ex.RAIN_METRO}
        store.put_links([], [], who=newer)
        assert store.facts() == [] and store.works() == {}

    def test_another_packs_links_stay(self, store: GraphStore) -> None:
        store.put_links([ex.link(ex.HEAT_CARE)], [ex.IPCC], who=ex.PACK)
        store.put_links([ex.link(ex.RAIN_METRO)], [ex.IPCC], who="pack:城市@1")
        store.put_links([], [], who=ex.PACK)
        assert set(ex.facts_by_link(store)) == {ex.RAIN_METRO} and ex.IPCC.id in store.works()

    def test_what_a_person_decided_on_a_link_stays_decided(self, store: GraphStore) -> None:
        waiting = replace(ex.link(ex.HEAT_CARE), status="proposed", decided_by=None)
        store.put_links([waiting], [ex.IPCC], who=ex.PACK)
        store.decide(only(store).id, "reject", who=ex.BO)
        store.put_links([ex.link(ex.HEAT_CARE)], [ex.IPCC], who="pack:renzhi-starter@0.2.0")
        assert (only(store).status, only(store).decided_by) == ("rejected", ex.BO)

    def test_a_documents_support_outlives_the_link(self, store: GraphStore) -> None:
        general = replace(ex.link(ex.RAIN_METRO), supports=(ex.support("doc:a"),), status="proposed")
        store.put_links([ex.link(ex.RAIN_METRO)], [ex.IPCC], who=ex.PACK)
        store.put_document(ex.bundle("a", general), who=ex.ANN)
        assert only(store).status == "accepted"
        store.put_links([], [], who=ex.PACK)
        assert (only(store).status, only(store).decided_by) == ("proposed", None)


class Decisions:
    def test_accepting_accepts_the_fact_with_its_waiting_supports(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        entry = store.decide(only(store).id, "accept", who=ex.BO, version=only(store).version, reason="原文明确")
        one = only(store)
        assert (one.status, one.decided_by, one.works()) == ("accepted", ex.BO, ("doc:a",))
        assert (entry.action, entry.who, entry.target, entry.reason) == ("accept", ex.BO, one.id, "原文明确")
        assert json.loads(entry.before)["status"] == "proposed" and json.loads(entry.after)["status"] == "accepted"

    def test_rejecting_an_accepted_fact_rejects_only_what_waits(self, store: GraphStore) -> None:
        store.put_document(ex.case("c", ex.fact(ex.RAIN_METRO, ex.case_support("c"), status="accepted")), who=ex.PACK)
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.decide(only(store).id, "reject", who=ex.BO)
        one = only(store)
        assert (one.status, one.decided_by) == ("accepted", ex.PACK)
        assert {s.document: s.status for s in one.supports} == {"case:c": "accepted", "doc:a": "rejected"}

    def test_a_persons_acceptance_goes_before_the_packs_as_long_as_its_support_stays(self, store: GraphStore) -> None:
        store.put_document(ex.case("c", ex.fact(ex.RAIN_METRO, ex.case_support("c"), status="accepted")), who=ex.PACK)
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.decide(only(store).id, "accept", who=ex.BO)
        assert only(store).decided_by == ex.BO and only(store).works() == ("doc:a", "src:aaaaaaaaaa")
        store.withdraw("doc:a", who=ex.ANN)
        assert (only(store).status, only(store).decided_by) == ("accepted", ex.PACK)

    def test_a_rejected_support_does_not_reject_what_the_pack_ships_next(self, store: GraphStore) -> None:
        shipped = ex.fact(ex.RAIN_METRO, ex.case_support("c"), status="accepted")
        store.put_document(ex.case("c", shipped), who=ex.PACK)
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.decide(only(store).id, "reject", who=ex.BO)
        store.put_document(ex.case("c", shipped, summary="新", replaces="case:c"), who=ex.PACK)
        assert only(store).status == "accepted"

    def test_a_decision_on_what_has_changed_is_refused(self, store: GraphStore, again: Again) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        seen = only(store)
        again(store).put_document(ex.proposing("b"), who=ex.ANN)
        assert only(store).version > seen.version
        with pytest.raises(Conflict) as caught:
            store.decide(seen.id, "accept", who=ex.BO, version=seen.version)
        assert seen.id in caught.value.zh and only(store).status == "proposed"

    def test_a_fact_that_went_and_came_back_is_not_the_version_that_was_seen(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        seen = only(store)
        store.withdraw("doc:a", who=ex.ANN)
        store.put_document(ex.proposing("b"), who=ex.ANN)
        with pytest.raises(Conflict):
            store.decide(seen.id, "accept", who=ex.BO, version=seen.version)

    @pytest.mark.parametrize("decision", ["accept", "reject"])
    def test_deciding_twice_is_refused(self, store: GraphStore, decision: Any) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.decide(only(store).id, decision, who=ex.BO)
        snapshot = store.snapshot()
        for second in ("accept", "reject"):
            with pytest.raises(Conflict):
                store.decide(only(store).id, second, who=ex.ANN)
        assert store.snapshot() == snapshot

    def test_an_unknown_fact_is_not_found(self, store: GraphStore) -> None:
        for call in (lambda: store.decide("fact:没有", "accept", who=ex.BO), lambda: store.undo("fact:没有", who=ex.BO)):
            with pytest.raises(NotFound):
                call()

    @pytest.mark.parametrize("decision", ["accept", "reject"])
    @pytest.mark.parametrize("by_entry", [True, False])
    def test_undo_gives_back_what_was_before(self, store: GraphStore, decision: Any, by_entry: bool) -> None:
        store.put_document(ex.case("c", ex.fact(ex.RAIN_METRO, ex.case_support("c"), status="accepted")), who=ex.PACK)
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.put_document(ex.proposing("b", ex.POWER_PUMPS), who=ex.ANN)
        before = lines(store)
        for one in store.waiting():
            entry = store.decide(one.id, decision, who=ex.BO)
            assert lines(store) != before
            undone = store.undo(entry.id if by_entry else one.id, who=ex.ANN)
            assert (undone.action, undone.target, undone.who) == ("undo", one.id, ex.ANN)
            assert lines(store) == before
        assert len(store.waiting()) == 2

    def test_undo_is_refused_once_the_fact_has_changed(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        entry = store.decide(only(store).id, "accept", who=ex.BO)
        store.put_document(ex.proposing("b"), who=ex.ANN)
        before = lines(store)
        for target in (entry.id, entry.target):
            with pytest.raises(Conflict):
                store.undo(target, who=ex.ANN)
        assert lines(store) == before

    def test_a_decision_is_undone_once(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        entry = store.decide(only(store).id, "accept", who=ex.BO)
        store.undo(entry.id, who=ex.ANN)
        for target in (entry.id, entry.target):
            with pytest.raises(Conflict):
                store.undo(target, who=ex.ANN)
        store.decide(entry.target, "accept", who=ex.BO)
        with pytest.raises(Conflict):
            store.undo(entry.id, who=ex.ANN)  # the fact stands as that entry left it, by another decision

    def test_only_decisions_are_undone(self, store: GraphStore) -> None:
        entry = store.put_document(ex.proposing("a"), who=ex.ANN)
        for target in (entry.id, only(store).id):
            with pytest.raises(Conflict):
                store.undo(target, who=ex.ANN)
        with pytest.raises(NotFound):
            store.undo("f" * 64, who=ex.ANN)

    def test_a_support_that_came_under_a_rejection_waits_when_that_is_undone(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a"), who=ex.ANN)
        store.decide(only(store).id, "reject", who=ex.BO)
        store.put_document(ex.proposing("b"), who=ex.ANN)
        store.undo(only(store).id, who=ex.BO)
        assert only(store).status == "proposed" and {s.status for s in only(store).supports} == {"proposed"}

    @pytest.mark.parametrize(("decision", "status"), [("accept", "accepted"), ("reject", "rejected")])
    def test_a_decision_outlives_a_new_version_of_the_file(self, store: GraphStore, decision: Any, status: str) -> None:
        store.put_document(ex.proposing("a1", name="a.pdf"), who=ex.ANN)
        store.decide(only(store).id, decision, who=ex.BO)
        moved = ("前言。", *ex.TEXTS)
        newer = ex.bundle("a2", ex.fact(ex.RAIN_METRO, ex.support("doc:a2", 1, texts=moved)), texts=moved, name="a.pdf",
                          replaces="doc:a1")
        store.put_document(newer, who=ex.ANN)
        assert (only(store).status, only(store).decided_by) == (status, ex.BO)
        store.withdraw("doc:a2", who=ex.ANN)
        store.put_document(replace(newer, replaces=None), who=ex.ANN)
        assert (only(store).status, only(store).decided_by) == (status, ex.BO)
        store.undo(only(store).id, who=ex.BO)
        assert only(store).status == "proposed"
        store.withdraw("doc:a2", who=ex.ANN)
        store.put_document(replace(newer, replaces=None), who=ex.ANN)
        assert only(store).status == "proposed"

    def test_a_decision_does_not_cover_another_quote_or_another_document(self, store: GraphStore) -> None:
        store.put_document(ex.proposing("a1", name="a.pdf"), who=ex.ANN)
        store.decide(only(store).id, "accept", who=ex.BO)
        other = ("强降雨使地铁停运。", *ex.TEXTS[1:])
        store.put_document(ex.proposing("a2", texts=other, name="a.pdf", replaces="doc:a1"), who=ex.ANN)
        assert (only(store).status, only(store).decided_by) == ("proposed", None)
        store.withdraw("doc:a2", who=ex.ANN)
        store.put_document(ex.proposing("b"), who=ex.ANN)
        assert only(store).status == "proposed"


class TheLedger:
    def test_every_writing_method_leaves_one_entry(self, store: GraphStore) -> None:
        entries = [store.put_document(ex.proposing("a"), who=ex.ANN), store.put_links([], [], who=ex.PACK)]
        entries.append(store.decide(only(store).id, "accept", who=ex.BO))
        entries.append(store.undo(only(store).id, who=ex.BO))
        entries.append(store.withdraw("doc:a", who=ex.ANN)[0])
        ex.embed_all(store)
        store.set_setting("a", "b")
        assert store.ledger() == entries[::-1]
        assert [one.action for one in entries] == ["add", "load", "accept", "undo", "withdraw"]
        assert [one.seq for one in entries] == [1, 2, 3, 4, 5]
        assert [one.previous for one in entries] == [ZERO, *(one.id for one in entries[:-1])]

    def test_it_is_read_by_target_and_limit(self, store: GraphStore) -> None:
        for key in "abc":
            store.put_document(ex.proposing(key), who=ex.ANN)
        assert [one.target for one in store.ledger(limit=2)] == ["doc:c", "doc:b"]
        assert [one.target for one in store.ledger(target="doc:a")] == ["doc:a"]

    def test_a_tampered_entry_is_found(self, store: GraphStore, tamper: Callable[[GraphStore], None]) -> None:
        for key in "abc":
            store.put_document(ex.bundle(key), who=ex.ANN)
        assert store.broken_ledger_entry() is None
        tamper(store)
        assert store.broken_ledger_entry() == 2


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


class StoreSuite(StateOfTheBase, Documents, NothingHalfWritten, FactsOfDocuments, Links, Decisions, TheLedger, Lexical,
                 Dense, SeveralAtOnce, Properties):
    """The whole of it."""

    @pytest.fixture
    def store(self, fresh: Fresh) -> GraphStore:
        return fresh()
