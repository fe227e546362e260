"""`undercount run --sweep, --design, --experiment`: points, tables, and the same bytes however they are run."""

import shlex

import pandas as pd
import pytest
from undercount.experiments import cli
from undercount.experiments.runs.results import read_results
from undercount.experiments.store.folder import read_manifest

from tests.end_to_end.said import undercount

SMALL = ["--people-per-agent", "10000", "--until", "2000-12", "--seed", "3", "--engine", "serial"]
GRID = ["run", "full-adaptation", "no-change", "--sweep", "corruption=0.6,1", "--sweep", "refusal=off,on", "--replicates", "2"]


def tables(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    out = tmp_path_factory.mktemp("s") / "grid"
    assert cli.main([*GRID, *SMALL, "--out", str(out)]) == 0
    return out


def test_tables_have_a_point_and_a_table_of_points(grid):
    found = read_results(grid)
    points = found.table("points")
    assert list(points.columns) == ["scenario", "point", "corruption.corruption", "mechanisms.refusal"] and len(points) == 10
    own = points[points.point == 0]
    assert len(own) == 2 and (own["mechanisms.refusal"] == 1).all() and list(points["mechanisms.refusal"][1:3]) == [0, 1]
    for name in ("runs", "referrals", "hidden", "flows", "actors", "lists", "outputs"):
        assert list(found.table(name).columns[:4]) == ["scenario", "point", "replicate", "seed"], name
    runs, outputs = found.table("runs"), found.table("outputs")
    assert len(runs) == len(outputs) == 20 and set(runs.seed) == {3, 4}
    hidden = found.table("hidden")
    sums = hidden[hidden.month.str[:4] == "2000"].groupby(["scenario", "point", "replicate"], sort=False)["newly_exploited"].sum()
    assert list(sums) == list(outputs["exploited_2000"])
    referrals = found.table("referrals")
    counted = referrals[referrals.year == "1999"].groupby(["scenario", "point", "replicate"], sort=False)["assisted"].sum()
    assert list(counted) == list(outputs["counted_1999"])


def test_a_point_is_what_set_gives(capsys, grid, tmp_path):
    args = ["run", "full-adaptation", "--set", "corruption=1", "--set", "refusal=off", "--replicates", 2, *SMALL]
    assert undercount(capsys, *args, "--out", tmp_path / "o")[0] == 0
    same = read_results(tmp_path / "o").table("runs")
    at = read_results(grid).table("runs").query("scenario == 'full-adaptation' and point == 3")
    assert list(same.content_sha256) == list(at.content_sha256)
    own = ["run", "full-adaptation", "--replicates", 2, *SMALL, "--out", tmp_path / "own"]
    assert undercount(capsys, *own)[0] == 0
    at = read_results(grid).table("runs").query("scenario == 'full-adaptation' and point == 0")
    assert list(read_results(tmp_path / "own").table("runs").content_sha256) == list(at.content_sha256)


def test_resumed_verified_and_the_same_bytes_for_any_order_and_engine(capsys, grid, tmp_path):
    out = tmp_path / "o"
    # First one scenario in threads, then the folder's own command after damage.
    first = [word for word in GRID if word != "no-change"]
    assert undercount(capsys, *first, *SMALL[:-1], "threads", "--out", out)[0] == 0
    parts = sorted((out / "parts").iterdir())
    parts[0].unlink()
    parts[3].write_bytes(b"x")
    code, said, _ = undercount(capsys, "status", out)
    assert code == 0 and said.splitlines()[1].split() == ["full-adaptation", "8", "0", "0", "1", "1"]
    words = shlex.split(said.splitlines()[-1].removeprefix("to go on: undercount "))
    assert undercount(capsys, *words, "--engine", "serial")[0] == 0
    assert undercount(capsys, *GRID, *SMALL, "--workers", 2, "--out", out)[0] == 0
    assert tables(out) == tables(grid)
    assert undercount(capsys, "verify", out)[0] == 0


def test_a_folder_keeps_to_its_sweep(capsys, grid):
    same = [word.replace("corruption=0.6,1", "corruption=0.6:1:2") for word in GRID]
    code, _, err = undercount(capsys, *same, *SMALL, "--out", grid)  # typed otherwise, and the same values
    assert code == 0 and "20 of 20 runs are there already" in err
    for other in (["--sweep", "corruption=0.6,2"], [], ["--design", "sobol"]):
        code, out, err = undercount(capsys, "run", "full-adaptation", *other, *SMALL, "--out", grid)
        assert code == 2 and "--sweep, --design, --over" in err and "or another --out" in err


def test_sobol_is_extended_and_lhs_is_not(capsys, tmp_path):
    design = ["run", "no-change", "--over", "corruption=0.5:1.5", "--replicates", 1, *SMALL]
    for points in (2, 3, 2):
        assert undercount(capsys, *design, "--design", "sobol", "--points", points, "--out", tmp_path / "s")[0] == 0
    assert list(read_results(tmp_path / "s").table("points").point) == [0, 1, 2, 3]
    assert "--points 3 " in read_manifest(tmp_path / "s")["command"]
    assert undercount(capsys, *design, "--design", "lhs", "--points", 2, "--out", tmp_path / "l")[0] == 0
    code, _, err = undercount(capsys, *design, "--design", "lhs", "--points", 3, "--out", tmp_path / "l")
    assert code == 2 and "--points 2" in err


def test_a_trial_of_methods_is_of_no_grid(capsys, grid, tmp_path):
    code, _, err = undercount(capsys, "estimate", "--simulated", grid, "--out", tmp_path / "out")
    assert code == 2 and "sweep: found a design of points (grid)" in err and err.count("\n") == 1


@pytest.fixture
def few(monkeypatch):
    """Two outputs in figures are as good a test as six."""
    monkeypatch.setattr("undercount.experiments.report.sweep.SHOWN", 2)


def test_report_of_two_names(capsys, grid, tmp_path, few):
    assert undercount(capsys, "report", grid, "--out", tmp_path / "r")[0] == 0
    made = {path.name: path.read_bytes() for path in (tmp_path / "r").rglob("*.*")}
    for name in ("heat-exploited_2000", "heat-counted_2000", "ranked-no-change", "scatter"):
        assert made[f"{name}.png"].startswith(b"\x89PNG") and b"<svg" in made[f"{name}.svg"], name
    responses = pd.read_csv(tmp_path / "r" / "figures" / "responses.csv")
    outputs = read_results(grid).table("outputs")
    mean = outputs.query("scenario == 'no-change' and point == 2")["person_months"].mean()
    assert responses.query("scenario == 'no-change' and point == 2 and output == 'person_months'")["mean"].item() == mean
    page = made["report.html"].decode()
    assert "What moved what" in page and "What has been published against" not in page and "://" not in page.split("</style>")[1].replace("http://www.w3.org", "")
    code, _, err = undercount(capsys, "report", grid, "--focus", "no-change")
    assert code == 2 and "sweeps nothing" in err


def test_report_of_one_name(capsys, tmp_path, few):
    args = ["run", "no-change", "full-adaptation", "--sweep", "corruption=0.6:2:3", "--replicates", 2, *SMALL]
    assert undercount(capsys, *args, "--out", tmp_path / "o")[0] == 0
    assert undercount(capsys, "report", tmp_path / "o")[0] == undercount(capsys, "report", tmp_path / "o", "--out", tmp_path / "s")[0] == 0
    for path in (tmp_path / "s").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "o" / path.relative_to(tmp_path / "s")).read_bytes()
    assert {path.name for path in (tmp_path / "o" / "figures").iterdir()} == {
        "responses.png", "responses.svg", "responses.csv", "effects.csv", "points.csv"}
    assert list(pd.read_csv(tmp_path / "o" / "figures" / "responses.csv").columns[:4]) == [
        "scenario", "point", "corruption.corruption", "output"]
    assert undercount(capsys, "verify", tmp_path / "o")[0] == 0


