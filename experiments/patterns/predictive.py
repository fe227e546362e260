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

    `flow` holds, of all worlds and of those inside: worlds, median ratio, P(fell by a tenth), P(rose by a tenth).
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
    flow = pd.DataFrame([_flow("all", worlds), _flow("inside the gates", inside)])
    return Predictive(scenario, table, len(inside) / max(1, len(worlds)), flow)


def _flow(name: str, worlds: Sequence[Judged]) -> dict:
    before, after = np.array([judged.flow for judged in worlds]).reshape(-1, 2).T
    ratio = after / np.maximum(before, 1.0)
    return {"worlds": name, "number": len(ratio), "median": float(np.median(ratio)) if len(ratio) else np.nan,
            "fell": float(np.mean(ratio < 1.0 - TENTH)) if len(ratio) else np.nan,
            "rose": float(np.mean(ratio > 1.0 + TENTH)) if len(ratio) else np.nan}
