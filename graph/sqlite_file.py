"""The SQLite file: opening it, bringing its schema up to date, transactions, and its errors in the user's words."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from renzhi.errors import StoreError

APPLICATION = 0x52454E5A  # "RENZ"
MIGRATIONS = ("schema_1.sql",)
"""Each brings the schema from its place in the row to the next number; one that has shipped is never edited."""
_BUSY_MS = 5_000


class SqliteFile:
    """A pool of connections to one file, for several threads and processes at once."""

    def __init__(self, path: Path, *, lock_timeout_s: float) -> None:
        self.path = path
        self._lock_timeout_s = lock_timeout_s
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the base from beginning to end."""
        with self._transaction("BEGIN") as conn:
            yield conn

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are kept whole at the end, or dropped whole on any exception."""
        with self._transaction("BEGIN IMMEDIATE") as conn:
            yield conn

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for conn in idle:
            conn.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with explained(self.path):
            conn = self._take()
            try:
                _patiently(conn, begin, self._lock_timeout_s)
                yield conn
                conn.execute("COMMIT")
            except BaseException:
                if conn.in_transaction:
                    conn.execute("ROLLBACK")
                raise
            finally:
                self._give_back(conn)

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StoreError(zh=f"知识库 {self.path} 已关闭，请重新打开。",
                                 en=f"The knowledge base {self.path} is closed. Open it again.")
            if self._idle:
                return self._idle.pop()
        return _connect(self.path, self._lock_timeout_s)

    def _give_back(self, conn: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(conn)
                return
        conn.close()


def open_file(path: Path, *, create: bool, lock_timeout_s: float) -> SqliteFile:
    """The file, its schema up to date. Raises `StoreError` if it is missing (without `create`), cannot be written, is
    no knowledge base, or was written by a newer version."""
    if not create and not path.exists():
        raise StoreError(zh=f"没有找到知识库 {path}。请检查路径，或先运行 renzhi init。",
                         en=f"There is no knowledge base at {path}. Check the path, or run renzhi init first.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise StoreError(zh=f"无法建立文件夹 {path.parent}（{exc.strerror}）。请另选一个可写的位置。",
                         en=f"Cannot make the folder {path.parent} ({exc.strerror}). Choose a place that can be written.") from exc
    file = SqliteFile(path, lock_timeout_s=lock_timeout_s)
    with file.reading() as conn:
        current = _version(conn, path)
    if current < len(MIGRATIONS):
        with file.writing() as conn:
            _migrate(conn, path)
    return file


def _connect(path: Path, lock_timeout_s: float) -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_BUSY_MS / 1000)
    try:
        _patiently(conn, "PRAGMA journal_mode = WAL", lock_timeout_s)
        # FULL and not NORMAL: what was acknowledged is there after a power cut, too.
        conn.execute("PRAGMA synchronous = FULL")
        conn.execute("PRAGMA foreign_keys = ON")
        conn.execute("PRAGMA cache_size = -65536")
    except BaseException:
        conn.close()
        raise
    return conn


def _patiently(conn: sqlite3.Connection, statement: str, timeout_s: float) -> None:
    """Executes the statement; while the file is locked, again: SQLite's own waiting does not cover every lock."""
    deadline = time.monotonic() + timeout_s
    conn.execute(f"PRAGMA busy_timeout = {min(_BUSY_MS, int(timeout_s * 1000))}")
    while True:
        try:
            conn.execute(statement)
            return
        except sqlite3.OperationalError as exc:
            if not _is(exc, "SQLITE_BUSY", "SQLITE_LOCKED") or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _version(conn: sqlite3.Connection, path: Path) -> int:
    version = int(conn.execute("PRAGMA user_version").fetchone()[0])
    owner = int(conn.execute("PRAGMA application_id").fetchone()[0])
    filled = conn.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    if owner != APPLICATION and (filled or owner or version):
        raise StoreError(zh=f"{path} 是其他程序的数据库，不是韧知知识库。请另选一个路径。",
                         en=f"{path} is another program's database, not a renzhi knowledge base. Choose another path.")
    if version > len(MIGRATIONS):
        raise StoreError(zh=f"知识库 {path} 由更新版本的韧知写成（结构 {version}，本版本只到 {len(MIGRATIONS)}）。请升级韧知。",
                         en=f"The knowledge base {path} was written by a newer renzhi (schema {version}, this one knows "
                            f"{len(MIGRATIONS)}). Upgrade renzhi.")
    return version