def test_dry_run_prints_points_runs_time_and_disk(capsys, tmp_path):
    code, said, _ = undercount(capsys, *GRID, *SMALL, "--out", tmp_path / "n", "--dry-run")
    assert code == 0 and not (tmp_path / "n").exists()
    for part in ("  0: corruption.corruption=", "(the scenario's own)", "20 runs: full-adaptation x 5 points x 2",
                 " MB in ", "for one worker"):
        assert part in said, said


def test_disk_is_about_what_the_dry_run_says(capsys, grid):
    said = undercount(capsys, *GRID, *SMALL, "--out", grid, "--dry-run")[1]
    foretold = float(said.split("about ")[1].split(" MB")[0]) * 1e6
    used = sum(path.stat().st_size for path in [*grid.glob("*.parquet"), *(grid / "parts").iterdir()])
    assert 0.5 < foretold / used < 2.0


def test_many_points_need_no_more_memory_and_status_reads_no_array(capsys, grid, tmp_path, monkeypatch):
    """Tables are written in pieces: what is held at once does not grow with the runs."""
    from undercount.experiments.runs import tables as assemble
    from undercount.experiments.runs.tallies import load_tallies
    from undercount.experiments.store import seal
    from undercount.experiments.store.planned import RUN_TABLES, planned_parts

    parts = [name for _, _, name in planned_parts(read_manifest(grid))]
    monkeypatch.setattr(assemble, "ROWS", 5000)
    held = []
    monkeypatch.setattr(assemble._Table, "_flush", lambda table, whole=assemble._Table._flush: (
        held.append(table.rows), whole(table)))
    for times in (1, 6):
        runs = (load_tallies(grid, name) for _ in range(times) for name in parts)
        assemble.write_tables(read_results(grid).region, runs, {name: tmp_path / name for name in RUN_TABLES})
        assert max(held) < 5000 + assemble.GROUP * 24 * 28 + 1
    monkeypatch.setattr(seal.np.lib.format, "read_array", None)
    assert undercount(capsys, "status", grid)[1].endswith("finished\n")


