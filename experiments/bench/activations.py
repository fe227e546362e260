"""Agent-months a second: the model in its two activations, and a toy of like content in Mesa and elsewhere."""

from __future__ import annotations

import time
from typing import Any

from undercount.experiments.bench.region import SCENARIO, SEED, warm
from undercount.experiments.bench.toy import InArrays, InMesa, in_frames
from undercount.model.mesa_model import TraffickingModel

MIDDLE = 30  # month from which all are compared: by then everybody is busy


def activations(people_per_agent: int, months: int) -> dict[str, Any]:
    """Agent-months a second of both activations in the same months of one model, and of the toy."""

    def at(month: int) -> TraffickingModel:
        # The engine is compared, so the data collector, which both share, is left out.
        made = TraffickingModel(SCENARIO, seed=SEED, people_per_agent=people_per_agent)
        made.world.run(made.world.t + month)
        return made

    warm()
    whole = at(0)
    start = time.perf_counter()
    whole.world.run()
    whole_seconds = time.perf_counter() - start

    compiled_seconds = []
    for _ in range(5):
        world = at(MIDDLE).world
        start = time.perf_counter()
        for _ in range(months):
            world.run(world.t + 1)
        compiled_seconds.append(time.perf_counter() - start)

    single = at(MIDDLE - 1)
    agents = len(single.agents)  # makes the views, which is not part of a month
    at_home = single.world.template.persons // people_per_agent
    single._step_agents()  # compiles what only single steps call
    start = time.perf_counter()
    for _ in range(months):
        single._step_agents()
    mesa_seconds = time.perf_counter() - start

    compiled, mesa = (at_home * months / seconds for seconds in (min(compiled_seconds), mesa_seconds))
    return {"compiled": round(compiled), "mesa": round(mesa), "ratio": round(compiled / mesa, 1),
            "compiled_whole_run": round(at_home * whole.world.month / whole_seconds),
            "agents": at_home, "agents_with_parties_and_others": agents} | _elsewhere(
                at_home, months, mesa_seconds / (agents * months))


def _elsewhere(persons: int, months: int, step_seconds: float) -> dict[str, Any]:
    """The toy's agent-months a second. `step_cost`: what a view's step() takes, over what one of plain Mesa does."""
    found: dict[str, Any] = {}
    for name, make in (("plain_mesa", InMesa), ("plain_numpy", InArrays), ("mesa_frames", in_frames)):
        try:
            made = make(persons, SEED)
        except ImportError:
            found[name] = None  # not installed
            continue
        for _ in range(MIDDLE):
            made.step()
        start = time.perf_counter()
        for _ in range(months):
            made.step()
        found[name] = round(persons * months / (time.perf_counter() - start))
    return found | {"step_cost": round(found["plain_mesa"] * step_seconds, 2)}
