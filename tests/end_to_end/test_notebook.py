"""`from undercount.experiments import run, sweep, ...`: the same as the commands, without a shell."""

import subprocess
import sys
from pathlib import Path

import pytest
from undercount.experiments import cli, compare, diff, run, sensitivity, sweep
from undercount.experiments.answer import build as answers
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.influence import world
from undercount.experiments.runs.results import read_results
from undercount.model.files.problems import BadInput

SMALL = {"people_per_agent": 10_000, "until": "2000-12", "seed": 3, "engine": "serial"}


@pytest.fixture(scope="module")
def two():
    return run("no-change", replicates=2, **SMALL)


def test_run_is_the_command(two, tmp_path):
    args = ["--replicates", "2", "--seed", "3", "--people-per-agent", "10000", "--until", "2000-12", "--engine", "serial"]
    assert cli.main(["run", "no-change", *args, "--out", str(tmp_path / "o")]) == 0
    assert list(read_results(tmp_path / "o").table("runs").content_sha256) == list(two.runs.content_sha256)
    assert {"counted_1999", "person_months"} <= set(two.outputs.columns) and "2 runs in" in two._repr_html_()
    assert diff(two, tmp_path / "o").numbers["same"].tolist() == [2] * len(diff(two, tmp_path / "o").numbers)


def test_a_folder_is_kept_and_a_temporary_one_is_not(two, tmp_path):
    kept = run("no-change", replicates=1, folder=tmp_path / "k", settings={"corruption": 1, "refusal": False}, **SMALL)
    assert kept.folder.is_dir() and "--set refusal=false" in read_results(kept.folder).manifest["command"]
    gone = run("no-change", replicates=1, **SMALL)
    folder = gone.folder
    assert folder.is_dir()
    del gone
    assert not folder.exists() and two.folder.is_dir()


def test_sweeps(two):
    grid = sweep("no-change", {"corruption": [1, 2], "refusal": [True]}, replicates=2, **SMALL)
    assert list(grid.points.columns[2:]) == ["corruption.corruption", "mechanisms.refusal"] and len(grid.runs) == 6
    own = grid.outputs.query("point == 0").reset_index(drop=True)
    assert own["person_months"].tolist() == two.outputs["person_months"].tolist()
    found = sweep("no-change", {"corruption": (0.5, 1.5), "policing.raid_rate": None}, "sobol", 2, replicates=1, **SMALL)
    assert found.points["corruption.corruption"][1:].between(0.5, 1.5).all() and len(found.runs) == 3


def test_mistakes():
    with pytest.raises(BadInput, match="did you mean 'corruption'"):
        sweep("no-change", {"corruptoin": [1]}, **SMALL)
    with pytest.raises(BadInput, match="did you mean 'sobol'"):
        sweep("no-change", {}, "sobl", **SMALL)
    for span in ((0.5, 1.0, 1.5), (0.5,)):
        with pytest.raises(BadInput, match=f"'corruption': found {len(span)} numbers"):
            sweep("no-change", {"corruption": span}, "sobol", 2, **SMALL)
    for seed in (-1, 1.5):
        with pytest.raises(BadInput, match="seed: found"):
            compare(effort="quick", seed=seed)
    with pytest.raises(TypeError, match="did you mean 'replicates'"):
        run("no-change", replicate=3)
    with pytest.raises(TypeError, match="did you mean 'trajectories'"):
        sensitivity("no-change", trajectory=3)


def test_failed_runs_are_told(monkeypatch):
    monkeypatch.setattr("undercount.experiments.runs.build.execute", lambda run: 1 / 0)
    with pytest.raises(RuntimeError, match="1 of 1 failed, the first with: .*division by zero"):
        run("no-change", replicates=1, **SMALL)


def test_sensitivity(monkeypatch):
    pytest.importorskip("SALib")
    monkeypatch.setattr(world, "outputs_at", lambda scenario, *rest: {"person_months": scenario.value("corruption.corruption")})
    found = sensitivity("no-change", engine="serial", over=["corruption=0.5:2", "policing.raid_rate"],
                        output=["person_months"], trajectories=3, most=16, width=2)
    assert found.about["kept"] == ["corruption.corruption"] and "total" in found.indices and "words" in found.about
    assert "corruption.corruption" in found._repr_html_()


def test_compare_hands_on_what_is_asked(monkeypatch, tmp_path):
    seen = []

    def make(asked, folder, options, on_progress, say):
        seen.append(asked)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "verdict.json").write_text('{"format": 2}')
        (folder / "verdict.md").write_text("Nobody <knows>.")
        return Outcome(0)

    # Whether a table ships that this code can read is another test's matter.
    monkeypatch.setattr("undercount.experiments.reference.shipped.shipped_reference", lambda: "there")
    monkeypatch.setattr("undercount.experiments.verdict.observed.read_observed", lambda there, path: (there, path))
    monkeypatch.setattr(answers, "make", make)
    found = compare(effort="quick", seed=4, folder=tmp_path / "v")
    assert found.document == {"format": 2} and "&lt;knows&gt;" in found._repr_html_() and seen[0].seed == 4 and seen[0].shipped


def test_nothing_heavy_is_imported_before_it_is_asked_for():
    code = "import sys, undercount.experiments; print([m for m in ('pandas', 'numpy', 'numba') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "[]", done.stderr
