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


def test_a_workbook_holds_the_same(swept, tmp_path, capsys):
    pytest.importorskip("openpyxl")
    out = tmp_path / "mine.xlsx"
    assert cli.main(["export", str(swept), "--xlsx", "--out", str(out)]) == 0
    once = out.read_bytes()
    assert cli.main(["export", str(swept), "--xlsx", "--out", str(out)]) == 0 and out.read_bytes() == once
    assert [path.name for path in tmp_path.iterdir()] == ["mine.xlsx"]
    sheets = pd.read_excel(out, sheet_name=None, dtype={"year": str})
    assert list(sheets)[:2] == ["about", "columns"] and set(sheets) == {"about", "columns", *TABLES}
    about = dict(sheets["about"].itertuples(index=False))
    assert about["seed"] == 5 and about["command"].startswith("undercount run no-change --sweep corruption")
    for name in TABLES:
        pd.testing.assert_frame_equal(read_results(swept).table(name), sheets[name], check_dtype=False)
    assert set(sheets["columns"]["table"]) == set(TABLES)


def test_what_a_spreadsheet_would_mistake(swept, tmp_path):
    """A text for a formula, a missing number for an error, a long whole number for a rounded one."""
    openpyxl = pytest.importorskip("openpyxl")
    from undercount.experiments.runs import workbook

    book = openpyxl.Workbook(write_only=True)
    workbook._sheet(book, "s", ["=a"], [["=1+1"], [float("nan")], [float("inf")], [2**53], [2**62 + 1], ["a\x07"], [True]], {})
    book.save(tmp_path / "s.xlsx")
    cells = [row[0] for row in openpyxl.load_workbook(tmp_path / "s.xlsx")["s"].iter_rows()]
    assert [cell.value for cell in cells] == ["=a", "=1+1", None, "inf", 2**53, str(2**62 + 1), "a\\x07", True]
    assert cells[0].data_type == cells[1].data_type == "s"


def test_chosen_tables(swept, tmp_path, capsys, monkeypatch):
    assert cli.main(["export", str(swept), "--table", "outputs", "--table", "runs", "--out", str(tmp_path / "c")]) == 0
    assert {path.name for path in (tmp_path / "c").iterdir()} == {"outputs.csv", "runs.csv", "columns.csv"}
    pytest.importorskip("openpyxl")
    from undercount.experiments.runs import workbook

    monkeypatch.setattr(workbook, "MOST_ROWS", 10)
    to = ["--xlsx", "--out", str(tmp_path / "x" / "a.xlsx")]
    assert cli.main(["export", str(swept), *to]) == 2
    said = capsys.readouterr().err
    assert "hidden: found 4,032 rows; allowed: at most 10 in a sheet" in said and not (tmp_path / "x").exists()
    assert cli.main(["export", str(swept), *to, "--table", "runs"]) == 0


def test_from_the_folder_itself(swept, monkeypatch):
    import shutil

    monkeypatch.chdir(swept)
    assert cli.main(["export", ".", "--table", "runs"]) == 0
    assert (swept.parent / "swept-csv" / "runs.csv").exists()
    shutil.rmtree(swept.parent / "swept-csv")


@pytest.mark.parametrize("args, said", [
    (["--xlsx", "--csv"], "--csv: found it together with --xlsx"), (["--table", "output"], "did you mean 'outputs'?"),
    (["--xlsx", "--out", "a.csv"], "a file that ends in .xlsx")])
def test_what_is_wrong_with_the_options(swept, tmp_path, capsys, monkeypatch, args, said):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", str(swept), *args]) == 2
    done = capsys.readouterr()
    assert said in done.err and done.out == "" and not list(tmp_path.iterdir())


def test_without_openpyxl(swept, tmp_path, capsys, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert cli.main(["export", str(swept), "--xlsx", "--out", str(tmp_path / "a.xlsx")]) == 2
    assert "pip install 'undercount[xlsx]'" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_a_damaged_table(swept, tmp_path, capsys):
    import shutil

    bad = tmp_path / "bad"
    shutil.copytree(swept, bad)
    (bad / "flows.parquet").write_bytes(b"PAR1" + b"x" * 50)
    for args in (["--csv", "--out", str(tmp_path / "c")], ["--xlsx", "--out", str(tmp_path / "x.xlsx")]):
        assert cli.main(["export", str(bad), *args]) == 2
        assert "flows: found a damaged file" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["bad"]


def test_what_cannot_be_written(swept, tmp_path, capsys):
    (tmp_path / "mine.txt").touch()
    assert cli.main(["export", str(swept), "--out", str(tmp_path)]) == 2
    assert "other files, such as mine.txt" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert cli.main(["export", str(tmp_path / "none")]) == 2 and "no such folder" in capsys.readouterr().err
