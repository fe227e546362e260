"""The observed table in: counts or intervals, masked or not, and the published totals that stand beside them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from undercount.model.engine.layout import COUNTED
from undercount.model.files.tables_in import (
    Column,
    Problems,
    Table,
    check_names,
    check_unique,
    count,
    matching,
    one_of,
    period,
    read_table,
    text,
)
from undercount.model.known.region import Referral, Total

COUNT_NAMES = ("count", "assisted")  # of the column of figures; the second is the older name
_CODE = matching(r"[A-Z]{3}", "a code of three capital letters")
_REFERRALS = [
    Column("iso3", _CODE), Column("period", period()),
    *(Column(name, count(), blank=True, optional=True) for name in COUNT_NAMES),
    Column("role", one_of(("destination", "origin"))), Column("counts", one_of(tuple(COUNTED))),
    Column("masked", text(), optional=True, empty=""), Column("definition", text(), optional=True, empty=""),
    Column("source", text()), Column("note", text(), blank=True, optional=True, empty=""),
]
TOTALS = [
    Column("iso3", _CODE), Column("period", period()), Column("count", count(), blank=True),
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
