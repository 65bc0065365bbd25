"""The web interface as an ASGI application, and the server that brings it to this machine's browser."""

import base64
import hashlib
import re
import socket
import sys
import threading
import time
import webbrowser
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from renzhi.errors import UsageError
from renzhi.settings import Settings
from renzhi.ui import service

if TYPE_CHECKING:
    import streamlit as st
    import uvicorn
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOST = "127.0.0.1"
"""The only address served until there is sign-in."""
HERE = Path(str(files("renzhi.ui")))
OPTIONS: Mapping[str, bool | int | str] = {
    # Passed as options too, which outrank a configuration file or environment variable of the user's.
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "server.headless": True,
    "server.address": HOST,
    "server.maxUploadSize": 50,
    "server.fileWatcherType": "none",
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableAgentApi": False,
    "runner.magicEnabled": False,
}


def create_app(settings: Settings) -> "st.App":
    """The ASGI application over the base of `settings`; one per process, as Streamlit keeps its options per process."""
    import streamlit as st
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from streamlit import config
    from streamlit.web import bootstrap

    script = HERE / "main_page.py"
    service.configure(settings)
    config._main_script_path = str(script)  # where Streamlit looks for `.streamlit/config.toml`
    bootstrap.load_config_options(dict(OPTIONS))
    return st.App(script, on_script_error=service.show_unexpected, middleware=[
        # A page of another site that rebinds its own name to 127.0.0.1 is refused by its Host header.
        Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"]),
        Middleware(SecurityHeaders, inline_scripts=_inline_script_hashes()),
    ])


class SecurityHeaders:
    """Adds the content security policy and its companions to every HTTP response."""

    def __init__(self, app: "ASGIApp", *, inline_scripts: tuple[str, ...]) -> None:
        self.app = app
        self.inline_scripts = inline_scripts

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        port = (scope.get("server") or (HOST, 80))[1]
        added = [(name.encode(), value.encode()) for name, value in security_headers(port, self.inline_scripts).items()]

        async def send_with_headers(message: "Message") -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in added}
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in names]
                message = {**message, "headers": kept + added}
            await send(message)

        await self.app(scope, receive, send_with_headers)


def security_headers(port: int | None, inline_scripts: tuple[str, ...] = ()) -> dict[str, str]:
    """Header names (lower case) and values; the page may talk to this server and to nothing else."""
    sockets = f"ws://{HOST}:{port} ws://localhost:{port}"
    scripts = " ".join(["'self'", "'wasm-unsafe-eval'", "blob:", *inline_scripts])
    policy = {
        "default-src": "'self'", "img-src": "'self' data: blob:", "connect-src": f"'self' data: blob: {sockets}",
        "style-src": "'self' 'unsafe-inline'", "font-src": "'self' data:", "script-src": scripts,
        "worker-src": "'self' blob:", "frame-src": "'self' blob: data:", "object-src": "'none'", "base-uri": "'self'",
        "form-action": "'self'", "frame-ancestors": "'self'",
    }
    return {
        "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "x-frame-options": "SAMEORIGIN",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
    }


def _inline_script_hashes() -> tuple[str, ...]:
    """The inline scripts of Streamlit's own page, as CSP sources, so that no other inline script need be allowed."""
    page = (Path(str(files("streamlit"))) / "static" / "index.html").read_text(encoding="utf-8")
    found = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page, re.S)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in found)
    return tuple(f"'sha256-{digest}'" for digest in digests)


def serve(settings: Settings, *, port: int, open_browser: bool) -> None:
    """Serves the interface on 127.0.0.1 until interrupted; UsageError where the port is taken or no port at all."""
    listener = _listen(port)
    try:
        server = _server(settings, port)
        threading.Thread(target=service.warm, daemon=True).start()
        if open_browser:
            threading.Thread(target=_open_when_ready, args=(server, port), daemon=True).start()
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()


def _server(settings: Settings, port: int) -> "uvicorn.Server":
    import uvicorn

    app = create_app(settings)
    # The longest message is an upload or a page image in a message to the browser.
    return uvicorn.Server(uvicorn.Config(app, host=HOST, port=port, access_log=False, log_level="warning",
                                         ws_max_size=200 * 1024 * 1024, timeout_graceful_shutdown=3))


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two servers share one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except (OSError, OverflowError) as problem:
        listener.close()
        raise UsageError(
            zh=f"端口 {port} 不能用（可能已被占用），请用 --port 换一个，例如 --port {_another(port)}。",
            en=f"Port {port} cannot be used (it may be in use already); choose another with --port, e.g. --port {_another(port)}.",
        ) from problem
    return listener


def _another(port: int) -> int:
    return port + 1 if 1024 <= port < 65535 else 8502


def _open_when_ready(server: "uvicorn.Server", port: int) -> None:
    for _ in range(600):
        if server.started:
            webbrowser.open(f"http://{HOST}:{port}")
            return
        time.sleep(0.1)
