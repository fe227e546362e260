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
    """One cell of the observed table: so many persons of the kind that `counts` says.

    `assisted` is the figure that worlds are compared with, whatever is counted: the middle where only the ends of an
    interval are known; None is unknown, not zero, and so is what is `masked`, for the reason that this says.
    `published` are the ends of what the source has.
    """

    iso3: str
    period: str
    assisted: int | None
    role: str
    counts: str
    source: str
    note: str
    published: tuple[int, int] | None = None
    masked: str = ""
    definition: str = ""

    @property
    def interval(self) -> tuple[int, int] | None:
        """The ends between which the figure lies, where it is used and not known exactly."""
        if self.assisted is None or self.published is None or self.published[0] == self.published[1]:
            return None
        return self.published

    @property
    def shown(self) -> str:
        """What the source has, as in the table: a number, a range, or nothing."""
        if self.published is None:
            return "" if self.assisted is None else str(self.assisted)
        return "-".join(str(end) for end in dict.fromkeys(self.published))

    @property
    def series(self) -> tuple[str, str, str, str]:
        """What two figures share whose difference is a change (see `known/series.py`)."""
        return self.iso3, self.role, self.counts, self.definition

    @property
    def first(self) -> Month:
        """First month of the period."""
        return period_months(self.period)[0]

    @property
    def last(self) -> Month:
        """Last month of the period, included."""
        return period_months(self.period)[1]


def period_months(period: str) -> tuple[Month, Month]:
    """First and last month of a year, half, quarter or month as the observed table writes them."""
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
class Total:
    """A published figure of more, or of others, than the model has: shown beside the table, compared with nothing."""

    iso3: str
    period: str
    count: tuple[int, int] | None
    definition: str
    source: str
    note: str


@dataclass(frozen=True)
class Window:
    """Two years that the region's question is about; `where` are the countries, none for all known in both."""

    before: int
    after: int
    where: tuple[str, ...] = ()


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
    totals: tuple[Total, ...] = ()
    windows: tuple[Window, ...] = ()  # what is asked; none: the last year, against those before
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
