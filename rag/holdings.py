"""What the base holds at one snapshot, indexed for answering: cases, accepted facts, works, documents."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from renzhi.graph.case import Case, CaseMeasure, Figure, Source, Statement
from renzhi.graph.model import Document, Fact, Passage, Work
from renzhi.graph.tokens import tokens
from renzhi.ontology.countries import country_names
from renzhi.ontology.model import Vocabulary

QUALITY_RANK = {"official": 4, "original_press": 3, "not_rated": 2, "copy": 1, "low": 0}
"""Which of several sources of one statement is named first; `not_rated` says nothing, so it ranks above a known copy."""

STRENGTH_RANK = {"high": 3, "medium": 2, "low": 1, "case": 0, None: 0}
WITH_THE_ARROW = ("triggers", "increases_probability", "leads_to", "affects", "fails_as")
"""Relations along whose arrow a failure travels; `depends_on` runs against it."""
MODALITY_RANK = {"happened": 4, "simulated": 3, "planned": 2, "claimed": 1, "general": 0}


@dataclass(frozen=True)
class Holdings:
    """One snapshot of the base. `passages` fetches passages by id; everything else is in memory."""

    vocabulary: Vocabulary
    cases: dict[str, Case]
    facts: tuple[Fact, ...]
    """Accepted facts only."""
    works: dict[str, Work]
    documents: dict[str, Document]
    """Active held files (`doc:…`)."""
    proposed: dict[str, int]
    """Facts waiting for review, by document."""
    passages: Callable[[Iterable[str]], list[Passage]]
    snapshot: str

    @cached_property
    def by_subject(self) -> dict[str, list[Fact]]:
        return _index(self.facts, lambda fact: fact.subject)

    @cached_property
    def by_object(self) -> dict[str, list[Fact]]:
        return _index(self.facts, lambda fact: fact.object)

    @cached_property
    def by_case(self) -> dict[str, list[Fact]]:
        """Facts by the slug of the case they are scoped to."""
        scoped = [fact for fact in self.facts if fact.scope and fact.scope.startswith("case:")]
        return _index(scoped, lambda fact: str(fact.scope).removeprefix("case:"))

    @cached_property
    def concepts_of_case(self) -> dict[str, frozenset[str]]:
        """Concepts of a case by slug; a case of a river flood is one of floods too."""
        found = {slug: frozenset(_concepts(case)) | {c for f in self.by_case.get(slug, []) for c in (f.subject, f.object)}
                 for slug, case in self.cases.items()}
        return {slug: has | {wide for wide, kinds in self.kinds.items() if kinds & has} for slug, has in found.items()}

    @cached_property
    def kinds(self) -> dict[str, frozenset[str]]:
        """Of a hazard that the vocabulary calls general (“Flood (general)”): the hazards of its family that have its name."""
        hazards = [c for c in self.vocabulary.concepts.values() if c.id.startswith("hz:")]
        general = {c.id: c.label.en.removesuffix(" (general)").lower() for c in hazards if c.label.en.endswith(" (general)")}
        return {wide: frozenset(c.id for c in hazards if c.id != wide and c.category == self.vocabulary.concepts[wide].category
                                and name in c.label.en.lower()) for wide, name in general.items()}

    @cached_property
    def raw_text_of_case(self) -> dict[str, str]:
        """All that names a case and its place, and all that it says, in lower case."""
        return {slug: "\n".join(_texts(case)).lower() for slug, case in self.cases.items()}

    @cached_property
    def facts_of_statement(self) -> dict[str, list[Fact]]:
        """The facts that lean on a statement, by passage id."""
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            for support in fact.supports:
                if support.passage:
                    found[support.passage].append(fact)
        return dict(found)

    @cached_property
    def concepts_of_statement(self) -> dict[str, frozenset[str]]:
        """Concepts of the facts that lean on a statement, by passage id."""
        return {passage: frozenset(c for f in facts for c in (f.subject, f.object)) for passage, facts in self.facts_of_statement.items()}

    def reach(self, concept: str, *, hops: int = 2) -> frozenset[str]:
        """What a failure of the concept can bring about along the arrows, in at most `hops` links."""
        if concept not in self._reach:
            seen, edge = {concept}, {concept}
            for _ in range(hops):
                edge = {f.object for c in edge for f in self.by_subject.get(c, []) if f.relation in WITH_THE_ARROW and f.polarity == "affirmed"} - seen
                seen |= edge
            self._reach[concept] = frozenset(seen)
        return self._reach[concept]

    @cached_property
    def _reach(self) -> dict[str, frozenset[str]]:
        return {}

    def label(self, concept: str, lang: str) -> str:
        """The concept's label for a running sentence; the id where the vocabulary lacks it."""
        known = self.vocabulary.concepts.get(concept)
        return running_label(known.label.get(lang), lang) if known else concept


