"""Facts and supports in SQLite; the rules are those of `graph/review.py`."""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from renzhi.errors import Conflict, NotFound, StoreError
from renzhi.graph.ledger import Pen, find_entry, newest_decision, write_entry
from renzhi.graph.model import Fact, LedgerEntry, Support
from renzhi.graph.review import (
    Decision,
    Held,
    Remembered,
    arriving,
    decided,
    evidence_key,
    identity,
    remembered_as,
    restored,
    said_of,
    standing,
    state,
    unchanged,
)
from renzhi.graph.sqlite_rows import (
    FACT,
    HELD,
    SUPPORT,
    Row,
    fact_identity_row,
    said_json,
    said_row,
    support_row,
    to_fact,
    to_held,
    to_json,
    to_support,
    tuple_json,
)

_PUT_FACT = f"INSERT INTO facts ({FACT}, refused_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_SUPPORT = ('INSERT INTO supports (fact, source, kind, works, document, passage, start, "end", quote, locator, url, '
                "status, decided_by, said) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
_BATCH = 1000
_LISTED = "(SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Source:
    """Who brings facts: a document or a pack, and the names its earlier decisions may stand under."""

    id: str
    names: tuple[str, ...]
    who: str


@dataclass(frozen=True, slots=True)
class _Known:
    """One fact as it is stored now."""

    fact: Fact
    keys: list[int]
    held: list[Held]
    refused_by: str | None


# -- reading


def read_facts(conn: sqlite3.Connection, where: str = "1", values: Sequence[object] = ()) -> list[Fact]:
    """Facts for which the SQL condition holds, with their supports, by id."""
    supports: dict[str, list[Support]] = {}
    among = "" if where == "1" else f"WHERE fact IN (SELECT id FROM facts WHERE {where})"
    for row in conn.execute(f"SELECT fact, {SUPPORT} FROM supports {among} ORDER BY key", values):
        supports.setdefault(row[0], []).append(to_support(row[1:]))
    rows = conn.execute(f"SELECT {FACT} FROM facts WHERE {where} ORDER BY id", values)
    return [to_fact(row, tuple(dict.fromkeys(supports[row[0]]))) for row in rows]


def condition(*, ids: Sequence[str] | None, document: str | None, status: str | None,
              about: str | None) -> tuple[str, list[object]]:
    """The SQL condition, with its values, that all the given filters make together."""
    parts: list[tuple[str, list[object]]] = [
        (f"id IN {_LISTED}", [to_json(ids or ())]),
        ("id IN (SELECT fact FROM supports WHERE source = ?)", [document]),
        ("status = ?", [status]),
        ("(subject = ? OR object = ?)", [about, about]),
    ]
    given = [part for part, value in zip(parts, (ids, document, status, about), strict=True) if value is not None]
    return " AND ".join(sql for sql, _ in given) or "1", [value for _, values in given for value in values]


def read_waiting(conn: sqlite3.Connection) -> list[Fact]:
    """Facts with something to decide, proposed ones first, then by the place of the first waiting support."""
    rows = conn.execute(
        "SELECT f.status = 'accepted', coalesce(s.document, ''), coalesce(p.ordinal, -1), coalesce(s.start, -1), f.id "
        "FROM supports s JOIN facts f ON f.id = s.fact LEFT JOIN passages p ON p.id = s.passage "
        "WHERE s.status = 'proposed' AND f.status IN ('proposed', 'accepted') ORDER BY 1, 2, 3, 4, 5")
    order = list(dict.fromkeys(row[4] for row in rows))
    found = {one.id: one for one in read_facts(conn, f"id IN {_LISTED}", [to_json(order)])}
    return [found[one] for one in order]


def _held(conn: sqlite3.Connection, ids: Collection[str]) -> dict[str, list[tuple[int, Held]]]:
    found: dict[str, list[tuple[int, Held]]] = {}
    sql = f"SELECT fact, key, {HELD} FROM supports WHERE fact IN {_LISTED} ORDER BY key"
    for row in conn.execute(sql, [to_json(ids)]):
        found.setdefault(row[0], []).append((row[1], to_held(row[2:])))
    return found


def _known(conn: sqlite3.Connection, ids: Collection[str]) -> dict[str, _Known]:
    held = _held(conn, ids)
    rows = conn.execute(f"SELECT {FACT}, refused_by FROM facts WHERE id IN {_LISTED} ORDER BY id", [to_json(ids)])
    return {row[0]: _Known(to_fact(row, tuple(one.support for _, one in held[row[0]])),
                           [key for key, _ in held[row[0]]], [one for _, one in held[row[0]]], row[16]) for row in rows}


# -- what documents and packs bring and take