def _migrate(conn: sqlite3.Connection, path: Path) -> None:
    """Applies, inside the caller's transaction, what another process has not applied meanwhile."""
    conn.execute(f"PRAGMA application_id = {APPLICATION}") if _version(conn, path) == 0 else None
    for number in range(_version(conn, path), len(MIGRATIONS)):
        script = resources.files("renzhi.graph").joinpath(MIGRATIONS[number]).read_text(encoding="utf-8")
        for statement in _statements(script):
            conn.execute(statement)
        conn.execute(f"PRAGMA user_version = {number + 1}")


def _statements(script: str) -> Iterator[str]:
    """The script's statements; `executescript` would commit the transaction that the migration stands in."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into `StoreError`."""
    try:
        yield
    except sqlite3.Error as exc:
        raise _explanation(exc, path) from exc
    except UnicodeEncodeError as exc:
        raise StoreError(zh=f"知识库 {path} 无法保存残缺的字符（{exc.object[exc.start:exc.end]!r}），未作任何改动。请用 UTF-8 重存原文件。",
                         en=f"The knowledge base {path} cannot keep a broken character ({exc.object[exc.start:exc.end]!r}); "
                            "nothing was changed. Save the file anew as UTF-8.") from exc


def _is(exc: sqlite3.Error, *names: str) -> bool:
    return (getattr(exc, "sqlite_errorname", None) or "").startswith(names)


def _explanation(exc: sqlite3.Error, path: Path) -> StoreError:
    for names, zh, en in _EXPLANATIONS:
        if _is(exc, *names):
            return StoreError(zh=f"知识库 {path} {zh}", en=f"The knowledge base {path} {en}")
    return StoreError(zh=f"知识库 {path} 无法完成此操作（{exc}），未作任何改动。请运行 renzhi doctor 检查。",
                      en=f"The knowledge base {path} could not do this ({exc}); nothing was changed. Run renzhi doctor to check it.")


_EXPLANATIONS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("SQLITE_FULL",), "所在的磁盘已满，未作任何改动。请释放空间后重试。",
     "is on a full disk; nothing was changed. Free some space and try again."),
    (("SQLITE_IOERR",), "无法写入磁盘（可能空间不足或磁盘已断开），未作任何改动。请检查磁盘后重试。",
     "cannot be written (disk full or gone?); nothing was changed. Check the disk and try again."),
    (("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"), "是只读的，未作任何改动。请检查文件和文件夹的写入权限。",
     "is read-only; nothing was changed. Check that you may write to the file and its folder."),
    (("SQLITE_CANTOPEN",), "无法打开。请检查路径是否存在、是否为文件、是否可读写。",
     "cannot be opened. Check that the path exists, is a file, and may be read and written."),
    (("SQLITE_NOTADB",), "不是知识库文件。请检查路径，或从备份恢复。",
     "is not a knowledge base file. Check the path, or restore a backup."),
    (("SQLITE_CORRUPT",), "已损坏。请从备份恢复。", "is damaged. Restore a backup."),
    (("SQLITE_BUSY", "SQLITE_LOCKED"), "正被另一个进程长时间写入，未作任何改动。请等它结束后重试。",
     "is being written by another process for too long; nothing was changed. Wait for it to finish and try again."),
    (("SQLITE_CONSTRAINT",), "拒绝了自相矛盾的内容（如重复的段落编号，或依据不存在），未作任何改动。请检查要写入的文件。",
     "refused what contradicts itself (a passage id twice, a support without its passage …); nothing was changed. Check "
     "what was to be stored."),
)
