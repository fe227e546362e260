"""Whatever happens to a batch: nothing finished is lost, nothing is done twice, the tables are the same bytes.

Faults that need no second process are in test_runner.py (disks), test_engines.py (jobs) and
test_verify.py (files).
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from undercount.experiments import cli
from undercount.experiments.compute import engines, processes
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.worker import EngineLost
from undercount.experiments.runs import build as runner
from undercount.experiments.runs.batch import resolve
from undercount.experiments.runs.results import read_results
from undercount.experiments.store import folder, manifest
from undercount.experiments.store.failures import part_states
from undercount.experiments.store.planned import RUN_TABLES, planned_names
from undercount.experiments.store.seal import check_part

from tests import faulty

REPO = Path(__file__).parents[2]
OPTIONS = ["--people-per-agent", "5000", "--until", "1999-06", "--seed", "3"]
KILLS = 20


def batch(replicates):
    return resolve(["baseline"], replicates, 3, 5000, "1999-06", {})


def tables(place):
    return {name: (place / f"{name}.parquet").read_bytes() for name in RUN_TABLES}


def parts(place):
    return {path.name: path.stat().st_mtime_ns for path in (place / "parts").glob("*.npz")}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Tables of the batch by number of replicates."""
    kept = {}

    def of(replicates):
        if replicates not in kept:
            place = tmp_path_factory.mktemp("u")
            runner.run_batch(batch(replicates), place, EngineOptions("threads", 2))
            kept[replicates] = tables(place)
        return kept[replicates]

    return of


# A process that has everything loaded and makes a child for every line of arguments that it reads, so
# that a command that is killed twenty times need not be loaded twenty times.
NURSERY = """
import json, os, sys
import undercount.experiments.runs.build, undercount.experiments.runs.tables, undercount.experiments.commands.run, undercount.experiments.compute.progress
from undercount.experiments import cli
from undercount.experiments.compute import warm
for line in sys.stdin:
    child = os.fork()
    if child:
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    else:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os._exit(cli.main(json.loads(line)))
"""


class Nursery:
    def __init__(self, mark):
        self.process = subprocess.Popen([sys.executable, "-c", NURSERY], cwd=REPO, stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, env=os.environ | {"UNDERCOUNT_TEST": mark})

    def start(self, *args):
        self.process.stdin.write(json.dumps([str(arg) for arg in args]) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def ended(self):
        """Waits for the child; its exit code."""
        return int(self.process.stdout.readline())


@pytest.fixture
def nursery(tmp_path):
    made = Nursery(tmp_path.name)
    yield made
    made.process.stdin.close()
    made.process.wait(30)


def until(true, seconds=120):
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.001)
    return found


