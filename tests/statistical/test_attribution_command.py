"""`undercount attribute` as a command: its folder, what it refuses, and the draws of a verdict."""

import csv
import json

import pytest
from undercount.experiments.attribution.players import OWN
from undercount.experiments.attribution.window import EVERY
from undercount.experiments.cli import main
from undercount.experiments.paired.basis import DRAWS
from undercount.experiments.reference import SCALE
from undercount.model.assumed.scenario import load_scenario

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
