"""Finds concepts by what people call them, and names them in a running sentence."""

import re
import unicodedata
from collections.abc import Iterator

from renzhi.ontology.model import Concept, Vocabulary
from renzhi.ontology.traditional import simplified

_BRACKET = re.compile(r" \([^)]*\)|（[^）]*）")
_PROPER = frozenset({"Indigenous"})
_RANK_OF_USE = {"label": 0, "alt": 1, "context": 2, "hidden": 2}
_EXACT, _PREFIX, _INSIDE = 0, 10, 20


def find_concepts(vocabulary: Vocabulary, text: str) -> list[Concept]:
    """The concepts whose id, label or other form, in either language, is `text`, begins with it or contains it.

    Best first: exact before prefix before inside; label before synonym before lay wording; then the closest in length.
    Case, width, script (traditional or simplified) and surrounding space do not matter. Empty text gives all concepts, no find an empty list.
    """
    wanted = _plain(text)
    if not wanted:
        return list(vocabulary.concepts.values())
    best: dict[str, tuple[int, int]] = {}
    for concept, plain, use in _plain_forms(vocabulary):
        if wanted in plain:
            rank = (_position(plain, wanted) + use, len(plain))
            best[concept] = min(rank, best.get(concept, rank))
    return [vocabulary.concepts[concept] for concept in sorted(best, key=lambda concept: (best[concept], concept))]


def short_label(concept: Concept, lang: str) -> str:
    """The label as it reads inside a sentence: the part before a slash or bracket, in English without a capital.

    >>> from renzhi.ontology.model import Bilingual
    >>> label = Bilingual("城市内涝", "Urban pluvial flooding / waterlogging")
    >>> short_label(Concept("hz:waterlogging", "hazard", label, {}, "climate"), "en")
    'urban pluvial flooding'
    """
    label = _BRACKET.sub("", concept.label.get(lang)).partition(" / ")[0]
    first = label.partition(" ")[0]
    keeps_capital = lang == "zh" or first in _PROPER or sum(map(str.isupper, first)) > 1
    return label if keeps_capital else label[:1].lower() + label[1:]


def _plain(text: str) -> str:
    return " ".join(simplified(unicodedata.normalize("NFKC", text)).casefold().split())


def _position(plain: str, wanted: str) -> int:
    if plain == wanted:
        return _EXACT
    return _PREFIX if plain.startswith(wanted) else _INSIDE


def _plain_forms(vocabulary: Vocabulary) -> Iterator[tuple[str, str, int]]:
    """Concept, form, rank of its use; ids and labels that are only displayed are among them."""
    for concept in vocabulary.concepts.values():
        for text in (concept.id, concept.label.zh, concept.label.en, short_label(concept, "en")):
            yield concept.id, _plain(text), _RANK_OF_USE["label"]
    for form in vocabulary.forms:
        yield form.concept, _plain(form.text), _RANK_OF_USE[form.use]
