"""The observed table: intervals, masks, definitions and kinds of count, and how worlds are read beside an interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from undercount.model.country.observation import as_published
from undercount.model.files.problems import BadInput
from undercount.model.known.region import Referral
from undercount.model.known.region_in import read_referrals

HEAD = "iso3,period,count,role,counts,masked,definition,source\n"


def read(tmp_path, *rows, head=HEAD):
    (tmp_path / "table.csv").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    return read_referrals(tmp_path / "table.csv", ["AAA", "BBB"])


def test_a_cell_may_be_a_number_an_interval_or_nothing(tmp_path):
    rows = read(tmp_path, "AAA,2010,7,destination,identified,,,s", "AAA,2011,1-4,destination,registered,,,s",
                "AAA,2012,,destination,assisted,,,s", "AAA,2013,5-5,destination,repatriated,,,s",
                "AAA,2014,<5,destination,assisted,,,s")
    assert [row.assisted for row in rows] == [7, 2, None, 5, 2]
    assert [row.interval for row in rows] == [None, (1, 4), None, None, (1, 4)]
    assert [row.shown for row in rows] == ["7", "1-4", "", "5", "1-4"]
    assert [row.counts for row in rows] == ["identified", "registered", "assisted", "repatriated", "assisted"]


def test_a_masked_figure_is_shown_and_not_used(tmp_path):
    row, = read(tmp_path, "AAA,2010,7,destination,identified,break of series,new,s")
    assert (row.assisted, row.interval, row.shown, row.masked, row.definition) == (None, None, "7", "break of series", "new")


def test_the_older_name_of_the_column_and_comments_above_it(tmp_path):
    row, = read(tmp_path, "AAA,2010,7,destination,assisted,s", head="# a comment\n# another, with a comma\niso3,period,"
                "assisted,role,counts,source\n")
    assert (row.assisted, row.masked, row.definition) == (7, "", "")


@pytest.mark.parametrize("cell", ["4-1", "-1", "1-", "<1", "1.5", "1-2-3", "x"])
def test_what_is_no_figure(tmp_path, cell):
    with pytest.raises(BadInput) as error:
        read(tmp_path, f"AAA,2010,{cell},destination,identified,,,s")
    assert [problem.key for problem in error.value.problems] == ["count"]
    assert "1-4" in error.value.problems[0].allowed


@pytest.mark.parametrize("head, cells", [("iso3,period,role,counts,source\n", "AAA,2010,destination,assisted,s"), (
    "iso3,period,count,assisted,role,counts,source\n", "AAA,2010,1,1,destination,assisted,s")])
def test_one_column_of_figures(tmp_path, head, cells):
    with pytest.raises(BadInput) as error:
        read(tmp_path, cells, head=head)
    assert any("one column of figures" in problem.allowed for problem in error.value.problems)


def row(low, high):
    return Referral("AAA", "2010", (low + high) // 2, "destination", "identified", "", "", (low, high))


@given(st.integers(0, 50), st.integers(0, 50), st.lists(st.integers(0, 120), min_size=1))
def test_inside_an_interval_every_count_is_read_as_the_observed_one(low, width, counts):
    rows = (row(low, low + width), row(3, 3))
    worlds = np.column_stack([counts, counts]).astype(float)
    read_ = as_published(rows, worlds)
    inside = (worlds[:, 0] >= low) & (worlds[:, 0] <= low + width)
    assert (read_[inside, 0] == rows[0].assisted).all() and (read_[~inside, 0] == worlds[~inside, 0]).all()
    assert (read_[:, 1] == worlds[:, 1]).all()
    assert (as_published(rows, read_) == read_).all()
