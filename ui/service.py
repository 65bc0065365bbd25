"""The one knowledge base behind all pages, and how its failures are shown."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from renzhi.errors import RenzhiError
from renzhi.settings import Settings
from renzhi.ui import components, session
from renzhi.ui.strings import say

if TYPE_CHECKING:
    from renzhi.base import KnowledgeBase

_settings = Settings()
"""Streamlit runs the page as a script and hands it no arguments, so the settings of the process wait here."""


def configure(settings: Settings) -> None:
    """Sets the base that the pages of this process show."""
    global _settings
    _settings = settings


def settings() -> Settings:
    return _settings


@lru_cache(maxsize=1)
def _open(settings: Settings) -> "KnowledgeBase":
    from renzhi.base import open_base

    return open_base(settings)


def base() -> "KnowledgeBase":
    """The knowledge base of this process, opened once for all sessions."""
    return _open(_settings)


def warm() -> None:
    """Loads what the first question needs, so that it is answered as quickly as the second."""
    try:
        if base().exists():
            base().search("热浪 heatwave", k=1)
    except RenzhiError:
        return  # the page will say it


@contextmanager
def notices() -> Iterator[None]:
    """Shows a failure of what runs inside as a notice on the page; Streamlit's own control flow passes."""
    try:
        yield
    except RenzhiError as problem:
        components.show(components.notice(problem.message(session.lang()), tone="bad"))
    except Exception as problem:
        show_unexpected(problem)


def show_unexpected(problem: Exception) -> bool:
    """Shows a short notice in place of a traceback; True, so that Streamlit shows nothing more."""
    log = logging.getLogger("renzhi.ui")
    log.warning("unexpected failure on a page: %s: %s", type(problem).__name__, problem)
    log.debug("where it came from", exc_info=problem)
    lang = session.lang()
    text = problem.message(lang) if isinstance(problem, RenzhiError) else say("unexpected", lang).format(kind=type(problem).__name__)
    components.show(components.notice(text, tone="bad"))
    return True
