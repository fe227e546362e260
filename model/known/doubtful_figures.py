"""Yearly figures that can be right, and are likely in another unit: a line each for `undercount check`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from undercount.model.known.region import Region
from undercount.model.known.region_figures import INCOME, nearest_year

FEW = 100_000  # inhabitants: fewer has a country of this kind seldom, and one in thousands often
EMIGRANTS = (0.001, 1.0)  # emigrants per inhabitant, below and above which a unit is more likely another
PER_CENT = ("female_unemployment", "unemployment", "internet_pct", "mobile_per_100")
# Falls, and for the index rises, from one figure to the next that are a matter of unit rather than of a country.
FALL = {"internet_pct": 5.0, "mobile_per_100": 5.0, "cpi_score": 4.0}
RISE = {"cpi_score": 4.0}
APART = 300.0  # times the lowest income: beyond what countries differ by


def doubtful_figures(region: Region) -> Iterator[str]:
    """Every figure that is more likely in another unit."""
    if few := [code for (name, code), years in region.figures.items()
               if name == "population" and min(years.values()) < FEW]:
        yield f"population of {listed(few)} is below {FEW:,}: persons, not thousands?"
    yield from _emigrants(region)
    for name in PER_CENT:
        if small := [code for (of, code), years in region.figures.items()
                     if of == name and 0.0 < max(years.values()) <= 1.0]:
            yield f"{name} of {listed(small)} is never above 1: of a hundred, not a share?"
    if small := [code for (of, code), years in region.figures.items()
                 if of == "cpi_score" and max(years.values()) <= 1.0]:
        yield f"cpi_score of {listed(small)} is never above 1: 0 to 10, not a share?"
    yield from _jumps(region)
    yield from _incomes(region)


def _emigrants(region: Region) -> Iterator[str]:
    for (name, code), years in region.figures.items():
        people = region.figures.get(("population", code))
        if name != "emigrant_stock" or not people:
            continue
        shares = [value / people[nearest_year(people, year)] for year, value in years.items()]
        if max(shares) > EMIGRANTS[1]:
            yield f"emigrant_stock of {code} is larger than its population: persons in both?"
        elif 0.0 < max(shares) < EMIGRANTS[0]:
            yield f"emigrant_stock of {code} is below a thousandth of its population: persons in both?"


def _jumps(region: Region) -> Iterator[str]:
    for (name, code), years in region.figures.items():
        for before, after in pairwise(sorted(years)):
            a, b = years[before], years[after]
            if a > b * FALL.get(name, float("inf")) or b > a * RISE.get(name, float("inf")):
                yield f"{name} of {code}: {a:g} in {before} and {b:g} in {after}: in one unit?"


def _incomes(region: Region) -> Iterator[str]:
    for name in INCOME:
        least = {code: min(years.values()) for (of, code), years in region.figures.items() if of == name}
        top = max((max(years.values()) for (of, _), years in region.figures.items() if of == name), default=0.0)
        if low := [code for code, value in least.items() if value * APART < top]:
            yield f"{name} of {listed(low)} is less than 1/{APART:g} of the highest: in one unit?"


def listed(codes: Iterable[str]) -> str:
    """Codes in a line, each once."""
    return ", ".join(dict.fromkeys(codes))
