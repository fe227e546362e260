"""What a simulated world leaves in the table: the observed statistics, the hidden flow, the mechanisms' totals.

Every column is a name of pieces joined by colons, but for the first:

    tried                  points of the prior that were drawn until one passed the gates; 1 / mean is the share kept

    count:CODE:PERIOD      a cell of the region's observed table, masked or not
    hidden:FIELD:YEAR      persons of the whole region, `layout.HIDDEN_FIELDS`; stocks are means over the year
    actors:FIELD:YEAR      `layout.ACTOR_FIELDS`, likewise
    mode:MODE:YEAR         newly exploited persons by entry mode
    venue:VENUE:YEAR       newly exploited persons by first venue
    from:CODE:YEAR         newly exploited persons by country of origin
    place:FIELD:CODE:YEAR  `layout.HIDDEN_FIELDS` of one country, for every country of the observed table
    national:FIELD:CODE:YEAR
                           the same tallies of NATIONAL abroad, for the nationals of every origin of the observed
                           table. `newly_exploited` is counted; the others are attributed, since no tally but the flow
                           knows nationality: each place's own, times the nationals' share of the persons newly
                           exploited there in the year and the one before it (where the region's period has that)
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
NATIONAL = ("newly_exploited", "in_exploitation", "identified", "recognised", "misidentified", "offered_help",
            "refused", "no_place", "assisted", "repatriated")
MONTHS_BEFORE = 12  # of a year, whose flow tells too whose nationals are held in it


def columns(region: Region, statistics: tuple[Statistic, ...]) -> list[str]:
    """Names of the quantities, in the order of `quantities`."""
    origins = [c.iso3 for c in region.countries if c.origin]
    names = [f"count:{row.iso3}:{row.period}" for row in region.referrals]
    for year in region.years:
        for kind, fields in (("hidden", HIDDEN_FIELDS), ("actors", ACTOR_FIELDS), ("mode", MODES), ("venue", VENUES),
                             ("from", origins), ("elsewhere", ELSEWHERE)):
            names += [f"{kind}:{field}:{year}" for field in fields]
        names += [f"place:{field}:{code}:{year}" for code in in_table(region) for field in HIDDEN_FIELDS]
        names += [f"national:{field}:{code}:{year}" for code in in_table(region, "origin") for field in NATIONAL]
    return names + [f"statistic:{statistic.name}" for statistic in statistics]


def quantities(statistics: tuple[Statistic, ...], outcome: Outcome) -> np.ndarray:
    """The quantities of a world that has been run to the end of the region's period."""
    region, hidden, actors, flows = outcome.region, outcome.hidden, outcome.actors, outcome.flows
    origins = [i for i, c in enumerate(region.countries) if c.origin]
    rows = [region.index[code] for code in in_table(region)]
    outside = elsewhere(region)
    found: list[float] = list(observe(region, hidden))
    for months in region.years.values():
        flow = flows[months].sum(axis=0)
        lately = flows[max(0, months.start - MONTHS_BEFORE):months.stop].sum(axis=(0, 3, 4))
        place, length = _sums(hidden[months]), months.stop - months.start
        found += list(_level(place.sum(axis=0), HIDDEN_FIELDS, length))
        found += list(_level(_sums(actors[months]).sum(axis=0), ACTOR_FIELDS, length))
        found += list(flow.sum(axis=(0, 1, 3)))
        found += list(flow.sum(axis=(0, 1, 2)))
        found += list(flow.sum(axis=(1, 2, 3))[origins])
        found += list(_level(place[outside].sum(axis=0)[_columns(ELSEWHERE)], ELSEWHERE, length))
        found += list(_level(place[rows], HIDDEN_FIELDS, length).ravel())
        for code in in_table(region, "origin"):
            found += list(nationals_abroad(region.index[code], hidden[months], flow, lately))
    found += [counterpart(statistic, region, hidden, actors, flows) for statistic in statistics]
    return np.array(found, float)


def in_table(region: Region, role: str | None = None) -> list[str]:
    """Countries that have a row in the observed table, each once, in its order; of one role only if that is given."""
    return list(dict.fromkeys(row.iso3 for row in region.referrals if role in (None, row.role)))


def nationals_abroad(origin: int, hidden: np.ndarray, flow: np.ndarray, lately: np.ndarray) -> np.ndarray:
    """NATIONAL of the nationals of `origin` in all other places, in the months of `hidden` (months, places).

    `flow` (origins, places, modes, venues) are those newly exploited in these months, `lately` (origins, places)
    those of the months that tell whose nationals are held.
    """
    abroad = np.arange(len(lately)) != origin
    everybody = lately.sum(axis=0)
    share = np.divide(lately[origin], everybody, out=np.zeros(len(lately)), where=everybody > 0) * abroad
    levels = _level(_sums(hidden)[:, _columns(NATIONAL)], NATIONAL, len(hidden))
    found = np.cumsum(levels * share[:, None], axis=0)[-1]  # place by place, so that the last bit stays what it was
    found[NATIONAL.index("newly_exploited")] = flow[origin][abroad].sum()
    return found


def elsewhere(region: Region) -> list[int]:
    """Places where victims may be held outside the destinations of the observed table."""
    seen = {row.iso3 for row in region.referrals if row.role == "destination"}
    return [i for i, c in enumerate(region.countries) if c.destination and c.iso3 not in seen]


def _sums(tallies: np.ndarray) -> np.ndarray:
    """Sum over the months of every tally, (places, fields); `tallies` is (months, places) of whole numbers."""
    plain = np.ascontiguousarray(tallies).view(np.int64, np.ndarray).reshape(*tallies.shape, -1)
    return plain.sum(axis=0)


def _columns(names: tuple[str, ...]) -> list[int]:
    return [HIDDEN_FIELDS.index(name) for name in names]


def _level(sums: np.ndarray, names: tuple[str, ...], months: int) -> np.ndarray:
    """Sums over so many months; for a stock the mean. The last axis is of `names`."""
    return sums / np.array([months if name in STOCKS else 1 for name in names])
