"""Words that say outright that one thing causes, worsens, reduces or hits another, with the direction they point."""

import re
from dataclasses import dataclass
from typing import Literal

from renzhi.graph.model import Lang

Family = Literal["cause", "worsen", "raise", "reduce", "affect"]
Tense = Literal["past", "present", "participle"]


@dataclass(frozen=True, slots=True)
class Cue:
    start: int
    """Code points from the start of the text."""
    end: int
    family: Family
    reverse: bool = False
    """The effect comes first: "caused by", "due to"."""
    tense: Tense = "present"
    """English only; Chinese marks it around the verb."""
    attributive: bool = False
    """`引发的`: the effect is the head of the noun phrase that follows."""


_ZH: dict[Family, str] = {
    "cause": "导致|引发|形成(?!的|条件|机制|机理|原因|过程|时间|了?以)|造成|致使|诱发|触发|引起|带来|酿成|引致|使得|使(?!命|者|馆|节|徒|劲|用(?!电|水))",
    "worsen": "(?:加剧|加重|放大)(?!$|[，。、；,;和与及等）)])|恶化了",
    "raise": "(?:增加|提高|加大|增大|提升)(?=[^，。；、]{0,14}(?:风险|可能性|概率|频率|频次|几率))",
    "reduce": "缓解|减轻|降低|减少|抑制|削减|防止|避免|削弱|遏制|预防|抵御|减缓|消减",
    "affect": "影响(?!评估|评价|因素|范围|程度|分析|力|较|不大|很)|波及|危及|威胁|冲毁|损毁|损坏|破坏|摧毁|淹没|冲垮",
}
_ZH_CUE = {family: re.compile(f"(?:{words})") for family, words in _ZH.items()}
_ZH_NOUN = re.compile(r"的$|受[^，。；]{0,12}$|[不负]利$|[的类]$|(?:造成|带来|产生|构成|形成)[^，。；]{0,8}$")
"""Before 影响 and its like these make a noun of it."""

