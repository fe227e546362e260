"""What sequential sampling leaves: its generations, and the draws of the last one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Simulate = Callable[[dict[str, float], int], np.ndarray]  # parameters in [0, 1] by name, seed -> summaries (p,)


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
