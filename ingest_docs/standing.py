"""How a sentence stands to what it says: denied or asked, happened, planned, simulated, claimed or general."""

import re
from datetime import date

from renzhi.graph.model import Lang, Modality
from renzhi.ingest_docs.cues import Cue

_ASKED = {
    "zh": re.compile(r"[？?]|[吗呢]。?$|是否|能否|会不会|有没有|是不是|询问|有人问"),
    "en": re.compile(
        r"\?|\bwhether\b|\b(?:ask|asks|asked|wonder|wonders|wondered) (?:how|if|why)\b|\bneither\b[^.;]*\bnor\b", re.I
    ),
}
_DENIED_BEFORE = {
    # Right before the verb, a few characters for 明显, 直接 and the like between.
    "zh": re.compile(
        r"(?:并未|未(?!来)|没有|没|不(?!仅|但|断|同|可避免|得不|良|足|透水|均|稳|合理)|无法|难以|免于|免遭|从未|尚未|未能|以免|避免|防止|防范|预防)"
        r"[^，。；、]{0,5}$"
    ),
    "en": re.compile(
        r"(?:\bnot(?! only)\b|n't\b|\bnever\b|\bwithout\b|\bneither\b|\bnor\b|\bcannot\b|\bfail(?:s|ed|ing)? to\b|\bunable to\b|"
        r"\bhardly\b|\bbarely\b|\brarely\b|\bunlikely to\b|\blittle to\b|\btoo \w+ to\b|\b(?:could|would|might|should) have\b|"
        r"\brather than\b|\binstead of\b|\bfrom(?=\s*$)|\bavoid(?:s|ed|ing)?\b|\bno longer\b)[^,;]{0,40}$",
        re.I,
    ),
}
_DENIED_ANYWHERE = {
    "zh": re.compile(
        r"没有证据|无证据|缺乏证据|证据不足|并非|不是|不认为|否认|未发现|尚不清楚|尚无|不实|谣言|难以确定|排除了?[^，。]{0,12}(?:可能|原因)|可能性(?:很|较|极)?(?:小|低)"
    ),
    "en": re.compile(
        r"\bno evidence\b|\bno sign\b|\bno link\b|\bno proof\b|\bunclear\b|\bunknown if\b|\bdenie[sd]\b|\bruled? out\b|\bno indication\b|"
        r"\bdoes not mean\b|\bnot because\b|\bnot due\b|\bfalse claim",
        re.I,
    ),
}
_NO_EFFECT = {
    "zh": re.compile(r"^了?(?:任何|零|无)"),
    "en": re.compile(r"\b(?:no|zero|little|few|neither|not)\b", re.I),
}
_NO_CAUSE = re.compile(r"\b(?:no|neither|without)(?: \w+)?\s*$", re.I)

_SIMULATED = {
    "zh": re.compile(r"模拟|情景(?!剧)|模型|推演|仿真|预测(?:显示|表明|结果)|预估"),
    "en": re.compile(
        r"\bmodel(?:s|led|ling|ed|ing)?\b|\bsimulat|\bscenarios?\b|\bprojections?\b|\bprojected\b|\bprojects that\b",
        re.I,
    ),
}
_CLAIMED = {
    "zh": re.compile(
        r"据称|据说|声称|宣称|网传|据[^，。]{1,16}(?:称|说|报道|介绍|透露)|(?:官员|专家|市长|居民|官方|当局|发言人|公司|负责人)[^，。]{0,6}(?:称|说|表示|认为)"
    ),
    "en": re.compile(
        r"\breported(?:ly)?\b|\ballegedly\b|\bclaim(?:s|ed|ing)?\b|\baccording to\b|\b(?:say|says|said)\b|\bargue[sd]?\b|\bis believed\b",
        re.I,
    ),
}
_PLANNED = {
    "zh": re.compile(r"拟(?![合态])|将(?!近|军)|规划|计划|预计|有望|旨在|力争|目标是"),
    "en": re.compile(
        r"\bwill\b|\bplan(?:s|ned)? to\b|\bplanned\b|\bintend(?:s|ed)? to\b|\bexpected to\b|\baims? to\b|\bproposed\b|\bwould\b|"
        r"\bdesigned to\b|\bmeant to\b|\bgoing to\b",
        re.I,
    ),
}
_CAN = {
    "zh": re.compile(
        r"会|可(?!持续)|能(?!源|量|力)|易|往往|通常|常(?!州|德|熟)|一般|容易|倾向|足以|如果|一旦|若(?!干)"
    ),
    "en": re.compile(
        r"\bcan\b|\bcould\b|\bmay\b|\bmight\b|\btends? to\b|\boften\b|\btypically\b|\busually\b|\bgenerally\b|\blikely\b|\bsometimes\b|"
        r"\bcommonly\b|\bfrequently\b|\bif\b|\bwhen(?:ever)?\b",
        re.I,
    ),
}
_HAPPENED = {
    "zh": re.compile(
        r"曾|已(?!知)|当[日天晚时]|此次|这次|本次|去年|上月|昨[日天晚]|日前|灾后|\d{1,2}\s*月\s*\d{1,2}\s*日"
    ),
    "en": re.compile(r"\b(?:was|were|had|has been|have been|has|have|last (?:year|month|week)|yesterday)\b", re.I),
}
_YEAR = re.compile(r"(?<!\d)(?P<ahead>到|至|by |until )?(?P<year>(?:19|20)\d\d)(?!\d)")


