"""The runner: the same bytes however a batch is run, and nothing lost however it is stopped."""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from undercount.experiments.compute import jobs as work
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.runs import build as runner
from undercount.experiments.runs.batch import resolve
from undercount.experiments.runs.results import read_results
from undercount.experiments.store import folder as folders
from undercount.experiments.store.planned import planned_parts
from undercount.model.files.problems import BadInput

REPO = Path(__file__).parents[2]
SMALL = ["--people-per-agent", "5000", "--until", "1999-12", "--seed", "3"]
SERIAL = EngineOptions("serial")
TABLES = ("runs", "referrals", "hidden", "flows", "actors", "lists")


def batch(*scenarios, replicates=4, seed=3, **changes):
    return resolve(scenarios or ("baseline", "refusal"), replicates, seed, changes.get("people_per_agent", 5000),
                   "1999-12", changes.get("settings", {}))


def tables(folder):
    return {name: (folder / f"{name}.parquet").read_bytes() for name in TABLES}


def ran(asked, folder, *args, **kwargs):
    outcome = runner.run_batch(asked, folder, *args, **kwargs)
    assert outcome.done == outcome.total and not outcome.failed
    return tables(folder)


def start(*args, **kwargs):
    kwargs.setdefault("preexec_fn", hears_ctrl_c)
    return subprocess.Popen([sys.executable, "-m", "undercount", "run", *map(str, args)], cwd=REPO,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kwargs)


