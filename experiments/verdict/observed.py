"""The observed table beside the simulated ones: which cells are known, and whether the reference can speak to them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from undercount.experiments.reference.table import Reference
from undercount.experiments.verdict.criteria import FEWEST_CELLS, SIMULATED
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Referral
from undercount.model.known.region_in import read_referrals


@dataclass(frozen=True)
class Observed:
    """Known cells of an observed table. `rows` and `counts` (cells,) are in the order of the reference's columns."""

    file: str
    rows: tuple[Referral, ...]
    counts: np.ndarray
    masked: int
    warnings: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The reference's columns for these cells."""
        return [f"count:{row.iso3}:{row.period}" for row in self.rows]

    def without(self, iso3: str) -> Observed:
        """The table with one country's cells unknown."""
        return self._kept(np.array([row.iso3 != iso3 for row in self.rows]))

    def before(self, period: str) -> Observed:
        """The table as it stood before the period began."""
        first = next(row.first for row in self.rows if row.period == period)
        return self._kept(np.array([row.last < first for row in self.rows]))

    def _kept(self, keep: np.ndarray) -> Observed:
        rows = tuple(row for row, kept in zip(self.rows, keep) if kept)
        return Observed(self.file, rows, self.counts[keep], self.masked + int((~keep).sum()), self.warnings)

    def totals(self) -> dict[str, float]:
        """Sum of the known cells of each period."""
        found: dict[str, float] = {}
        for row, count in zip(self.rows, self.counts):
            found[row.period] = found.get(row.period, 0.0) + float(count)
        return dict(sorted(found.items()))


def read_observed(reference: Reference, file: Path | None) -> Observed:
    """The region's own table, or a user's of the same format.

    Raises BadInput if the reference cannot speak to it: other countries or periods, or too few known cells.
    """
    region = reference.region
    rows = region.referrals if file is None else read_referrals(file, region.index)
    name = f"{region.name}'s observed table" if file is None else str(file)
    known = {(row.iso3, row.period): row for row in region.referrals}
    problems = []
    for row in rows:
        there = known.get((row.iso3, row.period))
        if row.assisted is None:
            continue
        if there is None:
            problems.append(Problem(name, f"{row.iso3} {row.period}", f"{row.assisted}",
                                    "cells that the reference holds: " + _held(region.referrals)))
        elif (there.counts, there.role) != (row.counts, row.role):
            problems.append(Problem(name, f"{row.iso3} {row.period}", f"{row.role}, {row.counts}",
                                    f"{there.role}, {there.counts}, as in the reference"))
    if problems:
        raise BadInput(problems)
    by_cell = {(row.iso3, row.period): row for row in rows if row.assisted is not None}
    cells = tuple(by_cell[key] for key in known if key in by_cell)
    if len(cells) < FEWEST_CELLS or len({row.period for row in cells}) < 2:
        raise BadInput(Problem(name, "assisted", f"{len(cells)} known cells",
                               f"at least {FEWEST_CELLS} known cells in two periods or more"))
    counts = np.array([row.assisted for row in cells], float)
    observed = Observed(name, cells, counts, len(known) - len(cells))
    return Observed(name, cells, counts, observed.masked, tuple(_warnings(observed, reference)))


def _held(rows) -> str:
    codes, periods = sorted({row.iso3 for row in rows}), sorted({row.period for row in rows})
    return f"{', '.join(codes)} in {', '.join(periods)}"


def _warnings(observed: Observed, reference: Reference) -> list[str]:
    """Cells and totals that lie outside everything simulated; beyond them no method can say anything."""
    simulated = reference.quantities(observed.columns)
    low, high = simulated.min(axis=0), simulated.max(axis=0)
    outside = [f"{row.iso3} {row.period}: {count:.0f} observed, {a:.0f} to {b:.0f} simulated"
               for row, count, a, b in zip(observed.rows, observed.counts, low, high) if not a <= count <= b]
    for period, total in observed.totals().items():
        inside = [row.period == period for row in observed.rows]
        a, b = np.quantile(simulated[:, inside].sum(axis=1), SIMULATED)
        if not a <= total <= b:
            outside.append(f"total of {period}: {total:.0f} observed, 99 % of the worlds have {a:.0f} to {b:.0f}")
    return outside