_EN_FORWARD: dict[Family, str] = {
    "cause": r"caus(?P<{}>es?|ed|ing)|le(?P<{}>ads?|d|ading)(?: \w+ly)? to|result(?P<{}>s?|ed|ing) in|trigger(?P<{}>s?|ed|ing)|"
    r"induc(?P<{}>es?|ed|ing)|set(?P<{}>s?|ting) off|g(?P<{}>ives?|ave|iving) rise to|br(?P<{}>ings?|ought|inging) about|"
    r"(?P<{}>is|are|was|were) (?:a|an|the|one of the)(?: \w+){0,2} (?:causes?|drivers?|triggers?) of|"
    r"(?P<{}>is|are|was|were)(?: \w+ly)? responsible for|produc(?P<{}>es?|ed|ing)|spawn(?P<{}>s|ed|ing)|"
    r"(?:le(?P<{}>ft|aves?|aving)|render(?P<{}>s?|ed|ing))(?=[^,;.]{1,50}\bwithout\b)|"
    r"spark(?P<{}>s?|ed|ing)|contribut(?P<{}>es?|ed|ing) to|provok(?P<{}>es?|ed|ing)|unleash(?P<{}>(?:es)?|ed|ing)",
    "worsen": r"worsen(?P<{}>s?|ed|ing)|aggravat(?P<{}>es?|ed|ing)|exacerbat(?P<{}>es?|ed|ing)|amplif(?P<{}>y|ies|ied|ying)|"
    r"intensif(?P<{}>y|ies|ied|ying)|magnif(?P<{}>y|ies|ied|ying)|compound(?P<{}>s|ed|ing)|heighten(?P<{}>s?|ed|ing)|"
    r"(?:increas|accelerat)(?P<{}>es?|ed|ing)(?! (?:in|of|by|to|from|due|because|as|over|with|and|or|during|when|at|for|on|across)\b)",
    "raise": r"(?:increas|rais|heighten|elevat)(?P<{}>e?s?|ed|ing) (?:the )?(?:\w+ )?"
    r"(?:risk|risks|likelihood|probability|frequency|chance|chances|incidence|occurrence|threat|danger) of|"
    r"(?:increas|rais|heighten|elevat)(?P<{}>e?s?|ed|ing) (?=(?:the )?(?:[\w-]+ ){{1,2}}(?:risks?|hazards?|danger)\b)|"
    r"mak(?P<{}>es?|ing) (?=[^,;.]{{1,40}} more (?:likely|frequent|common))",
    "reduce": r"reduc(?P<{}>es?|ed|ing)|mitigat(?P<{}>es?|ed|ing)|alleviat(?P<{}>es?|ed|ing)|prevent(?P<{}>s?|ed|ing)|"
    r"(?:(?<=to )|(?<=can )|(?<=could )|(?<=will )|(?<=would )|(?<=may )|(?<=might )|(?<=also )|(?<=help ))lower(?P<{}>)|"
    r"lower(?P<{}>s|ed|ing)|limit(?P<{}>s?|ed|ing)|curb(?P<{}>s?|ed|ing)|lessen(?P<{}>s?|ed|ing)|eas(?P<{}>es?|ed|ing)|"
    r"decreas(?P<{}>es?|ed|ing)(?! in\b)|curtail(?P<{}>s?|ed|ing)|dampen(?P<{}>s?|ed|ing)|minimi[sz](?P<{}>es?|ed|ing)|"
    r"eliminat(?P<{}>es?|ed|ing)",
    "affect": r"affect(?P<{}>s?|ed|ing)|damag(?P<{}>es?|ed|ing)|disrupt(?P<{}>s?|ed|ing)|threaten(?P<{}>s?|ed|ing)|"
    r"destroy(?P<{}>s?|ed|ing)|inundat(?P<{}>es?|ed|ing)|cripp(?P<{}>les?|led|ling)|overwhelm(?P<{}>s?|ed|ing)|"
    r"(?:impair|harm|endanger|hamper|interrupt|batter|paraly[sz]|devastat|jeopardi[sz]|submerg|imped|ravag|displac|strand)"
    r"(?P<{}>e?s?|ed|ing)|(?:(?<=can )|(?<=could )|(?<=will )|(?<=would )|(?<=may )|(?<=might )|(?<=to )|(?<=also ))impact(?P<{}>)|"
    r"impact(?P<{}>ed|ing)|compromis(?P<{}>es?|ed|ing)|(?:knock|wash)(?P<{}>(?:es)?|s|ed|ing) (?:out|away|over)|"
    r"(?:shut|cut)(?P<{}>s?|ting) (?:down|off)|swamp(?P<{}>ed|ing)|kill(?P<{}>s?|ed|ing)|hit(?P<{}>s|ting)|"
    r"flood(?P<{}>s?|ed|ing)(?= (?:the|a|an|some|several|many|most|dozens|hundreds|thousands|parts|large|low)\b)",
}
_DONE = (
    "affected|damaged|disrupted|hit|destroyed|inundated|threatened|crippled|overwhelmed|impaired|harmed|impacted|interrupted|"
    "compromised|devastated|battered|paraly[sz]ed|submerged|endangered|hampered|impeded|displaced|stranded|ravaged|struck"
)
_EN_BY: dict[Family, str] = {
    "cause": r"(?:caused|triggered|induced|sparked|driven|produced|brought (?:on|about)|unleashed|created)(?: \w+ly)? by|"
    r"(?<=flooded )by",
    "worsen": r"(?:worsened|aggravated|exacerbated|amplified|intensified|magnified|compounded|heightened|accelerated|increased)"
    r"(?: \w+ly)? by",
    "reduce": r"(?:reduced|mitigated|alleviated|prevented|lowered|limited|lessened|eased|curbed|minimi[sz]ed)(?: \w+ly)? by",
    "affect": rf"(?:{_DONE})(?: \w+ly)? by|(?:{_DONE}) (?:in|during) (?=(?:the |a )?(?:[\w-]+ )?[\w-]+)|"
    r"(?:vulnerable|susceptible|prone|sensitive|exposed) to|at (?:\w+ )?risk (?:from|of|due to)|suffer(?:s|ed|ing)? from",
}
_EN_BACK = (
    r"due to|owing to|because of|as a (?:direct )?(?:result|consequence) of|result(?:ing|s|ed)? from|stem(?:s|med|ming)? from|"
    r"aris(?:es?|ing) from|attribut(?:ed|able) to|blamed on|(?:the|a) (?:direct )?(?:result|consequence) of"
)


