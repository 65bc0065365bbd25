"""Review: the passage at the left, the fact read in it at the right, one decision at a time."""

import base64
from collections.abc import Callable
from html import escape

import streamlit as st

from renzhi.errors import RenzhiError
from renzhi.graph.model import Fact, Support
from renzhi.ontology.model import kind_of
from renzhi.results import Waiting
from renzhi.ui import service
from renzhi.ui.components import (
    badge,
    heading,
    meta,
    notice,
    page_head,
    progress_bar,
    quality_badge,
    quote,
    quote_in_context,
    show,
)
from renzhi.ui.session import counted, lang, session, t

CONTEXT_CHARS = 700


def draw() -> None:
    if not _reviewer():
        _ask_name()
        return
    waiting = service.base().waiting()
    state = session()
    if not waiting:
        show(page_head(t("review_title")) + _message() + notice(t("review_done_lead"), title=t("review_done"), tone="ok"))
        _undo_button()
        return
    state.at = state.at % len(waiting)
    item = service.base().review_item(waiting[state.at], len(waiting))
    _top(item, state.at, len(waiting))
    with st.container(key="wide"):
        left, right = st.columns([1, 1.12], gap="large")
        with left:
            show(_paper(item))
        with right:
            show(_fact(item.fact))
            _decide(item.fact)


# -- who reviews
def _reviewer() -> str:
    state = session()
    state.reviewer = state.reviewer or service.settings().reviewer or ""
    return state.reviewer


def _ask_name() -> None:
    with st.container(key="start"), st.form("who", border=True):
        show(heading(t("review_who")) + f'<p class="rz-meta">{escape(t("review_who_lead"))}</p>')
        name = st.text_input(t("review_name"), max_chars=80)
        if st.form_submit_button(t("review_start"), type="primary") and name.strip():
            session().reviewer = name.strip()
            st.rerun()


# -- where one is
def _top(item: Waiting, at: int, total: int) -> None:
    done = len(session().decided)
    title = item.document.title if item.document else ""
    with st.container(key="review-top", horizontal=True, vertical_alignment="bottom"):
        lead = t("review_at").format(at=at + 1, n=total, title=title)
        show(page_head(t("review_title"), lead))
        st.button(t("previous"), key="previous", shortcut="K", on_click=_move, args=(-1,))
        st.button(t("next"), key="next", shortcut="J", on_click=_move, args=(1,))
    show(progress_bar(done, done + total) + _message())


def _move(by: int) -> None:
    session().at += by


def _message() -> str:
    said = st.session_state.pop("review_said", None)
    return notice(said[0], tone=said[1]) if said else ""


# -- the passage
def _paper(item: Waiting) -> str:
    passage, document = item.passage, item.document
    if passage is None or document is None:
        return f'<p class="rz-meta">{escape(t("passage_missing"))}</p>'
    support = _support_of(item.fact, passage.id)
    place = t("page_n").format(n=passage.page) if passage.page else " › ".join(passage.heading)
    head = quality_badge(document.quality, lang()) + (badge(place) if place else "")
    image = service.base().page_image(document.id, passage.page, support.start or passage.start, support.end or passage.end) if passage.page else None
    if image:
        alt = escape(t("page_image").format(title=document.title, n=passage.page), quote=True)
        body = f'<img class="rz-page" alt="{alt}" src="data:image/png;base64,{base64.b64encode(image).decode()}">'
    else:
        body = _in_context(passage.id, support.quote or passage.text, passage.lang)
    return f'<div class="rz-paper"><div class="rz-paper-head">{head}</div><div class="rz-paper-body">{body}</div></div>'


def _support_of(fact: Fact, passage: str) -> Support:
    return next((s for s in fact.supports if s.passage == passage), fact.supports[0])


def _in_context(passage: str, words: str, in_lang: str) -> str:
    before, text, after = service.base().passage_context(passage, chars=CONTEXT_CHARS)
    at = text.find(words)
    if at < 0:
        return quote_in_context(before, text, after, in_lang)
    return quote_in_context(before + text[:at], words, text[at + len(words) :] + after, in_lang)


