"""The trial on simulated lists: on made-up worlds, where everything is known."""

from dataclasses import replace

import numpy as np
import pytest
from undercount.experiments import draws
from undercount.experiments.estimate import trial_tables
from undercount.experiments.estimate.keeping import FOUR, THREE, UNLINKED, Keeping
from undercount.experiments.estimate.methods import CHAPMAN, INDEPENDENCE, STEPWISE
from undercount.experiments.estimate.trial import METHODS, from_part, judged, odds_ratio, try_stretch
from undercount.experiments.estimate.trial_build import resolve_trial, tables_of
from undercount.experiments.estimate.trial_words import Tried, trial_told
from undercount.experiments.estimate.worlds import (
    ADAPT,
    ALL,
    DO_NOT,
    EVER_HELD,
    NEW,
    Tallies,
    Worlds,
    by_year,
    of_outcome,
)
from undercount.experiments.store.seal import open_arrays
from undercount.model.simulation import simulate

from tests.mse import drawn

CHANCES = [0.2, 0.3, 0.1]
PLAIN = Keeping(inspected=0.0, unlinked=0.0)


def made_up(persons, chances=CHANCES, seed=1) -> Worlds:
    """Worlds of one country from the persons held (worlds, years); half of them are new; lists are independent.

    All are held in public venues, for six months of the year.
    """
    rng = np.random.default_rng(seed)
    persons = np.array(persons)
    years = tuple(map(str, range(2000, 2000 + persons.shape[1])))
    tallies = []
    for row in persons:
        histories = np.array([drawn(rng, n, chances) for n in row]).astype(int)
        exposures = np.zeros((*histories.shape, 2, 2), int)
        exposures[..., 0, 0], exposures[..., 0, 1] = histories, 6 * histories
        public = np.stack([row, 0 * row], axis=-1)[:, None]
        tallies.append(Tallies(histories, exposures, 0 * histories, public // 2, public - public // 2.0, 6 * public,
                               (ADAPT,) * len(years)))
    return Worlds(("made-up",) * len(persons), tuple(range(len(persons))), years, ("AAA",), tuple(tallies))


def plainly(worlds):
    return judged(worlds, PLAIN, 1)


def test_years_are_sums_and_those_held_when_they_began():
    new, stock = np.arange(24)[:, None, None], np.arange(100.0, 124.0)[:, None, None]
    found = Tallies(**by_year({name: new for name in ("histories", "exposures", "relisted", "new")}, stock,
                              [np.arange(12), np.arange(12, 24)], (ADAPT, DO_NOT)))
    assert found.new.ravel().tolist() == [66, 210] == found.histories.ravel().tolist()
    assert np.isnan(found.held[0]).all() and found.held[1].item() == stock[11].item() + 210
    assert found.months.ravel().tolist() == [stock[:12].sum(), stock[12:].sum()]


def test_independent_lists_are_judged_right_for_the_target_they_are_of():
    cells = plainly(made_up(np.full((60, 3), 4000)))
    assert set(cells["country"]) == {"AAA", ALL} and set(cells["method"]) == set(METHODS) and set(cells["lists"]) == {THREE}
    table = trial_tables.performance(cells[cells["country"] == "AAA"]).set_index(["target", "method"])
    held, new = table.loc[(EVER_HELD, INDEPENDENCE)], table.loc[(NEW, INDEPENDENCE)]
    assert held["cells"] == 180 and held["without_estimate"] == 0
    assert held["ratio_q50"] == pytest.approx(1, abs=0.02) and held["coverage"] > 0.88  # 0.95 less 4 standard errors
    assert new["ratio_q50"] == pytest.approx(2, abs=0.04) and new["coverage"] == 0 == new["below"]


def test_coverage_counts_those_with_an_interval_and_covered_all():
    few = plainly(made_up(np.full((60, 1), 30)))  # often nobody is on both lists
    row = trial_tables.performance(few[few["country"] == "AAA"]).set_index(["target", "method"]).loc[(EVER_HELD, CHAPMAN)]
    assert 0 < row["without_estimate"] < 1
    assert row["covered"] == pytest.approx(row["coverage"] * (1 - row["without_estimate"]))


def changed(worlds, **values) -> Worlds:
    return replace(worlds, tallies=tuple(replace(each, **{name: f(each) for name, f in values.items()})
                                         for each in worlds.tallies))


