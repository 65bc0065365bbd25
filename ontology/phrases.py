"""Where the forms of one language stand in a text: a spaCy phrase matcher over word keys, then cues and blockers."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from renzhi.ontology.inflection import fold_word, is_verb_form
from renzhi.ontology.model import Form
from renzhi.ontology.sentences import plain, sentence_around, sentence_spans
from renzhi.ontology.word_order import other_orders

Lang = Literal["zh", "en"]
_STRENGTH = ("label", "alt", "context", "hidden")
_ACRONYM = re.compile(r"[A-Z][A-Z&]+s?")
# What is not English stands as a line break in the English pass, so that no phrase reaches across it.
_NOT_LATIN = re.compile(r"[\u2e80-\u9fff\uf900-\uffef]")
_LINE_WRAP = re.compile(r"(?<!\n)\n(?!\n)")
_AUXILIARIES = frozenset(["is", "are", "was", "were", "be", "been"])
# Longest blocker, in characters, that is looked for on each side of a match.
_BLOCKER_REACH = 60


@dataclass(frozen=True, slots=True)
class Word:
    """One unit of matching: the key under which its variants are the same, and where it stands."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Searched:
    """A text while it is searched; offsets are the same in all its copies."""

    given: str
    plain: str
    sentences: list[tuple[int, int]]
    hidden: bool

    @classmethod
    def of(cls, given: str, *, hidden: bool) -> "Searched":
        return cls(given, plain(given), sentence_spans(given), hidden)


@dataclass(frozen=True, slots=True)
class Found:
    """A span, and the forms that stand there: more than one only where the vocabulary gives it to several concepts."""

    start: int
    end: int
    forms: tuple[Form, ...]


class Phrases:
    """All forms of one language, ready to be found."""

    def __init__(self, lang: Lang, forms: Iterable[Form]) -> None:
        import spacy
        from spacy.matcher import PhraseMatcher

        nlp = spacy.blank(lang)
        self._vocab = nlp.vocab
        self._split: Callable[[str], list[Word]] = (
            split_characters if lang == "zh" else _english_splitter(nlp.tokenizer)
        )
        self._forms: dict[tuple[str, ...], list[Form]] = defaultdict(list)
        for form in forms:
            self._forms[self._key(form)].append(form)
        self._forms |= self._reordered()
        self._matcher = PhraseMatcher(nlp.vocab, attr="ORTH")
        self._matcher.add("forms", [self._doc(key) for key in self._forms])

    def _key(self, form: Form) -> tuple[str, ...]:
        return tuple(word.key for word in self._split(plain(form.text)))

    def _reordered(self) -> dict[tuple[str, ...], list[Form]]:
        """The forms in other word orders, as far as no form is written so and only one concept could be meant."""
        found: dict[tuple[str, ...], list[Form]] = defaultdict(list)
        for key, forms in self._forms.items():
            for form in forms:
                if form.use in ("label", "alt"):
                    for other in other_orders(plain(form.text), key, form.lang):
                        found[other].append(form)
        return {
            key: forms
            for key, forms in found.items()
            if key not in self._forms and len({form.concept for form in forms}) == 1
        }

    def find(self, searched: Searched) -> Iterator[Found]:
        """Every span that counts, overlapping ones too."""
        words = self._split(searched.plain)
        for _, first, after in self._matcher(self._doc(word.key for word in words)):
            start, end = words[first].start, words[after - 1].end
            forms = self._forms[tuple(word.key for word in words[first:after])]
            counting = [form for form in forms if _counts(form, searched, start, end)]
            if counting:
                yield Found(start, end, _closest(counting, searched.plain[start:end]))

    def _doc(self, keys: Iterable[str]) -> Any:
        from spacy.tokens import Doc

        return Doc(self._vocab, words=list(keys))


def split_characters(text: str) -> list[Word]:
    """One word per character, as spaCy segments Chinese, but across spaces and line ends: PDF text breaks inside words."""
    return [
        Word(char, offset, offset + 1)
        for offset, char in enumerate(text)
        if not char.isspace() or text[offset - 1 : offset + 1] == "\n\n"
    ]


