"""`undercount new-region`: what it writes loads, explains itself, and is whole or absent."""

import csv
import shlex
from pathlib import Path

import pytest
from undercount.experiments.cli import main
from undercount.experiments.newregion.tables import COLUMNS, ROWS
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
    assert set(COLUMNS) == set(ROWS)
    for name, rows in ROWS.items():
        unexplained = [column for column in next(csv.reader(rows[:1])) if column not in COLUMNS[name]]
        assert not unexplained, (name, unexplained)


def test_it_may_begin_with_another_region(tmp_path):
    assert main(["new-region", str(tmp_path / "mine"), "--from", "north-west-europe"]) == 0
    assert load_region(tmp_path / "mine").origins == ("BGR", "HUN", "NGA", "POL", "ROU", "SVK")
    assert not (tmp_path / "mine" / "reference").exists()


@pytest.mark.parametrize("words, key", [(["mine", "--from", "south-east-europ"], "region"), (["full"], "DIR")])
def test_a_mistake_is_one_line_and_leaves_nothing(tmp_path, monkeypatch, capsys, words, key):
    monkeypatch.chdir(tmp_path)
    Path("full").mkdir()
    Path("full/file").write_text("x")
    assert main(["new-region", *words]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and key in lines[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]
