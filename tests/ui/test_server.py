"""The server: what every response carries, whom it answers, which options hold, what it says when the port is taken."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from renzhi.errors import UsageError
from renzhi.settings import Settings
from renzhi.ui.app import security_headers, serve

OPTIONS = """
import sys
from pathlib import Path
from renzhi.settings import Settings
from renzhi.ui.app import create_app
create_app(Settings(home=Path(sys.argv[1])))
from streamlit import config
for name in ("browser.gatherUsageStats", "client.showErrorDetails", "server.maxUploadSize", "theme.light.primaryColor", "server.address"):
    print(config.get_option(name))
"""


def test_every_response_carries_the_policy_and_its_companions(reading: str) -> None:
    for path in ("/", "/_stcore/health", "/no-such-page"):
        with urllib.request.urlopen(reading + path) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'self'" and policy["img-src"] == "'self' data: blob:"
        assert policy["object-src"] == "'none'" and policy["frame-ancestors"] == "'self'"
        assert "'unsafe-eval'" not in policy["script-src"] and "'unsafe-inline'" not in policy["script-src"]
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


def test_the_policy_names_this_port_and_no_other_host() -> None:
    policy = security_headers(8600)["content-security-policy"]
    assert "ws://127.0.0.1:8600" in policy
    assert "https:" not in policy and "*" not in policy


def test_a_request_under_another_host_name_is_refused(reading: str) -> None:
    request = urllib.request.Request(reading, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 400


def test_a_users_own_settings_cannot_turn_reporting_or_tracebacks_on(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[browser]\ngatherUsageStats = true\n[client]\nshowErrorDetails = "full"\n')
    environment = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true", "STREAMLIT_SERVER_ADDRESS": "0.0.0.0", "HOME": str(tmp_path), "PATH": ""}
    ran = subprocess.run([sys.executable, "-c", OPTIONS, str(tmp_path / "base")], cwd=tmp_path, env=environment, capture_output=True,
                         text=True, check=True, timeout=60)
    assert ran.stdout.split() == ["False", "none", "50", "#0F5B6E", "127.0.0.1"]


def test_a_taken_port_is_one_sentence_that_names_the_flag(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError) as refused:
            serve(Settings(home=tmp_path), port=port, open_browser=False)
    for lang in ("zh", "en"):
        assert str(port) in refused.value.message(lang) and "--port" in refused.value.message(lang)


@pytest.mark.parametrize("port", [-1, 70_000])
def test_an_impossible_port_is_refused_the_same_way(tmp_path: Path, port: int) -> None:
    with pytest.raises(UsageError, match="--port"):
        serve(Settings(home=tmp_path), port=port, open_browser=False)
