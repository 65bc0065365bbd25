"""Cases: the list with its filters, and one case read whole."""

from html import escape

import streamlit as st

from renzhi.graph.case import Case
from renzhi.ui import case_view, service
from renzhi.ui.components import concept_chip, meta, page_head, plain_label, show, year_span
from renzhi.ui.session import counted, lang, session, t

PER_PAGE = 20
_KEYS = ("hazard", "country", "scale")


def draw() -> None:
    state = session()
    if state.case:  # chosen on another page, whose address cannot name it
        st.query_params["case"], state.case = state.case, None
    case = st.query_params.get("case")
    # Another case is another element, so that the browser starts at its top.
    with st.container(key=f"view-{case or 'list'}"):
        if case:
            _reading(case)
        else:
            _listing()


# -- the list
def _listing() -> None:
    base = service.base()
    show(page_head(t("cases_title")))
    chosen = _filters()
    found = base.cases(hazard=chosen["hazard"], country=chosen["country"], scale=chosen["scale"])
    found.sort(key=lambda case: (case.years[:4], case.id), reverse=True)
    show(f'<p class="rz-meta">{escape(counted("cases_count", len(found)) if found else t("cases_none"))}</p>')
    at = min(int(st.session_state.get("cases_at", 0)), max(0, (len(found) - 1) // PER_PAGE))
    for case in found[at * PER_PAGE : (at + 1) * PER_PAGE]:
        _row(case)
    _pager(at, len(found))


def _filters() -> dict[str, str | None]:
    base = service.base()
    with st.container(key="filters", horizontal=True, vertical_alignment="center"):
        has = base.holdings().concepts_of_case.values()
        hazards = sorted({c for concepts in has for c in concepts if c.startswith("hz:")}, key=lambda one: base.label(one, lang()))
        places = dict(base.places(lang()))
        st.selectbox(t("hazard"), hazards, index=None, placeholder=t("any"), key="cases_hazard", on_change=_first_page,
                     format_func=lambda one: base.label(one, lang()))
        st.selectbox(t("country"), list(places), index=None, placeholder=t("any"), key="cases_country", on_change=_first_page,
                     format_func=lambda one: places.get(one, one))
        st.segmented_control(t("scale"), ["macro", "meso", "micro"], key="cases_scale", format_func=t, on_change=_first_page)
        st.button(t("clear"), type="tertiary", on_click=_clear)
    return {key: st.session_state.get(f"cases_{key}") for key in _KEYS}


def _first_page() -> None:
    st.session_state["cases_at"] = 0


def _clear() -> None:
    for key in _KEYS:
        st.session_state[f"cases_{key}"] = None
    _first_page()


def _row(case: Case) -> None:
    with st.container(key=f"case-row-{case.id}"):
        st.button(plain_label(case.title.get(lang())), key=f"case-open-{case.id}", type="tertiary", on_click=_open, args=(case.id,))
        hazards = "".join(concept_chip(n.concepts[0] if n.concepts else None, n.get(lang())) for n in case.hazards[:4])
        line = meta(case.place.get(lang()), year_span(case.years, lang()), t(case.scale))
        show(f'<div class="rz-case-line"><p class="rz-meta">{line}</p><div class="rz-chips">{hazards}</div></div>')


def _open(slug: str) -> None:
    st.query_params["case"] = slug


def _pager(at: int, total: int) -> None:
    if total <= PER_PAGE:
        return
    with st.container(horizontal=True):
        st.button(t("previous_page"), disabled=at == 0, on_click=_turn_to, args=(at - 1,))
        st.button(t("next_page"), disabled=(at + 1) * PER_PAGE >= total, on_click=_turn_to, args=(at + 1,))


def _turn_to(at: int) -> None:
    st.session_state["cases_at"] = at


# -- one case
def _reading(slug: str) -> None:
    base = service.base()
    st.button(t("cases_back"), icon=":material/arrow_back:", type="tertiary", on_click=_close, key="cases-back")
    with service.notices():
        case, here = base.case(slug), lang()
        show(case_view.case_head(case, here))
        with st.container(key="wide"):
            left, right = st.columns([1.8, 1], gap="large")
            show(case_view.figures_table(case, here) + case_view.conflicts(case, here) + case_view.statements(case, here)
                      + case_view.facts(base.case_facts(slug), base.label, _relation, here) + case_view.closing(case, here), into=left)
            show(case_view.sources_card(case, here) + case_view.measures(case, here) + case_view.groups(case, here), into=right)


def _close() -> None:
    st.query_params.pop("case", None)


def _relation(relation: str, here: str) -> str:
    return service.base().vocabulary.relations[relation].label.get(here)
