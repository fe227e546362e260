"""The observed table in: counts or intervals, masked or not, and the published totals that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from undercount.model.engine.layout import COUNTED
from undercount.model.files.tables_in import (
    LARGEST,
    Cell,
    Column,
    Problems,
    Table,
    check_names,
    check_unique,
    matching,
    one_of,
    read_table,
    text,
)
from undercount.model.known.region import Referral, Total

COUNT_NAMES = ("count", "assisted")  # of the column of figures; the second is the older name


def figure() -> Cell:
    """A whole number or the ends of an interval, as a pair."""
    def parse(value: str) -> tuple[int, int]:
        if not re.fullmatch(r"[+-]?[0-9]{1,18}(-[0-9]{1,18})?", value):
            raise ValueError(value)
        low, high = (int(value),) * 2 if "-" not in value[1:] else map(int, value.split("-"))
        if not 0 <= low <= high <= LARGEST:
            raise ValueError(value)
        return low, high

    return Cell(parse, f"a whole number from 0 to {LARGEST}, or two as the ends of an interval: 1-4")


_CODE = matching(r"[A-Z]{3}", "a code of three capital letters")
_PERIOD = matching(r"(19|20)[0-9]{2}(-Q[1-4]|-H[12]|-(0[1-9]|1[0-2]))?",
                   "a year, half, quarter or month: 2003, 2003-H2, 2004-Q1, 2004-03")
_REFERRALS = [
    Column("iso3", _CODE), Column("period", _PERIOD),
    *(Column(name, figure(), blank=True, optional=True) for name in COUNT_NAMES),
    Column("role", one_of(("destination", "origin"))), Column("counts", one_of(tuple(COUNTED))),
    Column("masked", text(), optional=True, empty=""), Column("definition", text(), optional=True, empty=""),
    Column("source", text()), Column("note", text(), blank=True, optional=True, empty=""),
]
TOTALS = [
    Column("iso3", _CODE), Column("period", _PERIOD), Column("count", figure(), blank=True),
    Column("definition", text()), Column("source", text()), Column("note", text(), blank=True, optional=True, empty=""),
]


def observed_table(path: str | Path, codes: Collection[str] | None, problems: Problems) -> Table:
    """Read an observed table; what is wrong goes to `problems`."""
    table = read_table(path, _REFERRALS, problems)
    named = [name for name in COUNT_NAMES if name in table.header]
    if table.readable and len(named) != 1:
        problems.add(table.file, 1, "count", ", ".join(named) or "no such column",
                     "one column of figures: count (or assisted, its older name)")
    check_names(table, "iso3", codes, problems, "a code of the countries table")
    check_unique(table, ["iso3", "period"], problems)
    if table.readable and not table.rows:
        problems.add(table.file, None, "rows", "", "at least one row")
    return table


def referrals(table: Table) -> tuple[Referral, ...]:
    """The cells of a table in which nothing was wrong."""
    return tuple(_referral(dict(row.values)) for row in table.rows)


def _referral(values: dict) -> Referral:
    found = [values.pop(name) for name in COUNT_NAMES]
    published = found[0] or found[1]
    use = None if published is None or values["masked"] else sum(published) // 2
    return Referral(**values, assisted=use, published=published)


def totals(table: Table) -> tuple[Total, ...]:
    """The published totals of a table in which nothing was wrong."""
    return tuple(Total(**row.values) for row in table.rows)
