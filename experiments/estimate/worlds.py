"""Simulated worlds as lists: who was on which lists by year and country, and how many there truly were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from undercount.experiments.draws import drawn, gates_of
from undercount.experiments.estimate.lists import Lists
from undercount.experiments.runs.results import Results
from undercount.experiments.store.planned import cut
from undercount.experiments.store.seal import seal_arrays
from undercount.model.assumed.scenario import Scenario
from undercount.model.engine.layout import LISTS
from undercount.model.known.region import Region
from undercount.model.simulation import simulate

ALL = "ALL"  # stands for all countries together
NEW, HELD = "newly exploited in the year", "ever held in the year"
TARGETS = (NEW, HELD)


@dataclass(frozen=True)
class Worlds:
    """Whole years of worlds.

    histories (worlds, years, countries, histories): persons by the lists they are on. new, held (worlds,
    years, countries): persons newly exploited in the year, and those held at any time of it: who was held when
    it began, and the new. Of the first year nobody knows who was held when it began: nan.
    """

    scenarios: tuple[str, ...]  # of each world
    numbers: tuple[int, ...]  # of each world, within its scenario
    years: tuple[str, ...]
    countries: tuple[str, ...]
    histories: np.ndarray
    new: np.ndarray
    held: np.ndarray

    def cells(self) -> Iterator[tuple[int, int, str, Lists, float, float]]:
        """(world, year, country, its lists, new, held), and all countries together after each of them."""
        for world in range(len(self.scenarios)):
            for year in range(len(self.years)):
                for place, country in enumerate(self.countries):
                    yield (world, year, country, as_lists(self.histories[world, year, place]),
                           float(self.new[world, year, place]), float(self.held[world, year, place]))
                yield (world, year, ALL, as_lists(self.histories[world, year].sum(axis=0)),
                       float(self.new[world, year].sum()), float(self.held[world, year].sum()))


def as_lists(histories: np.ndarray) -> Lists:
    counts = histories.astype(float)[None].copy()
    counts[:, 0] = 0
    return Lists(LISTS, ("",), counts, counts)


def whole_years(region: Region, months: int) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """The years of the region that `months` months hold to their end, and which months each has."""
    found = {str(year): each for year, each in region.years.items() if each.stop <= months}
    return tuple(found), [np.arange(months)[each] for each in found.values()]


def by_year(histories: np.ndarray, new: np.ndarray, stock: np.ndarray,
            years: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of one world by month, first axis: histories, new, held by year."""
    summed, fresh = (np.array([each[months].sum(axis=0) for months in years]) for each in (histories, new))
    before = np.array([stock[months[0] - 1] if months[0] else np.full(stock.shape[1], np.nan) for months in years])
    return summed, fresh, before + fresh


@dataclass(frozen=True)
class Stretch:
    """Worlds `first` to `last` (excluded) of a scenario, drawn from its priors inside the gates: one part file."""

    scenario: Scenario
    first: int
    last: int
    seed: int
    people_per_agent: int
    key: str

    @property
    def part(self) -> str:
        return f"{cut(self.scenario.name, 60)}-{self.first:06d}-{self.last:06d}-{self.key[:16]}.npz"


def simulate_lists(stretch: Stretch) -> bytes:
    """Draws and runs every world of the stretch; the bytes of its part."""
    scenario, found = stretch.scenario, []
    _, years = whole_years(scenario.region, scenario.region.months)
    gates = gates_of(scenario)
    for world in range(stretch.first, stretch.last):
        draw = drawn(scenario, world, stretch.seed, gates=gates)
        outcome = simulate(draw.scenario, stretch.people_per_agent, draw.luck)
        hidden = outcome.hidden
        found.append(by_year(outcome.histories, hidden["newly_exploited"], hidden["in_exploitation"], years))
    histories, new, held = (np.array(each) for each in zip(*found))
    head = {"part": stretch.part, "scenario": scenario.name, "first": stretch.first, "last": stretch.last}
    return seal_arrays(head, {"histories": histories, "new": new, "held": held})


def from_parts(region: Region, parts) -> Worlds:
    """The worlds of finished parts, (head, arrays) each."""
    heads, arrays = zip(*parts)
    return Worlds(
        tuple(head["scenario"] for head in heads for _ in range(head["first"], head["last"])),
        tuple(number for head in heads for number in range(head["first"], head["last"])),
        whole_years(region, region.months)[0], tuple(country.iso3 for country in region.countries),
        *(np.concatenate([each[name] for each in arrays]) for name in ("histories", "new", "held")))


def from_results(results: Results) -> Worlds:
    """The worlds of a folder that `undercount run` made. Raises BadInput if a table is absent or damaged."""
    region, lists, hidden = results.region, results.table("lists"), results.table("hidden")
    countries = tuple(country.iso3 for country in region.countries)
    months = hidden["month"].drop_duplicates().tolist()
    names, years = whole_years(region, len(months))
    runs = hidden[["scenario", "replicate"]].drop_duplicates()
    place = {run: n for n, run in enumerate(runs.itertuples(index=False, name=None))}
    shape = (len(runs), len(months), len(countries))
    new, stock = (hidden[name].to_numpy().reshape(shape) for name in ("newly_exploited", "in_exploitation"))
    histories = np.zeros((len(runs), len(names), len(countries), 1 << len(LISTS)), np.int64)
    for row in lists[lists["year"].isin(names)].itertuples(index=False):
        history = sum(1 << bit for bit, name in enumerate(LISTS) if getattr(row, name))
        histories[place[row.scenario, row.replicate], names.index(row.year), countries.index(row.country),
                  history] += row.persons
    empty = np.zeros((len(months), len(countries), 1))
    _, fresh, held = (np.array(each) for each in zip(*(by_year(empty, new[n], stock[n], years)
                                                       for n in range(len(runs)))))
    return Worlds(tuple(runs["scenario"]), tuple(map(int, runs["replicate"])), names, countries, histories, fresh,
                  held)
