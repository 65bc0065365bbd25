"""What the Turtle files say."""

import re
from collections import Counter, defaultdict

import pytest

from renzhi.ontology.load import TURTLE_FILES
from renzhi.ontology.model import Vocabulary
from renzhi.ontology.turtle_reader import concept_iri

HAN = re.compile(r"[\u3400-\u9fff]")


def test_every_kind_has_its_concepts(vocabulary: Vocabulary) -> None:
    counts = Counter(concept.kind for concept in vocabulary.concepts.values())
    assert counts == {"hazard": 73, "system": 72, "factor": 76, "impact": 67, "measure": 139, "group": 32}


def test_every_concept_has_a_label_in_each_language(vocabulary: Vocabulary) -> None:
    for concept in vocabulary.concepts.values():
        assert HAN.search(concept.label.zh), concept.id
        assert concept.label.en and not HAN.search(concept.label.en), concept.id


def test_every_concept_can_be_recognised_in_each_language(vocabulary: Vocabulary) -> None:
    shown = {(form.concept, form.lang) for form in vocabulary.forms if form.use in ("label", "alt")}
    assert shown == {(concept, lang) for concept in vocabulary.concepts for lang in ("zh", "en")}


def test_every_concept_has_one_of_the_six_domains(vocabulary: Vocabulary) -> None:
    domains = {concept.domain for concept in vocabulary.concepts.values()}
    assert domains == {"climate", "economy", "society", "infrastructure", "ecosystem", "governance"}


def test_no_form_is_claimed_by_two_concepts_unless_cues_tell_them_apart(vocabulary: Vocabulary) -> None:
    owners = defaultdict(list)
    for form in vocabulary.forms:
        owners[form.lang, form.text.lower()].append(form)
    shared = {text: forms for (_, text), forms in owners.items() if len(forms) > 1}
    assert set(shared) == {
        "限速", "龙吸水", "coastal retreat", "flood gate", "protection gap", "relocation", "speed restriction",
    }  # fmt: skip
    assert all(form.use == "context" for forms in shared.values() for form in forms)


def test_context_forms_have_cues_and_no_other_form_has(vocabulary: Vocabulary) -> None:
    assert all((form.use == "context") == bool(form.cues) for form in vocabulary.forms)


def test_chinese_blockers_contain_the_form_they_block(vocabulary: Vocabulary) -> None:
    blocked = [form for form in vocabulary.forms if form.lang == "zh" and form.blockers]
    assert blocked
    assert all(form.text.lower() in blocker.lower() for form in blocked for blocker in form.blockers)


def test_measures_carry_facets_and_known_hazards(vocabulary: Vocabulary) -> None:
    for measure in (concept for concept in vocabulary.concepts.values() if concept.kind == "measure"):
        assert set(measure.dimensions) <= {"technology", "institution", "space"} and measure.dimensions, measure.id
        assert measure.nature in {"grey", "green", "blue", "soft", "hybrid"}, measure.id
        assert set(measure.scales) <= {"macro", "meso", "micro"} and measure.scales, measure.id
        assert measure.hazards and all(vocabulary.concepts[hazard].kind == "hazard" for hazard in measure.hazards)


def test_codes_are_those_seen_in_the_registers(vocabulary: Vocabulary) -> None:
    typhoon = vocabulary.concepts["hz:tropical_cyclone"].codes
    assert typhoon == {"emdat": "nat-met-sto-tro", "hip2025": "MH0309", "wikidata": "Q8092"}
    registers = {register for concept in vocabulary.concepts.values() for register in concept.codes}
    assert registers == {"hip2025", "wikidata", "envo", "emdat", "ktm", "climate_adapt"}


def test_neighbours_are_told_apart_by_a_definition(vocabulary: Vocabulary) -> None:
    definition = vocabulary.concepts["hz:waterlogging"].definition
    assert definition and "内涝" in definition.zh and "standing water" in definition.en
    assert vocabulary.concepts["hz:hail"].definition is None


def test_a_concept_has_an_address_under_its_kind() -> None:
    assert concept_iri("vul:low_lying") == "https://w3id.org/renzhi/factor/low_lying"


def test_there_are_fifteen_relations_with_labels_in_both_languages(vocabulary: Vocabulary) -> None:
    assert set(vocabulary.relations) == {
        "triggers", "increases_probability", "leads_to", "affects", "fails_as", "depends_on", "aggravates", "mitigates",
        "may_worsen", "co_benefit", "applies", "occurred_in", "about", "responsible_for", "measured_by",
    }  # fmt: skip
    assert all(HAN.search(relation.label.zh) and relation.label.en for relation in vocabulary.relations.values())


@pytest.mark.parametrize(
    ("subject", "relation", "object"),
    [
        ("hz:heavy_rain", "triggers", "hz:waterlogging"),
        ("vul:impervious", "increases_probability", "hz:waterlogging"),
        ("imp:power_outage", "leads_to", "hz:water_pollution"),
        ("mea:levee", "affects", "grp:low_lying_residents"),
        ("sys:hospital", "depends_on", "sys:power_grid"),
        ("mea:levee", "may_worsen", "grp:low_lying_residents"),
        ("mea:green_roof", "co_benefit", "sys:green_space"),
    ],
)
def test_relations_join_the_kinds_of_the_table(
    vocabulary: Vocabulary, subject: str, relation: str, object: str
) -> None:
    assert vocabulary.allows(subject, relation, object)


@pytest.mark.parametrize(
    ("subject", "relation", "object"),
    [
        ("hz:heavy_rain", "leads_to", "hz:waterlogging"),  # between two hazards it is triggers
        ("hz:heavy_rain", "triggers", "imp:power_outage"),
        ("grp:older", "aggravates", "hz:heatwave"),
        ("mea:levee", "mitigates", "grp:older"),
        ("sys:hospital", "depends_on", "sys:hospital"),
        ("sys:hospital", "resembles", "sys:school"),
        ("hz:nowhere", "triggers", "hz:waterlogging"),
    ],
)
def test_relations_join_nothing_else(vocabulary: Vocabulary, subject: str, relation: str, object: str) -> None:
    assert not vocabulary.allows(subject, relation, object)


def test_a_failure_travels_against_a_dependence_and_with_a_trigger(vocabulary: Vocabulary) -> None:
    travel = {name: relation.travel for name, relation in vocabulary.relations.items()}
    assert (travel["depends_on"], travel["triggers"], travel["aggravates"]) == ("against", "with", "beside")
    assert (travel["mitigates"], travel["may_worsen"], travel["co_benefit"]) == ("guards", "side_effect", "benefit")


def test_cases_apply_measures_and_actors_are_responsible(vocabulary: Vocabulary) -> None:
    assert vocabulary.relations["applies"].joins("case", "measure")
    assert vocabulary.relations["responsible_for"].joins("actor", "system")
    assert vocabulary.relations["measured_by"].joins("impact", "indicator")
    assert not vocabulary.relations["occurred_in"].joins("case", "measure")


def test_the_turtle_files_name_the_licence_of_the_code() -> None:
    texts = [file.read_text(encoding="utf-8") for file in TURTLE_FILES]
    named = {address for text in texts for address in re.findall(r"dcterms:license <([^>]+)>", text)}
    assert named == {"https://www.apache.org/licenses/LICENSE-2.0"}
