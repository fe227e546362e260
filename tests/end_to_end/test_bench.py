"""`undercount bench --quick`: every figure is there and means what it says. Nothing is timed."""

import json

import pytest
from undercount.experiments import cli


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


def test_bench_prints_tables(capsys, monkeypatch):
    row = {"people": 10, "agents": 5, "months": 63, "seconds": 0.1, "peak_bytes": 100, "bytes_per_person": 1.0,
           "bytes_per_agent": 2.0}
    monkeypatch.setattr("undercount.experiments.bench._case", lambda name, **options: {
        "activations": {"compiled": 100, "mesa": 2, "ratio": 50.0, "compiled_whole_run": 90, "agents": 5,
                        "agents_with_parties_and_others": 9},
        "small_batch": {"runs": 4, "people": 10_000, "workers": 2, "seconds": 0.4, "growth_bytes": 9},
        "batch": {"runs": 3, "agents": 5, "workers": 2, "seconds": 0.5, "growth_bytes": 10,
                  "with_files_seconds": 0.6, "with_files_growth_bytes": 11, "bytes_on_disk": 12},
        "region": row}[name])
    assert cli.main(["bench"]) == 0
    out = capsys.readouterr().out
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
    monkeypatch.setattr("undercount.experiments.bench._case", lambda name, **options: {
        "region": {}, "engines": {"runs": 9, "cores": 2, "bare_ms_a_run": 51.5, "at_once": {"2": 0.8}, "rows": [
            {"engine": "dask", "workers": 2, "seconds": 1.5, "efficiency": 0.75, "coordinator_ms_a_run": 0.5}]},
        "command_memory": {"runs": 1000, "seconds": 5.0, "peak_bytes": 3e8, "peak_bytes_while_running": 1.2e8}}[name])
    assert cli.main(["bench", "--engines"]) == 0
    out = capsys.readouterr().out
    assert "2 bare loops at once" in out and "9 runs of 51.5 ms on 2 cores" in out and "0.75" in out and "120 MB while they ran, 300 MB with its tables" in out
