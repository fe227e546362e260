"""The region's `observed/patterns.csv`: statements of sources, and between which bounds they hold in a world."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from undercount.experiments.patterns.measures import MEASURES, Seen, Use, rows_within
from undercount.experiments.patterns.rows import (
    CODES,
    NAME,
    PERIODS,
    WHERE_AND_WHEN,
    check_codes,
    check_periods,
    check_share,
)
from undercount.model.files.tables_in import (
    Column,
    Month,
    Problems,
    Table,
    check_unique,
    flag,
    number,
    one_of,
    read_table,
    text,
)
from undercount.model.known.region import Region

FILE = "patterns.csv"  # its name, by which `undercount check` knows one
_COLUMNS = [
    Column("name", NAME), Column("statement", text()), Column("measure", one_of(tuple(MEASURES))), *WHERE_AND_WHEN,
    Column("low", number(0), blank=True), Column("high", number(0), blank=True), Column("hard", flag()),
    Column("source", text()), Column("note", text(), blank=True, empty=""),
]


@dataclass(frozen=True)
class Pattern:
    """A statement and its bounds; with `against` of the ratio of its period to that one. None is no bound.

    `hard` patterns are gates: a world outside their bounds is no world of this region.
    """

    name: str
    statement: str
    measure: str
    where: tuple[str, ...]
    nationals: tuple[str, ...]
    period: tuple[Month, Month]
    against: tuple[Month, Month] | None
    low: float | None
    high: float | None
    hard: bool
    source: str
    note: str

    def figure(self, seen: Seen) -> float:
        """The measure in a world."""
        index, start = seen.region.index, seen.region.start
        where, nationals = [index[c] for c in self.where], [index[c] for c in self.nationals]

        def level(period: tuple[Month, Month]) -> float:
            return MEASURES[self.measure].of(seen, where, nationals, _months(*period, start))

        now = level(self.period)
        if self.against is None:
            return now
        before = level(self.against)
        return now / before if before else float("nan")

    def holds(self, figure: float) -> bool:
        """Does the figure lie inside the bounds? A NaN does not."""
        low = -math.inf if self.low is None else self.low
        return low <= figure <= (math.inf if self.high is None else self.high)


def patterns_of(region: Region) -> tuple[Pattern, ...]:
    """The region's patterns, none if it has no such file. Raises BadInput with every problem."""
    return read_patterns(region.patterns, region) if region.patterns else ()


def read_patterns(path: Path, region: Region) -> tuple[Pattern, ...]:
    """The patterns in a file; raises BadInput with every problem."""
    problems = Problems()
    table = read_table(path, _COLUMNS, problems)
    check_unique(table, ["name"], problems)
    for row in table.good():
        _check(table, row, region, problems)
    problems.raise_any()
    return tuple(_pattern(row.values) for row in table.rows)


def _check(table: Table, row, region: Region, problems: Problems) -> None:
    values = row.values
    ordered, places = check_periods(table, row, region, problems), _check_places(table, row, region, problems)
    if ordered and places:
        _check_rows(table, row, region, problems)
    for key in ("low", "high"):
        check_share(table, row, key, problems)
    if values["low"] is None and values["high"] is None:
        problems.add(table.file, row.line, "low, high", "", "a bound: what holds in every world states nothing")
    elif None not in (values["low"], values["high"]) and values["high"] < values["low"]:
        problems.add(table.file, row.line, "high", f"{values['high']:g}", f"at least low, {values['low']:g}")


def _check_places(table: Table, row, region: Region, problems: Problems) -> bool:
    """Are all codes known, and are they what the measure takes?"""
    name, good = row.values["measure"], True
    for key, use in (("where", MEASURES[name].where), ("nationals", MEASURES[name].nationals)):
        codes = row.values[key].split()
        if (use is Use.NEEDED and not codes) or (use is Use.UNUSED and codes):
            problems.add(table.file, row.line, key, row.values[key],
                         f"{CODES.allowed}: {name} needs them" if use is Use.NEEDED else f"nothing: {name} takes none")
            good = False
        good = check_codes(table, row, key, region, problems) and good
    return good


def _check_rows(table: Table, row, region: Region, problems: Problems) -> None:
    """What counts rows of the observed table must find some, in both periods."""
    where = [region.index[code] for code in row.values["where"].split()]
    for first, last in PERIODS:
        if row.values[first] is None:
            continue
        months = _months(row.values[first], row.values[last], region.start)
        if not all(rows_within(region, where, months, role) for role in MEASURES[row.values["measure"]].roles):
            problems.add(table.file, row.line, f"{first}, {last}", f"{row.values[first]} to {row.values[last]}",
                         "months that hold a whole period of the rows that the measure counts")


def _months(first: Month, last: Month, start: Month) -> slice:
    return slice(first - start, last - start + 1)


def _pattern(v: dict) -> Pattern:
    against = (v["against_from"], v["against_until"]) if v["against_from"] else None
    return Pattern(v["name"], v["statement"], v["measure"], tuple(v["where"].split()), tuple(v["nationals"].split()),
                   (v["from"], v["until"]), against, v["low"], v["high"], v["hard"], v["source"], v["note"])
