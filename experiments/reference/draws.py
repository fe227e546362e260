"""Drawn scenarios: worlds of a reference table made again, and the posterior draws of a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from undercount.experiments.patterns.table import Pattern, patterns_of
from undercount.experiments.patterns.worlds import judge
from undercount.experiments.reference.design import another, design, widened, world_seed
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.files.problems import BadInput, Problem

MOST_TRIES = 2000  # of one world; a scenario that passes its gates more seldom is no explanation of this region


@dataclass(frozen=True)
class Draw:
    """A draw: its explanation's scenario before and after it, its number, and the seed of its luck.

    `tried` counts the points of the prior that were drawn until one passed the gates.
    """

    explanation: Scenario
    scenario: Scenario
    world: int
    luck: int
    tried: int = 1


def gates_of(scenario: Scenario) -> tuple[Pattern, ...]:
    """The hard patterns of the scenario's region."""
    return tuple(pattern for pattern in patterns_of(scenario.region) if pattern.hard)


def drawn(explanation: Scenario, world: int, seed: int, width: float = 1.0, gates: Sequence[Pattern] = ()) -> Draw:
    """World number `world` of the explanation in a table with this seed.

    A world is a point of the design; if a coarse world of it lies outside the `gates`, other points of the prior
    are drawn until one lies inside (history matching by rejection). It depends on nothing but its arguments.
    Raises BadInput if none is found.
    """
    scenario = widened(explanation, width)
    free, luck = list(scenario.free()), world_seed(scenario.name, width, seed, world)
    for tried in range(MOST_TRIES):
        point = another(scenario.name, len(free), width, seed, world, tried) if tried else \
            design(scenario.name, len(free), width, seed, world, world + 1)[0]
        found = scenario.draw(dict(zip(free, point.tolist())))
        if not gates or judge(found, luck, gates).inside:
            return Draw(explanation, found, world, luck, tried + 1)
    raise BadInput(Problem(f"scenario {explanation.name}", "patterns", f"no draw inside the gates in {MOST_TRIES}",
                           "priors under which the hard patterns of the region hold; or --no-gates"))


def prior_draws(explanations: Sequence[Scenario], each: int, seed: int) -> list[Draw]:
    """The first `each` worlds of every explanation: draws from the priors, inside the gates."""
    return [drawn(explanation, world, seed, gates=gates_of(explanation))
            for explanation in explanations for world in range(each)]


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
