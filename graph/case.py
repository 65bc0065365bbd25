"""A case: what one place did or suffered, field by field, each statement with its sources.

This is the definition of the case format that `docs/case-format.md` explains to curators. A text a person reads is
a `{zh, en}` pair; `lang` says which of the two is the original, the other is this project's translation.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Lang = Literal["zh", "en"]
Scale = Literal["macro", "meso", "micro"]
Quality = Literal["official", "original_press", "copy", "low", "not_rated"]
Section = Literal["vulnerability", "impact", "cause", "outcome", "barrier", "side_effect", "co_benefit", "lesson", "cost"]
FigureKind = Literal["loss", "casualties", "affected", "cost", "payout", "cover", "hazard", "performance", "physical", "other"]
Filled = Annotated[str, Field(min_length=1, pattern=r"\S")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
StatementId = Annotated[str, Field(pattern=r"^[a-z]\d+$")]
ConceptId = Annotated[str, Field(pattern=r"^(hz|sys|vul|imp|mea|grp):[a-z0-9_]+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Strict):
    """One text in both languages."""

    zh: Filled
    en: Filled

    def get(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en


class Chain(_Strict):
    """The steps of a causal reading, in order; both lists have the same length."""

    zh: list[Filled]
    en: list[Filled]


class Place(Text):
    aliases: list[Filled] = []
    """Other names under which people ask for the place, in either language."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None
    """ISO 3166-1 alpha-2; null for something that belongs to no one country."""
    admin: Text | None = None
    lat: float | None = None
    lon: float | None = None
    approximate: bool = True


class Source(_Strict):
    id: Annotated[str, Field(pattern=r"^s\d+$")]
    title: Filled
    author: Filled | None = None
    publisher: Filled | None
    year: int | None
    locator: Filled | None = None
    """Page or paragraph, where the record states one."""
    url: Filled | None
    lang: Literal["zh", "en", "ja"]
    quality: Quality = "not_rated"
    quality_as_recorded: Filled | None = None
    find_original: bool = False
    """True where the record rests on a copy and the original is still to be found; such a source carries no link."""
    supports: str | None = None


class Named(Text):
    """A hazard, system or group as the record names it, with the concepts it was bound to (none fits: empty)."""

    concepts: list[ConceptId] = []


class Actor(Text):
    sources: list[str] = []


class Statement(_Strict):
    id: StatementId
    section: Section
    lang: Lang
    text: Text
    sources: list[str]
    editor: bool = False
    """True for the editor's reading: never evidence, so never with sources."""
    year: str | None = None
    chain: Chain | None = None
    concepts: list[ConceptId] = []

    def wording(self, lang: str) -> str:
        """The record's words whole: its note and, where it has one, the chain of steps that the note is about."""
        text = self.text.get(lang)
        if self.chain is None:
            return text
        steps = " → ".join(self.chain.zh if lang == "zh" else self.chain.en)
        return f"{text.rstrip('。.；;')}：{steps}" if lang == "zh" else f"{text.rstrip('.;')}: {steps}"

    @model_validator(mode="after")
    def _sourced_or_editor(self) -> "Statement":
        if self.editor == bool(self.sources):
            raise ValueError("a statement has sources, or is marked `editor: true`, and never both")
        if self.chain and len(self.chain.zh) != len(self.chain.en):
            raise ValueError("`chain` needs the same number of steps in zh and en")
        return self


class Figure(_Strict):
    id: Annotated[str, Field(pattern=r"^q\d+$")]
    kind: FigureKind
    what: Text
    value: float | None
    """In the unit given; null where the record has only a wording (`recorded`)."""
    upper: float | None = None
    """The upper end where the record gives a range, `value` then being the lower one."""
    qualifier: Literal["about", "over", "under", "up_to", "at_least"] | None = None
    unit: Text | None
    year: str | None
    place: Text | None
    counted_by: Text | None
    """Whose count it is, or what it covers; null where the record does not say."""
    recorded: Filled
    """The figure as the record words it."""
    note: Text | None = None
    statement: StatementId | None = None
    """The statement whose text carries the number, if one does."""
    sources: Annotated[list[str], Field(min_length=1)]


