"""The prior-predictive probability of each pattern, and what the hidden flow does before any data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from undercount.experiments.patterns.table import Pattern
from undercount.experiments.patterns.worlds import Judged

CONFLICT = 0.02  # a statement that fewer prior worlds satisfy contradicts the model
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
TENTH = 0.1


@dataclass(frozen=True)
class Predictive:
    """Of one scenario: a row a pattern, the share of worlds inside the hard ones, and the change of the flow.

    `flow` holds, of all worlds and of those inside: worlds, and the `change` of their ratios.
    """

    scenario: str
    patterns: pd.DataFrame
    inside: float
    flow: pd.DataFrame


def predictive(scenario: str, patterns: Sequence[Pattern], worlds: Sequence[Judged]) -> Predictive:
    """Conflicts first, then by probability."""
    figures = np.array([judged.figures for judged in worlds]).reshape(len(worlds), len(patterns))
    rows = []
    for k, pattern in enumerate(patterns):
        known = figures[:, k][~np.isnan(figures[:, k])]
        quantiles = np.quantile(known, QUANTILES) if len(known) else [np.nan] * len(QUANTILES)
        rows.append({"scenario": scenario, "pattern": pattern.name,
                     "probability": float(np.mean([pattern.holds(figure) for figure in figures[:, k]])),
                     "low": pattern.low, "high": pattern.high, "hard": pattern.hard,
                     **{f"q{100 * q:02.0f}": value for q, value in zip(QUANTILES, quantiles)}})
    table = pd.DataFrame(rows).sort_values("probability", kind="stable") if rows else pd.DataFrame(rows)
    inside = [judged for judged in worlds if judged.inside]
    flow = pd.DataFrame([{"worlds": name, "number": len(some), **change(ratios(some))}
                         for name, some in (("all", worlds), ("inside the gates", inside))])
    return Predictive(scenario, table, len(inside) / max(1, len(worlds)), flow)


def ratios(worlds: Sequence[Judged]) -> np.ndarray:
    """Newly exploited persons of the later year for each of the earlier, of every world."""
    before, after = np.array([judged.flow for judged in worlds]).reshape(-1, 2).T
    return after / np.maximum(before, 1.0)


def change(ratio: np.ndarray) -> dict[str, float]:
    """Median, and the shares that fell or rose by a tenth; NaN if there are no worlds."""
    if not len(ratio):
        return dict.fromkeys(("median", "fell", "rose"), np.nan)
    return {"median": float(np.median(ratio)), "fell": float(np.mean(ratio < 1.0 - TENTH)),
            "rose": float(np.mean(ratio > 1.0 + TENTH))}
