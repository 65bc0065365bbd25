"""What a question asks: language, intent, concepts, cases, names, years and filters."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from renzhi.graph.case import Case
from renzhi.graph.model import Document, Lang, plain
from renzhi.ontology.model import Mention
from renzhi.ontology.recognise import Recogniser
from renzhi.rag.holdings import Holdings

Intent = Literal[
    "chatter", "measures", "case", "figure", "cost", "lessons", "chain", "side_effects", "compare", "document", "general"
]
MAX_CHARS = 4000
"""A longer question is refused: nobody asks in more, and everything below is linear in it."""


@dataclass(frozen=True, slots=True)
class Filters:
    place: str | None = None
    scale: str | None = None
    hazard: str | None = None

    def __bool__(self) -> bool:
        return bool(self.place or self.scale or self.hazard)


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    lang: Lang
    intent: Intent
    mentions: tuple[Mention, ...]
    concepts: tuple[str, ...]
    """Concepts asked, in the order of the text."""
    terms: tuple[str, ...]
    """Telling nouns outside recognised concepts; what nothing held mentions is said, what few cases mention points at them."""
    names: tuple[str, ...]
    """Proper names in the question that are no vocabulary form: places, events, bodies."""
    cases: tuple[str, ...]
    """Cases whose place, title or aliases the question names, best first."""
    documents: tuple[str, ...]
    """Held documents that the question names by title or file."""
    years: tuple[str, ...]
    filters: Filters = Filters()
    carried: bool = False
    """True where case, place or hazard came from the question before."""

    def of_kind(self, *prefixes: str) -> tuple[str, ...]:
        return tuple(c for c in self.concepts if c.partition(":")[0] in prefixes)


def language(text: str) -> Lang:
    """zh where at least a fifth of the letters are Han, else en."""
    han = len(re.findall(r"[\u3400-\u9fff]", text))
    return "zh" if han * 5 >= max(1, len(re.findall(r"[^\W\d_]", text))) else "en"


_CUES: list[tuple[Intent, str]] = [
    # first match wins: from the most to the least specific asking
    ("general", r"(有没有|有无|是否有).{0,24}案例|哪些案例|\b((is|are) there (a |any )?cases?|which cases|any cases?)\b"),
    ("compare", r"(比较|对比|相比|有何不同|有什么不同)|\b(compare|versus|vs\.?|differ(ence)?s? between)\b"),
    ("side_effects", r"(副作用|坏处|弊端|别的麻烦|会不会(惹|带来|加重)|代价是什么|(会|能)?(加重|加剧|恶化)(什么|啥|哪些))|\b(side.?effects?|downsides?|drawbacks?|maladaptation|makes? .{0,30}worse|worsens?)\b"),
    ("cost", r"(花了?多少|花费|造价|成本|费用|多少钱|投资(了|多少|额)|保费|预算|出了?多少钱|资金)|"
             r"\b(costs?|price|paid|pays?|spent|spend|budget|funding|premiums?|how expensive)\b"),
    ("lessons", r"(教训|经验|出了什么(问题|岔子)|哪里(出错|没做好)|失败在|为什么|为何|怎么会|复盘|值得借鉴|栽在|[漏错败输]在哪)|"
                r"\b(lessons?|went wrong|what failed|go(es)? wrong with|why (do|does|did|is|are|was|were)|learn(ed|t)? from|take from)\b"),
    ("chain", r"(连锁|连带|接连|级联|连着|引发(哪些|什么|啥)|会引发|次生|传导|灾害链|哪一环|会导致(哪些|什么|啥)|造成哪些|牵连|接下来会|接着会|后面会|先后(坏|出|断)|什么后果|哪些后果)|"
              r"\b(set[s]? off|cascad\w*|knock-?on|chain( of)?|trigger[s]?|what (does|did|can|could|will) .{0,80}\b(lead to|cause|affect)|what (happens|follows|comes) next|domino|consequences?)\b"),
    ("figure", r"(多少|几个|几人|几天|几成|多大|多高|多深|多长|多久|百分之几|有多)|"
               r"\b(how (many|much|large|big|deep|high|long|far)|what (number|share|percentage|proportion)|death toll)\b"),
    ("case", r"(是|在)哪(儿|里|个|座)|哪个案例|\bwhich (one|case|place|city|town|country) (is|was) (that|it)\b"),
    ("measures", r"(措施|办法|该备|备些|备点|才不至于|怎么(?!回事|写|了)|如何|怎样|做法|对策|备好|先备|准备|能做|可以(采取|做)|方案|手段|应对)|"
                 r"\b(measures?|how (to|can|do|should|could|might)|what (can|could|should|helps?|works?)|options?|protect(ing)?|"
                 r"reduce[sd]?|prevent|ways? to|solutions?|what (have|has|had|did) (?!happened).{0,40}\b(done|do|got|made|helped|worked)|how (have|has|did|do|does)|keep[s]? .{0,40} (on|running|safe|cool))\b"),
    ("case", r"(哪个案例|是什么案例|后来|发生了什么|怎么回事|介绍一下|讲讲|情况如何|做了什么|做过什么)|"
             r"\b(what happened|which case|tell me about|what was done|what has .{0,40} done|describe)\b"),
]
_CHATTER = re.compile(
    r"^\W*(你好|您好|嗨|哈喽|早上好|晚上好|下午好|谢谢|多谢|感谢|再见|拜拜|在吗|你是谁|你能做什么|你会什么|好的|ok|okay|hi|hello|hey|"
    r"thanks?( you)?( very much| a lot)?|good (morning|evening|afternoon)|bye|goodbye|who are you|what can you do|help|test|测试)\W*"
    r"(呀|啊|吗|了|there|renzhi|韧知)?\W*$", re.I)
_WEATHER = re.compile(r"(今天|明天|后天|现在|这周|周末).{0,12}(天气|下雨吗|下不下雨|气温|几度|多少度)|天气(怎么样|如何|预报)|"
                      r"\b(weather|will it rain|temperature)\b.{0,30}\b(today|tomorrow|now|like|this week|weekend)\b|"
                      r"\b(today|tomorrow)('s)? weather\b", re.I)
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")


def intent_of(text: str, *, cases: int, measures: int) -> Intent:
    """The intent by its cues; `cases` are named in the question, `measures` recognised."""
    lowered = text.lower()
    if _CHATTER.match(text) or _WEATHER.search(text):
        return "chatter"
    for intent, cue in _CUES:
        if not re.search(cue, lowered):
            continue
        if intent == "compare" and cases < 2:
            continue
        if intent == "side_effects" and not measures:
            continue
        return intent
    return "case" if cases else "general"


_EN_COMMON = frozenset(
    ["i", "what", "which", "who", "whom", "whose", "where", "when", "why", "how", "is", "are", "was", "were", "do", "does", "did", "can", "could", "should", "would", "will", "may", "might", "has", "have", "had", "the", "a", "an", "in", "on", "at", "of", "for", "from", "to", "and", "or", "but", "if", "after", "before", "during", "under", "over", "please", "tell", "give", "compare", "describe", "list", "name", "show", "our", "my", "we", "us", "city", "cities", "china's", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "typhoon", "hurricane", "cyclone", "storm", "flood", "river", "day", "zero", "north", "south", "east", "west", "northern", "southern", "eastern", "western", "public", "community", "digital", "plan", "programme", "program", "project", "law", "act"]
)


def names_in(text: str, mentions: tuple[Mention, ...], lang: Lang) -> tuple[str, ...]:
    """Proper names of a question that lie outside recognised concepts.

    English: runs of capitalised words that are not ordinary ones; Chinese: words that the segmenter tags as names,
    and Latin words inside Chinese.
    """
    from spacy.lang.en.stop_words import STOP_WORDS

    taken = [(m.start, m.end) for m in mentions]

    def free(a: int, b: int) -> bool:
        return not any(a < end and start < b for start, end in taken)

    runs: list[tuple[int, str]] = []
    for match in re.finditer(r"[A-ZÀ-Ž][\w'’.-]*[\w]", text):
        word = re.sub(r"['’]s$", "", match[0])
        if not free(*match.span()) or word.lower() in _EN_COMMON or word.lower() in STOP_WORDS:
            continue
        if runs and text[runs[-1][0] : match.start()] == " ":
            runs[-1] = (match.end(), f"{runs[-1][1]} {word}")
        else:
            runs.append((match.end(), word))
    found = [word for _, word in runs]
    if lang == "zh":
        found += _chinese_names(text, free)
    return tuple(dict.fromkeys(found))


_ZH_COMMON = frozenset(["城市", "案例", "经验", "做法", "资料", "记录", "台风", "台風", "飓风", "洪水", "山洪", "暴雨", "那次", "那场", "那座", "那套", "小镇", "老城", "农村", "社区", "医院", "学校", "全国", "国内", "国外", "我国", "本市", "我市", "省会", "城区", "市区", "县城", "老人", "大人", "高温", "热浪", "海绵", "措施", "办法", "连", "连着", "平时", "温度", "方案", "何人", "高地", "大家", "安全", "都会", "大会", "周边", "河道", "山区", "河", "江", "湖", "海", "明显", "白天", "夏天", "冬天", "关系", "通", "常用"])


_PLAIN_EN = frozenset(
    ["against", "because", "between", "cities", "countries", "country", "during", "everything", "example", "examples", "general", "happen", "happened", "having", "instead", "likely", "longer", "matter", "measures", "nothing", "options", "people", "percent", "places", "planners", "planning", "possible", "question", "questions", "really", "recommend", "regarding", "reported", "several", "should", "something", "similar", "started", "through", "together", "understand", "without", "working", "problems", "problem", "residents", "neighbourhood", "district", "households", "building", "buildings"])


def terms_in(text: str, mentions: tuple[Mention, ...], lang: Lang) -> tuple[str, ...]:
    """Nouns of a Chinese question, and longer lower-case words of an English one, that lie outside recognised concepts."""
    taken = [(m.start, m.end) for m in mentions]
    found, at = [], 0
    if lang == "zh":
        import rjieba

        for word, tag in rjieba.tag(text):
            start = text.find(word, at)
            at = start + len(word)
            if tag in ("n", "vn", "nz", "l") and len(word) > 1 and not any(a < at and start < b for a, b in taken) and word not in _ZH_COMMON and word[0] not in _ZH_HELPING:
                found.append(word)
    else:
        for match in re.finditer(r"\b[a-z]{7,}\b", text):
            if match[0] not in _PLAIN_EN and not any(a < match.end() and match.start() < b for a, b in taken):
                found.append(match[0])
    return tuple(dict.fromkeys(found))


_TRANSLITERATING = frozenset(
    "阿埃艾安昂奥巴班贝本比宾波伯博布查达戴丹德登迪蒂丁杜多厄恩尔法凡菲芬夫弗福盖冈戈格根古瓜哈海罕汉赫亨胡华惠霍基吉加贾杰金卡凯坎康考科克肯库夸拉莱兰朗劳勒雷黎里利"
    "列林龙隆卢鲁路伦罗洛马迈麦曼芒梅门蒙米密敏明莫墨姆穆纳奈南内尼涅宁努诺欧帕潘庞佩彭皮平普奇齐恰乔切琴丘让热日荣茹瑞萨塞赛桑森沙山尚舍圣施什史舒朔斯松苏索塔台泰坦汤唐"
    "特腾提廷图托瓦万旺威韦维魏温文翁沃乌武西希夏香谢辛欣休雅亚扬耶伊因英永尤于约泽扎詹兹朱卓祖佐")
"""Characters by which foreign names are written: a noun of three and more of these is taken for a name."""


_ZH_HELPING = frozenset("能可会想要应该怎如有没把被让给跟和与会后前先再做")
"""Helping words that the segmenter joins to the next one."""


def _chinese_names(text: str, free: Callable[[int, int], bool]) -> list[str]:
    import rjieba

    found: list[str] = []
    at = 0
    run: list[tuple[str, bool]] = []
    for word, tag in [*rjieba.tag(text), ("", "")]:
        start = text.find(word, at) if word else at
        at = start + len(word)
        inside = bool(word) and not free(start, at)
        place = tag == "ns" and not _GENERIC_PLACE.search(word)
        foreign = set(word) <= _TRANSLITERATING and (tag in ("nr", "nrt", "nz", "nt") or not rjieba.has_word(word) or (tag == "n" and len(word) > 2))
        foreign = foreign or (len(word) == 2 and set(word) <= _TRANSLITERATING and bool(re.search(r"(^|[在于去到像])$", text[:start])) and tag != "v")
        if word and (place or foreign) and not inside and word not in _ZH_COMMON and word[0] not in _ZH_HELPING:
            run.append((word, place))
            continue
        name = "".join(w for w, _ in run)
        if len(name) > 2 or any(place for _, place in run) or (name and re.search(r"(^|[在于去到像])$", text[: text.find(name)])):
            found.append(name)
        run = []
    return found


_GENERIC_PLACE = re.compile(r"(城市|都市|市区|城区|郊区|山区|地区|小区|社区|园区|老区|灾区|片区|园|沿海|内陆|港口|河口|河道|街道|村镇|乡村|城镇|乡镇)$")
"""Words that the segmenter takes for places and that name a kind of place."""


def _named(case: Case) -> list[str]:
    place = case.place
    names = [place.zh, place.en, *place.aliases, *([place.admin.zh, place.admin.en] if place.admin else [])]
    parts = [part for name in names for part in re.split(r"[（）()、,，/—–]", name)]
    return [plain(part) for part in parts if len(plain(part)) > 1]


def cases_named(text: str, years: tuple[str, ...], holdings: Holdings) -> tuple[str, ...]:
    """Slugs of the cases whose place the question names, those of an asked year first; longer names count more."""
    asked, scored = plain(text), []
    words = set(re.findall(r"[a-z0-9]+", text.lower()))
    for slug, case in holdings.cases.items():
        hits = [n for n in _named(case) if n in asked and (not n.isascii() or len(n) > 4 or n in words)]
        title = max((title_overlap(text, case.title.get(lang)) for lang in ("zh", "en")), default=0.0)
        if not hits and title < 0.75:
            continue
        in_year = any(year in case.years or year in case.title.zh for year in years)
        scored.append((-(in_year and bool(years)), -title, -max(map(len, hits), default=0), slug))
    scored.sort()
    if years and any(score[0] for score in scored):
        scored = [score for score in scored if score[0]]
    return tuple(slug for *_, slug in scored)


def title_overlap(question: str, title: str) -> float:
    """Share of the title's tokens that the question has."""
    from renzhi.graph.tokens import tokens

    wanted = set(tokens(title))
    return len(wanted & set(tokens(question))) / len(wanted) if wanted else 0.0


