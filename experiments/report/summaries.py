"""Result tables to tidy summary tables: bands over replicates, falls, ratios, shares.

Every function takes the tables as the model writes them, with scenario and replicate in front, and
leaves the scenarios in the order in which they come. A missing figure stays missing (NaN): it is
never read as zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from undercount.model.known.region import Window

RUN = ["scenario", "replicate"]
# Half of the replicates lie between q25 and q75, nine in ten between q05 and q95.
QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
MONTHS_A_YEAR = 12


def bands(values: pd.DataFrame, by: Sequence[str], value: str) -> pd.DataFrame:
    """Quantiles of `value` over replicates within each scenario and `by`, and their number `n`.

    Missing values are left out; where all are missing the quantiles are missing and n is 0.
    """
    values = values.astype({value: float})  # an empty table has no type yet
    grouped = values.groupby(["scenario", *by], sort=False, observed=True)[value]
    found = pd.DataFrame({name: grouped.quantile(q) for name, q in QUANTILES.items()})
    found["n"] = grouped.count()
    return found.reset_index()


# --- the observed table --------------------------------------------------------------------------


def observed_table(region) -> pd.DataFrame:
    """country, year, observed (NaN if the source has no figure), role, counts, months, source, series (only figures of
    one are compared)."""
    rows = [(r.iso3, r.period, np.nan if r.assisted is None else float(r.assisted), r.role, r.counts,
             r.last - r.first + 1, r.source, r.series) for r in region.referrals]
    table = pd.DataFrame(rows, columns=["country", "year", "observed", "role", "counts", "months", "source", "series"])
    return table.astype({"observed": float})


def periods(observed: pd.DataFrame) -> pd.DataFrame:
    """One row a period, in order: months, countries with a figure, rows, observed total.

    `complete` says that every row of the period has a figure and that it is a whole year: only
    such periods can be compared with each other.
    """
    grouped = observed.groupby("year", sort=True)
    table = pd.DataFrame({
        "months": grouped["months"].first(), "known": grouped["observed"].count(), "rows": grouped.size(),
        "observed": grouped["observed"].sum(min_count=1)}).reset_index()
    every = observed["country"].nunique()
    table["complete"] = (table["known"] == every) & (table["months"] == MONTHS_A_YEAR)
    return table


@dataclass(frozen=True)
class Years:
    """The two years whose difference is asked about, and the years before them for the map."""

    before: str
    after: str
    early: tuple[str, ...]


def compared_years(observed: pd.DataFrame, stated: Sequence[Window] = ()) -> Years | None:
    """The years of the first window that the region states, or the last two complete years of the observed table; None
    if it has no two."""
    table = periods(observed)
    if stated:
        before, after = str(stated[0].before), str(stated[0].after)
        return Years(before, after, tuple(year for year in table["year"] if year < before) or (before,))
    complete = list(table.loc[table["complete"], "year"])
    if len(complete) < 2:
        return None
    return Years(complete[-2], complete[-1], tuple(complete[:-2]) or (complete[-2],))


def simulated_with_mask(referrals: pd.DataFrame, observed: pd.DataFrame) -> pd.DataFrame:
    """Simulated rows beside the observed ones; `masked` where the source has no figure."""
    keys = observed[["country", "year", "observed", "role", "months"]]
    table = referrals.merge(keys, on=["country", "year"], how="inner", validate="many_to_one")
    table["masked"] = table["observed"].isna()
    return table


def totals(referrals: pd.DataFrame, observed: pd.DataFrame) -> pd.DataFrame:
    """scenario, replicate, year, assisted: the sum over the rows for which the source has a figure."""
    table = simulated_with_mask(referrals, observed)
    kept = table[~table["masked"]]
    return kept.groupby([*RUN, "year"], sort=False, observed=True)["assisted"].sum().reset_index()


# --- the change between two years ----------------------------------------------------------------


def row_groups(observed: pd.DataFrame) -> dict[str, list[str]]:
    """What a change is given for: all rows, the rows of each role, each country."""
    groups = {"total": list(observed["country"].unique())}
    for role in sorted(observed["role"].unique()):
        groups[f"{role} rows"] = list(observed.loc[observed["role"] == role, "country"].unique())
    return groups | {country: [country] for country in observed["country"].unique()}


def percent_change(before, after):
    """100 (after - before) / before; missing if `before` is zero."""
    before, after = np.asarray(before, float), np.asarray(after, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0, 100.0 * (after - before) / before, np.nan)


def comparable(observed: pd.DataFrame, years: Years) -> pd.Index:
    """Countries that have a figure in both years, the two being of one series."""
    known = observed[observed["year"].isin([years.before, years.after])].dropna(subset="observed")
    by = known.groupby("country")["series"].agg(["size", "nunique"])
    return by.index[(by["size"] == 2) & (by["nunique"] == 1)]


def observed_changes(observed: pd.DataFrame, years: Years) -> dict[str, float]:
    """Change in per cent of every group, over its countries that can be compared."""
    wide = observed.pivot(index="country", columns="year", values="observed")
    wide = wide.loc[comparable(observed, years), [years.before, years.after]]
    found = {}
    for name, countries in row_groups(observed).items():
        chosen = wide.loc[wide.index.intersection(countries)]
        found[name] = float(percent_change(chosen[years.before].sum(), chosen[years.after].sum()))
    return found


def simulated_changes(referrals: pd.DataFrame, observed: pd.DataFrame, years: Years) -> pd.DataFrame:
    """scenario, replicate, group, change: per cent, over the same rows as the observed change.

    Empty if one of the two years was not run.
    """
    table = simulated_with_mask(referrals, observed)
    wide = table[table["year"].isin([years.before, years.after])].pivot_table(
        index=[*RUN, "country"], columns="year", values="assisted", sort=False, observed=True)
    both, parts = comparable(observed, years), []
    if years.before in wide and years.after in wide:
        wide = wide.reset_index()
        for name, countries in row_groups(observed).items():
            kept = wide[wide["country"].isin(both.intersection(countries))]
            sums = kept.groupby(RUN, sort=False, observed=True)[[years.before, years.after]].sum().reset_index()
            sums["group"], sums["change"] = name, percent_change(sums[years.before], sums[years.after])
            parts.append(sums[[*RUN, "group", "change"]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*RUN, "group", "change"])


def yearly_changes(yearly: pd.DataFrame, value: str, years: Years) -> pd.DataFrame:
    """scenario, replicate, change of a yearly quantity; empty if a year was not run."""
    wide = yearly.pivot_table(index=RUN, columns="year", values=value, sort=False, observed=True)
    if years.before not in wide or years.after not in wide:
        return pd.DataFrame(columns=[*RUN, "change"])
    return pd.DataFrame({"change": percent_change(wide[years.before], wide[years.after])},
                        index=wide.index).reset_index()


# --- months to years -----------------------------------------------------------------------------


def years_run(months: pd.Series) -> dict[str, int]:
    """Number of months that were run in each year."""
    names = pd.Series(months.unique())
    return names.groupby(names.str[:4]).size().to_dict()


def by_year(table: pd.DataFrame, summed: Sequence[str] = (), averaged: Sequence[str] = ()) -> pd.DataFrame:
    """Whole years only, all countries: sums of what happens, averages over months of what stands."""
    run = years_run(table["month"])
    monthly = table.groupby([*RUN, "month"], sort=False, observed=True)[[*summed, *averaged]].sum().reset_index()
    monthly["year"] = monthly["month"].str[:4]
    monthly = monthly[monthly["year"].map(run) == MONTHS_A_YEAR]
    grouped = monthly.groupby([*RUN, "year"], sort=False, observed=True)
    return grouped.agg({**dict.fromkeys(summed, "sum"), **dict.fromkeys(averaged, "mean")}).reset_index()


def hidden_by_year(hidden: pd.DataFrame) -> pd.DataFrame:
    """newly_exploited and assisted (persons a year), in_exploitation (mean stock), assisted_per_1000."""
    table = by_year(hidden, ["newly_exploited", "assisted"], ["in_exploitation"])
    new = table["newly_exploited"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        table["assisted_per_1000"] = np.where(new > 0, 1000.0 * table["assisted"] / new, np.nan)
    return table


def actors_by_year(actors: pd.DataFrame) -> pd.DataFrame:
    """Cells and officials as means over the months, bribes as their number a year."""
    return by_year(actors, ["bribes_taken"], ["recruiters_active", "recruiters_in_custody", "officials_in_pay"])


# --- flows and lists -----------------------------------------------------------------------------


def shares(flows: pd.DataFrame, column: str, whole_years: Sequence[str]) -> pd.DataFrame:
    """scenario, replicate, year, `column`, share in per cent of the newly exploited persons.

    A kind that a run has not at all in a year counts as 0 %, a year without anybody as missing.
    """
    table = flows.assign(year=flows["month"].str[:4])
    table = table[table["year"].isin(list(whole_years))]
    wide = table.pivot_table(index=[*RUN, "year"], columns=column, values="newly_exploited", aggfunc="sum",
                             fill_value=0, sort=False, observed=True)
    wide = wide[sorted(wide.columns)]
    percent = 100.0 * wide.div(wide.sum(axis=1).replace(0, np.nan), axis=0)
    return percent.reset_index().melt(id_vars=[*RUN, "year"], value_name="share", var_name=column)


def corridors(flows: pd.DataFrame, years: Sequence[str], replicates: int) -> pd.DataFrame:
    """origin, destination, persons a year: mean over the years and over all replicates of a scenario.

    `flows` holds one scenario. A replicate without a corridor counts as zero, hence `replicates`.
    """
    chosen = flows[flows["month"].str[:4].isin(list(years))]
    table = chosen.groupby(["origin", "destination"], observed=True)["newly_exploited"].sum()
    table = (table / (replicates * max(len(years), 1))).rename("persons").reset_index()
    return table.sort_values(["persons", "origin", "destination"], ascending=[False, True, True], ignore_index=True)


def list_overlap(lists: pd.DataFrame, names: Sequence[str], runs: pd.DataFrame) -> pd.DataFrame:
    """scenario, replicate, year, held_by, persons: which lists hold them, e.g. "police + hotline".

    Combinations that a run has not are zero, so that quantiles are over all runs.
    """
    def word(on) -> str:
        return " + ".join(name for name, yes in zip(names, on) if yes)

    combinations = [[bool(n >> k & 1) for k in range(len(names))] for n in range(1, 2 ** len(names))]
    combinations.sort(key=lambda on: (sum(on), [not x for x in on]))
    words = [word(on) for on in combinations]
    table = lists.groupby([*RUN, "year", *names], sort=False, observed=True)["persons"].sum().reset_index()
    table["held_by"] = [word(on) for on in table[list(names)].itertuples(index=False)]
    full = runs[RUN].drop_duplicates().merge(pd.DataFrame({"year": sorted(lists["year"].unique())}, dtype=object),
                                             how="cross").merge(pd.DataFrame({"held_by": words}), how="cross")
    full = full.merge(table[[*RUN, "year", "held_by", "persons"]], on=[*RUN, "year", "held_by"], how="left")
    return full.fillna({"persons": 0})
