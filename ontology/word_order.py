"""Other orders in which the words of a form are written: "bridge collapse", "collapse of the bridge"; 桥梁受损, 受损的桥梁."""

import re
from collections.abc import Iterator

from renzhi.ontology.inflection import fold_word, is_verb_form

Key = tuple[str, ...]

# What happens to a thing, as folded words: only a form that ends or begins with one of these is turned round.
_EVENTS = """
bleaching breach burst cancel close collapse contaminate contamination cracking damage decline defrost degradation
degrade delay deposition destroy disrupt erosion evacuate evacuation eviction exceedance fail flood inundate
interrupt intrusion leak lose maintenance melt mortality outage overflow overtop planting pollution pruning
recession reduction relocate removal restoration retreat rise rupture shortage shrinkage shutdown silt siltation
spill submerge subsidence suspend thaw upgrade washout
"""
_HAPPENS = frozenset(_EVENTS.split())
_MOVES = frozenset(["rise", "decline", "reduction", "flood", "inundate", "outage", "shortage", "delay", "overflow"])
"""These are followed by "in" or "at" as well."""
_LINKS = frozenset(["of", "in", "at", "to", "from", "on", "by", "and", "or", "for", "with", "the", "a", "not"])
_ADJECTIVES = frozenset(
    ["coastal", "urban", "tidal", "rural", "underground", "public", "industrial", "electrical", "local"]
)
"""A noun follows these: "flooding of coastal roads" is no coastal flooding."""
_HAPPENS_ZH = re.compile(
    "(?P<thing>.{2,6}?)(?P<what>被?(?:中断|受损|瘫痪|受阻|停运|停驶|损毁|倒塌|垮塌|坍塌|被淹|受淹|淹没|淹水|积水|冲毁|水毁|失效|进水|"
    "故障|关闭|断裂|停电|停水|停诊|停摆|宕机|折断|倒伏|破损|损坏|毁坏|溃决|决口|侵蚀|退化|塌陷|污染|流失|干涸|断流|融化|消融|封闭|老化|堵塞|淤堵|"
    "失联|结冰|过热|减产|歉收))"
)
_UNDER_WATER = ("被淹", "受淹", "进水")
_DONE_TO = ("损毁", "淹没", "冲毁", "损坏", "毁坏", "破坏", "污染", "侵蚀")


def other_orders(text: str, keys: Key, lang: str) -> Iterator[Key]:
    """Further keys under which the form `text` is to be found; `keys` are its own words. None for most forms."""
    yield from _english(text, keys) if lang == "en" else _chinese(text)


def _english(text: str, keys: Key) -> Iterator[Key]:
    parts = _parts(text, keys)
    if not parts:
        return
    thing, what = parts
    if thing[-1] in _ADJECTIVES:
        return
    yield (*thing, what)
    links = ("of", "in", "at") if what in _MOVES else ("of", "to") if what == "damage" else ("of",)
    for link in links:
        yield (what, link, *thing)
        yield (what, link, "the", *thing)
    if what.endswith("ing") or any(is_verb_form(word) for word in text.lower().split()):
        yield (what, *thing)


def _parts(text: str, keys: Key) -> tuple[Key, str] | None:
    """The thing and what happens to it: of "basement flooding", "flooded basement" and "evacuation of hospitals"."""
    if len(keys) in (3, 4) and keys[1] == "of" and keys[0] in _HAPPENS and _LINKS.isdisjoint(keys[2:]):
        return keys[2:], keys[0]
    if len(keys) not in (2, 3) or not _LINKS.isdisjoint(keys):
        return None
    if keys[-1] in _HAPPENS and fold_word(text.lower().split()[-1]) == keys[-1]:
        return keys[:-1], keys[-1]
    if keys[0] in _HAPPENS and is_verb_form(text.lower().split()[0]):
        return keys[1:], keys[0]
    return None


def _chinese(text: str) -> Iterator[Key]:
    found = _HAPPENS_ZH.fullmatch(text)
    if not found:
        return
    thing, what = found["thing"], found["what"]
    for verb in _UNDER_WATER if what in _UNDER_WATER else (what,):
        yield tuple(f"{thing}{verb}")
        yield tuple(f"{verb}的{thing}")
        if verb in _DONE_TO:
            yield tuple(f"{thing}被{verb}")
            yield tuple(f"被{verb}的{thing}")