def _english_splitter(tokenizer: Callable[[str], Any]) -> Callable[[str], list[Word]]:
    def split(text: str) -> list[Word]:
        text = _NOT_LATIN.sub("\n", _LINE_WRAP.sub(" ", text))
        return [
            Word(fold_word(token.text), token.idx, token.idx + len(token.text))
            for token in tokenizer(text)
            if not _joins(token.text, text, token.idx)
        ]

    return split


def _joins(token: str, text: str, offset: int) -> bool:
    """What a phrase reaches across: spaces, hyphens inside a compound, the auxiliary in "levees were breached"."""
    if token == "-":
        return not text[offset - 1 : offset].isspace() and not text[offset + 1 : offset + 2].isspace()
    return token in _AUXILIARIES or (token.isspace() and "\n" not in token)


def _counts(form: Form, searched: Searched, start: int, end: int) -> bool:
    return (
        (searched.hidden or form.use != "hidden")
        and _stands_alone(searched.plain, start, end)
        and _is_written_so(form, searched, start, end)
        and _has_cue(form, searched, start, end)
        and not _is_blocked(form, searched.plain, start, end)
    )


def _stands_alone(text: str, start: int, end: int) -> bool:
    """No Latin word is cut: ATM is not in BATMAN, whatever characters are the words."""
    return not (_is_latin(text[start - 1 : start]) and _is_latin(text[start])) and not (
        _is_latin(text[end - 1]) and _is_latin(text[end : end + 1])
    )


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_written_so(form: Form, searched: Searched, start: int, end: int) -> bool:
    """An acronym needs its capitals (WASH is not to wash), except in questions typed without any.

    A verb form alone does not stand for the bare word: "stranded" is no strand.
    """
    if form.lang == "en" and is_verb_form(form.text):
        return is_verb_form(searched.plain[start:end])
    if form.lang == "zh" or not _ACRONYM.fullmatch(form.text):
        return True
    typed = searched.given[start:end]
    lazily_typed = searched.hidden and form.use != "context" and searched.given.islower() and typed == form.text.lower()
    return bool(_ACRONYM.fullmatch(typed)) or lazily_typed


def _has_cue(form: Form, searched: Searched, start: int, end: int) -> bool:
    if form.use != "context":
        return True
    first, last = sentence_around(searched.sentences, start)
    cue = _any_cue(form.lang, form.cues)
    return bool(cue.search(searched.plain, first, start) or cue.search(searched.plain, end, last))


def _is_blocked(form: Form, text: str, start: int, end: int) -> bool:
    if not form.blockers:
        return False
    around = _any_blocker(form.lang, form.blockers).finditer(text, max(0, start - _BLOCKER_REACH), end + _BLOCKER_REACH)
    return any(longer.start(1) <= start and end <= longer.end(1) for longer in around)


@lru_cache(maxsize=4096)
def _any_cue(lang: str, cues: tuple[str, ...]) -> re.Pattern[str]:
    """Anywhere in Chinese, at the beginning of a word in English."""
    return re.compile(("" if lang == "zh" else r"\b") + _any_of(cues))


@lru_cache(maxsize=4096)
def _any_blocker(lang: str, blockers: tuple[str, ...]) -> re.Pattern[str]:
    """Occurrences may overlap; in English they begin with a word and take its ending in: car park, car parks."""
    longest_first = _any_of(sorted(blockers, key=len, reverse=True))
    return re.compile(f"(?=({longest_first}))" if lang == "zh" else rf"\b(?=({longest_first}\w*))")


def _any_of(texts: Iterable[str]) -> str:
    return "(?:" + "|".join(re.sub(r"\\?[- ]", "[- ]", re.escape(plain(text))) for text in texts) + ")"


def _closest(forms: list[Form], typed: str) -> tuple[Form, ...]:
    """The form as typed before its inflections, a firmer use before a weaker; others only if they are the same string."""
    best = min(forms, key=lambda form: (plain(form.text) != typed, _STRENGTH.index(form.use), form.concept, form.text))
    same = {form.concept: form for form in forms if form.text == best.text and form.use == best.use}
    return tuple(same.values())
