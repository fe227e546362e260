"""The trial on simulated lists: on made-up worlds, where everything is known."""

from dataclasses import replace

import numpy as np
import pytest
from undercount.experiments import draws
from undercount.experiments.estimate import trial_tables
from undercount.experiments.estimate.methods import CHAPMAN, INDEPENDENCE
from undercount.experiments.estimate.trial import METHODS, judged, odds_ratio
from undercount.experiments.estimate.trial_build import resolve_trial
from undercount.experiments.estimate.trial_words import trial_told
from undercount.experiments.estimate.worlds import ALL, HELD, NEW, Worlds, by_year, from_parts, simulate_lists
from undercount.experiments.store.seal import open_arrays
from undercount.model.simulation import simulate

from tests.mse import drawn

CHANCES = [0.2, 0.3, 0.1]


def made_up(persons, chances=CHANCES, seed=1) -> Worlds:
    """Worlds of one country from the persons held (worlds, years); half of them are new; lists are independent."""
    rng = np.random.default_rng(seed)
    persons = np.array(persons)
    histories = np.array([[drawn(rng, n, chances) for n in row] for row in persons]).astype(int)
    return Worlds(("made-up",) * len(persons), tuple(range(len(persons))), tuple(map(str, range(2000, 2000 + persons.shape[1]))),
                  ("AAA",), histories, persons[:, :, None] // 2, persons[:, :, None].astype(float))


def test_years_are_sums_and_those_held_when_they_began():
    new, stock = np.arange(24.0)[:, None], np.arange(100.0, 124.0)[:, None]
    summed, fresh, held = by_year(new, new, stock, [np.arange(12), np.arange(12, 24)])
    assert fresh[:, 0].tolist() == [66, 210] == summed[:, 0].tolist()
    assert np.isnan(held[0, 0]) and held[1, 0] == stock[11, 0] + 210


def test_independent_lists_are_judged_right_for_the_target_they_are_of():
    cells = judged(made_up(np.full((60, 3), 4000)))
    assert set(cells["country"]) == {"AAA", ALL} and set(cells["method"]) == set(METHODS)
    table = trial_tables.performance(cells[cells["country"] == "AAA"]).set_index(["target", "method"])
    held, new = table.loc[(HELD, INDEPENDENCE)], table.loc[(NEW, INDEPENDENCE)]
    assert held["cells"] == 180 and held["without_estimate"] == 0
    assert held["ratio_q50"] == pytest.approx(1, abs=0.02) and held["coverage"] > 0.88  # 0.95 less 4 standard errors
    assert new["ratio_q50"] == pytest.approx(2, abs=0.04) and new["coverage"] == 0


def test_coverage_counts_those_with_an_interval_and_covered_all():
    few = judged(made_up(np.full((40, 1), 12)))  # often nobody is on both lists
    row = trial_tables.performance(few[few["country"] == "AAA"]).set_index(["target", "method"]).loc[(HELD, CHAPMAN)]
    assert 0 < row["without_estimate"] < 1
    assert row["covered"] == pytest.approx(row["coverage"] * (1 - row["without_estimate"]))


def test_lists_of_persons_held_elsewhere_are_left_out():
    worlds = made_up(np.full((1, 2), 4000))
    assert len(judged(worlds)) and judged(replace(worlds, held=worlds.held * 0 + 10)).empty


def test_the_odds_ratio_is_that_of_the_table():
    # 300 on both of the first two lists, 100 and 200 on one, 400 on neither, of whom 50 are on the third.
    counts = np.array([0, 100, 200, 300, 50, 0, 0, 0.0])
    assert odds_ratio(counts, 1000) == pytest.approx(300.5 * 400.5 / (100.5 * 200.5))
    assert np.isnan(odds_ratio(counts, 500))


def test_a_change_of_a_tenth_is_one():
    cells = judged(made_up([[10_000, 5_000], [10_000, 10_000], [5_000, 10_000]]))
    changed = trial_tables.changes(cells)
    truths = changed.drop_duplicates("world").set_index("world")["truth"]
    assert truths.tolist() == ["fell", "stayed", "rose"]
    mine = changed[changed["method"] == INDEPENDENCE].set_index("world")
    assert mine["says"].tolist() == ["fell", "stayed", "rose"] == mine["counts"].tolist()
    assert mine["surely_fell"].tolist() == [True, False, False]


def test_a_fall_of_the_counts_alone_is_seen_for_what_it_is_by_independent_lists():
    # As many persons, but each list finds half as many of them.
    before, after = made_up(np.full((30, 1), 20_000)), made_up(np.full((30, 1), 20_000), [0.1, 0.15, 0.05], seed=2)
    both = Worlds(before.scenarios, before.numbers, ("2000", "2001"), before.countries,
                  *(np.concatenate([getattr(w, name) for w in (before, after)], axis=1)
                    for name in ("histories", "new", "held")))
    table = trial_tables.seen(trial_tables.changes(judged(both))).set_index(["truth", "method"])
    row = table.loc[("stayed", INDEPENDENCE)]
    assert row["cases"] == 30 and row["says_fell"] < 0.2 and row["surely_fell"] == 0


def test_words_tell_the_share_that_fell_with_the_counts():
    worlds = made_up([[10_000, 5_000]] * 30)
    cells = judged(worlds)
    changed = trial_tables.changes(cells)
    tables = {"performance": trial_tables.performance(cells), "falls": trial_tables.seen(changed),
              "dependence": trial_tables.by_dependence(cells)}
    found = trial_told(worlds, tables)
    words = dict(found["words"])
    assert found["worlds"] == 30
    assert "the flow fell too (30 cases)" in words["Does it see that the flow did not fall?"]
    assert "independence 100 %" in words["Does it see that the flow did not fall?"]


def test_simulated_worlds_are_draws_inside_the_gates():
    """The year's sums of the same worlds as a reference table has, the warm-up left out."""
    plan = resolve_trial(["no-change"], 2, 5, 1574)
    [stretch], scenario = plan.stretches(), plan.scenarios[0]
    worlds = from_parts(plan.region, [open_arrays(simulate_lists(stretch))])
    assert worlds.numbers == (0, 1) and worlds.years == ("1999", "2000", "2001", "2002", "2003")
    inside = [draws.drawn(scenario, world, 5, gates=draws.gates_of(scenario)) for world in range(2)]
    assert any(draw.tried > 1 for draw in inside)  # else this seed does not tell gates from none
    for draw, new, histories in zip(inside, worlds.new, worlds.histories):
        outcome = simulate(draw.scenario, 1574, draw.luck)
        assert np.array_equal(new[0], outcome.hidden["newly_exploited"][:12].sum(axis=0))
        assert np.array_equal(histories[-1], outcome.histories[48:60].sum(axis=0))
