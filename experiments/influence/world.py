"""One part: the outputs of the worlds of a trajectory or block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from undercount.experiments.runs.outputs import outputs, outputs_of
from undercount.experiments.store.seal import seal_arrays
from undercount.model.assumed.scenario import Scenario
from undercount.model.country.observation import observe
from undercount.model.engine.layout import HIDDEN_FIELDS
from undercount.model.simulation import simulate_template
from undercount.model.world import Template

LARGEST_LUCK = 2**62


@dataclass(frozen=True)
class Block:
    """Worlds of one scenario that belong together.

    rows   one a world: fractions of the ranges of `names`, from 0 to 1
    lucks  one a world: seeds
    """

    part: str
    scenario: Scenario
    names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    lucks: tuple[int, ...]
    people_per_agent: int
    months: int
    outputs: tuple[str, ...]


def run_block(block: Block) -> bytes:
    """The part of a block: `values`, shape (worlds, outputs). Raises ValueError for a value that is no number."""
    values = np.array([_of(block, row, luck) for row, luck in zip(block.rows, block.lucks)])
    return seal_arrays({"part": block.part, "outputs": list(block.outputs)}, {"values": values})


def _of(block: Block, row: tuple[float, ...], luck: int) -> list[float]:
    scenario = block.scenario.draw({name: min(u, np.nextafter(1.0, 0.0)) for name, u in zip(block.names, row)})
    there = outputs_at(scenario, luck, block.people_per_agent, block.months)
    for name in block.outputs:
        if not np.isfinite(there[name]):
            point = ", ".join(f"{path}={scenario.value(path):.6g}" for path in block.names[:20])
            raise ValueError(f"{name} of {scenario.name} is no number, with the seed {luck} at {point}; ask for other "
                             "outputs (--output), or ranges (--over)")
    return [there[name] for name in block.outputs]


def outputs_at(scenario: Scenario, luck: int, people_per_agent: int, months: int) -> dict[str, float]:
    """Every output of one world."""
    outcome = simulate_template(Template(scenario, people_per_agent), luck, months)
    hidden = np.array([[outcome.hidden[name][:months].sum(axis=1) for name in HIDDEN_FIELDS]])
    found = outputs(scenario.region, hidden, observe(scenario.region, outcome.hidden)[None])
    return {each.name: float(found[each.name][0]) for each in outputs_of(scenario.region, months)}
