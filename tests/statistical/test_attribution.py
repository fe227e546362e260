"""`undercount attribute`: window and players, worlds with a known cause, tables, figures. The command is in `test_attribution_command`."""

from dataclasses import replace

import numpy as np
import pytest
from undercount.experiments.attribution.game import BLOCK, Game, game_of, play
from undercount.experiments.attribution.players import CORE, OWN, Player, read_players
from undercount.experiments.attribution.tables import played, summary_table, totals_table
from undercount.experiments.attribution.window import OUTCOMES, find_window
from undercount.experiments.draws import Draw, drawn
from undercount.experiments.paired.basis import core_of
from undercount.experiments.store.seal import open_arrays
from undercount.model.assumed.scenario import load_scenario

from tests.helpers import assert_nothing_cut_off, mean_and_error, shrunk


# --- the window ----------------------------------------------------------------------------------------
def observed(region, figures):
    """The region with another observed table: {(country, period): figure or None}."""
    rows = tuple(replace(row, assisted=figures[row.iso3, row.period]) for row in region.referrals
                 if (row.iso3, row.period) in figures)
    return replace(region, referrals=rows)


def test_the_window_is_found_in_the_data():
    region, problems = load_scenario("baseline").region, []
    found = find_window(region, None, None, problems)
    totals = {year: sum(r.assisted or 0 for r in region.referrals if r.period == year) for year in ("2000", "2001", "2002", "2003")}
    assert found.before == max(totals, key=totals.get) and found.after == "2003" and not problems
    assert found.observed == (totals[found.before], totals["2003"])


def test_the_window_follows_another_table():
    region = load_scenario("baseline").region
    codes = sorted({row.iso3 for row in region.referrals})[:2]
    table = {(codes[0], "2000"): 90, (codes[1], "2000"): 10, (codes[0], "2001"): 5, (codes[1], "2001"): 6,
             (codes[0], "2002"): 4, (codes[1], "2002"): 3, (codes[0], "2003"): 500, (codes[1], "2003"): None}
    found = find_window(observed(region, table), None, None, [])
    assert (found.before, found.after, found.observed) == ("2000", "2002", (100, 7))
    # asked for, the last year counts for the country that has a figure in both
    found = find_window(observed(region, table), "2000", "2003", [])
    assert (found.countries, found.observed) == ((codes[0],), (90, 500))


@pytest.mark.parametrize("before, after, word", [
    ("2010", None, "a period of the observed table"), ("2003", "2001", "in order"), ("2002", "2004-Q1", "same length")])
def test_windows_that_make_no_sense_are_refused(before, after, word):
    problems = []
    assert find_window(load_scenario("baseline").region, before, after, problems) is None
    assert len(problems) == 1 and word in str(problems[0])


# --- the players -----------------------------------------------------------------------------------------
def one_game(name, players=(), people_per_agent=10_000, world=0, region=None, **values):
    explanation = load_scenario(name)
    core = core_of(explanation)
    draw = drawn(explanation, world, 1)
    if values:
        draw = replace(draw, scenario=draw.scenario.with_values(values))
    if region:
        draw = replace(draw, scenario=replace(draw.scenario, region=region(draw.scenario.region)))
    window = find_window(explanation.region, None, None, [])
    return game_of(draw, core, read_players(players, []), window, people_per_agent)


def figures_of(game):
    return game.figures({block.part: open_arrays(play(block))[1] for block in game.blocks()})


@pytest.mark.parametrize("name", ["real-decline", "safe-migration", "captured-officials"])
def test_without_its_own_cause_an_explanation_is_the_common_core(name):
    """What remains are the draws of the core's own unknowns: every event of the core, no other, no other value."""
    game = one_game(name)
    rest, core = game.scenario([OWN]), game.core
    assert [e.name for e in rest.events] == [e.name for e in core.events] and rest.mechanisms == core.mechanisms
    assert rest.onsets == ()
    own = {path for path in game.draw.explanation.priors
           if path not in core.free() and not path.startswith(("events.", "onsets."))}
    assert all(rest.value(path) == core.value(path) for path in own)
    kept = [path for path in core.free() if path not in own and not path.startswith("events.")]
    assert all(rest.value(path) == game.draw.scenario.value(path) for path in kept)
    assert {e.name: e.amount for e in rest.events}.items() <= {e.name: e.amount for e in game.draw.scenario.events}.items()


