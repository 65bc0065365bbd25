"""Traditional Chinese characters as simplified ones, one for one, so that a document in either script is matched alike."""

from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("traditional.tsv")


@lru_cache(maxsize=1)
def to_simplified() -> dict[int, str]:
    """The simplified character by the code point of the traditional one, for `str.translate`.

    From OpenCC's dictionary of characters. Where a traditional character has several simplified ones, the commonest
    stands; for matching that does no harm, as what is looked for is turned alike.
    """
    rows = [row.split("\t") for row in _TABLE.read_text(encoding="utf-8").splitlines() if not row.startswith("#")]
    return {ord(char): simple for simple, chars in rows for char in chars}


def simplified(text: str) -> str:
    """The text in simplified characters, with as many code points as before; for matching, never for showing.

    >>> simplified("颱風造成淹水")
    '台风造成淹水'
    """
    return text.translate(to_simplified())
