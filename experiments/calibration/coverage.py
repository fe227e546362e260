"""What lists cover, solved for: a count is in proportion to the share of those helped that its list covers.

Such a share touches nothing but the counts (LISTED), so its best value follows from the mean counts
of the other unknowns' worlds and need not be searched.
"""

from __future__ import annotations

import numpy as np
from undercount.model.assumed.scenario import Scenario

LISTED = ("observation.registered", "observation.covered")  # of the assisted, of the identified
INSIDE = np.nextafter(1.0, 0.0)  # the largest fraction of a range


def rows_of(scenario: Scenario, rows: list[int]) -> dict[str, list[int]]:
    """Of each unknown share of one country's list, from its month to the next one's: the `rows` that it decides."""
    free, region, found = scenario.free(), scenario.region, {}
    dated = sorted((event for event in scenario.events if event.parameter in LISTED), key=lambda event: event.when)
    for i, event in enumerate(dated):
        if event.path not in free or event.kind != "value" or event.ramp or event.until or len(event.places) != 1:
            continue
        later = [other.when for other in dated[i + 1:] if set(other.places) & set(event.places)]
        mine = [n for n in rows if region.referrals[n].iso3 == event.places[0]
                and event.when <= region.referrals[n].first and (not later or region.referrals[n].last < later[0])]
        if mine:
            found[event.path] = mine
    return found


def covered(scenario: Scenario, point: np.ndarray, counts: np.ndarray, rows: list[int]) -> np.ndarray:
    """The point (fractions of the unknowns, in the order of `free()`) with the shares at which `counts` (rows of the
    observed table), the mean counts of its worlds, come nearest to the observed ones on a logarithmic scale."""
    point, names = point.copy(), list(scenario.free())
    for path, mine in rows_of(scenario, rows).items():
        low, high = scenario.free()[path]
        at = names.index(path)
        observed = np.array([scenario.region.referrals[n].assisted for n in mine], float)
        factor = np.exp(np.mean(np.log1p(observed) - np.log1p(counts[mine])))
        point[at] = np.clip(((low + point[at] * (high - low)) * factor - low) / (high - low), 0.0, INSIDE)
    return point
