"""`undercount further`: what a figure is worth in tables where that can be worked out by hand."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from undercount.experiments.cli import main
from undercount.experiments.discover import value
from undercount.experiments.discover.value import Left, Target, out_of_bag, worths
from undercount.experiments.discover.value_build import FEWEST_WORLDS, adaptation_of
from undercount.experiments.verdict.further import CANDIDATES, COSTS
from undercount.model.files.problems import BadInput

from tests.made_up_table import made_up

WORLDS, SPREAD = 600, 0.5
SOME = [candidate for candidate in CANDIDATES if candidate.name in ("identified", "prevalence", "bribes")]


def flow_alone(unknowns, names):
    """The flow of 2003 is 100 exp(z) with z normal of SPREAD, and persons identified go with it; counts say nothing."""
    push = unknowns["push.push"]
    z = SPREAD * norm.ppf(np.clip((push - 0.5) / 1.5, 1e-4, 1 - 1e-4))
    chance = np.random.default_rng(5)
    return {name: 100.0 + chance.integers(0, 50, len(z)) for name in names if name.startswith("count:")} | {
        "hidden:newly_exploited:2003": 1000.0 * np.exp(z), "hidden:newly_exploited:2001": np.full(len(z), 1000.0),
        "hidden:newly_exploited:2002": np.full(len(z), 1000.0), "hidden:identified:2003": 500.0 * np.exp(z)}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return made_up(tmp_path_factory.mktemp("made up") / "table", WORLDS, flow_alone)


def change(reference):
    before, after = reference.quantities([f"hidden:newly_exploited:{year}" for year in (2001, 2003)]).T
    return np.log(after + 1) - np.log(before + 1)


def test_the_worth_of_a_figure_is_what_normal_theory_says(table):
    """Without it the 90 % interval is 3.29 x 0.5 wide. A figure of error s of the year leaves a spread of
    0.5 s / sqrt(0.25 + s^2): with 0.15 (identified) 71 % less, with 0.5 (a survey) 29 % less, bribes nothing. Forests
    reach no more than that; half of it they must. Widths are known to 5 % with 600 worlds."""
    summaries = np.random.default_rng(2).normal(size=(WORLDS, 6))
    weights = np.full(WORLDS, 1.0 / WORLDS)
    found = {worth.name: worth for worth in worths(Left(table, summaries, weights), [Target("D", "", change(table))],
                                                   (2001, 2002, 2003), 1, candidates=SOME)}
    width = 2 * 1.645 * SPREAD
    assert found["identified"].width_without == pytest.approx(width, rel=0.12)
    exact = {name: 1 - error / np.hypot(SPREAD, error) for name, error in (("identified", 0.15), ("prevalence", 0.5))}
    for name, best in exact.items():
        assert best / 2 < found[name].shrinkage < best + 3 * found[name].error and found[name].tells, found[name]
    assert abs(found["bribes"].shrinkage) < 4 * found["bribes"].error and found["bribes"].error < 0.1
    assert [worth.cost for worth in found.values()] == [0, 2, 2]  # the easiest kind first, then by shrinkage
    assert list(found) == ["identified", "prevalence", "bribes"]


def test_worlds_without_weight_do_not_count(table):
    """Every other world, known by a summary, has a tenth of the change: intervals are 1.65 wide in the others and 0.9 on
    average over all. Widths are known to 7 % with 300 worlds."""
    other = np.arange(WORLDS) % 2
    target = Target("D", "", change(table) * np.where(other, 0.1, 1.0))
    left = [Left(table, other[:, None] * 1.0, weights / weights.sum()) for weights in (1.0 - other, np.ones(WORLDS))]
    widths = [worths(each, [target], (2001, 2003), 1, candidates=SOME[2:])[0].width_without for each in left]
    assert widths[0] == pytest.approx(2 * 1.645 * SPREAD, rel=0.2) and widths[1] < 0.75 * widths[0]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.integers(40, 80))
def test_out_of_bag_weights_are_of_others_and_sum_to_one(seed, n):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    w = out_of_bag(X, X[:, :1] + rng.normal(size=(n, 1)), seed)
    assert np.allclose(w.sum(axis=1), 1.0) and w.diagonal().max() == 0.0 and w.data.min() >= 0.0


def test_every_figure_has_a_kind_of_effort():
    assert {candidate.cost for candidate in CANDIDATES} == set(range(len(COSTS)))


# --- what adaptation made ------------------------------------------------------------------------------
def an_attribution(folder, reference, worlds, shift=0.0, players=("routes", "methods", "looking")):
    folder.mkdir()
    manifest = {"undercount": "0", "kind": "attribute", "state": "finished", "command": "", "tables": {}, "parts": {}, "planned": [],
                "batch": {"window": {"from": "2001", "to": "2003"}}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    flow = change(reference)
    rows = [(d, "everything", w, outcome, player, value * (w + 1), flow[(w + int(shift)) % len(flow)])
            for d, w in enumerate(worlds) for outcome in ("ln_counted", "ln_newly_exploited")
            for player, value in zip(players, (1.0, 2.0, 50.0))]
    pd.DataFrame(rows, columns=["draw", "explanation", "world", "outcome", "player", "value", "change_with_all"]).to_parquet(
        folder / "values.parquet")
    return folder


def test_the_part_of_adaptation_is_found_by_world(table, tmp_path):
    """Routes 1 and methods 2 for each world's number plus one; drawn twice it counts once."""
    target = adaptation_of(table, an_attribution(tmp_path / "a", table, [*range(FEWEST_WORLDS), 3, 3]))
    assert np.isfinite(target.values).sum() == FEWEST_WORLDS and target.values[5] == pytest.approx(18.0)