def add_facts(conn: sqlite3.Connection, facts: Iterable[Fact], source: Source, pen: Pen) -> set[str]:
    """The ids of facts that were known already and gained a support (`settle` has to look at them); new facts are
    stored as they stand. A support that the source has brought before stays as it is."""
    brought = _by_id(facts)
    refusals = dict(conn.execute(f"SELECT id, refused_by FROM facts WHERE id IN {_LISTED}", [to_json(brought)]))
    before = _identities(conn, source.id)
    remembered = _remembered(conn, source)
    touched: set[str] = set()
    items = iter(sorted(brought.items()))  # in the order of the indexes, which is quicker
    while batch := list(islice(items, _BATCH)):  # rows that live briefly cost the garbage collector little
        new: list[Row] = []
        supports: list[Row] = []
        for own, ones in batch:
            refused_by = refusals[own] if own in refusals else _refused(ones, remembered)
            held = _arrivals(ones, source, refused_by, remembered, before.get(own, set()))
            if held and own in refusals:
                touched.add(own)
            elif held:
                new.append(_fact_row(ones[0], held, pen.seq, refused_by))
            supports += [_support_row(own, one) for one in held]
        conn.executemany(_PUT_FACT, new)
        conn.executemany(_PUT_SUPPORT, supports)
    return touched