# -- the fact
def _fact(fact: Fact) -> str:
    base, here = service.base(), lang()
    labels = badge(t("waiting"), "brand") + badge(t("origin").format(origin=fact.origin))
    labels += badge(t("score").format(score=f"{fact.score:.2f}")) if fact.score is not None else ""
    relation = base.vocabulary.relations[fact.relation].label.get(here)
    code = "" if relation.replace(" ", "_") == fact.relation else f"<code>{escape(fact.relation)}</code>"
    triple = (f'<div class="rz-tri">{_end(t("subject"), fact.subject)}<div class="rz-rel">{escape(relation)}{code}</div>'
              f'{_end(t("object"), fact.object)}</div>')
    words = next((s.quote for s in fact.supports if s.quote), None)
    passages = len({s.passage for s in fact.supports if s.passage})
    rows = [(t("modality"), meta(t(fact.modality), t(fact.polarity))), (t("condition"), escape(fact.condition.get(here)) if fact.condition else ""),
            (t("supports"), escape(counted("supports_n", passages)))]
    drawn = "".join(f'<div class="rz-pair"><b>{escape(name)}</b><span>{value}</span></div>' for name, value in rows if value)
    return f'<div class="rz-labels">{labels}</div>{triple}{quote(words, _lang_of(fact)) if words else ""}{drawn}'


def _end(name: str, concept: str) -> str:
    glyph = f'<i class="rz-glyph rz-{kind_of(concept)}" aria-hidden="true"></i>'
    return f'<div class="rz-end"><span>{escape(name)}</span><b>{glyph}{escape(service.base().label(concept, lang()))}</b></div>'


def _lang_of(fact: Fact) -> str:
    words = next((s.quote for s in fact.supports if s.quote), "") or ""
    return "zh" if any("\u3400" <= c <= "\u9fff" for c in words) else "en"


# -- the decision
def _decide(fact: Fact) -> None:
    with st.container(key="decide", horizontal=True):
        st.button(t("accept"), key="accept", type="primary", shortcut="A", on_click=_accept, args=(fact.id, fact.version))
        st.button(t("reject"), key="reject", shortcut="X", on_click=_reject, args=(fact.id, fact.version))
        st.button(t("undo"), key="undo", type="tertiary", shortcut="U", on_click=_undo)
    st.text_input(t("reason"), key=f"reason-{fact.id}", max_chars=400, placeholder=t("reason_needed"))
    show(f'<p class="rz-meta">{escape(t("keys"))}</p><p class="rz-meta">{escape(t("reviewing_as").format(who=_reviewer()))}</p>')


def _undo_button() -> None:
    if session().decided:
        st.button(t("undo"), key="undo", shortcut="U", on_click=_undo)


def _say(text: str, tone: str) -> None:
    st.session_state["review_said"] = (text, tone)


def _accept(fact: str, version: int) -> None:
    if _decided(fact, lambda: service.base().accept(fact, who=_reviewer(), version=version)):
        _say(t("accepted_done"), "ok")


def _reject(fact: str, version: int) -> None:
    reason = str(st.session_state.get(f"reason-{fact}") or "").strip()
    if not reason:
        _say(t("reason_needed"), "warn")
    elif _decided(fact, lambda: service.base().reject(fact, who=_reviewer(), version=version, reason=reason)):
        _say(t("rejected_done"), "ok")


def _undo() -> None:
    decided = session().decided
    if not decided:
        _say(t("nothing_to_undo"), "warn")
    elif _tried(lambda: service.base().undo(decided[-1], who=_reviewer())):
        decided.pop()
        _say(t("undone_done"), "ok")


def _decided(fact: str, decide: Callable[[], object]) -> bool:
    done = _tried(decide)
    if done:
        session().decided.append(fact)
    return done


def _tried(change: Callable[[], object]) -> bool:
    """Whether it went through; a refusal, such as a fact changed meanwhile, is said at the top of the page."""
    try:
        change()
    except RenzhiError as refused:
        _say(refused.message(lang()), "bad")
        return False
    return True
