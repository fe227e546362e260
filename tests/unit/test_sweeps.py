"""What is swept: axes, points, and the file of an experiment."""

import numpy as np
import pytest
from undercount.experiments.sweeps.axis import grid_axis
from undercount.experiments.sweeps.experiment import is_experiment, read_experiment
from undercount.experiments.sweeps.point import canonical, in_effect, unit_of
from undercount.experiments.sweeps.sweep import check_sweep
from undercount.experiments.sweeps.typed import read_sweep
from undercount.model.assumed.scenario import load_scenario
from undercount.model.files.problems import BadInput
from undercount.model.files.tables_in import Problems
from undercount.model.files.toml_in import Source

FULL = load_scenario("full-adaptation")


def swept(*sweep, design=None, points=None, over=()):
    problems = []
    found = read_sweep(problems, {"sweep": sweep, "design": design, "points": points, "over": over})
    return found, [str(problem) for problem in problems]


def test_values_as_typed():
    source = Source("--sweep", Problems())
    assert grid_axis(source, (), "corruption", "0.6, 1,1.4").values == (0.6, 1.0, 1.4)
    assert grid_axis(source, (), "corruption", "0.004:0.02:5").values == (0.004, 0.008, 0.012, 0.016, 0.02)
    assert grid_axis(source, (), "refusal", [True, False]).values == (True, False)
    assert grid_axis(source, (), "onsets.routes.when", "2001-07,2002-01").values == ("2001-07", "2002-01")
    assert not source.problems.count


@pytest.mark.parametrize("raw, said", [
    ("", "0 values"), ("1,1.0", "1 twice"), ("2:1:5", "low 2.0, high 1.0"), ("1:2:1", "1.0 points"), ("1:2:x", "'x' points"),
    ("1:nan:3", "high 'nan'"), ([[1]], "a value that is neither"), ({"low": 1, "hihg": 2}, "hihg"), (3, "found 3")])
def test_values_that_cannot_be(raw, said):
    source = Source("--sweep", Problems())
    assert grid_axis(source, (), "corruption", raw) is None and said in str(source.problems.listed[0])


def test_names_are_those_of_the_schema():
    assert canonical("corruption") == "corruption.corruption" and canonical("events.x.factor") == "events.x.factor"
    assert canonical("refusal") == "mechanisms.refusal"


def test_a_grid_is_the_product_and_point_0_the_scenarios_own():
    sweep, problems = swept("corruption=0.6,1", "policing.raid_rate=0.004:0.02:2", "refusal=off,on")
    points = sweep.points_of(FULL, 1)
    assert problems == [] and check_sweep(sweep, [FULL]) == [] and len(points) == 9
    assert points[0].of(FULL) == FULL and len({point.key for point in points}) == 9
    there = points[8].of(FULL)
    assert [in_effect(there, name) for name in sweep.names(FULL)] == [1.0, 0.02, 1.0]
    assert not points[1].of(FULL).mechanisms["refusal"]
    assert " ".join(sweep.words) == ("--sweep corruption.corruption=0.6,1 --sweep policing.raid_rate=0.004:0.02:2 "
                                     "--sweep mechanisms.refusal=off,on")


def test_what_stands_in_the_table_of_points():
    moved = FULL.with_values({"onsets.routes.when": "2001-07", "onsets.routes.ramp": 4})
    assert in_effect(moved, "onsets.routes.when") == 30 and in_effect(moved, "onsets.routes.ramp") == 4
    assert np.isnan(in_effect(FULL, "events.nothing.when")) and in_effect(FULL, "mechanisms.refusal") == 1
    assert unit_of(FULL, "onsets.routes.when") == "months after 1999-01" and unit_of(FULL, "mechanisms.refusal") == "1 on, 0 off"


