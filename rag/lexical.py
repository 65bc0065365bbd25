"""The lexical side of one search in one language: which passages share words with the question, and how much of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from renzhi.graph.model import Lang
from renzhi.graph.store import GraphStore
from renzhi.graph.tokens import tokens


@dataclass(frozen=True, slots=True)
class Words:
    """Weighted words: each token with its inverse document frequency in the passages of a language.

    A token that stands in no passage counts as the rarest does, so what the base has no word for lowers the share.
    """

    idf: dict[str, float]

    def share(self, text: str) -> float:
        """0–1: how much of the words' weight the text contains."""
        total = sum(self.idf.values())
        return sum(self.idf[one] for one in set(tokens(text)) & self.idf.keys()) / total if total else 0.0


def weigh(store: GraphStore, words: Sequence[str], lang: Lang) -> Words:
    """The words with idf = ln(1 + (N − n + ½) / (n + ½)) (Robertson and Spärck Jones; the form that stays positive)."""
    counts, texts = store.frequencies(words, lang)
    return Words({one: math.log(1 + (texts - n + 0.5) / (n + 0.5)) for one, n in sorted(counts.items())})


@dataclass(frozen=True, slots=True)
class Lexical:
    """Passages that share words with the question: BM25 as a part of the best one's, and the weight it deserves."""

    scores: dict[str, float]
    """0–1 by passage; the best has 1."""
    weight: float


NOTHING = Lexical({}, 0.0)


def find_by_words(store: GraphStore, words: Words, lang: Lang, *, limit: int) -> tuple[list[tuple[str, float]], str | None]:
    """(passage, BM25) best first, and the text of the best one."""
    found = store.match(list(words.idf), lang, limit=limit)
    best = store.passages(ids=[found[0][0]]) if found else []
    return found, best[0].texts().get(lang) if best else None


def lexical(store: GraphStore, question: str, lang: Lang, *, limit: int) -> tuple[Lexical, Words]:
    """The question's own words. Their weight grows with the share c of the question's idf that the best passage covers,
    as c(1 + c)/2 and up to 0.8: covering all of it settles the matter, one shared number or name hardly counts."""
    words = weigh(store, tokens(question), lang)
    found, text = find_by_words(store, words, lang, limit=limit)
    covered = words.share(text) if text else 0.0
    return Lexical(_relative(found), min(covered * (1 + covered) / 2, 0.8)), words


def translated(store: GraphStore, labels: Sequence[str], lang: Lang, *, limit: int) -> Lexical:
    """The labels of the concepts that the question names: exact translations, but of single terms that many passages
    share. Their weight is a tenth, and less where no passage holds a whole label: with questions from the summaries of 33
    cases that helps a little or changes nothing in each pair of languages; a quarter costs three points from zh to en."""
    words = weigh(store, tokens(" ".join(labels)), lang)
    found, text = find_by_words(store, words, lang, limit=limit)
    if not text:
        return NOTHING
    held = set(tokens(text))
    whole = max(_part(set(tokens(label)), held, words) for label in labels)
    return Lexical(_relative(found), whole / 10)


def _part(label: set[str], held: set[str], words: Words) -> float:
    total = sum(words.idf[one] for one in label)
    return sum(words.idf[one] for one in label & held) / total if total else 0.0


def _relative(found: list[tuple[str, float]]) -> dict[str, float]:
    best = max((score for _, score in found), default=0.0)
    return {passage: (score / best if best > 0 else 1.0) for passage, score in found}
