"""`undercount estimate`: the command, its folder and its page."""

import json

import numpy as np
import pandas as pd
import pytest
from undercount.experiments import cli
from undercount.experiments.estimate import latent
from undercount.experiments.estimate.worlds import from_results, of_outcome
from undercount.experiments.runs.results import read_results
from undercount.model.assumed.scenario import load_scenario
from undercount.model.simulation import simulate

from tests.mse import DATA, FILES


@pytest.fixture(scope="module")
def netherlands(tmp_path_factory):
    folder = tmp_path_factory.mktemp("estimate") / "out"
    assert cli.main(["estimate", str(DATA / FILES["netherlands"]), "--resamples", "100", "--out", str(folder)]) == 0
    return folder, json.loads((folder / "estimate.json").read_text(encoding="utf-8"))


def test_estimates_that_contradict_each_other_are_told_as_such(netherlands):
    _, found = netherlands
    estimates = {method["method"]: method["estimate"] for method in found["methods"]}
    assert estimates["bic"] == pytest.approx(48_012.73, abs=0.1)
    assert estimates["bic-three"] == pytest.approx(148_788.8, abs=0.1)
    assert found["agreement"]["verdict"] == "contradict" and found["headline"].startswith("No one number")
    words = " ".join(found["words"])
    assert "no number can be given" in words and "K with R" in words


def test_the_folder_is_whole_and_its_page_needs_nothing_else(netherlands, capsys):
    folder, found = netherlands
    assert cli.main(["verify", str(folder)]) == 0
    page = (folder / "estimate.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 4 and found["headline"] in page
    assert "not a suitable method" in " ".join(page.split()) and "10.1080/23322705.2019.1660952" in page
    assert not any(word in page for word in ("<script", "http://", "https://", "src="))
    assert (folder / "tables" / "methods.csv").read_text().splitlines()[0].startswith("method,estimate,low,high")


def test_the_same_for_any_order_of_columns_and_rows(netherlands, tmp_path):
    _, found = netherlands
    rows = [line.split(",") for line in (DATA / FILES["netherlands"]).read_text().split()]
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join(",".join(row[i] for i in (5, 3, 1, 4, 0, 2)) for row in [rows[0], *rows[:0:-1]]))
    assert cli.main(["estimate", str(turned), "--resamples", "100", "--out", str(tmp_path / "out")]) == 0
    other = json.loads((tmp_path / "out" / "estimate.json").read_text(encoding="utf-8"))
    assert {**other, "file": "", "sha256": ""} == {**found, "file": "", "sha256": ""}


def test_what_is_refused_leaves_no_folder(tmp_path, capsys):
    path = tmp_path / "apart.csv"
    path.write_text("police,ngo,count\n1,0,50\n0,1,40\n")
    assert cli.main(["estimate", str(path), "--out", str(tmp_path / "out")]) == 2
    assert "nobody on two lists" in capsys.readouterr().err and not (tmp_path / "out").exists()


