"""`undercount attribute`: the mathematics on games with known answers, the command, and worlds with a known cause."""

import csv
import json
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from undercount.experiments.attribution.game import BLOCK, Game, game_of, play
from undercount.experiments.attribution.players import CORE, OWN, Player, read_players
from undercount.experiments.attribution.shapley import interactions, shapley
from undercount.experiments.attribution.tables import played, summary_table, totals_table
from undercount.experiments.attribution.window import EVERY, OUTCOMES, find_window
from undercount.experiments.cli import main
from undercount.experiments.draws import Draw, drawn
from undercount.experiments.paired.basis import DRAWS, core_of, resampled
from undercount.experiments.reference import SCALE
from undercount.experiments.store.seal import open_arrays
from undercount.model.assumed.scenario import load_scenario

from tests.helpers import mean_and_error, shrunk

WORTH = st.floats(-1e6, 1e6, allow_nan=False)


ONE_TO_SIX = st.integers(1, 6)


def games(players=ONE_TO_SIX):
    return players.flatmap(lambda n: arrays(float, 1 << n, elements=WORTH))


# --- the mathematics ---------------------------------------------------------------------------------
@given(games())
@settings(max_examples=150, deadline=None)
def test_values_sum_to_the_whole(game):
    assert abs(shapley(game).sum() - (game[-1] - game[0])) <= 1e-9 * max(1.0, np.abs(game).max())


@given(arrays(np.int64, (256, 3), elements=st.integers(-10**6, 10**6)))
@settings(max_examples=15, deadline=None)
def test_values_of_counts_sum_to_the_whole_to_a_billionth(game):
    assert np.abs(shapley(game).sum(axis=0) - (game[-1] - game[0])).max() <= 1e-9


@given(arrays(float, 1 << 4, elements=WORTH), st.integers(0, 4))
@settings(max_examples=50, deadline=None)
def test_a_player_that_changes_nothing_gets_exactly_nothing(game, place):
    """Put in at any place; the others keep their values, and pairs with it are 0."""
    low = (1 << place) - 1
    wider = np.array([game[(c & low) | (c >> 1 & ~low)] for c in range(1 << 5)])
    values = shapley(wider)
    assert values[place] == 0.0
    assert np.allclose(np.delete(values, place), shapley(game), rtol=1e-9, atol=1e-6)
    assert all(value == 0.0 for pair, value in interactions(wider).items() if place in pair)


@given(games(st.just(4)))
@settings(max_examples=50, deadline=None)
def test_players_that_are_alike_get_the_same(game):
    swap = [c & ~3 | (c & 1) << 1 | c >> 1 & 1 for c in range(16)]
    values = shapley((game + game[swap]) / 2.0)
    assert values[0] == pytest.approx(values[1], rel=1e-12, abs=1e-6)


@given(games(st.just(4)))
@settings(max_examples=25, deadline=None)
def test_values_are_means_over_all_orders(game):
    """The definition, by another way than the formula of weights."""
    expected = np.zeros(4)
    for order in permutations(range(4)):
        coalition = 0
        for player in order:
            expected[player] += game[coalition | 1 << player] - game[coalition]
            coalition |= 1 << player
    assert np.allclose(shapley(game), expected / 24, rtol=1e-9, atol=1e-6)


def test_the_glove_game():
    """Two left gloves and a right one: a pair is worth 1. Values 1/6, 1/6, 2/3; interactions by hand."""
    game = [float((c & 1 or c & 2) and c & 4 != 0) for c in range(8)]
    assert shapley(game) == pytest.approx([1 / 6, 1 / 6, 2 / 3], abs=1e-15)
    # I(0,1) = (v(01)-v(0)-v(1)) / 2 + (v(012)-v(02)-v(12)+v(2)) / 2 = -1/2; I(0,2) = (1 + 0) / 2
    assert list(interactions(game).values()) == pytest.approx([-0.5, 0.5, 0.5], abs=1e-15)


@given(arrays(np.int64, 6, elements=st.integers(-10**6, 10**6)))
@settings(max_examples=50, deadline=None)
def test_an_additive_game_has_no_interactions(parts):
    game = [sum(int(p) for i, p in enumerate(parts) if c >> i & 1) for c in range(1 << 6)]
    assert shapley(game).tolist() == parts.tolist()
    assert not any(interactions(game).values())


def test_a_game_needs_all_its_coalitions():
    with pytest.raises(ValueError, match="power of two"):
        shapley(np.zeros(6))


def test_resampled_means_have_the_error_of_a_mean():
    """2,000 resamples: their spread is the standard error within 4 of its own errors (1.6 % each)."""
    values = np.random.default_rng(1).normal(size=(60, 1))
    spread = resampled(values).std() / (values.std() / np.sqrt(60))
    assert abs(spread - 1.0) < 4 / np.sqrt(2 * 2000)


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


# --- the command -------------------------------------------------------------------------------------------
QUICK = ["attribute", "--prior", "1", "--explanation", "full-adaptation", "--explanation", "refusal",
         "--player", "route_adaptation", "--player", OWN, "--people-per-agent", "10000"]


def files(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and p.suffix in (".csv", ".parquet", ".json")
            and p.name != "manifest.json"}