def test_every_explanation_has_its_cause_among_the_players():
    """By name in the adaptations, as events in the others; what is off already changes nothing."""
    expected = {"route-adaptation": {"route_adaptation"}, "method-adaptation": {"method_adaptation"},
                "full-adaptation": {"route_adaptation", "method_adaptation"}, "refusal": {OWN}, "real-decline": {OWN},
                "no-change": set(), "demand-loss": {OWN}, "less-looking": {OWN}, "safe-migration": {OWN}, "captured-officials": {OWN}}
    for name, causes in expected.items():
        game = one_game(name)
        active = {player for i, player in enumerate(game.names) if not game.null >> i & 1}
        assert active & {"route_adaptation", "method_adaptation", OWN} == causes


def test_events_that_were_over_before_the_window_are_no_player():
    game = one_game("baseline")
    gone = {e.name for e in game.draw.scenario.events} - {e.name for e in game.scenario([CORE]).events}
    first = game.window.months[0][0]
    assert gone and all(
        event.when - first + max(event.ramp, 1) - 1 > 0 or (event.until and event.until >= first)
        for event in game.draw.scenario.events if event.name in gone)
    assert all(event.when - first + max(event.ramp, 1) - 1 <= 0
               for event in game.scenario([CORE]).events)


# --- worlds ------------------------------------------------------------------------------------------------
def test_a_null_player_costs_no_run_and_gets_exactly_nothing():
    game = one_game("real-decline", ("route_adaptation", "patrol_shift", OWN), region=shrunk(20), people_per_agent=500)
    assert [block.coalitions for block in game.blocks()] == [(1, 3, 5, 7)]
    found = played([game], [figures_of(game)], game.window)
    assert not found.values[0, 0].any() and found.values[0, 1:].any()
    made = found.worths[0, -1] - found.worths[0, 0]
    assert np.abs(found.values[0].sum(axis=0) - made).max() <= 1e-9


def test_a_game_in_several_blocks_is_whole_or_not_there():
    """Six players, two of them null: 16 coalitions, one block more with one null player less."""
    names = ("route_adaptation", "method_adaptation", OWN, CORE, "patrol_shift", "small_payments")
    game = one_game("refusal", names)
    assert [len(block.coalitions) for block in game.blocks()] == [BLOCK]
    more = one_game("route-adaptation", (*names[:2], *names[3:], "document_debt"))
    blocks = more.blocks()
    assert len(blocks) == 2 and len({block.part for block in blocks}) == 2
    parts = {block.part: {"figures": np.array([np.full((len(OUTCOMES), 2), c) for c in block.coalitions])} for block in blocks}
    figures = more.figures(parts)
    assert figures[:, 0, 0].tolist() == [c | more.null for c in range(64)]
    del parts[blocks[1].part]
    assert more.figures(parts) is None


# Two worlds that differ in the cause alone. Raids come at once in December 2000 and find nearly everybody they meet, all
# accept help, hardly anybody is arrested, and destinations pay nearly alike: networks that learn leave, others stay.
RAIDED = {f"events.looks-{place}.{key}": value for place in ("bih", "alb", "xkx", "mkd")
          for key, value in (("factor", 30), ("when", "2000-12"), ("ramp", 0))}
ALIKE = RAIDED | {
    "events.makro.factor": 1, "events.stop-programme.factor": 1, "events.training-after-palermo.factor": 1,
    "events.speedboat-operation.factor": 1.5, "visa_free_travel": False, "policing.training": 1,
    "policing.proactive_share": 1, "assistance.referral": 1, "assistance.acceptance": 1, "assistance.conditions": 0,
    "assistance.referral_capacity": 10, "transport.inspection": 0.01, "justice.arrest_testimony": 0.1,
    "justice.arrest_intelligence": 0, "networks.choice_sharpness": 3, "networks.familiarity": 1,
    "networks.entry_barrier": 0, "pull.wage_elasticity": 0.3}
LEARNED = {"networks.route_learning": 0.4, "onsets.routes.when": "2000-12", "onsets.routes.ramp": 0, "onsets.routes.size": 2}
MEASURES = {"events.arrests-on-testimony.factor": 10, "events.longer-sentences.factor": 4,
            "events.deterrence-grows.factor": 10, "events.campaigns-grow.factor": 6}
CAST = ("route_adaptation", OWN, CORE, "patrol_shift")


def attributed(name, values, draws=5):
    """Values (draws, outcomes, players): the same parameters, five times other luck."""
    explanation = load_scenario(name, calibrated=False)
    scenario, window = explanation.with_values(values), find_window(explanation.region, None, None, [])
    found = []
    for luck in range(draws):
        game = game_of(Draw(explanation, scenario, luck, luck), core_of(explanation), read_players(CAST, []), window, 1000)
        found.append(played([game], [figures_of(game)], game.window).values[0].T)
    return np.array(found)


