"""Every method on every simulated list, beside the truth: one row a world, year, country, and method."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.estimate.closed import Closed, chao, chapman
from undercount.experiments.estimate.existence import FINE, NO_ESTIMATE
from undercount.experiments.estimate.lists import Lists, mains, on_all, pairs
from undercount.experiments.estimate.methods import ALL_PAIRS, BIC_TWO, CHAO, CHAPMAN, INDEPENDENCE, STEPWISE
from undercount.experiments.estimate.selection import by_bic, stepwise
from undercount.experiments.estimate.strata import Joint, fit_joint
from undercount.experiments.estimate.worlds import Worlds

METHODS = (CHAO, CHAPMAN, INDEPENDENCE, ALL_PAIRS, STEPWISE, BIC_TWO)
FIRST_TWO = 0b11  # police and assistance: the lists that Chapman's estimate and the odds ratio are of


def judged(worlds: Worlds) -> pd.DataFrame:
    """scenario, world, year, country, listed, new, held, odds_ratio, method, estimate, low, high, code.

    odds_ratio: between the lists of police and assistance among those ever held, which needs the truth. code:
    of `existence.py`; estimate, low and high are nan where it is not 0. Places and years are left out where nobody
    is listed, and where more are listed than were held: those lists are of persons held elsewhere, who came home.
    """
    rows = []
    for world, year, country, lists, new, held in worlds.cells():
        if not lists.cases or lists.cases > (new if np.isnan(held) else held):
            continue
        cell = {"scenario": worlds.scenarios[world], "world": worlds.numbers[world], "year": worlds.years[year],
                "country": country, "listed": lists.cases, "new": new, "held": held,
                "odds_ratio": odds_ratio(lists.total, held)}
        rows += [cell | said for said in estimates(lists)]
    return pd.DataFrame(rows)


def estimates(lists: Lists) -> Iterator[dict[str, Any]]:
    """What each of METHODS says."""
    counts, k = lists.counts, len(lists.names)
    shared = on_all(counts[0])
    yield _closed(CHAO, chao(counts[0]), True)
    yield _closed(CHAPMAN, chapman(shared[1], shared[2], shared[FIRST_TWO]), bool(shared[FIRST_TWO]))
    yield _joint(INDEPENDENCE, fit_joint(mains(k), counts))
    yield _joint(ALL_PAIRS, fit_joint(mains(k) + pairs(k), counts))
    yield _joint(STEPWISE, stepwise(counts)[0])
    best = by_bic(counts).best
    yield _joint(BIC_TWO, best[0]) if best else _none(BIC_TWO, NO_ESTIMATE)


def odds_ratio(counts: np.ndarray, population: float) -> float:
    """Between the first two lists, in a population of this size; half a person is added to every cell."""
    shared = on_all(counts)
    both = shared[FIRST_TWO]
    first, second = shared[1] - both, shared[2] - both
    neither = population - first - second - both
    if not neither > 0:
        return np.nan
    return float((both + 0.5) * (neither + 0.5) / ((first + 0.5) * (second + 0.5)))


def _closed(method: str, found: Closed, there: bool) -> dict[str, Any]:
    if not there:  # nobody on both: refused, as for a user
        return _none(method, NO_ESTIMATE)
    low, high = found.interval()
    return {"method": method, "estimate": found.population, "low": low, "high": high, "code": FINE}


def _joint(method: str, joint: Joint) -> dict[str, Any]:
    if not joint.fine:
        return _none(method, joint.code)
    low, high = joint.wald()
    return {"method": method, "estimate": joint.population, "low": low, "high": high, "code": FINE}


def _none(method: str, code: int) -> dict[str, Any]:
    return {"method": method, "estimate": np.nan, "low": np.nan, "high": np.nan, "code": code}
