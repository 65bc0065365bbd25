"""Reads a PDF in a process of its own: a file made to crash or to exhaust the parser takes only that process with it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from threading import Timer

from renzhi.errors import Failure, Unreadable
from renzhi.graph.model import PageText
from renzhi.ingest_docs.model import Block
from renzhi.ingest_docs.pdf import PdfText, read_pdf

TIME_LIMIT_S = 300.0
MEMORY_LIMIT_BYTES = 3 << 30


def read_pdf_apart(
    path: Path, *, name: str, progress: Callable[[int, int], None] | None = None, time_limit_s: float = TIME_LIMIT_S
) -> PdfText:
    """What `read_pdf` gives, raising what it raises; `Unreadable` too if the child dies or takes too long."""
    command = [sys.executable, "-P", "-m", "renzhi.ingest_docs.pdf_child", str(path), name]
    # The child is Python of our own: its input is the file, its output JSON, nothing of it is run.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, encoding="utf-8"
    ) as child:
        alarm = Timer(time_limit_s, child.kill)
        alarm.start()
        try:
            result = _listen(child, progress)
        finally:
            alarm.cancel()
            child.kill()
    if result is None:
        raise Unreadable(
            zh=f"读取 {name} 时解析程序中断或超过 {time_limit_s:.0f} 秒，文件可能已损坏；请重新导出后再添加。",
            en=f"Reading {name} broke off or took more than {time_limit_s:.0f} s; the file may be damaged: export it again and add it then.",
        )
    if isinstance(result, Unreadable):
        raise result
    return result


def _listen(child: "subprocess.Popen[str]", progress: Callable[[int, int], None] | None) -> PdfText | Unreadable | None:
    assert child.stdout
    for line in child.stdout:
        message = json.loads(line)
        if "done" in message and progress:
            progress(message["done"], message["of"])
        elif "error" in message:
            return Unreadable(zh=message["error"]["zh"], en=message["error"]["en"])
        elif "pages" in message:
            pages = tuple(PageText(**page) for page in message["pages"])
            blocks = tuple(Block(**{**block, "heading": tuple(block["heading"])}) for block in message["blocks"])
            return PdfText(pages, blocks, message["title"], message["unread"], message["scans"])
    return None


def _main(path: str, name: str) -> None:
    _limit_memory()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")

    def say(message: object) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    try:
        say(asdict(read_pdf(Path(path), name=name, progress=lambda done, of: say({"done": done, "of": of}))))
    except Failure as exc:
        say({"error": {"zh": exc.zh, "en": exc.en}})


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit; the time limit holds there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
