"""Result folders that were moved, renamed, zipped or mailed, used from elsewhere: they hold all they need to go on."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile

import pytest
from undercount.experiments.store.folder import read_manifest
from undercount.experiments.store.kept import again

from tests.end_to_end.said import undercount
from tests.lakes import small_region

SMALL = ["--people-per-agent", "2000", "--until", "2010-06", "--engine", "serial"]
TABLES = ("runs", "referrals", "hidden", "flows", "actors", "lists")
MINE = """title = "Mine"
extends = "../parents/theirs.toml"
region = "../my regions/lakes"

[policing]
raid_rate = {{ value = 0.02, low = 0.01, high = {high} }}
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's folders: scenarios in one, what they extend in another, a region in a third with a blank in its name."""
    small_region(tmp_path / "my regions" / "lakes")
    for name in ("scenarios", "parents", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "parents" / "theirs.toml").write_text('title = "Theirs"\nextends = "less-looking"\n', encoding="utf-8")
    for name, high in (("mine", 0.05), ("ours", 0.04)):
        (tmp_path / "scenarios" / f"{name}.toml").write_text(MINE.format(high=high), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "scenarios")
    return tmp_path


def done(capsys, *args):
    code, out, err = undercount(capsys, *args)
    assert code == 0, err
    return out


def gone(home):
    """All that the user had is no longer there."""
    for name in ("scenarios", "parents", "my regions"):
        shutil.rmtree(home / name)


def moved(home, name, monkeypatch, into="a place with blanks/übrig"):
    """The folder zipped, mailed, and unpacked under another name; we stand elsewhere."""
    target = home / "elsewhere" / into
    with zipfile.ZipFile(home / "mail.zip", "w") as mail:
        for path in sorted((home / name).rglob("*")):
            mail.write(path, path.relative_to(home / name))
    shutil.rmtree(home / name)
    target.mkdir(parents=True)
    zipfile.ZipFile(home / "mail.zip").extractall(target)
    monkeypatch.chdir(home / "elsewhere")
    return target


def bytes_of(folder, names=TABLES):
    return {name: (folder / f"{name}.parquet").read_bytes() for name in names}


def printed(out):
    """The command after "to go on", as a shell takes it apart."""
    return shlex.split(next(line for line in out.splitlines() if line.startswith("to go on: ")).removeprefix("to go on: undercount "))


@pytest.mark.parametrize("more", [[], ["--set", "policing.training=0.4"], ["--sweep", "policing.training=0.1,0.4"]],
                         ids=["plain", "set", "sweep"])
def test_runs_go_on_wherever_they_are(capsys, home, monkeypatch, more):
    done(capsys, "run", "mine.toml", "ours.toml", "--replicates", 2, "--seed", 4, *SMALL, *more, "--out", "../res")
    before = bytes_of(home / "res")
    part = sorted((home / "res" / "parts").iterdir())[0]
    part.unlink()
    monkeypatch.chdir(home / "elsewhere")
    command = printed(done(capsys, "status", home / "res"))
    assert all(os.path.isabs(word) for word in command if word.endswith((".toml", "res")))
    gone(home)
    there = moved(home, "res", monkeypatch)
    command = printed(done(capsys, "status", there))
    assert str(there) in command and str(there / "scenarios" / "mine.toml") in command
    done(capsys, *command, "--engine", "serial")
    assert bytes_of(there) == before and "finished" in done(capsys, "status", there)
    assert "files are as they were written" in done(capsys, "verify", there)
    manifest = read_manifest(there)
    assert manifest["command"].startswith("undercount run mine.toml ours.toml ") and len(manifest["sessions"]) == 2
    assert [entry["resolved"]["files"] for entry in manifest["scenarios"]][0].keys() >= {"./mine.toml", "../parents/theirs.toml"}
    assert str(home) not in json.dumps({**manifest, "sessions": [], "command": "", "places": {}})


def test_runs_on_another_region_and_of_scenarios_that_ship(capsys, home, monkeypatch):
    done(capsys, "run", "less-looking", "--region", "../my regions/lakes", "--replicates", 1, "--seed", 4, *SMALL, "--out", "../res")
    before = bytes_of(home / "res")
    sorted((home / "res" / "parts").iterdir())[0].unlink()
    gone(home)
    there = moved(home, "res", monkeypatch)
    done(capsys, *printed(done(capsys, "status", there)), "--engine", "serial")
    assert bytes_of(there) == before


def test_more_replicates_and_reports_of_a_moved_folder(capsys, home, monkeypatch):
    done(capsys, "run", "mine.toml", "ours.toml", "--replicates", 1, "--seed", 4, *SMALL, "--out", "../res")
    gone(home)
    there = moved(home, "res", monkeypatch)
    done(capsys, "run", there / "scenarios" / "mine.toml", "--replicates", 2, "--seed", 4, *SMALL, "--out", there)
    assert "4" not in done(capsys, "status", there).split("missing")[0] and (there / "runs.parquet").is_file()
    assert (there / "report.html").is_file() or str(there) in done(capsys, "report", there)
    monkeypatch.chdir(there)
    assert "files in" in done(capsys, "export", ".") and (there.parent / f"{there.name}-csv" / "runs.csv").is_file()
    assert undercount(capsys, "diff", ".", there)[0] == 0
    assert "verify" or done(capsys, "verify", ".")


