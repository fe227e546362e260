"""Outcomes of a simulated world that a statement may speak of: changes of the table and of what is hidden.

    fall, fall_destinations, fall_origins   share by which the table's total fell (of those roles alone); the
                                            countries whose figures of both years can be compared
    seen                                    change of ln(total of the table for each newly exploited person)
    flow                                    change of ln(newly exploited persons)
    held                                    change of ln(persons in exploitation, mean of the year)
    found                                   change of ln(identified for each held)
    recognised                              change of ln(recognised for each identified)
    offered                                 change of ln(offered help for each recognised)
    accepted                                change of ln(share of those offered help who do not refuse it)

The first three are of the observed table, the others of the whole region (`seen` of both). Without years those
of the table are of its last two years, the others from two years before the last; NAME_YEAR_YEAR names two. One
is added before every logarithm of persons, so that a world without any has a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from undercount.experiments.attribution.window import find_window
from undercount.experiments.reference.table import Reference
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region
from undercount.model.known.series import in_both

ADDED = 1.0
ONE_YEAR, TWO_YEARS = 1, 2


def _falls(role: str | None) -> Callable[[Reference, int, int], np.ndarray]:
    def of(reference: Reference, before: int, after: int) -> np.ndarray:
        first, last = _totals(reference, before, after, role)
        return np.divide(first - last, first, out=np.full(len(first), np.nan), where=first > 0)
    return of


def _seen(reference: Reference, before: int, after: int) -> np.ndarray:
    first, last = _totals(reference, before, after, None)
    return np.log(last + ADDED) - np.log(first + ADDED) - _change("newly_exploited")(reference, before, after)


def _change(over: str, under: str | None = None) -> Callable[[Reference, int, int], np.ndarray]:
    """Change of the logarithm of a hidden figure, or of one for each of another."""
    def of(reference: Reference, before: int, after: int) -> np.ndarray:
        def logs(field: str) -> np.ndarray:
            first, last = np.log(reference.quantities([f"hidden:{field}:{year}" for year in (before, after)]) + ADDED).T
            return last - first
        return logs(over) - (logs(under) if under else 0.0)
    return of


def _accepted(reference: Reference, before: int, after: int) -> np.ndarray:
    def logs(year: int) -> np.ndarray:
        refused, offered = reference.quantities([f"hidden:refused:{year}", f"hidden:offered_help:{year}"]).T
        return np.log(np.maximum(offered - refused, 0.0) + ADDED) - np.log(offered + ADDED)
    return logs(after) - logs(before)


@dataclass(frozen=True)
class Kind:
    """A family of outcomes: what it is in words, whether it is of the table, and how it is computed."""

    words: str
    of_table: bool
    of: Callable[[Reference, int, int], np.ndarray]


KINDS = {
    "fall": Kind("share by which the observed table's total fell", True, _falls(None)),
    "fall_destinations": Kind("share by which the table's total of destinations fell", True, _falls("destination")),
    "fall_origins": Kind("share by which the table's total of origins fell", True, _falls("origin")),
    "seen": Kind("change of ln(counted for each newly exploited person)", True, _seen),
    "flow": Kind("change of ln(newly exploited persons)", False, _change("newly_exploited")),
    "held": Kind("change of ln(persons held)", False, _change("in_exploitation")),
    "found": Kind("change of ln(found for each held)", False, _change("identified", "in_exploitation")),
    "recognised": Kind("change of ln(recognised for each found)", False, _change("recognised", "identified")),
    "offered": Kind("change of ln(offered help for each recognised)", False, _change("offered_help", "recognised")),
    "accepted": Kind("change of ln(share of those offered help who accept)", False, _accepted),
}


@dataclass(frozen=True)
class Named:
    """An outcome between two years."""

    name: str
    kind: Kind
    before: int
    after: int

    @property
    def words(self) -> str:
        return f"{self.kind.words}, {self.before} to {self.after}"

    def of(self, reference: Reference) -> np.ndarray:
        """The outcome of every world, (worlds,); NaN where it is not defined."""
        return self.kind.of(reference, self.before, self.after)


def named(region: Region) -> dict[str, Named]:
    """Every outcome that can be asked of worlds of this region, by name. Raises BadInput unless two years compare."""
    problems: list[Problem] = []
    window = find_window(region, None, None, problems)
    if window is None or not (window.before.isdigit() and window.after.isdigit()):
        raise BadInput(problems or Problem(f"region {region.name}", "observed table", "no two years",
                                           "figures of the same countries in two years"))
    last, hidden = int(window.after), sorted(region.years)
    spans = {True: last - ONE_YEAR, False: last - TWO_YEARS}  # of the table; of what is hidden
    starts = {of_table: before if before in hidden else int(window.before) for of_table, before in spans.items()}
    found = {}
    for base, kind in KINDS.items():
        role = {"fall_destinations": "destination", "fall_origins": "origin"}.get(base)
        pairs = [(a, b) for a, b in combinations(hidden, 2) if not kind.of_table or _countries(region, a, b, role)]
        if (starts[kind.of_table], last) in pairs:
            found[base] = Named(base, kind, starts[kind.of_table], last)
        found |= {f"{base}_{a}_{b}": Named(f"{base}_{a}_{b}", kind, a, b) for a, b in pairs}
    return found


def _countries(region: Region, before: int, after: int, role: str | None) -> Sequence[str]:
    """Countries (of a role) whose figures of both years of the observed table can be compared."""
    return in_both([row for row in region.referrals if role in (None, row.role)], str(before), str(after))


def _totals(reference: Reference, before: int, after: int, role: str | None) -> tuple[np.ndarray, np.ndarray]:
    codes = _countries(reference.region, before, after, role)
    first, last = (reference.quantities([f"count:{code}:{year}" for code in codes]).sum(axis=1)
                   for year in (before, after))
    return first, last