def _by_id(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    brought: dict[str, list[Fact]] = {}
    for one in facts:
        if not one.supports:
            raise StoreError(zh=f"{one.id} 没有任何依据，未作任何改动。事实必须附有依据。",
                             en=f"{one.id} rests on nothing; nothing was changed. A fact enters only with its evidence.")
        brought.setdefault(one.id, []).append(one)
    return brought


def _identities(conn: sqlite3.Connection, source: str) -> dict[str, set[tuple[object, ...]]]:
    found: dict[str, set[tuple[object, ...]]] = {}
    for row in conn.execute(f"SELECT fact, {SUPPORT} FROM supports WHERE source = ?", [source]):
        found.setdefault(row[0], set()).add(identity(to_support(row[1:])))
    return found


def _remembered(conn: sqlite3.Connection, source: Source) -> dict[tuple[str, str], tuple[Remembered, str]]:
    """Decisions on this source's evidence, or on that of its earlier versions; the newest speaks."""
    names = to_json((source.id, *source.names))
    rows = conn.execute(f"SELECT fact, evidence, decision, who FROM decisions WHERE document IN {_LISTED} "
                        f"OR name IN {_LISTED} ORDER BY rowid", [names, names])
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def _refused(facts: list[Fact], remembered: dict[tuple[str, str], tuple[Remembered, str]]) -> str | None:
    for fact in facts if remembered else ():
        for support in fact.supports:
            decision = remembered.get((fact.id, evidence_key(support)))
            if decision and decision[0] == "refused":
                return decision[1]
    return next((fact.decided_by for fact in facts if fact.status == "rejected"), None)


def _arrivals(facts: list[Fact], source: Source, refused_by: str | None,
              remembered: dict[tuple[str, str], tuple[Remembered, str]], before: set[tuple[object, ...]]) -> list[Held]:
    held: list[Held] = []
    seen = set(before)
    for fact in facts:
        said = said_of(fact)
        for support in fact.supports:
            own = identity(support)
            if own in seen:
                continue
            seen.add(own)
            decision = remembered.get((fact.id, evidence_key(support))) if remembered else None
            entered, decider = arriving(fact, support, who=source.who, refused_by=refused_by, remembered=decision)
            held.append(Held(entered, source.id, decider, said))
    return held


def _fact_row(fact: Fact, held: list[Held], version: int, refused_by: str | None) -> Row:
    stands = standing(held)
    return (*fact_identity_row(fact), *said_row(stands.said), stands.status, stands.decided_by, version, refused_by)


def _support_row(fact: str, one: Held) -> Row:
    return (fact, one.source, *support_row(one.support, tuple_json(one.support.works)), one.support.status,
            one.decided_by, said_json(one.said))


def remove_supports(conn: sqlite3.Connection, source: str, *, keep: Iterable[Fact] = ()) -> tuple[set[str], dict[str, str]]:
    """The facts that rested on the source (`settle` has to look at them), and the states of those that rested on it
    alone. Supports that `keep` has, too, stay."""
    kept: dict[str, set[tuple[object, ...]]] = {}
    for fact in keep:
        kept.setdefault(fact.id, set()).update(identity(one) for one in fact.supports)
    rows = conn.execute(f"SELECT key, fact, {SUPPORT} FROM supports WHERE source = ?", [source]).fetchall()
    going = [row[:2] for row in rows if identity(to_support(row[2:])) not in kept.get(row[1], ())] if kept else rows
    facts = {row[1] for row in going}
    known = _known(conn, facts)
    conn.executemany("DELETE FROM supports WHERE key = ?", [row[:1] for row in going])
    gone = {row[0] for row in conn.execute(
        f"SELECT value FROM json_each(?) WHERE value NOT IN (SELECT fact FROM supports WHERE fact IN {_LISTED})",
        [to_json(facts), to_json(facts)])}
    return facts, {own: state(one.fact, one.held, one.refused_by) for own, one in known.items() if own in gone}


def settle(conn: sqlite3.Connection, facts: Collection[str], version: int) -> list[str]:
    """The ids of facts that were withdrawn with their last support; the others now stand as their supports say."""
    held = _held(conn, facts)
    rows = []
    for own, ones in held.items():
        stands = standing([one for _, one in ones])
        rows.append((*said_row(stands.said), stands.status, stands.decided_by, version, own))
    conn.executemany("UPDATE facts SET note = ?, strength = ?, scales = ?, origin = ?, score = ?, status = ?, "
                     "decided_by = ?, version = ? WHERE id = ?", rows)
    gone = sorted(set(facts) - set(held))
    conn.executemany("DELETE FROM facts WHERE id = ?", [(own,) for own in gone])
    return gone


# -- what people decide


def decide_fact(conn: sqlite3.Connection, own: str, decision: Decision, pen: Pen, *, version: int | None,
                reason: str | None) -> LedgerEntry:
    """The ledger entry of the decision, made."""
    known = _one(conn, own)
    if version is not None and version != known.fact.version:
        raise Conflict(zh=f"{own} 已被更改（现为第 {known.fact.version} 版，您看到的是第 {version} 版）。请重新查看后再决定。",
                       en=f"{own} has changed (version {known.fact.version} now, {version} was decided on). "
                          "Look at it again, then decide.")
    held, refused_by = decided(own, known.held, decision, who=pen.who)
    after = _store_decision(conn, known, held, refused_by, pen)
    _remember(conn, own, known.held, held, remembered_as(decision, refused_by), pen.who)
    return write_entry(conn, pen, decision, own, before=state(known.fact, known.held, known.refused_by), after=after,
                       reason=reason)


def undo_decision(conn: sqlite3.Connection, target: str, pen: Pen) -> LedgerEntry:
    """The ledger entry of the undoing, done; `target` is a fact or the id of a decision's ledger entry."""
    entry = _decision(conn, target)
    known = _known(conn, [entry.target]).get(entry.target)
    newest = newest_decision(conn, entry.target)
    if not known or newest != entry or not unchanged(entry.after, known.held, known.refused_by):
        raise Conflict(zh=f"{entry.target} 在该决定之后又有变化（或已撤销），无法撤销。请重新查看。",
                       en=f"{entry.target} changed after that decision (or it was taken back already), so it cannot be "
                          "undone. Look at the fact again.")
    held, refused_by = restored(entry.before, known.held)
    after = _store_decision(conn, known, held, refused_by, pen)
    _forget(conn, entry.target, known.held, held)
    return write_entry(conn, pen, "undo", entry.target, before=state(known.fact, known.held, known.refused_by),
                       after=after, reason=entry.id)


def _one(conn: sqlite3.Connection, own: str) -> _Known:
    known = _known(conn, [own]).get(own)
    if not known:
        raise NotFound(zh=f"没有编号为 {own} 的事实。", en=f"There is no fact {own}.")
    return known


def _decision(conn: sqlite3.Connection, target: str) -> LedgerEntry:
    entry = find_entry(conn, target)
    if entry and entry.action not in ("accept", "reject"):
        raise Conflict(zh=f"台账记录 {target} 不是审核决定（{entry.action}），无法撤销。",
                       en=f"The ledger entry {target} is no decision ({entry.action}) and cannot be undone.")
    if entry:
        return entry
    _one(conn, target)
    newest = newest_decision(conn, target)
    if not newest:
        raise Conflict(zh=f"{target} 还没有任何审核决定，无可撤销。", en=f"Nobody has decided on {target}; there is nothing to undo.")
    return newest


def _store_decision(conn: sqlite3.Connection, known: _Known, held: list[Held], refused_by: str | None, pen: Pen) -> str:
    """The fact's state with the supports' new statuses stored."""
    rows = [(one.support.status, one.decided_by, key) for key, one in zip(known.keys, held, strict=True)]
    conn.executemany("UPDATE supports SET status = ?, decided_by = ? WHERE key = ?", rows)
    conn.execute("UPDATE facts SET refused_by = ? WHERE id = ?", [refused_by, known.fact.id])
    settle(conn, [known.fact.id], pen.seq)
    return state(_one(conn, known.fact.id).fact, held, refused_by)


def _remember(conn: sqlite3.Connection, fact: str, before: list[Held], after: list[Held], decision: Remembered,
              who: str) -> None:
    rows = [(fact, evidence_key(one.support), one.source, one.source, decision, who, one.source)
            for one in _changed(before, after)]
    conn.executemany("INSERT OR REPLACE INTO decisions (fact, evidence, document, name, decision, who) VALUES (?, ?, ?, "
                     "coalesce((SELECT name FROM documents WHERE id = ?), ?), ?, ?)",
                     [(*row[:4], row[6], *row[4:6]) for row in rows])


def _forget(conn: sqlite3.Connection, fact: str, before: list[Held], after: list[Held]) -> None:
    """Also under earlier versions of the document: what was taken back must not return with the next one."""
    rows = [(fact, evidence_key(one.support), one.source, one.source) for one in _changed(before, after)]
    conn.executemany("DELETE FROM decisions WHERE fact = ? AND evidence = ? AND (document = ? OR name = "
                     "(SELECT name FROM documents WHERE id = ?))", rows)


def _changed(before: list[Held], after: list[Held]) -> list[Held]:
    return [new for old, new in zip(before, after, strict=True) if old.support.status != new.support.status]