@pytest.mark.parametrize("worlds, shift, players, said", [
    (range(50), 0, ("routes", "methods", "looking"), "50 of the table"), (range(300), 77, ("routes", "methods", "looking"), "otherwise"),
    (range(300), 0, ("measures", "visas", "looking"), "0 of the table")])
def test_an_attribution_of_other_worlds_is_refused(table, tmp_path, worlds, shift, players, said):
    with pytest.raises(BadInput, match=said):
        adaptation_of(table, an_attribution(tmp_path / "a", table, worlds, shift, players))


@pytest.mark.parametrize("state, damage, said", [
    ("incomplete", lambda path: None, "state: found incomplete"), ("finished", lambda path: path.unlink(), "values: found no file"),
    ("finished", lambda path: path.write_bytes(b"PAR1"), "values: found a damaged file"),
    ("finished", lambda path: pd.DataFrame({"draw": [0]}).to_parquet(path), "values: found a damaged file")])
def test_an_attribution_that_cannot_be_read_is_one_line(table, tmp_path, capsys, state, damage, said):
    folder = an_attribution(tmp_path / "a", table, range(300))
    manifest = json.loads((folder / "manifest.json").read_text()) | {"state": state}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    damage(folder / "values.parquet")
    assert main(["further", str(table.folder), "--attribution", str(folder), "--out", str(tmp_path / "out")]) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1, err


# --- the command ---------------------------------------------------------------------------------------
def test_command_end_to_end(table, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(value, "CANDIDATES", SOME[:2])
    monkeypatch.setattr(value, "TREES", 40)
    attribution = an_attribution(tmp_path / "a", table, range(300))
    words = ["further", str(table.folder), "--attribution", str(attribution), "--out"]
    assert main([*words, str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "no costs are known" in said and "victims identified by anybody (records that agencies keep)" in said
    found = json.loads((tmp_path / "out" / "further.json").read_bytes())
    assert list(found["targets"]) == ["flow_2001_2003", "flow_2002_2003", "adaptation"]
    assert len(found["figures"]) == 3 * 2 and all(np.isfinite(row["shrinkage"]) for row in found["figures"])
    assert {row["worlds"] for row in found["figures"] if row["target"] == "adaptation"} == {300}
    assert main(["verify", str(tmp_path / "out")]) == 0
    assert main([*words, str(tmp_path / "again")]) == 0
    for name in ("words.md", "further.json", "tables/further.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_a_small_table_is_refused_in_one_line(tmp_path, capsys):
    small = made_up(tmp_path / "small", 50, flow_alone)
    assert main(["further", str(small.folder), "--out", str(tmp_path / "out")]) == 2
    assert "50 worlds" in capsys.readouterr().err and not (tmp_path / "out").exists()
