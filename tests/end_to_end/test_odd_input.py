"""What people type and hand over that nobody meant: one line each, or the right thing."""

import os
import subprocess
import sys

import pytest

from tests.end_to_end.said import undercount
from tests.unit.test_region_figures import made

QUICK = ("--people-per-agent", "10000", "--replicates", "1", "--seed", "1")


def one_line(capsys, *args):
    code, out, err = undercount(capsys, *args)
    assert (code, out) == (2, "") and err.count("\n") == 1, err
    return err


@pytest.mark.parametrize("words, named", [
    (("run", "no-change", "--out", ""), "--out: found nothing"), (("run", "--out=", "no-change"), "--out: found nothing"),
    (("check", ""), "FILE: found nothing"), (("status", ""), "DIR: found nothing"),
    (("run", "no-change", "--region", "a", "--region", "b"), "--region: found it twice"),
    (("run", "--seed", "1", "no-change", "--seed=2"), "--seed: found it twice"),
    (("view", "--rest-after", "nan"), "--rest-after: found nan"),
    (("view", "--host", "localhost:80"), "--host: found 'localhost:80'")])
def test_nothing_and_twice_are_named(capsys, words, named):
    assert named in one_line(capsys, *words)


def test_help_as_other_programs_have_it(capsys):
    assert undercount(capsys, "help") == undercount(capsys, "--help")
    assert undercount(capsys, "help", "run") == undercount(capsys, "run", "--help")


@pytest.mark.parametrize("words, named", [
    ("[onsets.foo]\nincluded = 0.5\n", ["foo.size: found nothing", "foo.source: found nothing", "no event that hangs"]),
    ("[corruption]\ncorruption = { value = 0.4, low = 0.1, hgih = 0.5 }\n", ["did you mean 'high'"]),
    ("[corruption]\ncorruption = { value = 0.4 }\n", ["low: found nothing; allowed: { value, low, high }"])])
def test_a_mistake_in_a_scenario_is_told_once(tmp_path, capsys, words, named):
    path = tmp_path / "mine.toml"
    path.write_text(f'title = "a"\nextends = "baseline"\n{words}')
    code, _, err = undercount(capsys, "check", path)
    assert code == 2 and err.count("\n") == len(named) and all(each in err for each in named), err


def test_a_date_for_a_month_is_told_once(tmp_path, capsys):
    folder = made(tmp_path / "lakes")
    head = folder / "region.toml"
    lines = ["start = 2010-01-01" if line.startswith("start") else line for line in head.read_text().splitlines()]
    head.write_text("\n".join(lines) + "\n")
    assert "start" in one_line(capsys, "check", folder)


def test_a_table_of_a_region_is_checked_with_it_and_a_map_is_named(tmp_path, capsys):
    folder = made(tmp_path / "lakes")
    table = next(path for path in folder.rglob("*.csv") if "referrals" in path.name)
    code, out, _ = undercount(capsys, "check", table)
    assert code == 0 and "of a region, checked with its whole folder" in out
    maps = next(folder.rglob("*.geojson"))
    assert "file: found a map" in one_line(capsys, "check", maps)


def test_the_other_outlines_are_missed(tmp_path, capsys):
    folder = made(tmp_path / "lakes")
    maps = next(folder.rglob("*.geojson"))
    maps.write_text(maps.read_text().replace("AAA", "AAB"))
    code, _, err = undercount(capsys, "check", folder)
    assert code == 0 and ("no outline of AAA" in err or "no outline of any country" in err)


def test_a_truth_value_in_a_spreadsheet_is_no_count(tmp_path, capsys):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["iso3", "period", "assisted", "counts", "role", "source"],
                ["ALB", 2001, True, "assisted", "origin", "mine"]):
        book.active.append(row)
    book.save(tmp_path / "counts.xlsx")
    code, _, err = undercount(capsys, "check", tmp_path / "counts.xlsx")
    assert code == 2 and "assisted: found 'TRUE'" in err


def test_letters_with_zeros_between_them_are_named(tmp_path, capsys):
    (tmp_path / "counts.csv").write_bytes("iso3,period,assisted\nALB,2001,5\n".encode("utf-16-be"))
    assert "UTF-16 or UTF-32 without its mark" in one_line(capsys, "check", tmp_path / "counts.csv")


def test_a_link_to_nothing_is_no_folder(tmp_path, capsys):
    (tmp_path / "link").symlink_to("nowhere")
    assert "a link to nothing" in one_line(capsys, "run", "no-change", *QUICK, "--out", tmp_path / "link")


@pytest.mark.parametrize("closed", ["2>&-", ">&-", "2>/dev/full", "<&- >&- 2>&-"])
def test_nobody_who_listens_stops_the_work(tmp_path, closed):
    command = f"{sys.executable} -m undercount run no-change {' '.join(QUICK)} --out {tmp_path / 'mine'} {closed}"
    done = subprocess.run(command, shell=True, timeout=300, env=os.environ, check=False)
    assert done.returncode == 0 and (tmp_path / "mine" / "runs.parquet").exists()


@pytest.mark.slow  # without asserts all rules are compiled again
def test_it_runs_without_docstrings(tmp_path):
    command = [sys.executable, "-OO", "-m", "undercount", "run", "no-change", *QUICK, "--out", tmp_path / "mine"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", [",", ";;;\n", "# a comment\n"])
def test_separators_alone_are_no_table(tmp_path, capsys, text):
    folder = made(tmp_path / "lakes")
    (folder / "crossings.csv").write_text(text)
    code, _, err = undercount(capsys, "check", folder)
    assert code == 2 and err.count("\n") == 1 and "header: found" in err


def test_a_setting_without_a_name_twice_is_named(capsys):
    assert "(no name)" in undercount(capsys, "show", "no-change", "--set", "", "--set", "")[2]
