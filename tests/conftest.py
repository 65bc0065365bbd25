"""What every test shares: no request leaves the machine, and what could not run is named in the last lines."""

import os
import shutil
import socket
from collections.abc import Iterator

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
HERE = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::", ""}
UNDER_CI = os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
NOT_RUN = pytest.StashKey[int]()


def _browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium of this machine; tests marked `browser` run only where there is one."""
    path = _browser()
    assert path, "a test that asks for `chromium` has to be marked `browser`"
    return path


@pytest.fixture(scope="session", autouse=True)
def _no_request_leaves_the_machine() -> Iterator[None]:
    """Refuses connections of this process to other machines, and fails the session if one was tried."""
    tried: list[str] = []
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def refuse(host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if name not in HERE and name != socket.gethostname():
            tried.append(name)
            raise ConnectionRefusedError(f"tests reach no other machine: {name}")

    def guarded_connect(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse(address[0])  # type: ignore[index]
        connect(self, address)  # type: ignore[arg-type]

    def guarded_resolve(host: object, *args: object, **named: object) -> object:
        refuse(host)
        return resolve(host, *args, **named)  # type: ignore[arg-type]

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_resolve)
    yield
    patch.undo()
    assert not tried, f"requests to other machines were tried: {sorted(set(tried))}"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out browser tests where there is no browser."""
    if _browser():
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if left_out:
        config.stash[NOT_RUN] = len(left_out)
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish(session: pytest.Session) -> None:
    if UNDER_CI and session.config.stash.get(NOT_RUN, 0) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if number := config.stash.get(NOT_RUN, 0):
        verdict = "; under CI that is a failure" if UNDER_CI else ""
        terminalreporter.write_line(
            f"NOT RUN: {number} browser tests, for want of Chromium (Debian, Ubuntu: sudo apt-get install chromium){verdict}",
            red=UNDER_CI, yellow=not UNDER_CI,
        )
