"""How far the answer moves when what was assumed is assumed otherwise.

Power-scaling [1] is of the likelihood here (the weights of the worlds, to the powers 0.8 and 1.25): the priors of this
model are uniform between two ends, and a power leaves those as they are. They are tilted instead, one unknown at a
time: worlds count in proportion to how near it lies to its upper, or to its lower end.

[1] Kallioinen et al. (2024), Detecting and diagnosing prior and likelihood sensitivity with power-scaling,
    doi:10.1007/s11222-023-10366-5
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from undercount.experiments.answer.estimands import WAYS, change
from undercount.experiments.answer.find import Flow, Found, learn
from undercount.experiments.answer.posterior import Marginal, balance, marginal, priors
from undercount.experiments.answer.views import View, split
from undercount.experiments.inference.methods import Draws, Targets
from undercount.experiments.reference.table import Reference
from undercount.model.files.problems import BadInput

POWERS = (0.8, 1.25)
TREES = 80  # of the forests of a variant
SHOWN = 5  # unknowns whose tilt moves the answer most
MOVED = 0.5  # of the 90 % interval


@dataclass(frozen=True)
class Moved:
    """The answer to D of one window under another assumption: ENDS, P(fell), and how far the median went, as a share
    of the interval's width as stated."""

    kind: str
    name: str
    window: str
    ends: tuple[float, float, float]
    fell: float
    by: float

    @property
    def far(self) -> bool:
        return self.by > MOVED


def sensitivity(found: Found, cores: int) -> list[Moved]:
    """Every variant of every window."""
    rows: list[Moved] = []
    for i, flow in enumerate(found.flows):
        name = f"flow:{flow.window.key}"
        draws = found.plain.draws("flow", [name])
        stated = _Stated(flow, draws.values[:, 0], found.plain.own[:, found.plain.position(name)])
        rows.append(stated.under("prior", "the table's own, not balanced", draws.weights, dict.fromkeys(WAYS, 1.0)))
        rows += [stated.under("likelihood", f"to the power {power:g}", _powered(draws.weights, power))
                 for power in POWERS]
        rows += _tilts(found, draws, stated)
        rows.append(_moved("error", "an error in every cell (robust)", flow, found.robust_flows[i].balanced))
    return rows + _again(found, cores)


@dataclass(frozen=True)
class _Stated:
    """The answer to one window as it is stated: its draws, whose weights an assumption changes, and its levels."""

    flow: Flow
    values: np.ndarray
    levels: np.ndarray

    def under(self, kind: str, name: str, weights: np.ndarray, factors: dict[str, float] | None = None) -> Moved:
        """The answer with other weights of the draws, and the stated balance of the ways or another."""
        factors = balance(self.flow.shares) if factors is None else factors
        return _moved(kind, name, self.flow, marginal(self.values, weights, self.levels).reweighed(factors))


def _moved(kind: str, name: str, flow: Flow, post: Marginal) -> Moved:
    ends, stated = post.quantiles(), flow.balanced.quantiles()
    return Moved(kind, name, flow.window.key, tuple(ends), post.ways()["fell"],
                 abs(ends[1] - stated[1]) / max(stated[2] - stated[0], 1e-9))


def _powered(weights: np.ndarray, power: float) -> np.ndarray:
    powered = weights ** power
    return powered / powered.sum()


def _tilts(found: Found, draws: Draws, stated: _Stated) -> list[Moved]:
    """One unknown at a time towards either end; those that move the answer most."""
    tried = []
    for name, share in _shares(found).items():
        mine = share[found.split.train][draws.worlds]
        for end, factor in (("upper", mine), ("lower", 1.0 - mine)):
            weights = draws.weights * factor
            if np.isfinite(weights).all() and weights.sum() > 0:
                tried.append(stated.under("tilt", f"{name} towards its {end} end", weights / weights.sum()))
    return sorted(tried, key=lambda row: -row.by)[:SHOWN]


def _shares(found: Found) -> dict[str, np.ndarray]:
    """Each unknown that all explanations share, from 0 at its least simulated value to 1, (worlds,).

    Whether an onset happened is tilted to three in four and one in four.
    """
    reference = found.reference
    per = [reference.parameters(name) for name in reference.explanations]
    shared = [path for path in per[0][0] if all(path in unknowns for unknowns, _ in per)]
    made = {}
    for path in shared:
        values = np.empty(len(reference.labels))
        for label, (unknowns, drawn) in enumerate(per):
            values[reference.labels == label] = drawn[:, unknowns.index(path)]
        low, high = values.min(), values.max()
        if high > low:
            share = (values - low) / (high - low)
            made[path] = 0.25 + 0.5 * share if path.endswith(".included") else share
    return made


def _again(found: Found, cores: int) -> list[Moved]:
    """The whole way again: another seed, without the country most in conflict, priors of other widths, a gate less."""
    rows = _learnt(found, found, "seed", f"seed {found.seed + 1}", found.seed + 1, cores)
    if found.ordinary.conflicts:
        code = found.ordinary.conflicts[0].iso3
        others = found.observed.without(code)
        if len(others.rows):  # a table of one country has none
            rows += _learnt(found, replace(found, observed=others), "country", f"without {code}", found.seed, cores)
    for variant in found.reference.variants:
        if variant != found.reference.variant:
            kind, name = ("gate", f"without the gate {variant.without}") if variant.without else \
                ("width", f"priors {variant.width:g} times as wide")
            rows += _learnt(found, replace(found, reference=found.reference.under(variant)), kind, name, found.seed,
                            cores)
    return rows


def _learnt(stated: Found, other: Found, kind: str, name: str, seed: int, cores: int) -> list[Moved]:
    reference: Reference = other.reference
    try:
        parts = stated.split if reference is stated.reference else split(reference, stated.seed)
    except BadInput:  # too few worlds of that width to learn from
        return []
    # Of the flow alone: a table that ships keeps nothing else of the worlds of other variants.
    known = Targets(tuple(stated.truths.flows),
                    np.column_stack([change(reference, window) for window in stated.truths.windows]))
    setup = learn(View.of(other.observed, reference.quantities(other.observed.columns)), known, parts, seed, cores,
                  TREES, {"flow": stated.plain.chosen["flow"]})
    rows = []
    for i, (flow, target) in enumerate(zip(stated.flows, known.names)):
        draws = setup.draws("flow", [target])
        even = marginal(draws.values[:, 0], draws.weights, setup.own[:, i])
        shares = priors(known.values[parts.train, i])
        rows.append(_moved(kind, name, flow, even.reweighed(balance(shares))))
    return rows
