"""The chain of the fall: the change of a count as the exact sum of the changes of its links, by country and in all.

A count is what is left of the persons exploited after each stage on the way to a list. With n_0 those newly
exploited and n_k the count,

    ln n_k = ln n_0 + ln(n_1 / n_0) + ... + ln(n_k / n_{k-1}),

so the change of ln n_k between two years is the sum of the changes of the terms, whatever the stages are. A tally of
zero is read as half a person (`FLOOR`), in every stage alike, which keeps the sum exact; the count of all countries
is then the sum of the counts so read.

In all countries together the change of the logarithm of the total is shared out by the logarithmic mean Divisia
index [1]: with L(a, b) = (a - b) / ln(a / b) each country's links are weighed by L(its counts) / L(the totals). This
decomposition is exact too, treats both years alike and leaves no remainder.

[1] Ang (2005), The LMDI approach to decomposition analysis: a practical guide, Energy Policy 33,
    doi:10.1016/j.enpol.2003.10.010
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from undercount.model.country.observation import COUNTED
from undercount.model.known.region import Referral
from undercount.model.known.series import in_both

FLOOR = 0.5  # persons: what a tally of zero stands for

# link -> (group, what it is). A destination has one run of stages, an origin two: its nationals abroad, then at home.
LINKS = {
    "new": ("people", "persons newly exploited"),
    "held": ("people", "held at a time, for each newly exploited"),
    "found": ("found", "found, for each held"),
    "recognised": ("misread", "recognised as victims, for each found and met"),
    "offered": ("referred", "offered help, for each recognised"),
    "accepted": ("refused", "accepting, for each offered"),
    "placed": ("place", "given a place, for each who accepted and waited"),
    "home": ("home", "coming forward at home, for each helped abroad"),
    "listed": ("listed", "on the list, for each helped"),
    "carried": ("listed", "carried over from one year to the next"),
}
# group -> what its share of a fall is called
GROUPS = {
    "people": "fewer people", "found": "found less", "misread": "misread more", "referred": "referred less",
    "refused": "refused more", "place": "no place", "home": "fewer came forward at home",
    "listed": "listing and carry-over",
}


class Quantities(Protocol):
    """What the chain reads: a reference table, or one world."""

    def quantities(self, names: Sequence[str]) -> np.ndarray:
        """Columns by name, (worlds, names)."""


@dataclass(frozen=True)
class OneWorld:
    """The quantities of one world, asked for as of a reference table."""

    values: Mapping[str, float]

    @classmethod
    def of(cls, names: Sequence[str], row: Sequence[float]) -> OneWorld:
        return cls(dict(zip(names, row)))

    def quantities(self, names: Sequence[str]) -> np.ndarray:
        """(1, names)."""
        return np.array([[self.values[name] for name in names]])


@dataclass(frozen=True)
class Chain:
    """Changes of logarithms from year `before` to year `after` in every world.

    `by_country` has shape (worlds, countries, links), `whole` (worlds, links); their sums over the links are the
    changes of ln(counted), `counted` (worlds, countries, 2) being the counts of both years, zeros read as FLOOR.
    """

    before: int
    after: int
    countries: tuple[str, ...]
    by_country: np.ndarray
    whole: np.ndarray
    counted: np.ndarray

    @property
    def change(self) -> np.ndarray:
        """Change of the logarithm of the total, (worlds,)."""
        return np.diff(np.log(self.counted.sum(axis=1)), axis=1)[:, 0]


Take = Callable[[str], np.ndarray]

BEFORE_HELP = ("identified", "registered")  # kinds of count that ask for no help
OF_HELP = ("referred", "refused", "place")  # groups that only a count of the helped can have


def groups_of(rows: Sequence[Referral]) -> tuple[str, ...]:
    """The groups that a table with these rows can have a part of."""
    helped = any(row.counts not in BEFORE_HELP for row in rows)
    origins = any(row.role == "origin" for row in rows)
    return tuple(group for group in GROUPS if (helped or group not in OF_HELP) and (origins or group != "home"))


def chain(table: Quantities, rows: Sequence[Referral], before: int, after: int,
          countries: Sequence[str] | None = None) -> Chain:
    """The chain of these countries (None: all that have a known cell in both years); `rows` are the known cells."""
    cells = {(row.iso3, row.period): row for row in rows}
    codes = in_both(rows, str(before), str(after)) if countries is None else countries
    mine = [cells[code, str(after)] for code in codes]
    changes, counted = [], []
    for row in mine:
        terms = [links(*stages(table, row, year)) for year in (before, after)]
        changes.append(np.column_stack([terms[1][name] - terms[0][name] for name in LINKS]))
        counted.append(np.column_stack([np.maximum(count_of(table, row, year), FLOOR)
                                        for year in (before, after)]))
    by_country, counted = np.stack(changes, axis=1), np.stack(counted, axis=1)
    return Chain(before, after, tuple(row.iso3 for row in mine), by_country, in_all(by_country, counted), counted)


def count_of(table: Quantities, row: Referral, year: int) -> np.ndarray:
    """The row's simulated count of a year, (worlds,)."""
    return table.quantities([f"count:{row.iso3}:{year}"])[:, 0]


