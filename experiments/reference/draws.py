"""Drawn scenarios: worlds of a reference table made again, and the posterior draws of a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from undercount.experiments.reference.design import design, widened, world_seed
from undercount.model.assumed.scenario import Scenario, load_scenario


@dataclass(frozen=True)
class Draw:
    """A draw: its explanation's scenario before and after it, its number, and the seed of its luck."""

    explanation: Scenario
    scenario: Scenario
    world: int
    luck: int


def drawn(explanation: Scenario, world: int, seed: int, width: float = 1.0) -> Draw:
    """World number `world` of the explanation in a table with this seed."""
    scenario = widened(explanation, width)
    free = scenario.free()
    point = design(scenario.name, len(free), width, seed, world, world + 1)[0]
    return Draw(explanation, scenario.draw(dict(zip(free, point.tolist()))), world,
                world_seed(scenario.name, width, seed, world))


def prior_draws(explanations: Sequence[Scenario], each: int, seed: int) -> list[Draw]:
    """The first `each` worlds of every explanation: draws from the priors."""
    return [drawn(explanation, world, seed) for explanation in explanations for world in range(each)]


def posterior_draws(folder: Path, count: int | None = None, explanations: Sequence[str] = ()) -> list[Draw]:
    """Posterior draws of a verdict folder: of those `explanations`, or averaged over all by their probabilities.

    `count` thins them evenly. Raises BadInput if the folder holds no finished verdict.
    """
    from undercount.experiments.verdict.folder import read_draws

    table, given = read_draws(folder)
    table = table[table["explanation"].isin(list(explanations)) if explanations else table["averaged"]]
    if count is not None and count < len(table):
        table = table.iloc[np.linspace(0, len(table) - 1, count).round().astype(int)]
    scenarios = {name: load_scenario(given[name]) for name in dict.fromkeys(table["explanation"])}
    found = []
    for _, row in table.iterrows():
        scenario = scenarios[row["explanation"]]
        point = {path: float(row[path]) for path in scenario.free()}
        found.append(Draw(scenario, scenario.draw(point), int(row["draw"]), int(row["luck"])))
    return found
