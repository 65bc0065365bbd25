"""Reads the Turtle files into the vocabulary. The only module that needs rdflib to know the concepts."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from renzhi.ontology.model import KIND_OF_PREFIX, Bilingual, Concept, Form, Kind, Relation, Vocabulary

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

Use = Literal["label", "alt", "context", "hidden"]
Travel = Literal["with", "against", "beside", "guards", "side_effect", "benefit", "none"]

BASE = "https://w3id.org/renzhi/"
RZ = BASE + "ontology#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_PREFIX_OF_KIND: dict[str, str] = {kind: prefix for prefix, kind in KIND_OF_PREFIX.items()}
_USE_OF_LABEL: dict[str, Use] = {"prefLabel": "label", "altLabel": "alt", "hiddenLabel": "hidden"}
_USES: tuple[Use, ...] = get_args(Use)


def read_turtle(files: Iterable[Path]) -> Vocabulary:
    """The vocabulary of these Turtle files; concepts by kind and id, forms by concept, language, use and text."""
    from rdflib import Graph

    graph = Graph()
    for file in files:
        graph.parse(file, format="turtle")
    reader = _Reader(graph)
    concepts = reader.concepts()
    forms = tuple(form for concept in concepts for form in reader.forms(concept))
    return Vocabulary(concepts=concepts, forms=forms, relations=reader.relations())


def concept_iri(concept: str) -> str:
    """The address of a concept.

    >>> concept_iri("hz:waterlogging")
    'https://w3id.org/renzhi/hazard/waterlogging'
    """
    prefix, _, name = concept.partition(":")
    return f"{BASE}{KIND_OF_PREFIX[prefix]}/{name}"


def _concept_id(iri: str) -> str:
    kind, _, name = iri.removeprefix(BASE).partition("/")
    return f"{_PREFIX_OF_KIND[kind]}:{name}"


def _name(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2]


class _Reader:
    def __init__(self, graph: "Graph") -> None:
        from rdflib import Namespace

        self._graph = graph
        self._skos, self._rz, self._rdfs = Namespace(_SKOS), Namespace(RZ), Namespace(_RDFS)

    def concepts(self) -> dict[str, Concept]:
        from rdflib import RDF

        order = list(KIND_OF_PREFIX)
        ids = [_concept_id(str(node)) for node in self._graph.subjects(RDF.type, self._skos.Concept)]
        ids.sort(key=lambda concept: (order.index(concept.partition(":")[0]), concept))
        return {concept: self._concept(concept) for concept in ids}

    def forms(self, concept: str) -> list[Form]:
        """Plain labels and structured forms; a structured one stands for the plain label with the same text."""
        node = self._node(concept)
        structured = {(form.lang, form.text): form for form in self._structured_forms(concept)}
        shown_only = {str(lang) for lang in self._graph.objects(node, self._rz.displayOnly)}
        plain = {
            (lang, text): Form(concept, lang, text, use)
            for label, use in _USE_OF_LABEL.items()
            for lang in ("zh", "en")
            for text in self._texts(node, self._skos[label], lang)
            if not (use == "label" and lang in shown_only)
        }
        return sorted((plain | structured).values(), key=lambda form: (form.lang, _USES.index(form.use), form.text))

    def relations(self) -> dict[str, Relation]:
        from rdflib import RDF

        ids = sorted(_name(str(node)) for node in self._graph.subjects(RDF.type, self._rz.Relation))
        return {relation: self._relation(relation) for relation in ids}

    def _concept(self, concept: str) -> Concept:
        node = self._node(concept)
        return Concept(
            id=concept,
            kind=self._kind(node),
            label=self._bilingual(node, self._skos.prefLabel),
            synonyms={lang: self._texts(node, self._skos.altLabel, lang) for lang in ("zh", "en")},
            domain=_name(str(self._graph.value(node, self._rz.domain))),
            definition=self._bilingual(node, self._skos.definition) if self._has(node, self._skos.definition) else None,
            codes=self._codes(node),
            category=str(self._graph.value(node, self._rz.category) or ""),
            dimensions=self._names(node, self._rz.dimension),
            nature=next(iter(self._names(node, self._rz.nature)), None),
            scales=self._names(node, self._rz.scale),
            hazards=tuple(sorted(_concept_id(str(hazard)) for hazard in self._graph.objects(node, self._rz.addresses))),
        )

    def _structured_forms(self, concept: str) -> Iterable[Form]:
        for node in self._graph.objects(self._node(concept), self._rz.form):
            lang: Literal["zh", "en"] = "zh" if self._texts(node, self._rz.text, "zh") else "en"
            (text,) = self._texts(node, self._rz.text, lang)
            use = next(use for use in _USES if use == str(self._graph.value(node, self._rz.use)))
            yield Form(
                concept, lang, text, use, self._strings(node, self._rz.cue), self._strings(node, self._rz.blocker)
            )

    def _relation(self, relation: str) -> Relation:
        node = self._rz[relation]
        travel = str(self._graph.value(node, self._rz.travel))
        return Relation(
            id=relation,
            label=self._bilingual(node, self._rdfs.label),
            subject_kinds=frozenset(self._names(node, self._rz.subjectKind)),
            object_kinds=frozenset(self._names(node, self._rz.objectKind)),
            travel=next(known for known in get_args(Travel) if known == travel),
            excluded=frozenset(
                (self._names(pair, self._rz.subjectKind)[0], self._names(pair, self._rz.objectKind)[0])
                for pair in self._graph.objects(node, self._rz["except"])
            ),
        )

    def _node(self, concept: str) -> "Node":
        from rdflib import URIRef

        return URIRef(concept_iri(concept))

    def _kind(self, node: "Node") -> Kind:
        name = _name(str(self._graph.value(node, self._skos.inScheme)))
        return next(kind for kind in KIND_OF_PREFIX.values() if kind == name)

    def _codes(self, node: "Node") -> dict[str, str]:
        from rdflib import Literal as Text

        notations = [code for code in self._graph.objects(node, self._skos.notation) if isinstance(code, Text)]
        return dict(sorted((_name(str(code.datatype)), str(code)) for code in notations))

    def _has(self, node: "Node", predicate: "Node") -> bool:
        return (node, predicate, None) in self._graph

    def _bilingual(self, node: "Node", predicate: "Node") -> Bilingual:
        (zh,), (en,) = self._texts(node, predicate, "zh"), self._texts(node, predicate, "en")
        return Bilingual(zh, en)

    def _texts(self, node: "Node", predicate: "Node", lang: str) -> tuple[str, ...]:
        """Short ones first: they are the names people use."""
        found = (text for text in self._graph.objects(node, predicate) if getattr(text, "language", None) == lang)
        return tuple(sorted(map(str, found), key=lambda text: (len(text), text)))

    def _strings(self, node: "Node", predicate: "Node") -> tuple[str, ...]:
        return tuple(sorted(map(str, self._graph.objects(node, predicate))))

    def _names(self, node: "Node", predicate: "Node") -> tuple[str, ...]:
        return tuple(sorted(_name(str(value)) for value in self._graph.objects(node, predicate)))
