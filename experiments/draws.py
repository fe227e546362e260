"""Drawn scenarios: the worlds of a reference table, made again one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undercount.experiments.design import another, design, widened, world_seed
from undercount.experiments.patterns.table import Pattern, patterns_of
from undercount.experiments.patterns.worlds import judge
from undercount.model.assumed.scenario import Scenario
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region import Region

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


def hard_patterns(region: Region) -> tuple[Pattern, ...]:
    """Those of a region that are gates."""
    return tuple(pattern for pattern in patterns_of(region) if pattern.hard)


def gates_of(scenario: Scenario, without: str = "") -> tuple[Pattern, ...]:
    """The hard patterns of the scenario's region, but the one that is dropped."""
    return tuple(pattern for pattern in hard_patterns(scenario.region) if pattern.name != without)


def drawn(explanation: Scenario, world: int, seed: int, width: float = 1.0, gates: Sequence[Pattern] = ()) -> Draw:
    """World number `world` of the explanation in a table with this seed.

    A world is a point of the design; if a coarse world of it lies outside the `gates`, other points of the prior
    are drawn until one lies inside (history matching by rejection). It depends on nothing but its arguments.
    Raises BadInput if none is found.
    """
    for tried in range(1, MOST_TRIES + 1):
        draw = attempt(explanation, world, seed, tried, width)
        if not gates or judge(draw.scenario, draw.luck, gates).inside:
            return draw
    raise BadInput(Problem(f"scenario {explanation.name}", "patterns", f"no draw inside the gates in {MOST_TRIES}",
                           "priors under which the hard patterns of the region hold; or --no-gates"))


def attempt(explanation: Scenario, world: int, seed: int, tried: int, width: float = 1.0) -> Draw:
    """The point that was drawn `tried`-th (from 1 on) for a world, whether or not it lies inside any gates.

    A table keeps how many were tried, so its worlds are made again by this without judging any.
    """
    scenario = widened(explanation, width)
    free = list(scenario.free())
    point = another(scenario.name, len(free), width, seed, world, tried - 1) if tried > 1 else \
        design(scenario.name, len(free), width, seed, world, world + 1)[0]
    return Draw(explanation, scenario.draw(dict(zip(free, point.tolist()))), world,
                world_seed(scenario.name, width, seed, world), tried)


def prior_draws(explanations: Sequence[Scenario], each: int, seed: int) -> list[Draw]:
    """The first `each` worlds of every explanation: draws from the priors, inside the gates."""
    return [drawn(explanation, world, seed, gates=gates_of(explanation))
            for explanation in explanations for world in range(each)]