def test_an_experiment_is_one_file(capsys, tmp_path):
    path = tmp_path / "e.toml"
    path.write_text('scenarios = ["no-change"]\nreplicates = 1\nseed = 3\npeople-per-agent = 10000\nuntil = "2000-12"\n'
                    'outputs = ["person_months"]\n[sweep]\ncorruption = [0.6, 1]\n')
    code, said, _ = undercount(capsys, "check", path)
    assert code == 0 and "experiment, 1 scenario, 3 points, 3 runs" in said
    assert undercount(capsys, "run", "--experiment", path, "--engine", "serial", "--out", tmp_path / "o")[0] == 0
    again = shlex.split(read_manifest(tmp_path / "o")["command"])[1:]
    assert undercount(capsys, *again, "--engine", "serial")[0] == 0
    assert read_manifest(tmp_path / "o")["outputs"] == ["person_months"]
    pd.testing.assert_frame_equal(read_results(tmp_path / "o").table("points"), pd.DataFrame(
        {"scenario": "no-change", "point": [0, 1, 2], "corruption.corruption": [read_results(tmp_path / "o").table("points").iloc[0, 2], 0.6, 1]}))
    path.write_text(path.read_text().replace("corruption =", "corruptoin =").replace("until", "untill"))
    code, said, err = undercount(capsys, "run", "--experiment", path)
    assert code == 2 and said == "" and f"{path}:5: untill: found no such key" in err and "'until'?" in err
    path.write_text(path.read_text().replace("untill", "until").replace("person_months", "person_month"))
    for command in (["check", path], ["run", "--experiment", path]):
        code, _, err = undercount(capsys, *command)
        assert code == 2 and f"{path}:8: corruptoin: found no such name" in err and "did you mean 'corruption'?" in err
    path.write_text(path.read_text().replace("corruptoin", "corruption"))
    code, _, err = undercount(capsys, "check", path)
    assert code == 2 and f"{path}:6: outputs: found 'person_month'" in err and "did you mean 'person_months'?" in err