def test_where_networks_learn_routes_the_fall_is_put_down_to_that():
    """In every draw; the mean is 4 standard errors below 0, which a true 0 gives with a probability of 0.8 % (t, 4
    degrees of freedom). Measured with six draws: -592 persons, standard error 58, of a change of -895."""
    values = attributed("route-adaptation", ALIKE | LEARNED)
    counted = values[:, 0]
    assert (np.abs(counted).argmax(axis=1) == CAST.index("route_adaptation")).all(), counted
    mean, error = mean_and_error(counted[:, 0])
    assert mean < -4 * error, counted
    assert not values[:, :, CAST.index(OWN)].any()


def test_where_measures_worked_the_decline_is_put_down_to_them():
    """Of newly exploited persons in every draw, of counts on average; learning, which is off, gets exactly 0. Measured
    with six draws: -7,180 newly exploited, standard error 323, and -263 counted, standard error 64."""
    values = attributed("real-decline", ALIKE | MEASURES)
    hidden = values[:, 1]
    assert (np.abs(hidden).argmax(axis=1) == CAST.index(OWN)).all(), hidden
    mean, error = mean_and_error(hidden[:, CAST.index(OWN)])
    assert mean < -4 * error, hidden
    counted = values[:, 0].mean(axis=0)
    assert np.abs(counted).argmax() == CAST.index(OWN) and counted[CAST.index(OWN)] < 0, counted
    assert not values[:, :, CAST.index("route_adaptation")].any()


# --- tables ------------------------------------------------------------------------------------------------
def made_up(draws=40, seed=3):
    """Games of three players, of which the second is null, over two explanations."""
    rng = np.random.default_rng(seed)
    window = find_window(load_scenario("baseline").region, None, None, [])
    names = [replace(load_scenario("baseline"), name=name) for name in "ab"]
    games = [Game(Draw(names[d % 2], names[d % 2], d, d), names[0],
                  tuple(Player(name, "", "") for name in ("one", "null", "other")), window, 1) for d in range(draws)]
    figures = rng.integers(3000, 4000, (draws, 8, len(OUTCOMES), 2))
    figures = figures[:, [c & ~2 for c in range(8)]]
    figures[:, 1::2, :, 1] -= 3000  # the first makes a fall in every draw
    return played(games, list(figures), window)


def test_tables_say_what_the_draws_say():
    found = made_up()
    totals, summary = totals_table(found), summary_table(found)
    assert list(totals["scope"].unique()) == ["all", "a", "b"]
    assert (totals["residual"] <= 1e-9).all()
    for scope, members in (("all", slice(None)), ("b", slice(1, None, 2))):
        own = summary[(summary["scope"] == scope) & (summary["outcome"] == "counted")].set_index("player")
        assert np.allclose(own["mean"], found.values[members, :, 0].mean(axis=0))
        assert ((own["low"] <= own["mean"]) & (own["mean"] <= own["high"])).all()
        assert own.loc["one", ["rank", "rank_kept", "largest"]].tolist() == [1, 1.0, 1.0]
        assert not own.loc["null", ["mean", "low", "high", "largest"]].any()
    one = totals[(totals["scope"] == "all") & (totals["outcome"] == "counted")].iloc[0]
    assert one["same_largest"] == 1.0 and one["made"] == pytest.approx(one["with_all"] - one["with_none"])


# --- figures -----------------------------------------------------------------------------------------------
def test_the_waterfall_leads_from_none_to_all():
    from undercount.experiments.report.attribution_figures import by_explanation, waterfall
    from undercount.experiments.report.theme import styled

    found = made_up()
    totals, summary = totals_table(found), summary_table(found)
    with styled():
        figure = waterfall(totals, summary, "2001", "2003", observed=-750)
        assert_nothing_cut_off(figure)
        bars = figure.axes[0].patches  # none, all, then a step a player
        total = totals[(totals["scope"] == "all") & (totals["outcome"] == "counted")].iloc[0]
        assert [bar.get_width() for bar in bars[:2]] == [total["with_none"], total["with_all"]]
        steps = bars[2:]
        assert len(steps) == 3 and steps[0].get_x() + min(0, steps[0].get_width()) <= total["with_none"]
        assert total["with_none"] + sum(step.get_width() for step in steps) == pytest.approx(total["with_all"])
        assert "change without any of these" in [label.get_text() for label in figure.axes[0].get_yticklabels()]
        matrix = by_explanation(summary, ["a", "b"], "2001", "2003")
        assert_nothing_cut_off(matrix)
        assert [text.get_text() for text in matrix.axes[0].texts].count("0") == 2  # the null player's
