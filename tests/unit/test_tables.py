"""Tables as they come: what is unambiguous is read, and what is not is named by file, line, column and value."""

from __future__ import annotations

import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from undercount.model.files import spreadsheet
from undercount.model.files.counts import parse_count
from undercount.model.files.problems import BadInput
from undercount.model.files.rows import clean, rows_of
from undercount.model.files.tables_in import (
    Column,
    Problems,
    count,
    flag,
    matching,
    month,
    number,
    one_of,
    period,
    read_table,
    text,
    whole,
)

COLUMNS = [Column("code", matching("[A-Z]{3}", "a code")), Column("period", period()),
           Column("count", count(), blank=True), Column("note", text(), blank=True, optional=True, empty="")]
PLAIN = "code,period,count,note\nAAA,2001,7,\nBBB,2002,,x\n"
WANTED = [{"code": "AAA", "period": "2001", "count": (7, 7), "note": ""},
          {"code": "BBB", "period": "2002", "count": None, "note": "x"}]


def read(tmp_path, data, columns=None, name="table.csv"):
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    problems = Problems()
    table = read_table(path, columns or COLUMNS, problems)
    problems.raise_any()
    return [row.values for row in table.rows]


def book(*sheets) -> bytes:
    """A spreadsheet with these sheets of rows."""
    import io

    made = openpyxl.Workbook()
    made.remove(made.active)
    for n, rows in enumerate(sheets):
        sheet = made.create_sheet(f"sheet{n}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


# --- what is read ------------------------------------------------------------------------------------
def written(separator):
    return PLAIN.replace(",", separator)


SAME = {
    "commas": PLAIN, "semicolons": written(";"), "tabs": written("\t"), "sep line": "sep=,\n" + PLAIN,
    "sep line of semicolons": "sep=;\r\n" + written(";").replace("\n", "\r\n"), "quoted sep line": '"sep=\t"\n' + written("\t"),
    "mark and CRLF": b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode(), "CR alone": PLAIN.replace("\n", "\r"),
    "UTF-16": PLAIN.replace(",", "\t").encode("utf-16"), "UTF-16 big": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "capital header": PLAIN.replace("code,period", "CODE, Period "), "quotes": PLAIN.replace("AAA", '"AAA"'),
    "empty columns": PLAIN.replace("\n", ",,\n"), "empty columns of rows": PLAIN.replace("7,", "7,,,"),
    "empty rows": PLAIN.replace("\n", "\n\n,,,\n"), "blanks and what nobody sees": PLAIN.replace("AAA", " \u200b\u00a0AAA\ufeff "),
    "comments": "# exported 2024; by us; or them\n\n# a, b\n" + written(";"), "floats": PLAIN.replace("2001,7", "2001.0,7.0"), "two noughts": PLAIN.replace("7", "7.00"), "plus": PLAIN.replace("7", "+7"),
    "dash": PLAIN.replace("2002,,", "2002,-,"), "en dash": PLAIN.replace("2002,,", "2002,\N{EN DASH},"),
    "spreadsheet": book([["code", "period", "count", "note"], ["AAA", 2001, 7.0, None], ["BBB", "2002", None, "x"]]),
    "spreadsheet with empty sheets": book([], [["code", "period", "count", "note"], [], ["AAA", 2001, 7], ["BBB", 2002, "-", "x"]]),
}


@pytest.mark.parametrize("data", SAME.values(), ids=SAME.keys())
def test_the_same_table_however_it_is_written(tmp_path, data):
    assert read(tmp_path, data) == WANTED


@pytest.mark.parametrize("written, meant", [
    ("163", (163, 163)), ("163.0", (163, 163)), ("0", (0, 0)), ("<5", (1, 4)), ("< 5", (1, 4)), ("<=4", (1, 4)),
    ("\N{LESS-THAN OR EQUAL TO}4", (1, 4)), ("1-4", (1, 4)), ("1 \N{EN DASH} 4", (1, 4)), ("0-4", (0, 4))])
def test_counts(written, meant):
    assert parse_count(written) == meant


@pytest.mark.parametrize("wrong", [
    "1,396", "1.396", "1.000", "1 396", "1'396", "1\u00a0396", "-7", "7.5", "1e3", "<1", "5-2", ">5", "10+", "*", "n/a",
    "NaN", "..", "\u0663", "", "9" * 30, "1-2-3", "1_000", "0x10"])
def test_no_count(wrong):
    with pytest.raises(ValueError):
        parse_count(wrong)


@given(least=st.integers(0, 10**9), more=st.integers(0, 10**6), sign=st.sampled_from("-\N{EN DASH}"))
def test_any_interval_comes_back(least, more, sign):
    most = min(10**9, least + more)
    assert parse_count(f"{least}{sign}{most}") == (least, most) and parse_count(f"{least}.0") == (least, least)


@pytest.mark.parametrize("cell, written, meant", [
    (whole(), "163.0", 163), (flag(), "1.0", True), (flag(), "0", False), (month(), "2001-03-01", "2001-03"),
    (period(), "2001", "2001"), (period(), "2001.0", "2001"), (period(), "2001 Q1", "2001-Q1"), (period(), "2001q4", "2001-Q4"),
    (period(), "2001-h2", "2001-H2"), (period(), "2001-03", "2001-03")])
def test_cells_as_programs_write_them(cell, written, meant):
    found = cell.parse(written)
    assert (str(found) if isinstance(meant, str) else found) == meant


@pytest.mark.parametrize("cell, wrong", [
    (month(), "2001-03-02"), (month(), "2001-1"), (period(), "2001-01-01"), (period(), "1999/00"), (period(), "1999-2000"),
    (period(), "2001-H3"), (period(), "Q1 2001"), (flag(), "2"), (flag(), "yes"), (whole(), "1.000"), (number(), "3,5")])
def test_cells_that_may_mean_two_things_are_refused(cell, wrong):
    with pytest.raises(ValueError):
        cell.parse(wrong)


def test_a_date_that_a_spreadsheet_made_of_a_month(tmp_path):
    data = book([["code", "since"], ["AAA", datetime.datetime(2001, 3, 1)]])
    (row,) = read(tmp_path, data, [COLUMNS[0], Column("since", month())])
    assert str(row["since"]) == "2001-03"


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)
                              .map(clean), min_size=3, max_size=3), min_size=1, max_size=5),
       separator=st.sampled_from(",;\t"), line_end=st.sampled_from(["\n", "\r\n"]))
