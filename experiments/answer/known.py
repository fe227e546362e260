"""Worlds built by hand, whose answer is known: is each of its truths inside the interval that is stated?

Every unknown but those of the onsets stands in the middle of its range. They are simulated for this, with a luck of
their own, and are in no table.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from undercount.experiments.answer.chain import GROUPS, OneWorld, chain, grouped
from undercount.experiments.answer.estimands import flow_columns
from undercount.experiments.answer.find import Found
from undercount.experiments.answer.posterior import balance, balanced, marginal, priors
from undercount.experiments.answer.views import seen
from undercount.experiments.reference.quantities import columns, quantities
from undercount.experiments.reference.statistics import Statistic
from undercount.experiments.reference.table import Reference
from undercount.experiments.store.seal import seal_arrays
from undercount.model.assumed.scenario import Scenario
from undercount.model.simulation import simulate

LUCK = 20_260_101
STRONG = 0.85
# name -> (what happens, unknowns that are not in the middle, as fractions of their ranges). No other onset happens.
CASES: dict[str, tuple[str, dict[str, float]]] = {
    "routes": ("a fall made by routes alone", {"onsets.routes.size": STRONG}),
    "measures": ("a fall made by measures alone", {"onsets.measures.size": STRONG}),
    "refusal": ("a fall made by refusal alone", {"onsets.refusal.size": STRONG}),
    "half-and-half": ("measures and refusal together", {"onsets.measures.size": 0.5, "onsets.refusal.size": 0.5}),
    "rising": ("less looking while the trade grows", {
        "onsets.looking.size": STRONG, "networks.trade_trend": 0.98, "push.leave_trend": 0.9}),
}


@dataclass(frozen=True)
class ByHand:
    """A job: one world of CASES at the table's scale."""

    name: str
    scenario: Scenario
    seed: int
    people_per_agent: int
    statistics: tuple[Statistic, ...]

    @property
    def part(self) -> str:
        content = (self.scenario.content_hash(), point(self.scenario, self.name), self.seed, self.people_per_agent,
                   [s.definition for s in self.statistics])
        return f"by-hand-{self.name}-{hashlib.sha256(repr(content).encode()).hexdigest()[:16]}.npz"

    def run(self) -> bytes:
        """The world's quantities, (1, columns), as a part."""
        drawn = self.scenario.draw(point(self.scenario, self.name))
        world = simulate(drawn, self.people_per_agent, LUCK + self.seed)
        return seal_arrays({"part": self.part, "by_hand": self.name},
                           {"quantities": np.array([quantities(self.statistics, world)])})


def point(scenario: Scenario, name: str) -> dict[str, float]:
    """Fractions of the ranges of all unknowns."""
    mine = CASES[name][1]
    happens = {path.split(".")[1] for path in mine if path.startswith("onsets.")}
    found = {path: 0.5 for path in scenario.free()}
    found |= {path: 1.0 if path.split(".")[1] in happens else 0.0 for path in found if path.endswith(".included")}
    return found | {path: share for path, share in mine.items() if path in found}


def jobs(reference: Reference, seed: int) -> list[ByHand]:
    """Those cases of which the table's first explanation knows every onset."""
    scenario = reference.scenario(reference.explanations[0])
    free = scenario.free()
    return [ByHand(name, scenario, seed, reference.people_per_agent, reference.statistics)
            for name, (_, mine) in CASES.items()
            if all(f"{path.rsplit('.', 1)[0]}.included" in free for path in mine if path.startswith("onsets."))]


def judged(found: Found, name: str, row: np.ndarray) -> dict[str, Any]:
    """What the answer states of a world by hand, from its quantities (columns,), and whether the truth is inside."""
    reference = found.reference
    world = OneWorld.of(columns(reference.region, reference.statistics), row)
    counts = world.quantities(found.observed.columns)[0]
    here = seen(found.observed.rows, counts)[0]
    window = found.truths.windows[0]
    before, after = (max(world.quantities(flow_columns(year, window.where)).sum(), 1.0)
                     for year in (window.before, window.after))
    target = f"flow:{window.key}"
    true = {target: float(np.log(after) - np.log(before))} | _chain(found, world)
    draws = found.plain.draws("flow", [target], here)
    factors = balance(priors(found.truths.of(target)[found.split.train]))
    even = marginal(draws.values[:, 0], draws.weights, found.plain.own[:, found.plain.position(target)])
    post = even.reweighed(factors)
    entries = {"flow": _entry(true[target], post)}
    groups = found.truths.groups
    names = [f"{group}:{window.key}" for group in groups]
    draws = found.plain.draws("chain", [target, *names], here)
    weights = balanced(draws.weights, draws.values[:, 0], factors)
    for k, (group, each) in enumerate(zip(groups, names), 1):
        entries[group] = _entry(true[each], marginal(draws.values[:, k], weights,
                                                     found.plain.own[:, found.plain.position(each)]))
    cells = {(r.iso3, r.period): c for r, c in zip(found.observed.rows, counts)}
    totals = [sum(cells[code, str(year)] for code in window.countries) for year in (window.before, window.after)]
    return {"name": name, "words": CASES[name][0], "counted": [float(x) for x in totals], "fell": post.ways()["fell"],
            "estimands": entries, "inside": sum(e["inside"] for e in entries.values()), "of": len(entries)}


def _entry(true: float, post) -> dict[str, Any]:
    low, middle, high = post.quantiles()
    return {"true": true, "low": low, "median": middle, "high": high, "inside": bool(low <= true <= high)}


def _chain(found: Found, world: OneWorld) -> dict[str, float]:
    """The true groups of the world's own chain."""
    window = found.truths.windows[0]
    whole = grouped(chain(world, found.observed.rows, window.before, window.after, window.countries).whole)[0]
    return {f"{group}:{window.key}": float(value) for group, value in zip(GROUPS, whole)
            if group in found.truths.groups}
