"""Ctrl-C at any time: one line, exit code 130, nothing left behind; as a terminal sends it, to all of a command's processes."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

RUN = ["run", "refusal", "--replicates", "400", "--people-per-agent", "5000", "--until", "1999-06", "--seed", "1", "--out", "out"]


def interrupted(folder, ready, *args, **env):
    """Exit code and stderr of a command that is interrupted once `ready(folder)`, and what of its group still runs then."""
    with (folder / "said").open("w") as said:
        command = subprocess.Popen([sys.executable, "-m", "undercount", *args], cwd=folder, stdout=said, stderr=said,
                                   env=os.environ | env, start_new_session=True,
                                   # a shell that starts tests in the background has it ignored
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    end = time.monotonic() + 300
    while not ready(folder):
        assert command.poll() is None and time.monotonic() < end, (folder / "said").read_text()
        time.sleep(0.05)
    os.killpg(command.pid, signal.SIGINT)
    code = command.wait(120)
    end = time.monotonic() + 30
    while (left := subprocess.run(["ps", "-o", "args=", "-g", str(command.pid)], capture_output=True, text=True).stdout) \
            and time.monotonic() < end:
        time.sleep(0.2)
    return code, (folder / "said").read_text(), left


def quiet(said):
    lines = [line for line in re.split(r"[\r\n]+", said) if line and not re.match(r"\d+ of \d+ runs", line)]
    return len(lines) == 1 and lines[0].startswith("interrupted") and "Traceback" not in said and "Exception ignored" not in said


@pytest.mark.parametrize("engine", ["processes", "serial"])
def test_while_it_compiles(tmp_path, engine):
    def compiling(folder):
        return any((folder / "cache").rglob("compiled-*")) and (folder / "out" / "parts").is_dir() and not time.sleep(3)

    code, said, left = interrupted(tmp_path, compiling, *RUN, "--engine", engine, NUMBA_CACHE_DIR=str(tmp_path / "cache"))
    assert code == 130 and quiet(said) and not left, said + left


def test_while_it_starts(tmp_path):
    """On a crowded machine that may be before the command is reached, which then has nothing to say."""
    code, said, left = interrupted(tmp_path, lambda folder: not time.sleep(0.4), *RUN)
    assert code == 130 and (quiet(said) or said == "") and not left, said + left


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["processes", "serial", "threads"])
def test_during_a_batch_which_then_goes_on(tmp_path, engine):
    def under_way(folder):
        return len(list(folder.glob("out/parts/*.npz"))) > 5

    code, said, left = interrupted(tmp_path, under_way, *RUN, "--engine", engine)
    assert code == 130 and quiet(said) and not left, said + left
    assert "runs are finished and kept. To go on: undercount run refusal " in said
