"""What rows of the region's tables of statements and statistics share: places, nationals and two periods."""

from __future__ import annotations

from undercount.model.files.tables_in import Column, Problems, Table, matching, month
from undercount.model.known.region import Region

NAME = matching(r"[a-z][a-z0-9-]{0,59}", "small letters, digits and hyphens")
CODES = matching(r"[A-Z]{3}( [A-Z]{3})*", "codes of the countries table, separated by blanks")
WHERE_AND_WHEN = [
    Column("where", CODES, blank=True, empty=""), Column("nationals", CODES, blank=True, empty=""),
    Column("from", month()), Column("until", month()),
    Column("against_from", month(), blank=True), Column("against_until", month(), blank=True),
]
# Measures that no world has more than 1 of.
SHARES = ("share_taken_to", "share_of_nationals", "share_by_police", "private_share")
PERIODS = (("from", "until"), ("against_from", "against_until"))


def check_share(table: Table, row, key: str, problems: Problems) -> None:
    """Is a share one, where no second period makes it a ratio of two?"""
    values = row.values
    if values["measure"] in SHARES and values["against_from"] is None and (values[key] or 0.0) > 1.0:
        problems.add(table.file, row.line, key, f"{values[key]:g}", f"a share of 1 at most, for {values['measure']}")


def check_codes(table: Table, row, key: str, region: Region, problems: Problems) -> bool:
    """Are all codes of a cell countries of the region?"""
    unknown = [code for code in row.values[key].split() if code not in region.index]
    for code in unknown:
        problems.add(table.file, row.line, key, code, "a code of the countries table", region.index)
    return not unknown


def check_periods(table: Table, row, region: Region, problems: Problems) -> bool:
    """Is each period in order and inside the region's, and the second whole or absent?"""
    values, good = row.values, True
    if (values["against_from"] is None) != (values["against_until"] is None):
        problems.add(table.file, row.line, "against_from, against_until", "one of two", "both or neither")
        good = False
    for keys in PERIODS:
        first, last = (values[key] for key in keys)
        if None not in (first, last) and not region.start <= first <= last <= region.end:
            problems.add(table.file, row.line, ", ".join(keys), f"{first} to {last}",
                         f"months in order, from {region.start} to {region.end}")
            good = False
    return good
