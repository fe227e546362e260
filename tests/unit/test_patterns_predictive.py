"""The prior-predictive table, from worlds made by hand."""

from dataclasses import replace

import numpy as np
import pytest
from undercount.experiments.cli import main
from undercount.experiments.patterns.predictive import CONFLICT, predictive
from undercount.experiments.patterns.table import patterns_of
from undercount.experiments.patterns.worlds import Judged
from undercount.model.assumed.scenario import load_scenario

NAN = float("nan")


@pytest.fixture(scope="module")
def patterns():
    some = patterns_of(load_scenario("baseline").region)[0]
    return [replace(some, name="often", low=0.0, high=1.0, hard=True), replace(some, name="never", low=9.0, high=None),
            replace(some, name="undefined", low=0.0, high=None)]


def worlds():
    """Ten: `often` holds in eight, `undefined` has a figure in four; the flow is told by hand."""
    ratios = [0.5, 0.89, 0.91, 1.0, 1.0, 1.0, 1.09, 1.11, 2.0, 3.0]
    return [Judged(np.array([0.1 * n if n < 8 else 5.0, 1.0, float(n) if n < 4 else NAN]), n < 8, (1000.0, 1000.0 * r))
            for n, r in enumerate(ratios)]


def test_probabilities_and_conflicts_first(patterns):
    found = predictive("made", patterns, worlds())
    assert found.patterns["pattern"].tolist() == ["never", "undefined", "often"]
    assert found.patterns["probability"].tolist() == pytest.approx([0.0, 0.4, 0.8])  # no figure is not inside
    assert found.patterns["probability"].iloc[0] < CONFLICT <= found.patterns["probability"].iloc[1]
    assert found.inside == pytest.approx(0.8)


def test_quantiles_are_those_of_the_worlds_with_a_figure(patterns):
    table = predictive("made", patterns, worlds()).patterns.set_index("pattern")
    assert table.loc["undefined", "q50"] == pytest.approx(1.5)  # of 0, 1, 2, 3
    assert table.loc["never", ["q05", "q95"]].tolist() == [1.0, 1.0]


def test_the_flow_of_all_and_of_those_inside(patterns):
    flow = predictive("made", patterns, worlds()).flow.set_index("worlds")
    assert flow.loc["all"].tolist() == pytest.approx([10, 1.0, 0.2, 0.3])
    assert flow.loc["inside the gates"].tolist() == pytest.approx([8, 1.0, 2 / 8, 1 / 8])


def test_no_world_inside_is_said_and_does_not_break(patterns):
    found = predictive("made", patterns, [replace(world, inside=False) for world in worlds()])
    inside = found.flow.set_index("worlds").loc["inside the gates"]
    assert found.inside == 0.0 and inside["number"] == 0 and np.isnan(inside["median"])


def test_a_folder_is_no_file_and_that_is_said_before_any_world_is_run(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("undercount.experiments.patterns.worlds.prior_worlds", lambda *plan: pytest.fail("it ran"))
    assert main(["patterns", "no-change", "--draws", "2", "--out", str(tmp_path)]) == 2
    err = capsys.readouterr().err
    assert "--out: found" in err and err.count("\n") == 1