def hears_ctrl_c():
    """A shell that started the tests in the background has SIGINT ignored, and so would the command."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_for_parts(process, folder, number):
    deadline = time.monotonic() + 120
    while len(list((folder / "parts").glob("*.npz"))) < number:
        assert process.poll() is None and time.monotonic() < deadline, process.stderr.read()
        time.sleep(0.002)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return ran(batch(), tmp_path_factory.mktemp("u"), SERIAL)


def test_same_bytes_for_any_number_of_workers(undisturbed, tmp_path):
    assert ran(batch(), tmp_path / "2", EngineOptions(workers=2)) == undisturbed
    assert ran(batch(), tmp_path / "5", EngineOptions(workers=5)) == undisturbed
    assert ran(batch(), tmp_path / "t", EngineOptions("threads", 3)) == undisturbed


def test_same_bytes_in_another_order(undisturbed, tmp_path, monkeypatch):
    look = work._Work.look
    monkeypatch.setattr(work._Work, "look", lambda *args: deque(reversed(look(*args))))
    assert ran(batch(), tmp_path, EngineOptions("threads", 2)) == undisturbed


@pytest.mark.slow
def test_same_bytes_on_another_engine(undisturbed, tmp_path):
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
        assert ran(batch(), tmp_path, executor=processes) == undisturbed


def test_extended_by_replicates_and_scenarios(undisturbed, tmp_path):
    said = []
    runner.run_batch(batch("baseline", replicates=2), tmp_path)
    runner.run_batch(batch("baseline", "refusal", replicates=2), tmp_path)
    runner.run_batch(batch(), tmp_path, on_progress=lambda p: said.append((p.found, p.done, p.total)))
    assert said[0] == (4, 4, 8) and said[-1] == (4, 8, 8)
    assert tables(tmp_path) == undisturbed
    # Asking for less drops nothing.
    runner.run_batch(batch("refusal", replicates=1), tmp_path)
    assert tables(tmp_path) == undisturbed and len(read_results(tmp_path).manifest["sessions"]) == 4


def test_nothing_is_run_twice(tmp_path, monkeypatch):
    runner.run_batch(batch(), tmp_path)
    monkeypatch.setattr(runner, "execute", lambda run: pytest.fail("run again"))
    runner.run_batch(batch(), tmp_path)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "another run", "empty"])
def test_damage_is_found_and_redone(undisturbed, tmp_path, damage):
    runner.run_batch(batch(), tmp_path)
    one, other = sorted((tmp_path / "parts").iterdir())[:2]
    good = one.read_bytes()
    one.write_bytes({"truncated": good[:-7], "flipped": good[:99] + bytes([good[99] ^ 4]) + good[100:],
                     "another run": other.read_bytes(), "empty": b""}[damage])
    found = []
    runner.run_batch(batch(), tmp_path, on_progress=lambda p: found.extend(p.damaged))
    assert one.name in found and one.read_bytes() == good and tables(tmp_path) == undisturbed


def test_parts_survive_a_lost_manifest_and_lost_tables(undisturbed, tmp_path, monkeypatch):
    runner.run_batch(batch(), tmp_path)
    for path in [tmp_path / "manifest.json", *tmp_path.glob("*.parquet")]:
        path.unlink()
    monkeypatch.setattr(runner, "execute", lambda run: pytest.fail("run again"))
    assert ran(batch(), tmp_path) == undisturbed


@pytest.mark.parametrize("change, said", [
    ({"seed": 4}, "--seed: found 4; allowed: 3"), ({"people_per_agent": 4000}, "--people-per-agent"),
    ({"settings": {"push": "2"}}, "--set: found push=2")])
def test_another_batch_is_refused(tmp_path, change, said):
    runner.run_batch(batch("baseline", replicates=1), tmp_path)
    before = tables(tmp_path)
    with pytest.raises(BadInput, match=said):
        runner.run_batch(batch("baseline", replicates=1, **change), tmp_path)
    assert tables(tmp_path) == before


def test_other_rules_or_another_scenario_of_the_same_name_are_refused(tmp_path, monkeypatch):
    mine = tmp_path / "mine.toml"
    mine.write_text('title = "t"\nextends = "baseline"\n')
    runner.run_batch(batch(str(mine), replicates=1), tmp_path / "out", SERIAL)
    mine.write_text('title = "another title"\nextends = "baseline"\n')
    runner.run_batch(batch(str(mine), replicates=1), tmp_path / "out", SERIAL)
    mine.write_text('title = "t"\nextends = "baseline"\n[push]\npush = 1.5\n')
    with pytest.raises(BadInput, match="scenario mine"):
        runner.run_batch(batch(str(mine), replicates=1), tmp_path / "out", SERIAL)
    # Others join it, since the folder keeps the scenario as it was; not if what it keeps was changed.
    assert runner.run_batch(batch("baseline", replicates=1), tmp_path / "out", SERIAL).total == 2
    kept = tmp_path / "out" / "scenarios" / "mine.toml"
    as_it_was = kept.read_bytes()
    kept.write_bytes(mine.read_bytes())
    with pytest.raises(BadInput, match="other than in the result folder"):
        runner.run_batch(batch("refusal", replicates=1), tmp_path / "out", SERIAL)
    kept.write_bytes(as_it_was)
    monkeypatch.setattr("undercount.experiments.runs.batch.code_digest", lambda: "changed")
    with pytest.raises(BadInput, match="different rules"):
        runner.run_batch(batch(str(mine), replicates=1), tmp_path / "out", SERIAL)


def test_two_commands_on_one_folder(tmp_path):
    with folders.locked(tmp_path):
        assert folders.holder(tmp_path) == str(os.getpid())
        with pytest.raises(folders.Busy, match=str(os.getpid())):
            runner.run_batch(batch(), tmp_path)
    assert folders.holder(tmp_path) is None
    (tmp_path / ".lock").write_text("999999\n")  # left by a process that is gone
    runner.run_batch(batch("baseline", replicates=1), tmp_path)


def test_killed_and_resumed(tmp_path):
    args = ["baseline", "refusal", "--replicates", 30, *SMALL, "--workers", "2", "--out"]
    process = start(*args, tmp_path / "killed")
    wait_for_parts(process, tmp_path / "killed", 5)
    process.kill()
    process.communicate()
    manifest = folders.read_manifest(tmp_path / "killed")
    assert manifest["state"] == "running" and folders.holder(tmp_path / "killed") is None
    kept = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "killed" / "parts").glob("*.npz")}
    assert 5 <= len(kept) < 60
    runner.run_batch(batch(replicates=30), tmp_path / "killed")
    now = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "killed" / "parts").iterdir()}
    assert kept.items() <= now.items() and len(now) == 60
    assert tables(tmp_path / "killed") == ran(batch(replicates=30), tmp_path / "whole")


def test_ctrl_c_keeps_finished_runs_usable(tmp_path):
    process = start("baseline", "--replicates", 2000, *SMALL, "--out", tmp_path / "out")
    wait_for_parts(process, tmp_path / "out", 3)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err
    assert "of 2000 runs are finished and kept. To go on: undercount run baseline --replicates 2000 --seed 3" in err
    found = read_results(tmp_path / "out")
    assert not found.complete and found.manifest["state"] == "interrupted"
    assert len(found.table("runs")) == len(list((tmp_path / "out" / "parts").iterdir())) >= 3
    assert len(planned_parts(found.manifest)) == 2000


class Mounted:
    """A file system of one megabyte."""

    said_full, said_read_only = "No space left", "Read-only"

    def __init__(self, place):
        self.place = place
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=True, capture_output=True)

    def start(self, *args):
        return start(*args)

    def make_room(self):
        subprocess.run(["mount", "-o", "remount,size=50m", self.place], check=True)

    def protect(self):
        subprocess.run(["mount", "-o", "remount,ro", self.place], check=True)

    def close(self):
        subprocess.run(["umount", "-l", self.place], check=True)


# A command for which a folder takes one megabyte, and no more.
FULL = """
import sys
from pathlib import Path
place, most, write = Path(sys.argv.pop(1)), 1_000_000, Path.open
def full(path, mode="r", *args, **kwargs):
    if "w" in mode and sum(p.stat().st_size for p in place.rglob("*") if p.is_file()) > most:
        raise OSError(28, "No space left on device")
    return write(path, mode, *args, **kwargs)
