"""What the region's files say, month by month and country by country, in the units of the rules."""

from __future__ import annotations

import numpy as np
from undercount.model.engine.layout import FACT
from undercount.model.known.region import Region


def fact_table(region: Region, visa_free_travel: bool) -> np.recarray:
    """Shape (months, places), dtype `layout.FACT`.

    income: per head, relative to the mean of the destinations at the start; integrity: index / 10,
    NaN where no index exists; law: 0 none, 0.5 partial, 1 full; visa_free: 1 where nationals need
    no visa for the visa area; free_movement: 1 where they are citizens of the union that it is; free_work: share of
    its destinations, by inhabitants, where they need no work permit; diaspora: see `_diaspora`; years: since the
    first month; since_january: months.
    Unknown years are filled in `_filled`, unknown countries take the mean of those known.
    """
    facts = np.zeros((region.months, len(region.countries)), FACT)
    gdp = _filled(region, "gdp_per_head")
    _scale_from(gdp, _filled(region, "gdp_per_head_current"))
    destinations = [region.index[c] for c in region.destinations]
    start = np.nanmean(gdp[0, destinations])
    facts["income"] = _mean_where_unknown(gdp) / start
    women, everybody = _filled(region, "female_unemployment"), _filled(region, "unemployment")
    facts["unemployment"] = _mean_where_unknown(np.where(np.isnan(women), everybody, women)) / 100.0
    facts["phones"] = np.minimum(1.0, _mean_where_unknown(_filled(region, "mobile_per_100")) / 100.0)
    facts["online"] = np.minimum(1.0, _mean_where_unknown(_filled(region, "internet_pct")) / 100.0)
    facts["diaspora"] = _diaspora(region)
    facts["years"] = np.arange(region.months)[:, None] / 12.0
    facts["since_january"] = (np.arange(region.months)[:, None] + region.start.month - 1) % 12
    facts["integrity"] = _filled(region, "cpi_score") / 10.0
    for event in region.events:
        since = max(0, event.when - region.start)
        here = facts[since:, region.index[event.iso3]] if event.iso3 in region.index else facts[:0, 0]
        changes = visa_free_travel or event.when <= region.start  # switched off, the rules of the start remain
        if event.kind == "law_full":
            here["law"] = 1.0
        elif event.kind == "law_partial":
            here["law"] = np.maximum(here["law"], 0.5)
        elif event.kind in ("visa_free", "accession") and changes:
            here["visa_free"] = 1.0
            if event.kind == "accession":
                here["free_movement"] = 1.0
        elif event.kind == "free_work" and changes:
            here["free_work"] += _share_of_area(region, event.towards)
    return facts.view(np.recarray)


def _share_of_area(region: Region, destination: str) -> float:
    """Inhabitants of a destination of the visa area at the start, as a share of those of all of them."""
    people = population(region)
    area = [code for code in region.destinations if code in region.visa_area]
    total = sum(people[region.index[code]] for code in area)
    return float(people[region.index[destination]] / total) if destination in area and total > 0 else 0.0


def _diaspora(region: Region) -> np.ndarray:
    """Emigrants per inhabitant, relative to the (geometric) mean of the origins; 1 where unknown or none."""
    share = _filled(region, "emigrant_stock") / _filled(region, "population")
    origins = share[0, [region.index[c] for c in region.origins]]
    origins = origins[origins > 0.0]  # of nobody there is no logarithm
    mean = np.exp(np.mean(np.log(origins))) if len(origins) else 1.0
    return np.where(np.isnan(share) | (share <= 0.0), 1.0, share / mean)


def women_at_risk(region: Region) -> np.ndarray:
    """Women aged 15-29 by place at the start; 0 where unknown or not an origin."""
    women = _filled(region, "women_15_29")[0]
    return np.where([country.origin for country in region.countries], np.nan_to_num(women), 0.0)


def population(region: Region) -> np.ndarray:
    """Inhabitants by place at the start, NaN replaced by 0."""
    return np.nan_to_num(_filled(region, "population")[0])


def _filled(region: Region, variable: str) -> np.ndarray:
    """(months, places); NaN for a country without any figure.

    Between years a series is interpolated and it is held at its ends. Where the first figure is
    later than the start, the months before follow the mean growth of the countries that have
    figures, so that nobody's telephones are those of 2004 in 1999.
    """
    values = np.full((region.months, len(region.countries)), np.nan)
    late = {}
    for place, country in enumerate(region.countries):
        series = region.series(variable, country.iso3)
        if series is None:
            continue
        values[:, place] = series
        first = min(region.figures[variable, country.iso3])
        if first > region.start.year + 1:
            late[place] = min(region.months - 1, (first - region.start.year) * 12 + 6)
    known = [p for p in range(values.shape[1]) if p not in late and not np.isnan(values[0, p])]
    if known:
        mean = values[:, known].mean(axis=1)
        for place, month in late.items():
            if mean[month] > 0.0:  # of nothing there is no growth
                values[:month, place] = values[month, place] * mean[:month] / mean[month]
    return values


def _scale_from(values: np.ndarray, other: np.ndarray) -> None:
    """Fills countries unknown in one unit from another, by the ratio where both are known."""
    both = ~np.isnan(values[0]) & ~np.isnan(other[0])
    missing = np.isnan(values[0]) & ~np.isnan(other[0])
    if both.any():
        ratio = (values[:, both] / other[:, both]).mean(axis=1)
        values[:, missing] = other[:, missing] * ratio[:, None]


def _mean_where_unknown(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values[0])
    if not known.any():
        return np.ones_like(values)
    return np.where(np.isnan(values), values[:, known].mean(axis=1)[:, None], values)
