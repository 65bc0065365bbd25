"""How a sentence stands to what it says: denied or asked, happened, planned, simulated, claimed or general."""

import re
from datetime import date

from renzhi.graph.model import Lang, Modality
from renzhi.ingest_docs.cues import Cue

_ASKED = {
    "zh": re.compile(r"[？?]|[吗呢]。?$|是否|能否|会不会|有没有|是不是|询问|有人问|如何|怎样|何种|有何|尚无定论"),
    "en": re.compile(
        r"\?|\bwhether\b|\b(?:ask|asks|asked|wonder|wonders|wondered) (?:how|if|why)\b|\bneither\b[^.;]*\bnor\b", re.I
    ),
}
_ASKED_HOW = re.compile(r"\b(?:how|what|which of|the extent to which)\b[^;.]*$", re.I)
"""Before the cause: "study how green roofs reduce flooding" states nothing yet."""
_CONDITION = {
    "zh": re.compile(r"如果|假如|倘若|假若|要是|万一|一旦|除非|若(?![干芒])|的话[，,]|只要|只有"),
    "en": re.compile(
        r"(?<!as )(?<!even )\bif\b(?! (?:any|not|possible|necessary|needed|applicable|feasible|appropriate)\b)|\beven if\b|\bunless\b|\bin case\b|"
        r"\bin the event (?:of|that)\b|\bprovided that\b|\bassuming\b|^\s*(?:should|were|had) (?:the|a|an|this|that|these|it|they)\b|"
        r", (?:should|were|had) (?:the|a|an|it|they)\b",
        re.I,
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
        r"\brather than\b|\b(?:less|least)(?=\s*$)|\binstead of\b|\bfrom(?=\s*$)|\bavoid(?:s|ed|ing)?\b|\bno longer\b)[^,;]{0,40}$",
        re.I,
    ),
}
_DENIED_ANYWHERE = {
    "zh": re.compile(
        r"没有证据|无证据|缺乏证据|证据不足|并非|不是|不认为|否认|未发现|尚不清楚|尚无|不实|谣言|难以确定|排除了?[^，。]{0,12}(?:可能|原因)|可能性(?:很|较|极)?(?:小|低)"
    ),
    "en": re.compile(
        r"\b(?:no|little|insufficient|limited|scant|not enough) (?:\w+ )?evidence\b|\bno clear\b|\bdoubtful\b|\bmyth\b|\bno sign\b|\bno link\b|\bno proof\b|\bunclear\b|\bunknown if\b|\bdenie[sd]\b|\bruled? out\b|\bno indication\b|"
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
    "zh": re.compile(r"会|可(?!持续)|能(?!源|量|力)|易|往往|通常|常(?!州|德|熟)|一般|容易|倾向|足以"),
    "en": re.compile(
        r"\bcan\b|\bcould\b|\bmay\b|\bmight\b|\btends? to\b|\boften\b|\btypically\b|\busually\b|\bgenerally\b|\blikely\b|\bsometimes\b|"
        r"\bcommonly\b|\bfrequently\b|\bwhen(?:ever)?\b",
        re.I,
    ),
}
_SHALL = re.compile(
    r"^\W*(?:(?:[A-Z]\w* )?[A-Z][\w-]*[\d.]*:\s*)?(?:continue|consider|implement|develop|install|require|promote|encourage|seek|secure|expand|update|provide|identify|"
    r"create|construct|build|plant|improve|increase|explore|invest|support|establish|adopt|use|offer|ensure|upgrade|complete|conduct|design|"
    r"evaluate|work|pursue|incorporate|restore|prioriti[sz]e|enhance|strengthen|retrofit|replace|maintain|protect|preserve|add)\b",
    re.I,
)
"""A sentence that tells what is to be done: what its measure does "to reduce flooding" is meant, not seen."""
_HAPPENED = {
    "zh": re.compile(
        r"曾|已(?!知)|当[日天晚时]|此次|这次|本次|去年|上月|昨[日天晚]|日前|灾后|\d{1,2}\s*月\s*\d{1,2}\s*日"
    ),
    "en": re.compile(r"\b(?:was|were|had|has been|have been|last (?:year|month|week)|yesterday)\b", re.I),
}
_PAST_VERB = re.compile(
    r"(?: [A-Z]\w+)?(?:,[^,;.]{0,40},|,)?\s+(?:\w+ly\s+)?(?:(?!need|embed|speed)[a-z]+ed|cut|left|took|led|fell|rose|struck|cost|came|began|saw|brought|"
    r"lost|forced)\b(?! (?:by|via|in|from|through|as|to|on|with|at|near|within|along|under|during|of|using|and|or)\b)"
)
"""The verb of a subject that a noun phrase was ("outages due to ice lasted"): one event, no rule."""
_CITATION = re.compile(r"[(（\[][^()（）\[\]]*[^\W\d][^()（）\[\]]*(?:19|20)\d\d[a-z]?[^()（）\[\]]*[)）\]]")
_YEAR = re.compile(r"(?<!\d)(?P<ahead>到|至|by |until )?(?P<year>(?:19|20)\d\d)(?!\d)")


def is_denied(sentence: str, cue: Cue, *, lang: Lang, cause_end: int, effect_start: int, cause_start: int) -> bool:
    """Whether the sentence asks, doubts or denies what the cue would say, or says that it was avoided.

    `cause_…` and `effect_…` are offsets of the two mentions; a denial counts beside the verb, before the cause
    ("no evidence that"), and before the effect ("caused no").
    """
    if _ASKED[lang].search(sentence) or _DENIED_ANYWHERE[lang].search(sentence):
        return True
    if lang == "en" and _ASKED_HOW.search(sentence[: min(cause_start, effect_start)]):
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


def is_conditional(sentence: str, lang: Lang) -> bool:
    """Whether the sentence sets a condition: what it says then holds under that condition only.

    >>> is_conditional("如果堤防决口，洪水将淹没医院。", "zh"), is_conditional("若干医院被淹。", "zh")
    (True, False)
    """
    return bool(_CONDITION[lang].search(sentence))


def _is_averted(sentence: str, cue: Cue, cause_start: int) -> bool:
    """`避免了伤亡` says that there was no harm; `防止暴雨引发内涝` that none is wanted."""
    if sentence[cue.start : cue.end] in ("避免", "防止") and sentence[cue.end : cue.end + 1] == "了":
        return True
    return bool(re.search(r"(?:避免|防止|防范|以免|预防|杜绝|严防|谨防)[^，。；]{0,8}$", sentence[:cause_start]))


def modality_of(
    sentence: str, cue: Cue, *, lang: Lang, of_measure: bool, near_start: int, end: int, before: Modality | None
) -> Modality:
    """`near_start` is where the words around the verb begin, `end` where cue and concepts end; `before` is the modality
    of the relation that a participle ("leading to …") or a clause without subject continues. Only a measure can be
    planned to do something."""
    near = sentence[near_start : cue.start]
    if _CLAIMED[lang].search(sentence):
        return "claimed"
    if _SIMULATED[lang].search(sentence):
        return "simulated"
    if of_measure and _PLANNED[lang].search(near if lang == "zh" and "将" in sentence else sentence[: cue.start]):
        return "planned"
    if of_measure and lang == "en" and _is_to_be_done(sentence, sentence[: cue.start]):
        return "planned"
    if _CAN[lang].search(near) or _PLANNED[lang].search(near):
        return "general"
    if lang == "en":
        return _english_tense(sentence, cue, near, end, before)
    done = sentence[cue.end : cue.end + 1] == "了" or _HAPPENED["zh"].search(sentence)
    return before or ("happened" if done or _is_dated(sentence) else "general")


def _is_to_be_done(sentence: str, before: str) -> bool:
    purpose = re.search(
        r"(?<!help )(?<!helps )(?<!helped )(?<!shown )(?<!known )(?<!able )(?<!found )(?<!likely )\bto\s*$", before
    )
    return bool(_SHALL.match(sentence) or purpose or re.search(r"\b(?:shall|should|must)\b", before))


def _english_tense(sentence: str, cue: Cue, near: str, end: int, before: Modality | None) -> Modality:
    if cue.tense == "present":
        return "general"
    if cue.tense == "past" or re.search(r"\b(?:was|were|had|has|have)\b[^,;]*$", near, re.I):
        return "happened"
    if before:
        return before
    if re.search(r"\b(?:is|are)\b[^,;]*$", near, re.I):
        return "general"
    start = max((m.end() for m in re.finditer(r"[,;:]\s", sentence[: cue.start - len(near)])), default=0)
    clause = re.split(r"[;:]|\bthat\b|\bwhich\b", sentence[start:])[0]
    told = _PAST_VERB.match(sentence, end) or _HAPPENED["en"].search(clause)
    return "happened" if told or _is_dated(sentence) else "general"


def _is_dated(sentence: str) -> bool:
    """Whether a year up to now is named, targets ("by 2035") and citations ("(WMO, 2006)") apart."""
    told = _CITATION.sub("", sentence)
    return any(int(m["year"]) <= date.today().year for m in _YEAR.finditer(told) if not m["ahead"])
