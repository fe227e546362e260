"""Engines and `jobs.finish`: the same parts on any engine, and every job accounted for."""

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor

import pytest
from undercount.experiments.commands.options import EngineAsked, read_engine
from undercount.experiments.compute.engines import EngineOptions, OnExecutor
from undercount.experiments.compute.jobs import Outcome, _Pace, finish, interruptible
from undercount.experiments.compute.limits import Overdue, limits
from undercount.experiments.compute.opened import open_engine
from undercount.experiments.compute.processes import Processes
from undercount.experiments.compute.worker import Bundle, EngineLost, compute
from undercount.experiments.store.failures import FAILED, part_states, read_failures
from undercount.experiments.store.folder import RUNNING, Busy, locked
from undercount.experiments.store.seal import Damaged, open_arrays, seal_arrays
from undercount.model.files.problems import BadInput

from tests.faulty import Job, work

PROCESSES = EngineOptions(workers=2)
SERIAL = EngineOptions("serial")


def jobs(*does, place=""):
    return [Job(number, how, str(place)) for number, how in enumerate(does)]


def files(folder):
    return {path.name: path.read_bytes() for path in (folder / "parts").glob("*.npz")}


@pytest.mark.parametrize("options", [PROCESSES, EngineOptions("threads", 3), EngineOptions(workers=1)],
                         ids=["processes", "threads", "one process"])
def test_same_parts_on_any_engine(tmp_path, options):
    many = jobs(*["well"] * 60)
    for out, engine in (("a", SERIAL), ("b", options)):
        outcome = finish(tmp_path / out, many, work, engine)
        assert (outcome.done, outcome.found, outcome.failed) == (60, 0, [])
    assert files(tmp_path / "a") == files(tmp_path / "b") and len(files(tmp_path / "a")) == 60
    assert not (tmp_path / "b" / RUNNING).exists()


def test_only_what_is_missing_or_damaged_is_done(tmp_path):
    marks, out = tmp_path / "marks", tmp_path / "out"
    marks.mkdir()
    asked = jobs(*["well"] * 5, place=marks)
    finish(out, asked, work, SERIAL)
    before = files(out)
    (out / "parts" / asked[1].part).unlink()
    (out / "parts" / asked[2].part).write_bytes(before[asked[3].part])  # whole, but another's
    seen = []
    outcome = finish(out, asked, work, SERIAL, lambda o: seen.append((o.done, o.total)))
    assert (outcome.found, outcome.done, outcome.damaged) == (3, 5, [asked[2].part])
    assert files(out) == before and seen == [(3, 5), (4, 5), (5, 5)]
    assert [len((marks / job.part).read_text()) for job in asked] == [1, 2, 2, 1, 1]


def test_failures_are_recorded_and_tried_again(tmp_path):
    outcome = finish(tmp_path, jobs("well", "raises", "exits", "well"), work, SERIAL, command="undercount x --out o")
    assert (outcome.done, outcome.total) == (2, 4)
    first, second = outcome.failed
    assert first.error == "ValueError: a run that raises" and second.error == "SystemExit: 3"
    assert first.command == "undercount x --out o --only job-00001.npz" and "go_wrong" in first.traceback
    assert read_failures(tmp_path) == outcome.failed
    states = part_states(tmp_path, [job.part for job in jobs(*["well"] * 5)], False)
    assert [state for state, _ in states.values()] == ["done", "failed", "failed", "done", "missing"]
    again = finish(tmp_path, jobs("well", "well", "raises", "well"), work, SERIAL)
    assert (again.found, again.done, [f.part for f in again.failed]) == (2, 3, [second.part])
    assert [f.name for f in (tmp_path / "parts").glob(f"*{FAILED}")] == [second.part + FAILED]


def test_a_damaged_record_of_a_failure(tmp_path):
    finish(tmp_path, jobs("raises"), work, SERIAL)
    (tmp_path / "parts" / f"job-00000.npz{FAILED}").write_text("{")
    assert "damaged" in read_failures(tmp_path)[0].error
    assert finish(tmp_path, jobs("well"), work, SERIAL).done == 1 and read_failures(tmp_path) == []


def test_only_one(tmp_path):
    options = EngineOptions(workers=2, only="job-00002.npz")
    outcome = finish(tmp_path, jobs(*["well"] * 4), work, options)
    assert (outcome.done, outcome.total, list(files(tmp_path))) == (1, 4, ["job-00002.npz"])
    with pytest.raises(BadInput, match="--only: found 'job-2.npz'.*did you mean 'job-00002.npz'"):
        finish(tmp_path, jobs(*["well"] * 4), work, EngineOptions(only="job-2.npz"))


def test_a_result_that_is_no_part_is_a_failure(tmp_path):
    assert finish(tmp_path, jobs("well"), Job.__hash__, SERIAL).failed[0].error == "the job gave int, not the bytes of a part"


def test_two_jobs_of_one_part(tmp_path):
    with pytest.raises(ValueError, match="one part"):
        finish(tmp_path, [Job(1), Job(1)], work, SERIAL)


# --- workers that die, hang, or eat everything --------------------------------------------------------


def test_a_job_that_kills_its_worker_is_found_and_given_up(tmp_path):
    asked = jobs(*["well"] * 8, "dies", *["well"] * 20)
    outcome = finish(tmp_path, asked, work, PROCESSES)
    assert outcome.done == 28 and outcome.deaths >= 3
    assert [f.part for f in outcome.failed] == ["job-00008.npz"] and "without a word" in outcome.failed[0].error
    assert outcome.failed[0].attempts == 2


