"""Drawn scenarios: the worlds of a reference table, made again one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from undercount.experiments.draws.design import design, widened, world_seed
from undercount.model.assumed.scenario import Scenario


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
