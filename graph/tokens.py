"""The tokens of the lexical index, the same for every store and for questions: stemmed Latin words, Han bigrams."""

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[a-z0-9]+(?:[.'’-][a-z0-9]+)*|[\u3400-\u9fff\uf900-\ufaff]+")
_STOP = frozenset(
    ["a", "an", "and", "are", "as", "at", "be", "been", "but", "by", "can", "did", "do", "does", "for", "from", "had", "has", "have", "how", "if", "in", "into", "is", "it", "its", "of", "on", "or", "our", "that", "the", "their", "them", "then", "there", "these", "they", "this", "to", "was", "we", "were", "what", "when", "where", "which", "who", "why", "will", "with", "you", "your"]
)
_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word))


def tokens(text: str) -> list[str]:
    """Tokens in the order of the text; a single Han character between other scripts stands alone.

    >>> tokens("Flooded roads 暴雨内涝")
    ['flood', 'road', '暴雨', '雨内', '内涝']
    """
    found: list[str] = []
    for run in _WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0] < "\u3400":
            found += [_stem(run)] if run not in _STOP else []
        else:
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return found
