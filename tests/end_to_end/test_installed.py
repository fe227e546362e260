"""Undercount as it is installed, from a wheel and from a checkout, in a folder whose files have names like its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGED = ("undercount", "model", "experiments", "scenarios", "pyproject.toml", "README.md", "LICENSE")
HOSTILE = ("model.py", "experiments.py", "scenarios.py", "random.py", "numpy.py", "tools.py", "click.py", "types.py", "typing.py",
           "enum.py", "signal.py", "threading.py", "logging.py", "json.py", "code.py", "numba.py", "pandas.py", "warnings.py",
           "contextlib.py", "multiprocessing.py", "re.py", "string.py", "shlex.py", "difflib.py")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The folder into which a wheel was installed, without its dependencies."""
    place = tmp_path_factory.mktemp("wheel")
    for name in PACKAGED:  # a copy, so that building leaves nothing in the checkout
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, place / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.exists():
            shutil.copy(path, place / "source" / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", place, place / "source"], check=True)
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", place / "installed", *place.glob("*.whl")], check=True)
    return place / "installed"


@pytest.fixture(params=["wheel", "editable"])
def undercount(request, tmp_path):
    """Runs the command line in a folder of hostile files; gives its output."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    place = ROOT
    if request.param == "wheel":
        place = request.getfixturevalue("wheel")
        env["PYTHONPATH"] = str(place)
    for name in HOSTILE:
        (tmp_path / name).write_text(f"open('imported-{name}', 'w').close()\nraise SystemExit('a user\\'s own {name}')\n")

    def run(*args):
        done = subprocess.run([sys.executable, "-m", "undercount", *args], cwd=tmp_path, env=env, text=True,
                              capture_output=True, timeout=300)
        assert done.returncode == 0, done.stderr
        assert not list(tmp_path.glob("imported-*")), done.stderr
        return done.stdout

    run.place, run.folder, run.env = place, tmp_path, env
    return run


def files(place):
    return {path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def test_it_is_the_installed_one(undercount):
    found = subprocess.run([sys.executable, "-P", "-c", "import undercount.model; print(undercount.model.__file__)"],
                           env=undercount.env, cwd=undercount.folder, text=True, capture_output=True, check=True)
    assert Path(found.stdout.strip()).is_relative_to(undercount.place)


def test_scenarios_are_packaged(undercount):
    assert "full-adaptation" in undercount("scenarios")


@pytest.mark.parametrize("how", ["a colon too many", "a locale of bytes", "an encoding of old", "no home"])
def test_whatever_surrounds_it(undercount, how):
    env = undercount.env
    if how == "a colon too many":  # means the current folder, to Python
        env["PYTHONPATH"] = env.get("PYTHONPATH", "") + os.pathsep
        for name in set(HOSTILE) - {"model.py", "random.py", "numpy.py", "click.py", "numba.py", "pandas.py"}:
            (undercount.folder / name).unlink()  # which Python itself imports when it starts
    elif how == "a locale of bytes":
        env |= {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    elif how == "an encoding of old":
        env["PYTHONIOENCODING"] = "ascii"
    else:
        env |= {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent"}
    name = "日本 \N{GREEK SMALL LETTER ALPHA}.toml"
    (undercount.folder / name).write_text('title = "Zażółć 日本"\nextends = "baseline"\n', encoding="utf-8-sig")
    assert "Za" in undercount("show", name) and "ok: " in undercount("check", name)


@pytest.mark.slow
@pytest.mark.parametrize("engine", [["--workers", "2"], ["--engine", "serial"], ["--dask", "--workers", "1"]],
                         ids=["processes", "serial", "dask"])
def test_a_run_imports_nothing_of_the_users_and_writes_nothing_into_the_package(undercount, engine):
    if "--dask" in engine:
        pytest.importorskip("distributed")
    before = files(undercount.place / "experiments" if undercount.place == ROOT else undercount.place)
    undercount("run", "refusal", "--replicates", "2", "--people-per-agent", "5000", "--until", "1999-03", "--seed", "1",
               "--out", "out", *engine)
    assert (undercount.folder / "out" / "runs.parquet").exists()
    assert files(undercount.place / "experiments" if undercount.place == ROOT else undercount.place) == before