def running_label(label: str, lang: str) -> str:
    """The part of a display label that reads in a sentence.

    >>> running_label("Urban pluvial flooding / waterlogging", "en")
    'urban pluvial flooding'
    """
    short = label.split(" / ")[0].split(" (")[0] if lang == "en" else label.split("（")[0].split("／")[0].split("/")[0]
    if lang == "zh" or (len(short) > 1 and short[1].isupper()):
        return short
    return short[:1].lower() + short[1:]


def _index(facts: Iterable[Fact], key: Callable[[Fact], str]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        found[key(fact)].append(fact)
    return dict(found)


def _concepts(case: Case) -> Iterable[str]:
    for named in (*case.hazards, *case.exposed_systems, *case.vulnerable_groups):
        yield from named.concepts
    for statement in case.statements:
        yield from statement.concepts
    for measure in case.measures:
        yield from measure.concepts


def _texts(case: Case) -> Iterable[str]:
    place = case.place
    yield from (case.title.zh, case.title.en, place.zh, place.en, *place.aliases, *country_names(place.country))
    if place.admin:
        yield from (place.admin.zh, place.admin.en)
    for named in (*case.hazards, *case.exposed_systems, *case.vulnerable_groups):
        yield from (named.zh, named.en)
    for one in case.statements:
        yield from (one.wording("zh"), one.wording("en"))
    for measure in case.measures:
        yield from (measure.name.zh, measure.name.en)
    for figure in case.figures:
        yield from (figure.what.zh, figure.what.en, figure.recorded)
        yield from (text for pair in (figure.note, figure.place) if pair for text in (pair.zh, pair.en))
    for text in (*case.actors, *case.remarks):
        yield from (text.zh, text.en)


Entry = Statement | Figure | CaseMeasure


def entry_of(case: Case, entry_id: str) -> Entry | None:
    """The statement, figure or measure of a case with this id."""
    entries: list[Entry] = [*case.statements, *case.figures, *case.measures]
    return next((entry for entry in entries if entry.id == entry_id), None)


def best_source(case: Case, entry: Entry) -> Source:
    """One source of an entry: the one of a figure in it, the one whose note names it (rule 4), else the best by quality, then
    the newest, then the first listed (rule 5)."""
    listed = [source for source in case.sources if source.id in entry.sources]
    counted = {s for f in case.figures if f.statement == entry.id for s in f.sources} if isinstance(entry, Statement) else set()
    listed = [source for source in listed if source.id in counted] or listed
    named = f"{entry.name.zh} {entry.name.en}" if isinstance(entry, CaseMeasure) else f"{entry.text.zh} {entry.text.en}" if isinstance(entry, Statement) else ""
    words = set(tokens(named))

    def rank(source: Source) -> tuple[int, int, int, int]:
        return len(words & set(tokens(source.supports or ""))), QUALITY_RANK[source.quality], source.year or 0, -listed.index(source)

    return max(listed, key=rank)
