"""How well a passage answers a question, on one scale for every search: what the evidence bar is held against."""

import math
from collections.abc import Mapping

BAR = 0.5
"""Below it retrieved text alone should carry no answer. On the 33 case files of the first pack and 108 questions written
for the purpose, the best hit's strength is at or above it for 84 % of 45 questions the cases answer, and for 21–23 % of
those they do not (33 near the subject, 30 far from it); at 0.62 for 76 %, 6 % and 13 %. So a bar on text is one sign
among others: what is asked for by name is the better one."""
_LEVEL = 7.0


def strength(cosines: Mapping[str, float], means: Mapping[str, float], covered: float) -> float:
    """0–1: logistic in the cosines of passage and question and in `covered`, the share of the question's idf that the
    passage's words cover. `means` are the question's mean cosines to the sample of passages.

    USE's cosine means the same in both languages. e5's lies between 0.7 and 0.95, lower across languages, so it counts by
    how far it exceeds the question's mean. Coefficients: logistic regression on the questions of `BAR`, rounded; on
    XQuAD-R the same formula parts questions with their paragraph from those whose paragraph was taken away with an AUC of
    0.75 across languages and 0.89–0.91 within one.
    """
    plain = [cosine for name, cosine in cosines.items() if name != "e5"]
    similar = sum(plain) / len(plain) if plain else None
    lift = cosines["e5"] - means["e5"] if "e5" in cosines else None
    # Where one embedder has not seen the passage the other stands in: e5's lift is about a sixth of USE's cosine.
    if similar is None:
        similar = 6 * lift if lift is not None else 0.0
    if lift is None:
        lift = similar / 6
    return round(1 / (1 + math.exp(_LEVEL - 14 * similar - 40 * lift - 5 * covered)), 4)
