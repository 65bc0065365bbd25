"""What one browser session keeps: language, turns of the conversation, who reviews, what was added."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import streamlit as st

from renzhi.graph.model import Lang
from renzhi.rag.model import Answer
from renzhi.rag.question import Filters
from renzhi.ui.strings import STRINGS, say

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from renzhi.results import Added


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with the answer it got; kept as it was given."""

    question: str
    filters: Filters
    carry: dict[str, str | None] | None
    answer: Answer


@dataclass(slots=True)
class Session:
    turns: list[Turn] = field(default_factory=list)
    shown: int = -1
    """Index into `turns` of the one on the page; -1 where there is none."""
    reviewer: str = ""
    decided: list[str] = field(default_factory=list)
    """Facts decided in this session, newest last: what `undo` takes back."""
    at: int = 0
    """Place in the review queue."""
    added: list["Added"] = field(default_factory=list)
    uploads: set[str] = field(default_factory=set)
    """File ids of the uploader that were read already."""
    case: str | None = None
    pages: dict[str, "StreamlitPage"] = field(default_factory=dict)


def session() -> Session:
    if "renzhi" not in st.session_state:
        st.session_state["renzhi"] = Session()
    return cast(Session, st.session_state["renzhi"])


def lang() -> Lang:
    """The interface language: as switched, else as in the address (`?lang=en`), else as the browser prefers."""
    chosen = st.session_state.get("lang") or st.session_state.get("lang_kept")
    if chosen in ("zh", "en"):
        return cast(Lang, chosen)
    asked = st.query_params.get("lang") or st.context.locale or "zh"
    return "zh" if asked.lower().startswith("zh") else "en"


def t(key: str) -> str:
    """Microcopy in the interface language."""
    return say(key, lang())


def counted(key: str, n: int, *, name: str = "") -> str:
    """Microcopy about `n` things; English has a text of its own for one."""
    one = f"{key}_1"
    return t(one if n == 1 and one in STRINGS else key).format(n=n, name=name)


def go(page: str) -> None:
    """Switches to the page named `ask`, `cases`, `add` or `review`."""
    st.switch_page(session().pages[page])
