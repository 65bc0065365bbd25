"""Add documents: upload, what was read of each file, and what is held."""

from collections import Counter
from html import escape
from pathlib import PurePath

import streamlit as st

from renzhi.graph.model import Document
from renzhi.results import Added
from renzhi.ui import service
from renzhi.ui.components import heading, meta, notice, page_head, plain_label, show, state_pill
from renzhi.ui.session import counted, go, lang, session, t

TYPES = ["pdf", "docx", "html", "htm", "md", "markdown", "txt", "yaml", "yml"]
_COLUMNS = [3, 3.4, 2, 0.9]


def draw() -> None:
    show(page_head(t("add_title"), t("add_lead")))
    _upload()
    _done_notice()
    _just_added()
    _held()


def _who() -> str:
    return session().reviewer or service.settings().reviewer or "local"


def _upload() -> None:
    state = session()
    show(f"<style>{_uploader_words()}</style>")
    with st.container(key="upload"):
        files = st.file_uploader(t("add_choose"), type=TYPES, accept_multiple_files=True, key="uploader", label_visibility="collapsed")
        show(f'<p class="rz-meta">{escape(t("add_injection"))}</p>')
    fresh = [file for file in files or [] if file.file_id not in state.uploads]
    for file in fresh:
        state.uploads.add(file.file_id)
        with service.notices(), st.spinner(t("add_reading").format(name=plain_label(file.name))):
            state.added.insert(0, service.base().add_upload(file.name, file.getvalue(), who=_who()))


def _uploader_words() -> str:
    """Streamlit has no way to set the uploader's words, so they are put over its own."""
    button, drop = (t(key).replace('"', "") for key in ("add_choose", "add_drop"))
    return ('[data-testid="stFileUploaderDropzone"] button p{font-size:0}'
            f'[data-testid="stFileUploaderDropzone"] button p::after{{content:"{button}";font-size:15px}}'
            f'[data-testid="stFileUploaderDropzone"]::after{{content:"{drop}";color:var(--ink3);font-size:15px;margin-left:12px;align-self:center}}')


# -- what was just added
def _just_added() -> None:
    rows = session().added
    if not rows:
        return
    show(heading(t("add_this")))
    for at, added in enumerate(rows):
        with st.container(key=f"just-{at}"):
            name, read, state, action = st.columns(_COLUMNS, vertical_alignment="center")
            show(f"<b>{escape(PurePath(added.path).name)}</b>", into=name)
            show(_what_was_read(added), into=read)
            show(_state_of(added), into=state)
            if added.facts_proposed and action.button(t("to_review"), key=f"review-{at}", type="tertiary"):
                go("review")


def _what_was_read(added: Added) -> str:
    pieces = [counted("read_pages", added.pages) if added.pages else None,
              counted("read_passages", added.passages) if added.passages is not None else None,
              t("read_chars").format(read=added.chars_read, total=added.chars_total) if added.chars_read is not None else None,
              counted("read_facts", added.facts_proposed) if added.facts_proposed is not None else None]
    warnings = "".join(f'<p class="rz-doubt">{escape(warning)}</p>' for warning in added.warnings)
    return f'<p class="rz-meta">{meta(*pieces)}</p>{warnings}'


def _state_of(added: Added) -> str:
    state = "in_review" if added.status in ("added", "updated") and added.facts_proposed else added.status
    reason = f'<p class="rz-meta">{escape(added.reason.get(lang()))}</p>' if added.reason else ""
    return state_pill(state, lang()) + reason


# -- what is held
def _held() -> None:
    base = service.base()
    documents = sorted(base.documents(), key=lambda d: d.added, reverse=True)
    waiting = Counter(s.document for fact in base.waiting() for s in {s.document: s for s in fact.supports}.values())
    show(heading(t("add_held"), str(len(documents)) if documents else t("add_held_none")))
    for document in documents:
        _held_row(document, waiting[document.id])


def _held_row(document: Document, waiting: int) -> None:
    with st.container(key=f"held-{document.id.replace(':', '-')}"):
        name, read, state, action = st.columns(_COLUMNS, vertical_alignment="center")
        shown = PurePath(document.name).name
        line = meta(document.format.upper(), document.title if document.title != shown else None, document.publisher,
                    str(document.year) if document.year else None)
        show(f'<b>{escape(shown)}</b><p class="rz-meta">{line}</p>', into=name)
        pages = counted("read_pages", document.pages) if document.pages else None
        chars = t("read_chars").format(read=document.chars_read, total=document.chars_total)
        warnings = "".join(f'<p class="rz-doubt">{escape(w)}</p>' for w in document.warnings)
        show(f'<p class="rz-meta">{meta(pages, chars)}</p>{warnings}', into=read)
        below = counted("waiting_n", waiting) if waiting else t("waiting_none")
        show(f'{state_pill("in_review" if waiting else "active", lang())}<p class="rz-meta">{escape(below)}</p>', into=state)
        if action.button(t("withdraw"), key=f"withdraw-{document.id}", type="tertiary"):
            _confirm(document.id, shown)


def _confirm(document: str, name: str) -> None:
    """Opens the question before a withdrawal; its title is in the interface language, hence made here."""

    @st.dialog(t("withdraw_title"))
    def ask() -> None:
        with service.notices():
            count = service.base().rests_on(document)
            show(f"<p>{escape(counted('withdraw_ask', count, name=name))}</p>")
            with st.container(horizontal=True):
                if st.button(t("withdraw"), type="primary", key="withdraw-yes"):
                    removed = service.base().remove(document, who=_who())
                    session().added = [one for one in session().added if one.document != document]
                    st.session_state["withdrawn"] = (name, len(removed.facts_withdrawn))
                    st.rerun()
                if st.button(t("cancel"), key="withdraw-no"):
                    st.rerun()

    ask()


def _done_notice() -> None:
    done = st.session_state.pop("withdrawn", None)
    if done:
        show(notice(counted("withdraw_done", done[1], name=done[0]), tone="ok"))
