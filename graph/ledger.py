"""The ledger in SQLite: a hash chain that is only ever added to."""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from renzhi.graph.model import LedgerEntry, entry_id

NOTHING = "0" * 64
"""The id before the first entry."""
COLUMNS = "seq, id, previous, time, who, action, target, before, after, reason"


@dataclass(frozen=True, slots=True)
class Pen:
    """The next entry's place in the chain, fixed when the transaction begins."""

    seq: int
    previous: str
    time: str
    who: str


def take_pen(conn: sqlite3.Connection, who: str) -> Pen:
    """The place of the entry that this (already writing) transaction will add."""
    seq, previous = head(conn)
    return Pen(seq + 1, previous, datetime.now(UTC).isoformat(timespec="milliseconds"), who)


def head(conn: sqlite3.Connection) -> tuple[int, str]:
    """Sequence number and id of the newest entry; 0 and sixty-four zeros where there is none."""
    row = conn.execute("SELECT seq, id FROM ledger ORDER BY seq DESC LIMIT 1").fetchone()
    return (int(row[0]), str(row[1])) if row else (0, NOTHING)


def write_entry(conn: sqlite3.Connection, pen: Pen, action: str, target: str, *, before: str = "null",
                after: str = "null", reason: str | None = None) -> LedgerEntry:
    """The entry, written."""
    own = entry_id(pen.previous, pen.time, pen.who, action, target, before, after, reason)
    row = (pen.seq, own, pen.previous, pen.time, pen.who, action, target, before, after, reason)
    conn.execute(f"INSERT INTO ledger ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    return LedgerEntry(*row)


def read_entries(conn: sqlite3.Connection, *, target: str | None, limit: int) -> list[LedgerEntry]:
    """Entries, newest first."""
    where, values = ("WHERE target = ?", [target]) if target is not None else ("", [])
    rows = conn.execute(f"SELECT {COLUMNS} FROM ledger {where} ORDER BY seq DESC LIMIT ?", [*values, limit])
    return [LedgerEntry(*row) for row in rows]


def find_entry(conn: sqlite3.Connection, own: str) -> LedgerEntry | None:
    row = conn.execute(f"SELECT {COLUMNS} FROM ledger WHERE id = ?", [own]).fetchone()
    return LedgerEntry(*row) if row else None


def newest_decision(conn: sqlite3.Connection, fact: str) -> LedgerEntry | None:
    row = conn.execute(f"SELECT {COLUMNS} FROM ledger WHERE target = ? AND action IN ('accept', 'reject') "
                       "ORDER BY seq DESC LIMIT 1", [fact]).fetchone()
    return LedgerEntry(*row) if row else None


def first_broken(conn: sqlite3.Connection) -> int | None:
    """The first sequence number whose hash, predecessor or place in the row is not what it should be."""
    expected, previous = 1, NOTHING
    for row in conn.execute(f"SELECT {COLUMNS} FROM ledger ORDER BY seq"):
        one = LedgerEntry(*row)
        own = entry_id(one.previous, one.time, one.who, one.action, one.target, one.before, one.after, one.reason)
        if one.seq != expected or one.previous != previous or one.id != own:
            return min(one.seq, expected)
        expected, previous = one.seq + 1, one.id
    return None
