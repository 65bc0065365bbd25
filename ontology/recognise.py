"""Recognises the concepts of the vocabulary in Chinese, English and mixed text."""

import re
from collections.abc import Iterable
from functools import cached_property

from renzhi.ontology.model import Mention, Vocabulary
from renzhi.ontology.phrases import Found, Lang, Phrases, Searched

_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[a-z]{2}")


class Recogniser:
    """Finds mentions of concepts. Each language is made ready when first met (0.6 s, spaCy's own start apart)."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._forms = vocabulary.forms

    def find(self, text: str, *, lang: Lang, hidden: bool = False) -> list[Mention]:
        """Mentions in the order of the text; the longest form wins, so spans do not overlap.

        One span names several concepts only where the vocabulary gives that form to each of them. `hidden` adds lay
        wording and misspellings, which are for questions; traditional characters count as simplified ones. English
        terms in Chinese text are found too, and the reverse: `lang` is the language that is looked for in any case.
        Whether a mention is negated is not said here.
        """
        searched = Searched.of(text, hidden=hidden)
        found: list[Found] = []
        if lang == "zh" or _HAN.search(text):
            found += self._chinese.find(searched)
        if lang == "en" or _LATIN.search(searched.plain):
            found += self._english.find(searched)
        return [
            Mention(one.start, one.end, form.concept, text[one.start : one.end], form.use)
            for one in _longest(found)
            for form in one.forms
        ]

    @cached_property
    def _chinese(self) -> Phrases:
        return Phrases("zh", (form for form in self._forms if form.lang == "zh"))

    @cached_property
    def _english(self) -> Phrases:
        return Phrases("en", (form for form in self._forms if form.lang == "en"))


def _longest(found: Iterable[Found]) -> list[Found]:
    kept: list[Found] = []
    taken: set[int] = set()
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        span = range(one.start, one.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)