def test_a_worker_that_dies_once_costs_nothing(tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    asked = jobs(*["well"] * 8, "dies once", *["well"] * 8, place=marks)
    outcome = finish(tmp_path, asked, work, PROCESSES)
    assert outcome.done == 17 and outcome.deaths == 1 and not outcome.failed


@pytest.mark.parametrize("does, said", [
    ("for ever", "over --run-timeout of 0.3 s"), ("deaf", "over --run-timeout of 0.3 s and deaf to being stopped"),
    ("too much", "over --run-memory of 200 MB")])
def test_limits_in_processes(tmp_path, does, said):
    options = EngineOptions(workers=2, run_timeout=0.3, memory=200)
    outcome = finish(tmp_path, jobs("well", does, *["well"] * 6), work, options)
    assert outcome.done == 7 and [f.error for f in outcome.failed] == [said]


@pytest.mark.parametrize("thread", [False, True])
def test_limits_end_with_the_job(thread):
    """In the main thread by an alarm, elsewhere by an exception thrown in."""
    def one():
        with pytest.raises(Overdue), limits(0.1, None):
            while True:
                sum(range(100))
        with limits(0.2, 100):
            pass
        with pytest.raises(MemoryError), limits(None, 50):
            bytearray(10**9)
        bytearray(10**8)
        threading.Event().wait(0.3)  # longer than the second limit
        done.append(True)

    done = []
    if thread:
        other = threading.Thread(target=one)
        other.start()
        other.join()
    else:
        one()
    assert done


def test_an_executor_that_breaks_is_the_end_of_it(tmp_path):
    with ProcessPoolExecutor(2) as executor, pytest.raises(EngineLost, match="broke"):
        finish(tmp_path, jobs("well", "dies"), work, engine=OnExecutor(executor, 2))


def test_workers_that_never_begin_are_no_endless_loop():
    engine = Processes(1)
    try:
        with pytest.raises(EngineLost, match="__main__"):
            for _ in range(10):
                engine.restart()
    finally:
        engine.close(at_once=True)


def test_foreign_rules_are_refused():
    with pytest.raises(EngineLost, match="same version on every machine"):
        compute(Bundle(work, [(0, Job(0))], code="other"))


def test_workers_share_compiled_code_and_linear_algebra_has_one_thread():
    with open_engine(EngineOptions(workers=1)) as engine:
        engine.submit(Bundle(work, [(0, Job(0))])).result()
        pool = engine._pool
        assert pool.submit(_loaded).result() == ("1", 1)


def _loaded():
    """How many versions of a compiled function the process has, before it has called any."""
    from undercount.model.month import settle

    return os.environ["OMP_NUM_THREADS"], len(settle.signatures)


# --- signals and small things --------------------------------------------------------------------------


def test_sigterm_is_ctrl_c_and_leaves_again():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), interruptible():
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(5)
    assert signal.getsignal(signal.SIGTERM) is before


def test_bundles_grow_with_short_jobs_and_shrink_at_the_end():
    pace = _Pace()
    assert pace.bundle(1000, 2) == 1
    pace.saw(0.05)
    assert pace.bundle(1000, 2) == 20 and pace.bundle(20, 2) == 5 and pace.bundle(1, 2) == 1
    for _ in range(100):
        pace.saw(30.0)
    assert pace.bundle(1000, 2) == 1
    for _ in range(200):
        pace.saw(1e-5)
    assert pace.bundle(10**6, 2) == 200


def test_seal_round_trip():
    import numpy as np

    arrays = {"a": np.arange(5), "b": np.zeros((2, 0), np.float32)}
    data = seal_arrays({"part": "x", "n": 1}, arrays)
    head, back = open_arrays(data)
    assert head == {"part": "x", "n": 1} and list(back) == ["a", "b"] and data == seal_arrays(head, back)
    for wrong in (b"", data[:-1], data + b"x", data[:50] + b"!" + data[51:]):
        with pytest.raises(Damaged):
            open_arrays(wrong)
    with pytest.raises(ValueError, match="taken"):
        seal_arrays({}, {"head": np.arange(2)})


def test_objects_in_a_sealed_part_are_not_unpickled():
    import numpy as np

    with pytest.raises(ValueError, match="[Oo]bject"):
        seal_arrays({}, {"a": np.array([object()])})


@pytest.mark.parametrize("given, said", [
    ({"kind": "proceses"}, "did you mean 'processes'?"), ({"workers": "0"}, "--workers"),
    ({"run_timeout": "-1"}, "--run-timeout"), ({"run_timeout": "1e9"}, "--run-timeout"), ({"run_timeout": "0"}, "--run-timeout"),
    ({"run_memory": "1"}, "--run-memory"), ({"kind": "threads", "run_timeout": "5"}, "processes"),
    ({"scheduler": "host:1"}, "tcp://host:8786"), ({"scheduler": "tcp://h:1", "workers": "2"}, "its own workers"),
    ({"scheduler": "tcp://h:1", "dask": True}, "one of them"), ({"dask": True, "kind": "serial"}, "one of them")])
def test_bad_engine_options(given, said):
    problems = []
    read_engine(problems, EngineAsked(**given))
    assert len(problems) == 1 and said in str(problems[0])


def test_engine_options():
    given = EngineAsked(dask=True, run_timeout="2.5", run_memory="500")
    assert read_engine([], given) == EngineOptions("dask", None, None, 2.5, 500)
    with pytest.raises(ValueError):
        EngineOptions("nothing")


def test_the_folder_is_one_command_s(tmp_path):
    with locked(tmp_path):
        assert isinstance(finish(tmp_path, jobs("well"), work, SERIAL), Outcome)
        with pytest.raises(Busy, match=str(os.getpid())), locked(tmp_path):
            pass
