"""Which worlds are simulated: draws from each explanation's priors on a scrambled Sobol design.

World i of an explanation is a pure function of (seed, explanation, width, i): the i-th point of a Sobol
sequence with a scramble of its own [1], and a seed for the model's luck. So a table can be extended, and
any world of it simulated again, without the others.

1. Owen (1998), Scrambling Sobol' and Niederreiter-Xing points, Journal of Complexity 14.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache

import numpy as np
from undercount.model.assumed.parameters import specs
from undercount.model.assumed.scenario import Scenario
from undercount.model.assumed.scenario_checks import SIZES, event_span

BLOCK = 256  # points of a design that are made together


def widened(scenario: Scenario, width: float) -> Scenario:
    """The scenario with every prior `width` times as wide about its middle, inside what is allowed."""
    if width == 1.0:
        return scenario
    priors = dict(scenario.priors)
    for path, (low, high) in scenario.free().items():
        if path.endswith(".included"):  # happens or not: no range to widen
            continue
        bottom, top = _allowed(scenario, path)
        middle, half = (low + high) / 2.0, (high - low) / 2.0 * width
        priors[path] = (max(bottom, middle - half), min(top, middle + half))
    return replace(scenario, priors=priors)


def _allowed(scenario: Scenario, path: str) -> tuple[float, float]:
    if path in specs():
        return specs()[path].allowed
    kind, name, key = path.split(".")
    if kind == "onsets":
        return {"when": (0.0, scenario.region.months - 1.0), "ramp": (0.0, scenario.region.months - 1.0),
                "size": (0.05, SIZES[1])}[key]
    event = scenario.events_by_name[name]
    return event_span(key, specs()[event.parameter])[0]


def design(explanation: str, dimensions: int, width: float, seed: int, first: int, last: int) -> np.ndarray:
    """Points `first` to `last` (excluded) of the explanation's design, shape (last - first, dimensions), in [0, 1)."""
    numbers = range(first // BLOCK, -(-last // BLOCK))
    if not numbers:
        return np.empty((0, dimensions))
    blocks = np.concatenate([_block(explanation, dimensions, width, seed, number) for number in numbers])
    return blocks[first % BLOCK:first % BLOCK + last - first]


@lru_cache(maxsize=4)
def _block(explanation: str, dimensions: int, width: float, seed: int, number: int) -> np.ndarray:
    """BLOCK points in a row: setting a design up takes as long as many points do, and worlds are asked for singly."""
    from scipy.stats import qmc

    scramble = np.random.default_rng(_word(seed, explanation, width, "design"))
    sobol = qmc.Sobol(dimensions, scramble=True, seed=scramble)
    if number:
        sobol.fast_forward(number * BLOCK)
    return np.minimum(sobol.random(BLOCK), np.nextafter(1.0, 0.0))


def another(explanation: str, dimensions: int, width: float, seed: int, world: int, attempt: int) -> np.ndarray:
    """A further point for one world, shape (dimensions,): where the first lay outside the gates."""
    return np.random.default_rng(_word(seed, explanation, width, f"world {world} attempt {attempt}")).random(dimensions)


def world_seed(explanation: str, width: float, seed: int, world: int) -> int:
    """Seed of the luck of one world, below 2**62; no two worlds of a table share one."""
    return _word(seed, explanation, width, f"world {world}") >> 2


def _word(*content) -> int:
    return int.from_bytes(hashlib.sha256(repr(content).encode()).digest()[:8], "big")
