"""The region as one run: at any scale, and with its people multiplied."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from undercount.experiments.bench.memory import bytes_free, bytes_now, peak_bytes
from undercount.model.assumed.scenario import Scenario, load_scenario
from undercount.model.simulation import simulate_template
from undercount.model.world import Template, World

SCENARIO = "full-adaptation"
SEED = 1
HEADS = ("women_15_29", "population", "emigrant_stock")
MOST_BYTES_A_PERSON = 40  # what is looked for before so many persons are made


def template(people_per_agent: int) -> Template:
    """The scenario that everything is measured on."""
    return Template(load_scenario(SCENARIO), people_per_agent)


def warm() -> None:
    """Loads what was compiled, by a run of few agents."""
    simulate_template(template(5000), SEED)


def multiplied(scenario: Scenario, factor: float) -> Scenario:
    """The same countries with so many times the people."""
    figures = {key: {year: value * factor for year, value in years.items()} if key[0] in HEADS else years
               for key, years in scenario.region.figures.items()}
    return replace(scenario, region=replace(scenario.region, figures=figures))


def region(people_per_agent: int, months: int | None = None) -> dict[str, Any]:
    """One run of the region, from the scenario to the last month."""
    warm()
    before = bytes_now()
    start = time.perf_counter()
    made = template(people_per_agent)
    outcome = simulate_template(made, SEED, months)
    seconds = time.perf_counter() - start
    peak = peak_bytes() - before
    agents = made.persons // people_per_agent
    return {"people": made.persons, "agents": agents, "months": outcome.months, "seconds": round(seconds, 4),
            "peak_bytes": peak, "bytes_per_person": round(peak / made.persons, 2),
            "bytes_per_agent": round(peak / agents, 1)}


def scaled(multiple: float, people_per_agent: int = 1) -> dict[str, Any]:
    """Processor time of the region with its people multiplied, by its phases; what is missing where memory is."""
    scenario = multiplied(load_scenario(SCENARIO), multiple)
    warm()
    persons = Template(scenario, 5000).persons
    if persons * MOST_BYTES_A_PERSON / people_per_agent > bytes_free():
        return {"people": persons, "skipped": f"{persons * MOST_BYTES_A_PERSON / 1e9:.0f} GB of memory are not free"}
    before = bytes_now()
    marks = [time.process_time()]
    world = World(Template(scenario, people_per_agent), SEED)
    marks.append(time.process_time())
    world.run()
    marks.append(time.process_time())
    found, months = marks[1] - marks[0], marks[2] - marks[1]
    return {"people": persons, "processor_seconds": round(found + months, 3), "set_up_seconds": round(found, 3),
            "months_seconds": round(months, 3), "ns_a_person": round(1e9 * (found + months) / persons, 1),
            "bytes_per_person": round((peak_bytes() - before) / persons, 2)}
