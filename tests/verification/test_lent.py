"""Single steps work on the tables that the world has now: after it made room, and in a copy of it."""

import copy

import numpy as np
import pytest
from undercount.model import mesa_agents
from undercount.model.assumed.scenario import load_scenario
from undercount.model.engine.layout import EXPLOITED, RETURNED
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
