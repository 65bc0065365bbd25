"""Reads relations between the concepts of one sentence: the nearest on both sides of a cue, and nothing further away."""

import re
from dataclasses import dataclass

from renzhi.graph.model import Lang, Modality
from renzhi.ingest_docs.cues import Cue, Family, find_cues
from renzhi.ingest_docs.pairs import NEAR, Pair
from renzhi.ingest_docs.pairs_en import english_pairs
from renzhi.ingest_docs.pairs_zh import chinese_pairs
from renzhi.ingest_docs.phrases import Sentence, Spot, meant, spots_of
from renzhi.ingest_docs.standing import is_conditional, is_denied, modality_of
from renzhi.ontology.model import Mention, Vocabulary, kind_of

RELATIONS: dict[Family, tuple[str, ...]] = {
    "cause": ("triggers", "leads_to", "affects", "increases_probability", "aggravates", "may_worsen"),
    "worsen": ("aggravates", "may_worsen"),
    "raise": ("increases_probability", "aggravates", "may_worsen"),
    "reduce": ("mitigates",),
    "affect": ("affects",),
}
"""The first that the vocabulary allows between the two concepts is meant."""
_FLOODS = re.compile(r"flood(?:s|ed|ing)?", re.I)


@dataclass(frozen=True, slots=True)
class Reading:
    """One relation as a sentence states it; the mentions carry the offsets."""

    subject: Mention
    relation: str
    object: Mention
    modality: Modality
    score: float


def read_relations(sentence: str, mentions: list[Mention], *, lang: Lang, vocabulary: Vocabulary) -> list[Reading]:
    """The relations the sentence states, in the order of its cues; none where it denies, asks, sets a condition or only
    may be read so. Chinese is read in simplified characters.
    """
    if is_conditional(sentence, lang):
        return []
    read = _prepared(sentence, mentions, lang)
    found: list[Reading] = []
    for pair in english_pairs(read) if lang == "en" else chinese_pairs(read):
        found += [one for one in _readings(read, pair, found, vocabulary) if one not in found]
    return found


def _prepared(sentence: str, mentions: list[Mention], lang: Lang) -> Sentence:
    """The sentence with its spots and cues; no word is both: "flooded the streets" is a verb, other cues give way."""
    spots = tuple(spot for spot in spots_of(mentions) if meant(sentence, spot, lang))
    cues = find_cues(sentence, lang)
    verbs = [c for c in cues if _FLOODS.fullmatch(sentence[c.start : c.end]) and any(s.end < c.start for s in spots)]
    spots = tuple(s for s in spots if not any(c.start <= s.start and s.end <= c.end for c in verbs))
    cues = [c for c in cues if not any(s.start <= c.start and c.end <= s.end for s in spots)]
    return Sentence(sentence, lang, spots, tuple(cues))


def _readings(read: Sentence, pair: Pair, before: list[Reading], vocabulary: Vocabulary) -> list[Reading]:
    found: list[Reading] = []
    for causes in pair.causes:
        for effects in pair.effects:
            match = _match(pair.cue, causes, effects, vocabulary)
            if match is None:
                continue
            cause, relation, effect, cause_spot, effect_spot = match
            if _is_denied(read, pair, cause_spot, effect_spot):
                continue
            modality = _modality(read, pair, cause_spot, effect_spot, cause, before)
            score = _score(read, pair, cause_spot, effect_spot, cause, effect)
            found.append(Reading(cause, relation, effect, modality, score))
    return found


def _match(
    cue: Cue, causes: list[Spot], effects: list[Spot], vocabulary: Vocabulary
) -> tuple[Mention, str, Mention, Spot, Spot] | None:
    """The first of the readings of both sides between which a relation is allowed."""
    return next(
        (
            (cause, relation, effect, cause_spot, effect_spot)
            for cause_spot in causes
            for effect_spot in effects
            for cause in cause_spot.mentions
            for effect in effect_spot.mentions
            if (relation := _relation(cue, cause, effect, vocabulary))
        ),
        None,
    )


def _relation(cue: Cue, cause: Mention, effect: Mention, vocabulary: Vocabulary) -> str | None:
    for relation in RELATIONS[cue.family]:
        # "Sea walls caused …" a system is no side effect that the vocabulary knows; only a verb of harm says it.
        if relation == "affects" and cue.family == "cause" and kind_of(cause.concept) == "measure":
            continue
        if vocabulary.allows(cause.concept, relation, effect.concept):
            return relation
    return None


def _is_denied(read: Sentence, pair: Pair, cause: Spot, effect: Spot) -> bool:
    return is_denied(
        read.masked,
        pair.cue,
        lang=read.lang,
        cause_start=cause.start,
        cause_end=cause.end,
        effect_start=effect.start,
    )


def _modality(
    read: Sentence, pair: Pair, cause: Spot, effect: Spot, mention: Mention, before: list[Reading]
) -> Modality:
    cue = pair.cue
    near = max([s.end for s in (cause, effect) if s.end <= cue.start] + [read.clause_start(cue.start)])
    carries = before and pair.elsewhere and (cue.tense == "participle" or read.lang == "zh")
    return modality_of(
        read.text,
        cue,
        lang=read.lang,
        of_measure=kind_of(mention.concept) == "measure",
        near_start=near,
        end=max(cause.end, effect.end, cue.end),
        before=before[-1].modality if carries else None,
    )


def _score(read: Sentence, pair: Pair, cause: Spot, effect: Spot, *mentions: Mention) -> float:
    gaps = [max(pair.cue.start - s.end, s.start - pair.cue.end) for s in (cause, effect)]
    less = [pair.elsewhere, max(gaps) > NEAR[read.lang], any(m.use == "context" for m in mentions), pair.cue.reverse]
    return round(0.9 - 0.1 * sum(less), 1)
