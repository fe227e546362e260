"""The outcomes by which mechanisms and unknowns are measured, and how a drawn world gives them."""

from __future__ import annotations

import numpy as np
from undercount.experiments.patterns.measures import counted_in_destination_rows, counted_in_origin_rows, see
from undercount.model.assumed.scenario import Scenario
from undercount.model.simulation import simulate

OUTCOMES = {
    "counted": "log of persons counted in the year of the table's peak",
    "destination rows": "log change of the destination rows, last two years",
    "origin rows": "log change of the origin rows, last two years",
    "flow": "log change of newly exploited persons, from the peak to the last year",
    "level": "log of newly exploited persons in the year of the peak",
    "stock": "log change of persons in exploitation, from the peak to the last year",
}
PEAK, BEFORE, LAST = 2001, 2002, 2003
ROWS = {"destination": counted_in_destination_rows, "origin": counted_in_origin_rows}


def outcomes(scenario: Scenario, luck: int, people_per_agent: int) -> np.ndarray:
    """The OUTCOMES of one world, in their order."""
    seen, years = see(simulate(scenario, people_per_agent, luck)), scenario.region.years
    rows = {(role, year): counted(seen, (), (), years[year])
            for role, counted in ROWS.items() for year in (PEAK, BEFORE, LAST)}
    new = {year: seen.hidden["newly_exploited"][years[year]].sum() for year in (PEAK, LAST)}
    held = {year: seen.hidden["in_exploitation"][years[year]].sum() for year in (PEAK, LAST)}
    found = np.array([
        _log(rows["destination", PEAK] + rows["origin", PEAK]),
        _log(rows["destination", LAST]) - _log(rows["destination", BEFORE]),
        _log(rows["origin", LAST]) - _log(rows["origin", BEFORE]),
        _log(new[LAST]) - _log(new[PEAK]), _log(new[PEAK]), _log(held[LAST]) - _log(held[PEAK])])
    if not np.isfinite(found).all():
        raise ValueError(f"an outcome of {scenario.name}, luck {luck}, is no number: {found}")
    return found


def _log(persons: float) -> float:
    return float(np.log(persons + 1.0))
