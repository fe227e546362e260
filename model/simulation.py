"""The one door to a simulation: a scenario, a scale and a seed in, the tallies of the region's months out."""

from __future__ import annotations

from undercount.model.assumed.scenario import Scenario
from undercount.model.outcome import Outcome
from undercount.model.sound import check_sound
from undercount.model.world import Template, World

STRIDE = 6  # months between two chances to stop


def simulate(scenario: Scenario, scale: int, luck: int) -> Outcome:
    """One world of a scenario, run to the end of the region's period.

    scale  persons that one agent stands for; `layout.POOLED` for pools
    luck   seed of every draw, 0 to 2**63 - 1
    """
    return simulate_template(Template(scenario, scale), luck)


def simulate_template(template: Template, luck: int, months: int | None = None) -> Outcome:
    """One seed of a template that several share, for so many months of the region's period (None: all).

    Raises BadInput where what came out is no world (`sound.py`).
    """
    world = World(template, luck)
    world.warm_up()
    last = template.region.months if months is None else min(months, template.region.months)
    while world.month < last:
        # Back in Python a few times a year, so that a job can be stopped; every call costs half a millisecond.
        world.run(world.t + min(STRIDE, last - world.month))
    check_sound(world)
    return world.outcome
