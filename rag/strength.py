"""How well a passage answers a question, on one scale for every search."""

import math
from collections.abc import Mapping

BAR = 0.5


def strength(cosines: Mapping[str, float], deviation: float, covered: float) -> float:
    """0–1."""
    return 1 / (1 + math.exp(-(deviation - 3.5 + 3 * covered)))
