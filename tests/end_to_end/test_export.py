"""`undercount export`, and what the tables say of themselves."""

import pandas as pd
import pyarrow.parquet as pq
import pytest
from undercount.experiments import cli
from undercount.experiments.runs.dictionary import ABOUT, TABLES
from undercount.experiments.runs.results import read_results

import undercount

SMALL = ["--people-per-agent", "10000", "--until", "2000-12", "--engine", "serial", "--seed", "5"]


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    out = tmp_path_factory.mktemp("e") / "swept"
    assert cli.main(["run", "no-change", "--replicates", "2", "--sweep", "corruption=1,2", *SMALL, "--out", str(out)]) == 0
    return out


def test_every_column_says_what_it_is(swept):
    for name in TABLES:
        schema = pq.read_schema(swept / f"{name}.parquet")
        assert schema.metadata[b"undercount"].decode() == undercount.__version__ and schema.metadata[b"seed"] == b"5"
        assert schema.metadata[b"description"].decode() == ABOUT[name]
        known = {column: each for column, each in TABLES[name].items()}
        for field in schema:
            assert field.metadata[b"description"], field
            if field.name in known:
                assert field.metadata[b"unit"].decode() == known.pop(field.name).unit
        assert not known, (name, known)  # nothing is described that is not there


def test_csv_holds_the_same(swept, tmp_path, capsys):
    out = tmp_path / "csv"
    for _ in range(2):  # written over
        assert cli.main(["export", str(swept), "--out", str(out)]) == 0
    assert capsys.readouterr().out.endswith(f"9 files in {out}\n")
    for name in TABLES:
        own, found = read_results(swept).table(name), pd.read_csv(out / f"{name}.csv", dtype={"year": str})
        pd.testing.assert_frame_equal(own, found, check_dtype=False)
    columns = pd.read_csv(out / "columns.csv")
    assert set(columns["file"]) == {f"{name}.csv" for name in TABLES} and columns["description"].notna().all()


def test_what_cannot_be_written(swept, tmp_path, capsys):
    (tmp_path / "mine.txt").touch()
    assert cli.main(["export", str(swept), "--out", str(tmp_path)]) == 2
    assert "other files, such as mine.txt" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert cli.main(["export", str(tmp_path / "none")]) == 2 and "no such folder" in capsys.readouterr().err
