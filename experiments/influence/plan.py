"""What is asked of a scenario's sensitivity, and its worlds stage by stage."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from undercount.experiments.ask import scale_name
from undercount.experiments.influence.indices import blocks, trajectories
from undercount.experiments.influence.world import LARGEST_LUCK, Block
from undercount.experiments.store.provenance import code_digest
from undercount.model.assumed.scenario import Scenario

LUCK = "(luck)"
FIRST = 16  # blocks of the first Sobol design; each next one is twice as large


@dataclass(frozen=True)
class Inquiry:
    """given  the scenario's name or path; `over` the words of --over, none: all unknowns
    names     the unknowns, in the order of the schema
    outputs   names of the outputs whose indices are asked
    keep      unknowns that screening leaves, at most
    most      blocks of the largest Sobol design; `width` of the widest interval at which it need not be larger
    """

    scenario: Scenario
    given: str
    over: tuple[str, ...]
    names: tuple[str, ...]
    outputs: tuple[str, ...]
    seed: int
    people_per_agent: int
    until: str
    trajectories: int
    keep: int
    most: int
    width: float
    settings: Mapping[str, str] = field(default_factory=dict)  # the --set of the command
    on_region: str | None = None  # its --region

    @property
    def months(self) -> int:
        return self.scenario.region.month_index(self.until) + 1

    def batch(self) -> dict[str, Any]:
        """What a folder must agree in: not how exact the indices should be."""
        region = self.scenario.region
        free = self.scenario.free()
        return {"scenario": self.scenario.content_hash(), "over": {name: list(free[name]) for name in self.names},
                "outputs": list(self.outputs), "seed": self.seed, "people_per_agent": self.people_per_agent,
                "until": self.until, "trajectories": self.trajectories, "keep": self.keep, "code": code_digest(),
                "region": {"name": region.name, "files": dict(sorted(region.files.items()))}}

    def command(self, folder: Path) -> str:
        words = ["undercount", "sensitivity", self.given]
        words += ["--region", self.on_region] if self.on_region else []
        for option, texts in (("--over", self.over), ("--output", self.outputs)):
            words += [word for text in texts for word in (option, text)]
        words += [word for name, value in self.settings.items() for word in ("--set", f"{name}={value}")]
        words += ["--seed", self.seed, "--people-per-agent", scale_name(self.people_per_agent), "--until", self.until,
                  "--trajectories", self.trajectories, "--keep", self.keep, "--most", self.most, "--width",
                  f"{self.width:g}", "--out", folder]
        return shlex.join(map(str, words))

    def screening(self) -> tuple[np.ndarray, list[Block]]:
        """Morris' points, and a job a trajectory: one luck, and the first point once more with another."""
        points = trajectories(self.names, self.trajectories, self.seed)
        jobs = []
        for n, rows in enumerate(points):
            lucks = (*[self.seed] * len(rows), self.seed + 1 + n)
            jobs.append(self._block("morris", n, self.names, (*rows, rows[0]), lucks))
        return points, jobs

    def sobol(self, kept: Sequence[str], count: int) -> tuple[np.ndarray, list[Block]]:
        """Saltelli's points of the kept names and of luck, and a job a block."""
        points = blocks([*kept, LUCK], count, self.seed)
        return points, [self._block("sobol", n, tuple(kept), rows[:, :-1], [_luck(u) for u in rows[:, -1]])
                        for n, rows in enumerate(points)]

    def _block(self, kind: str, n: int, names: tuple[str, ...], rows: Sequence[np.ndarray],
               lucks: Sequence[int]) -> Block:
        whole = tuple(tuple(map(float, row)) for row in rows)
        content = (self.batch(), names, whole, tuple(lucks))
        key = hashlib.sha256(repr(content).encode()).hexdigest()[:16]
        return Block(f"{kind}-{n:05d}-{key}.npz", self.scenario, names, whole, tuple(lucks), self.people_per_agent,
                     self.months, self.outputs)


def _luck(u: float) -> int:
    """The seed at a point of the factor luck: any two points differ as any two seeds do."""
    return min(int(u * LARGEST_LUCK), LARGEST_LUCK - 1)
