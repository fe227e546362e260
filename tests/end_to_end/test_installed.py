"""Undercount as it is installed, from a wheel and from a checkout, in a folder whose files have names like its own."""

import importlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGED = ("undercount", "model", "experiments", "scenarios", "pyproject.toml", "README.md", "LICENSE")
VERSION = importlib.import_module("undercount").__version__
HOSTILE = ("model.py", "experiments.py", "scenarios.py", "random.py", "numpy.py", "tools.py", "click.py", "types.py", "typing.py",
           "enum.py", "signal.py", "threading.py", "logging.py", "json.py", "code.py", "numba.py", "pandas.py", "warnings.py",
           "contextlib.py", "multiprocessing.py", "re.py", "string.py", "shlex.py", "difflib.py")


@pytest.fixture(scope="session")
def fresh(tmp_path_factory):
    """A new environment into which a wheel was installed; it borrows the libraries, and nothing else, of this one."""
    place = tmp_path_factory.mktemp("wheel")
    for name in PACKAGED:  # a copy, so that building leaves nothing in the checkout
        path = ROOT / name
        if path.is_dir():
            if name == "undercount":
                _package(path, place / "source" / name)
            else:
                shutil.copytree(path, place / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif path.exists():
            shutil.copy(path, place / "source" / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", place, place / "source"], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "env"], check=True)
    python = place / "env" / "bin" / "python"
    subprocess.run([*pip, "--python", python, "install", "--no-deps", "--no-index", *place.glob("*.whl")], check=True)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(subprocess.run([python, "-c", ask], text=True, capture_output=True, check=True).stdout.strip())
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for name in ("share", "etc"):  # the page's files, which stand beside the libraries
        if (Path(sys.prefix) / name).is_dir() and not (place / "env" / name).exists():
            (place / "env" / name).symlink_to(Path(sys.prefix) / name)
    return python, site


def _package(path, target):
    """The package's own modules: a worktree has links to the other folders in it."""
    target.mkdir(parents=True)
    for module in path.glob("*.py"):
        shutil.copy(module, target)


@pytest.fixture(params=["wheel", "editable"])
def undercount(request, tmp_path):
    """Runs the command line in a folder of hostile files; gives its output."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    python, place = sys.executable, ROOT
    if request.param == "wheel":
        python, place = request.getfixturevalue("fresh")
    elif (ROOT / "undercount" / "model").is_symlink():
        env["PYTHONPATH"] = str(ROOT)  # a worktree, whose environment has another checkout installed
    # Before -m reaches the package, Python's own runpy imports some: no package can keep a user's files out of that.
    ask = "import sys; before = set(sys.modules); import runpy; print(*set(sys.modules) - before)"
    started = subprocess.run([python, "-P", "-c", ask], env=env, text=True, capture_output=True, check=True).stdout.split()
    for name in HOSTILE:
        if name.removesuffix(".py") in started:
            continue
        (tmp_path / name).write_text(f"open('imported-{name}', 'w').close()\nraise SystemExit('a user\\'s own {name}')\n")

    def run(*args):
        done = subprocess.run([python, "-m", "undercount", *args], cwd=tmp_path, env=env, text=True,
                              capture_output=True, timeout=900)
        assert done.returncode == 0, done.stderr
        assert not list(tmp_path.glob("imported-*")), done.stderr
        return done.stdout

    run.python, run.place, run.folder, run.env = python, place, tmp_path, env
    return run


def files(place):
    return {path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def test_it_is_the_installed_one(undercount):
    found = subprocess.run([undercount.python, "-P", "-c", "import undercount.model; print(undercount.model.__file__)"],
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
            (undercount.folder / name).unlink(missing_ok=True)  # which Python itself imports when it starts
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


@pytest.fixture
def empty(fresh, tmp_path):
    """Runs what the wheel put on the path, in an empty folder; gives what it prints."""
    python, place = fresh
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}

    def run(*args):
        done = subprocess.run([python.with_name("undercount"), *args], cwd=tmp_path, env=env, text=True,
                              capture_output=True, timeout=900)
        assert done.returncode == 0, done.stderr
        return done.stdout

    run.command, run.place, run.folder, run.env = python.with_name("undercount"), place, tmp_path, env
    return run


def test_what_only_reads_works_from_an_empty_folder(empty):
    before = files(empty.place)
    assert empty("--version") == f"undercount {VERSION}\n"
    assert "full-adaptation" in empty("scenarios") and "Bosnia" in empty("show", "refusal")
    assert "ok: " in empty("check", "refusal", "everything")
    assert '"$schema"' in empty("schema") and "_UNDERCOUNT_COMPLETE" in empty("completion", "bash")
    assert files(empty.place) == before and not list(empty.folder.iterdir())


@pytest.mark.slow
def test_it_does_all_that_a_checkout_does(empty):
    """Runs, report, export, lists, the verdict from the table that ships, the page; nothing is written into the package."""
    before = files(empty.place)
    empty("run", "refusal", "no-change", "--replicates", "2", "--people-per-agent", "5000", "--seed", "1", "--out", "o")
    page = empty("report", "o").splitlines()[-1]
    assert "<svg" in (empty.folder / page).read_text()
    empty("export", "o", "--out", "csv")
    assert "files are as they were written" in empty("verify", "o")
    (empty.folder / "lists.csv").write_text("A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n1,1,0,6\n1,0,1,5\n0,1,1,4\n1,1,1,2\n")
    empty("estimate", "lists.csv", "--resamples", "100", "--out", "e")
    empty("compare", "--effort", "quick", "--no-smc", "--out", "v")
    assert "Hidden flow" in (empty.folder / "v" / "verdict.md").read_text()
    empty("report", "v")
    assert files(empty.place) == before
    assert {path.name for path in empty.folder.iterdir()} <= {"o", "csv", "e", "v", "lists.csv"}


@pytest.mark.slow
def test_it_serves_the_page(empty):
    pytest.importorskip("solara")
    before = files(empty.place)
    server = subprocess.Popen([empty.command, "view", "--port", "8791"], cwd=empty.folder, env=empty.env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for _ in range(240):
            time.sleep(0.5)
            try:
                page = urllib.request.urlopen("http://127.0.0.1:8791", timeout=30).read().decode()
                break
            except OSError:
                assert server.poll() is None, server.stdout.read()
        assert re.search("(?i)solara|undercount", page)
    finally:
        server.terminate()
        server.wait(30)
    assert files(empty.place) == before