def test_command_end_to_end(tmp_path, capsys):
    folder = tmp_path / "serial"
    assert main([*QUICK, "--engine", "serial", "--out", str(folder)]) == 0
    assert main(["verify", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "within the model" in said and "no posterior" in said and "exactly 0" in said
    content = json.loads((folder / "attribution.json").read_bytes())
    assert content["complete"] and not content["posterior"] and content["scopes"]["all"]["draws"] == 2
    assert content["scopes"]["refusal"]["outcomes"]["counted"]["players"]["route_adaptation"]["mean"] == 0
    with (folder / "values.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2 * len(EVERY) * 2
    for draw in "01":
        for outcome in EVERY:
            mine = [row for row in rows if row["draw"] == draw and row["outcome"] == outcome]
            made = float(mine[0]["change_with_all"]) - float(mine[0]["change_with_none"])
            assert sum(float(row["value"]) for row in mine) == pytest.approx(made, abs=1e-4)  # ten digits in CSV
    manifest = json.loads((folder / "manifest.json").read_bytes())
    assert (manifest["kind"], manifest["state"]) == ("attribute", "finished")
    # a lost part is made again, and nothing else
    before = files(folder)
    next((folder / "parts").glob("refusal*")).unlink()
    assert main([*QUICK, "--engine", "serial", "--out", str(folder)]) == 0
    assert "1 of 2 runs are there already" in capsys.readouterr().err
    assert files(folder) == before
    # two worker processes, the same bytes
    other = tmp_path / "processes"
    assert main([*QUICK, "--workers", "2", "--out", str(other)]) == 0
    assert files(other) == before


def test_another_question_in_the_same_folder_is_refused(tmp_path, capsys):
    quick = [*QUICK[:5], *QUICK[7:], "--engine", "serial", "--out", str(tmp_path / "a")]
    assert main(quick) == 0
    capsys.readouterr()
    assert main([*quick, "--from", "2002"]) == 2
    assert "window" in capsys.readouterr().err


def test_help_says_what_is_so(capsys):
    """The defaults stand in the help as texts, so that --help need not import what holds them."""
    assert main(["attribute", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert f"Persons that one agent stands for, or `pooled` (default: {SCALE})" in said
    assert f"Posterior draws, at most (default: {DRAWS})" in said


ONE = ("--prior", "1", "--explanation", "refusal")


@pytest.mark.parametrize("words, said", [
    ([], "VERDICT_FOLDER, --prior: found neither"),
    (["somewhere", "--prior", "2"], "found both"),
    (["--prior", "0"], "--prior"),
    ([*ONE, "--draws", "5"], "--draws"),
    (["no-such-folder"], "no verdict"),
    (["--prior", "1", "--explanation", "refusl"], "refusal"),
    ([*ONE, "--player", "route_adaptatoin"], "did you mean 'route_adaptation'"),
    ([*ONE, "--player", OWN, "--player", OWN], "different players"),
    ([*ONE, "--from", "1900"], "a period of the observed table"),
    ([*ONE, "--people-per-agent", "x"], "--people-per-agent"),
])
def test_bad_input_is_one_clear_line_each(words, said, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["attribute", *words]) == 2
    error = capsys.readouterr().err
    assert said in error and "Traceback" not in error
    assert not list(tmp_path.iterdir())


def test_posterior_draws_of_a_verdict_folder(tmp_path, capsys):
    """Two draws of one explanation, the second twice: three draws, two games."""
    import pandas as pd

    explanation = load_scenario("refusal")
    folder = tmp_path / "verdict"
    folder.mkdir()
    manifest = {"undercount": "0", "kind": "verdict", "state": "finished", "command": "", "tables": {}, "parts": {},
                "planned": [], "given": {"refusal": "refusal"}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    table = pd.DataFrame(0.5, index=range(3), columns=list(explanation.free()))
    table.insert(0, "luck", [7, 8, 8])
    table.insert(0, "averaged", True)
    table.insert(0, "draw", [0, 1, 1])
    table.insert(0, "explanation", "refusal")
    table.to_parquet(folder / "draws.parquet", index=False)
    out = tmp_path / "out"
    words = ["attribute", str(folder), "--player", OWN, "--people-per-agent", "10000", "--engine", "serial"]
    assert main([*words, "--out", str(out)]) == 0
    assert "posterior of verdict, 3 draws" in capsys.readouterr().out
    assert len(list((out / "parts").glob("*.npz"))) == 2
    with (out / "values.csv").open() as file:
        rows = [row["value"] for row in csv.DictReader(file)]
    assert len(rows) == 3 * len(EVERY) and rows[len(EVERY):2 * len(EVERY)] == rows[2 * len(EVERY):]
    assert main([*words, "--explanation", "refusl", "--out", str(tmp_path / "other")]) == 2
    assert "did you mean 'refusal'" in capsys.readouterr().err


# --- figures -----------------------------------------------------------------------------------------------
def assert_nothing_cut_off(figure):
    """Everything drawn of every panel, and the legend, lies inside the figure, to a pixel."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    for each in (*figure.axes, *figure.legends):
        box = each.get_tightbbox(canvas.get_renderer())
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1, (each, box)


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
