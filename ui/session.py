"""What one browser session keeps: language, turns of the conversation, who reviews, what was added."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import streamlit as st

from renzhi.graph.model import Lang
from renzhi.rag.model import Answer
from renzhi.ui.conversations import MAX_TURNS, Asked, forget, new_conversation, recall, remember
from renzhi.ui.strings import STRINGS, say

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from renzhi.results import Added


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with the answer it got; a turn of a reloaded page is answered when it is shown."""

    asked: Asked
    answer: Answer | None = None


@dataclass(slots=True)
class Session:
    conversation: str = ""
    """Under which the questions are kept; empty before the first."""
    turns: list[Turn] = field(default_factory=list)
    shown: int = -1
    """Index into `turns` of the one on the page; -1 where there is none."""
    addressed: str = ""
    """Key of the turn in the address as last written; another one there means that the reader went back or forth."""
    reviewer: str = ""
    decided: list[str] = field(default_factory=list)
    """Facts decided in this session, newest last: what `undo` takes back."""
    at: int = 0
    """Place in the review queue."""
    added: list["Added"] = field(default_factory=list)
    uploads: set[str] = field(default_factory=set)
    """File ids of the uploader that were read already."""
    case: str | None = None
    """Case to open on the page Cases."""
    pages: dict[str, "StreamlitPage"] = field(default_factory=dict)

    def turn(self) -> Turn | None:
        """The turn on the page."""
        return self.turns[self.shown] if 0 <= self.shown < len(self.turns) else None


def session() -> Session:
    if "renzhi" not in st.session_state:
        st.session_state["renzhi"] = Session()
    return cast(Session, st.session_state["renzhi"])


# -- the conversation and the address
def follow_address(home: Path) -> None:
    """Takes up the conversation and turn named in the address, then writes the ones shown into it.

    Every turn has an address of its own, so a reload and the browser's back button find it again, and a fragment
    that opened a source of one turn is gone from the address of the next.
    """
    state, address = session(), st.query_params
    if not state.conversation and (kept := recall(home, address.get("conversation", ""))):
        state.conversation, state.turns, state.shown = address["conversation"], [Turn(asked) for asked in kept], len(kept) - 1
    named = address.get("turn", "")
    if named != state.addressed:
        state.shown = next((at for at, turn in enumerate(state.turns) if turn.asked.key == named), state.shown)
    turn = state.turn()
    state.addressed = turn.asked.key if turn else ""
    _write({"conversation": state.conversation, "turn": state.addressed, "lang": st.session_state.get("lang_kept") or address.get("lang", "")})


def _write(wanted: dict[str, str]) -> None:
    """Puts the values into the address where they are not yet there; an empty one is taken out."""
    kept = {name: value for name, value in st.query_params.items() if name not in wanted}
    new = kept | {name: value for name, value in wanted.items() if value}
    if new != st.query_params.to_dict():
        st.query_params.from_dict(new)


def keep_turn(home: Path, turn: Turn) -> None:
    """Shows the turn as the newest of the conversation, and keeps its question for a reload."""
    state = session()
    state.conversation = state.conversation or new_conversation()
    state.turns = [*state.turns, turn][-MAX_TURNS:]
    state.shown = len(state.turns) - 1
    remember(home, state.conversation, turn.asked)


def clear_conversation(home: Path) -> None:
    """Forgets all turns, on the page and on disk."""
    state = session()
    forget(home, state.conversation)
    state.conversation, state.turns, state.shown = "", [], -1


# -- language and microcopy
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
