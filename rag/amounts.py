"""Chinese numerals, article numbers and fines read as numbers, so that an English reader has the value beside the quote."""

import re

_DIGIT = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = r"[零〇一二两三四五六七八九十百千万亿\d.]+"
_FINE = re.compile(rf"(?:({_NUMERAL})元以上)?({_NUMERAL})元以下的?罚款")


def numeral(text: str) -> float:
    """The value of a Chinese numeral, digits with 万 or 亿 included.

    >>> numeral("二十二"), numeral("五万"), numeral("十万"), numeral("1.5万"), numeral("一百零三")
    (22.0, 50000.0, 100000.0, 15000.0, 103.0)
    """
    for word, size in (("亿", 1e8), ("万", 1e4)):
        if word in text:
            head, _, tail = text.partition(word)
            return (numeral(head) if head else 1.0) * size + (numeral(tail) if tail else 0.0)
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    total, digit = 0, 0
    for char in text:
        if char in _DIGIT:
            digit = _DIGIT[char]
        elif char in _UNIT:
            total += (digit or 1) * _UNIT[char]
            digit = 0
    return float(total + digit)


def articles_cited(text: str) -> list[str]:
    """The articles (“第二十二条”) that a text names after its own number.

    >>> articles_cited("第五十五条 违反本法第二十二条第二款、第三款规定")
    ['第二十二条']
    """
    return list(dict.fromkeys(re.findall(r"第[零〇一二三四五六七八九十百\d]+条", text)[1 if re.match(r"\s*第[^条]{1,9}条", text) else 0 :]))


def fine(text: str, lang: str) -> str | None:
    """The fine that a provision sets, as its text bounds it; None if it names no amount.

    >>> fine("可以处五万元以下的罚款", "en"), fine("处一万元以上十万元以下的罚款", "en"), fine("处五万元以下罚款", "zh")
    ('a fine of up to CNY 50,000', 'a fine of CNY 10,000 to CNY 100,000', '五万元以下的罚款')
    """
    found = _FINE.search(text)
    if not found:
        return None
    low, high = found[1], found[2]
    if lang == "zh":
        return (f"{low}元以上" if low else "") + f"{high}元以下的罚款"
    return f"a fine of CNY {numeral(low):,.0f} to CNY {numeral(high):,.0f}" if low else f"a fine of up to CNY {numeral(high):,.0f}"


def as_digits(text: str) -> str:
    """All Chinese numerals of a text as digits, against which a sentence's numbers are held."""
    return " ".join(f"{numeral(one):.0f}" for one in re.findall(rf"(?<![\d.]){_NUMERAL}", text) if re.search(r"[^\d.]", one))
