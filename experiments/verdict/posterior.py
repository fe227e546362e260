"""Posterior draws of each explanation's unknowns, and the worlds that follow from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from undercount.experiments.inference import contraction, rejection
from undercount.experiments.reference.quantities import quantities
from undercount.experiments.reference.statistics import Statistic
from undercount.experiments.store.planned import cut
from undercount.experiments.store.seal import seal_arrays
from undercount.experiments.verdict.evidence import Evidence
from undercount.model.assumed.scenario import Scenario
from undercount.model.simulation import simulate

NEIGHBOURS = 0.05
FEWEST_NEIGHBOURS = 300
CHUNK = 10


@dataclass(frozen=True)
class Points:
    """Posterior draws of one explanation, in [0, 1] of each unknown's range, (draws, unknowns); all count alike.

    `informed` says of each unknown how far the data narrowed it.
    """

    explanation: str
    unknowns: tuple[str, ...]
    values: np.ndarray
    informed: tuple[contraction.Contraction, ...]


def posterior_points(evidence: Evidence, explanation: str, count: int, seed: int) -> Points:
    """Draws by rejection and local-linear adjustment on the explanation's own training worlds."""
    reference = evidence.reference
    unknowns, parameters = reference.parameters(explanation)
    mine = evidence.labels == reference.explanations.index(explanation)
    train = evidence.training[mine]
    spans = np.array(list(reference.scenario(explanation).free().values()))
    shares = np.clip((parameters - spans[:, 0]) / (spans[:, 1] - spans[:, 0]), 0.0, 1.0)[train]
    near = min(1.0, max(NEIGHBOURS, FEWEST_NEIGHBOURS / train.sum()))
    found = rejection.adjust(evidence.table[mine][train], shares, evidence.here, near, [(0.0, 1.0)] * len(unknowns))
    picks = _systematic(found.weights, count, np.random.default_rng(seed))
    informed = contraction.contraction(shares, found.values, unknowns, seed, found.weights)
    return Points(explanation, tuple(unknowns), np.clip(found.values[picks], 0.0, 1.0), tuple(informed))


def _systematic(weights: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Rows in proportion to their weights, in random order (systematic resampling)."""
    at = (np.arange(count) + rng.random()) / count
    return rng.permutation(np.minimum(np.searchsorted(np.cumsum(weights), at), len(weights) - 1))


@dataclass(frozen=True)
class PosteriorWorlds:
    """A job: the worlds of some draws of one explanation, each with new luck."""

    scenario: Scenario
    unknowns: tuple[str, ...]
    points: np.ndarray
    first: int
    seed: int
    people_per_agent: int
    statistics: tuple[Statistic, ...]

    @property
    def part(self) -> str:
        content = (self.scenario.content_hash(), self.unknowns, self.points.tolist(), self.first, self.seed,
                   self.people_per_agent, [s.definition for s in self.statistics])
        key = hashlib.sha256(repr(content).encode()).hexdigest()[:16]
        return f"posterior-{cut(self.scenario.name, 60)}-{self.first:05d}-{key}.npz"

    def run(self) -> bytes:
        """The quantities (draws, columns) of the worlds, as a part."""
        found = []
        for number, point in enumerate(self.points, self.first):
            drawn = self.scenario.draw(dict(zip(self.unknowns, point.tolist())))
            world = simulate(drawn, self.people_per_agent, luck(self.scenario.name, number, self.seed))
            found.append(quantities(self.statistics, world))
        return seal_arrays({"part": self.part, "explanation": self.scenario.name, "first": self.first},
                           {"quantities": np.array(found)})


def jobs_of(points: Points, evidence: Evidence, seed: int) -> list[PosteriorWorlds]:
    """The jobs that simulate every draw once."""
    reference = evidence.reference
    scenario = reference.scenario(points.explanation)
    return [PosteriorWorlds(scenario, points.unknowns, points.values[first:first + CHUNK], first, seed,
                            reference.people_per_agent, reference.statistics)
            for first in range(0, len(points.values), CHUNK)]


def luck(explanation: str, draw: int, seed: int) -> int:
    """Seed of the world of a posterior draw."""
    return int.from_bytes(hashlib.sha256(f"{seed} posterior {explanation} {draw}".encode()).digest()[:8], "big") >> 2


def shares_of(probabilities: np.ndarray, names: Sequence[str], count: int) -> dict[str, int]:
    """`count` draws divided among explanations by their probabilities, by largest remainder."""
    exact = np.asarray(probabilities) / np.sum(probabilities) * count
    whole = np.floor(exact).astype(int)
    for i in np.argsort(-(exact - whole), kind="stable")[: count - int(whole.sum())]:
        whole[i] += 1
    return dict(zip(names, whole.tolist()))


def gathered(parts: Iterable[tuple[dict, dict[str, np.ndarray]]]) -> dict[str, np.ndarray]:
    """Quantities (draws, columns) of each explanation from its parts, in order."""
    found: dict[str, list[np.ndarray]] = {}
    for head, arrays in parts:
        found.setdefault(head["explanation"], []).append(arrays["quantities"])
    return {name: np.concatenate(pieces) for name, pieces in found.items()}
