"""A region: its countries, crossings, named routes, events, programmes and observed table.

A region is a folder of tables (see scenarios/*/README.md), read by `region_in.load_region`; what that returns can be
trusted by the rest of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from undercount.model.files.tables_in import Month


@dataclass(frozen=True)
class Country:
    iso3: str
    name: str
    capital: str
    lat: float
    lon: float
    origin: bool
    transit: bool
    destination: bool
    group: str
    source: str


@dataclass(frozen=True)
class Crossing:
    """Two countries between which a person can move; `length_km` is the border, None if none."""

    a: str
    b: str
    kind: str
    length_km: float | None
    source: str
    note: str


@dataclass(frozen=True)
class NamedRoute:
    """A corridor that a source names; since and until bound the period it reports on.

    `opens` and `closes` are the first and last month in which it can be used at all; None is always.
    """

    id: str
    origin: str
    path: tuple[str, ...]
    era: str
    opens: Month | None
    closes: Month | None
    since: Month | None
    until: Month | None
    source: str
    note: str


@dataclass(frozen=True)
class Tie:
    """Where an origin's recruits are taken in the first year: `weight` among its near or its far destinations."""

    origin: str
    destination: str
    near: bool
    weight: float
    source: str


@dataclass(frozen=True)
class RegionEvent:
    """Something dated; an empty `iso3` is the whole region, `towards` is the border of a passport."""

    when: Month
    iso3: str
    kind: str
    value: float | None
    text: str
    source: str
    reliability: str
    towards: str = ""


@dataclass(frozen=True)
class Ngo:
    iso3: str
    kind: str
    start: Month
    source: str
    note: str


@dataclass(frozen=True)
class Referral:
    """One cell of the observed table; `assisted` None is unknown, not zero."""

    iso3: str
    period: str
    assisted: int | None
    role: str
    counts: str
    source: str
    note: str

    @property
    def first(self) -> Month:
        """First month of the period."""
        return _period(self.period)[0]

    @property
    def last(self) -> Month:
        """Last month of the period, included."""
        return _period(self.period)[1]


def _period(period: str) -> tuple[Month, Month]:
    year, _, part = period.partition("-")
    first, length = 1, 12
    if part.startswith("Q"):
        first, length = 3 * int(part[1]) - 2, 3
    elif part.startswith("H"):
        first, length = 6 * int(part[1]) - 5, 6
    elif part:
        first, length = int(part), 1
    begin = Month(int(year), first)
    return begin, begin + (length - 1)


@dataclass(frozen=True)
class Region:
    name: str
    title: str
    folder: Path
    start: Month
    end: Month
    visa_area: tuple[str, ...]
    onset_window: tuple[Month, Month]  # months in which what an explanation speaks of may have begun
    countries: tuple[Country, ...]
    crossings: tuple[Crossing, ...]
    routes: tuple[NamedRoute, ...]
    events: tuple[RegionEvent, ...]
    ngos: tuple[Ngo, ...]
    referrals: tuple[Referral, ...]
    figures: dict[tuple[str, str], dict[int, float]]
    files: dict[str, str]
    ties: tuple[Tie, ...] = ()
    patterns: Path | None = None  # what its sources state of the world behind the counts
    map: Path | None = None  # outlines to draw (`outlines.py`)
    changes: Path | None = None  # the region's own dated events, in the form of a scenario's

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each country, by code."""
        return {country.iso3: i for i, country in enumerate(self.countries)}

    @property
    def months(self) -> int:
        """Number of months, first and last included."""
        return self.end - self.start + 1

    @cached_property
    def years(self) -> dict[int, slice]:
        """The calendar years that lie wholly in the period, and their months."""
        first = {year: (year - self.start.year) * 12 + 1 - self.start.month
                 for year in range(self.start.year, self.end.year + 1)}
        return {year: slice(t, t + 12) for year, t in first.items() if t >= 0 and t + 12 <= self.months}

    @property
    def origins(self) -> tuple[str, ...]:
        return tuple(c.iso3 for c in self.countries if c.origin)

    @property
    def destinations(self) -> tuple[str, ...]:
        return tuple(c.iso3 for c in self.countries if c.destination)

    def month_index(self, name: str) -> int:
        """Months since the start; negative before it, `months` or more after the end."""
        return Month.parse(name) - self.start

    def month_name(self, i: int) -> str:
        return str(self.start + int(i))

    def series(self, variable: str, iso3: str) -> np.ndarray | None:
        """Monthly values of a yearly figure, or None if there is no figure at all.

        A yearly figure stands for the middle of its year; between two it is a straight
        line, beyond the first and last it is held flat.
        """
        years = self.figures.get((variable, iso3))
        if not years:
            return None
        known = sorted(years)
        middle = [(year - self.start.year) * 12 + 6 - (self.start.month - 1) for year in known]
        return np.interp(np.arange(self.months) + 0.5, middle, [years[year] for year in known])
