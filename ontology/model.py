"""What may be said: concepts with their forms, and relations with their domain and range."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["hazard", "system", "factor", "impact", "measure", "group"]
KIND_OF_PREFIX: dict[str, Kind] = {
    "hz": "hazard",
    "sys": "system",
    "vul": "factor",
    "imp": "impact",
    "mea": "measure",
    "grp": "group",
}


def kind_of(concept: str) -> Kind | None:
    """The kind that a concept id's prefix names; None for anything else.

    >>> kind_of("hz:waterlogging")
    'hazard'
    """
    return KIND_OF_PREFIX.get(concept.partition(":")[0])


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One text in both languages."""

    zh: str
    en: str

    def get(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Concept:
    """One SKOS concept; `id` is language-free (`hz:waterlogging`)."""

    id: str
    kind: Kind
    label: Bilingual
    synonyms: dict[str, tuple[str, ...]]
    """Alternative forms that may be shown, by language."""
    domain: str
    """climate, economy, society, infrastructure, ecosystem or governance."""
    definition: Bilingual | None = None
    """How it is told apart from its neighbours, where that is easily confused."""
    codes: dict[str, str] = field(default_factory=dict)
    """External codes found with that label in a copy of the register: hip2025, wikidata, envo, emdat, ktm, climate_adapt."""
    category: str = ""
    """Family, category or facet as the tables give it (`temperature`, `lifeline`, `environment_sensitivity`, …)."""
    dimensions: tuple[str, ...] = ()
    """Of a measure: technology, institution, space."""
    nature: str | None = None
    """Of a measure: grey, green, blue, soft or hybrid."""
    scales: tuple[str, ...] = ()
    """Of a measure: macro, meso, micro."""
    hazards: tuple[str, ...] = ()
    """Of a measure: the hazards it is meant for, unsourced; never evidence."""


@dataclass(frozen=True, slots=True)
class Form:
    """A string by which a concept is recognised."""

    concept: str
    lang: Literal["zh", "en"]
    text: str
    use: Literal["label", "alt", "context", "hidden"]
    cues: tuple[str, ...] = ()
    """A context form counts only with one of these elsewhere in the sentence."""
    blockers: tuple[str, ...] = ()
    """No match where it lies inside one of these longer strings."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of `ontology.md`: which kinds it may join and how it reads."""

    id: str
    label: Bilingual
    subject_kinds: frozenset[str]
    object_kinds: frozenset[str]
    travel: Literal["with", "against", "beside", "guards", "side_effect", "benefit", "none"]
    """How a failure travels along it; `against`: what the subject depends on fails it."""
    excluded: frozenset[tuple[str, str]] = frozenset()
    """Pairs of kinds within these for which another relation is used: hazard → hazard is `triggers`, not `leads_to`."""

    def joins(self, subject_kind: str, object_kind: str) -> bool:
        """Whether it may join a subject and an object of these kinds."""
        return (
            subject_kind in self.subject_kinds
            and object_kind in self.object_kinds
            and (subject_kind, object_kind) not in self.excluded
        )


@dataclass(frozen=True, slots=True)
class Vocabulary:
    concepts: dict[str, Concept]
    forms: tuple[Form, ...]
    relations: dict[str, Relation]

    def allows(self, subject: str, relation: str, object: str) -> bool:
        """Whether the relation exists and may join the two concepts (known ids, kinds in domain and range)."""
        known = self.relations.get(relation)
        return bool(
            known
            and subject in self.concepts
            and object in self.concepts
            and subject != object
            and known.joins(self.concepts[subject].kind, self.concepts[object].kind)
        )


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept recognised in a text."""

    start: int
    """Code points from the start of the text."""
    end: int
    concept: str
    form: str
    """The form as it stands in the text."""
    use: str
