"""Does it predict what it has not seen? The last year held out, and published figures that nothing is learnt from.

The figures are those of the region's statistics that are not used (`use` 0). Each is scored by the logarithm of its
probability (density for "about") under the worlds that carry the answer, less that under the prior [1].

[1] Gneiting, Raftery (2007), Strictly proper scoring rules, prediction, and estimation,
    doi:10.1198/016214506000001437
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm
from undercount.experiments.answer.find import Found
from undercount.experiments.inference import weighted
from undercount.experiments.reference.statistics import Statistic, floor
from undercount.experiments.verdict.evidence import Evidence, noise
from undercount.experiments.verdict.holdout import LEVELS, Holdout, holdout

WITH_TOTAL, WITHOUT = 0.35, 0.60  # goals: averaged relative difference over the countries, the total given or not
TREES = 300
ALMOST_NEVER = 1e-6  # least probability that is scored


@dataclass(frozen=True)
class Figure:
    """A published figure that nothing was learnt from: 90 % before and after (published as it is, its error included),
    whether it lies inside, and the log score gained over the prior (nats)."""

    name: str
    bound: str
    value: float
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    inside: bool
    gained: float


@dataclass(frozen=True)
class Foretold:
    """The last full year from those before it, and the figures."""

    year: Holdout | None
    figures: tuple[Figure, ...]


def foretold(found: Found, cores: int, trees: int = TREES) -> Foretold:
    """What the table says of the last year when it is hidden, and of figures that it never saw."""
    evidence = Evidence.of(found.reference, found.observed)
    held = holdout(evidence, str(found.years[-1]), found.seed, cores, trees) if len(found.years) > 1 else None
    return Foretold(held, tuple(_figure(found, s) for s in found.reference.statistics if not s.use))


def _figure(found: Found, statistic: Statistic) -> Figure:
    own = found.reference.quantities([f"statistic:{statistic.name}"])[:, 0]
    known = np.isfinite(own)
    own, weights = own[known], found.weights[known]
    before = np.zeros(len(found.weights))
    before[found.split.train] = 1.0  # the worlds that `weights` are of
    logs, added = np.log(own + floor(statistic)), floor(statistic)
    errors = statistic.error * noise(found.reference.seed, statistic.name, len(known))[known]
    shown = np.maximum(np.exp(logs + errors) - added, 0.0)
    ends = [tuple(float(x) for x in weighted.quantiles(shown, LEVELS, w)) for w in (before[known], weights)]
    low, _, high = ends[1]
    scores = [_score(statistic, logs, w) for w in (before[known], weights)]
    # Of a bound only one side can be wrong.
    inside = (statistic.bound == "at least" or low <= statistic.value) and \
        (statistic.bound == "at most" or statistic.value <= high)
    return Figure(statistic.name, statistic.bound, statistic.value, ends[0], ends[1], inside, scores[1] - scores[0])


def _score(statistic: Statistic, logs: np.ndarray, weights: np.ndarray) -> float:
    """Log predictive density of the figure's logarithm, or log probability that the bound holds."""
    away = (np.log(statistic.value + floor(statistic)) - logs) / max(statistic.error, 1e-9)
    each = {"about": norm.pdf(away) / max(statistic.error, 1e-9), "at most": norm.cdf(away),
            "at least": norm.sf(away)}[statistic.bound]
    return float(np.log(max(ALMOST_NEVER, np.average(each, weights=weights))))
