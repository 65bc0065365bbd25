"""Which of the two languages a text is in."""

import re

from renzhi.graph.model import Lang

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-zÀ-ɏ]{2,}")


def language_of(text: str, *, otherwise: Lang = "en") -> Lang:
    """`zh` or `en` by script; py3langid decides where neither prevails, `otherwise` stands for text without words.

    >>> language_of("暴雨引发内涝 (waterlogging)"), language_of("Flooding in 2021")
    ('zh', 'en')
    """
    han, words = len(_HAN.findall(text)), len(_WORD.findall(text))
    # A Chinese word is about two characters long.
    if not han and not words:
        return otherwise
    share = (han / 2) / (han / 2 + words)
    if share >= 0.6:
        return "zh"
    if share <= 0.25:
        return "en"
    import py3langid

    return "zh" if py3langid.classify(text)[0] in ("zh", "ja", "ko") else "en"
