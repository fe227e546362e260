"""Which figures of the observed table are one series: only the difference of two of one series is a change.

The one place of this rule: `check`, reports, verdicts, attributions and discoveries ask here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from undercount.model.known.region import Referral

# What figures of one country share if they are one series (columns of the table).
PARTS = ("role", "counts", "definition")


def pairs(rows: Sequence[Referral], before: str, after: str) -> list[tuple[int, int]]:
    """Positions of each country's rows of two periods, where both are of one series, in the order of the table."""
    at = {(row.iso3, row.period): i for i, row in enumerate(rows)}
    sides = [(at.get((code, before)), at.get((code, after))) for code in dict.fromkeys(row.iso3 for row in rows)]
    return [(a, b) for a, b in sides if a is not None and b is not None and rows[a].series == rows[b].series]


def broken(rows: Sequence[Referral], before: str, after: str) -> set[str]:
    """Countries with a row in both periods, the two being of different series."""
    sides = [{row.iso3: row for row in rows if row.period == period} for period in (before, after)]
    return {code for code, row in sides[0].items() if code in sides[1] and change(row, sides[1][code])}


def in_both(rows: Sequence[Referral], before: str, after: str) -> tuple[str, ...]:
    """Countries with a figure in both periods, the two being of one series, in the order of the table."""
    return tuple(rows[a].iso3 for a, b in pairs(rows, before, after)
                 if rows[a].assisted is not None and rows[b].assisted is not None)


def why_not(rows: Sequence[Referral], code: str, before: str, after: str) -> str | None:
    """Why a country's figures of two periods are not compared, in words; None if they are."""
    own = {row.period: row for row in rows if row.iso3 == code}
    sides = [own.get(period) for period in (before, after)]
    for period, row in zip((before, after), sides):
        if row is None or row.assisted is None:
            return f"{period} is masked ({row.masked})" if row and row.masked else f"no figure for {period}"
    return change(*sides)


def change(a: Referral, b: Referral) -> str | None:
    """What is another in the second of two rows, in words; None if they are of one series."""
    if a.series == b.series:
        return None
    return "; ".join(f"{part} changes from {_shown(a, part)} to {_shown(b, part)} in {b.period}"
                     for part in PARTS if getattr(a, part) != getattr(b, part))


def breaks(rows: Sequence[Referral]) -> list[tuple[Referral, str]]:
    """The first row of each further series of a country, and what changes there."""
    ordered = sorted(rows, key=lambda row: (row.iso3, row.first))
    return [(b, what) for a, b in pairwise(ordered) if a.iso3 == b.iso3 and (what := change(a, b))]


def _shown(row: Referral, part: str) -> str:
    return repr(getattr(row, part)) if getattr(row, part) else "none"
