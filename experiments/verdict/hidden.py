"""The hidden flow behind the observed table: posterior by year, checked on worlds whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from undercount.experiments.inference import calibration
from undercount.experiments.inference.forest_quantiles import ForestQuantiles, Growth, cdf, quantiles
from undercount.experiments.verdict.criteria import CHECKED, STAYED
from undercount.experiments.verdict.evidence import Evidence

PROBS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])

# name -> what it is, in words and unit
QUANTITIES = {
    "newly_exploited": "persons newly exploited in the year",
    "in_exploitation": "persons in exploitation, mean of the year",
    "assisted_ratio": "persons assisted for each newly exploited one",
}


@dataclass(frozen=True)
class Check:
    """Coverage and ranks of one quantity in one year, on held-out worlds."""

    coverage: calibration.Coverage
    ranks: calibration.Uniformity
    values: np.ndarray  # the ranks themselves


@dataclass(frozen=True)
class HiddenFlow:
    """Posterior of the hidden flow.

    `bands[name]` has shape (years, PROBS), averaged over explanations; `by_explanation[e][name]` likewise;
    `change[name]` the probabilities that the quantity fell, stayed and rose from the peak year to the last.
    """

    years: tuple[int, ...]
    peak: int
    last: int
    bands: dict[str, np.ndarray]
    prior: dict[str, np.ndarray]
    by_explanation: dict[str, dict[str, np.ndarray]]
    change: dict[str, dict[str, float]]
    change_prior: dict[str, dict[str, float]]  # the same before the data
    change_by_explanation: dict[str, dict[str, float]]  # of newly exploited persons
    ratio: dict[str, np.ndarray]  # of the last year to the peak year, at PROBS
    checks: dict[str, list[Check]]
    change_check: Check
    rows: float  # effective number of worlds behind the averaged posterior


def truth(evidence: Evidence, years: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Each quantity of every world, (worlds, years)."""
    def take(field: str) -> np.ndarray:
        return evidence.reference.quantities([f"hidden:{field}:{year}" for year in years])

    new, held, assisted = take("newly_exploited"), take("in_exploitation"), take("listed_assisted")
    return {"newly_exploited": new, "in_exploitation": held, "assisted_ratio": assisted / np.maximum(new, 1.0)}


def full_years(evidence: Evidence) -> tuple[tuple[int, ...], int, int]:
    """Years of the observed table with most of its countries, the year of the largest total, and the last."""
    counts: dict[int, int] = {}
    totals: dict[int, float] = {}
    for row, count in zip(evidence.observed.rows, evidence.observed.counts):
        if row.period.isdigit():
            counts[int(row.period)] = counts.get(int(row.period), 0) + 1
            totals[int(row.period)] = totals.get(int(row.period), 0.0) + count
    most = max(counts.values(), default=0)
    years = tuple(sorted(year for year, n in counts.items() if 2 * n > most))
    peak = max(years, key=lambda year: totals[year])
    return years, (peak if peak < years[-1] else years[0]), years[-1]


