"""Ask: one question a view, its answer at the left, its sources at the right, the input pinned below."""

from dataclasses import replace
from datetime import date
from html import escape

import streamlit as st

from renzhi.graph.model import Lang
from renzhi.ontology.model import kind_of
from renzhi.rag.model import Answer, Citation
from renzhi.rag.question import Filters
from renzhi.ui import service
from renzhi.ui.answer_view import answer_html
from renzhi.ui.components import heading, meta, page_head, plain_label, show
from renzhi.ui.session import Turn, counted, go, lang, session, t
from renzhi.ui.source_card import Evidence, cards

CONTEXT_CHARS = 160
"""Text shown on either side of a quoted span: two or three lines, enough to see who says it of what."""
_FILTER_KEYS = ("place", "hazard", "scale")


def draw() -> None:
    state = session()
    filters = _filter_row()
    if 0 <= state.shown < len(state.turns):
        _turn(state.turns[state.shown])
    else:
        _opening()
    with st.container(key="askbox"):
        typed = st.chat_input(t("ask_follow" if state.turns else "ask_placeholder"), key="question")
    question = typed or st.session_state.pop("asked", None)
    if question:
        _ask(str(question), filters)


# -- asking
def _ask(question: str, filters: Filters, *, answer_in: Lang | None = None, carry: dict[str, str | None] | None = None) -> None:
    state = session()
    before = state.turns[state.shown].answer.context if 0 <= state.shown < len(state.turns) else None
    carry = carry if answer_in else before
    with service.notices():
        with st.spinner(t("thinking")):
            answer = service.base().ask(question, lang=answer_in, filters=filters, carry=carry)
        state.turns.append(Turn(question, filters, carry, answer))
        state.shown = len(state.turns) - 1
        st.rerun()


# -- filters and history
def _filter_row() -> Filters:
    for key in _FILTER_KEYS:  # a widget's value is lost on another page, so it is kept beside it
        if f"filter_{key}" not in st.session_state:
            st.session_state[f"filter_{key}"] = st.session_state.get(f"kept_{key}")
    with st.container(key="filters", horizontal=True, vertical_alignment="center"):
        places = dict(service.base().places(lang()))
        st.selectbox(t("place"), list(places), index=None, placeholder=t("any"), key="filter_place", on_change=_keep_filters,
                     format_func=lambda one: places.get(one, one))
        st.selectbox(t("hazard"), _hazards(), index=None, placeholder=t("any"), key="filter_hazard", on_change=_keep_filters,
                     format_func=lambda one: service.base().label(one, lang()))
        st.segmented_control(t("scale"), ["macro", "meso", "micro"], key="filter_scale", format_func=t, on_change=_keep_filters)
        st.button(t("clear"), type="tertiary", on_click=_clear_filters, key="clear")
        _history()
    return Filters(**{key: st.session_state.get(f"filter_{key}") for key in _FILTER_KEYS})


def _keep_filters() -> None:
    for key in _FILTER_KEYS:
        st.session_state[f"kept_{key}"] = st.session_state.get(f"filter_{key}")


def _clear_filters() -> None:
    for key in _FILTER_KEYS:
        st.session_state[f"filter_{key}"] = st.session_state[f"kept_{key}"] = None


def _hazards() -> list[str]:
    """Hazards that some held case has, by label."""
    has = service.base().holdings().concepts_of_case.values()
    found = {concept for concepts in has for concept in concepts if kind_of(concept) == "hazard"}
    return sorted(found, key=lambda one: service.base().label(one, lang()))


def _history() -> None:
    state = session()
    if not state.turns:
        return
    with st.popover(t("history"), icon=":material/history:", type="tertiary", key="history"):
        for at in range(len(state.turns) - 1, -1, -1):
            st.button(plain_label(state.turns[at].question, limit=60), key=f"turn-{at}", type="tertiary", on_click=_show, args=(at,), width="stretch")


def _show(at: int) -> None:
    session().shown = at


# -- before the first question
def _opening() -> None:
    base = service.base()
    with st.container(key="opening"):
        held = t("ask_holds").format(cases=len(base.holdings().cases), documents=len(base.documents()))
        show(page_head(t("ask_title"), f"{t('ask_lead')}{'' if lang() == 'zh' else ' '}{held}") + heading(t("ask_try")))
        for n in range(1, 5):
            st.button(t(f"example_{n}"), key=f"example-{n}", on_click=_ask_next, args=(t(f"example_{n}"),))


def _ask_next(question: str) -> None:
    st.session_state["asked"] = question


