"""The one orchestrator: a folder is checked and locked before anything is computed, and its tables stand."""

from pathlib import Path

import pytest
from undercount.experiments.compute.engines import EngineOptions
from undercount.experiments.compute.jobs import Stopped
from undercount.experiments.store.folder import Busy, locked, read_manifest, write_whole
from undercount.experiments.store.verify import verify
from undercount.experiments.study import Study, carry_out, finished_parts, planned
from undercount.model.files.problems import BadInput

from tests.faulty import Job, work

SERIAL = EngineOptions("serial")


def a_study(folder, count, partial=True):
    """A folder of kind "reference" whose table lists the parts that are finished."""
    jobs = [Job(n) for n in range(count)]

    def assemble():
        write_whole(folder / "table.csv", "\n".join(head["part"] for head, _ in finished_parts(folder, jobs)).encode())
        return [folder / "table.csv"]

    return Study({"batch": {"seed": 1}} | planned(jobs), "the command", jobs, work, assemble, partial=partial)


def carried_out(folder, count, on_progress=lambda outcome: None, partial=True):
    return carry_out(folder, "reference", {"seed": 1}, lambda there: a_study(folder, count, partial), SERIAL, on_progress)


def interrupt_at(number):
    def on_progress(outcome):
        if outcome.done == number:
            raise KeyboardInterrupt
    return on_progress


def wrong(folder):
    return [(found.kind, found.path) for found in verify(folder, read_manifest(folder, None))[1]]


def test_a_finished_folder_that_is_extended_and_interrupted_keeps_a_good_table(tmp_path):
    carried_out(tmp_path, 3)
    with pytest.raises(Stopped):
        carried_out(tmp_path, 6, interrupt_at(5))
    assert read_manifest(tmp_path, "reference")["state"] == "interrupted"
    assert wrong(tmp_path) == [("missing", "parts/job-00005.npz")]
    assert (tmp_path / "table.csv").read_text().count("job-") == 5
    carried_out(tmp_path, 6)
    assert wrong(tmp_path) == [] and (tmp_path / "table.csv").read_text().count("job-") == 6


def test_a_table_that_needs_every_part_stands_as_it_was(tmp_path):
    carried_out(tmp_path, 3, partial=False)
    before = (tmp_path / "table.csv").read_bytes()
    with pytest.raises(Stopped):
        carried_out(tmp_path, 6, interrupt_at(5), partial=False)
    assert wrong(tmp_path) == [("missing", "parts/job-00005.npz")]
    assert (tmp_path / "table.csv").read_bytes() == before


def test_a_table_that_was_altered_is_not_vouched_for(tmp_path):
    carried_out(tmp_path, 3, partial=False)
    (tmp_path / "table.csv").write_text("altered")
    with pytest.raises(Stopped):
        carried_out(tmp_path, 6, interrupt_at(5), partial=False)
    assert ("unknown", "table.csv") in wrong(tmp_path)


def never(there):
    pytest.fail("something was computed")


def foreign(folder: Path):
    (folder / "letter.txt").write_text("mine")


def of_another_kind(folder: Path):
    carry_out(folder, "policy", {"seed": 1}, lambda there: a_study(folder, 1), SERIAL)


def of_another_seed(folder: Path):
    carry_out(folder, "reference", {"seed": 2}, lambda there: Study(
        {"batch": {"seed": 2}} | planned([]), "c", [], work, lambda: []), SERIAL)


@pytest.mark.parametrize("made, said", [(foreign, "other files"), (of_another_kind, "policy"), (of_another_seed, "--seed")])
def test_a_folder_is_checked_before_anything_is_computed(tmp_path, made, said):
    made(tmp_path)
    with pytest.raises(BadInput, match=said):
        carry_out(tmp_path, "reference", {"seed": 1}, never, SERIAL)


def test_a_folder_is_locked_before_anything_is_computed(tmp_path):
    with locked(tmp_path), pytest.raises(Busy):
        carry_out(tmp_path, "reference", {"seed": 1}, never, SERIAL)
