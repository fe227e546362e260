"""What a pattern measures in a simulated world: one function a measure, named in `patterns.csv`.

Each takes a `Seen` world, the countries `where`, the `nationals` and a period as a slice of months; none
names a country. A figure that is not defined (nobody to count) is NaN and lies outside every bound. What a
measure takes stands in MEASURES, so that the reader refuses a row that would measure nothing in any world.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from undercount.model.country.observation import observe
from undercount.model.known.region import Region
from undercount.model.outcome import Outcome


@dataclass(frozen=True)
class Seen:
    """A run's tallies; flows (months, origin, destination) of newly exploited persons, counts by row of the table."""

    region: Region
    hidden: np.ndarray
    actors: np.ndarray
    flows: np.ndarray
    counts: np.ndarray


def see(outcome: Outcome) -> Seen:
    """The tallies that patterns are measured on."""
    return Seen(outcome.region, outcome.hidden, outcome.actors, outcome.flows.sum(axis=(3, 4)),
                observe(outcome.region, outcome.hidden))


Places = Sequence[int]


class Use(Enum):
    """What a measure does with the countries or nationals of a row."""

    NEEDED = "needed"
    OPTIONAL = "optional"  # none means all
    UNUSED = "unused"


@dataclass(frozen=True)
class Measure:
    """A function of a world, what it takes, and the roles whose rows of the table it reads (`any`: of `where`)."""

    of: Callable[[Seen, Places, Places, slice], float]
    where: Use
    nationals: Use
    roles: tuple[str, ...] = ()


def share_taken_to(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Of the nationals newly exploited, the share in these countries."""
    flow = seen.flows[months][:, nationals].sum(axis=(0, 1))
    return _ratio(flow[list(where)].sum(), flow.sum())


def share_of_nationals(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Of those newly exploited in these countries, the share of the nationals."""
    flow = seen.flows[months][:, :, where].sum(axis=(0, 2))
    return _ratio(flow[list(nationals)].sum(), flow.sum())


def newly_exploited(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Newly exploited persons a year: of these nationals, in these countries, where named."""
    flow = seen.flows[months].sum(axis=0)
    flow = flow[list(nationals)] if nationals else flow
    return float(flow[:, list(where)].sum() if where else flow.sum()) * 12.0 / _length(months)


def counted(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Persons counted in the rows of these countries whose periods lie in these months."""
    return float(_rows(seen, where, months, "any"))


def origin_rows_to_destination_rows(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Persons counted in the rows of origins for each counted in those of destinations."""
    return _ratio(_rows(seen, (), months, "origin"), _rows(seen, (), months, "destination"))


def counted_in_destination_rows(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Persons counted in the rows of destinations."""
    return float(_rows(seen, (), months, "destination"))


def counted_in_origin_rows(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Persons counted in the rows of origins."""
    return float(_rows(seen, (), months, "origin"))


def leaving(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Persons a year who left these countries by any way: on their own, smuggled or recruited."""
    actors = seen.actors[months]
    there = list(where) or slice(None)
    return float(sum(actors[name][:, there].sum() for name in ("independent", "smuggled", "recruits"))) \
        * 12.0 / _length(months)


def known_recruiters(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Share of recruits whom an acquaintance recruited."""
    actors = seen.actors[months][:, list(where) or slice(None)]
    return _ratio(actors["recruits_of_acquaintances"].sum(), actors["recruits"].sum())


def arrests(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Cells arrested a year: of those based in these countries, where named."""
    return float(seen.actors["arrests"][months][:, list(where) or slice(None)].sum()) * 12.0 / _length(months)


def months_in_custody(seen: Seen, where: Places, nationals: Places, months: slice) -> float:
    """Mean months in custody: cells held for each cell arrested in a month."""
    actors = seen.actors[months][:, list(where) or slice(None)]
    return _ratio(actors["recruiters_in_custody"].sum(), actors["arrests"].sum())


_N, _O, _U = Use.NEEDED, Use.OPTIONAL, Use.UNUSED
MEASURES: dict[str, Measure] = {measure.of.__name__: measure for measure in (
    Measure(share_taken_to, _N, _N), Measure(share_of_nationals, _N, _N), Measure(newly_exploited, _O, _O),
    Measure(counted, _N, _U, ("any",)), Measure(origin_rows_to_destination_rows, _U, _U, ("origin", "destination")),
    Measure(counted_in_destination_rows, _U, _U, ("destination",)),
    Measure(counted_in_origin_rows, _U, _U, ("origin",)), Measure(leaving, _O, _U),
    Measure(known_recruiters, _O, _U), Measure(arrests, _O, _U), Measure(months_in_custody, _O, _U))}


def rows_within(region: Region, where: Places, months: slice, role: str) -> list[int]:
    """Rows of the observed table whose whole period lies in these months: of a role, or with `any` of these places."""
    return [n for n, row in enumerate(region.referrals)
            if months.start <= row.first - region.start and row.last - region.start < months.stop
            and (region.index[row.iso3] in where if role == "any" else row.role == role)]


def _rows(seen: Seen, where: Places, months: slice, role: str) -> int:
    return sum(int(seen.counts[n]) for n in rows_within(seen.region, where, months, role))


def _length(months: slice) -> int:
    return months.stop - months.start


def _ratio(a: float, b: float) -> float:
    return float(a) / float(b) if b else float("nan")
