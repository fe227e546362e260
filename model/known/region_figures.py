"""Which yearly figures a region cannot be simulated without, each missing one named by country and variable.

A place without any yearly figure ("elsewhere") takes the means of the others; a country with some must have all that
are required of its roles, because a gap would be filled in silently.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from undercount.model.files.tables_in import Month, Problems, Row, Table

# Least and most that can be right, of every yearly figure that the model knows.
VARIABLES = {
    "gdp_per_head": (1, 1e7), "gdp_per_head_current": (1, 1e7), "female_unemployment": (0, 100),
    "unemployment": (0, 100), "cpi_score": (0, 10), "cpi_sd": (0, 10), "mobile_per_100": (0, 1000),
    "internet_pct": (0, 100), "population": (1e4, 1e10), "women_15_29": (1, 1e10), "emigrant_stock": (0, 1e10),
}
INCOME = ("gdp_per_head", "gdp_per_head_current")
WORK = ("female_unemployment", "unemployment")
# Of each of these some country needs a figure: the others take the mean.
SOMEWHERE = (WORK, ("mobile_per_100",), ("internet_pct",))
PERSONS = ("population", "women_15_29")
FARTHEST = 10  # years beyond the period in which a figure may lie if it is the nearest one
STEEPEST = 10.0  # change of persons, or of income within so many years, from one figure to the next
SOON = 5
# What is a share of the inhabitants, and beyond which of them a unit was mistaken for certain.
SHARES = {"women_15_29": (0.03, 0.25, "3 to 25 % of"), "emigrant_stock": (0.0, 10.0, "at most 10 times")}


def check_required(table: Table, countries: Table, ngos: Table, head: dict, problems: Problems) -> None:
    """Report every figure that is missing, one line a country and variable; asked once all tables are readable."""
    if not (table.readable and countries.readable) or any(not row.ok for row in (*table.rows, *countries.rows)):
        return  # a row that could not be read is no missing one
    years: dict[tuple[str, str], list[int]] = {}
    for row in table.rows:
        years.setdefault((row.values["iso3"], row.values["variable"]), []).append(row.values["year"])
    some = {iso3 for iso3, _ in years}
    ratio = any(all((iso3, name) in years for name in INCOME) for iso3 in some)
    sheltered = {row.values["iso3"] for row in ngos.good() if row.values["kind"] == "shelter"}
    needed: dict[tuple[str, tuple[str, ...]], str] = {}
    for row in countries.rows:
        iso3, origin, end = (row.values[name] for name in ("iso3", "origin", "destination"))
        if origin or end and iso3 in some:
            role = "an origin" if origin else "a destination"
            needed[iso3, INCOME if ratio else INCOME[:1]] = role
            needed[iso3, ("population",)] = role
        if origin:
            needed[iso3, ("women_15_29",)] = "an origin"
        if iso3 in sheltered:
            needed[iso3, ("population",)] = "a country with a shelter"
    ends = [row.values["iso3"] for row in countries.rows if row.values["destination"]]
    if ends and not any(iso3 in some for iso3 in ends):
        needed |= {(iso3, INCOME if ratio else INCOME[:1]): "a destination" for iso3 in ends}
    for (iso3, names), role in needed.items():
        found = [name for name in names if (iso3, name) in years]
        if not found:
            other = INCOME[1] if names == INCOME[:1] and (iso3, INCOME[1]) in years else ""
            problems.add(table.file, None, f"{iso3}, {names[0]}",
                         f"only {other}, and no country with both" if other else "no row",
                         f"at least one year of {' or '.join(names)} for {role}")
        elif not _near_enough(years, iso3, found, head):
            nearest = min((year for name in found for year in years[iso3, name]), key=lambda year: _gap(year, head))
            problems.add(table.file, None, f"{iso3}, {found[0]}", f"no year nearer than {nearest}",
                         f"a figure within {FARTHEST} years of {head['start']} to {head['end']}")
    for names in SOMEWHERE:
        if not any((iso3, name) in years for iso3 in some for name in names):
            problems.add(table.file, None, names[-1], "no row of any country", f"{' or '.join(names)} of at least one")


def check_proportions(table: Table, problems: Problems) -> None:
    """Report figures that cannot be in the same unit as the others of their country, the first of each kind."""
    if not table.readable:
        return
    series: dict[tuple[str, str], dict[int, Row]] = {}
    for row in table.good():
        low, high = VARIABLES[row.values["variable"]]
        if low <= row.values["value"] <= high:  # what nobody can have is told by itself
            series.setdefault((row.values["iso3"], row.values["variable"]), {})[row.values["year"]] = row
    for (iso3, name), rows in sorted(series.items()):
        _check_jumps(table, iso3, name, rows, problems)
        if name in SHARES:
            _check_share(table, iso3, name, rows, series.get((iso3, "population"), {}), problems)


def _check_jumps(table: Table, iso3: str, name: str, rows: dict[int, Row], problems: Problems) -> None:
    for before, after in pairwise(sorted(rows)):
        last, value = rows[before].values["value"], rows[after].values["value"]
        asked = name in PERSONS or name in INCOME and after - before <= SOON
        if asked and min(last, value) > 0 and not 1 / STEEPEST <= value / last <= STEEPEST:
            what = "persons: at most {0} times as many as in the figure before, or as few" if name in PERSONS else \
                "one unit: at most {0} times as much as in the figure before, or as little"
            problems.add(table.file, rows[after].line, f"{iso3}, {name}", f"{value:.10g}, after {last:.10g}",
                         what.format(f"{STEEPEST:g}"))
            return


def _check_share(table: Table, iso3: str, name: str, rows: dict[int, Row], people: dict[int, Row],
                 problems: Problems) -> None:
    low, high, words = SHARES[name]
    for year, row in sorted(rows.items()) if people else ():
        when = nearest_year(people, year)
        everybody = people[when].values["value"]
        if not low * everybody <= row.values["value"] <= high * everybody:
            problems.add(table.file, row.line, f"{iso3}, {name}", f"{row.values['value']:.10g}",
                         f"persons: {words} the population of {when}, {everybody:.10g}")
            return


def nearest_year(years: Iterable[int], year: int) -> int:
    """The one of some years that is nearest to another, the earlier of two."""
    return min(years, key=lambda other: (abs(other - year), other))


def _near_enough(years: dict, iso3: str, names: list[str], head: dict) -> bool:
    """Is some year of these figures near enough to the period to speak of it?"""
    return any(_gap(year, head) <= FARTHEST for name in names for year in years[iso3, name])


def _gap(year: int, head: dict) -> int:
    """Years between a year and the period; 0 inside it."""
    first, last = Month.parse(head["start"]).year, Month.parse(head["end"]).year
    return max(first - year, year - last, 0)
