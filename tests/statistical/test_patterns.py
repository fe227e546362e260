"""Patterns known from the field that nobody put into a rule."""

from dataclasses import replace
from functools import cache

import numpy as np
from undercount.model.assumed.scenario import Event
from undercount.model.world import Template, World

from tests.helpers import assert_moves, made, mean_and_error, total, world, worlds

SEEDS = range(8)


def busiest_transit(number=2):
    """Countries through which, and not into which, most persons were taken in the base runs."""
    passed = np.zeros(len(world(0).places))
    for run in worlds("full-adaptation", SEEDS):
        for route, weight in zip(run.migrants["route"], run.migrants["weight"]):
            if route >= 0:
                legs = run.routes["legs"][route]
                passed[run.routes["places"][route][: max(0, legs - 1)]] += weight
    countries = world(0).template.region.countries
    return tuple(countries[place].iso3 for place in np.argsort(-passed)[:number])


@cache
def flows_into(adapting, closed):
    """Newly exploited in the last two years, by seed; `closed` countries inspect everybody from the third year on."""
    scenario = made(events=False, route_adaptation=adapting, method_adaptation=False, corruption=0.3,
                    inspections_per_official=500.0, route_learning=0.4, route_response=8.0)
    region = scenario.region
    if closed:
        scenario = replace(scenario, events=(Event("closed", region.start + 24, closed, closed, "transport.inspection",
                                                   "value", 0.9, "test"),))
    template = Template(scenario, 1000)
    found = []
    for seed in SEEDS:
        run = World(template, seed)
        run.run()
        found.append(run.hidden["newly_exploited"][-24:].sum())
    return np.array(found, float)


def test_closing_few_of_many_routes_hurts_less_when_networks_adapt():
    """The share of the flow lost is smaller where networks relearn, and less than half of what it would be."""
    closed = busiest_transit()
    lost = {adapting: 1 - flows_into(adapting, closed) / flows_into(adapting, ()) for adapting in (False, True)}
    assert_moves(lost[False], lost[True], -1)
    assert mean_and_error(lost[False])[0] > 0.05  # the closure is felt at all


def test_seizures_rise_with_as_much_trade():
    """Twice as many seekers, the same inspections: about twice as many stopped at borders, the same share of travellers."""
    base = dict(raid_rate=0.0, self_report=0.0, outreach=0.0, route_adaptation=False, method_adaptation=False,
                patrol_shift=0.0, inspections_per_official=500.0, smuggled_to_trafficked=0.0)
    runs = [worlds("full-adaptation", SEEDS, 1000, offers_per_cell=offers, **base) for offers in (0.5, 8.0)]
    stopped, flow = ([np.array([total(run, field) for run in half], float) for half in runs]
                     for field in ("identified", "newly_exploited"))
    assert_moves(flow[0], flow[1], +1)
    assert_moves(stopped[0], stopped[1], +1)
    rates = [s / (s + f) for s, f in zip(stopped, flow)]
    assert abs(rates[1].mean() / rates[0].mean() - 1) < 0.15


def test_arrests_have_diminishing_returns():
    """Each doubling of what a case is worth in arrests adds fewer arrests per unit of effort than the one before."""
    effort = np.array([0.02, 0.08, 0.32])
    arrests = np.array([[total(run, "arrests") for run in worlds(
        "full-adaptation", SEEDS, 1000, arrest_testimony=2 * e, arrest_intelligence=e, law_none=1.0, law_partial=1.0,
        events=False)] for e in effort], float)
    returns = np.diff(arrests, axis=0) / np.diff(effort)[:, None]
    assert_moves(arrests[0], arrests[1], +1)
    assert_moves(returns[0], returns[1], -1)


def test_more_arrests_fewer_cells_but_the_trade_goes_on():
    """Cells are replaced: sixteen times the arrest rate does not bring the flow down sixteen times."""
    flows = [np.array([total(run, "newly_exploited") for run in worlds(
        "full-adaptation", SEEDS, 1000, arrest_testimony=2 * e, arrest_intelligence=e, law_none=1.0, law_partial=1.0,
        events=False)], float) for e in (0.02, 0.32)]
    assert_moves(flows[0], flows[1], -1)
    assert flows[1].mean() > flows[0].mean() / 16
