"""Does an explanation fit at all? Predictive bands of every cell and of each period's total."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference.predictive import Bands, bands
from undercount.experiments.verdict.criteria import CELLS_COVERED, LEVEL
from undercount.experiments.verdict.evidence import Evidence
from undercount.experiments.verdict.hidden import full_years
from undercount.model.country.observation import as_published


@dataclass(frozen=True)
class Fit:
    """Bands of the cells of the full years and of the years' totals, for one explanation."""

    explanation: str
    periods: tuple[str, ...]
    cells: Bands
    totals: Bands

    @property
    def fits(self) -> bool:
        return self.cells.covered >= CELLS_COVERED and bool(self.totals.inside.all())


def fit(evidence: Evidence, explanation: str, simulated: np.ndarray) -> Fit:
    """Against worlds `simulated` (worlds, columns of the reference's quantities)."""
    at = {name: i for i, name in enumerate(evidence.reference.columns)}
    years, *_ = full_years(evidence)
    periods = tuple(str(year) for year in years)
    kept = [i for i, row in enumerate(evidence.observed.rows) if row.period in periods]
    rows = [evidence.observed.rows[i] for i in kept]
    counts = as_published(rows, simulated[:, [at[evidence.observed.columns[i]] for i in kept]])
    observed = evidence.observed.counts[kept]
    inside = np.array([[row.period == period for row in rows] for period in periods])
    return Fit(explanation, periods, bands(counts, observed, level=LEVEL),
               bands(counts @ inside.T, inside @ observed, level=LEVEL))


def prior_fit(evidence: Evidence, explanation: str) -> Fit:
    """The same of the worlds drawn from the explanation's priors."""
    mine = evidence.labels == evidence.explanations.index(explanation)
    return fit(evidence, explanation, evidence.reference.quantities(evidence.reference.columns)[mine])
