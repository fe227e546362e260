"""Does it predict? The last year is hidden, foretold from the years before, and compared with naive forecasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from undercount.experiments.inference.honest import assess
from undercount.experiments.inference.methods import COMPARED, METHODS, Fitted, Targets, evenly
from undercount.experiments.inference.predictive import (
    averaged_relative_difference,
    last_year_persists,
    last_years_shares,
)
from undercount.experiments.inference.weighted import quantiles
from undercount.experiments.verdict.evidence import Evidence
from undercount.experiments.verdict.observed import Observed
from undercount.experiments.verdict.summaries import summaries

LEVELS = np.array([0.05, 0.5, 0.95])
LEAST_SHARE = 1e-3  # added to shares before their logarithm is taken


@dataclass(frozen=True)
class Holdout:
    """Scores are averaged relative differences over the countries: 0 is perfect.

    `forecast` (countries, 3) has 5, 50 and 95 % of each country's count, without and with the total given, by the
    `methods` of these names.
    """

    period: str
    countries: tuple[str, ...]
    observed: np.ndarray
    before: np.ndarray
    forecast: np.ndarray
    forecast_with_total: np.ndarray
    score: float
    score_with_total: float
    methods: tuple[str, str]
    persists: float
    shares: float

    def plain(self) -> dict[str, Any]:
        """As JSON values; docs/verdict.md explains the keys."""
        return {"period": self.period, "score": self.score, "score_with_total": self.score_with_total,
                "methods": list(self.methods),
                "last_year_persists": self.persists, "last_years_shares": self.shares,
                "countries": {code: {"observed": float(o), "year_before": float(b), "forecast": f.tolist(),
                                     "forecast_with_total": g.tolist()}
                              for code, o, b, f, g in zip(self.countries, self.observed, self.before, self.forecast,
                                                          self.forecast_with_total)}}


def holdout(evidence: Evidence, period: str, seed: int, jobs: int, trees: int = 300) -> Holdout:
    """Forecast of the cells of `period` from all cells that were over before it began.

    All explanations count equally: which of them holds is not known before. Given the total, its
    logarithm is one more summary, and forecasts are scaled to it. By the answer's methods (`inference/methods.py`).
    """
    whole = evidence.observed
    past: Observed = whole.before(period)
    last = str(int(period) - 1)
    known = {(row.iso3, row.period): count for row, count in zip(whole.rows, whole.counts)}
    codes = tuple(row.iso3 for row in whole.rows if row.period == period and (row.iso3, last) in known)
    target = evidence.reference.quantities([f"count:{code}:{period}" for code in codes])
    true = np.array([known[code, period] for code in codes])
    before = np.array([known[code, last] for code in codes])
    table = summaries(past.rows, evidence.reference.quantities(past.columns), evidence.which)
    here = summaries(past.rows, past.counts, evidence.which)
    without, method = _forecast(table, here, target, evidence, seed, jobs, trees)
    total = np.log(target.sum(axis=1) + 1.0)[:, None]
    given, method_given = _forecast(
        np.hstack([table, total]), np.hstack([here, [[np.log(true.sum() + 1.0)]]]),
        target / np.maximum(target.sum(axis=1, keepdims=True), 1.0), evidence, seed, jobs, trees)
    middle = given[:, 1].sum()  # 0 where nobody is foretold in any cell: then the total is divided evenly
    given = given / middle * true.sum() if middle > 0 else np.full_like(given, true.sum() / len(codes))
    score = averaged_relative_difference
    return Holdout(period, codes, true, before, without, given, score(without[:, 1], true), score(given[:, 1], true),
                   (method, method_given), score(last_year_persists(before), true),
                   score(last_years_shares(before, true.sum()), true))


def _forecast(table, here, target, evidence: Evidence, seed: int, jobs: int, trees: int) -> tuple[np.ndarray, str]:
    """5, 50 and 95 % of each target, and the method that was taken: the one with the best log score where each of some
    training worlds is left out."""
    train = np.flatnonzero(evidence.training)
    added = 1.0 if target.max() > 1.0 else LEAST_SHARE
    logs, every = np.log(target[train] + added), range(target.shape[1])
    names = tuple(map(str, every))
    fitted = Fitted.fit(table[train], Targets(names, logs), {"year": names}, seed, jobs, trees)
    some = evenly(len(train), COMPARED)

    def score(method: str) -> float:
        return assess(fitted, fitted.left_out(method, "year", some, every), logs[some], every, seed).scores.mean()

    best = max(METHODS, key=score)
    draws = next(fitted.posteriors(best, "year", here, every))
    return np.maximum(np.exp(quantiles(draws.values, LEVELS, draws.weights)).T - added, 0.0), best
