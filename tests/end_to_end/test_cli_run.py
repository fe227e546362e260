"""`undercount run` and `undercount status`, and what an installed copy carries."""

import io
import os

import pytest
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Outcome
from undercount.experiments.compute.progress import shown
from undercount.experiments.runs.results import read_results
from undercount.experiments.study import carry_out
from undercount.model.assumed.scenario import scenario_names
from undercount.model.files.problems import BadInput
from undercount.model.files.toml_in import plain

from tests import faulty
from tests.end_to_end.said import undercount

SMALL = ["--people-per-agent", "5000", "--until", "1999-06"]


def test_run_and_status(capsys, tmp_path):
    out = tmp_path / "out"
    code, said, err = undercount(capsys, "run", "baseline", "--replicates", 2, *SMALL, "--out", out)
    assert code == 0 and said == f"results in {out}\n" and "2 of 2 runs" in err
    seed = read_results(out).manifest["batch"]["seed"]
    # The drawn seed is kept, and the recorded command repeats it.
    assert undercount(capsys, "run", "baseline", "--replicates", 3, *SMALL, "--out", out)[0] == 0
    assert list(read_results(out).table("runs").seed) == [seed, seed + 1, seed + 2]
    assert f"--seed {seed} " in read_results(out).manifest["command"]
    code, said, _ = undercount(capsys, "status", out)
    assert code == 0 and said.splitlines()[-1] == "finished"
    first, second, _ = sorted((out / "parts").iterdir())
    first.unlink()
    second.write_bytes(b"x")
    code, said, _ = undercount(capsys, "status", out)
    lines = [line.split() for line in said.splitlines()]
    assert code == 0 and ["baseline", "1", "0", "0", "1", "1"] in lines and ["damaged:", f"parts/{second.name}"] in lines
    words = said.splitlines()[-1].removeprefix("to go on: undercount ").split()
    code, _, err = undercount(capsys, *words)
    assert code == 0 and "1 damaged and run again" in err and "1 of 3 runs are there already" in err


def test_all_means_every_scenario(capsys, tmp_path):
    code, said, _ = undercount(capsys, "run", "all", "--replicates", 3, *SMALL, "--out", tmp_path / "o", "--dry-run")
    assert code == 0 and said.startswith(f"{3 * len(scenario_names())} runs: ")


def test_dry_run_writes_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, said, err = undercount(capsys, "run", "baseline", "refusal", "--replicates", 1000, "--seed", 0, "--dry-run")
    assert (code, err) == (0, "") and not list(tmp_path.iterdir())
    for part in ("2000 runs: baseline x 1000, refusal x 1000", "persons at risk in", "seeds 0 to 999", " MB in results/"):
        assert part in said


def test_bad_input_is_listed_at_once(capsys, tmp_path):
    (tmp_path / "file").touch()
    code, out, err = undercount(
        capsys, "run", "basline", "full-adaption", "baseline", "--replicates", -1, "--workers", 0, "--seed", "x",
        "--people-per-agent", 1.5, "--until", "2010-01", "--set", "pussh=1", "--out", tmp_path / "file")
    lines = err.splitlines()
    assert code == 2 and out == "" and len(lines) == 9
    for part in ("--replicates: found '-1'", "--workers: found '0'", "--seed: found 'x'", "--people-per-agent: found '1.5'",
                 "--until: found '2010-01'; allowed: a month from 1999-01", "did you mean 'baseline'?",
                 "did you mean 'full-adaptation'?", "did you mean 'push'?", "a file; allowed: a folder"):
        assert sum(part in line for line in lines) == 1, part
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("args, said", [
    (["--until", "1998-12"], "--until"), (["--until", "June"], "--until"), (["--until", ""], "--until"),
    (["--seed", -1], "--seed"), (["--seed", 2**63], "--seed"), (["--seed", "9" * 400], "--seed"),
    (["--replicates", 10**6], "--replicates"), (["--people-per-agent", 10**5], "--people-per-agent"),
    (["--workers", "two"], "--workers"), (["--out", "/proc/version/x"], "--out"), (["--nonsense", 1], "No such option")])
def test_bad_options(capsys, tmp_path, monkeypatch, args, said):
    monkeypatch.chdir(tmp_path)
    code, out, err = undercount(capsys, "run", "baseline", *args)
    assert code == 2 and said in err and not out and not list(tmp_path.iterdir())


def test_two_scenarios_of_one_name(capsys, tmp_path):
    mine = tmp_path / "baseline.toml"
    mine.write_text('title = "t"\nextends = "refusal"\n')
    code, _, err = undercount(capsys, "run", "baseline", mine, *SMALL, "--out", tmp_path / "out")
    assert code == 2 and "a second scenario named 'baseline'" in err and not (tmp_path / "out").exists()


def test_a_folder_with_other_files_is_left_alone(capsys, tmp_path):
    (tmp_path / "thesis.txt").touch()
    code, _, err = undercount(capsys, "run", "baseline", *SMALL, "--out", tmp_path)
    assert code == 2 and "a folder with other files" in err and os.listdir(tmp_path) == ["thesis.txt"]


