"""Lists that are made after the world: of inspectors, across countries, with records that fail to link."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undercount.experiments.estimate.keeping import (
    FOUR,
    THREE,
    UNLINKED,
    Keeping,
    across,
    kept,
    unlinked,
    with_inspectors,
)
from undercount.experiments.estimate.lists import on_all
from undercount.experiments.estimate.worlds import Tallies
from undercount.model.engine.layout import ON_ASSISTANCE, ON_HOTLINE, ON_POLICE

from tests.helpers import assert_within

POLICE, ASSISTANCE, HOTLINE = ON_POLICE, ON_ASSISTANCE, ON_HOTLINE
ON_INSPECTORS = 8  # the bit behind those of the other lists
HISTORIES = st.lists(st.integers(0, 400), min_size=16, max_size=16).map(lambda found: np.array([0, *found[1:]]))


def rng():
    return np.random.default_rng(3)


def tallies(listed=(), unlisted=((0, 0), (0, 0)), relisted=()) -> Tallies:
    """One country and year. listed: (history, venue, persons, months in all); unlisted: the last two by venue."""
    histories, exposures, again = np.zeros((1, 1, 8), int), np.zeros((1, 1, 8, 2, 2), int), np.zeros((1, 1, 8), int)
    for history, venue, persons, months in listed:
        histories[0, 0, history] += persons
        exposures[0, 0, history, venue] += (persons, months)
    for history, persons in relisted:
        again[0, 0, history] = persons
    persons, months = (np.array(each)[None, None] for each in zip(*unlisted))
    total = exposures.sum(axis=2)
    return Tallies(histories, exposures, again, persons + total[..., 0], 0 * persons, months + total[..., 1], ("",))


def test_inspectors_meet_by_months_and_venue():
    keeping = Keeping(inspected=0.05, private=0.2)
    world = tallies([(POLICE, 0, 40_000, 240_000), (ASSISTANCE, 1, 30_000, 300_000)], [(50_000, 100_000), (20_000, 0)])
    found = with_inspectors(world, keeping, rng())[0][0, 0]
    chances = {POLICE: (40_000, 1 - 0.95 ** 6), ASSISTANCE: (30_000, 1 - 0.99 ** 10), 0: (50_000, 1 - 0.95 ** 2)}
    for history, (persons, chance) in chances.items():
        assert_within(found[history | ON_INSPECTORS], persons * chance, np.sqrt(persons * chance * (1 - chance)))
    assert found[0] == 0 and found[POLICE] + found[POLICE | ON_INSPECTORS] == 40_000
    assert found.sum() == 70_000 + found[ON_INSPECTORS]


def test_inspectors_meet_nobody_who_was_held_elsewhere():
    world = tallies()
    world.histories[0, 0, ASSISTANCE] = 500
    found = with_inspectors(world, Keeping(inspected=1.0), rng())[0][0, 0]
    assert found[ASSISTANCE] == 500 == found.sum()


def test_who_is_listed_abroad_and_at_home_is_one_person():
    # Two countries: 100 found by police abroad, 60 both found and helped there; 50 helped at home, 30 and 10 of them
    # those of abroad.
    histories, relisted = np.zeros((1, 2, 8), int), np.zeros((1, 2, 8), int)
    histories[0, 0, [POLICE, POLICE | ASSISTANCE]] = 100, 60
    histories[0, 1, ASSISTANCE] = 50
    relisted[0, 0, [POLICE, POLICE | ASSISTANCE]] = 10, 30
    linked = across(histories, relisted, 0.0, rng())[0]
    assert linked[[POLICE, POLICE | ASSISTANCE, ASSISTANCE]].tolist() == [90, 70, 10] and linked.sum() == 210 - 40
    apart = across(histories, relisted, 1.0, rng())[0]
    assert apart[[POLICE, POLICE | ASSISTANCE, ASSISTANCE]].tolist() == [100, 60, 50]


@given(HISTORIES, st.floats(0, 1), st.integers(0, 10))
@settings(max_examples=60, deadline=None)
def test_no_list_gains_or_loses_a_record_by_not_linking(histories, fails, seed):
    found = unlinked(histories, fails, np.random.default_rng(seed))
    lists = 1 << np.arange(4)
    assert np.array_equal(on_all(found)[lists], on_all(histories)[lists])
    assert found[1:].sum() >= histories[1:].sum() and found[0] == 0
    assert np.all(on_all(found)[1:] <= on_all(histories)[1:])


def test_all_link_or_none():
    histories = np.arange(16) * 10
    assert np.array_equal(unlinked(histories, 0.0, rng()), histories)
    alone = unlinked(histories, 1.0, rng())
    assert alone[[1, 2, 4, 8]].tolist() == on_all(histories)[[1, 2, 4, 8]].tolist() and alone.sum() == alone[[1, 2, 4, 8]].sum()


def test_every_record_fails_by_itself():
    found = unlinked(np.array([0, 0, 0, 0, 0, 0, 0, 100_000]), 0.1, rng())
    for history, chance in ((7, 0.729), (3, 0.081), (5, 0.081), (6, 0.081)):
        assert_within(found[history], 1e5 * chance, np.sqrt(1e5 * chance * (1 - chance)))
    alone = 0.1 + 0.9 * 0.1 ** 2  # its own identifier fails, or those of both others
    assert_within(found[1], 1e5 * alone, np.sqrt(1e5 * alone * (1 - alone)))


@pytest.mark.parametrize("keeping, names", [
    (Keeping(0.0, 0.3, 0.0), [THREE]), (Keeping(0.01, 0.3, 0.0), [THREE, FOUR]),
    (Keeping(0.0, 0.3, 0.1), [THREE, UNLINKED[THREE]]), (Keeping(), [THREE, FOUR, UNLINKED[FOUR]])])
def test_ways_of_keeping(keeping, names):
    world = tallies([(POLICE | ASSISTANCE, 0, 100, 300), (HOTLINE, 1, 20, 40)], [(500, 2000), (100, 400)],
                    [(POLICE | ASSISTANCE, 0)])
    ways = list(kept(world, keeping, rng()))
    assert [name for name, *_ in ways] == names
    for name, by_country, together in ways:
        size = 16 if "four" in name else 8
        assert by_country.shape == (1, 1, size) and together.shape == (1, size) and by_country[..., 0].sum() == 0
        if name == THREE:
            assert by_country.sum() == 120 == together.sum()
