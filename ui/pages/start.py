"""First run: no knowledge base stands in the home folder yet."""

from html import escape

import streamlit as st

from renzhi.ui import service
from renzhi.ui.components import heading, page_head, show
from renzhi.ui.session import go, t


def draw() -> None:
    """Two ways to begin: load the pack that ships with the product, or add one's own files."""
    with st.container(key="start"):
        show(page_head(t("app") if t("app") == "韧知" else "renzhi", t("start_lead")) + heading(t("start_title")))
        if _choice("pack", "start_pack", primary=True, button="start_pack"):
            _load(empty=False)
            go("ask")
        if _choice("own", "start_own", primary=False, button="add_choose"):
            _load(empty=True)
            go("add")
        show(f'<p class="rz-meta">{escape(t("start_local").format(home=service.settings().home))}</p>')


def _choice(key: str, text: str, *, primary: bool, button: str) -> bool:
    with st.container(key=f"start-{key}", border=True, horizontal=True, vertical_alignment="center"):
        show(f'<b>{escape(t(text))}</b><p class="rz-meta">{escape(t(text + "_text"))}</p>')
        return st.button(t(button), key=f"start-{key}-go", type="primary" if primary else "secondary", width=160)


def _load(*, empty: bool) -> None:
    bar = st.progress(0.0, text=t("loading"))

    def show(_: str, done: int, total: int) -> None:
        bar.progress(min(1.0, done / total) if total else 1.0, text=f"{t('loading')} {done} / {total}")

    service.base().init(empty=empty, progress=show)
    bar.empty()