UNSHOWN = ["two\nlines", "a\udcff", "a\x1b[2J", "a\u202eb"]  # a line end, no UTF-8, what steers a terminal


@pytest.mark.parametrize("name", UNSHOWN, ids=ascii)
@pytest.mark.parametrize("words", [["run", "baseline", "--out"], ["export", "results", "--out"], ["new-region"], ["run"]], ids=" ".join)
def test_names_that_no_manifest_can_hold_are_refused(capsys, tmp_path, monkeypatch, words, name):
    monkeypatch.chdir(tmp_path)
    code, out, err = undercount(capsys, *words, f"./{name}.toml")
    assert code == 2 and out == "" and not os.listdir(tmp_path) and len(err.splitlines()) == 1
    assert err.startswith("command line: a word of it: found ") and plain(err.strip()) == err.strip()


def test_too_many_names_are_refused_before_anything_runs(capsys, tmp_path):
    code, _, err = undercount(capsys, "run", *(tmp_path / f"{n:0200}.toml" for n in range(40)), "--out", tmp_path / "out")
    assert code == 2 and "command line: length: found " in err and "at most 8000" in err and not os.listdir(tmp_path)


def test_no_study_begins_that_could_not_be_read_again(tmp_path):
    with pytest.raises(BadInput, match="a word of it"):
        carry_out(tmp_path / "two\nlines", "run", {}, lambda there: None, EngineOptions("serial"))
    assert not os.listdir(tmp_path)


def test_wide_spaces_in_a_name(capsys, tmp_path):
    folder = tmp_path / "新しい\u3000フォルダ\N{NO-BREAK SPACE}é 'q' $HOME"
    assert undercount(capsys, "run", "baseline", "--replicates", "1", *SMALL, "--engine", "serial", "--out", folder)[0] == 0
    code, out, err = undercount(capsys, "status", folder)
    assert (code, err) == (0, "") and "finished" in out
    assert undercount(capsys, "verify", folder)[0] == 0


@pytest.mark.parametrize("name", ["parts", ".lock"])
def test_the_file_that_stands_in_the_way_is_named(capsys, tmp_path, name):
    folder = tmp_path / "out"
    assert undercount(capsys, "run", "baseline", "--replicates", "1", *SMALL, "--engine", "serial", "--out", folder)[0] == 0
    (folder / name).rename(tmp_path / "aside")
    if name == "parts":
        (folder / name).touch()
    else:
        (folder / name).mkdir()
    code, _, err = undercount(capsys, "run", "baseline", "--replicates", "1", *SMALL, "--engine", "serial", "--out", folder)
    assert code == 1 and f": {folder / name}; nothing was run. To go on" in err


@pytest.mark.parametrize("name", ["none", "", "file"])
def test_status_of_what_is_no_result_folder(capsys, tmp_path, name):
    (tmp_path / "file").touch()
    code, out, err = undercount(capsys, "status", tmp_path / name)
    assert code == 2 and out == "" and len(err.splitlines()) == 1


def test_plain_lines_in_a_log():
    stream = io.StringIO()
    with shown(stream) as on_progress:
        for done in range(1001):
            on_progress(Outcome(1000, done))
    lines = stream.getvalue().splitlines()
    assert len(lines) == 11 and lines[-1] == "1000 of 1000 runs" and "\x1b" not in stream.getvalue()


def test_why_nothing_happens_is_said_once_each_time():
    stream = io.StringIO()
    with shown(stream) as on_progress:
        for why in ("", "no workers", "no workers", "", "no workers"):
            on_progress(Outcome(3, waiting=why))
    assert stream.getvalue().splitlines() == ["0 of 3 runs", "no workers", "no workers"]


def test_failed_runs_of_scenarios_with_different_replicates_are_repeated_alone(capsys, tmp_path, monkeypatch):
    out = tmp_path / "out"
    assert undercount(capsys, "run", "baseline", "--replicates", 1, *SMALL, "--engine", "serial", "--out", out)[0] == 0
    with monkeypatch.context() as patch:
        patch.setattr("undercount.experiments.runs.build.execute", faulty.execute_badly)
        code, said, err = undercount(capsys, "run", "refusal", "--replicates", 2, *SMALL, "--engine", "serial", "--out", out)
    assert code == 1 and said == f"results of 2 of 3 runs in {out}\n" and len(err.splitlines()[-2:]) == 2
    repeat = err.splitlines()[-1].partition("to repeat one: undercount ")[2].split()
    assert repeat[:2] == ["run", "refusal"] and "&&" not in repeat
    code, said, _ = undercount(capsys, *repeat)
    assert code == 0 and said.endswith("is finished; 3 of 3 are\n")


def test_only_a_part_that_there_is(capsys, tmp_path):
    code, _, err = undercount(capsys, "run", "baseline", "--replicates", 1, *SMALL, "--out", tmp_path / "o", "--only", "x.npz")
    assert code == 2 and "--only: found 'x.npz'" in err
