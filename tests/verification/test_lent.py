"""Single steps work on the tables that the world has now: after it made room, and in a copy of it."""

import copy
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from undercount.model import mesa_agents
from undercount.model.assumed.scenario import load_scenario
from undercount.model.engine.layout import EXPLOITED, POOLED, RETURNED
from undercount.model.engine.lent import Lent
from undercount.model.world import Template

from tests.helpers import warm


@pytest.fixture
def held():
    """A world, and the row of somebody held who gets out next month."""
    world = warm(Template(load_scenario("no-change"), 10_000), seed=3)
    people = world.migrants
    for row in np.flatnonzero((people["situation"] == EXPLOITED) & (people["wakes"] == world.t)):
        trial = copy.deepcopy(world)
        mesa_agents.migrant_step(int(row), trial.t, trial.address)
        if trial.people[row].situation == RETURNED:
            return world, int(row)
    pytest.fail("nobody gets out")


def test_a_step_writes_to_the_rows_that_there_are_after_room_was_made(held):
    world, row = held
    old = world.people
    assert world.address is not None
    world.make_room()
    mesa_agents.migrant_step(row, world.t, world.address)
    assert world.people[row].situation == RETURNED and old[row].situation == EXPLOITED


def test_a_step_in_a_copy_leaves_the_original_alone(held):
    world, row = held
    assert world.address is not None
    for twin in (copy.copy(world), copy.deepcopy(world)):
        assert twin._lent is None
    before = world.migrants.tobytes()
    mesa_agents.migrant_step(row, twin.t, twin.address)
    assert world.migrants.tobytes() == before != twin.migrants.tobytes()


def test_other_records_are_refused(held):
    world, _ = held
    with pytest.raises(TypeError, match="other records"):
        Lent(world.tables._replace(people=world.recruiters))


COUNT_FROM_0 = """
import sys
sys.path[:0] = sys.argv[1:2]
import numpy as np
from tests.helpers import fresh, shrunk, trafficked
from undercount.model.world import Tables, World

class Counted(np.recarray):
    def __getitem__(self, at):
        counts_from_0(at)
        return super().__getitem__(at)

    def __setitem__(self, at, value):
        counts_from_0(at)
        super().__setitem__(at, value)

def counts_from_0(at):
    for one in at if isinstance(at, tuple) else (at,):
        if isinstance(one, int | np.integer) and one < 0:
            raise IndexError(f"counted from the end: {at}")

plain = World.tables.fget
World.tables = property(lambda world: Tables(*(
    each.view(Counted) if isinstance(each, np.ndarray) else each for each in plain(world))))
run = fresh(1, people_per_agent=int(sys.argv[2]), region=shrunk(2500), cells_per_100000=250.0, leave_rate=0.05)
run.run(int(sys.argv[3]))
assert len(trafficked(run))
try:
    run.tables.people[-1]
except IndexError as error:
    print(error)
"""


@pytest.mark.parametrize("people_per_agent, months", [(POOLED, 40), (5, 42)])
def test_no_rule_counts_from_a_tables_end(people_per_agent, months):
    """Compiled rules take every index as it is, so a negative one would read what is before the table."""
    done = subprocess.run([sys.executable, "-c", COUNT_FROM_0, str(Path(__file__).parents[2]), str(people_per_agent), str(months)],
                          capture_output=True, text=True, timeout=600, env={**os.environ, "NUMBA_DISABLE_JIT": "1"})
    assert done.stderr == "" and done.stdout.strip() == "counted from the end: -1"
