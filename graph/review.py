"""The rules of review, the same for every store: what a fact is, given its supports and what people decided on them.

A fact is what its supports make it: accepted if one is, else proposed if one waits, else rejected. So a document can
go, or come in another order, and the facts are as if it had never been there.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from renzhi.errors import Conflict
from renzhi.graph.model import Fact, FactStatus, Support, plain
from renzhi.ontology.model import Bilingual

Strength = Literal["high", "medium", "low", "case"]
Decision = Literal["accept", "reject"]
Remembered = Literal["accepted", "rejected", "refused"]


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of a fact beside its identity."""

    status: FactStatus
    origin: str
    score: float | None
    note: Bilingual | None
    strength: Strength | None
    scales: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A support as a store keeps it."""

    support: Support
    source: str
    """The document that brought it, or the pack (`pack:…`, without its version)."""
    decided_by: str | None
    said: Said


@dataclass(frozen=True, slots=True)
class Standing:
    """What a fact is by its supports."""

    status: FactStatus
    decided_by: str | None
    said: Said


def pack_of(who: str) -> str:
    """`who` without the version: what a pack brought is replaced by the pack's next version."""
    return who.partition("@")[0]


def evidence_key(support: Support) -> str:
    """What a person read in deciding: the quote as quotes are compared, else the reference."""
    if support.quote:
        return plain(support.quote)
    return json.dumps([support.works, support.locator, support.url], ensure_ascii=False)


def said_of(fact: Fact) -> Said:
    return Said(fact.status, fact.origin, fact.score, fact.note, fact.strength, fact.scales)


def arriving(fact: Fact, support: Support, *, who: str, refused_by: str | None,
             remembered: tuple[Remembered, str] | None) -> tuple[Support, str | None]:
    """The support with the status it enters with, and who decided that; an earlier decision on the same evidence
    goes before everything else, then the refusal of the whole fact, then what the source brings."""
    if remembered:
        status: Literal["proposed", "accepted", "rejected"] = "accepted" if remembered[0] == "accepted" else "rejected"
        decider: str | None = remembered[1]
    elif refused_by or fact.status == "rejected":
        status, decider = "rejected", refused_by or fact.decided_by or who
    elif fact.status == "accepted" and support.status != "proposed":
        status, decider = support.status, fact.decided_by or who
    else:
        status, decider = "proposed", None
    return (support if support.status == status else replace(support, status=status)), decider


def standing(held: Sequence[Held]) -> Standing:
    """What the supports (at least one, in a fixed order) make of the fact.

    Where sources differ in note, strength or origin, an accepted one speaks, then the first by name: never the order
    in which they came. A person's acceptance goes before a pack's.
    """
    status = _status(held)
    deciding = [one for one in held if one.support.status == status]
    deciders = [one.decided_by for one in deciding if one.decided_by]
    people = [who for who in deciders if not who.startswith("pack:")]
    speaker = min(held, key=lambda one: (one.support.status != "accepted", one.source))
    return Standing(status, next(iter(people or deciders), None), speaker.said)


def _status(held: Sequence[Held]) -> FactStatus:
    statuses = {one.support.status for one in held}
    if "accepted" in statuses:
        return "accepted"
    if "proposed" not in statuses:
        return "rejected"
    said = {one.said.status for one in held if one.support.status == "proposed"}
    for kept in ("quarantined", "disputed"):
        if said == {kept}:
            return "quarantined" if kept == "quarantined" else "disputed"
    return "proposed"


def decided(fact: str, held: Sequence[Held], decision: Decision, *, who: str) -> tuple[list[Held], str | None]:
    """The supports after the decision, and who refused the whole fact, if that is what it was.

    Raises `Conflict` if nothing about the fact waits.
    """
    status = standing(held).status
    if status not in ("proposed", "accepted") or all(one.support.status != "proposed" for one in held):
        raise Conflict(zh=f"{fact} 没有等待审核的内容（状态：{status}）。如要改变已有的决定，请先撤销它。",
                       en=f"Nothing about {fact} waits for review (status: {status}). To change a decision, undo it first.")
    after: Literal["accepted", "rejected"] = "accepted" if decision == "accept" else "rejected"
    refused = who if decision == "reject" and status == "proposed" else None
    return [replace(one, support=replace(one.support, status=after), decided_by=who)
            if one.support.status == "proposed" else one for one in held], refused


def remembered_as(decision: Decision, refused_by: str | None) -> Remembered:
    return "accepted" if decision == "accept" else "refused" if refused_by else "rejected"


def state(fact: Fact, held: Sequence[Held], refused_by: str | None) -> str:
    """The JSON that the ledger keeps of a fact: readable by itself, and enough for `unchanged` and `restored`."""
    body = {"id": fact.id, "subject": fact.subject, "relation": fact.relation, "object": fact.object,
            "status": fact.status, "decided_by": fact.decided_by, "refused_by": refused_by, "version": fact.version,
            "supports": [{"source": one.source, "passage": one.support.passage, "evidence": evidence_key(one.support),
                          "quote": one.support.quote, "status": one.support.status, "decided_by": one.decided_by}
                         for one in held]}
    return json.dumps(body, ensure_ascii=False)


def unchanged(after: str, held: Sequence[Held], refused_by: str | None) -> bool:
    """Whether the fact rests on the same evidence, decided in the same way, as in the ledger's `after`.

    Supports that came under a rejection of the whole fact share it and do not count; nor does it count that a
    document went and came back.
    """
    body = json.loads(after)
    then = Counter((one["evidence"], one["status"], one["decided_by"]) for one in body["supports"])
    now = Counter((evidence_key(one.support), one.support.status, one.decided_by) for one in held)
    more = [one for one in now - then if refused_by is None or one[1] != "rejected"]
    return body["refused_by"] == refused_by and not (then - now) and not more


def restored(before: str, held: Sequence[Held]) -> tuple[list[Held], str | None]:
    """The supports with the statuses and deciders of `before`, and who had refused the whole fact then.

    A support that came since, under the rejection that is taken back, waits for a decision of its own.
    """
    body = json.loads(before)
    return [_restored(one, body["supports"]) for one in held], body["refused_by"]


def _restored(held: Held, before: list[dict[str, str | None]]) -> Held:
    same = [one for one in before if one["evidence"] == evidence_key(held.support)]
    known = next((one for one in same if one["source"] == held.source), same[0] if same else _WAITING)
    return replace(held, support=replace(held.support, status=known["status"]), decided_by=known["decided_by"])  # type: ignore[arg-type]


_WAITING: dict[str, str | None] = {"status": "proposed", "decided_by": None}


def identity(support: Support) -> tuple[object, ...]:
    """What makes two supports of one fact from one source the same."""
    return (support.kind, support.works, support.document, support.passage, support.start, support.end, support.quote,
            support.locator, support.url)
