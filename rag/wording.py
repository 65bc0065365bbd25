"""Fixed wording of answers in both languages, and how numbers, years and lists are written (rules 7 and 9 of `answers.md`)."""

import re

from renzhi.graph.case import Figure

W: dict[str, tuple[str, str]] = {
    # headings
    "chain": ("风险链", "Risk chain"),
    "evidence": ("案例证据", "Evidence by case"),
    "document": ("文献原文", "From the document"),
    "measures": ("可采取的措施（每项先列副作用）", "Measures (side effects come first)"),
    "groups": ("谁被顾及，谁被遗漏", "Who is covered, who is left out"),
    "gaps": ("这些证据没有覆盖", "What this evidence does not cover"),
    "nearest": ("最接近的案例（只供参考，不构成回答）", "Nearest cases (for reference, not an answer)"),
    "sources": ("来源", "Sources"),
    "figures": ("数字", "Figures"),
    # phrases
    "none_found": ("未找到记录（不等于没有）", "none recorded (not the same as none)"),
    "abstain": ("知识库里没有足够的证据回答这个问题", "The knowledge base has too little evidence to answer this"),
    "absent": ("未出现不等于不受影响", "Absent does not mean unaffected"),
    "not_reviewed": ("未审核", "not reviewed"),
    "not_held": ("原文未存", "original not held"),
    "held": ("原文已存，未审核", "held, not reviewed"),
    "held_reviewed": ("原文已存，已审核", "held, reviewed"),
    "undated": ("未注明年份", "undated"),
    "not_stated": ("没有说明", "not stated"),
    "editor": ("编者归纳，无来源", "Editor's reading, no source"),
    "year_unknown": ("年份未记", "no year recorded"),
    "publisher_unknown": ("出版者未记", "no publisher recorded"),
    "whole_record": ("出处只到整条记录", "sourced to the whole record"),
    "side_effects": ("副作用", "Side effects"),
    "effect": ("作用", "Effect"),
    "case": ("案例", "Case"),
    "none": ("没有", "none"),
}
QUALITY = {
    "official": ("一手或官方", "primary or official"),
    "original_press": ("媒体原文", "original press"),
    "copy": ("转载或百科", "copy"),
    "low": ("质量低", "low quality"),
    "not_rated": ("未评级", "not rated"),
}
STRENGTH = {"high": ("证据高", "general, high"), "medium": ("证据中等", "general, medium"), "low": ("证据低", "general, low"),
            "case": ("个案", "one case")}
SCALE = {"macro": ("宏观", "macro"), "meso": ("中观", "meso"), "micro": ("微观", "micro")}
DIMENSION = {"technology": ("技术", "Technical"), "institution": ("制度", "Institutional"), "space": ("空间", "Spatial")}
STANDING = {"built": ("已实施", "done"), "planned": ("计划", "planned"), "recorded": ("记录提及", "recorded")}

_VERBS: dict[str, dict[str, tuple[str, str]]] = {
    # relation: modality -> (zh, en)
    "triggers": {"general": ("会引发", "can trigger"), "happened": ("引发", "triggered")},
    "increases_probability": {"general": ("会增加发生可能：", "can make more likely:"), "happened": ("增加了发生可能：", "made more likely:")},
    "leads_to": {"general": ("会导致", "can lead to"), "happened": ("导致", "led to")},
    "affects": {"general": ("会影响", "can affect"), "happened": ("影响", "hit")},
    "fails_as": {"general": ("失效会表现为", "can fail as"), "happened": ("失效表现为", "failed as")},
    "depends_on": {"general": ("依赖", "depends on"), "happened": ("依赖", "depended on")},
    "aggravates": {"general": ("会加剧", "can make worse"), "happened": ("加剧", "made worse")},
    "mitigates": {"general": ("可减轻", "can reduce"), "happened": ("减轻", "reduced")},
    "may_worsen": {"general": ("可能加剧", "can make worse"), "happened": ("加剧", "made worse")},
    "co_benefit": {"general": ("可惠及", "can also help with"), "happened": ("惠及", "also helped with")},
}


def w(key: str, lang: str) -> str:
    """The fixed wording named `key`."""
    return W[key][0 if lang == "zh" else 1]


def of(table: dict[str, tuple[str, str]], key: str, lang: str) -> str:
    """The word for `key` in one of the tables above."""
    return table[key][0 if lang == "zh" else 1]


def verb(relation: str, modality: str, polarity: str, lang: str) -> str:
    """How a fact's relation reads (rule 7): happened, general, planned, simulated, claimed, negated."""
    forms = _VERBS[relation]
    zh, en = forms["general" if modality == "general" else "happened"]
    base_zh, base_en = forms["happened"]
    if polarity == "negated":
        return f"未能{base_zh}" if lang == "zh" else f"did not {_infinitive(forms['general'][1])}"
    if modality == "planned":
        return f"旨在{base_zh}" if lang == "zh" else f"is meant to {_infinitive(forms['general'][1])}"
    if modality == "simulated":
        return f"模拟显示会{base_zh}" if lang == "zh" else f"in a model {en}"
    if modality == "claimed":
        return f"据称{base_zh}" if lang == "zh" else f"is said to have {_participle(base_en)}"
    return zh if lang == "zh" else en