def test_a_failed_run_is_repeated_by_the_printed_command(capsys, home, monkeypatch):
    from tests import faulty

    with monkeypatch.context() as patch:
        patch.setattr("undercount.experiments.runs.build.execute", faulty.execute_badly)
        code, _, err = undercount(capsys, "run", "mine.toml", "--replicates", 2, "--seed", 4, *SMALL, "--out", "../res")
    assert code == 1
    command = shlex.split(err.splitlines()[-1].partition("to repeat one: undercount ")[2])
    assert str(home / "res" / "scenarios" / "mine.toml") in command and str(home / "res") in command
    gone(home)
    there = moved(home, "res", monkeypatch)
    line = next(line for line in done(capsys, "status", there).splitlines() if line.startswith("failed: "))
    assert "is finished" in done(capsys, *shlex.split(line.partition("to repeat it: undercount ")[2]))


def test_values_that_changed_since_name_the_copy(capsys, home):
    done(capsys, "run", "mine.toml", "--replicates", 1, "--seed", 4, *SMALL, "--out", "../res")
    (home / "scenarios" / "mine.toml").write_text(MINE.format(high=0.05).replace("0.02", "0.03"), encoding="utf-8")
    code, _, err = undercount(capsys, "run", "mine.toml", "--replicates", 2, "--seed", 4, *SMALL, "--out", "../res")
    assert code == 2 and str(home / "res" / "scenarios" / "mine.toml").split("res")[1] in err


def test_a_damaged_copy_is_found(capsys, home):
    done(capsys, "run", "mine.toml", "--replicates", 1, "--seed", 4, *SMALL, "--out", "../res")
    (home / "res" / "scenarios" / "mine.toml").write_text("x", encoding="utf-8")
    code, out, _ = undercount(capsys, "verify", home / "res")
    assert code == 1 and "damaged: scenarios/mine.toml" in out


def test_a_table_its_verdict_and_what_is_asked_of_it(capsys, home, monkeypatch):
    """reference -> compare -> attribute and policy, every folder moved away from the one that it was made from."""
    few = ["--people-per-agent", "5000", "--engine", "serial"]
    draws = ["--prior", "1", "--explanation", "mine.toml", "--explanation", "ours.toml", *few]
    done(capsys, "reference", "mine.toml", "ours.toml", "--worlds", 2, "--no-variants", *few, "--out", "../table")
    levers = "name,title,prong,parameter,toward,where,source\na,A,prevention,policing.raid_rate,high,everywhere,invented\n"
    (home / "scenarios" / "levers.csv").write_text(levers, encoding="utf-8")
    done(capsys, "attribute", *draws, "--player", "own_cause", "--player", "core_changes", "--from", "2012", "--to", "2013", "--out", "../shares")
    done(capsys, "policy", *draws, "--levers", "levers.csv", "--effort", "0.5", "--out", "../levers")
    tables = {name: sorted((home / name).glob("*.csv")) for name in ("shares", "levers")}
    before = {(name, path.name): path.read_bytes() for name, paths in tables.items() for path in paths}  # some names are the same
    kept = {name: (home / name).glob("parts/*") for name in ("table", "shares", "levers")}
    for parts in kept.values():
        sorted(parts)[0].unlink()
    worlds = (home / "table" / "worlds.parquet").read_bytes()
    gone(home)
    for name in ("table", "shares", "levers"):
        there = moved(home, name, monkeypatch, f"moved {name}")
        done(capsys, *printed(done(capsys, "status", there)), "--engine", "serial")
        assert "finished" in done(capsys, "status", there) and "as they were written" in done(capsys, "verify", there)
        assert all(path.read_bytes() == before[name, path.name] for path in there.glob("*.csv"))
        assert name != "table" or (there / "worlds.parquet").read_bytes() == worlds


def test_commands_of_older_folders_are_as_they_were(tmp_path):
    manifest = {"command": "undercount run 'a b.toml' --out res"}
    assert again(manifest, tmp_path) == manifest["command"]


def test_words_that_only_look_like_places_stay(tmp_path):
    manifest = {"command": "undercount policy v --lever v --start x --out v && undercount run v --out v",
                "places": {"v": {"in": "."}, "x": {"in": "scenarios/x.toml"}}}
    here = shlex.quote(str(tmp_path))
    assert again(manifest, tmp_path) == f"undercount policy v --lever v --start x --out {here} && undercount run v --out {here}"


def test_places_in_a_manifest_that_lead_elsewhere_are_refused(capsys, home):
    done(capsys, "run", "mine.toml", "--replicates", 1, "--seed", 4, *SMALL, "--out", "../res")
    path = home / "res" / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for broken in ({"kept": {"../../x": "0"}}, {"kept": [1]}, {"places": [1]}, {"places": {"a": "b"}}, {"places": {"a": {"in": 1}}},
                   {"places": {"a": {}}}, {"places": {"a\x1b[2J": {"in": "."}}}, {"places": {"a": {"in": ".", "as": "b"}}}):
        path.write_text(json.dumps(manifest | broken), encoding="utf-8")
        code, _, err = undercount(capsys, "status", home / "res")
        assert code == 2 and "a damaged file" in err


def test_from_the_root_and_in_a_folder_that_is_gone(home, capsys):
    done(capsys, "run", "mine.toml", "--replicates", 1, "--seed", 4, *SMALL, "--out", "../res")
    run = [sys.executable, "-m", "undercount"]
    said = subprocess.run([*run, "status", str(home / "res")], cwd="/", capture_output=True, text=True, timeout=120)
    assert said.returncode == 0 and "finished" in said.stdout
    script = f"mkdir {home}/gone && cd {home}/gone && rmdir {home}/gone && {shlex.join([*run, 'status', str(home / 'res')])}"
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=120)
    assert "Traceback" not in said.stderr and said.returncode == 0, said.stderr