@pytest.mark.parametrize("kind", ["sobol", "lhs"])
def test_a_design_stays_in_its_ranges_and_repeats(kind):
    sweep, problems = swept(design=kind, points="16", over=("corruption=0.5:1.5", "policing.raid_rate", "onsets.routes.when"))
    base = sweep.base(FULL)
    points = sweep.points_of(base, 3)
    assert problems == [] and len(points) == 17 and points[0].of(base).content_hash() == FULL.content_hash()
    found = np.array([[in_effect(point.of(base), name) for name in sweep.names(base)] for point in points[1:]])
    free = base.free()
    for column, name in zip(found.T, sweep.names(base)):
        assert free[name][0] <= column.min() < column.max() <= free[name][1]
    assert 0.5 <= found[:, 0].min() < 0.6 and 1.4 < found[:, 0].max() <= 1.5
    assert sweep.points_of(base, 3) == points and sweep.points_of(base, 4)[1:] != points[1:]
    more, _ = swept(design=kind, points="32", over=("corruption=0.5:1.5", "policing.raid_rate", "onsets.routes.when"))
    assert (more.points_of(base, 3)[:17] == points) == sweep.extensible == (kind == "sobol")


def test_all_unknowns_are_the_scenarios_own():
    sweep, _ = swept(design="sobol", points="2", over=("all",))
    assert sweep.names(FULL) == tuple(FULL.free()) and len(sweep.points_of(FULL, 1)) == 3


@pytest.mark.parametrize("given, said", [
    ((("corruptoin=1,2",), {}), "did you mean 'corruption'?"), ((("corruption=1,99",), {}), "found 99.0; allowed: a number"),
    ((("corruption=1", "corruption=2"), {}), "given twice"), ((("corruption",), {}), "NAME=a,b,c"),
    ((("refusal=on,perhaps",), {}), "'perhaps'"), (((), {"design": "sobl"}), "did you mean 'sobol'?"),
    (((), {"points": "5"}), "without --design"), (((), {"design": "lhs", "points": "0"}), "--points: found '0'"),
    (((), {"design": "lhs", "over": ("corruptoin",)}), "did you mean 'corruption.corruption'?"),
    (((), {"design": "lhs", "over": ("corruption=2:1",)}), "the smaller one first"),
    (((), {"design": "lhs", "over": ("corruption=1:99",)}), "allowed: a number from"),
    (((), {"design": "lhs", "over": ("all", "corruption")}), "all together with names"),
    ((("corruption=1",), {"design": "lhs"}), "together with --sweep"),
    ((("corruption=" + ",".join(f"1.{n:06d}" for n in range(900)),), {}), "low:high:n is short")])
def test_one_line_for_what_is_wrong(given, said):
    sweep, problems = swept(*given[0], **given[1])
    problems += map(str, check_sweep(sweep, [FULL]) if sweep and not problems else ())
    assert any(said in line for line in problems), problems


FILE = """scenarios = ["full-adaptation", "no-change"]
replicates = 2
seed = 4
people-per-agent = "pooled"
outputs = ["person_months"]

[set]
refusal = false

[sweep]
corruption = [0.6, 1]
"policing.raid_rate" = { low = 0.004, high = 0.02, points = 3 }
"""


def test_an_experiment(tmp_path):
    path = tmp_path / "e.toml"
    path.write_text(FILE)
    found = read_experiment(path)
    assert is_experiment(path) and found.scenarios == ("full-adaptation", "no-change")
    assert found.options == {"replicates": "2", "seed": "4", "people-per-agent": "pooled"}
    assert found.settings == {"refusal": "false"} and found.sweep.points == 6 and found.outputs == ("person_months",)
    path.write_text('scenarios = ["no-change"]\n[design]\nmethod = "sobol"\npoints = 8\nover = ["corruption=0.5:1"]\n')
    sweep = read_experiment(path).sweep
    assert (sweep.design, sweep.points, sweep.axes[0].span) == ("sobol", 8, (0.5, 1.0))


def test_every_mistake_of_an_experiment_with_its_line(tmp_path):
    path = tmp_path / "e.toml"
    path.write_text(FILE.replace("replicates", "replicate").replace("[0.6, 1]", "[1, 1]").replace("points = 3", "points = 1")
                    .replace("seed = 4", "seed = 4.5") + '[design]\nmethod = "sobl"\n')
    with pytest.raises(BadInput) as error:
        read_experiment(path)
    lines = "\n".join(map(str, error.value.problems))
    for part in (":2: replicate: found no such key", "did you mean 'replicates'?", ":3: seed: found 4.5",
                 ":13: design: found it together with [sweep]"):
        assert part in lines, lines
    path.write_text(FILE.replace("[0.6, 1]", "[1, 1]").replace("points = 3", "points = 1"))
    with pytest.raises(BadInput) as error:
        read_experiment(path)
    assert [problem.line for problem in error.value.problems] == [11, 12]