def test_lists_that_nobody_would_estimate_from_are_left_out():
    worlds = made_up(np.full((1, 2), 4000))
    assert len(plainly(worlds))
    elsewhere = changed(worlds, before=lambda each: each.before * 0 + 10, new=lambda each: each.new * 0)
    first = changed(worlds, before=lambda each: each.before * np.nan)
    few = changed(worlds, histories=lambda each: np.minimum(each.histories, 1))
    home = changed(worlds, exposures=lambda each: each.exposures // 3)  # two thirds of those listed came home
    assert set(plainly(home)["country"]) == {ALL} and plainly(elsewhere).empty and plainly(first).empty and plainly(few).empty


def test_the_odds_ratio_is_that_of_the_table():
    # 300 on both of the first two lists, 100 and 200 on one, 400 on neither, of whom 50 are on the third.
    counts = np.array([0, 100, 200, 300, 50, 0, 0, 0.0])
    assert odds_ratio(counts, 1000) == pytest.approx(300.5 * 400.5 / (100.5 * 200.5))
    assert np.isnan(odds_ratio(counts, 500))


def test_conditions_are_those_of_the_lists():
    row = plainly(made_up(np.full((1, 1), 4000))).iloc[0]
    assert row["follows"] == pytest.approx(0.2, abs=0.04) and row["hotline"] == pytest.approx(400, abs=80)
    assert row["venue"] == pytest.approx((2000 / 4000) / 0.5, abs=0.05)  # half of a person of none in private venues
    assert row["elsewhere"] == 0


def test_a_change_of_a_tenth_is_one():
    cells = plainly(made_up([[10_000, 5_000], [10_000, 10_000], [5_000, 10_000]]))
    changed = trial_tables.changes(cells)
    truths = changed.drop_duplicates("world").set_index("world")["truth"]
    assert truths.tolist() == ["fell", "stayed", "rose"]
    mine = changed[changed["method"] == INDEPENDENCE].set_index("world")
    assert mine["says"].tolist() == ["fell", "stayed", "rose"] == mine["counts"].tolist()
    assert mine["surely_fell"].tolist() == [True, False, False]


def test_a_fall_of_the_counts_alone_is_seen_for_what_it_is_by_independent_lists():
    # As many persons, but each list finds half as many of them.
    before, after = made_up(np.full((30, 1), 20_000)), made_up(np.full((30, 1), 20_000), [0.1, 0.15, 0.05], seed=2)
    both = replace(before, years=("2000", "2001"), tallies=tuple(
        Tallies(**{name: np.concatenate([getattr(one, name), getattr(other, name)]) if name != "adapts" else
                   (ADAPT, DO_NOT) for name in vars(one)}) for one, other in zip(before.tallies, after.tallies)))
    changed = trial_tables.changes(plainly(both))
    row = trial_tables.seen(changed).set_index(["truth", "method"]).loc[("stayed", INDEPENDENCE)]
    assert row["cases"] == 30 == row["worlds"] and row["says_fell"] < 0.2 and row["surely_fell"] == 0
    assert row["error"] == pytest.approx(np.sqrt(row["says_fell"] * (1 - row["says_fell"]) / 29))
    assert set(changed["adapts"]) == {DO_NOT}  # that of the later year
    none = trial_tables.seen(changed[changed["counts"] == "rose"])
    assert none.empty and {"says_fell", "error", "surely_fell"} <= set(none)


def test_a_world_counts_once_however_many_of_its_years_do():
    import pandas as pd

    assert trial_tables.clustered(pd.Series([4, 0]), pd.Series([4, 4])) == pytest.approx(0.5)
    assert np.isnan(trial_tables.clustered(pd.Series([4]), pd.Series([4])))


def test_words_tell_the_share_that_fell_with_the_counts():
    keeping = Keeping(inspected=0.05, unlinked=0.2)
    cells = judged(made_up([[10_000, 5_000]] * 30), keeping, 1)
    found = trial_told(Tried(30, ("made-up",), ("2000", "2001"), ("AAA",), keeping), tables_of(cells, keeping.main))
    words = dict(found["words"])
    assert found["worlds"] == 30 and found["lists"] == FOUR
    assert "the flow fell too (30 cases)" in words["Does it see that the flow did not fall?"]
    assert "independence 100 %" in words["Does it see that the flow did not fall?"]
    assert "100 % of 30 cases in which the flow fell" in words["Where networks adapt, and where they do not."]
    assert UNLINKED[FOUR] in words["How lists are kept."] and "meet 5 % of those" in words["What was tried."]


def test_records_that_do_not_link_make_estimates_too_high():
    cells = judged(made_up(np.full((20, 2), 4000)), Keeping(inspected=0.05, unlinked=0.2), 1)
    table = trial_tables.performance(cells[cells["country"] == "AAA"], ["lists"])
    ratios = table[(table["method"] == STEPWISE) & (table["target"] == EVER_HELD)].set_index("lists")["ratio_q50"]
    assert ratios[THREE] == pytest.approx(1, abs=0.05) and ratios[FOUR] == pytest.approx(1, abs=0.05)
    assert ratios[UNLINKED[FOUR]] > 1.3


def test_simulated_worlds_are_draws_inside_the_gates():
    """The year's sums of the same worlds as a reference table has, the warm-up left out."""
    plan = resolve_trial(["no-change"], 2, 5, 1574)
    [stretch], scenario = plan.stretches(), plan.scenarios[0]
    table = from_part(*open_arrays(try_stretch(stretch)))
    inside = [draws.drawn(scenario, world, 5, gates=draws.gates_of(scenario)) for world in range(2)]
    assert any(draw.tried > 1 for draw in inside)  # else this seed does not tell gates from none
    for draw in inside:
        outcome = simulate(draw.scenario, 1574, draw.luck)
        tallies = of_outcome(outcome, draw.scenario)
        assert np.array_equal(tallies.histories[-1], outcome.histories[48:60].sum(axis=0))
        assert np.array_equal(tallies.new[0].sum(axis=-1), outcome.hidden["newly_exploited"][:12].sum(axis=0))
        assert tallies.adapts == (DO_NOT,) * 5
        mine = table[(table["world"] == draw.world) & (table["country"] == ALL)].drop_duplicates("year")
        assert mine["year"].tolist() == ["2000", "2001", "2002", "2003"]
        assert mine["new"].tolist() == tallies.new[1:].sum(axis=(1, 2)).tolist()
        assert mine["held"].tolist() == tallies.held[1:].sum(axis=(1, 2)).tolist()
