"""Ask: one question a view, its answer at the left, its sources at the right, the input pinned below."""

from dataclasses import replace
from datetime import date
from html import escape

import streamlit as st

from renzhi.ontology.model import kind_of
from renzhi.rag.model import Answer, Citation
from renzhi.rag.question import Filters
from renzhi.ui import service
from renzhi.ui.answer_view import answer_html
from renzhi.ui.components import heading, meta, page_head, plain_label, shortened, show, working
from renzhi.ui.conversations import Asked
from renzhi.ui.session import Turn, clear_conversation, counted, go, keep_turn, lang, session, t
from renzhi.ui.source_card import Evidence, cards

CONTEXT_CHARS = 160
"""Text shown on either side of a quoted span: two or three lines, enough to see who says it of what."""
_FILTER_KEYS = ("place", "hazard", "scale")


def draw() -> None:
    turn = session().turn()
    # Another turn is another element, so that the browser starts at its top.
    with st.container(key=f"view-{turn.asked.key if turn else 'start'}"):
        filters = _filter_row()
        body = st.container(key="body")
    with st.container(key="askbox"):
        typed = st.chat_input(t("ask_follow" if turn else "ask_placeholder"), key="question", submit_mode="stop")
    asked = Asked(typed, filters, carry=_context(turn)) if typed else st.session_state.pop("asked", None)
    with body:
        if asked:
            _ask(asked)
        elif turn:
            _turn(turn)
        else:
            _opening()


# -- asking
def _context(turn: Turn | None) -> dict[str, str | None] | None:
    return turn.answer.context if turn and turn.answer else None


def _ask(asked: Asked) -> None:
    """Answers in place of what was on the page; on failure the notice stands there, and no turn is made."""
    show(f'<div class="rz-question"><h1>{escape(shortened(asked.question))}</h1></div>')
    with service.notices():
        answer = _answer(asked)
        keep_turn(service.settings().home, Turn(replace(asked, snapshot=answer.snapshot), answer))
        st.rerun()


def _answer(asked: Asked) -> Answer:
    """The answer; a reader who stops meanwhile is left with the line that says so, as nothing more is drawn then."""
    line = st.empty()
    show(working(t("thinking"), stopped=t("stopped")), into=line)
    try:
        return service.base().ask(asked.question, lang=asked.answer_in, filters=asked.filters, carry=asked.carry)
    finally:
        line.empty()


def _ask_next(asked: Asked) -> None:
    st.session_state["asked"] = asked


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
    return _filters()


def _filters() -> Filters:
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
        for at, turn in reversed(list(enumerate(state.turns))):
            st.button(plain_label(turn.asked.question, limit=60), key=f"turn-{at}", type="tertiary", on_click=_show, args=(at,), width="stretch")
        st.button(t("history_clear"), key="history-clear", icon=":material/delete:", on_click=clear_conversation, args=(service.settings().home,))


def _show(at: int) -> None:
    session().shown = at


# -- before the first question
def _opening() -> None:
    base = service.base()
    with st.container(key="opening"):
        held = t("ask_holds").format(cases=len(base.holdings().cases), documents=len(base.documents()))
        show(page_head(t("ask_title"), f"{t('ask_lead')}{'' if lang() == 'zh' else ' '}{held}") + heading(t("ask_try")))
        for n in range(1, 5):
            example = t(f"example_{n}")
            st.button(example, key=f"example-{n}", on_click=_ask_next, args=(Asked(example, _filters()),))


# -- the turn shown
def _turn(turn: Turn) -> None:
    state = session()
    answer = turn.answer or _answer(turn.asked)
    state.turns[state.shown] = replace(turn, answer=answer)
    with st.container(key="panes"):
        left, right = st.columns([1.62, 1], gap="large")
        with left, st.container(key="pane-answer"):
            show(_question(turn.asked, answer) + answer_html(answer, service.base().label, lang()))
            _actions(turn.asked, answer)
            if not answer.abstained:
                show(f'<p class="rz-meta rz-trace">{_trace_line(answer)}</p>')
        with right, st.container(key="pane-sources"):
            if answer.abstained:
                show(_search_trace(turn.asked, answer))
            if answer.citations or not answer.abstained:
                show(_sources(answer))


def _question(asked: Asked, answer: Answer) -> str:
    voice = t("worded_by").format(model=answer.model) if answer.model else t("no_model")
    counts = [counted(key, len(items)) for key, items in (("count_cases", answer.cases), ("count_sources", answer.citations)) if items]
    changed = f'<p class="rz-changed">{escape(t("changed_since"))}</p>' if asked.snapshot != answer.snapshot else ""
    return f'<div class="rz-question"><h1>{escape(asked.question)}</h1><p class="rz-meta">{meta(*counts, voice)}</p>{changed}</div>'


def _trace_line(answer: Answer) -> str:
    return meta(t("snapshot").format(snapshot=answer.snapshot[:8]), f"{answer.elapsed_ms:.0f} ms", answer.trace[:16])


def _search_trace(asked: Asked, answer: Answer) -> str:
    filters = asked.filters
    used = [label for label in (filters.place, filters.hazard and service.base().label(filters.hazard, lang()),
                                filters.scale and t(filters.scale)) if label]
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
def _actions(asked: Asked, answer: Answer) -> None:
    saved = f"# {asked.question}\n\n{answer.markdown}\n\n{t('snapshot').format(snapshot=answer.snapshot)}\n"
    with st.container(key="actions", horizontal=True):
        if answer.abstained and asked.filters:
            wider = Asked(asked.question, Filters(), answer.lang, asked.carry)
            st.button(t("widen"), key="widen", type="primary", on_click=_ask_next, args=(wider,))
        if answer.abstained and st.button(t("add"), key="to-add"):
            go("add")
        st.download_button(t("save_md"), saved, file_name=f"renzhi-{date.today().isoformat()}.md", mime="text/markdown",
                           on_click="ignore", icon=":material/download:", key="save")
        with st.popover(t("copy"), icon=":material/content_copy:", key="copy"):
            st.caption(t("copy_hint"))
            st.code(saved, language=None, wrap_lines=True, height=260)
        if answer.lang != lang():
            again = Asked(asked.question, asked.filters, lang(), asked.carry)
            st.button(t(f"again_{lang()}"), key="again", on_click=_ask_next, args=(again,))
    if answer.cases:
        with st.container(key="cases-used"):
            show(heading(t("cases_used")))
            for case in answer.cases[:5]:
                st.button(plain_label(case.title.get(lang())), key=f"open-{case.id}", type="tertiary", on_click=_choose_case, args=(case.id,),
                          icon=":material/arrow_forward:")
    if session().case:
        go("cases")


def _choose_case(slug: str) -> None:
    session().case = slug
