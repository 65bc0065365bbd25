"""The frame around every page: style sheet, wordmark, navigation on top, language switch."""

from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from renzhi.ui import service
from renzhi.ui.pages import add, ask, cases, review, start
from renzhi.ui.session import follow_address, lang, session, t
from renzhi.ui.strings import say

CHIPS_WITH_OPEN_STATE = 60
"""A chip is drawn filled while its card is open; the rule needs the number, so it is written this often."""


def draw() -> None:
    """The whole page; a failure inside a page is a notice on it."""
    st.set_page_config(page_title="韧知 renzhi", layout="wide", page_icon=_asset("logo.svg"))
    st.html(f"<style>{_style()}\n{_skip_link()}</style>")
    st.logo(_asset("logo.svg"), size="large")
    follow_address(service.settings().home)
    chosen = _navigation()
    _language_switch()
    chosen.run()


def _asset(name: str) -> str:
    return str(files("renzhi.ui") / "static" / name)


@lru_cache(maxsize=1)
def _style() -> str:
    """The style sheet with one rule a citation number: filled chip while its card is open."""
    sheet = (files("renzhi.ui") / "style.css").read_text(encoding="utf-8")
    numbers = range(1, CHIPS_WITH_OPEN_STATE + 1)
    opened = ",".join(f':root:has(#src-{n}:target) .rz-cite[href="#src-{n}"]' for n in numbers)
    return f"{sheet}\n{opened}{{background:var(--brand);color:var(--bg);border-color:var(--brand)}}"


def _skip_link() -> str:
    """Streamlit's link for keyboards past the navigation, in the interface language."""
    return f'[data-testid="stSkipToContent"]{{font-size:0}}[data-testid="stSkipToContent"]::after{{content:"{t("skip")}";font-size:15px}}'


def _navigation() -> StreamlitPage:
    pages = {name: st.Page(_guarded(draw_page), title=t(name), url_path=None if name == "ask" else name, default=name == "ask")
             for name, draw_page in (("ask", ask.draw), ("cases", cases.draw), ("add", add.draw), ("review", review.draw))}
    session().pages = pages
    return st.navigation(list(pages.values()), position="top")


def _guarded(draw_page: Callable[[], None]) -> Callable[[], None]:
    """The page, or the first-run page while there is no base."""

    def page() -> None:
        with service.notices():
            (draw_page if service.base().exists() else start.draw)()

    page.__name__ = draw_page.__module__.rpartition(".")[2]
    return page


def _language_switch() -> None:
    current = lang()
    with st.container(key="lang-switch"):
        st.segmented_control(say("language", current), ["zh", "en"], key="lang", default=current, required=True,
                             format_func=lambda one: {"zh": "中文", "en": "EN"}[one], label_visibility="collapsed",
                             on_change=_keep_language)


def _keep_language() -> None:
    st.session_state["lang_kept"] = st.session_state["lang"]
