"""Notes to add: each has a place that no other note names, in both languages, and a length of its own."""

import random
from collections.abc import Sequence
from pathlib import Path

from renzhi.base import KnowledgeBase, open_base
from renzhi.settings import Settings

SENTENCES = (
    "2021 年 7 月，暴雨引发{zh}内涝，内涝导致停电，停电造成区医院医疗服务中断六小时。",
    "In July 2021 heavy rain triggered waterlogging in {en}, and the waterlogging led to a power outage.",
    "{zh}的独居老人在热浪中得到社区照看，夜间避暑中心开放到早晨。",
    "{en} keeps its pumping station dry with a flood wall of two metres.",
    "台风“海鸥”过后，{zh}的巨灾保险在七天内赔付。",
    "Drought lowered the reservoir of {en} to a tenth of its volume, and households cut their use by half.",
)
_SYLLABLES = tuple(zip("安白川东峰港海嘉陵明南平", ("an", "bai", "chuan", "dong", "feng", "gang", "hai", "jia", "ling", "ming", "nan", "ping"), strict=True))


def place(number: int) -> tuple[str, str]:
    """The note's place in Chinese and in English; never the same for two numbers below 12⁴."""
    number = number * 7919 % 12**4
    signs = [_SYLLABLES[number // 12**at % 12] for at in range(4)]
    return "".join(zh for zh, _ in signs) + "镇", "".join(en for _, en in signs).capitalize() + " Town"


def write_note(folder: Path, number: int) -> Path:
    """The note's file; the same number gives the same bytes."""
    zh, en = place(number)
    chosen = random.Random(number)
    texts = [chosen.choice(SENTENCES).format(zh=zh, en=en) for _ in range(chosen.randint(3, 40))]
    folder.mkdir(exist_ok=True)
    path = folder / f"note-{number:05}.md"
    path.write_text("\n\n".join([f"# {zh} · {en}", *texts]) + "\n", encoding="utf-8")
    return path


def opened(home: Path) -> KnowledgeBase:
    """The base with the quick embedder alone."""
    return open_base(Settings(home=home, embedders="use"))


def finds(base: KnowledgeBase, document: str) -> bool:
    """Whether the document's first passage is found by its own text."""
    return document in {one.passage.document for one in base.search(base.passage(f"{document}#0").text, k=3)}


def undisturbed(home: Path, notes: Sequence[Path]) -> list[str]:
    """The canonical export of a base to which the notes were added one after the other, by nobody else."""
    base = opened(home)
    base.init(empty=True)
    assert all(one.status == "added" for one in base.add_paths(sorted(notes)))
    lines = list(base.canonical())
    base.close()
    return lines
