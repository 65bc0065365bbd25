"""A real server over a real base, and Chromium tabs that note every request and console message."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from renzhi.base import open_base
from renzhi.settings import Settings

CASES = ("zhengzhou-hospitals-blackout-2021", "new-york-2012-hurricane-sandy")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
SERVE = ("import sys; from pathlib import Path; from renzhi.settings import Settings; from renzhi.ui.app import serve; "
         "serve(Settings(home=Path(sys.argv[1])), port=int(sys.argv[2]), open_browser=False)")
WAIT_MS = 60_000
HARMLESS = ("404 (Not Found)",)
"""Streamlit asks for its health route below the page's own address first, and then at the root."""


@dataclass
class Tab:
    """A page of the interface with what it asked for and complained about."""

    page: Page
    address: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def settle(self) -> None:
        """Waits until Streamlit has run the script to its end."""
        self.page.wait_for_timeout(250)
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=WAIT_MS)
        self.page.wait_for_timeout(150)

    def see(self, selector: str, text: str = "") -> Locator:
        found = self.page.locator(selector, has_text=text).first if text else self.page.locator(selector).first
        found.wait_for(timeout=WAIT_MS)
        return found

    def click(self, name: str) -> None:
        self.page.get_by_role("button", name=name).first.click(timeout=WAIT_MS)
        self.settle()

    def open(self, link: str, expect: str) -> None:
        """Goes to a page by its name in the navigation."""
        self.page.get_by_test_id("stTopNavLink").filter(has_text=link).click()
        self.see(expect)
        self.settle()

    def scrolled(self) -> list[str]:
        """What is not at its top: keys or test ids of elements."""
        return list(self.page.evaluate("() => [...document.querySelectorAll('*')].filter(e => e.scrollTop > 0)"
                                       ".map(e => (e.className.match(/st-key-\\S+/) || [e.dataset.testid || e.tagName])[0])"))

    def ask(self, question: str) -> None:
        box = self.page.get_by_test_id("stChatInputTextArea")
        box.fill(question)
        box.press("Enter")
        self.see(".rz-question:has(.rz-meta) h1", question)  # not the line above a search still running
        self.settle()


@pytest.fixture(scope="session")
def written_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with two of the pack's cases, one Chinese, one English."""
    home = tmp_path_factory.mktemp("ui") / "base"
    base = open_base(Settings(home=home))
    base.init(empty=True)
    folder = Path(str(files("renzhi.knowledge"))) / "cases"
    added = base.add_paths([folder / f"{case}.yaml" for case in CASES], recursive=False, who="测试")
    assert [one.status for one in added] == ["added", "added"]
    base.close()
    return home


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Serves a home folder from a working folder of its own, after running `first`; gives the address."""
    running: list[subprocess.Popen[bytes]] = []

    def start(home: Path, first: str = "") -> str:
        port = _free_port()
        elsewhere = tmp_path_factory.mktemp("cwd")
        running.append(subprocess.Popen([sys.executable, "-c", first + SERVE, str(home), str(port)], cwd=elsewhere))
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, running[-1])
        return address

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address, timeout=2).read()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


@pytest.fixture(scope="session")
def reading(written_base: Path, start_server: Callable[[Path], str]) -> str:
    """Address of a server whose base the tests only read."""
    return start_server(written_base)


@pytest.fixture(scope="session")
def writing(written_base: Path, start_server: Callable[[Path], str]) -> str:
    """Address of a server over a copy that tests may change."""
    home = written_base.with_name("changed")
    shutil.copytree(written_base, home, ignore=shutil.ignore_patterns("*.lock"))
    return start_server(home)


@pytest.fixture(scope="session")
def needs_chromium(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(needs_chromium: Browser) -> Iterator[Callable[..., Tab]]:
    """Opens tabs; when the test ends, none may have asked another host for anything or complained."""
    opened: list[Tab] = []

    def open_tab(address: str, *, locale: str = "zh-CN", width: int = 1440, height: int = 900, dark: bool = False, path: str = "/") -> Tab:
        context = needs_chromium.new_context(viewport={"width": width, "height": height}, locale=locale, accept_downloads=True,
                                             color_scheme="dark" if dark else "light")
        page = context.new_page()
        one = Tab(page, address)
        opened.append(one)
        page.on("request", lambda request: one.foreign.append(request.url) if _foreign(request.url, address) else None)
        page.on("console", lambda message: one.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda problem: one.complaints.append(str(problem)))
        page.goto(address + path)
        one.see(".rz-head, .rz-h2")
        one.settle()
        return one

    yield open_tab
    for one in opened:
        one.page.context.close()
    assert [one.foreign for one in opened if one.foreign] == []
    assert [c for one in opened for c in one.complaints if not any(h in c for h in HARMLESS)] == []


def _foreign(url: str, address: str) -> bool:
    return urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).netloc != urlsplit(address).netloc