Path.open = full
from undercount.experiments import cli
sys.exit(cli.main(sys.argv[1:]))
"""


class Pretended(Mounted):
    """Where nothing may be mounted: the command's own writes fail, or the folder is not writable."""

    said_read_only = "Permission denied"

    def __init__(self, place):
        self.place = place

    def start(self, *args):
        return subprocess.Popen([sys.executable, "-c", FULL, str(self.place), "run", *map(str, args)], cwd=REPO,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def make_room(self):
        pass

    def protect(self):
        for path in (self.place, *self.place.rglob("*")):
            if path.is_dir():
                path.chmod(0o555)

    def close(self):
        for path in (self.place, *self.place.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)


def _may_mount():
    """The right to mount, found by trying."""
    with tempfile.TemporaryDirectory() as place:
        try:
            Mounted(place).close()
        except (OSError, subprocess.CalledProcessError):
            return False
    return True


MAY_MOUNT = _may_mount()


@pytest.fixture(params=[Mounted, Pretended] if MAY_MOUNT else [Pretended])
def small_disk(request, tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    made = request.param(place)
    yield made
    made.close()


def test_a_full_disk_keeps_finished_runs(small_disk):
    out = small_disk.place / "out"
    process = small_disk.start("baseline", "--replicates", 220, *SMALL, "--out", out)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1 and "Traceback" not in err and small_disk.said_full in err
    assert "runs are finished and kept. To go on (after making room" in err
    assert not list(out.rglob("*.tmp")) and folders.read_manifest(out)
    small_disk.make_room()
    kept = len(list((out / "parts").iterdir()))
    said = []
    runner.run_batch(batch("baseline", replicates=220), out, on_progress=lambda p: said.append(p.found))
    assert said[0] == kept > 0 and read_results(out).complete


# Nothing is read-only to root, who may mount.
@pytest.mark.parametrize("small_disk", [Mounted if MAY_MOUNT else Pretended], indirect=True)
def test_a_read_only_folder(small_disk):
    runner.run_batch(batch("baseline", replicates=1), small_disk.place / "out", SERIAL)
    before = tables(small_disk.place / "out")
    small_disk.protect()
    for out in (small_disk.place / "out", small_disk.place / "new"):
        _, err = (process := start("baseline", "--replicates", 2, *SMALL, "--out", out)).communicate(timeout=60)
        assert process.returncode == 1 and small_disk.said_read_only in err and "To go on" in err and "Traceback" not in err
    assert tables(small_disk.place / "out") == before and read_results(small_disk.place / "out").complete


def test_a_file_too_large_to_write_leaves_nothing_half_written(tmp_path):
    import resource

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))

    process = start("baseline", "--replicates", 2, *SMALL, "--out", tmp_path / "out", preexec_fn=limit)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "Traceback" not in err and "To go on" in err
    assert not list((tmp_path / "out").rglob("*.tmp"))
