"""Do the worlds that carry the answer show the observed changes? By year and by group of rows, not levels only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.experiments.answer.find import Found
from undercount.experiments.inference import weighted
from undercount.experiments.verdict.holdout import LEVELS
from undercount.experiments.verdict.summaries import ADDED
from undercount.model.country.observation import as_published
from undercount.model.known.series import in_both

GROUPS = ("all", "destination", "origin")


@dataclass(frozen=True)
class Change:
    """Change of ln(1 + count) of a group of rows from one year to the next: observed, and 90 % before and after."""

    group: str
    before: int
    after: int
    observed: float
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]

    @property
    def inside(self) -> bool:
        return self.posterior[0] <= self.observed <= self.posterior[2]


def changes(found: Found) -> list[Change]:
    """Of every group of rows in which more than one country can be compared."""
    observed, train = found.observed, found.split.train
    simulated = as_published(observed.rows, found.reference.quantities(observed.columns)[train])
    at = {(row.iso3, row.period): i for i, row in enumerate(observed.rows)}
    draws = found.plain.draws("flow", list(found.truths.flows))
    made = []
    for before, after in zip(found.years, found.years[1:]):
        both = in_both(observed.rows, str(before), str(after))
        for group in GROUPS:
            codes = [code for code in both if group in ("all", observed.rows[at[code, str(before)]].role)]
            if len(codes) < 2:
                continue
            first, last = ([at[code, str(year)] for code in codes] for year in (before, after))
            change = np.log(simulated[:, last].sum(axis=1) + ADDED) - np.log(simulated[:, first].sum(axis=1) + ADDED)
            seen = float(np.log(observed.counts[last].sum() + ADDED) - np.log(observed.counts[first].sum() + ADDED))
            made.append(Change(group, before, after, seen, _ends(change),
                               _ends(change[draws.worlds], draws.weights)))
    return made


def _ends(values: np.ndarray, weights: np.ndarray | None = None) -> tuple[float, float, float]:
    low, middle, high = weighted.quantiles(values, LEVELS, weights)
    return float(low), float(middle), float(high)