def test_what_a_csv_writer_wrote_is_read_back(rows, separator, line_end):
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=line_end).writerows([["code", "period", "count"], *rows])
    found = rows_of(out.getvalue().encode(), {"code", "period", "count"})
    assert [cells for _, cells in found.rows[1:]] == [row for row in rows if any(row)] and found.separator == separator


# --- what is named ---------------------------------------------------------------------------------
BAD = {
    "thousands": (PLAIN.replace("7", '"1,396"'), ":2: count: found '1,396'", "without thousands separators"),
    "thousands by a point": (PLAIN.replace("7", "1.396"), ":2: count: found '1.396'", "whole number"),
    "not available": (PLAIN.replace("7", "n/a"), ":2: count: found 'n/a'", "leave empty what is unknown"),
    "not a number": (PLAIN.replace("7", "NaN"), ":2: count: found 'NaN'", "leave empty what is unknown"),
    "a dash where something is needed": (PLAIN.replace("2001", "-"), ":2: period: found '-'", "a year, half, quarter or month"),
    "other separators below": (PLAIN.replace("AAA,2001,7,", "AAA;2001;7;"), ":2: row: found 'cells between semicolons'",
                               "4 cells between commas"),
    "a comma in text": (PLAIN.replace("x", "x, y"), ":3: row: found '5 cells'", "quote text that holds one"),
    "strange separator": ("sep=!\n" + PLAIN, ":1: sep: found '!'", "commas, semicolons or tabs"),
    "bars": (written("|"), ":1: header: found 'code|period|count|note'", "code, period, count, note, separated by commas"),
    "title": ("exported 2024\n" + PLAIN, ":1: header: found 'exported 2024'", "a first line that names the columns"),
    "row numbers": (",code,period,count,note\n0,AAA,2001,7,\n1,BBB,2002,,x\n", ":2: a column without a name: found '0'",
                    "index=False"),
    "open quote": (PLAIN.replace("AAA", '"AAA'), ":2: row: found 'a quote that is not closed'", "quotes closed"),
    "Latin letters": (PLAIN.replace("x", "Fürst").encode("latin-1"), ":3: encoding: found 'byte 0xfc'", "CSV UTF-8"),
    "web page": ("<!DOCTYPE html><html>", ": file: found 'a web page'", ".xlsx"),
    "old spreadsheet": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "old or a protected spreadsheet", ".xlsx"),
    "PDF": (b"%PDF-1.4\n", "a PDF", "CSV"), "Parquet": (b"PAR1\x15\x04", "a Parquet table", "CSV"),
    "damaged spreadsheet": (b"PK\x03\x04 and so on", "a damaged spreadsheet", "CSV"),
    "several sheets": (book([["code"], ["AAA"]], [["x"]]), "sheets: found '2 with content: sheet0, sheet1'", "one sheet"),
    "nothing in it": (book([], []), "sheets: found '0 with content'", "one sheet"),
    "a formula nobody computed": (book([["code", "period", "count", "note"], ["AAA", 2001, "=1+6"]]),
                                  ":2: column 3: found 'a formula without a value'", "save it in a spreadsheet program"),
    "a date for a period": (book([["code", "period", "count"], ["AAA", datetime.datetime(2001, 1, 1), 7]]),
                            ":2: period: found '2001-01-01'", "a year, half, quarter or month"),
}