def documents_named(text: str, documents: dict[str, Document]) -> tuple[str, ...]:
    """Held documents that the question names: the title, or most of its telling words, or the file name."""
    asked, found = plain(text), []
    for document in documents.values():
        stem = re.sub(r"\.[a-z0-9]+$", "", document.name.replace("\\", "/").rsplit("/", 1)[-1].lower())
        titles = {plain(document.title), plain(re.sub(r"^中华人民共和国", "", document.title))}
        if any(len(t) > 2 and t in asked for t in titles) or title_overlap(text, document.title) >= 0.6 or _file_named(text, stem):
            found.append(document.id)
    return tuple(sorted(found))


def _file_named(text: str, stem: str) -> bool:
    words = [w for w in re.split(r"[^a-z0-9\u3400-\u9fff]+", stem) if w and not w.isdigit() and w not in ("zh", "en", "the", "of", "plan")]
    asked = text.lower()
    return len(words) > 1 and sum(w in asked for w in words) / len(words) >= 0.75


def parse(text: str, holdings: Holdings, recogniser: Recogniser, *, lang: Lang | None = None, filters: Filters = Filters(),
          carry: dict[str, str | None] | None = None) -> Question:
    """The question as it will be answered. `carry` holds case, hazard and place of the question before; they fill in only
    what this one leaves open."""
    text = text.strip()
    asked_in = lang or language(text)
    mentions = tuple(recogniser.find(text, lang=language(text), hidden=True))
    concepts = tuple(dict.fromkeys(m.concept for m in mentions))
    years = tuple(dict.fromkeys(_YEAR.findall(text)))
    cases = cases_named(text, years, holdings)
    intent = intent_of(text, cases=len(cases), measures=sum(c.startswith("mea:") for c in concepts))
    question = Question(text=text, lang=asked_in, intent=intent, mentions=mentions, concepts=concepts,
                        names=names_in(text, mentions, language(text)), terms=terms_in(text, mentions, language(text)), cases=cases,
                        documents=documents_named(text, holdings.documents), years=years, filters=filters)
    return _carry(question, carry or {}, holdings)


def _carry(question: Question, carry: dict[str, str | None], holdings: Holdings) -> Question:
    if question.intent == "chatter" or not any(carry.values()):
        return question
    hazards = question.of_kind("hz")
    case, hazard = carry.get("case"), carry.get("hazard")
    follows = len(question.text) <= 60 and not question.names
    if follows and not question.cases and case in holdings.cases and not hazards:
        question = replace(question, cases=(str(case),), carried=True)
    if follows and not hazards and hazard in holdings.vocabulary.concepts:
        question = replace(question, concepts=(*question.concepts, str(hazard)), carried=True)
    document = carry.get("document")
    if follows and not question.documents and not question.cases and document in holdings.documents:
        question = replace(question, documents=(str(document),), carried=True)
    return question
