"""What is asked of a world, one number each: what sweeps compare and sensitivity is about."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from undercount.model.engine.layout import HIDDEN_FIELDS
from undercount.model.known.region import Region
from undercount.model.known.series import broken


class Output(NamedTuple):
    """The name of a column of `outputs`, how a figure calls it, and its unit."""

    name: str
    title: str
    unit: str


def outputs_of(region: Region, months: int) -> list[Output]:
    """The outputs of a region's runs of so many months, in the order of the columns."""
    years = _years(region, months)
    found = [Output(f"counted_{year}", f"Counted in {year}", "persons") for year in years]
    found += [Output(f"exploited_{year}", f"Newly exploited in {year}", "persons") for year in years]
    found.append(Output("person_months", "In exploitation", "person-months"))
    if len(years) > 1:
        before, after = list(years)[-2:]
        found += [Output("counted_change", f"Change of counts, {before}\u2013{after}", "logarithm of the ratio"),
                  Output("exploited_change", f"Change of newly exploited, {before}\u2013{after}",
                         "logarithm of the ratio")]
    if years:
        found.append(Output("counted_per_exploited", f"Counted per newly exploited, {list(years)[-1]}", "ratio"))
    return found


def outputs(region: Region, hidden: np.ndarray, counts: np.ndarray) -> dict[str, np.ndarray]:
    """Column -> (runs,) of every output.

    hidden  (runs, fields of `layout.HIDDEN_FIELDS`, months): persons in the whole region
    counts  (runs, rows of the region's observed table): persons counted

    A change is ln((after + 1) / (before + 1)), which is finite where nobody was counted; that of the counts leaves out
    countries whose series ends between the two years. A ratio of which the denominator is 0 is NaN.
    """
    years = _years(region, hidden.shape[2])
    exploited = hidden[:, HIDDEN_FIELDS.index("newly_exploited")]
    counted = {year: _counted(region, counts, year) for year in years}
    new = {year: exploited[:, at].sum(axis=1) for year, at in years.items()}
    found = [counted[year] for year in years] + [new[year] for year in years]
    found.append(hidden[:, HIDDEN_FIELDS.index("in_exploitation")].sum(axis=1))
    if len(years) > 1:
        before, after = list(years)[-2:]
        left_out = broken(region.referrals, str(before), str(after))
        compared = {year: _counted(region, counts, year, left_out) for year in (before, after)}
        found += [np.log((by_year[after] + 1.0) / (by_year[before] + 1.0)) for by_year in (compared, new)]
    if years:
        last = list(years)[-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            found.append(np.where(new[last] > 0, counted[last] / new[last], np.nan))
    return {each.name: np.asarray(column, float) for each, column in zip(outputs_of(region, hidden.shape[2]), found)}


def _counted(region: Region, counts: np.ndarray, year: int, left_out: Collection[str] = ()) -> np.ndarray:
    """Persons counted in a year's rows but those of the countries left out, (runs,)."""
    return counts[:, [n for n, row in enumerate(region.referrals)
                      if row.period == str(year) and row.iso3 not in left_out]].sum(axis=1)


def _years(region: Region, months: int) -> dict[int, slice]:
    """The calendar years that were run whole and that the observed table has whole."""
    whole = {row.period for row in region.referrals}
    return {year: at for year, at in region.years.items() if at.stop <= months and str(year) in whole}