DRAWN = ["run", "no-change", "--parameters", "prior", *SMALL]


def test_two_replicates_a_draw(capsys, tmp_path, monkeypatch, few):
    monkeypatch.setattr("undercount.experiments.sweeps.drawn.gates_of", lambda scenario: ())  # their worlds take a while
    out = tmp_path / "o"
    assert undercount(capsys, *DRAWN, "--replicates", 2, "--out", out)[0] == 0
    first = read_results(out).table("runs").content_sha256
    # More draws extend the folder; the first ones are as they were.
    assert undercount(capsys, *DRAWN, "--replicates", 4, "--out", out)[0] == 0
    runs = read_results(out).table("runs")
    assert list(runs.point) == [1, 1, 2, 2] and list(runs.replicate) == [0, 1, 2, 3] and list(runs.seed) == [3, 4, 5, 6]
    points = read_results(out).table("points")
    assert len(points) == 2 and points["corruption.corruption"].nunique() == 2
    assert list(runs.content_sha256[:2]) == list(first)
    words = shlex.split(read_manifest(out)["command"])[1:]
    code, _, err = undercount(capsys, *words, "--engine", "serial")
    assert code == 0 and "4 of 4 runs are there already" in err
    assert undercount(capsys, "verify", out)[0] == 0 and undercount(capsys, "status", out)[1].endswith("finished\n")
    code, said, _ = undercount(capsys, "report", out)
    assert code == 0 and "Too few draws" in (out / "report.html").read_text() and (out / "figures" / "bands.svg").exists()


@pytest.mark.parametrize("args, said", [
    (["--parameters", "pior"], "did you mean 'prior'?"), (["--parameters", "prior", "--replicates", 3], "a multiple of 2"),
    (["--parameters", "prior", "--sweep", "corruption=1"], "it together with --parameters"),
    (["--parameters", "posterior=nowhere"], "nowhere"), (["--parameters", "posterior="], "posterior=DIR")])
def test_what_is_wrong_with_drawn_parameters(capsys, tmp_path, args, said):
    code, out, err = undercount(capsys, "run", "no-change", *args, *SMALL, "--out", tmp_path / "o")
    assert code == 2 and out == "" and said in err and not (tmp_path / "o").exists()


def test_a_posterior_that_knows_the_scenario(capsys, tmp_path, monkeypatch):
    from undercount.experiments.draws import attempt
    from undercount.experiments.paired import posterior
    from undercount.experiments.paired.basis import Basis
    from undercount.model.assumed.scenario import load_scenario

    def basis(folder, prior, names, count, seed):
        scenario = load_scenario("no-change")
        draws = tuple(attempt(scenario, world, 1, 1) for world in range(min(count, 3)))
        return Basis(draws, True, "", ())

    monkeypatch.setattr(posterior, "read_basis", basis)
    kept = []
    monkeypatch.setattr(posterior, "keep_verdict", lambda source, folder: kept.append((source.name, folder.name)))
    args = ["run", "no-change", "--parameters", "posterior=v", *SMALL, "--out", tmp_path / "o"]
    code, _, err = undercount(capsys, *args, "--replicates", 8)
    assert code == 2 and "at most 6: the verdict has 3 draws of no-change" in err
    code, _, err = undercount(capsys, *args, "--replicates", 6, "--set", "corruption=1")
    assert code == 2 and "without --set" in err
    assert undercount(capsys, *args, "--replicates", 6)[0] == 0
    assert read_results(tmp_path / "o").table("points")["point"].tolist() == [1, 2, 3]
    assert kept == [("v", "verdict")]  # for a folder that is moved
    code, _, err = undercount(capsys, *args, "--replicates", 4)
    assert code == 2 and "posterior=v, 3 draws" in err