class CaseMeasure(_Strict):
    id: Annotated[str, Field(pattern=r"^m\d+$")]
    lang: Lang
    name: Text
    concepts: list[ConceptId]
    dimensions: Annotated[list[Literal["technology", "institution", "space"]], Field(min_length=1)]
    nature: Literal["grey", "green", "blue", "soft", "hybrid"] | None
    scale: Scale
    side_effects: list[StatementId] = []
    co_benefits: list[StatementId] = []
    standing: Literal["recorded", "planned", "built"]
    """`recorded` where the record says neither that it was planned nor that it was built."""
    basis: Literal["source", "record"]
    """`record`: the sources support the record as a whole, not this measure by name."""
    sources: list[str]


class CaseFact(_Strict):
    subject: ConceptId
    relation: Filled
    object: ConceptId
    modality: Literal["happened", "planned", "simulated", "claimed"]
    polarity: Literal["affirmed", "negated"] = "affirmed"
    condition: Text | None = None
    note: Text | None = None
    statement: StatementId


class CaseConflict(_Strict):
    about: Text
    between: Annotated[list[StatementId], Field(min_length=1)]


class Doubt(Text):
    at: Filled
    """What it concerns: the id of a statement, figure, measure or source, or the name of a section."""


class Case(_Strict):
    format: Literal[1]
    id: Slug
    lead_language: Lang
    title: Text
    summary: Text
    place: Place
    scale: Scale
    years: Filled
    sources: Annotated[list[Source], Field(min_length=1)]
    hazards: list[Named] = []
    exposed_systems: list[Named] = []
    vulnerable_groups: list[Named] = []
    actors: list[Actor] = []
    statements: list[Statement]
    figures: list[Figure] = []
    measures: list[CaseMeasure] = []
    facts: list[CaseFact] = []
    conflicts: list[CaseConflict] = []
    doubts: list[Doubt] = []
    remarks: list[Text] = []

    @property
    def country_code(self) -> str | None:
        """ISO 3166-1 alpha-2 of the place."""
        return self.place.country

    @model_validator(mode="after")
    def _references_resolve(self) -> "Case":
        problems = list(_dangling(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _dangling(case: Case) -> list[str]:
    """What points at nothing, stands twice, or leans on an editor's reading."""
    entries: list[Statement | Figure | CaseMeasure] = [*case.statements, *case.figures, *case.measures]
    sourced: list[Statement | Figure | CaseMeasure | Actor] = [*entries, *case.actors]
    ids = [entry.id for entry in entries] + [source.id for source in case.sources]
    problems = [f"the id {one!r} stands twice" for one in sorted({i for i in ids if ids.count(i) > 1})]
    sources = {source.id for source in case.sources}
    evidence = {entry.id for entry in entries if entry.sources}
    for holder in sourced:
        where = holder.en if isinstance(holder, Actor) else holder.id
        problems += [f"{where}: no source {one!r} in this file" for one in holder.sources if one not in sources]
    for number, fact in enumerate(case.facts):
        if fact.statement not in evidence:
            problems.append(f"facts[{number}] leans on {fact.statement!r}, which is no sourced statement of this file")
    for measure in case.measures:
        for one in [*measure.side_effects, *measure.co_benefits]:
            if one not in ids:
                problems.append(f"{measure.id}: no statement {one!r}")
    for figure in case.figures:
        if figure.statement and figure.statement not in ids:
            problems.append(f"{figure.id}: no statement {figure.statement!r}")
    for conflict in case.conflicts:
        problems += [f"conflicts: no entry {one!r}" for one in conflict.between if one not in ids]
    sections = {"sources", "statements", "figures", "measures", "facts", "groups", "place", "years", "scale", "hazards"}
    sections |= {"impacts", "outcomes", "causal_links", "vulnerability_factors", "vulnerable_groups", "actors", "lessons"}
    sections |= {"co_benefits", "maladaptation_risks", "barriers", "quantities", "exposed_systems", "title", "cost"}
    problems += [f"doubts: {d.at!r} is neither an id nor a section" for d in case.doubts
                 if d.at not in ids and d.at not in sections]
    return problems
