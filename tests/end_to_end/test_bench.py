"""`undercount bench --quick`: every figure is there and means what it says. Nothing is timed."""

import json

import pytest
from undercount.experiments import cli
from undercount.experiments.bench.goals import GOALS, compared
from undercount.experiments.bench.toy import InArrays, InMesa, shares_after


@pytest.mark.slow
def test_bench_quick(capsys):
    assert cli.main(["bench", "--quick", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["compiled"] > found["mesa"] > 0 and found["ratio"] > 1
    region = found["full_region"]
    assert region["people"] > 12_000_000 and region["seconds"] > 0
    assert region["peak_bytes"] > 0 and region["bytes_per_person"] > 0
    for batch in ("batch", "batch_in_groups"):
        assert found[batch]["runs"] == 20 and found[batch]["seconds"] > 0
    assert [row["months"] for row in found["months"]] == [12, region["months"]]
    agents = [row["agents"] for row in found["people"]]
    assert agents == sorted(agents)
    assert set(found["goals"]) == {goal.key for goal in GOALS}
    frames = found["mesa_frames"] is None  # not installed
    missing = {key for key, goal in found["goals"].items() if goal["measured"] is None}
    assert missing <= ({"compiled_over_mesa_frames", "growth_per_person"} if frames else {"growth_per_person"})
    assert found["worlds"]["priors_ms"] > 0 and found["first_run"]["functions"] > 1
    assert all(row["per_minute"] > 0 and row["worlds"] == 2 for row in found["reference"].values())
    assert found["noise"]["cells"] and found["noise"]["seeds"] == 8
    assert all("skipped" in row or row["processor_seconds"] > 0 for row in found["scaled"])


@pytest.mark.parametrize("made", [InMesa, InArrays])
def test_the_toy_is_the_same_life_everywhere(made):
    """Shares after 24 months within 4 standard errors of the exact ones."""
    persons, toy = 20_000, made(20_000, 1)
    for _ in range(24):
        toy.step()
    exact = shares_after(24)
    error = (exact * (1 - exact) / persons) ** 0.5
    assert (abs(toy.shares() - exact) <= 4 * error + 1e-12).all() and toy.held > 0


def test_the_toy_under_mesa_frames():
    pytest.importorskip("mesa_frames")
    from undercount.experiments.bench.toy import in_frames

    persons, toy = 20_000, in_frames(20_000, 1)
    for _ in range(24):
        toy.step()
    exact = shares_after(24)
    assert (abs(toy.shares() - exact) <= 4 * (exact * (1 - exact) / persons) ** 0.5 + 1e-12).all()


def test_a_goal_is_met_missed_or_has_no_bound():
    found = {"worlds": {"point_values_ms": 121.0, "priors_ms": 150.0, "judged_ms": 9.0},
             "reference": {"pooled": {"per_minute": 1000}, "400": {"per_minute": 1}},
             "full_region": {"seconds": 1.0, "bytes_per_person": 40.0}, "noise": {"mean_ratio": 1.0, "over": 0},
             "scaled": [{"ns_a_person": 100.0}, {"skipped": "no memory"}], "first_run": {"clock_seconds": 30.0},
             "mesa": 300_000, "step_cost": 1.5, "compiled": 100, "plain_mesa": 10, "plain_numpy": 50, "mesa_frames": None}
    met = {key: goal["met"] for key, goal in compared(found).items()}
    assert met["pooled_world_point_values_ms"] is False and met["pooled_world_priors_ms"] is True
    assert met["reference_pooled_per_minute"] is True and met["reference_400_per_minute"] is False
    assert met["growth_per_person"] is None and met["judged_draw_ms"] is None
    assert compared(found)["compiled_over_plain_mesa"]["measured"] == 10.0


def test_bench_prints_tables(capsys, monkeypatch):
    row = {"people": 10, "agents": 5, "months": 63, "seconds": 0.1, "peak_bytes": 100, "bytes_per_person": 1.0,
           "bytes_per_agent": 2.0}
    monkeypatch.setattr("undercount.experiments.bench.measure.case", lambda name, **options: {
        "activations": {"compiled": 100, "mesa": 2, "ratio": 50.0, "compiled_whole_run": 90, "agents": 5,
                        "agents_with_parties_and_others": 9, "plain_mesa": 3, "plain_numpy": 40, "mesa_frames": None,
                        "step_cost": 1.5},
        "worlds": {"point_values_ms": 121.0, "priors_ms": 150.0, "judged_ms": 9.0},
        "reference": {"worlds": 4, "workers": 2, "seconds": 3.0, "start_seconds": 1.0, "per_minute": 120},
        "noise": {"seeds": 8, "fewer": 60, "mean_ratio": 1.01, "largest_ratio": 1.3, "standard_error": 0.7, "over": 0},
        "first_run": {"functions": 9, "clock_seconds": 2.0, "processor_seconds": 1.9},
        "scaled": {"people": 10, "skipped": "9 GB of memory are not free"},
        "small_batch": {"runs": 4, "people": 10_000, "workers": 2, "seconds": 0.4, "growth_bytes": 9},
        "batch": {"runs": 3, "agents": 5, "workers": 2, "seconds": 0.5, "growth_bytes": 10,
                  "with_files_seconds": 0.6, "with_files_growth_bytes": 11, "bytes_on_disk": 12},
        "region": row}[name])
    assert cli.main(["bench"]) == 0
    out = capsys.readouterr().out
    assert "missed" in out and "not installed" in out and "9 GB of memory are not free" in out
    assert "ratio compiled / mesa" in out and "Against months" in out and "4 runs of 10,000 people" in out and "3 runs in 5 agents" in out


@pytest.mark.slow
def test_bench_engines_quick(capsys):
    pytest.importorskip("distributed")
    assert cli.main(["bench", "--engines", "--quick", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = found["engines"]["rows"]
    assert [(row["engine"], row["workers"]) for row in rows] == [
        ("serial", 1), ("processes", 2), ("dask", 2)]
    assert list(found["engines"]["at_once"]) == ["2"]
    assert all(row["seconds"] > 0 and row["efficiency"] > 0 and row["coordinator_ms_a_run"] > 0 for row in rows)
    assert [row["runs"] for row in found["memory"]] == [20, 40]
    assert all(row["peak_bytes"] >= row["peak_bytes_while_running"] > 0 for row in found["memory"])


def test_bench_prints_engines(capsys, monkeypatch):
    monkeypatch.setattr("undercount.experiments.bench.measure.case", lambda name, **options: {
        "region": {}, "engines": {"runs": 9, "cores": 2, "bare_ms_a_run": 51.5, "at_once": {"2": 0.8},
                                  "dask_overhead": {"2": 0.03}, "rows": [
            {"engine": "dask", "workers": 2, "seconds": 1.5, "efficiency": 0.75, "coordinator_ms_a_run": 0.5}]},
        "command_memory": {"runs": 1000, "seconds": 5.0, "peak_bytes": 3e8, "peak_bytes_while_running": 1.2e8}}[name])
    assert cli.main(["bench", "--engines"]) == 0
    out = capsys.readouterr().out
    assert "Dask takes 3.0 % more" in out and "2 bare loops at once" in out and "9 runs of 51.5 ms on 2 cores" in out and "0.75" in out and "120 MB while they ran, 300 MB with its tables" in out
