"""Batches on Dask: a cluster of this process, and a scheduler with workers that are killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from undercount.experiments import cli
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Stopped, finish
from undercount.experiments.compute.worker import EngineLost
from undercount.experiments.runs import build as runner
from undercount.experiments.runs.batch import resolve
from undercount.experiments.store.planned import RUN_TABLES

from tests.faulty import Job, execute_slowly, work

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

REPO = Path(__file__).parents[2]
OPTIONS = ["--people-per-agent", "5000", "--until", "1999-06", "--seed", "3"]


def batch(replicates):
    return resolve(["baseline"], replicates, 3, 5000, "1999-06", {})


def tables(place):
    return {name: (place / f"{name}.parquet").read_bytes() for name in RUN_TABLES}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    place = tmp_path_factory.mktemp("u")
    runner.run_batch(batch(60), place, EngineOptions("threads", 2))
    return tables(place)


def test_a_cluster_of_this_command(undisturbed, tmp_path):
    """One cluster, one batch, and jobs that go wrong."""
    assert cli.main(["run", "baseline", "--replicates", "60", *OPTIONS, "--dask", "--workers", "2", "--out", str(tmp_path)]) == 0
    assert tables(tmp_path) == undisturbed


def test_jobs_that_go_wrong(tmp_path):
    jobs = [Job(n, does) for n, does in enumerate(["well", "raises", "for ever", "too much", "dies", *["well"] * 6])]
    options = EngineOptions("dask", 2, run_timeout=1.0, memory=300)
    outcome = finish(tmp_path, jobs, work, options)
    said = {failure.part: failure.error for failure in outcome.failed}
    assert outcome.done == 7 and len(said) == 4
    assert said[jobs[1].part] == "ValueError: a run that raises" and said[jobs[2].part] == "over --run-timeout of 1 s"
    assert said[jobs[3].part] == "over --run-memory of 300 MB" and "without a word" in said[jobs[4].part]


class Cluster:
    """A scheduler and two workers, each a process group of its own."""

    def __init__(self, place):
        self.place, self.started = place, {}
        self.file = place / "scheduler.json"
        self.start("scheduler", "scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", self.file)
        for name in ("first", "second"):
            self.start(name, "worker", "--scheduler-file", self.file, "--nthreads", "1", "--no-dashboard",
                       "--local-directory", place / name, "--death-timeout", "30")
        deadline = time.monotonic() + 60
        while not self.file.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    @property
    def address(self):
        import json

        return json.loads(self.file.read_text())["address"]

    def start(self, name, *words):
        path = os.pathsep.join([str(REPO), str(REPO / "tests")])
        self.started[name] = subprocess.Popen(
            [sys.executable, "-m", "dask", *map(str, words)], cwd=self.place, env=os.environ | {"PYTHONPATH": path},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def kill(self, name):
        """With all that it started."""
        os.killpg(self.started[name].pid, signal.SIGKILL)
        self.started.pop(name).wait()

    def close(self):
        for name in list(self.started):
            self.kill(name)


@pytest.fixture
def cluster(tmp_path):
    made = Cluster(tmp_path)
    yield made
    made.close()


def test_a_worker_killed(cluster, undisturbed, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "execute", execute_slowly)
    killed = []

    def kill(outcome):
        if outcome.done >= 10 and not killed:
            killed.append(outcome.done)
            cluster.kill("first")

    runner.run_batch(batch(60), tmp_path / "out", EngineOptions("dask", scheduler=cluster.address), kill)
    assert killed and tables(tmp_path / "out") == undisturbed


def test_the_scheduler_killed(cluster, undisturbed, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "execute", execute_slowly)

    def kill(outcome):
        if outcome.done >= 10 and "scheduler" in cluster.started:
            cluster.kill("scheduler")

    out = tmp_path / "out"
    with pytest.raises(Stopped) as stopped:
        runner.run_batch(batch(60), out, EngineOptions("dask", scheduler=cluster.address), kill)
    assert isinstance(stopped.value.reason, EngineLost) and "is gone" in str(stopped.value)
    kept = {path.name: path.stat().st_mtime_ns for path in (out / "parts").glob("*.npz")}
    assert len(kept) == stopped.value.outcome.done >= 10
    # The same batch goes on without it.
    runner.run_batch(batch(60), out, EngineOptions("threads", 2))
    assert kept.items() <= {path.name: path.stat().st_mtime_ns for path in (out / "parts").iterdir()}.items()
    assert tables(out) == undisturbed


def test_no_scheduler_there(tmp_path, capsys, monkeypatch):
    command = ["run", "baseline", "--replicates", "1", *OPTIONS, "--scheduler", "tcp://127.0.0.1:9", "--out", str(tmp_path / "o")]
    monkeypatch.setattr("undercount.experiments.compute.cluster.CONNECT_SECONDS", 1)
    assert cli.main(command) == 1
    err = capsys.readouterr().err
    assert "no Dask scheduler at tcp://127.0.0.1:9" in err and "To go on: undercount run" in err and "Traceback" not in err
