"""Chains in the accepted facts: what a failure sets off, link by link, and which link has the best evidence for a cut."""

import heapq
from collections.abc import Collection
from dataclasses import dataclass, field

from renzhi.graph.model import Fact
from renzhi.rag.holdings import MODALITY_RANK, STRENGTH_RANK, WITH_THE_ARROW, Holdings

MAX_HOPS = 3
COMMON = 8
"""Causes beyond which an impact without further links is the common end of most chains."""


@dataclass(frozen=True, order=True)
class Hop:
    """One link of a chain: a general fact, what cases showed, or both."""

    source: str
    target: str
    general: tuple[Fact, ...] = field(compare=False)
    """Strongest first."""
    near: tuple[Fact, ...] = field(compare=False)
    """Facts of cases of the hazard asked, what happened first."""
    far: tuple[Fact, ...] = field(compare=False)
    """Facts of other cases: the same link after another hazard."""

    @property
    def weight(self) -> float:
        """Cases of the same hazard count most, then strength, then works, then other cases."""
        strength = max((STRENGTH_RANK[f.strength] for f in self.general), default=0)
        return (3.0 * min(2, _happened(self.near)) + strength + 0.5 * len({w for f in self.general for w in f.works()})
                + 0.5 * min(2, _happened(self.far)))


def _happened(facts: Collection[Fact]) -> int:
    return len({f.scope for f in facts if f.modality == "happened"})


def hops_from(concept: str, holdings: Holdings, near: Collection[str] = ()) -> list[Hop]:
    """The links along which a failure leaves a concept, best first; `depends_on` runs against its arrow. `near`: slugs of
    the cases of the hazard asked. Links to groups are no further links."""
    by_target: dict[str, list[Fact]] = {}
    for fact in holdings.by_subject.get(concept, []):
        if fact.relation in WITH_THE_ARROW and fact.polarity == "affirmed":
            by_target.setdefault(fact.object, []).append(fact)
    for fact in holdings.by_object.get(concept, []):
        if fact.relation == "depends_on" and fact.polarity == "affirmed":
            by_target.setdefault(fact.subject, []).append(fact)
    hops = [_hop(concept, target, facts, near) for target, facts in by_target.items() if not target.startswith("grp:")]
    return sorted(hops, key=lambda h: (-h.weight, h.target))


def _hop(source: str, target: str, facts: list[Fact], near: Collection[str]) -> Hop:
    scoped = sorted((f for f in facts if f.scope), key=lambda f: (-MODALITY_RANK[f.modality], f.id))
    here = {f"case:{slug}" for slug in near}
    general = sorted((f for f in facts if not f.scope), key=lambda f: (-STRENGTH_RANK[f.strength], f.id))
    return Hop(source, target, tuple(general), tuple(f for f in scoped if f.scope in here), tuple(f for f in scoped if f.scope not in here))


def chain_between(start: str, goals: Collection[str], holdings: Holdings, near: Collection[str] = (), *, max_hops: int = 4) -> list[Hop]:
    """The chain to one of the goals with the best evidence, in at most `max_hops` links; empty if there is none.

    Dijkstra over 1 + 3 / (1 + weight) a link: a detour is taken only where its evidence is much better.
    """
    queue: list[tuple[float, str, tuple[Hop, ...]]] = [(0.0, start, ())]
    done: set[str] = set()
    while queue:
        cost, concept, path = heapq.heappop(queue)
        if concept in goals and path:
            return list(path)
        if concept in done or len(path) == max_hops:
            continue
        done.add(concept)
        for hop in hops_from(concept, holdings, near):
            if hop.target not in done:
                heapq.heappush(queue, (cost + 1 + 3 / (1 + hop.weight), hop.target, (*path, hop)))
    return []


