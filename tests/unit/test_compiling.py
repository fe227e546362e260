"""What is said while rules are compiled: nothing where all is there, else that it happens and how far it is."""

import time

from undercount.experiments.compute import compiling


def lines_while(monkeypatch, folder, work):
    monkeypatch.setattr(compiling, "PATIENCE", 0.05)
    monkeypatch.setattr(compiling, "cache_folders", lambda: {folder} if folder else set())
    said = []
    with compiling.told(said.append, every=0.1) as done:
        work(said)
        time.sleep(0.3)
        done.set()
    return said


def test_parts_that_appear_are_told(tmp_path, monkeypatch):
    (tmp_path / "there.nbi").touch()

    def work(said):
        time.sleep(0.3)
        end = time.monotonic() + 10
        for n in range(3):
            (tmp_path / f"{n}.nbi").touch()
            while len(said) <= n and time.monotonic() < end:
                time.sleep(0.02)

    said = lines_while(monkeypatch, tmp_path, work)
    assert said == [compiling.WORDS, *(f"{n} parts compiled, of at most {compiling.parts()}" for n in (2, 3))]


def test_nothing_is_said_where_nothing_is_compiled_or_kept(tmp_path, monkeypatch):
    assert lines_while(monkeypatch, tmp_path, lambda said: time.sleep(1.3)) == []
    assert lines_while(monkeypatch, None, lambda said: None) == []


def test_the_parts_are_those_that_numba_keeps():
    """By name: a folder that was copied or is shared holds the parts of every checkout."""
    folders = compiling.cache_folders()
    assert len(folders) > 8  # each phase has its own
    kept = {path.name.split("-")[0] for folder in folders for path in folder.rglob("*.nbi")}
    assert len(kept) <= compiling.parts() and compiling.finished(folders) >= len(kept)
