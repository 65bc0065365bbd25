"""Claims on documents, facts, decisions and the ledger; part of `store_suite`."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import examples as ex
import pytest
from hypothesis import HealthCheck, settings

from renzhi.errors import Conflict, NotFound, StoreError
from renzhi.graph.canonical import canonical_lines
from renzhi.graph.model import Bundle, Fact, Work
from renzhi.graph.store import GraphStore
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


