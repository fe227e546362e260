"""One rule, two callers: every way of running a world gives the same bytes in every table."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from undercount.model.engine import layout
from undercount.model.mesa_agents import NGO, Migrant, Official, Recruiter
from undercount.model.month import begin_month, end_month, files_all, settle
from undercount.model.world import World

from tests.helpers import (
    assert_interpreted_equals_compiled,
    assert_same_tables,
    fingerprint,
    fresh,
    made,
    shrunk,
    tables_of,
    template,
    trafficked,
    world,
)
from undercount import TraffickingModel

REPO = Path(__file__).parents[2]
# (people per agent, edit of the region, months): parties, and single persons on a tiny region
WORLDS = [(1000, shrunk(5), 24), (1, shrunk(1000), 63)]


def model(activation, people_per_agent, region, seed=1):
    return TraffickingModel(made(region=region), seed, people_per_agent, activation)


@pytest.mark.slow
@pytest.mark.parametrize("people_per_agent, region, months", WORLDS, ids=["parties", "persons"])
def test_compiled_and_mesa_activation_every_month(people_per_agent, region, months):
    """Every table, every month, and something to compare: people were trafficked, found and assisted."""
    compiled, mesa = (model(activation, people_per_agent, region) for activation in ("compiled", "mesa"))
    for _ in range(months):
        compiled.step()
        mesa.step()
        assert_same_tables(tables_of(compiled.world), tables_of(mesa.world))
    assert len(trafficked(compiled.world)) > 5 and compiled.world.hidden["identified"].sum() > 0
    assert mesa.datacollector.get_model_vars_dataframe().equals(compiled.datacollector.get_model_vars_dataframe())


def test_activation_can_change_in_mid_run():
    """Both leave the same world behind, whichever began it."""
    mixed = model("mesa", 1, shrunk(1000))
    for month in range(30):
        mixed.activation = "mesa" if month % 3 else "compiled"
        mixed.step()
    mixed.world.run()
    assert_same_tables(tables_of(mixed.world), tables_of(world(1, people_per_agent=1, region=shrunk(1000))))


@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate])  # shrinking a seed helps nobody
@given(seed=st.integers(0, 2**63 - 1))
def test_activations_agree_for_any_seed(seed):
    compiled, mesa = (model(activation, 1, shrunk(3000), seed).run(until="2000-06") for activation in ("compiled", "mesa"))
    assert_same_tables(tables_of(compiled.world), tables_of(mesa.world))


def test_the_order_of_agents_does_not_matter():
    """Agents of a kind in random order: the same tallies, the same persons."""
    shuffled = model("mesa", 20, shrunk(1000))
    shuffled.random.seed(5)
    run = shuffled.world
    while run.t < run.template.months:
        begin_month(run.t, run.address)
        run.make_room_if_needed()
        for kind in (Migrant, Recruiter, Official, NGO):
            shuffled.agents_by_type[kind].shuffle_do("step")
            if kind is Migrant:
                files_all(run.t, run.address)
                settle(run.t, run.address)
        end_month(run.t, run.address)
        run.t += 1
    assert_same_tables(tables_of(run), tables_of(world(1, people_per_agent=20, region=shrunk(1000))))


@pytest.mark.parametrize("people_per_agent, region", [(500, None), (1, shrunk(100)), (20, shrunk(50))])
def test_month_by_month_equals_the_whole_run(people_per_agent, region):
    run = fresh(1, people_per_agent=people_per_agent, region=region)
    while run.t < run.template.months:
        run.run(run.t + 1)
    assert_same_tables(tables_of(run), tables_of(world(1, people_per_agent=people_per_agent, region=region)))


@pytest.mark.parametrize("stops", [(13,), (24, 25), (15, 40, 41)])
def test_a_run_may_stop_anywhere(stops):
    run = fresh(1)
    for month in stops:
        run.run(month)
    run.run()
    assert_same_tables(tables_of(run), tables_of(world(1)))


def test_two_threads_at_once_equal_one_alone():
    def one(seed):
        run = World(template(), seed)
        run.run()
        return fingerprint(run)

    seeds = list(range(8))
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(one, seeds)) == [fingerprint(world(seed)) for seed in seeds]


def test_different_seeds_are_different_worlds():
    assert len({fingerprint(world(seed)) for seed in range(8)}) == 8


def test_running_short_of_rows_changes_nothing(monkeypatch):
    """Rows are added when parties need them; how many were set aside is no part of the world."""
    monkeypatch.setattr("undercount.model.world.ROWS_PER_LEAVER", 1)
    run = fresh(1)
    run.run()
    rows = run.leavers + 1024
    assert run.counts[layout.ROWS] > 2 * rows
    assert_same_tables(tables_of(run), tables_of(world(1)))


def test_looking_changes_nothing():
    """Views, words, tables, the collector: reading leaves every byte as it was."""
    looked = model("compiled", 20, shrunk(1000))
    for month in range(looked.region.months):
        looked.step()
        if month % 12 == 0:
            before = fingerprint(looked.world)
            for agents in looked.agents_by_type.values():
                agents.get("id")
            looked.agents_by_type[Migrant].get(["situation", "sex", "home"])
            for table in (looked.referrals, looked.hidden, looked.flows, looked.actors, looked.lists):
                table()
            looked.datacollector.get_model_vars_dataframe()
            assert fingerprint(looked.world) == before
    assert_same_tables(tables_of(looked.world), tables_of(world(1, people_per_agent=20, region=shrunk(1000))))


@pytest.mark.slow
def test_interpreted_equals_compiled():
    assert_interpreted_equals_compiled(5, months=42, timeout=300)


def test_no_field_hides_behind_an_attribute_of_numpy():
    """Interpreted, `me.size` would be the size of a record and not its field."""
    hidden = [f"{table}.{field}" for table, dtype in vars(layout).items() if isinstance(dtype, np.dtype)
              for field in dtype.names or () if hasattr(np.void, field)]
    assert hidden == []
