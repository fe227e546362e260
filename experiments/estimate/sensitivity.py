"""How far the answer hangs on what no list can tell.

Every estimate rests on the interaction of all lists together being nothing: data on the listed say nothing of
it, as it needs the number on no list. Were it the factor f instead of 1, the hidden number would be f times as
large for an even number of lists, and 1/f times for an odd one. [1] For two lists f is the odds ratio between
them: above 1 if who is on one list is more likely to be on the other.

[1] Aleshin-Guendel, S., Sadinle, M. and Wakefield, J. (2024) The central role of the identifying assumption in
    population size estimation. Biometrics 80: ujad028. doi:10.1093/biomtc/ujad028
"""

from __future__ import annotations

FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)


def by_interaction(lists: int, cases: float, hidden: float,
                   factors: tuple[float, ...] = FACTORS) -> list[tuple[float, float]]:
    """(factor, population) for every factor of the interaction of all lists."""
    return [(factor, cases + hidden * (factor if lists % 2 == 0 else 1 / factor)) for factor in factors]
