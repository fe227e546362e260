"""A second process compiles beside the first: only where something is missing, can be kept, and there is a core for it."""

import contextlib

import pytest
from undercount.experiments.compute import aside


@pytest.fixture
def done(monkeypatch):
    """What was begun and compiled, with nothing compiled for real."""
    said = []

    @contextlib.contextmanager
    def process(words, **_):
        said.append(words[-1])
        yield

    monkeypatch.setattr(aside.subprocess, "Popen", process)
    monkeypatch.setattr(aside, "_compile", said.append)
    monkeypatch.setattr(aside, "_set_up", lambda template: said.append("set-up"))
    monkeypatch.setattr(aside.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(aside, "_is_missing", lambda names: True)
    return said


def test_the_largest_part_is_compiled_beside_the_others(done):
    aside.compile_on_two_cores(None)
    assert done == [f"from undercount.experiments.compute.aside import compile_beside; compile_beside({aside.LARGEST})",
                    "set-up", aside.OTHERS]


@pytest.mark.parametrize("cores, missing", [(1, True), (2, False)])
def test_nothing_is_begun_on_one_core_or_where_all_is_there(done, monkeypatch, cores, missing):
    monkeypatch.setattr(aside.os, "cpu_count", lambda: cores)
    monkeypatch.setattr(aside, "_is_missing", lambda names: missing)
    aside.compile_on_two_cores(None)
    assert done == []


def test_the_two_have_all_parts_of_a_month():
    from undercount.model import month

    called = {name for name in month.run_months.__code__.co_names if name in vars(month) and name.islower()}
    assert called == {*aside.LARGEST, *aside.OTHERS}


def test_a_part_is_missing_until_it_is_kept(monkeypatch, tmp_path):
    from undercount.model.engine import compiled

    monkeypatch.setattr(compiled, "FOLDERS", set())
    assert not aside._is_missing(aside.LARGEST)  # it could not be kept
    monkeypatch.setattr(compiled, "FOLDERS", {tmp_path})
    assert aside._is_missing(aside.LARGEST)
    (tmp_path / "engine").mkdir()
    (tmp_path / "engine" / "parties.settle-170.py311.nbi").touch()
    assert aside._is_missing(aside.LARGEST)
    (tmp_path / "engine" / "recruiters.recruiters_work-12.py311.nbi").touch()
    assert not aside._is_missing(aside.LARGEST) and aside._is_missing(aside.OTHERS)
