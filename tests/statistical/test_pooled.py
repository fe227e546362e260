"""The pooled scale: people at home in pools of those who are alike, everybody recruited one agent.

It must be the same process as single persons: the same means, and no more noise.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from undercount.experiments.runs.batch import resolve
from undercount.model.country.observation import observe
from undercount.model.engine.layout import AT_HOME, MINOR, NOBODY, POOLED, RECRUITED, SEEKING, WARM_UP
from undercount.model.engine.pools import KINDS, UNDRAWN
from undercount.model.files.problems import BadInput
from undercount.model.mesa_agents import Migrant
from undercount.model.world import POOLED_CELLS

from tests.helpers import (
    assert_interpreted_equals_compiled,
    assert_same_tables,
    assert_within,
    fresh,
    made,
    mean_and_error,
    shrunk,
    tables_of,
    template,
    trafficked,
    world,
)
from tests.verification.test_conservation import check_chain, check_month
from undercount import TraffickingModel

REPO = Path(__file__).parents[2]
ALL_SEEDS = range(150)


# --- the pools -------------------------------------------------------------------------------------------
def test_pools_hold_everybody_in_the_shares_of_the_set_up():
    run = fresh(1, people_per_agent=POOLED, leave_rate=0.0)
    pools = run.template.agents
    start = template(people_per_agent=POOLED)
    one = template(people_per_agent=1)
    assert start.persons == one.persons and np.array_equal(start.classes["persons"], one.classes["persons"])
    home = run.people[:pools]
    assert np.all(home["situation"] == AT_HOME) and np.all(run.people["situation"][pools: 2 * pools] == SEEKING)
    first = run.par[0]
    for k, klass in enumerate(start.classes):
        mine = home[home["klass"] == k]
        here = first[klass["home"]]
        for field, value, share in (("family_risk", 1, here["family_risk_share"]), ("minority", 1, here["minority_share"]),
                                    ("age_band", MINOR, here["minor_share"])):
            at_home = mine["weight"][mine[field] == value].sum()
            assert abs(at_home - share * klass["persons"]) <= len(mine)  # each is less than a person off its share


@pytest.mark.parametrize("seed", [1, 2])
def test_every_month_everybody_is_in_one_situation(seed):
    run = fresh(seed, people_per_agent=POOLED, region=shrunk(20))
    pools = run.template.agents
    while run.t < run.template.months:
        before = {"places": run.ngos["beds"].copy(), "used": run.ngos["used"].copy()}
        run.run(run.t + 1)
        check_month(run, before)
        assert run.migrants["weight"].sum() == run.template.persons
        assert np.array_equal(np.flatnonzero(run.migrants["situation"] == AT_HOME), np.arange(pools))
    check_chain(run)


def test_everybody_recruited_is_one_person_with_traits_of_the_pool():
    run = world(1, people_per_agent=POOLED, region=shrunk(20))
    people = run.migrants
    gone = people[(people["pool"] == NOBODY)]
    assert np.all(gone["weight"] == 1) and len(trafficked(run)) > 1000
    assert np.all(people["weight"][(people["situation"] >= RECRUITED) & (people["pool"] != NOBODY)] <= 0)
    for field in ("sex", "age_band", "wage_band"):
        assert gone[field].min() >= 0 and people[field][people["pool"] != NOBODY].min() == UNDRAWN
    first = run.par[0, gone["home"]]
    for field, share in (("sex", 1 - first["women_share"]),):
        assert_within(gone[field].mean(), share.mean(), 0.5 / np.sqrt(len(gone)))
    adults = gone["age_band"] != MINOR
    young = (first["young_share"] / (1 - first["minor_share"]))[adults]
    assert_within((gone["age_band"] == 1)[adults].mean(), young.mean(), 0.5 / np.sqrt(adults.sum()))


# --- one world, however it is run --------------------------------------------------------------------------
@pytest.mark.slow
def test_compiled_and_mesa_activation_every_month():
    compiled, mesa = (TraffickingModel(made(region=shrunk(1000)), 1, "pooled", activation)
                      for activation in ("compiled", "mesa"))
    for _ in range(compiled.region.months):
        compiled.step()
        mesa.step()
        assert_same_tables(tables_of(compiled.world), tables_of(mesa.world))
    assert len(trafficked(compiled.world)) > 5 and compiled.world.hidden["identified"].sum() > 0
    assert sum(mesa.agents_by_type[Migrant].get("weight")) == mesa.world.template.persons
    assert None in mesa.agents_by_type[Migrant].get("sex")


def test_the_order_of_agents_does_not_matter():
    from undercount.model.month import begin_month, end_month, files_all, settle

    shuffled = TraffickingModel(made(region=shrunk(1000)), 1, "pooled", "mesa")
    shuffled.random.seed(5)
    run = shuffled.world
    for _ in range(24):
        begin_month(run.t, run.address)
        run.make_room_if_needed()
        for kind, agents in shuffled.agents_by_type.items():
            agents.shuffle_do("step")
            if kind is Migrant:
                files_all(run.t, run.address)
                settle(run.t, run.address)
        end_month(run.t, run.address)
        run.t += 1
    other = fresh(1, people_per_agent=POOLED, region=shrunk(1000))
    other.run(run.t)
    assert_same_tables(tables_of(run), tables_of(other))


def test_running_short_of_rows_changes_nothing(monkeypatch):
    monkeypatch.setattr("undercount.model.world.PERSONS_PER_POOLED_ROW", 10**9)
    run = fresh(1, people_per_agent=POOLED, region=shrunk(20))
    run.run()
    assert len(run.people) > len(KINDS) * run.template.agents + 1024 + 1  # as many as there were at first
    assert_same_tables(tables_of(run), tables_of(world(1, people_per_agent=POOLED, region=shrunk(20))))


@pytest.mark.slow
def test_interpreted_equals_compiled():
    assert_interpreted_equals_compiled(POOLED, months=30, timeout=600)


# --- the assurance: as single persons ------------------------------------------------------------------------
@cache
def counts_of(people_per_agent):
    """{field: (seeds, 5 years)} over all countries, and the observed cells (seeds, cells), on a 20th of the region."""
    found = {"assisted": [], "newly_exploited": [], "in_public": [], "cells": []}
    for run in (fresh(seed, people_per_agent=people_per_agent, region=shrunk(20)) for seed in ALL_SEEDS):
        run.run()
        hidden = run.hidden[WARM_UP:]
        for field in ("assisted", "newly_exploited", "in_public"):
            found[field].append(hidden[field].sum(axis=1)[:60].reshape(5, 12).sum(axis=1))
        found["cells"].append(observe(run.template.region, hidden))
    return {name: np.array(values, float) for name, values in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("field", ["assisted", "newly_exploited", "in_public", "cells"])
def test_means_are_those_of_single_persons(field):
    """Every year and every cell of the observed table within 4 standard errors of the difference."""
    pooled, single = counts_of(POOLED)[field], counts_of(1)[field]
    some = single.mean(axis=0) > 1  # rarer counts are not normal
    for column in np.flatnonzero(some):
        (mean, error), (expected, error_of_it) = mean_and_error(pooled[:, column]), mean_and_error(single[:, column])
        assert_within(mean, expected, np.hypot(error, error_of_it))


@pytest.mark.slow
@pytest.mark.parametrize("field, most", [("assisted", 1.15), ("newly_exploited", 1.25)])
def test_counts_are_as_noisy_as_single_persons_make_them(field, most):
    """Variance over seeds of yearly counts, pooled / single persons, lies between 1 / `most` and `most`.

    150 seeds and 5 years each give about 700 degrees of freedom; the ratio of two such variances has
    a standard error of 7.5 %. The test fails if the ratio is off by more than `most` and three such
    errors: where the true ratio is 1 that happens with a probability under 1e-6.
    """
    ratio = (counts_of(POOLED)[field].var(axis=0, ddof=1) / counts_of(1)[field].var(axis=0, ddof=1)).mean()
    assert 1 / (most * 1.225) < ratio < most * 1.225, ratio


# --- asking for it -----------------------------------------------------------------------------------------------
def test_the_word_on_the_command_line():
    batch = resolve(["baseline"], 2, 1, "pooled", "1999-03", {})
    assert batch.people_per_agent == POOLED
    with pytest.raises(BadInput, match="or pooled"):
        resolve(["baseline"], 2, 1, "0", "1999-03", {})
    with pytest.raises(ValueError, match='or "pooled"'):
        TraffickingModel("baseline", 1, "poled")


def test_recruiter_agents_stand_for_few_cells():
    start = template(people_per_agent=POOLED)
    for _, agents, cells, _ in start.cells:
        assert abs(cells / agents - POOLED_CELLS) < 0.5