# -- the turn shown
def _turn(turn: Turn) -> None:
    with st.container(key="panes"):
        left, right = st.columns([1.62, 1], gap="large")
        with left, st.container(key="pane-answer"):
            show(_question(turn))
            show(answer_html(turn.answer, service.base().label, lang()))
            _actions(turn)
            show(f'<p class="rz-meta rz-trace">{_trace_line(turn.answer)}</p>')
        with right, st.container(key="pane-sources"):
            if turn.answer.abstained:
                show(_search_trace(turn))
            if turn.answer.citations or not turn.answer.abstained:
                show(_sources(turn.answer))


def _question(turn: Turn) -> str:
    answer = turn.answer
    voice = t("worded_by").format(model=answer.model) if answer.model else t("no_model")
    counts = [counted(key, len(items)) for key, items in (("count_cases", answer.cases), ("count_sources", answer.citations)) if items]
    return f'<div class="rz-question"><h1>{escape(turn.question)}</h1><p class="rz-meta">{meta(*counts, voice)}</p></div>'


def _trace_line(answer: Answer) -> str:
    return meta(t("snapshot").format(snapshot=answer.snapshot[:8]), f"{answer.elapsed_ms:.0f} ms", answer.trace[:16])


def _search_trace(turn: Turn) -> str:
    answer = turn.answer
    used = [label for label in (turn.filters.place, turn.filters.hazard and service.base().label(turn.filters.hazard, lang()),
                                turn.filters.scale and t(turn.filters.scale)) if label]
    rows = [(t("trace_reason"), answer.reason or t("none")), (t("trace_filters"), "、".join(used) or t("none")),
            (t("trace_cited"), str(len(answer.citations)))]
    drawn = "".join(f'<div class="rz-pair"><b>{escape(name)}</b><span>{escape(value)}</span></div>' for name, value in rows)
    return (f'<div class="rz-card rz-search"><b>{escape(t("search_trace"))}</b><p class="rz-meta">{_trace_line(answer)}</p>{drawn}</div>')


def _sources(answer: Answer) -> str:
    return cards(answer.citations, {c.n: _evidence(c) for c in answer.citations if c.kind == "passage"}, lang())


def _evidence(c: Citation) -> Evidence:
    """Text around the quoted span and its page; empty where the document was withdrawn since."""
    if not (c.passage and c.document and c.quote):
        return Evidence()
    snapshot = service.base().holdings().snapshot
    return _fetch(c.passage, c.document, c.page, c.start or 0, c.end or 0, c.quote, snapshot)


@st.cache_data(show_spinner=False, max_entries=256)
def _fetch(passage: str, document: str, page: int | None, start: int, end: int, quote: str, snapshot: str) -> Evidence:
    from renzhi.errors import NotFound

    base = service.base()
    try:
        before, text, after = base.passage_context(passage, chars=CONTEXT_CHARS)
        image = base.page_image(document, page, start, end) if page else None
    except NotFound:
        return Evidence()
    at = text.find(quote)
    if at < 0:
        return Evidence(page_png=image)
    return Evidence((before + text[:at])[-CONTEXT_CHARS:], (text[at + len(quote) :] + after)[:CONTEXT_CHARS], image)


# -- what to do with the answer
def _actions(turn: Turn) -> None:
    answer = turn.answer
    saved = f"# {turn.question}\n\n{answer.markdown}\n\n{t('snapshot').format(snapshot=answer.snapshot)}\n"
    with st.container(key="actions", horizontal=True):
        st.download_button(t("save_md"), saved, file_name=f"renzhi-{date.today().isoformat()}.md", mime="text/markdown",
                           on_click="ignore", icon=":material/download:", key="save")
        with st.popover(t("copy"), icon=":material/content_copy:", key="copy"):
            st.caption(t("copy_hint"))
            st.code(saved, language=None, wrap_lines=True, height=260)
        if answer.lang != lang() and st.button(t(f"again_{lang()}"), key="again"):
            _ask(turn.question, turn.filters, answer_in=lang(), carry=turn.carry)
        if answer.abstained and turn.filters and st.button(t("widen"), key="widen", type="primary"):
            _ask(turn.question, replace(turn.filters, place=None, scale=None, hazard=None), answer_in=answer.lang, carry=turn.carry)
    if answer.cases:
        with st.container(key="cases-used"):
            show(heading(t("cases_used")))
            for case in answer.cases[:5]:
                st.button(plain_label(case.title.get(lang())), key=f"open-{case.id}", type="tertiary", on_click=_choose_case, args=(case.id,),
                          icon=":material/arrow_forward:")
    if st.session_state.pop("to_case", False):
        go("cases")


def _choose_case(slug: str) -> None:
    session().case = slug
    st.session_state["to_case"] = True


