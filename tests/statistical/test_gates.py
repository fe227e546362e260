"""History matching: a gate is judged right, and draws inside it are the prior's draws inside it, no others."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from undercount.experiments import draws
from undercount.experiments.draws import drawn
from undercount.experiments.patterns.table import patterns_of
from undercount.experiments.patterns.worlds import judge, prior_worlds
from undercount.model.assumed.scenario import load_scenario
from undercount.model.files.problems import BadInput

from tests.helpers import assert_within

COUNT, SEED, SCALE = 120, 3, 1574


@cache
def scenario():
    return load_scenario("no-change", calibrated=False)


def pattern(low=None, high=None):
    """The Balkan share of Moldovans and Romanians, as a gate with these bounds."""
    shipped = {p.name: p for p in patterns_of(scenario().region)}["balkans-main-destination-mda-rou"]
    return replace(shipped, low=low, high=high, hard=True)


@cache
def shares():
    """The share in worlds of the prior, before any gate."""
    return np.array([world.figures[0] for world in prior_worlds(scenario(), COUNT, SEED, [pattern(0.0)], (2001, 2003))])


def kept(gates, count=COUNT, seed=SEED + 1):
    return [drawn(scenario(), world, seed, gates=gates) for world in range(count)]


def test_a_gate_that_always_holds_drops_nobody_and_changes_no_draw():
    free, gated = kept((), 5), kept((pattern(0.0, 1.0),), 5)
    assert [draw.tried for draw in gated] == [1] * 5
    assert [draw.scenario.content_hash() for draw in free] == [draw.scenario.content_hash() for draw in gated]


@pytest.mark.slow
def test_a_gate_at_the_third_quartile_keeps_a_quarter_and_all_kept_are_inside():
    bound = float(np.quantile(shares(), 0.75))
    gate = (pattern(bound),)
    draws_inside = kept(gate)
    assert all(judge(draw.scenario, draw.luck, gate).inside for draw in draws_inside[:10])
    tried = np.array([draw.tried for draw in draws_inside], float)
    # Tries until one passes are geometric. Errors: of their mean, and of the quartile from COUNT worlds, both
    # first order: 1 / p has error sqrt(1 - p) / p / sqrt(n) from the tries and sqrt(p (1 - p) / n) / p ** 2 from the bound.
    p = 0.25
    error = np.sqrt((1 - p) / p**2 / COUNT + p * (1 - p) / COUNT / p**4)
    assert_within(tried.mean(), 1 / p, error)


@pytest.mark.slow
def test_what_passes_is_the_prior_above_the_bound():
    """Shares of kept draws are those of prior worlds above the bound: same mean, by independent worlds."""
    bound = float(np.quantile(shares(), 0.5))
    gate = (pattern(bound),)
    above = shares()[shares() >= bound]
    found = np.array([judge(draw.scenario, draw.luck, gate).figures[0] for draw in kept(gate, 60)])
    assert found.min() >= bound
    error = np.sqrt(above.var(ddof=1) / len(above) + found.var(ddof=1) / len(found))
    assert_within(found.mean(), above.mean(), error)


def test_a_gate_that_no_world_passes_is_said(monkeypatch):
    monkeypatch.setattr(draws, "MOST_TRIES", 3)
    with pytest.raises(BadInput, match="no draw inside the gates in 3"):
        drawn(scenario(), 0, SEED, gates=(pattern(1.1),))


def test_prior_worlds_are_the_same_for_any_number_of_threads(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    one = prior_worlds(scenario(), 6, SEED, [pattern(0.5)], (2001, 2003), SCALE)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    three = prior_worlds(scenario(), 6, SEED, [pattern(0.5)], (2001, 2003), SCALE)
    assert [(w.figures[0], w.inside, w.flow) for w in one] == [(w.figures[0], w.inside, w.flow) for w in three]