def stages(table: Quantities, row: Referral, year: int) -> tuple[list[str], np.ndarray]:
    """The link that leads to each stage, and persons in each stage, (worlds, stages)."""
    found: list[tuple[str, np.ndarray]] = []
    helped = row.counts not in BEFORE_HELP
    if row.role == "origin":
        found += _stages(_taker(table, "national", row.iso3, year), abroad=True, helped=helped)
        home = _stages(_taker(table, "place", row.iso3, year), abroad=False, helped=helped)
        found += [("home", home[0][1]), *home[1:]]
    else:
        found += _stages(_taker(table, "place", row.iso3, year), abroad=True, helped=helped)
    if row.counts == "repatriated":
        found.append(("carried", _taker(table, "place", row.iso3, year)("repatriated")))
    found.append(("listed", _taker(table, "place", row.iso3, year)(COUNTED[row.counts])))
    return [name for name, _ in found], np.column_stack([persons for _, persons in found])


def _taker(table: Quantities, kind: str, code: str, year: int) -> Take:
    return lambda field: table.quantities([f"{kind}:{field}:{code}:{year}"])[:, 0]


def _stages(take: Take, abroad: bool, helped: bool) -> list[tuple[str, np.ndarray]]:
    """From those newly exploited to those given a place, or only to those recognised; at home from who comes forward.

    Who is found in December is met in January, and who accepts waits a month for a place: `carried`.
    """
    found = [("new", take("newly_exploited")), ("held", take("in_exploitation"))] if abroad else []
    recognised = take("recognised")
    found += [("found", take("identified")), ("carried", recognised + take("misidentified")),
              ("recognised", recognised)]
    if not helped:
        return found
    offered, assisted = take("offered_help"), take("assisted")
    return [*found, ("offered", offered), ("accepted", offered - take("refused")),
            ("carried", assisted + take("no_place")), ("placed", assisted)]


def links(names: Sequence[str], persons: np.ndarray) -> dict[str, np.ndarray]:
    """Terms of ln(counted) by link, (worlds,) each, from persons (worlds, stages); those of one name are added.

    Their sum over LINKS is the logarithm of the last stage, FLOOR standing for less.
    """
    logs = np.log(np.maximum(persons, FLOOR))
    terms = np.diff(logs, axis=1, prepend=0.0)
    found = {name: np.zeros(len(persons)) for name in LINKS}
    for name, term in zip(names, terms.T):
        found[name] = found[name] + term
    return found


def in_all(by_country: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """The links of the total, (worlds, links), from those of countries (worlds, countries, links) [1].

    `counted` (worlds, countries, 2) are the countries' counts, more than 0.
    """
    totals = counted.sum(axis=1)
    weights = log_mean(counted[..., 1], counted[..., 0]) / log_mean(totals[:, 1], totals[:, 0])[:, None]
    return np.einsum("wc,wcl->wl", weights, by_country)


def log_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The logarithmic mean (a - b) / ln(a / b) of numbers above 0; a where both are the same."""
    ratio = np.log(a) - np.log(b)
    return b * np.divide(np.expm1(ratio), ratio, out=np.ones_like(ratio), where=ratio != 0)


def grouped(values: np.ndarray) -> np.ndarray:
    """Sums of the links of each group, (..., groups), from (..., links)."""
    belongs = np.array([[group == own for own in GROUPS] for group, _ in LINKS.values()], float)
    return values @ belongs