def _numbered(pattern: str) -> str:
    """Names the ending groups of the alternatives apart."""
    parts = pattern.split("{}")
    named = "".join(part + (f"t{at}" if at < len(parts) - 1 else "") for at, part in enumerate(parts))
    return named.replace("{{", "{").replace("}}", "}")


_EN_NOUN_BEFORE = re.compile(
    r"\b(?:the|a|an|no|any|its|their|root|main|major|leading|primary|speed|time|city|county|within|structural|physical|"
    r"less|fewer|wind|flood|water|property|storm|fire)\s$",
    re.I,
)
_EN_NOUN_AFTER = re.compile(r" (?:of|for|to)\b")
_ADJECTIVE = re.compile(
    r"increased|accelerated|heightened|reduced|decreased|lowered|limited|elevated|raised|compounded|amplified|intensified",
    re.I,
)
_ADJECTIVE_BEFORE = re.compile(
    r"(?:^|[,(]|\b(?:with|of|to|from|by|for|in|on|and|or|the|more|a|an|through|as|under|due|such|any|face|include|including|is|are|be))\s*$",
    re.I,
)
_BARE_NOUN = re.compile(r"damage|limit|limits|hits|kill|cut off", re.I)
"""Nouns as often as verbs: verbs only before an object."""
_NO_OBJECT = re.compile(
    r"\s*(?:[,.;:)/]|$|(?:from|in|of|for|to|and|or|by|during|is|are|was|were|can|will|may|caused|due|at|on|as|thresholds?|costs?|"
    r"assessments?|estimates?)\b)",
    re.I,
)
_EN_CUE = {family: re.compile(rf"\b(?:{_numbered(words)})\b", re.I) for family, words in _EN_FORWARD.items()}
_EN_REVERSE = {family: re.compile(rf"\b(?:{words})\b", re.I) for family, words in _EN_BY.items()}
_EN_REVERSE_PLAIN = re.compile(rf"\b(?:{_EN_BACK})\b", re.I)


def find_cues(text: str, lang: Lang) -> list[Cue]:
    """The cues in the order of the text; the longest wins where they overlap.

    >>> [(c.family, c.reverse) for c in find_cues("outages caused by flooding worsened", "en")]
    [('cause', True), ('worsen', False)]
    """
    cues = _chinese(text) if lang == "zh" else _english(text)
    kept: list[Cue] = []
    for cue in sorted(cues, key=lambda c: (c.start - c.end, c.start)):
        if all(cue.end <= other.start or cue.start >= other.end for other in kept):
            kept.append(cue)
    return sorted(kept, key=lambda c: c.start)


def _chinese(text: str) -> list[Cue]:
    found: list[Cue] = []
    for family, pattern in _ZH_CUE.items():
        for match in pattern.finditer(text):
            if family == "affect" and _ZH_NOUN.search(text[: match.start()]):
                continue
            attributive = text[match.end() : match.end() + 1] == "的"
            found.append(Cue(match.start(), match.end(), family, attributive=attributive))
    return found


def _english(text: str) -> list[Cue]:
    found = [
        Cue(m.start(), m.end(), "cause", reverse=True, tense="participle") for m in _EN_REVERSE_PLAIN.finditer(text)
    ]
    for family, pattern in _EN_REVERSE.items():
        found += [Cue(m.start(), m.end(), family, reverse=True, tense="participle") for m in pattern.finditer(text)]
    for family, pattern in _EN_CUE.items():
        for match in pattern.finditer(text):
            ending = next((g for g in match.groupdict().values() if g is not None), "")
            if not _is_noun(text, match):
                found.append(Cue(match.start(), match.end(), family, tense=_tense(ending.lower())))
    return found


def _is_noun(text: str, match: re.Match[str]) -> bool:
    before = text[: match.start()]
    if _EN_NOUN_BEFORE.search(before):
        return True
    if match[0].lower() == "devastating" or (_ADJECTIVE.match(match[0]) and _ADJECTIVE_BEFORE.search(before)):
        return True
    if _BARE_NOUN.fullmatch(match[0]) and _NO_OBJECT.match(text, match.end()):
        return True
    return bool(_EN_NOUN_AFTER.match(text, match.end())) and not match[0].endswith("of")


def _tense(ending: str) -> Tense:
    if ending.endswith("ing"):
        return "participle"
    return "past" if ending in ("ed", "d", "ied", "ave", "ought", "led", "ft", "was", "were") else "present"
