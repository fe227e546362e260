"""`undercount diff A B`: what differs in code, settings and numbers."""

import json

import numpy as np
import pandas as pd
import pytest
from undercount.experiments import cli
from undercount.experiments.difference.numbers import outputs_table
from undercount.experiments.difference.page import difference
from undercount.experiments.runs.results import read_results

from tests.end_to_end.said import undercount

SMALL = ["--people-per-agent", "10000", "--until", "2000-12", "--engine", "serial"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("d")
    for name, replicates, more in (("a", 3, []), ("again", 3, []), ("b", 4, ["--set", "corruption=3"]),
                                   ("swept", 3, ["--sweep", "corruption=3"])):
        assert cli.main(["run", "no-change", "--replicates", str(replicates), "--seed", "1", *more, *SMALL,
                         "--out", str(root / name)]) == 0
    return root


def test_the_same_twice(capsys, folders):
    code, said, _ = undercount(capsys, "diff", folders / "a", folders / "again")
    assert code == 0 and "settings: the same" in said and "3 paired by seed, 3 of them the same in every tally" in said
    assert difference(folders / "a", folders / "again").same


def test_what_differs(capsys, folders, tmp_path):
    code, said, _ = undercount(capsys, "diff", folders / "a", folders / "b", "--csv", tmp_path / "t.csv")
    assert code == 1 and "code and machine: the same" in said
    for part in ("--set corruption: - -> 3", "replicates of no-change: 3 -> 4", "corruption.corruption: ", "-> 3",
                 "3 paired by seed, 0 of them the same in every tally, 1 without a partner", "person_months", "other: "):
        assert part in said, said
    table = pd.read_csv(tmp_path / "t.csv").set_index("output")
    first, second = (outputs_table(read_results(folders / name))["person_months"].to_numpy()[:3] for name in ("a", "b"))
    change = second - first
    assert table.loc["person_months", "change"] == pytest.approx(change.mean())
    half = 4.302653 * change.std(ddof=1) / np.sqrt(3)  # Student's, 2 degrees of freedom
    assert table.loc["person_months", "high"] == pytest.approx(change.mean() + half)


def test_outputs_from_tables_are_those_of_a_sweep(folders):
    plain, swept = (outputs_table(read_results(folders / name)) for name in ("b", "swept"))
    at = swept[swept["point"] == 1].reset_index(drop=True)
    names = [name for name in swept.columns if name not in ("scenario", "point", "replicate", "seed")]
    pd.testing.assert_frame_equal(plain[names].iloc[:3], at[names])


def test_code_and_other_kinds(capsys, folders, tmp_path):
    import shutil

    shutil.copytree(folders / "a", tmp_path / "old")
    manifest = json.loads((tmp_path / "old" / "manifest.json").read_text())
    manifest["packages"]["numpy"], manifest["batch"]["code"] = "1.0", "0" * 16
    (tmp_path / "old" / "manifest.json").write_text(json.dumps(manifest))
    code, said, _ = undercount(capsys, "diff", tmp_path / "old", folders / "a")
    assert code == 1 and "package numpy: 1.0 -> " in said and "code of the model: 0000000000000000 -> " in said
    code, _, err = undercount(capsys, "diff", folders / "a", tmp_path / "none")
    assert code == 2 and "no such folder" in err


def test_of_different_sweeps_only_the_scenarios_own_values_are_paired(folders):
    found = difference(folders / "a", folders / "swept")
    assert found.runs == {("no-change", "no-change"): (3, 3, 3)}