def hidden_flow(evidence: Evidence, probabilities: np.ndarray, seed: int, jobs: int, trees: int = 300) -> HiddenFlow:
    """Quantile regression forests over all explanations; `probabilities` (explanations,) weigh them.

    Within an explanation the weights of its own worlds count; the average takes the explanations with
    their posterior probabilities. Forests tend to too wide intervals: the levels of the quantiles are
    those that hold on held-out worlds (conformal correction [1]); coverage and ranks are then checked on
    200 others.

    1. Romano, Patterson, Candes (2019), Conformalized quantile regression, NeurIPS 32.
    """
    years, peak, last = full_years(evidence)
    train, test = evidence.training, np.flatnonzero(evidence.held_out)
    quantity = truth(evidence, years)
    logs = np.column_stack([np.log(quantity["newly_exploited"] + 1), np.log(quantity["in_exploitation"] + 1),
                            np.log(quantity["assisted_ratio"] + 1e-4)])
    grown = np.column_stack([logs, _change(quantity, years, peak, last)])
    forest = ForestQuantiles.fit(evidence.table[train], grown[train], seed, Growth(trees), jobs)
    labels, names = evidence.labels[train], evidence.explanations
    weights = forest.weights(evidence.here[None])
    mixed = _reweighed(weights, labels, probabilities)
    own = {name: _reweighed(weights, labels, np.eye(len(names))[i]) for i, name in enumerate(names)}
    flat = sparse.csr_matrix(np.full((1, train.sum()), 1.0 / train.sum()))

    ratios = {name: values[:, years.index(last)] / np.maximum(values[:, years.index(peak)], 1e-9)
              for name, values in quantity.items()}
    order = np.random.default_rng(seed).permutation(test)
    checked = min(CHECKED, len(order) // 2)
    asked, others = order[:checked], order[checked:]
    at, beside = forest.weights(evidence.table[asked]), forest.weights(evidence.table[others])
    levels = {name: [_levels(values[train, i], values[others, i], beside) for i in range(len(years))]
              for name, values in quantity.items()}
    of_change = {name: _levels(ratio[train], ratio[others], beside) for name, ratio in ratios.items()}

    def bands(w: sparse.csr_matrix, right: bool = True) -> dict[str, np.ndarray]:
        return {name: np.stack([quantiles(values[train, i], w, levels[name][i] if right else PROBS)[0]
                                for i in range(len(years))]) for name, values in quantity.items()}

    checks = {name: [_check(values[train, i], values[asked, i], at, levels[name][i], seed) for i in range(len(years))]
              for name, values in quantity.items()}
    dense = np.asarray(mixed.todense()).ravel()
    return HiddenFlow(
        years, peak, last, bands(mixed), bands(flat, right=False), {name: bands(w) for name, w in own.items()},
        {name: _directions(ratio[train], mixed) for name, ratio in ratios.items()},
        {name: _directions(ratio[train], flat) for name, ratio in ratios.items()},
        {name: _directions(ratios["newly_exploited"][train], w) for name, w in own.items()},
        {name: quantiles(ratio[train], mixed, of_change[name])[0] for name, ratio in ratios.items()},
        checks, _check(ratios["newly_exploited"][train], ratios["newly_exploited"][asked], at,
                       of_change["newly_exploited"], seed),
        float(1.0 / (dense ** 2).sum()))


def _change(quantity: dict[str, np.ndarray], years: tuple[int, ...], peak: int, last: int) -> np.ndarray:
    new = np.log(quantity["newly_exploited"] + 1)
    return new[:, years.index(last)] - new[:, years.index(peak)]


def _reweighed(weights: sparse.csr_matrix, labels: np.ndarray, probabilities: np.ndarray) -> sparse.csr_matrix:
    """The forest's weights with each explanation's share of them set to its probability."""
    dense = np.asarray(weights.todense()).ravel()
    own = np.bincount(labels, dense, minlength=len(probabilities))
    factor = np.divide(probabilities, own, out=np.zeros(len(probabilities)), where=own > 0)
    dense = dense * factor[labels]
    return sparse.csr_matrix(dense / dense.sum())


def _directions(ratio: np.ndarray, w: sparse.csr_matrix) -> dict[str, float]:
    dense = np.asarray(w.todense()).ravel()
    fell, rose = float(dense[ratio < 1 - STAYED].sum()), float(dense[ratio > 1 + STAYED].sum())
    return {"fell": fell, "stayed": max(0.0, 1.0 - fell - rose), "rose": rose}


def _levels(trained: np.ndarray, true: np.ndarray, w: sparse.csr_matrix) -> np.ndarray:
    """The forest's levels below which PROBS of the held-out truths lie."""
    below, upto = cdf(trained, w, true).T
    return np.clip(np.quantile((below + upto) / 2, PROBS), 0.0, 1.0)


def _check(trained: np.ndarray, true: np.ndarray, w: sparse.csr_matrix, levels: np.ndarray, seed: int) -> Check:
    ends = quantiles(trained, w, levels[[0, -1]])
    ranks = calibration.ranks(*cdf(trained, w, true).T, seed)
    right = np.interp(ranks, [0.0, *levels, 1.0], [0.0, *PROBS, 1.0])
    return Check(calibration.coverage(ends[:, 0], ends[:, 1], true), calibration.uniformity(right), right)