@pytest.mark.parametrize("data, found, allowed", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_read_is_named_in_one_line(tmp_path, data, found, allowed):
    with pytest.raises(BadInput) as caught:
        read(tmp_path, data)
    assert len(caught.value.problems) == 1, str(caught.value)
    assert "table.csv" + found in str(caught.value) or found in str(caught.value)
    assert allowed in str(caught.value).split("allowed: ")[1]


def test_a_figure_that_may_not_be_empty_says_to_leave_out_the_row(tmp_path):
    with pytest.raises(BadInput, match=":2: value: found 'n/a'.*leave out the row of what is unknown"):
        read(tmp_path, "kind,value\na,n/a\n", [Column("kind", one_of(("a",))), Column("value", number(0))])


def test_merged_cells_and_an_archive_that_unpacks_to_more_are_refused(tmp_path, monkeypatch):
    made = openpyxl.Workbook()
    for row in (["code", "period", "count"], ["AAA", 2001, 7], ["BBB", 2001, None]):
        made.active.append(row)
    made.active.merge_cells("C2:C3")
    made.save(tmp_path / "merged.xlsx")
    with pytest.raises(BadInput, match="C2:C3: found 'merged cells'"):
        read(tmp_path, (tmp_path / "merged.xlsx").read_bytes())
    monkeypatch.setattr(spreadsheet, "LARGEST", 1000)
    with pytest.raises(BadInput, match="unpacked"):
        read(tmp_path, SAME["spreadsheet"])


def test_a_cell_far_away_does_not_fill_the_memory(tmp_path):
    made = openpyxl.Workbook()
    made.active["A1"], made.active["XFD1048576"] = "code", 1
    made.save(tmp_path / "far.xlsx")
    with pytest.raises(BadInput, match="empty ones included"):
        read(tmp_path, (tmp_path / "far.xlsx").read_bytes())


def test_without_the_extra_a_spreadsheet_says_what_to_install(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(BadInput, match=r"undercount\[xlsx\]"):
        read(tmp_path, SAME["spreadsheet"])