def tree_from(start: str, goals: Collection[str], holdings: Holdings, near: Collection[str], *, rows: int, used: Collection[str] = ()) -> list[Hop]:
    """What a concept sets off: its best first links, each with its best continuation, up to three hops and `rows` links.

    A first link that leads on to a goal, or is one, goes before others. What cases of the hazard show comes first.
    """
    def worth(hop: Hop) -> float:
        causes = {f.subject for f in holdings.by_object.get(hop.target, []) if f.relation in WITH_THE_ARROW}
        # deaths and losses follow from everything: they end a chain, and say little of what one hazard sets off
        common = 4.0 if len(causes) > COMMON and not hops_from(hop.target, holdings) else 0.0
        return hop.weight + 4.0 * bool(set(goals) & (holdings.reach(hop.target) | {hop.target})) - common

    found: list[Hop] = []
    seen = {start, *used}

    def follow(here: Hop, *, shown_only: bool) -> None:
        for _ in range(MAX_HOPS - 1):
            onward = [h for h in hops_from(here.target, holdings, near) if h.target not in seen and h.weight >= 1.0 and (h.near or not shown_only)]
            if not onward or len(found) >= rows:
                return
            here = onward[0]
            found.insert(found.index(next(h for h in found if h.target == here.source)) + 1, here)
            seen.add(here.target)

    firsts = [h for h in sorted(hops_from(start, holdings, near), key=lambda h: (-worth(h), h.target)) if h.target not in seen][:4]
    for first in firsts[:3] if not firsts or firsts[-1].near == () else firsts:
        if first.target not in seen and len(found) < rows:
            found.append(first)
            seen.add(first.target)
            follow(first, shown_only=True)
    for first in firsts[:2]:  # where cases show no further, general evidence goes on
        if first in found:
            follow(first, shown_only=False)
    return found


def best_cut(hops: list[Hop], holdings: Holdings, *, meant: Collection[str] = ()) -> tuple[Hop, list[Fact]] | None:
    """The link whose target has the best evidence that a measure mitigates it, with those facts, best first.

    Evidence of a link: the strength of its best general fact, one for a case of the hazard that saw it work, half for another
    measure; of two links alike the earlier one. It says nothing on effect or cost. `meant`: measures that the vocabulary
    gives for the hazard, before others of the same strength.
    """
    best: tuple[float, Hop, list[Fact]] | None = None
    for position, hop in enumerate(hops):
        near = {f.scope for f in hop.near}
        facts = [f for f in holdings.by_object.get(hop.target, []) if f.relation == "mitigates" and f.polarity == "affirmed"
                 and (f.scope is None or f.modality == "happened")]
        if not facts:
            continue
        facts.sort(key=lambda f: (f.scope not in near, f.subject not in meant, -STRENGTH_RANK[f.strength], f.scope is not None, f.id))
        worth = max(STRENGTH_RANK[f.strength] for f in facts) + 1.0 * any(f.scope in near for f in facts)
        worth += 0.5 * (len({f.subject for f in facts}) > 1) - 0.1 * position
        if best is None or worth > best[0]:
            best = (worth, hop, facts)
    return best[1:] if best else None


def unguarded(hops: list[Hop], holdings: Holdings) -> list[Hop]:
    """The links whose target no accepted fact says any measure mitigates: where the chain cannot be cut by what is held."""
    return [h for h in hops if not any(f.relation == "mitigates" and f.polarity == "affirmed" for f in holdings.by_object.get(h.target, []))]


def paths(hops: list[Hop], start: str) -> list[list[str]]:
    """The chains that the hops form, from the start to their ends."""
    onward: dict[str, list[str]] = {}
    for hop in hops:
        onward.setdefault(hop.source, []).append(hop.target)
    found, stack = [], [[start]]
    while stack:
        path = stack.pop()
        nexts = [t for t in onward.get(path[-1], []) if t not in path]
        if not nexts and len(path) > 1:
            found.append(path)
        stack += [[*path, t] for t in reversed(nexts)]
    return found