def marked(mark):
    """Processes whose environment has the mark, by their command line."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"UNDERCOUNT_TEST={mark}\0".encode() in (place / "environ").read_bytes() + b"\0":
                if (place / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                    found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


@pytest.mark.slow
def test_the_command_killed_at_twenty_random_moments(nursery, undisturbed, tmp_path):
    """Moments by a fixed seed: at the start, among the runs, while tables are written."""
    draw, out, replicates = random.Random(4), tmp_path / "out", 160
    kept: dict[str, int] = {}
    counts = []
    for kill in range(KILLS):
        engine = ["--workers", 2] if kill % 2 else ["--engine", "threads", "--workers", 2]
        child = nursery.start("run", "baseline", "--replicates", replicates, *OPTIONS, *engine, "--out", out)
        if kill % 5 == 0:
            time.sleep(draw.uniform(0, 0.2))
        elif len(kept) < replicates and kill < 14:
            goal = min(len(kept) + draw.randint(1, 12), replicates)
            until(lambda: len(parts(out)) >= goal)  # noqa: B023
            time.sleep(draw.uniform(0, 0.01))
        else:
            until(lambda: list(out.glob("*.parquet.tmp")) or (out / "runs.parquet").exists() and not running(out))
            time.sleep(draw.uniform(0, 0.05))
        os.kill(child, signal.SIGKILL)
        counts.append(nursery.ended() == -signal.SIGKILL)
        now = parts(out) if out.exists() else {}
        assert kept.items() <= now.items(), "a finished run was lost, or done twice"
        for name in now:
            check_part(out, name)  # whole, at any moment
        kept = now
        if (out / folder.MANIFEST).exists():
            assert cli.main(["status", str(out)]) == 0
    assert sum(counts) >= KILLS - 3  # the others had ended already
    # No worker outlives its command: all of them are forks of a process of `multiprocessing`.
    until(lambda: not any("multiprocessing" in line for line in marked(tmp_path.name).values()), 60)
    runner.run_batch(batch(replicates), out, EngineOptions("threads", 2))
    assert kept.items() <= parts(out).items() and len(parts(out)) == replicates
    assert tables(out) == undisturbed(replicates)
    assert cli.main(["verify", str(out)]) == 0 and not list(out.rglob("*.tmp"))


def running(out):
    return folder.holder(out) is not None


@pytest.mark.slow
def test_the_command_terminated(nursery, undisturbed, tmp_path):
    """SIGTERM ends it as Ctrl-C does: at once, with tables of what is finished."""
    out = tmp_path / "out"
    child = nursery.start("run", "baseline", "--replicates", 2000, *OPTIONS, "--workers", 2, "--out", out)
    until(lambda: out.exists() and len(parts(out)) > 5)
    os.kill(child, signal.SIGTERM)
    assert nursery.ended() == 130
    assert folder.read_manifest(out)["state"] == "interrupted" and len(read_results(out).table("runs")) == len(parts(out))


@pytest.fixture
def pools(monkeypatch):
    """The process pools that are made while the test runs."""
    made = []
    begin = processes.Processes.__init__
    monkeypatch.setattr(processes.Processes, "__init__", lambda self, n: (made.append(self), begin(self, n))[1])
    return made


def test_worker_processes_killed(pools, undisturbed, tmp_path):
    killed = []

    def kill(outcome):
        if outcome.done in (10, 30) and len(killed) < 2 and outcome.done not in killed:
            killed.append(outcome.done)
            os.kill(random.Random(outcome.done).choice(pools[0].pids()), signal.SIGKILL)

    runner.run_batch(batch(60), tmp_path, EngineOptions(workers=2), kill)
    assert len(killed) == 2 and tables(tmp_path) == undisturbed(60)


def test_bad_runs_are_told_and_the_others_go_on(undisturbed, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    command = ["run", "baseline", "--replicates", "12", *OPTIONS, "--workers", "2", "--out", str(out)]
    limited = [*command, "--run-timeout", "5", "--run-memory", "500"]
    with monkeypatch.context() as patch:
        patch.setattr(runner, "execute", faulty.execute_badly)
        assert cli.main(limited) == 1
        said = capsys.readouterr()
        assert "results of 8 of 12 runs in" in said.out and "Traceback" not in said.err
        for error in ("ValueError: a run that raises", "over --run-memory of 500 MB", "over --run-timeout of 5 s",
                      "its worker ended 2 times without a word"):
            lines = [line for line in said.err.splitlines() if error in line]
            assert len(lines) == 1 and lines[0].startswith("1 failed: ") and "--only baseline-0000" in lines[0]
        # What is finished is in the tables, and only that.
        assert sorted(read_results(out).table("runs").replicate) == [r for r in range(12) if r not in faulty.BAD]
        assert not read_results(out).complete
        assert cli.main(["status", str(out)]) == 0
        said = capsys.readouterr().out
        assert ["baseline", "8", "0", "4", "0", "0"] in [line.split() for line in said.splitlines()]
        repeat = next(line for line in said.splitlines() if "a run that raises" in line).split("undercount ")[1].split()
        # The command that repeats it does so in this process, with the whole traceback.
        assert cli.main(repeat) == 1
        assert "in go_wrong" in capsys.readouterr().err and len(parts(out)) == 8
    assert cli.main(repeat) == 0 and len(parts(out)) == 9  # mended
    assert cli.main(command) == 0 and tables(out) == undisturbed(12)
    assert not list((out / "parts").glob("*.json"))


def test_two_commands_at_once(nursery, undisturbed, tmp_path):
    out = tmp_path / "out"
    child = nursery.start("run", "baseline", "--replicates", 60, *OPTIONS, "--out", out)
    until(lambda: out.exists() and running(out))
    second = subprocess.run([sys.executable, "-m", "undercount", "run", "baseline", "--replicates", "60", *OPTIONS,
                             "--out", str(out)], cwd=REPO, capture_output=True, text=True) if running(out) else None
    if second is not None and second.returncode:  # else the first had ended
        assert second.returncode == 1 and f"another command (process {child}) works on it" in second.stderr
    assert nursery.ended() == 0 and tables(out) == undisturbed(60)


def test_many_commands_at_once(undisturbed, tmp_path):
    """Whoever gets the folder works; the others say who has it."""
    out = tmp_path / "out"
    started = [subprocess.Popen([sys.executable, "-m", "undercount", "run", "baseline", "--replicates", "12", *OPTIONS,
                                 "--engine", "serial", "--out", str(out)], cwd=REPO, stderr=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True) for _ in range(3)]
    ended = [(process.communicate(timeout=120)[1], process.returncode) for process in started]
    assert any(code == 0 for _, code in ended) and all("Traceback" not in err for err, _ in ended)
    assert all(code == 0 or "another command (process" in err for err, code in ended)
    assert tables(out) == undisturbed(12)


def test_the_clock_moved(undisturbed, tmp_path, monkeypatch):
    """Files of the future and of 1980, and a clock that goes backwards: nothing looks at them."""
    runner.run_batch(batch(6), tmp_path, EngineOptions("threads", 2))
    for n, path in enumerate(sorted((tmp_path / "parts").iterdir())):
        moment = (315_532_800, 4_000_000_000)[n % 2]
        os.utime(path, (moment, moment))
    before = parts(tmp_path)
    years = iter(range(2090, 1990, -1))
    monkeypatch.setattr(manifest, "now", lambda: datetime(next(years), 1, 1, tzinfo=UTC).isoformat())
    monkeypatch.setattr(time, "time", lambda: 4e9 - time.monotonic())
    runner.run_batch(batch(12), tmp_path, EngineOptions("threads", 2))
    assert before.items() <= parts(tmp_path).items() and tables(tmp_path) == undisturbed(12)
    assert {state for state, _ in part_states(tmp_path, planned_names(folder.read_manifest(tmp_path)), False).values()} == {"done"}


def test_the_disk_fails_while_runs_are_written(undisturbed, tmp_path, monkeypatch, capsys):
    """As a disk that fills, without the right to make one: see test_runner.py for a real one."""
    out = tmp_path / "out"
    write, left = Path.open, [8]

    def full(path, mode="r", *args, **kwargs):
        if "w" in mode and out in path.parents and not left[0]:
            path.touch()
            raise OSError(28, "No space left on device")
        left[0] -= "w" in mode and path.name.endswith(".npz.tmp")
        return write(path, mode, *args, **kwargs)

    command = ["run", "baseline", "--replicates", "12", *OPTIONS, "--engine", "threads", "--out", str(out)]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        assert cli.main(command) == 1
    err = capsys.readouterr().err
    assert "No space left" in err and "8 of 12 runs are finished and kept. To go on (after making room" in err
    kept = parts(out)
    assert len(kept) == 8
    assert cli.main(command) == 0 and "8 of 12 runs are there already" in capsys.readouterr().err
    assert kept.items() <= parts(out).items() and tables(out) == undisturbed(12)


def test_an_engine_that_is_lost(tmp_path, monkeypatch, capsys):
    def lost(self, *args):
        raise EngineLost("the scheduler is gone")

    monkeypatch.setattr(engines.OnExecutor, "result", lost)
    command = ["run", "baseline", "--replicates", "3", *OPTIONS, "--engine", "threads", "--out", str(tmp_path / "o")]
    assert cli.main(command) == 1
    err = capsys.readouterr().err
    assert "the scheduler is gone; 0 of 3 runs are finished and kept. To go on: undercount run baseline" in err


def test_a_folder_on_another_disk(undisturbed, tmp_path):
    """Nothing is renamed from one file system to another."""
    place = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else tmp_path
    out = place / f"undercount-{os.getpid()}"
    try:
        runner.run_batch(batch(6), out, EngineOptions("threads", 2))
        assert tables(out) == undisturbed(6)
    finally:
        shutil.rmtree(out, ignore_errors=True)
