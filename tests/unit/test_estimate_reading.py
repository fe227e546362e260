"""What a user's file may look like, and what is refused."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from undercount.experiments.estimate.reading import check_estimable, read_lists
from undercount.model.files.problems import BadInput


def given(tmp_path, text, *args, **options):
    path = tmp_path / "lists.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_lists(str(path), *args, **options)


def test_histories_and_persons_tell_the_same(tmp_path):
    counted = given(tmp_path, "B,A,count\n1,0,2\n1,1,1\n")
    single = given(tmp_path, "id,A,B\nx,0,1\ny,0,1\nz,1,1\n")
    assert counted.lists.names == single.lists.names == ("A", "B")
    assert np.array_equal(counted.lists.counts, single.lists.counts)
    assert single.one_row_a_case and single.unused == ("id",)


def test_the_order_of_rows_and_columns_is_nothing(tmp_path):
    one = given(tmp_path, "A,B,C,count\n1,0,0,5\n0,1,1,7\n1,1,1,2\n").lists
    other = given(tmp_path, "count,C,A,B\n2,1,1,1\n7,1,0,1\n5,0,1,0\n").lists
    assert one.names == other.names and np.array_equal(one.counts, other.counts)


@pytest.mark.parametrize("text", [b"\xef\xbb\xbfA;B;Count\r\n1;0;5\r\n1;1;2\r\n", b"A\tB\tcount\n1\t0\t5\n1\t1\t2\n",
                                  b'\n"A","B","count"\n\n1,0,5\n 1 , 1 ,2\n,,\n'])
def test_marks_separators_quotes_and_blank_lines(tmp_path, text):
    assert given(tmp_path, text).lists.counts.tolist() == [[0, 5, 0, 2]]


def test_columns_by_option(tmp_path):
    text = "Police force,NGO,seen,persons,area\n1,0,1,5,north\n0,1,0,3,south\n1,1,1,2,south\n"
    found = given(tmp_path, text, ["NGO", "Police force"], count="persons", strata="area")
    assert found.lists.names == ("NGO", "Police force") and found.lists.strata == ("north", "south")
    assert found.lists.counts.tolist() == [[0, 0, 5, 0], [0, 3, 0, 2]] and found.unused == ("seen",)


@pytest.mark.parametrize("name", ["n", "Freq", "persons", "COUNTS"])
def test_usual_names_of_counts_need_no_option(tmp_path, name):
    assert given(tmp_path, f"A,B,{name}\n1,0,5\n1,1,2\n").lists.counts.tolist() == [[0, 5, 0, 2]]


def test_what_other_programs_write(tmp_path):
    text = "A,B,count\nTRUE,FALSE,5.0\nyes,1.0,2\n"
    assert given(tmp_path, text).lists.counts.tolist() == [[0, 5, 0, 2]]


def test_a_row_a_person_may_be_numbered_and_have_other_columns(tmp_path):
    assert given(tmp_path, "id,A,B\n7,0,1\n8,1,1\n").lists.cases == 2
    assert given(tmp_path, "age,A,B\n17,0,1\n19,1,1\n31,1,1\n").lists.cases == 3  # a history twice: persons


def test_withheld_counts_are_intervals(tmp_path):
    lists = given(tmp_path, "A,B,count\n1,0,<5\n0,1,2-6\n1,1,<=3\n").lists
    assert lists.low.tolist() == [[0, 0, 2, 0]] and lists.high.tolist() == [[0, 4, 6, 3]]
    assert lists.counts.tolist() == [[0, 2, 4, 1]]


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"A,B\n1,0\n1,1\n")))
    assert read_lists("-").file == "standard input"


BAD = {
    "A,B,count\n1,0,5.5\n": ":2: count: found '5.5'",
    "A,B,count\n1,0,-3\n": ":2: count: found '-3'",
    "A,B,count\n1,0,5-2\n": ":2: count: found '5-2'",
    "A,B,count\n1,0,3\n1,1,1\n1,0,3\n": ":4: history: found '1,0'",
    "A,B,count\n0,0,7\n1,1,1\n": ":2: history: found '7 on no list'",
    "A,B\n0,0\n1,1\n": ":2: history: found 'a person on no list'",
    "A,B\n1,0\n1,1\n2,1\n": ":4: A: found '2'",
    "A,count\n1,4\n": "lists: found '1 column of 0 and 1'; allowed: at least two lists",
    "A,B\n1\n": ":2: row: found '1 cells'",
    "A,A\n1,1\n": ":1: A: found 'the column twice'",
    "A,B\n": "rows: found 'none'",
    "A,B,count\n1,0,0\n": "counts: found 'no person on any list'",
    "A,B,count\n1,0,5\n0,1,4\n": "overlaps: found 'nobody on two lists'",
    "A,B,C,count\n1,0,0,5\n0,1,0,4\n0,0,1,3\n": "overlaps: found 'nobody on two lists'",
    "A,B,C,count\n1,0,0,5\n0,1,0,4\n1,1,0,3\n": "C: found 'a list with nobody on it'",
    "A,B,heads\n1,0,50\n0,1,40\n1,1,9\n": "heads: found 'each history once, beside whole numbers'; allowed: --count heads",
    ",".join("ABCDEFGHIJK") + "\n" + ",".join("1" * 11) + "\n": "lists: found '11 columns of 0 and 1'",
}


@pytest.mark.parametrize("text", BAD)
def test_refused_in_one_line_that_says_why(tmp_path, text):
    with pytest.raises(BadInput) as caught:
        check_estimable(given(tmp_path, text))
    lines = str(caught.value).splitlines()
    assert BAD[text] in lines[0] and "allowed: " in lines[0]


@pytest.mark.parametrize("option, named", [("count", "--count"), ("strata", "--strata")])
def test_an_option_that_names_no_column(tmp_path, option, named):
    with pytest.raises(BadInput, match=f"{named}: found 'person'.*did you mean 'persons'"):
        given(tmp_path, "A,B,persons\n1,1,2\n", **{option: "person"})
    with pytest.raises(BadInput, match="--lists: found 'Z'"):
        given(tmp_path, "A,B,persons\n1,1,2\n", ["A", "Z"])


def test_bytes_that_are_no_text(tmp_path):
    with pytest.raises(BadInput, match="encoding: found 'byte 0xff'"):
        given(tmp_path, b"A,B\n\xff,1\n")


def test_a_spreadsheet_is_read_like_any_other_table(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["A", "B", "count"], [1, 0, 5], [1, 1, "<5"]):
        book.active.append(row)
    book.save(tmp_path / "lists.xlsx")
    lists = read_lists(str(tmp_path / "lists.xlsx")).lists
    assert lists.low.tolist() == [[0, 5, 0, 0]] and lists.high.tolist() == [[0, 5, 0, 4]]