def is_denied(sentence: str, cue: Cue, *, lang: Lang, cause_end: int, effect_start: int, cause_start: int) -> bool:
    """Whether the sentence asks, doubts or denies what the cue would say, or says that it was avoided.

    `cause_…` and `effect_…` are offsets of the two mentions; a denial counts beside the verb, before the cause
    ("no evidence that"), and before the effect ("caused no").
    """
    if _ASKED[lang].search(sentence) or _DENIED_ANYWHERE[lang].search(sentence):
        return True
    left = max((end for end in (cause_end, effect_start) if end <= cue.start), default=0)
    clause = max(sentence.rfind(mark, 0, cue.start) + 1 for mark in "，。；,;:：")
    before = sentence[max(left, clause) : cue.start]
    if lang == "en" and _DENIED_BEFORE["en"].search(before):
        return True
    if lang == "zh" and (_DENIED_BEFORE["zh"].search(before) or _is_averted(sentence, cue, cause_start)):
        return True
    if effect_start >= cue.end and _NO_EFFECT[lang].search(sentence[cue.end : effect_start]):
        return True
    return lang == "en" and bool(
        _NO_CAUSE.search(sentence[:cause_start]) or (cue.reverse and _NO_CAUSE.search(sentence[:effect_start]))
    )


def _is_averted(sentence: str, cue: Cue, cause_start: int) -> bool:
    """`避免了伤亡` says that there was no harm; `防止暴雨引发内涝` that none is wanted."""
    if sentence[cue.start : cue.end] in ("避免", "防止") and sentence[cue.end : cue.end + 1] == "了":
        return True
    return bool(re.search(r"(?:避免|防止|防范|以免|预防|杜绝)[^，。；]{0,8}$", sentence[:cause_start]))


def modality_of(
    sentence: str, cue: Cue, *, lang: Lang, of_measure: bool, near_start: int, before: Modality | None
) -> Modality:
    """`near_start` is where the words around the verb begin; `before` is the modality of the relation that a
    participle ("leading to …") or a clause without subject continues. Only a measure can be planned to do something."""
    near = sentence[near_start : cue.start]
    if _CLAIMED[lang].search(sentence):
        return "claimed"
    if _SIMULATED[lang].search(sentence):
        return "simulated"
    if of_measure and _PLANNED[lang].search(near if lang == "zh" and "将" in sentence else sentence[: cue.start]):
        return "planned"
    if _CAN[lang].search(near) or _PLANNED[lang].search(near):
        return "general"
    if lang == "en":
        return _english_tense(sentence, cue, near, before)
    done = sentence[cue.end : cue.end + 1] == "了" or _HAPPENED["zh"].search(sentence)
    return before or ("happened" if done or _is_dated(sentence) else "general")


def _english_tense(sentence: str, cue: Cue, near: str, before: Modality | None) -> Modality:
    if cue.tense == "present":
        return "general"
    if cue.tense == "past" or re.search(r"\b(?:was|were|had|has|have)\b[^,;]*$", near, re.I):
        return "happened"
    if before:
        return before
    if re.search(r"\b(?:is|are)\b[^,;]*$", near, re.I):
        return "general"
    return "happened" if _is_dated(sentence) or _HAPPENED["en"].search(sentence) else "general"


def _is_dated(sentence: str) -> bool:
    """Whether a year up to now is named, targets ("by 2035") apart."""
    return any(int(m["year"]) <= date.today().year for m in _YEAR.finditer(sentence) if not m["ahead"])