@pytest.mark.parametrize("words, said", [
    ([str(DATA / FILES["netherlands"]), "--resamples", "100", "--seed", "2"], "--seed"),
    ([str(DATA / FILES["kosovo"]), "--resamples", "100"], "lists"),
    (["--simulated", "real-decline"], "data: found worlds of priors"),
])
def test_a_folder_of_another_question_is_refused_before_anything_is_computed(netherlands, capsys, words, said):
    folder, _ = netherlands
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert cli.main(["estimate", *words, "--out", str(folder)]) == 2
    err = capsys.readouterr().err
    assert said in err and "or another --out" in err
    assert before == {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("words", [[], ["lists.csv", "--simulated", "baseline"]])
def test_either_lists_or_simulated_worlds(words, capsys):
    assert cli.main(["estimate", *words]) == 2
    assert "LISTS.csv" in capsys.readouterr().err


def test_an_unknown_scenario(capsys):
    assert cli.main(["estimate", "--simulated", "real-declin"]) == 2
    assert "did you mean 'real-decline'" in capsys.readouterr().err


@pytest.mark.slow
def test_simulated_worlds_and_the_runs_of_a_folder(tmp_path, capsys):
    drawn, runs, judged = (str(tmp_path / name) for name in ("drawn", "runs", "judged"))
    small = ["--people-per-agent", "400"]
    assert cli.main(["estimate", "--simulated", "real-decline", "--worlds", "2", *small, "--out", drawn]) == 0
    assert cli.main(["verify", drawn]) == 0
    found = json.loads((tmp_path / "drawn" / "simulated.json").read_text(encoding="utf-8"))
    assert found["worlds"] == 2 and (tmp_path / "drawn" / "simulated.html").exists()
    assert found["keeping"] == {"inspected": 0.01, "private": 0.3, "unlinked": 0.1}
    cells = pd.read_parquet(tmp_path / "drawn" / "cells.parquet")
    assert set(cells["lists"]) == {"three lists", "four lists", "four lists, some not linked"}
    # Other agencies are another question.
    assert cli.main(["estimate", "--simulated", "real-decline", "--worlds", "2", *small, "--unlinked", "0.2", "--out", drawn]) == 2
    assert "keeping" in capsys.readouterr().err
    assert cli.main(["run", "real-decline", "--replicates", "2", "--seed", "1", *small, "--out", runs]) == 0
    assert cli.main(["estimate", "--simulated", runs, "--out", judged]) == 0
    assert cli.main(["verify", judged]) == 0
    assert json.loads((tmp_path / "judged" / "simulated.json").read_text(encoding="utf-8"))["worlds"] == 2
    of_tables = from_results(read_results(runs)).tallies[0]
    scenario = load_scenario("real-decline")
    of_arrays = of_outcome(simulate(scenario, 400, 1), scenario)
    for name in ("histories", "exposures", "relisted", "new", "before", "months"):
        pair = [getattr(each, name) for each in (of_tables, of_arrays)]
        if name in ("histories", "exposures"):  # who is on no list has no row in the table
            pair = [each[:, :, 1:] for each in pair]
        assert np.array_equal(*pair, equal_nan=True), name


@pytest.mark.parametrize("option, value", [("--threshold", "2"), ("--threshold", "nan"), ("--resamples", "-1"),
                                           ("--resamples", "10"), ("--seed", "x")])
def test_options_that_cannot_be_used(tmp_path, capsys, option, value):
    assert cli.main(["estimate", str(DATA / FILES["kosovo"]), option, value, "--out", str(tmp_path / "out")]) == 2
    assert option in capsys.readouterr().err


@pytest.mark.parametrize("option, value", [("--inspected", "1.5"), ("--private", "some"), ("--unlinked", "-0.1")])
def test_how_lists_are_kept_is_a_share(tmp_path, capsys, option, value):
    out = str(tmp_path / "out")
    assert cli.main(["estimate", "--simulated", "real-decline", option, value, "--out", out]) == 2
    assert f"{option}: found" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_two_lists_with_withheld_counts_and_strata(tmp_path, capsys, monkeypatch):
    for name, value in (("BURN_IN", 50), ("DRAWS", 50), ("THIN", 1)):
        monkeypatch.setattr(latent, name, value)
    path = tmp_path / "two.csv"
    path.write_text("police,ngo,count,stratum\n1,0,50,north\n0,1,40,north\n1,1,9,north\n"
                    "1,0,20,south\n0,1,30,south\n1,1,<5,south\n")
    assert cli.main(["estimate", str(path), "--resamples", "0", "--latent", "--out", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "2 strata" in out and "1 counts are withheld" in out or "1 count is withheld" in out
    found = json.loads((tmp_path / "out" / "estimate.json").read_text(encoding="utf-8"))
    assert [method["method"] for method in found["methods"]] == ["chao", "lincoln-petersen", "chapman", "latent-classes"]
    assert (found["suppressed"]["ways"], found["suppressed"]["without"]) == (3, 1)  # nobody on both in the south: no estimate
