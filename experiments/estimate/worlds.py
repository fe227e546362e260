"""Simulated worlds by year and country: who was on which lists, and how many there truly were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from undercount.experiments.runs.results import Results
from undercount.model.assumed.scenario import Scenario, parameter_table
from undercount.model.engine.layout import HELD_FIELDS, HISTORIES, LISTS, VENUES
from undercount.model.known.region import Region
from undercount.model.outcome import Outcome

ALL = "ALL"  # stands for all countries together
NEW, EVER_HELD = "newly exploited in the year", "ever held in the year"
TARGETS = (NEW, EVER_HELD)
ADAPT, DO_NOT, NOT_KNOWN = "adapt", "do not adapt", "not known"  # networks, to the losses that they see


@dataclass(frozen=True)
class Tallies:
    """Of one world, first axes (years, countries). Persons, but `months`: ends of months at which they were held.

    histories (.., 8) by the lists they are on; exposures (.., 8, venues, 2) as in `model.outcome`; relisted (.., 8)
    by the lists abroad of those listed again at home; new, before, months (.., venues): newly exploited in the year,
    held when it began (nan of the first year: nobody knows), and what both were held for. adapts (years): see ADAPT.
    """

    histories: np.ndarray
    exposures: np.ndarray
    relisted: np.ndarray
    new: np.ndarray
    before: np.ndarray
    months: np.ndarray
    adapts: tuple[str, ...]

    @property
    def held(self) -> np.ndarray:
        """(years, countries, venues): held at any time of the year."""
        return self.before + self.new


@dataclass(frozen=True)
class Worlds:
    """Whole years of worlds: each with its scenario, and its number within it."""

    scenarios: tuple[str, ...]
    numbers: tuple[int, ...]
    years: tuple[str, ...]
    countries: tuple[str, ...]
    tallies: tuple[Tallies, ...]


def whole_years(region: Region, months: int) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """The years of the region that `months` months hold to their end, and which months each has."""
    found = {str(year): each for year, each in region.years.items() if each.stop <= months}
    return tuple(found), [np.arange(months)[each] for each in found.values()]


def by_year(months: dict[str, np.ndarray], stock: np.ndarray, years: list[np.ndarray],
            adapts: tuple[str, ...]) -> dict[str, Any]:
    """Fields of `Tallies`, of one world by month, first axis: what is added up, the stock at a month's end by venue."""
    added = {name: np.array([each[months].sum(axis=0) for months in years]) for name, each in months.items()}
    before = np.array([stock[months[0] - 1] if months[0] else np.full(stock.shape[1:], np.nan) for months in years])
    return added | {"before": before, "months": np.array([stock[months].sum(axis=0) for months in years]),
                    "adapts": adapts}


def of_outcome(outcome: Outcome, scenario: Scenario) -> Tallies:
    """A run to the end of the region's period."""
    years = whole_years(outcome.region, outcome.months)[1]
    months = {name: getattr(outcome, name) for name in ("histories", "exposures", "relisted")}
    hidden = outcome.hidden
    stock = np.stack([hidden["in_public"], hidden["in_exploitation"] - hidden["in_public"]], axis=-1)
    return Tallies(**by_year(months | {"new": outcome.flows.sum(axis=(1, 3))}, stock, years,
                             adaptation(scenario, years)))


def adaptation(scenario: Scenario, years: list[np.ndarray]) -> tuple[str, ...]:
    """Whether networks act on losses that they see, by year."""
    table = parameter_table(scenario)
    acts = (table["route_response"] > 0) | (table["method_response"] > 0)
    return tuple(ADAPT if acts[months].any() else DO_NOT for months in years)


def from_results(results: Results) -> Worlds:
    """The worlds of a folder that `undercount run` made. Raises BadInput if a table is absent or damaged."""
    region, hidden = results.region, results.table("hidden")
    countries = tuple(country.iso3 for country in region.countries)
    months = hidden["month"].drop_duplicates().tolist()
    names, years = whole_years(region, len(months))
    runs = hidden[["scenario", "replicate"]].drop_duplicates()
    place = {run: n for n, run in enumerate(runs.itertuples(index=False, name=None))}
    shape = (len(runs), len(months), len(countries))
    public, held = (hidden[name].to_numpy().reshape(shape) for name in ("in_public", "in_exploitation"))
    stock = np.stack([public, held - public], axis=-1)
    new = np.zeros((*shape, len(VENUES)), np.int64)
    flows = results.table("flows")
    np.add.at(new, (_places(flows, place), *(flows[name].map(words.index).to_numpy() for name, words in (
        ("month", months), ("destination", countries), ("venue", VENUES)))), flows["newly_exploited"].to_numpy())
    lists = _lists(results.table("lists"), place, names, countries)
    unknown = (NOT_KNOWN,) * len(years)
    tallies = [Tallies(**by_year({"new": new[n]}, stock[n], years, unknown),
                       **{name: every[n] for name, every in lists.items()}) for n in range(len(runs))]
    return Worlds(tuple(runs["scenario"]), tuple(map(int, runs["replicate"])), names, countries, tuple(tallies))


def _places(table: pd.DataFrame, place: dict) -> np.ndarray:
    return np.array([place[run] for run in table[["scenario", "replicate"]].itertuples(index=False, name=None)], int)


def _lists(table: pd.DataFrame, place: dict, years: tuple[str, ...],
           countries: tuple[str, ...]) -> dict[str, np.ndarray]:
    """histories, exposures and relisted of every run, from the table of lists."""
    table = table[table["year"].isin(years)]
    shape = (len(place), len(years), len(countries), HISTORIES)
    history = sum(table[name].astype(int) * (1 << bit) for bit, name in enumerate(LISTS))
    where = (_places(table, place), table["year"].map(years.index).to_numpy(int),
             table["country"].map(countries.index).to_numpy(int), np.asarray(history, int))
    found = {"histories": np.zeros(shape, np.int64), "exposures": np.zeros((*shape, len(VENUES), 2), np.int64),
             "relisted": np.zeros(shape, np.int64)}
    found["histories"][where] = table["persons"]
    found["exposures"][where] = table[list(HELD_FIELDS)].to_numpy().reshape(-1, 2, len(VENUES)).swapaxes(1, 2)
    found["relisted"][where] = table["relisted"]
    return found
