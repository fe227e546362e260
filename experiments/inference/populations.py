"""What sequential sampling is asked, and what it leaves: its generations, and the draws of the last one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

Simulate = Callable[[dict[str, float], int], np.ndarray]  # parameters in [0, 1] by name, seed -> summaries (p,)


@dataclass(frozen=True)
class Distance:
    """How far summaries (p,) are from the observed ones: root mean square of (simulated - observed) / `scale`.

    Summaries that are not observed (NaN) or have no scale are left out; what is not a number is infinitely far.
    """

    observed: np.ndarray
    scale: np.ndarray

    @cached_property
    def used(self) -> np.ndarray:
        return np.isfinite(self.observed) & np.isfinite(self.scale) & (self.scale > 0)

    def __call__(self, summaries: np.ndarray) -> float:
        apart = (summaries[self.used] - self.observed[self.used]) / self.scale[self.used]
        found = float(np.sqrt(np.mean(apart**2)))
        return found if np.isfinite(found) else float("inf")


@dataclass(frozen=True)
class Schedule:
    """How many generations of how many accepted draws, and what ends them earlier.

    A generation that accepts less than `minimum_acceptance` is the last, as is one that reaches `minimum_epsilon`;
    before simulation `max_simulations` would be passed, an unfinished generation is given up.
    """

    populations: int
    population_size: int
    minimum_acceptance: float = 0.01
    minimum_epsilon: float = 0.0
    max_simulations: int = 100_000


@dataclass(frozen=True)
class Population:
    """One generation: probability of each model (in order), the distance accepted, simulations it took."""

    probabilities: np.ndarray
    epsilon: float
    simulations: int
    accepted: int


@dataclass(frozen=True)
class Particles:
    """The last generation's draws of one model (n, d), columns as `names`, weights (n,) that sum to 1."""

    names: tuple[str, ...]
    values: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True)
class SmcChoice:
    """What ABC-SMC found. `simulations` counts all, with those that set the first distance and those of
    a last generation that was given up (`stopped` says why it ended)."""

    models: tuple[str, ...]
    populations: tuple[Population, ...]
    particles: dict[str, Particles]
    simulations: int
    stopped: str

    @property
    def probabilities(self) -> np.ndarray:
        """Of the last population."""
        return self.populations[-1].probabilities

    @property
    def epsilon(self) -> float:
        return self.populations[-1].epsilon
