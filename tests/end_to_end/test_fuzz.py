"""A small share of `python -m tests.fuzz`: broken inputs to every reader, with each engine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from undercount.model.engine.layout import MAX_PLACES
from undercount.model.files.problems import BadInput, Problem
from undercount.model.known.region_in import load_region

from tests.fuzz.drive import Driver
from tests.fuzz.engines import guided, with_hypothesis, with_mutations
from tests.fuzz.targets import KINDS, Unclear, Workspace, enter

ROOT = Path(__file__).parents[2]
FEW = {"parameters": 40, "region": 12, "observed": 60, "settings": 20, "results": 12, "experiment": 20}


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    return Workspace(tmp_path_factory.mktemp("fuzz"))


@pytest.mark.parametrize("engine", [with_hypothesis, with_mutations])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_bad_input_comes_out(space, tmp_path, kind, engine):
    driver = Driver(kind, engine.__name__, space, tmp_path)
    engine(driver, FEW[kind], seed=1)
    tally = driver.tally
    assert tally.failures == {}, "\n".join(Path(f + ".txt").read_text() for f in tally.failures.values())
    assert tally.rejected > FEW[kind] // 4  # the mutations do break what is valid


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_valid_is_accepted(space, kind):
    for data in space.seeds(kind):
        assert enter(space, kind, data), data[:200]


def test_more_countries_than_the_records_hold_are_refused(space):
    """Compiled rules do not look whether an index is in bounds."""
    path = space.region / "countries.csv"
    before = path.read_text(encoding="utf-8")
    head, first = (line.split(",") for line in before.split("\n")[:2])
    role = {"origin": "0", "transit": "1", "destination": "0"}  # of which no figures are needed
    row = ",".join(["", *(role.get(name, value) for name, value in zip(head[1:], first[1:]))])
    try:
        for extra, wrong in ((MAX_PLACES - len(space.codes), False), (MAX_PLACES - len(space.codes) + 1, True)):
            rows = "".join(f"Q{chr(65 + n // 26)}{chr(65 + n % 26)}{row}\n" for n in range(extra))
            path.write_text(before.rstrip("\n") + "\n" + rows, encoding="utf-8")
            if wrong:
                with pytest.raises(BadInput, match=f"rows: found '{MAX_PLACES + 1} countries'"):
                    load_region(space.region)
            else:
                assert len(load_region(space.region).countries) == MAX_PLACES
    finally:
        path.write_text(before, encoding="utf-8")


def test_the_engine_with_feedback_runs_in_a_process_of_its_own(tmp_path):
    (tmp_path / "space").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.engines", guided(), "observed", "--inputs", "150", "--seed", "1",
         "--folder", str(tmp_path / "space"), "--failures", str(tmp_path), "--tally", str(tmp_path / "tally")],
        cwd=ROOT, capture_output=True, text=True, env=os.environ | {"PYTHONSAFEPATH": "", "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    tally = json.loads((tmp_path / "tally").read_text())
    assert tally["inputs"] == 150 == tally["rejected"] + tally["accepted"] and tally["failures"] == {}


def test_the_harness_sees_a_traceback_a_vague_message_and_a_slow_reader(space, tmp_path, monkeypatch):
    """It would otherwise pass whatever the readers did."""
    def reader(space, data):
        if data == b"traceback":
            raise KeyError("x")
        if data == b"vague":
            raise BadInput(Problem("a.toml", "", "1", "2"))
        if data == b"unsafe":
            raise BadInput(Problem("a.toml", "key\x1b[2J", "1", "2"))
        if data == b"slow":
            sum(range(10**7))

    monkeypatch.setitem(KINDS, "parameters", reader)
    monkeypatch.setattr("tests.fuzz.drive.LONGEST", 0.02)
    driver = Driver("parameters", "mutations", space, tmp_path)
    for data in (b"fine", b"traceback", b"vague", b"unsafe", b"slow"):
        driver.one(data)
    assert len(driver.tally.failures) == 4 and driver.tally.accepted == 2
    assert sorted(p.read_bytes() for p in tmp_path.glob("parameters-????????????")) == [
        b"slow", b"traceback", b"unsafe", b"vague"]
    with pytest.raises(Unclear):
        enter(space, "parameters", b"vague")
