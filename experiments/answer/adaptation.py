"""What adaptation of routes and methods made of the change, learnt from worlds in which it was taken away.

An attribution of the table's own worlds says what adaptation made of each world's change of ln(counted) and of
ln(newly exploited). Forests learn both from the tables of those worlds. Every world is judged by trees that were grown
without it, and with levels that were set on the other half, so the checks are on worlds of known truth. No world is
moved along a regression: where nobody adapts the part is exactly nothing, which a shift would make something of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from undercount.experiments.answer.checks import Check, check
from undercount.experiments.answer.estimands import Window, change
from undercount.experiments.answer.posterior import Marginal, balance, balanced, marginal, priors
from undercount.experiments.answer.views import View
from undercount.experiments.inference.honest import assess, honest, levels
from undercount.experiments.inference.methods import Fitted, Targets
from undercount.experiments.reference.attributed import COUNTED, FLOW, adaptation, window_of
from undercount.experiments.reference.shipped import shipped_attribution
from undercount.experiments.reference.table import Reference
from undercount.experiments.verdict.observed import Observed
from undercount.model.files.problems import BadInput, Problem

OUTCOMES = {"counted": COUNTED, "flow": FLOW}
FAMILY = "adaptation"


@dataclass(frozen=True)
class Part:
    """What adaptation made of a change of a logarithm: mean and posterior, prior, and its check."""

    mean: float
    posterior: Marginal
    prior: Marginal
    check: Check


@dataclass(frozen=True)
class Adaptation:
    """Its part of either outcome, from so many worlds; the change that it is a part of is `window`'s."""

    window: Window
    worlds: int
    parts: dict[str, Part]


def to_learn_from(reference: Reference, asked: Sequence[Window], folder: Path | None) -> Path | None:
    """The attribution that is given; one that ships, which nobody named, only where the observed table asks about its
    years."""
    unnamed = folder is not None and folder == shipped_attribution(reference)
    return None if folder is None or unnamed and _between(asked, folder) is None else folder


def _between(asked: Sequence[Window], folder: Path) -> Window | None:
    """The window that an attribution is about; None if it is none of those asked."""
    years = window_of(folder)
    return next((window for window in asked if (str(window.before), str(window.after)) == years), None)


def learn_adaptation(reference: Reference, observed: Observed, asked: Sequence[Window], folder: Path, seed: int,
                     cores: int) -> Adaptation:
    """Raises BadInput if the attribution is of other worlds, too few, or of none of the windows `asked`."""
    window = _between(asked, folder)
    if window is None:
        raise BadInput(Problem(folder, "from, to", " to ".join(window_of(folder)),
                               ", or ".join(each.key.replace(":", " to ") for each in asked)))
    flow = change(reference, window)
    every = adaptation(reference, folder, flow, tuple(OUTCOMES.values()))
    rows = np.flatnonzero(np.isfinite(every).all(axis=1))
    values, factors = every[rows], balance(priors(flow))
    view = View.of(observed, reference.quantities(observed.columns))
    both, all_of_them = list(range(len(OUTCOMES))), np.arange(len(rows))
    fitted = Fitted.fit(view.worlds[rows], Targets(tuple(OUTCOMES), values), {FAMILY: tuple(OUTCOMES)}, seed, cores)
    judged = assess(fitted, fitted.left_out("forest", FAMILY, all_of_them, both), values, both, seed)
    own, ranks = levels(judged.ranks), _by_halves(judged.ranks, seed)
    draws = next(fitted.posteriors("forest", FAMILY, view.here[None], both))
    weights = balanced(draws.weights, flow[rows][draws.worlds], factors)
    before_data = balanced(np.ones(len(rows)), flow[rows], factors)
    return Adaptation(window, len(rows), {
        name: Part(float(weights @ draws.values[:, i]), marginal(draws.values[:, i], weights, own[:, i]),
                   marginal(values[:, i], before_data), check(ranks[:, i], judged.means[:, i], values[:, i], seed))
        for i, name in enumerate(OUTCOMES)})


def _by_halves(ranks: np.ndarray, seed: int) -> np.ndarray:
    """Ranks (m, targets) made honest by the levels of the half that they are not in."""
    half = np.random.default_rng([seed, 0xADA7]).permutation(len(ranks)) % 2
    found = np.empty_like(ranks)
    for side in (0, 1):
        own = levels(ranks[half != side])
        for i in range(ranks.shape[1]):
            found[half == side, i] = honest(ranks[half == side, i], own[:, i])
    return found
