"""Causes and effects that belong to one cue; the rules of either language find them."""

from dataclasses import dataclass

from renzhi.ingest_docs.cues import Cue
from renzhi.ingest_docs.phrases import Spot

NEAR = {"zh": 20, "en": 40}
FAR = {"zh": 16, "en": 60}
"""Characters between a concept and the cue; beyond, the sentence is too winding to be read by rules."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Causes and effects of one cue; each entry of `causes` lists readings in order of preference."""

    cue: Cue
    causes: list[list[Spot]]
    effects: list[list[Spot]]
    elsewhere: bool = False
    """The cause was taken from another clause."""
