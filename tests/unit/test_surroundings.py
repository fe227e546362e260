"""Where a command starts: settings of Numba that it cannot start with, or that would lead machine code elsewhere."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECK = ["-m", "undercount", "run", "baseline", "--people-per-agent", "5000", "--until", "1999-02", "--replicates", "1", "--engine", "serial",
         "--out", "out"]


def started(folder, *command, **env):
    return subprocess.run([sys.executable, *(command or CHECK)], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": str(ROOT), **env})


@pytest.mark.parametrize("env, file", [({"NUMBA_NUM_THREADS": "0"}, ""), ({}, "num_threads: 0"), ({}, "num_threads: [")])
def test_settings_that_numba_cannot_start_with(tmp_path, env, file):
    if file:
        (tmp_path / ".numba_config.yaml").write_text(file)
    ran = started(tmp_path, **env)
    assert ran.returncode == 2 and len(ran.stderr.splitlines()) == 1 and not (tmp_path / "out").exists()
    assert ran.stderr.startswith("Numba cannot start with its settings (") and "NUMBA_NUM_THREADS='0'" * bool(env) in ran.stderr


def test_other_errors_keep_their_traceback(tmp_path):
    code = "from undercount.experiments.commands.surroundings import numba_refuses; print(numba_refuses(ValueError('no')))"
    assert started(tmp_path, "-c", code, NUMBA_NUM_THREADS="0").stdout == "None\n"


def test_who_decides_where_compiled_code_is_kept(tmp_path):
    ran = started(tmp_path, NUMBA_CACHE_LOCATOR_CLASSES="NoSuchLocator")
    assert ran.returncode == 0, ran.stderr