def _infinitive(general: str) -> str:
    return general.removeprefix("can ").rstrip(":") if general.startswith("can ") else {"depends on": "depend on"}.get(general, general)


def _participle(happened: str) -> str:
    return happened.rstrip(":")


def spaced(text: str) -> str:
    """Chinese with a space between Han and Latin letters or digits.

    >>> spaced("约8亿元，2017—2019年")
    '约 8 亿元，2017—2019 年'
    """
    text = re.sub(r"([\u3400-\u9fff])([A-Za-z0-9])", r"\1 \2", text)
    return re.sub(r"([A-Za-z0-9%])([\u3400-\u9fff])", r"\1 \2", text)


def number(value: float, lang: str) -> str:
    """The value as it is read: 万 and 亿 in Chinese, thousands, million and billion in English.

    >>> number(38_000_000, "zh"), number(38_000_000, "en"), number(96000, "en"), number(120_060_000_000, "zh")
    ('3800 万', '38 million', '96,000', '1200.6 亿')
    """
    if lang == "zh":
        for size, word in ((1e8, "亿"), (1e4, "万")):
            if abs(value) >= size and _exact(value / size):
                return f"{_trim(value / size)} {word}"
        return _trim(value)
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(value) >= size and _exact(value / size):
            return f"{_trim(value / size)} {word}"
    return f"{value:,.0f}" if value == int(value) and abs(value) >= 1e3 else _trim(value)


def _exact(scaled: float) -> bool:
    """Whether four decimals give the scaled value without loss."""
    return abs(scaled * 1e4 - round(scaled * 1e4)) < 1e-4


def _trim(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


_QUALIFIER = {"about": ("约 {}", "about {}"), "over": ("逾 {}", "over {}"), "under": ("不到 {}", "under {}"),
              "up_to": ("最多 {}", "up to {}"), "at_least": ("至少 {}", "at least {}")}
_MONEY = re.compile(r"^[A-Z]{3}$|^(US\$|€|£|\$)$")


def figure_value(figure: Figure, lang: str) -> str:
    """Value and unit as they are read; the record's own wording, quoted, where it gives no number."""
    if figure.value is None:
        return f"“{figure.recorded}”"
    unit = (figure.unit.zh if lang == "zh" else figure.unit.en) if figure.unit else ""
    text = number(figure.value, lang)
    if figure.upper is not None:
        text += ("—" if lang == "zh" else "–") + number(figure.upper, lang)
    if lang == "en" and _MONEY.match(unit.split(" ")[0]):
        head, _, tail = unit.partition(" ")
        text = f"{head} {text}" + (f" {tail}" if tail else "")
    elif unit in ("%", "°C", "℃"):
        text += unit
    elif unit:
        glue = "" if lang == "zh" and text[-1] in "万亿" and re.match(r"[\u3400-\u9fff]", unit) else " "
        text += glue + unit
    form = _QUALIFIER.get(figure.qualifier or "", ("{}", "{}"))[0 if lang == "zh" else 1]
    return form.format(text)


def years(text: str, lang: str) -> str:
    """A span of years with the dash of the language.

    >>> years("2017-2019", "zh"), years("2014–", "en")
    ('2017—2019', '2014–')
    """
    text = text.replace("、", ", ") if lang == "en" else text
    return re.sub(r"(?<!\d)(\d{4})\s*[-–—]\s*(?=\d{4}|$)", r"\1—" if lang == "zh" else r"\1–", text)


def join(items: list[str], lang: str) -> str:
    """A list in running text: 甲、乙和丙 / a, b and c."""
    if len(items) < 2:
        return "".join(items)
    if lang == "zh":
        return "、".join(items[:-1]) + "和" + items[-1]
    return ", ".join(items[:-1]) + " and " + items[-1]


def clause(text: str) -> str:
    """A statement without its closing stop, ready for a marker."""
    return text.strip().rstrip("。.；;")


def cell(text: str) -> str:
    """A text that keeps a Markdown table whole."""
    return text.replace("|", "／").replace("\n", " ")


def safe(text: str) -> str:
    """Text of a source in Markdown: brackets that could pass for a citation or link turn full-width, markup is inert."""
    text = re.sub(r"\[(\d+)\]", r"［\1］", text)
    return re.sub(r"([\\`*_<>#\[\]!|~$])", lambda m: {"[": "［", "]": "］", "|": "／"}.get(m[1], "\\" + m[1]), text)
