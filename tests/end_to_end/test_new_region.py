"""`undercount new-region`: what it writes loads, explains itself, and is whole or absent."""

import csv
import shlex
from pathlib import Path

import pytest
from undercount.experiments.cli import main
from undercount.experiments.newregion.rows import Shape, rows
from undercount.experiments.newregion.tables import COLUMNS
from undercount.model.known.region_in import load_region


def test_a_minimal_region_with_every_kind_of_count_and_of_cell(tmp_path, capsys):
    assert main(["new-region", str(tmp_path / "mine")]) == 0
    region = load_region(tmp_path / "mine")
    assert (len(region.origins), len(region.destinations), len(region.countries)) == (2, 2, 5)
    assert {row.counts for row in region.referrals} == {"registered", "identified", "assisted"}
    assert any(row.interval for row in region.referrals) and any(row.masked for row in region.referrals)
    assert region.totals and region.windows and region.patterns
    assert "undercount run no-change --region" in capsys.readouterr().out


def test_what_to_type_next_can_be_typed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new-region", "my region"]) == 0
    said = capsys.readouterr().out
    check, run = (shlex.split(line.partition(":")[2]) for line in said.splitlines()[1:])
    assert check == ["undercount", "check", "my region"] and run[:5] == ["undercount", "run", "no-change", "--region", "./my region"]
    assert main(check[1:]) == 0


def test_every_column_of_every_table_is_explained():
    tables = rows(Shape())
    assert set(COLUMNS) == set(tables)
    for name, lines in tables.items():
        unexplained = [column for column in next(csv.reader(lines[:1])) if column not in COLUMNS[name]]
        assert not unexplained, (name, unexplained)


def test_it_may_begin_with_another_region(tmp_path):
    assert main(["new-region", str(tmp_path / "mine"), "--from", "north-west-europe"]) == 0
    assert load_region(tmp_path / "mine").origins == ("BGR", "HUN", "NGA", "POL", "ROU", "SVK")
    assert not (tmp_path / "mine" / "reference").exists()


@pytest.mark.parametrize("origins, between, destinations, start, end", [
    ("LVA,LTU", "", "POL,SWE", "2005-01", "2010-12"), ("LVA,LTU,POL", "", "POL,SWE", "2005-01", "2010-12"),
    ("AAA", "", "BBB", "1999-10", "2005-03"), ("AAA,BBB,CCC,DDD,EEE,FFF", "GGG,HHH", "III,JJJ,KKK", "2000-01", "2019-12"),
    ("AAA,BBB", "", "BBB,AAA", "2000-01", "2004-12")])
def test_own_codes_and_months_stand_in_every_file(tmp_path, capsys, origins, between, destinations, start, end):
    words = ["--origins", origins, "--destinations", destinations, "--start", start, "--end", end]
    assert main(["new-region", str(tmp_path / "mine"), *words, *(["--between", between] if between else [])]) == 0
    assert main(["check", str(tmp_path / "mine")]) == 0
    said = capsys.readouterr()
    assert "note:" not in said.err, said.err
    region = load_region(tmp_path / "mine")
    assert set(region.origins) == set(origins.split(",")) and set(region.destinations) == set(destinations.split(","))
    assert (str(region.start), str(region.end)) == (start, end) and len(region.windows) == 1


def test_the_question_may_be_of_another_destination_before_counts_are_replaced(tmp_path, capsys):
    assert main(["new-region", str(tmp_path / "mine"), "--origins", "LVA", "--destinations", "POL,SWE"]) == 0
    head = tmp_path / "mine" / "region.toml"
    head.write_text(head.read_text().replace('where = ["POL"]', 'where = ["SWE"]').replace("before = 2012", "before = 2011"))
    assert main(["check", str(tmp_path / "mine")]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("words, keys", [
    (["--origins", "AAA"], ["--destinations"]), (["--origins", "aaa,BBB", "--destinations", "CCC,CCC"], ["--origins", "--destinations"]),
    (["--start", "2012-01"], ["--start, --end"]), (["--end", "2012"], ["--end"]),
    (["--origins", "AAA", "--destinations", "AAA"], ["--origins, --destinations"]),
    (["--origins", "AAA", "--destinations", "BBB", "--between", "AAA"], ["--between"]),
    (["--from", "south-east-europe", "--start", "2010-01"], ["--from"])])
def test_a_shape_that_cannot_be_is_a_line_each_and_leaves_nothing(tmp_path, capsys, words, keys):
    assert main(["new-region", str(tmp_path / "mine"), *words]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == keys and not list(tmp_path.iterdir())


@pytest.mark.parametrize("words, key", [(["mine", "--from", "south-east-europ"], "region"), (["full"], "DIR")])
def test_a_mistake_is_one_line_and_leaves_nothing(tmp_path, monkeypatch, capsys, words, key):
    monkeypatch.chdir(tmp_path)
    Path("full").mkdir()
    Path("full/file").write_text("x")
    assert main(["new-region", *words]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and key in lines[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]
