"""What a simulated world leaves in the table: the observed statistics, the hidden flow, the mechanisms' totals.

Every column is a name of pieces joined by colons, but for the first:

    tried                  points of the prior that were drawn until one passed the gates; 1 / mean is the share kept

    count:CODE:PERIOD      a cell of the region's observed table, masked or not
    hidden:FIELD:YEAR      persons of the whole region, `layout.HIDDEN_FIELDS`; stocks are means over the year
    actors:FIELD:YEAR      `layout.ACTOR_FIELDS`, likewise
    mode:MODE:YEAR         newly exploited persons by entry mode
    venue:VENUE:YEAR       newly exploited persons by first venue
    from:CODE:YEAR         newly exploited persons by country of origin
    elsewhere:FIELD:YEAR   the same tallies outside the countries that the observed table calls destinations
    statistic:NAME         counterpart of a published statistic (see `reference.statistics`)
"""

from __future__ import annotations

import numpy as np
from undercount.experiments.reference.statistics import Statistic, counterpart
from undercount.model.country.observation import observe
from undercount.model.engine.layout import ACTOR_FIELDS, HIDDEN_FIELDS, MODES, VENUES
from undercount.model.known.region import Region
from undercount.model.outcome import Outcome

TRIED = "tried"
STOCKS = {"in_exploitation", "in_public", "recruiters_active", "recruiters_in_custody", "officials_in_pay",
          "shelter_places", "shelter_used"}
ELSEWHERE = ("newly_exploited", "in_exploitation", "identified", "assisted", "repatriated", "deported")


def columns(region: Region, statistics: tuple[Statistic, ...]) -> list[str]:
    """Names of the quantities, in the order of `quantities`."""
    origins = [c.iso3 for c in region.countries if c.origin]
    names = [f"count:{row.iso3}:{row.period}" for row in region.referrals]
    for year in region.years:
        for kind, fields in (("hidden", HIDDEN_FIELDS), ("actors", ACTOR_FIELDS), ("mode", MODES), ("venue", VENUES),
                             ("from", origins), ("elsewhere", ELSEWHERE)):
            names += [f"{kind}:{field}:{year}" for field in fields]
    return names + [f"statistic:{statistic.name}" for statistic in statistics]


def quantities(statistics: tuple[Statistic, ...], outcome: Outcome) -> np.ndarray:
    """The quantities of a world that has been run to the end of the region's period."""
    region, hidden, actors, flows = outcome.region, outcome.hidden, outcome.actors, outcome.flows
    origins = [i for i, c in enumerate(region.countries) if c.origin]
    outside = elsewhere(region)
    found: list[float] = list(observe(region, hidden))
    for months in region.years.values():
        flow = flows[months].sum(axis=0)
        found += [_total(hidden[name][months], name) for name in HIDDEN_FIELDS]
        found += [_total(actors[name][months], name) for name in ACTOR_FIELDS]
        found += list(flow.sum(axis=(0, 1, 3)))
        found += list(flow.sum(axis=(0, 1, 2)))
        found += list(flow.sum(axis=(1, 2, 3))[origins])
        found += [_total(hidden[name][months][:, outside], name) for name in ELSEWHERE]
    found += [counterpart(statistic, region, hidden, actors, flows) for statistic in statistics]
    return np.array(found, float)


def elsewhere(region: Region) -> list[int]:
    """Places where victims may be held outside the destinations of the observed table."""
    seen = {row.iso3 for row in region.referrals if row.role == "destination"}
    return [i for i, c in enumerate(region.countries) if c.destination and c.iso3 not in seen]


def _total(tally: np.ndarray, name: str) -> float:
    """Sum over months and places; for a stock the mean over the months."""
    return tally.sum() / (len(tally) if name in STOCKS else 1)
