"""Causes of the fall in worlds of a mixture: onsets as players, shares of the fall, draws that are worlds with weights."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undercount.experiments.attribution.game import game_of, play
from undercount.experiments.attribution.players import OWN, read_players
from undercount.experiments.attribution.shares import ADAPTATION, REST, adaptation, sentences, shares_table
from undercount.experiments.attribution.tables import Played, played
from undercount.experiments.attribution.window import EVERY, OUTCOMES, changes, find_window
from undercount.experiments.cli import main
from undercount.experiments.draws import attempt, drawn, gates_of
from undercount.experiments.paired.basis import core_of
from undercount.experiments.reference.quantities import quantities
from undercount.experiments.store.seal import open_arrays
from undercount.experiments.verdict.weighted import Weighted, is_weighted, read_weighted
from undercount.model.assumed.scenario import load_scenario
from undercount.model.files.problems import BadInput
from undercount.model.simulation import simulate

from tests.made_up_table import a_verdict, simulated

ONSETS = ("measures", "routes", "methods", "looking", "refusal", "visas", "demand", "protection")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return simulated(tmp_path_factory.mktemp("table") / "reference", 8)


def a_game(players=(), world=0):
    explanation = load_scenario("everything")
    onsets = [onset.name for onset in explanation.onsets]
    problems = []
    cast = read_players(players, problems, onsets, mixture=True)
    assert not problems
    return game_of(attempt(explanation, world, 1, 1), core_of(explanation), cast,
                   find_window(explanation.region, "2002", None, []), 10_000)


# --- onsets as players -------------------------------------------------------------------------------
def test_of_a_mixture_the_players_are_its_onsets():
    game = a_game()
    assert set(game.names) == set(ONSETS)
    happens = {onset.name for onset in game.draw.scenario.onsets if onset.happens}
    assert 0 < len(happens) < len(ONSETS)
    # who does not happen changes nothing and costs no run
    assert {name for i, name in enumerate(game.names) if not game.null >> i & 1} == happens
    assert sum(len(block.coalitions) for block in game.blocks()) == 2 ** len(happens)


def test_without_an_onset_nothing_of_it_acts():
    game = a_game(("routes+methods", "measures"))
    without = game.scenario(["routes+methods"])
    assert {onset.name: onset.happens for onset in without.onsets} == {
        onset.name: onset.happens and onset.name not in ("routes", "methods") for onset in game.draw.scenario.onsets}
    assert all((event.size == 0) == (not without.onsets_by_name[event.onset].happens)
               for event in without.events if event.onset)
    assert without.parameters == game.draw.scenario.parameters


def test_two_onsets_as_one_make_what_both_make_together():
    """Of a game of two players the values sum to the change that the two played as one have, world by world."""
    world = next(world for world in range(64) if all(
        attempt(load_scenario("everything"), world, 1, 1).scenario.onsets_by_name[name].happens for name in ("routes", "methods")))
    two, one = a_game(("routes", "methods"), world), a_game(("routes+methods",), world)
    values = [played([game], [game.figures({block.part: open_arrays(play(block))[1] for block in game.blocks()})],
                     game.window).values[0] for game in (two, one)]
    assert np.allclose(values[0].sum(axis=0), values[1][0], atol=1e-9) and values[1].any()


def test_a_name_of_an_onset_and_a_mechanism_means_the_onset_in_a_mixture():
    """`refusal` is both: out of a mixture the onset does not happen and the mechanism stays; elsewhere as before."""
    game = a_game(("refusal",), next(world for world in range(64) if attempt(
        load_scenario("everything"), world, 1, 1).scenario.onsets_by_name["refusal"].happens))
    rest = game.scenario(["refusal"])
    assert rest.mechanisms["refusal"] and not rest.onsets_by_name["refusal"].happens and game.null == 0
    (player,) = read_players(["refusal"], [], ["refusal"], mixture=False)
    assert player.onsets == () and read_players(["refusal"], [], ["refusal"], mixture=True)[0].onsets == ("refusal",)


@pytest.mark.parametrize("players, said", [
    (("routs",), "did you mean 'routes'"), (("routes+routs",), "did you mean 'routes'"), (("routes+patrol_shift",), "patrol_shift"),
    (("routes", "routes+methods"), "different players"), (("routes", OWN), "one of them"), (ONSETS + ("patrol_shift",), "joined by +")])
def test_players_that_make_no_sense_are_refused(players, said):
    problems = []
    read_players(players, problems, ONSETS, mixture=True)
    assert any(said in str(problem) for problem in problems), problems


# --- changes of logarithms and shares ------------------------------------------------------------------
def test_changes_of_logarithms_by_hand():
    """99 to 49 counted: ln(50 / 100); 10 to 21 newly exploited: ln(22 / 11)."""
    window = find_window(load_scenario("everything").region, "2002", None, [])
    found = changes(np.array([[99, 49], [10, 21], [120, 240]]), window)
    assert found == pytest.approx([-50, 11, 10, np.log(0.5), np.log(2.0)])


def made_up(values, rest):
    """Draws whose causes made `values` (draws, players, 2) of ln(counted) and ln(newly exploited), and the rest `rest`."""
    values, rest = np.asarray(values, float), np.asarray(rest, float)
    draws, n, _ = values.shape
    every = np.zeros((draws, n, len(EVERY)))
    every[..., len(OUTCOMES):] = values
    worths = np.zeros((draws, 1 << n, len(EVERY)))
    for c in range(1 << n):
        worths[:, c, len(OUTCOMES):] = rest + values[:, [bool(c >> i & 1) for i in range(n)]].sum(axis=1)
    return Played(np.array(["everything"] * draws), np.arange(draws), ("measures", "routes", "methods")[:n], (), worths, every,
                  np.zeros((draws, 0, len(EVERY))))


def test_shares_by_hand():
    """Ten draws fell by ln 2, a tenth, three tenths and a tenth of it by the causes, half by all else; two rose."""
    whole = -np.log(2.0)
    fell = [[[0.1 * whole, np.log(0.9)], [0.3 * whole, 0.0], [0.1 * whole, np.log(1.1)]]] * 10
    rose = [[[0.2, 0.0], [0.1, 0.0], [0.1, 0.0]]] * 2
    found = made_up(fell + rose, [[0.5 * whole, 0.0]] * 10 + [[0.0, 0.0]] * 2)
    rows = shares_table(found).set_index("cause")
    assert rows["share"].to_dict() == pytest.approx(
        {"measures": 0.1, "routes": 0.3, "methods": 0.1, ADAPTATION: 0.4, REST: 0.5})
    assert (rows["draws"] == 12).all() and (rows["fell"] == 10).all()
    # Of the flow a mean: ten of twelve draws fell by ln 0.9, so in the middle it is what all of them changed.
    assert rows.loc["measures", "flow"] == pytest.approx(0.9 ** (10 / 12) - 1)
    assert rows.loc[ADAPTATION, "flow_high"] == pytest.approx(0.1)
    assert (rows["flow_fell"] == 0).all() and rows["flow_share"].isna().all()  # measures and methods cancel in each
    window = find_window(load_scenario("everything").region, "2002", None, [])
    first = sentences(shares_table(found), window)[0]
    assert first == ("Route and method adaptation made 40 % of the fall of the counts on average, 2002 to 2003 (40 % to 40 % in "
                     "the middle 90 % of the draws), and changed the hidden flow by +8 % on average (0 % to +10 %).")


def test_shares_of_the_flow_are_of_the_draws_in_which_it_fell():
    fell = [[[0.0, -0.1], [0.0, -0.3], [0.0, 0.0]]] * 12
    rows = shares_table(made_up(fell + [[[0.0, 0.5]] * 3] * 5, [[-0.5, -0.1]] * 17)).set_index("cause")
    assert (rows["flow_fell"] == 12).all()
    assert rows["flow_share"].to_dict() == pytest.approx({"measures": 0.2, "routes": 0.6, "methods": 0.0, ADAPTATION: 0.6, REST: 0.2})


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.integers(10, 40))
def test_shares_add_up_to_one(seed, draws):
    rng = np.random.default_rng(seed)
    found = made_up(rng.normal(-0.5, 0.2, (draws, 3, 2)), rng.normal(-0.5, 0.1, (draws, 2)))
    rows = shares_table(found).set_index("cause")
    assert rows.drop(ADAPTATION)["share"].sum() == pytest.approx(1.0, abs=1e-9)
    assert rows.loc[ADAPTATION, "share"] == pytest.approx(rows.loc[["routes", "methods"], "share"].sum())
    assert (rows["low"] <= rows["high"]).all() and (rows["flow_low"] <= rows["flow"]).all()


def test_where_few_draws_fell_no_share_is_told():
    found = made_up([[[-0.1, 0.0]] * 3] * 9 + [[[0.1, 0.0]] * 3] * 9, [[0.0, 0.0]] * 18)
    rows = shares_table(found)
    assert rows["share"].isna().all() and rows["flow"].notna().all()
    said = sentences(rows, find_window(load_scenario("everything").region, "2002", None, []))
    assert len(said) == 1 and "9 of 18" in said[0] and "too few" in said[0]


def test_adaptation_is_found_under_every_name():
    found = made_up([[[-0.5, 0.0]] * 3] * 10, [[0.0, 0.0]] * 10)
    assert adaptation(shares_table(replace(found, players=("looking", "routes+methods", "visas")))).cause == "routes+methods"
    assert adaptation(shares_table(replace(found, players=("x", "route_adaptation", "method_adaptation")))).cause == ADAPTATION
    assert adaptation(shares_table(replace(found, players=("looking", "routes", "visas")))) is None


# --- draws that are worlds with weights ------------------------------------------------------------------
def test_a_draw_is_the_world_of_the_table_bit_for_bit(table, tmp_path):
    there = read_weighted(a_verdict(tmp_path / "verdict", table, [3, 6], [1.0, 3.0]))
    draws = there.draws(4)
    assert [draw.world for draw in draws] == [3, 6, 6, 6] and there.effective() == pytest.approx(1.6)
    names = table.columns
    for draw in (draws[0], draws[3]):
        again = quantities(table.statistics, simulate(draw.scenario, table.people_per_agent, draw.luck))
        row = table.quantities(names)[table.worlds.tolist().index(draw.world)]
        assert np.array_equal(again.astype(np.float32), row.astype(np.float32), equal_nan=True)


def test_an_attempt_is_what_was_drawn_inside_the_gates():
    explanation = load_scenario("everything")
    first = drawn(explanation, 0, 1, gates=gates_of(explanation))
    assert attempt(explanation, 0, 1, first.tried) == first


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 10), min_size=2, max_size=8).filter(lambda w: sum(w) > 0.1), st.integers(1, 60))
def test_draws_are_in_proportion_to_weights(table, weights, count):
    """A world is drawn its expected number of times, up or down to the next whole number."""
    frame = pd.DataFrame({"explanation": "everything", "world": range(len(weights)), "weight": weights})
    there = Weighted(table, frame)
    worlds = there.chosen(count)["world"].tolist()
    expected = count * np.array(weights) / sum(weights)
    times = np.bincount(worlds, minlength=len(weights))
    assert len(worlds) == count and (np.abs(times - expected) < 1 + 1e-9).all()
    assert (times[np.array(weights) == 0] == 0).all()


@pytest.mark.parametrize("worlds, weights, said", [
    ([0, 99], [1.0, 1.0], "everything 99"), ([0, 1], [1.0, -1.0], "weight"), ([0, 1], [0.0, 0.0], "weight"),
    ([0, 1], [1.0, float("nan")], "weight")])
def test_weights_that_make_no_sense_are_refused(table, tmp_path, worlds, weights, said):
    with pytest.raises(BadInput, match=said):
        read_weighted(a_verdict(tmp_path / "verdict", table, worlds, weights))


def test_draws_that_are_no_weighted_worlds_are_refused_in_one_line(table, tmp_path, capsys):
    pytest.importorskip("solara")
    verdict = a_verdict(tmp_path / "verdict", table, [3, 6], [1.0, 3.0])
    for damage, said in ((lambda path: path.write_bytes(path.read_bytes()[:-9]), "draws: found a damaged file"), (Path.unlink, "draws: found no file"),
                         (pd.DataFrame({"explanation": ["a"], "draw": [0]}).to_parquet, "draws: found no column world")):
        damage(verdict / "draws.parquet")
        assert main(["view", "--verdict", str(verdict)]) == 2
        err = capsys.readouterr().err
        assert said in err and err.count("\n") == 1, err


def test_a_verdict_of_single_explanations_has_no_weights(tmp_path):
    assert not is_weighted(tmp_path)
    pd.DataFrame({"explanation": ["a"], "draw": [0]}).to_parquet(tmp_path / "draws.parquet")
    assert not is_weighted(tmp_path)


def test_command_attributes_the_worlds_of_a_verdict(table, tmp_path, capsys):
    """Three draws of two worlds at the table's scale; two causes as one and a third: four coalitions at most."""
    verdict = a_verdict(tmp_path / "verdict", table, [1, 2], [2.0, 1.0])
    words = ["attribute", str(verdict), "--draws", "3", "--player", "routes+methods", "--player", "looking", "--from", "2002",
             "--engine", "serial", "--out", str(tmp_path / "out")]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "3 draws in proportion to the weights of 2 worlds" in said and "too few for shares" in said
    found = json.loads((tmp_path / "out" / "attribution.json").read_bytes())
    assert found["people_per_agent"] == table.people_per_agent and found["posterior"]
    assert [row["cause"] for row in found["causes"]] == ["routes+methods", "looking", REST]
    assert main(["verify", str(tmp_path / "out")]) == 0
    values = pd.read_csv(tmp_path / "out" / "values.csv")
    mine = values[(values["outcome"] == "ln_newly_exploited") & (values["player"] == "looking")]
    new = table.quantities(["hidden:newly_exploited:2002", "hidden:newly_exploited:2003"])
    expected = np.log(new[:, 1] + 1) - np.log(new[:, 0] + 1)
    rows = [table.worlds.tolist().index(world) for world in mine["world"]]
    assert np.allclose(mine["change_with_all"], expected[rows], atol=1e-6)
    assert main([*words[:-2], "--explanation", "everthing", "--out", str(tmp_path / "other")]) == 2
    assert "did you mean 'everything'" in capsys.readouterr().err
