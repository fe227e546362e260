"""The snippets of the documents do what they say: other programs read the tables, other tools drive the model."""

import subprocess
import sys
from pathlib import Path
from shutil import which

import pandas as pd
import pytest
from undercount.experiments import cli
from undercount.experiments.runs.results import read_results

from tests.snippets import carried_out, snippets

KEYS = ["scenario", "replicate", "newly_exploited"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with results/two in it, as the documents have it."""
    root = tmp_path_factory.mktemp("docs")
    assert cli.main(["run", "full-adaptation", "no-change", "--replicates", "2", "--seed", "1", "--people-per-agent", "10000",
                     "--engine", "serial", "--out", str(root / "results" / "two")]) == 0
    return root


@pytest.fixture
def right(place, monkeypatch):
    """What the snippets of docs/tables.md should find, from the tallies themselves."""
    monkeypatch.chdir(place)
    hidden = read_results(place / "results" / "two").table("hidden")
    rows = hidden[(hidden.month >= "2003-01") & (hidden.month <= "2003-12")]
    return rows.groupby(["scenario", "replicate"], as_index=False)["newly_exploited"].sum()


def same(found, right):
    found = found.astype({"scenario": str, "replicate": "int64", "newly_exploited": "int64"}).sort_values(KEYS[:2], ignore_index=True)
    pd.testing.assert_frame_equal(found[KEYS], right[KEYS], check_dtype=False)


@pytest.mark.parametrize("tool", ["pandas", "polars", "duckdb"])
def test_tables_are_read_elsewhere(tool, right):
    pytest.importorskip(tool)
    [code] = snippets("tables.md", "python", f"import {tool}")
    found = carried_out(code)["found"]
    same({"pandas": lambda: found.reset_index(), "polars": lambda: pd.DataFrame(found.to_dict(as_series=False)),
          "duckdb": lambda: found}[tool](), right)


def test_what_a_column_means_stands_in_the_file(right):
    [code] = snippets("tables.md", "python", "import pyarrow")
    schema = carried_out(code)["schema"]
    assert b"in exploitation" in schema.field("in_exploitation").metadata[b"description"]


def r_finds(code, right, place):
    script = place / "snippet.R"
    script.write_text(f"{code}\nwrite.csv(found, 'found.csv', row.names = FALSE)\n")
    done = subprocess.run(["Rscript", str(script)], cwd=place, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    same(pd.read_csv(place / "found.csv"), right)


def test_r_reads_parquet(right, place):
    if which("Rscript") is None or subprocess.run(["Rscript", "-e", "library(arrow)"], capture_output=True).returncode:
        pytest.skip("R with its package arrow is not installed (Debian has no r-cran-arrow)")
    r_finds(snippets("tables.md", "r")[0], right, place)


def test_r_finds_the_same_in_the_exported_table(right, place):
    """All of the snippet but arrow's own reader."""
    if which("Rscript") is None:
        pytest.skip("R is not installed")
    assert cli.main(["export", str(place / "results" / "two"), "--out", str(place / "csv")]) == 0
    [code] = snippets("tables.md", "r")
    assert "library(arrow)" in code
    r_finds("read_parquet <- function(path) read.csv('csv/hidden.csv')\n" + code.replace("library(arrow)", ""), right, place)


def test_mesa_runs_the_batch(tmp_path):
    """In a process of its own: importing Mesa's batch runner changes how processes are started."""
    [code] = snippets("explore.md", "python", "batch_run")
    assert "people_per_agent=" not in code and '"people_per_agent": "pooled"' in code
    script = tmp_path / "mine.py"
    script.write_text(code.replace('"pooled"', "10_000") + "\n    found.to_csv('found.csv')\n")
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = pd.read_csv(tmp_path / "found.csv").set_index(["corruption", "rng"])["newly_exploited"]
    own = read_results(_run(tmp_path / "o", "--sweep", "corruption=0.6,1.4", "--replicates", "2")).table("runs")
    for point, corruption in ((1, 0.6), (2, 1.4)):
        assert list(found[corruption]) == list(own[own.point == point]["newly_exploited"])


def test_the_ema_workbench_drives_worlds(monkeypatch):
    pytest.importorskip("ema_workbench")
    [code] = snippets("explore.md", "python", "ema_workbench")
    assert "scenarios=100" in code and '"pooled"' in code
    found = carried_out(code.replace("scenarios=100", "scenarios=3").replace('"pooled"', "10_000"))["found"]
    assert len(found) == 3 and found["corruption_corruption"].nunique() == 3
    from undercount.experiments import unknowns, world

    row, ranges = found.iloc[1], unknowns("full-adaptation").set_index("name")
    assert ranges.low["policing.raid_rate"] <= row["policing_raid_rate"] <= ranges.high["policing.raid_rate"]
    again = world("full-adaptation", {"corruption": row["corruption_corruption"], "policing.raid_rate": row["policing_raid_rate"]},
                  seed=1, people_per_agent=10_000)
    assert again["exploited_change"] == row["exploited_change"] and again["counted_change"] == row["counted_change"]


def test_a_world_is_a_run(place):
    from undercount.experiments import world

    own = read_results(_run(place / "swept", "--sweep", "corruption=1.4", "--replicates", "1")).table("outputs").iloc[1]
    found = world("full-adaptation", {"corruption": 1.4}, seed=1, people_per_agent=10_000)
    assert found == {name: own[name] for name in found} and len(found) == 14


def _run(out: Path, *args: str) -> Path:
    assert cli.main(["run", "full-adaptation", "--seed", "1", "--people-per-agent", "10000", "--engine", "serial", *args,
                     "--out", str(out)]) == 0
    return out
